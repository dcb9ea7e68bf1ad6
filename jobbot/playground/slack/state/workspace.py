"""The state of the local Slack, and the few things that can happen to it; everything else goes through here."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from jobbot.playground.slack.blockkit.complete import completed, completed_view
from jobbot.playground.slack.blockkit.controls import inputs
from jobbot.playground.slack.errors import ApiError
from jobbot.playground.slack.state.changes import Changes
from jobbot.playground.slack.state.clock import Now, Timestamps
from jobbot.playground.slack.state.conversations import conversations_for
from jobbot.playground.slack.state.links import Draft, Links, addresses
from jobbot.playground.slack.state.messages import Block, Channel, Message, Unfurl
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.triggers import ResponseUrls, Triggers
from jobbot.playground.slack.state.views import View, Views
from jobbot.playground.slack.state.world import APP_ID, Shortcut, World


class Workspace:
    """People, channels, messages, views, and leave to answer. ``rng`` makes ids.

    Of the app's manifest: ``takes_direct_messages`` is ``messages_tab_enabled`` (whether people can write to the bot),
    ``has_home_tab`` is ``home_tab_enabled``, ``shortcuts`` are the app's, ``links.domains`` its ``unfurl_domains``.
    """

    def __init__(self, world: World, changes: Changes, now: Now, rng: random.Random) -> None:
        self.world = world
        self.changes = changes
        self.now = now
        self.rng = rng
        self.ts = Timestamps(now)
        self.triggers = Triggers(now, rng)
        self.response_urls = ResponseUrls(now, rng)
        self.views = Views()
        self.scopes: set[str] = set()
        self.takes_direct_messages = True
        self.has_home_tab = True
        self.shortcuts: Sequence[Shortcut] = ()
        self.links = Links(rng)
        self.app_id = APP_ID

    def need_scope(self, *needed: str) -> None:
        """Raises ApiError when the bot was not granted these scopes."""
        if missing := [scope for scope in needed if scope not in self.scopes]:
            provided = ",".join(sorted(self.scopes))
            raise ApiError("missing_scope", fields={"needed": ",".join(missing), "provided": provided})

    def new_id(self, prefix: str) -> str:
        """An id of Slack's shape."""
        return prefix + "0" + "".join(self.rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=9))

    def post(
        self,
        channel: Channel,
        user: Person,
        text: str,
        blocks: Sequence[Block] = (),
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        is_me: bool = False,
        ephemeral_for: Person | None = None,
    ) -> Message:
        """Say something. The blocks were checked."""
        message = Message(
            channel=channel,
            ts=self.ts.next(),
            user=user,
            text=text,
            blocks=completed(blocks, self.rng),
            thread_ts=thread_ts,
            broadcast=broadcast,
            is_me=is_me,
            ephemeral_for=ephemeral_for,
        )
        self._begin_thread(channel, thread_ts)
        channel.messages.append(message)
        self.changes.tell("message_posted", message)
        return message

    def edit(self, message: Message, text: str, blocks: Sequence[Block]) -> None:
        """Let a message say something else. Previews of links that are not in it any more go."""
        message.become(text, completed(blocks, self.rng), self.ts.next())
        kept = set(addresses(text))
        message.unfurls = {url: unfurl for url, unfurl in message.unfurls.items() if url in kept}
        self.changes.tell("message_edited", message)

    def unfurl(self, of: Message | Draft, url: str, definition: Block) -> None:
        """Show this below a link, instead of what is shown there. It was checked."""
        shown = {**definition, "blocks": completed(definition.get("blocks") or (), self.rng)}
        before = of.unfurls.get(url)
        number = before.id if before is not None else max((one.id for one in of.unfurls.values()), default=0) + 1
        of.unfurls[url] = Unfurl(number, url, shown if "blocks" in definition else definition)
        if isinstance(of, Message):
            self.changes.tell("message_unfurled", of)

    def delete(self, message: Message) -> None:
        """Take a message away."""
        message.deleted = True
        self.changes.tell("message_deleted", message)

    def warn(self, message: Message, words: str) -> None:
        """Put the sign beside a message whose click came to nothing."""
        message.warning = words
        self.changes.tell("message_edited", message)

    def new_view(
        self,
        person: Person,
        definition: Mapping[str, Any],
        under: View | None = None,
        viewing: Channel | None = None,
    ) -> View:
        """A view that is not shown yet, of somebody who looks at ``viewing``. It was checked."""
        view_id = self.new_id("V")
        view = View(
            id=view_id,
            person=person,
            definition=completed_view(definition, self.rng),
            hash=self._new_hash(),
            root_id=under.root_id if under is not None else view_id,
            previous_id=under.id if under is not None else None,
        )
        if viewing is not None:
            self._prefill(view, viewing)
        return view

    def open_view(self, person: Person, definition: Mapping[str, Any], viewing: Channel | None = None) -> View:
        """Show a modal instead of whatever modal is open."""
        view = self.new_view(person, definition, viewing=viewing)
        for closed in self.views.start(view):
            self.changes.tell("view_closed", closed)
        self.changes.tell("view_opened", view)
        return view

    def push_view(self, person: Person, definition: Mapping[str, Any], viewing: Channel | None = None) -> View:
        """Show a modal over the one that is open. Raises ApiError."""
        view = self.new_view(person, definition, self.views.top(person), viewing)
        self.views.push(view)
        self.changes.tell("view_opened", view)
        return view

    def publish_home(self, person: Person, definition: Mapping[str, Any]) -> View:
        """Show this on a person's Home."""
        view = self.views.home(person)
        if view is None:
            self.views.set_home(view := self.new_view(person, definition))
            self.changes.tell("view_opened", view)
        else:
            self.update_view(view, definition)
        return view

    def update_view(self, view: View, definition: Mapping[str, Any]) -> None:
        """Let a view be another."""
        view.become(completed_view(definition, self.rng), self._new_hash())
        self.changes.tell("view_updated", view)

    def close_view(self, view: View) -> None:
        """Close a modal."""
        if self.views.close(view):
            self.changes.tell("view_closed", view)

    def clear_views(self, person: Person) -> None:
        """Close all of a person's modals."""
        for view in self.views.clear(person):
            self.changes.tell("view_closed", view)

    def say_in_view(self, view: View, *, errors: Mapping[str, str] | None = None, trouble: str | None = None) -> None:
        """Show words at fields, or above them all, if anybody still looks at it."""
        if self.views.find(view.id) is None:
            return
        view.errors, view.trouble = dict(errors or {}), trouble
        self.changes.tell("view_updated", view)

    def _prefill(self, view: View, viewing: Channel) -> None:
        """``default_to_current_conversation``: what is looked at is chosen, where nothing else is chosen at first."""
        for control in inputs(view.blocks):
            wants = control.element.get("default_to_current_conversation")
            held = view.values[control.block_id][control.action_id]
            if wants and viewing in conversations_for(view.person, control.element, self.world):
                if control.type == "conversations_select" and held["selected_conversation"] is None:
                    held["selected_conversation"] = viewing.id
                elif control.type == "multi_conversations_select" and not held["selected_conversations"]:
                    held["selected_conversations"] = [viewing.id]

    def _begin_thread(self, channel: Channel, thread_ts: str | None) -> None:
        first = channel.find(thread_ts) if thread_ts is not None else None
        if first is not None and first.thread_ts is None:
            first.thread_ts = first.ts

    def _new_hash(self) -> str:
        return f"{int(self.now().timestamp())}.{self.rng.getrandbits(32):08x}"

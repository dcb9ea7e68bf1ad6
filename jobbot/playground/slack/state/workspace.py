"""The state of the local Slack, and the few things that can happen to it; everything else goes through here."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from jobbot.playground.slack.blockkit.complete import completed, completed_view
from jobbot.playground.slack.errors import ApiError
from jobbot.playground.slack.state.changes import Changes
from jobbot.playground.slack.state.clock import Now, Timestamps
from jobbot.playground.slack.state.messages import Block, Channel, Message
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.triggers import ResponseUrls, Triggers
from jobbot.playground.slack.state.views import View, Views
from jobbot.playground.slack.state.world import APP_ID, World


class Workspace:
    """People, channels, messages, views, and leave to answer. ``rng`` makes ids.

    ``takes_direct_messages`` is ``messages_tab_enabled`` of the app's manifest: whether people can write to the bot.
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
        """Let a message say something else."""
        message.become(text, completed(blocks, self.rng), self.ts.next())
        self.changes.tell("message_edited", message)

    def delete(self, message: Message) -> None:
        """Take a message away."""
        message.deleted = True
        self.changes.tell("message_deleted", message)

    def warn(self, message: Message, words: str) -> None:
        """Put the sign beside a message whose click came to nothing."""
        message.warning = words
        self.changes.tell("message_edited", message)

    def new_view(self, person: Person, definition: Mapping[str, Any], under: View | None = None) -> View:
        """A view that is not shown yet. It was checked."""
        view_id = self.new_id("V")
        return View(
            id=view_id,
            person=person,
            definition=completed_view(definition, self.rng),
            hash=self._new_hash(),
            root_id=under.root_id if under is not None else view_id,
            previous_id=under.id if under is not None else None,
        )

    def open_view(self, person: Person, definition: Mapping[str, Any]) -> View:
        """Show a modal instead of whatever modal is open."""
        view = self.new_view(person, definition)
        for closed in self.views.start(view):
            self.changes.tell("view_closed", closed)
        self.changes.tell("view_opened", view)
        return view

    def push_view(self, person: Person, definition: Mapping[str, Any]) -> View:
        """Show a modal over the one that is open. Raises ApiError."""
        view = self.new_view(person, definition, self.views.top(person))
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

    def _begin_thread(self, channel: Channel, thread_ts: str | None) -> None:
        first = channel.find(thread_ts) if thread_ts is not None else None
        if first is not None and first.thread_ts is None:
            first.thread_ts = first.ts

    def _new_hash(self) -> str:
        return f"{int(self.now().timestamp())}.{self.rng.getrandbits(32):08x}"

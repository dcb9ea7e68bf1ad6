"""The local Slack as the page's workspace: its people's hands for what is done, its changes for what is seen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from jobbot.playground.page.protocol import CannotBeDone, Json, text_of
from jobbot.playground.page.shapes import chosen, is_field, message_json, nth_control, view_json
from jobbot.playground.page.story import NOTES, ROLES
from jobbot.playground.page.workspace import Change, MessageChanged, MessageGone, ViewChanged
from jobbot.playground.slack import LocalSlack
from jobbot.playground.slack.blockkit.controls import PRESSED, controls
from jobbot.playground.slack.client.gestures import NO_DIRECT_MESSAGES
from jobbot.playground.slack.errors import NotPossible
from jobbot.playground.slack.state import changes as slack_changes
from jobbot.playground.slack.state.messages import Channel, Message
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.views import View

NEWEST = 500
"""Messages of a channel that a tab is sent when it comes; older ones are not shown."""


class SlackWorkspace:
    """The local Slack, as the page sees it. ``delivers_twice`` delivers every click and submission a second time."""

    def __init__(self, slack: LocalSlack) -> None:
        self.delivers_twice = False
        self._slack = slack

    def people(self) -> list[Json]:
        """Those one may be come first, in the order in which they are known."""
        playable = [self._slack.person(name) for name in ROLES]
        others = [person for person in self._slack.world.people.values() if person not in playable]
        return [self._person(person, hue) for hue, person in enumerate([*playable, *others], start=1)]

    def usergroups(self) -> dict[str, str]:
        """Every group's handle."""
        return {group.id: group.handle for group in self._slack.world.usergroups.values()}

    def channels(self, person: str) -> list[Json]:
        """Those that the person is in and that are not archived."""
        who = self._slack.person(person)
        mine = [one for one in self._slack.world.channels.values() if one.has(who) and not one.is_archived]
        return [self._channel(channel) for channel in mine]

    def messages(self, person: str, channel: str) -> list[Json]:
        """The newest of what the person sees."""
        seen = self._slack.channel(channel).seen_by(self._slack.person(person))
        return [message_json(message) for message in seen[-NEWEST:]]

    def view(self, person: str) -> Json | None:
        """The modal on top."""
        view = self._slack.person(person).modal
        return None if view is None else view_json(view)

    async def say(self, person: str, channel: str, text: str, thread: str | None) -> None:
        """Type it and press Enter. Of a command that the bot did not answer Slackbot tells, in a message."""
        command = text.split(maxsplit=1)[0] if text.startswith("/") else None
        if command and thread is not None:
            raise CannotBeDone(f"{command} is not supported in threads. Sorry!")
        with _possible():
            await self._slack.person(person).types(text, in_=self._slack.channel(channel), thread=thread)

    async def act(self, person: str, fields: Json) -> None:
        """Press or choose."""
        who, action = self._slack.person(person), fields.get("action")
        if not isinstance(action, dict):
            raise CannotBeDone("There is nothing to press.")
        message = None if "view" in fields else self._message(fields)
        there = message.blocks if message is not None else who.modal.blocks if who.modal is not None else []
        with _possible():
            name, nth = nth_control(list(controls(list(there))), action)
            if action.get("type") in PRESSED:
                done = await who.clicks(name, on=message, nth=nth)
            else:
                done = await who.chooses(chosen(action), at=name, on=message, nth=nth)
        await self._again(done)
        if done.trouble:
            raise CannotBeDone(done.trouble)

    async def submit(self, person: str, view: str, values: Json) -> None:
        """Fill the fields, by block, and press the submit button."""
        who = self._slack.person(person)
        open_view = who.modal
        if open_view is None or open_view.id != view:
            raise CannotBeDone("This window is closed already.")
        given = {block: chosen(state) for block, states in values.items() for state in states.values()}
        with _possible():
            done = await who.submits({block: value for block, value in given.items() if is_field(open_view, block)})
        await self._again(done)
        if done.trouble or open_view.errors:
            raise CannotBeDone(done.trouble or "", open_view.errors)

    async def close(self, person: str, view: str) -> None:
        """Close the modal, unless it is closed already."""
        who = self._slack.person(person)
        if who.modal is not None and who.modal.id == view:
            with _possible():
                await who.closes()

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Slack's changes, as far as somebody sees them."""

        def changed(change: slack_changes.Change) -> None:
            match change.kind, change.subject:
                case (("message_posted" | "message_edited"), Message() as message):
                    only = message.ephemeral_for
                    listener(MessageChanged(message.channel.id, message_json(message), only.id if only else None))
                case "message_deleted", Message() as message:
                    listener(MessageGone(message.channel.id, message.ts))
                case (("view_opened" | "view_updated" | "view_closed"), View() as view):
                    listener(ViewChanged(view.person.id, self.view(view.person.id)))

        return self._slack.subscribe(changed)

    async def _again(self, action: Any) -> None:
        if self.delivers_twice and action.payload:
            await self._slack.redeliver(action)

    def _message(self, fields: Json) -> Message:
        message = self._slack.channel(text_of(fields, "channel")).find(text_of(fields, "ts"))
        if message is None:
            raise CannotBeDone("This message was deleted.")
        return message

    def _person(self, person: Person, hue: int) -> Json:
        home = self._slack.world.home
        return {
            "id": person.id,
            "name": person.real_name,
            "handle": person.name,
            "role": ROLES.get(person.name, person.title),
            "zone": person.tz,
            "hue": hue if hue <= len(ROLES) else 0,
            "playable": person.name in ROLES,
            "isBot": person is self._slack.bot,
            "outsider": person.team is not home,
            "team": person.team.name,
        }

    def _channel(self, channel: Channel) -> Json:
        if channel.is_im:
            closed = None if self._slack.takes_direct_messages else f"{NO_DIRECT_MESSAGES}."
            name = self._slack.bot.name
            return {"id": channel.id, "name": name, "kind": "dm", "note": NOTES["dm"], "closed": closed}
        kind = "shared" if channel.is_ext_shared else "private" if channel.is_private else "public"
        return {"id": channel.id, "name": channel.name, "kind": kind, "note": NOTES.get(channel.name, "")}


@contextmanager
def _possible() -> Iterator[None]:
    """What Slack's client offers no way to do is told to the person."""
    try:
        yield
    except NotPossible as error:
        raise CannotBeDone(f"{error}.") from None

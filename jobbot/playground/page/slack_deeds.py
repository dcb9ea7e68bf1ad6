"""What is done in the page, as deeds of the local Slack's people."""

from collections.abc import Iterator
from contextlib import contextmanager

from jobbot.playground.page.protocol import CannotBeDone, Json, text_of
from jobbot.playground.page.shapes import chosen, is_field, nth_control
from jobbot.playground.slack import Action, LocalSlack
from jobbot.playground.slack.blockkit.controls import PRESSED, Control, controls
from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.errors import NotPossible
from jobbot.playground.slack.state.messages import Message
from jobbot.playground.slack.state.views import View


class SlackDeeds:
    """Does it. ``delivers_twice`` delivers every shortcut, click and submission a second time."""

    def __init__(self, slack: LocalSlack) -> None:
        self.delivers_twice = False
        self._slack = slack

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
        on = self._place(who, fields)
        with _possible():
            name, nth = nth_control(_controls(who, on), action)
            if action.get("type") in PRESSED:
                done = await who.clicks(name, on=on, nth=nth)
            else:
                done = await who.chooses(chosen(action), at=name, on=on, nth=nth)
        await self._again(done)
        if done.trouble:
            raise CannotBeDone(done.trouble)

    async def search(self, person: str, typed: str, fields: Json) -> list[Json]:
        """Type into a menu; the groups of options that came, as Slack has them, one without a label where none has."""
        who, on = self._slack.person(person), self._place(self._slack.person(person), fields)
        with _possible():
            name, nth = nth_control(_controls(who, on), fields.get("action") or {})
            done = await who.searches(typed, at=name, on=on, nth=nth)
        if done.trouble:
            raise CannotBeDone(done.trouble)
        groups: list[Json] = done.body.get("option_groups") or [{"options": list(done.offered)}]
        return groups

    async def use_shortcut(self, person: str, callback: str, channel: str, ts: str | None) -> None:
        """One of a message, or a global one while the person looks at the channel."""
        who, looked_at = self._slack.person(person), self._slack.channel(channel)
        on = None if ts is None else self._message({"channel": channel, "ts": ts})
        with _possible():
            done = await who.uses_shortcut(callback, on=on, in_=looked_at)
        await self._again(done)
        if done.trouble:
            raise CannotBeDone(done.trouble)

    async def edit(self, person: str, channel: str, ts: str, text: str) -> None:
        """Let an own message say something else."""
        with _possible():
            await self._slack.person(person).edits(self._message({"channel": channel, "ts": ts}), text)

    async def draft(self, person: str, channel: str, text: str) -> None:
        """What stands in the message box has links in it."""
        with _possible():
            await self._slack.person(person).drafts(text, in_=self._slack.channel(channel))

    async def open_home(self, person: str) -> None:
        """The app's Home tab."""
        with _possible():
            await self._slack.person(person).opens_home()

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

    async def _again(self, action: Action) -> None:
        if self.delivers_twice and action.payload:
            await self._slack.redeliver(action)

    def _place(self, who: Actor, fields: Json) -> Message | View | None:
        """Where something is pressed: in a message, in the Home tab, or (None) in the open window."""
        if "view" in fields:
            return None
        if fields.get("home") is True:
            if who.home is None:
                raise CannotBeDone("There is nothing in the Home tab.")
            return who.home
        return self._message(fields)

    def _message(self, fields: Json) -> Message:
        message = self._slack.channel(text_of(fields, "channel")).find(text_of(fields, "ts"))
        if message is None:
            raise CannotBeDone("This message was deleted.")
        return message


def _controls(who: Actor, on: Message | View | None) -> list[Control]:
    """What can be pressed or chosen there, the previews of links included."""
    place = on if on is not None else who.modal
    previews = place.unfurls.values() if isinstance(place, Message) else ()
    blocks = [*place.blocks, *(block for one in previews for block in one.blocks)] if place is not None else []
    return list(controls(blocks))


@contextmanager
def _possible() -> Iterator[None]:
    """What Slack's client offers no way to do is told to the person."""
    try:
        yield
    except NotPossible as error:
        raise CannotBeDone(f"{error}.") from None

"""What the console offers of the app beside its command: shortcuts, the Home tab, menus that it fills, edits, links."""

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

from jobbot.playground.screen import Pressable, draw_choices
from jobbot.playground.slack import Action, LocalSlack
from jobbot.playground.slack.blockkit.controls import Control, inputs
from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.errors import NotPossible
from jobbot.playground.slack.state.messages import Channel, Message
from jobbot.playground.slack.state.views import View

HOME_SECONDS = 4.0
"""How long the Home tab waits for what the bot publishes."""


@dataclass
class Seat:
    """Who one is, and where."""

    person: Actor
    channel: Channel
    thread: Message | None = None

    def last(self, by: Actor | None = None) -> Message:
        """The last message here that everybody sees, of somebody or of anybody; replies where one is in their thread.

        Raises NotPossible where there is none.
        """
        if self.thread is not None:
            seen = self.channel.thread(self.thread)
        else:
            seen = [one for one in self.channel.public if one.broadcast or not one.is_reply]
        found = [one for one in seen if by in (None, one.user) and one.ephemeral_for is None]
        if not found:
            raise NotPossible(f"there is no message{f' of {by}' if by else ''} here")
        return found[-1]


class AppCommands:
    """Takes the lines that are for these.

    ``numbered`` gives what can be pressed one of the ``numbers``, ``show`` draws a view.
    """

    def __init__(
        self,
        slack: LocalSlack,
        write: Callable[[str], None],
        numbers: Iterator[int],
        numbered: Callable[[Pressable], int],
        show: Callable[[View], None],
    ) -> None:
        self._slack = slack
        self._write = write
        self._numbers = numbers
        self._numbered = numbered
        self._show = show
        self._shortcuts: dict[int, tuple[str, Message | None]] = {}

    async def take(self, words: str, seat: Seat) -> bool:
        """Whether the line was one of these: shortcut, home, link, edit. Raises NotPossible."""
        if words == "shortcut":
            self._offer(seat)
        elif words == "home":
            await self._open_home(seat.person)
        elif words == "link":
            self._write(f"  {self._slack.link_of(seat.last())}\n")
        elif words.startswith("edit "):
            await seat.person.edits(seat.last(seat.person), words.removeprefix("edit ").strip())
        else:
            return False
        return True

    def shortcut(self, number: int, seat: Seat) -> Coroutine[Any, Any, Action] | None:
        """The use of the shortcut that has this number, if one has."""
        if number not in self._shortcuts:
            return None
        callback, on = self._shortcuts[number]
        return seat.person.uses_shortcut(callback, on=on, in_=seat.channel)

    async def search(self, seat: Seat, modal: View, field: Control, typed: str) -> None:
        """Ask the bot for the options of a field of the open window, and offer them by number."""
        nth = [one for one in inputs(modal.blocks) if one.action_id == field.action_id].index(field)
        action = await seat.person.searches(typed, at=field.action_id, nth=nth)
        if action.trouble:
            self._write(f"  Slack says: {action.trouble}\n")
            return
        offered = tuple((one["text"]["text"], str(one["value"])) for one in action.offered)
        found = draw_choices(Pressable(modal, field.action_id, nth, choices=offered), self._numbered)
        self._write(f"{found or '  No results'}\n")

    def _offer(self, seat: Seat) -> None:
        """The app's shortcuts, numbered: the global ones, then those for the last message."""
        for shortcut in sorted(self._slack.shortcuts, key=lambda one: one.type):
            on = seat.last() if shortcut.type == "message" else None
            number = next(self._numbers)
            self._shortcuts[number] = shortcut.callback_id, on
            self._write(f"  [{number}] {shortcut.name}{'  (for the last message)' if on is not None else ''}")

    async def _open_home(self, person: Actor) -> None:
        """The Home tab as the bot fills it now, or else as it was."""
        before = person.home.hash if person.home is not None else None
        action = await person.opens_home()
        try:
            changed = lambda: person.home is not None and person.home.hash != before  # noqa: E731
            await self._slack.until(changed, seconds=HOME_SECONDS if action.is_ok else 0.0)
        except TimeoutError:
            self._write(f"  The bot published nothing new ({action.outcome}).\n")
            if person.home is not None:
                self._show(person.home)

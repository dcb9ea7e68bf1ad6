"""``jobbot demo --console``: be somebody in a channel, type what they would type, see what they would see."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import assert_never

from jobbot.playground.demo import Demo, running_demo
from jobbot.playground.screen import Pressable, draw_message, draw_modal
from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.errors import NotPossible
from jobbot.playground.slack.state.changes import Change
from jobbot.playground.slack.state.messages import Channel, Message
from jobbot.playground.slack.state.views import View

QUIET_SECONDS = 0.7
"""With lines from a pipe: how long nothing has to happen before the next one is typed."""
QUIET_MOST = 8.0

WELCOME = """\
This is a local Slack with the real jobbot in it, and a local Adverity that has had a bad night. Nothing leaves this
machine. You are Ana, a data engineer, in #inc-data. Try:

  /jobs                      what is running and scheduled
  /jobs failed last 12h      what went wrong
  1                          press the button with that number
  @jobbot {job:<19}the same words, by mention

  as ben | as gus | as olga  be somebody else: Ben is not on call, Gus is a guest, Olga is of another organisation
  #random | #acme-shared | #data-read-only | dm      go somewhere else
  thread                     answer in the thread of the last message; "thread" again leaves it
  help | quit
"""


@dataclass
class _Seat:
    """Who one is, and where."""

    person: Actor
    channel: Channel
    thread: Message | None = None


class Console:
    """Reads lines, acts as a person, and prints what that person sees."""

    def __init__(self, demo: Demo, write: Callable[[str], None]) -> None:
        self._slack = demo.slack
        self._write = write
        self._seat = _Seat(demo.slack.person("ana"), demo.slack.channel("inc-data"))
        self._numbers = count(1)
        self.welcome = WELCOME.format(job=demo.adverity.longest_running() or 987)
        self._buttons: dict[int, Pressable] = {}
        self._changed = asyncio.Event()

    @property
    def prompt(self) -> str:
        """Who and where, as the next line's beginning."""
        seat = self._seat
        modal = seat.person.modal
        place = f"[{modal.title}]" if modal is not None else f"{seat.channel}{' (thread)' if seat.thread else ''}"
        return f"{seat.person.name} {place}> "

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Print what happens as long as this is open."""
        stop = self._slack.subscribe(self._happened)
        try:
            yield
        finally:
            stop()

    async def until_quiet(self) -> None:
        """Until nothing has happened for a moment."""
        try:
            async with asyncio.timeout(QUIET_MOST):
                while True:
                    self._changed.clear()
                    async with asyncio.timeout(QUIET_SECONDS):
                        await self._changed.wait()
        except TimeoutError:
            return

    async def take(self, line: str) -> bool:
        """One line. False when it says to end."""
        words = line.strip()
        if words.lower() in ("quit", "exit", "q"):
            return False
        try:
            await self._act(words)
        except NotPossible as error:
            self._write(f"  {error}\n")
        except KeyError as error:
            self._write(f"  There is no {error} here.\n")
        return True

    async def _act(self, words: str) -> None:
        seat = self._seat
        modal = seat.person.modal
        if not words:
            return
        if words.isdigit():
            await self._press(int(words))
        elif modal is not None:
            await self._fill(modal, words)
        elif words in ("help", "?"):
            self._write(self.welcome)
        elif words.startswith("as "):
            self._sit(seat.channel, self._slack.person(words[3:].strip()))
        elif words == "dm":
            self._sit(seat.person.dm, seat.person)
        elif words.startswith("#") and " " not in words:
            self._sit(self._slack.channel(words), seat.person)
        elif words == "thread":
            seat.thread = None if seat.thread is not None else seat.channel.last_message
        elif "@jobbot" in words:
            await seat.person.mentions(words, in_=seat.channel, thread=seat.thread)
        else:
            action = await seat.person.types(words, in_=seat.channel, thread=seat.thread)
            if action.trouble:
                self._write(f"  Slack says: {action.trouble}\n")

    def _sit(self, channel: Channel, person: Actor) -> None:
        if not channel.has(person):
            self._write(f"  {person.name} is not in {channel}, and sees nothing there.\n")
        self._seat = _Seat(person, channel)
        for message in channel.seen_by(person)[-3:]:
            self._show(message)

    async def _fill(self, modal: View, words: str) -> None:
        if not modal.fields:
            self._write("  There is nothing to fill in: press a button by its number.\n")
            return
        self._seat.person.fills({modal.fields[0]: words})
        self._show_modal(modal)

    async def _press(self, number: int) -> None:
        pressed, person = self._buttons.get(number), self._seat.person
        if pressed is None:
            self._write(f"  There is no button {number} any more.\n")
            return
        match pressed.of:
            case Message():
                action = await person.clicks(pressed.action_id, on=pressed.of, nth=pressed.nth)
            case View() if pressed.action_id == "close":
                action = await person.closes()
            case View():
                action = await person.submits()
            case _:
                assert_never(pressed.of)
        if action.trouble:
            self._write(f"  Slack says: {action.trouble}\n")

    def _happened(self, change: Change) -> None:
        self._changed.set()
        match change.subject:
            case Message() as message:
                if message.channel is self._seat.channel and message.is_seen_by(self._seat.person):
                    self._show(message)
            case View() as view:
                if view.person is not self._seat.person:
                    return
                if change.kind == "view_closed":
                    self._forget(view)
                else:
                    self._show_modal(view)

    def _show(self, message: Message) -> None:
        self._forget(message)
        self._write(draw_message(message, self._slack, self._seat.person, self._numbered))

    def _show_modal(self, view: View) -> None:
        self._forget(view)
        self._write(draw_modal(view, self._slack, self._seat.person, self._numbered))

    def _numbered(self, pressable: Pressable) -> int:
        number = next(self._numbers)
        self._buttons[number] = pressable
        return number

    def _forget(self, what: Message | View) -> None:
        """Its numbers are given anew when it is drawn again."""
        self._buttons = {number: one for number, one in self._buttons.items() if one.of is not what}


async def run_console(*, seed: int = 7, speed: float = 1.0) -> None:
    """Until ``quit``, the end of the input, or Ctrl-C."""
    async with running_demo(seed=seed, speed=speed) as demo:
        console = Console(demo, lambda text: print(text, flush=True))
        print(console.welcome)
        if sys.stdin.isatty():
            await _at_a_terminal(console)
        else:
            await _from_a_pipe(console)


async def _at_a_terminal(console: Console) -> None:
    from prompt_toolkit import PromptSession  # noqa: PLC0415 - not needed for a pipe
    from prompt_toolkit.patch_stdout import patch_stdout  # noqa: PLC0415

    session: PromptSession[str] = PromptSession()
    with patch_stdout():
        async with console.watching():
            going = True
            while going:
                try:
                    line = await session.prompt_async(lambda: console.prompt)
                except EOFError:
                    return
                going = await console.take(line)


async def _from_a_pipe(console: Console) -> None:
    async with console.watching():
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(f"{console.prompt}{line.rstrip()}", flush=True)
            if not await console.take(line):
                return
            await console.until_quiet()


def run_demo(*, seed: int = 7, speed: float = 1.0) -> int:
    """The command; the exit code."""
    try:
        asyncio.run(run_console(seed=seed, speed=speed))
    except KeyboardInterrupt:
        return 130
    return 0

"""``jobbot demo --console``: be somebody in a channel, type what they would type, see what they would see."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count

from jobbot.playground.console_app import AppCommands, Seat
from jobbot.playground.demo import Demo, running_demo, set_up_demo_logging
from jobbot.playground.page.slack_panel import SlackPanel
from jobbot.playground.page.slack_side import SlackWorkspace
from jobbot.playground.page.world import AdverityPanel, World
from jobbot.playground.screen import (
    Pressable,
    draw_choices,
    draw_message,
    draw_view,
    field_of_bare_words,
    wrapped,
)
from jobbot.playground.slack.blockkit.controls import Control, inputs
from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.delivery.action import Action
from jobbot.playground.slack.errors import NotPossible
from jobbot.playground.slack.state.changes import Change
from jobbot.playground.slack.state.messages import Channel, Message
from jobbot.playground.slack.state.views import View

QUIET_SECONDS = 0.7
"""With lines from a pipe: how long nothing has to happen before the next one is typed."""
QUIET_MOST = 8.0

WELCOME = """\
This is a local Slack with the real jobbot in it, and a local Adverity that has had a bad night. \
Nothing leaves this machine. You are Ana, a data engineer on call, in #inc-data. Try:

  /jobs                 what is running and scheduled
  /jobs failed last 12h what went wrong
  /jobs stop {job}      what has been running for hours
  1                     press the button, or choose the entry, with that number
  from: 2026-03-04      fill that field of a window; words alone are its reason
  @jobbot {job}         the same words, by mention

  as mia                is on call too; as ben (not on call), as gus (a guest), as olga (of another organisation)
  #random               go somewhere else: #acme-shared, #data-read-only, dm
  thread                answer in the thread of the last message; "thread" again leaves it
  shortcut              the app's shortcuts, and those for the last message, by number
  home                  the app's Home tab
  edit new words        let your last message here say that instead
  link                  the address of the last message
  fault 500             let Adverity answer so from now on: 500, 401, 429, html, cut, slow
  fault drop            let Slack do so: drop (its connection), twice (every click), ratelimit
  fault off             all as usual again
  help | quit
"""

_ANSWERS = {"500": "500", "401": "key", "429": "429", "html": "html", "cut": "cut"}
_SWITCHES = ("slow", "twice", "ratelimit")


class Console:
    """Reads lines, acts as a person, and prints what that person sees."""

    def __init__(self, demo: Demo, write: Callable[[str], None]) -> None:
        self._slack = demo.slack
        self._workspace = SlackWorkspace(demo.slack)
        self._world = World(AdverityPanel(demo.adverity), SlackPanel(demo.slack, self._workspace))
        self._write = write
        self._seat = Seat(demo.slack.person("ana"), demo.slack.channel("inc-data"))
        self._numbers = count(1)
        self.welcome = draw_welcome(demo.runaway)
        self._buttons: dict[int, Pressable] = {}
        self._app = AppCommands(demo.slack, write, self._numbers, self._numbered, self._show_view)
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
        elif words.split(maxsplit=1)[0] == "fault" and len(words.split()) == 2:
            await self._fault(words.split()[1])
        elif modal is not None:
            await self._fill(modal, words)
        elif words in ("help", "?"):
            self._write(self.welcome)
        elif self._go(words, seat) or await self._app.take(words, seat):
            return
        elif "@jobbot" in words:
            await seat.person.mentions(words, in_=seat.channel, thread=seat.thread)
        else:
            action = await seat.person.types(words, in_=seat.channel, thread=seat.thread)
            if action.trouble:
                self._write(f"  Slack says: {action.trouble}\n")

    def _go(self, words: str, seat: Seat) -> bool:
        """Whether the line says to be somebody else, or somewhere else."""
        if words.startswith("as "):
            self._sit(seat.channel, self._slack.person(words[3:].strip()))
        elif words == "dm":
            self._sit(seat.person.dm, seat.person)
        elif words.startswith("#") and " " not in words:
            self._sit(self._slack.channel(words), seat.person)
        elif words == "thread":
            seat.thread = None if seat.thread is not None else seat.channel.last_message
        else:
            return False
        return True

    def _sit(self, channel: Channel, person: Actor) -> None:
        if not channel.has(person):
            self._write(f"  {person.name} is not in {channel}, and sees nothing there.\n")
        self._seat = Seat(person, channel)
        self.look_back()

    def look_back(self, most: int = 3) -> None:
        """Show the newest messages of where one is."""
        for message in self._seat.channel.seen_by(self._seat.person)[-most:]:
            self._show(message)

    async def _fault(self, name: str) -> None:
        if name == "off":
            await self._world.act("answers", {"as": "usual"})
            for switch in _SWITCHES:
                await self._world.act(switch, {"on": False})
        elif name in _ANSWERS:
            await self._world.act("answers", {"as": _ANSWERS[name]})
        elif name in _SWITCHES or name == "drop":
            await self._world.act(name, {"on": True})
        else:
            self._write(f"  A fault is one of {', '.join([*_ANSWERS, *_SWITCHES, 'drop', 'off'])}.\n")
            return
        said = {"off": "All is as usual again.", "drop": "The connection was dropped."}
        self._write(f"  {said.get(name, f'{name}, until you type: fault off')}\n")

    async def _fill(self, modal: View, words: str) -> None:
        if words.startswith("/"):
            self._write("  A window is open: close it first, by its number.\n")
            return
        if not modal.fields:
            self._write("  There is nothing to fill in: press a button by its number.\n")
            return
        field, value = _meant(modal, words)
        if field.type == "external_select" and value:
            await self._app.search(self._seat, modal, field, str(value))
            return
        self._seat.person.fills({field.block_id: value})
        self._show_view(modal)

    async def _press(self, number: int) -> None:
        if (shortcut := self._app.shortcut(number, self._seat)) is not None:
            await self._done(await shortcut)
            return
        pressed, person = self._buttons.get(number), self._seat.person
        if pressed is None:
            self._write(f"  There is no button {number} any more.\n")
            return
        on = None if isinstance(pressed.of, View) and not pressed.of.is_home else pressed.of
        if pressed.choices:
            self._write(draw_choices(pressed, self._numbered) + "\n")
            return
        if pressed.ticked is not None and pressed.option is not None and isinstance(pressed.of, View):
            tick = person.unticks if pressed.ticked else person.ticks
            tick(pressed.option, at=pressed.action_id)
            self._show_view(pressed.of)
            return
        if pressed.option is not None:
            action = await person.chooses(pressed.option, at=pressed.action_id, on=on, nth=pressed.nth)
            if isinstance(pressed.of, View) and action.payload is None:
                self._show_view(pressed.of)
        elif on is None and pressed.action_id == "close":
            action = await person.closes()
        elif on is None and pressed.action_id == "submit":
            action = await person.submits()
        else:
            action = await person.clicks(pressed.action_id, on=on, nth=pressed.nth)
        await self._done(action)

    async def _done(self, action: Action) -> None:
        if self._workspace.delivers_twice and action.payload:
            await self._slack.redeliver(action)
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
                    self._show_view(view)

    def _show(self, message: Message) -> None:
        self._forget(message)
        self._write(draw_message(message, self._slack, self._seat.person, self._numbered))

    def _show_view(self, view: View) -> None:
        self._forget(view)
        self._write(draw_view(view, self._slack, self._seat.person, self._numbered))

    def _numbered(self, pressable: Pressable) -> int:
        number = next(self._numbers)
        self._buttons[number] = pressable
        return number

    def _forget(self, what: Message | View) -> None:
        """Its numbers are assigned again when it is redrawn."""
        self._buttons = {number: one for number, one in self._buttons.items() if one.of is not what}


def _meant(modal: View, words: str) -> tuple[Control, object]:
    """The field that a line is for, and what it says: ``from: 2026-03-04``, ``jobs: 987, 988``.

    Words without a field's name are for the field of text. Raises NotPossible where there is none.
    """
    fields = inputs(modal.blocks)
    name, colon, value = (part.strip() for part in words.partition(":"))
    if len(fields) > 1 and colon and name:
        named = [field for field in fields if field.label.casefold().startswith(name.casefold())]
        if len(named) > 1:
            raise NotPossible(f"several fields begin with {name!r}: " + ", ".join(field.label for field in named))
        if named:
            parts = [part.strip() for part in value.split(",") if part.strip()]
            takes_several = named[0].type == "checkboxes" or named[0].type.startswith("multi_")
            return named[0], parts if takes_several else value or None
    bare = field_of_bare_words(modal)
    if bare is None:
        raise NotPossible("say which field it is for: " + ", ".join(f"{label}: …" for label in modal.fields))
    return bare, words


def draw_welcome(runaway: int) -> str:
    """What one can type, as wide as the terminal; ``runaway`` is the job that the story is about."""
    lines = WELCOME.format(job=runaway).splitlines()
    column = 2 + len("/jobs failed last 12h ")
    return (
        "\n".join(part for line in lines for part in wrapped([line], "", hang=column if line[:1] == " " else 0)) + "\n"
    )


async def run_console(*, seed: int = 7, speed: float = 1.0) -> None:
    """Until ``quit``, the end of the input, or Ctrl-C."""
    set_up_demo_logging()
    async with running_demo(seed=seed, speed=speed) as demo:
        console = Console(demo, lambda text: print(text, flush=True))
        print(console.welcome)
        console.look_back()
        if sys.stdin.isatty():
            await _at_a_terminal(console)
        else:
            await _from_a_pipe(console)


async def _at_a_terminal(console: Console) -> None:
    from prompt_toolkit import PromptSession  # noqa: PLC0415 - not needed for a pipe
    from prompt_toolkit.patch_stdout import patch_stdout  # noqa: PLC0415

    session: PromptSession[str] = PromptSession()
    with patch_stdout():
        set_up_demo_logging()  # its lines go above the prompt
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

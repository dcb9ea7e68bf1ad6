"""Names that mean several datastreams, or none: what was probably meant, one press away."""

from dataclasses import dataclass, replace

from jobbot.adverity.errors import AdverityError
from jobbot.intents.button import encode
from jobbot.intents.model import Narrowed
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Message, section
from jobbot.render.blockkit.text import code, fit_bytes, foreign, plural, to_plain
from jobbot.render.errors import asks_again
from jobbot.render.refusals import untold_workspaces


@dataclass(frozen=True, slots=True)
class Choice:
    """A datastream or a workspace that may be meant, and the whole question with its number."""

    id: int
    name: str
    workspace: str
    intent: Narrowed
    what: str = "datastream"


@dataclass(frozen=True, slots=True)
class SeveralMeant:
    """``more`` of them beside the choices are called so as well.

    ``among``: how many names were looked at, where there may be others; then there may be one choice alone.
    """

    name: str
    choices: tuple[Choice, ...]
    more: int = 0
    among: int | None = None


@dataclass(frozen=True, slots=True)
class NoSuchName:
    """No datastream is called so; the choices are nearly.

    ``workspaces`` are those that were looked in, none for all. ``whole``: see Reach. ``any_known``: whether the name of
    any datastream is known; ``among`` as for SeveralMeant. ``trouble``: why Adverity's list of datastreams could not be
    read; ``again`` is the whole question, to be asked once more then.
    """

    name: str
    choices: tuple[Choice, ...] = ()
    workspaces: tuple[str, ...] = ()
    whole: bool = True
    any_known: bool = True
    among: int | None = None
    trouble: AdverityError | None = None
    again: Narrowed | None = None


@dataclass(frozen=True, slots=True)
class NoSuchDatastream:
    """No datastream has this number."""

    number: int


@dataclass(frozen=True, slots=True)
class NoSuchWorkspace:
    """No workspace is called so; the choices are nearly.

    ``known`` are names of some, ``whole`` is False where Adverity tells none.
    """

    given: str
    known: tuple[str, ...]
    whole: bool
    choices: tuple[Choice, ...] = ()


def render_several(found: SeveralMeant) -> Message:
    """Which one? Each with a button."""
    count = len(found.choices) + found.more
    which = "Which one?" if count > 1 else "This one?"
    what = found.choices[0].what if found.choices else "datastream"
    head = f"*{plural(count, what)}* could be meant by {code(found.name)}. {which}"
    more = [f"And {found.more} more: type more of the name."] if found.more else []
    if found.among is not None:
        more.append(looked_among(found.among))
    return _message([head], found.choices, more)


def looked_among(names: int) -> str:
    """That a name was looked for among so many, and that there may be others."""
    return (
        f"jobbot looked among the {plural(names, 'name')} known so far: it has not read Adverity's whole "
        "list of datastreams."
    )


def render_no_name(found: NoSuchName) -> Message:
    """None, and the nearest."""
    where = f" in {' or '.join(code(name) for name in found.workspaces[:5])}" if found.workspaces else ""
    lines = [f"No datastream{where} known to jobbot is called {code(found.name)}."]
    if found.trouble is not None:
        lines.append(f"{list_not_read(found.trouble)}: use `datastream 42`, or try again.")
    elif not found.any_known:
        lines.append(
            "No names are known yet: Adverity's list of datastreams is still being read, or the key may not read it "
            "(then jobbot learns names from the jobs that people look at). Ask again in a minute, or use a number."
        )
    elif found.among is not None:
        lines.append(looked_among(found.among))
    if not found.whole:
        lines.append(untold_workspaces())
    if found.choices:
        lines.append("The closest names:")
    message = _message(lines, found.choices, [])
    if found.trouble is None or found.again is None:
        return message
    return replace(message, blocks=[*message.blocks, *asks_again(found.again).blocks])


def list_not_read(trouble: AdverityError) -> str:
    """That Adverity's list of datastreams could not be read, and why, as a clause."""
    why = f"HTTP {trouble.status}" if trouble.status else "no answer"
    return f"Adverity's list of datastreams could not be read ({why})"


def nearest(choices: tuple[Choice, ...]) -> list[Block]:
    """Rows with a button each."""
    return [
        section(_row(one), accessory=buttons.choose(one.name or str(one.id), encode(one.intent))) for one in choices
    ]


def render_no_datastream(found: NoSuchDatastream) -> Message:
    """None with that number."""
    return _message([f"*There is no datastream {found.number}.* {no_datastream()} Nothing was changed."], (), [])


def no_datastream() -> str:
    """What is known of a datastream's number that Adverity does not know."""
    return "Adverity does not know this number, or jobbot's key may not see it. You can also type a name."


def render_no_workspace(found: NoSuchWorkspace) -> Message:
    """None, and those that there are."""
    lines = [f"No workspace shown here is called {code(found.given)}."]
    if found.known:
        lines.append(f"Among others there are {', '.join(code(name) for name in found.known)}.")
    if not found.whole:
        lines.append("Adverity does not tell jobbot which workspaces there are.")
    if found.choices:
        lines.append("The closest names:")
    return _message(lines, found.choices, [])


def _message(lines: list[str], choices: tuple[Choice, ...], behind: list[str]) -> Message:
    blocks: list[Block] = [section(" ".join(lines)), *nearest(choices), *(section(line) for line in behind)]
    told = [*lines, *(_row(one) for one in choices), *behind]
    return Message(text=fit_bytes([to_plain(line) for line in told]), blocks=blocks)


def _row(one: Choice) -> str:
    where = f", workspace {foreign(one.workspace, 60)}" if one.workspace else ""
    return f"*{foreign(one.name) or 'without a name'}* ({one.what} {one.id}{where})"


def job_is_of(job: int, datastream: int, name: str) -> str:
    """Of which datastream a job is that was named in a datastream's place."""
    of = f"*{foreign(name)}* (datastream {datastream})" if name else f"datastream {datastream}"
    return f"{job} is a job of {of}."

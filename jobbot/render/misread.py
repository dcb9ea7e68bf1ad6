"""Renders the answer to a command that was not understood: what was, what was not, and the likely next things."""

import re
from collections.abc import Sequence
from typing import assert_never

from jobbot.intents.model import (
    Act,
    BadNumber,
    BadRange,
    DoesNotFit,
    FetchAgain,
    Help,
    Misread,
    MissingDatastream,
    MissingName,
    MissingNumber,
    MissingSwitch,
    PauseSchedule,
    Problem,
    ResumeSchedule,
    SaidTwice,
    TooManyJobs,
    UnknownGroup,
    UnknownInstance,
    UnknownPerson,
    UnknownWord,
    WhereOrWhy,
    Wondered,
)
from jobbot.intents.wording import as_said
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.parts import NOTHING, Part, compose, controls, small, text
from jobbot.render.blockkit.text import code, foreign
from jobbot.render.hints import FAILED, GOING_ON
from jobbot.render.naming import NoSuchName, nearest
from jobbot.render.offers import offer

MENTION = "@jobbot"
"""What hints begin with in threads, where slash commands do not work."""

_RANGE = {
    "no such date": "is not a date that exists",
    "ends before it starts": "ends before it starts",
    "in the future": "is in the future; what is planned is in `scheduled`",
    "in the past": "is over already",
    "no length": "is no length of time",
    "no time": "needs a day or a time behind it, as in `since 10:30`",
    "no unit": "does not say how long, as `6h` or `2 days` do",
    "no start": "does not say where to begin, as in `yesterday..10:30`",
    "too long": "is longer than a year: ask for less at a time",
    "not days": "is not about whole days, and only whole days are fetched, as in `yesterday` or `1 oct..27 oct`",
    "no moment": "does not say a time, as `until 13:00` or `for 2h` do",
    "longer": "does not say when it ends: type the new end, as in `until 18:00`, or `for 6h` from now on",
    "not now": "begins later, and jobbot cannot pause later: a pause begins at once, and lasts `until 13:00`, say, "
    "or `for 2h`",
    "maybe until": "may be when to begin or when to end. jobbot cannot pause later, only now; the button pauses "
    "until then",
}

_TWO = {
    "verb": "two commands",
    "job": "two jobs",
    "datastream": "two datastreams",
    "workspace": "two workspaces",
    "range": "two ranges of time",
    "days": "two ranges of days",
    "until": "two ends",
    "longer": "two lengths",
    "instance": "two instances",
    "person": "two people",
    "group": "two groups",
    "switch": "two things to do with alerts",
}
"""By part, what was said twice."""
_SEPARATED = re.compile(r"#?\d[\d.,']*[.,'][\d.,']*")
_REASON = "After a datastream's name, a reason begins with `because`; a name of several words may stand in quotes"


def render_greeting(*, command: str) -> Message:
    """For who mentions jobbot and says nothing else."""
    words = f"Ask in words: `{command} running`, `{command} failed last night`, `{command} 987`, `{command} help`."
    return compose([text(words), controls([offer(one, command) for one in (GOING_ON, FAILED, Help())])])


def render_misread(misread: Misread, near: NoSuchName | None = None, *, command: str, whose: str = "") -> Message:
    """What was understood, what was not, and the likely next things, each a press away.

    ``near`` are datastreams that are called nearly like the words that nobody knows; ``whose`` is a sentence about a
    job that was named in a datastream's place.
    """
    words = " ".join([_understood(misread), *_problems(misread.problems)]).strip()
    names = NOTHING
    if near is not None and near.choices:
        said = "Or a datastream:"
        names = Part([*text(said).blocks, *nearest(near.choices)], [said, *(foreign(one.name) for one in near.choices)])
    return compose(
        [
            text(f"{words} {whose}".strip()),
            _suggested(misread, command),
            controls([offer(one, command) for one in misread.offers]),
            names,
            small(_REASON) if isinstance(misread.named, FetchAgain | PauseSchedule | ResumeSchedule) else NOTHING,
            small(f"`{command} help` shows what can be typed."),
        ]
    )


def _suggested(misread: Misread, command: str) -> Part:
    """The sentence that was probably meant; for the fallback alone where a button has it, as that has no buttons."""
    if misread.suggestion is None:
        return NOTHING
    words = f"Perhaps {code(f'{command} {misread.suggestion}'.strip(), 200)}"
    is_offered = any(not isinstance(one, Act) and as_said(one) == misread.suggestion for one in misread.offers)
    return Part(lines=[words]) if is_offered else text(words)


def _understood(misread: Misread) -> str:
    if not misread.understood:
        return ""
    return "I read " + ", ".join(f"*{foreign(part)}*" for part in misread.understood) + "."


def _problems(problems: Sequence[Problem]) -> list[str]:
    """A sentence each; the words that nobody knows share one."""
    unknown = (one.word for one in problems if isinstance(one, UnknownWord) and not one.nearest)
    words = [code(word) for word in dict.fromkeys(unknown)]
    shared = f"I do not know {' or '.join([', '.join(words[:-1]), words[-1]] if words[1:] else words)}."
    if words and {"`it`", "`this`", "`that`", "`one`", "`them`"}.issuperset(words):
        shared = f"{' or '.join(words)} may be any job. Type the job's number, as in `987`."
    told = (shared if isinstance(one, UnknownWord) and not one.nearest else _problem(one) for one in problems)
    return list(dict.fromkeys(told))


def _problem(problem: Problem) -> str:
    match problem:
        case UnknownWord() | UnknownInstance() | UnknownPerson() | UnknownGroup():
            return _unknown(problem)
        case MissingNumber() | MissingName() | MissingDatastream() | MissingSwitch():
            return _missing(problem)
        case BadNumber(word, given):
            return _bad_number(word, given)
        case BadRange(given, reason):
            return f"{code(given)} {_RANGE.get(reason, reason)}."
        case TooManyJobs(most):
            return f"Those are more than {most} jobs: name fewer at a time."
        case SaidTwice(what, first, second):
            return f"{code(first)} and {code(second)} are {_TWO.get(what, 'two of a kind')}: type one of them."
        case Wondered(word):
            return f"That asks about {code(word.lower())}, so nothing was done. Press the button if you mean it."
        case WhereOrWhy(word, instance, there, here):
            return (
                f"{code(word)} may be where, or a part of the reason, so nothing was done. Type {code(there, 200)} for "
                f"{foreign(instance, 40)}, or {code(here, 200)} for the instance of this channel."
            )
        case DoesNotFit(word, verb):
            return f"{code(word)} has no meaning beside {code(verb)}."
        case _:
            assert_never(problem)


def _bad_number(word: str, given: str) -> str:
    if _SEPARATED.fullmatch(given):
        return f"{code(given)} may be one number or several: write it without commas and dots, as in `{word} 987`."
    return f"{code(word)} needs a number after it, as in `{word} 987`, and {code(given)} is not one."


def _missing(problem: MissingNumber | MissingName | MissingDatastream | MissingSwitch) -> str:
    match problem:
        case MissingNumber(word):
            return f"{code(word)} needs a number after it, as in `{word} 987`."
        case MissingName(word):
            return f"{code(word)} needs a name or a number after it, as in `{word} emea`."
        case MissingDatastream(word):
            return f"{code(word)} needs a datastream, as in `datastream 42`, or its name."
        case MissingSwitch(word):
            return f"{code(word)} needs `on` or `off` as well."
        case _:
            assert_never(problem)


def _unknown(problem: UnknownWord | UnknownInstance | UnknownPerson | UnknownGroup) -> str:
    match problem:
        case UnknownWord(word, meant):
            return f"I do not know {code(word)}." + (f" Did you mean {code(meant)}?" if meant else "")
        case UnknownInstance(given, meant, known):
            near = f" Did you mean {code(meant)}?" if meant else ""
            return f"No instance is called {code(given)}.{near} Known: {', '.join(code(name) for name in known)}."
        case UnknownPerson(given):
            return _unknown_person(given)
        case UnknownGroup(given):
            return f"{code(given)} does not mention a user group. Pick one from the list that `@` opens."
        case _:
            assert_never(problem)


def _unknown_person(given: str) -> str:
    if not given:
        return "`by` needs a person after it, as in `by @ana`."
    return f"{code(given)} does not mention anybody. Pick the name from the list that `@` opens, or give the id."

"""Renders the answer to a command that was not understood: what was, what was not, and the likely next things."""

from typing import assert_never

from jobbot.intents.model import (
    BadNumber,
    BadRange,
    DoesNotFit,
    Help,
    ListJobs,
    Misread,
    MissingName,
    MissingNumber,
    MissingSwitch,
    NotYet,
    Offered,
    Problem,
    SaidTwice,
    ShowJob,
    StopJob,
    UnknownInstance,
    UnknownPerson,
    UnknownWord,
)
from jobbot.intents.wording import as_said
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import BUTTON_TEXT, Block, Message
from jobbot.render.blockkit.parts import NOTHING, Part, compose, controls, small, text
from jobbot.render.blockkit.text import code, cut, foreign
from jobbot.render.hints import FAILED, GOING_ON
from jobbot.render.naming import NoSuchName, nearest

MENTION = "@jobbot"
"""What hints begin with in threads, where slash commands do not work."""

_RANGE = {
    "no such date": "is not a date that exists",
    "ends before it starts": "ends before it starts",
    "in the future": "is in the future; what is planned is in `scheduled`",
    "in the past": "is over already",
    "no length": "is no length of time",
    "no start": "does not say where to begin, as in `yesterday..10:30`",
    "too long": "is longer than a year: ask for less at a time",
}


def render_greeting(*, command: str) -> Message:
    """For who mentions jobbot and says nothing else."""
    words = f"Ask in words: `{command} running`, `{command} failed last night`, `{command} 987`, `{command} help`."
    return compose([text(words), controls([offer(one, command) for one in (GOING_ON, FAILED, Help())])])


def render_misread(misread: Misread, near: NoSuchName | None = None, *, command: str) -> Message:
    """What was understood, what was not, and the likely next things, each a press away.

    ``near`` are datastreams that are called nearly like the words that nobody knows.
    """
    words = " ".join([_understood(misread), *(_problem(problem) for problem in misread.problems)]).strip()
    suggested = ""
    if misread.suggestion is not None:
        suggested = f"Perhaps {code(f'{command} {misread.suggestion}'.strip(), 200)}"
    names = NOTHING
    if near is not None and near.choices:
        said = "Or a datastream:"
        names = Part([*text(said).blocks, *nearest(near.choices)], [said, *(foreign(one.name) for one in near.choices)])
    return compose(
        [
            text(words),
            text(suggested) if suggested else NOTHING,
            controls([offer(one, command) for one in misread.offers]),
            names,
            small(f"`{command} help` shows what can be typed."),
        ]
    )


def offer(intent: Offered, command: str) -> Block:
    """A button for something that was probably meant; a stop opens the window that asks."""
    match intent:
        case StopJob(job=job):
            return buttons.go_on(f"Stop job {job} …", intent, label=f"Stop job {job}: asks first")
        case ShowJob(job=job):
            return buttons.go_on(f"Show job {job}", intent)
        case Help(topic=None):
            return buttons.go_on("Help", intent, label="What can be typed")
        case Help(topic=topic):
            return buttons.go_on(f"Help: {topic}", intent, label=f"What can be typed about {topic}")
        case ListJobs() if intent == ListJobs(instance=intent.instance):
            return buttons.go_on("Running and scheduled", intent)
        case _:
            words = f"Run {command} {as_said(intent)}"
            shown = words if len(words) <= BUTTON_TEXT else f"Run {as_said(intent)}"
            return buttons.go_on(cut(shown, BUTTON_TEXT), intent, label=words)


def _understood(misread: Misread) -> str:
    if not misread.understood:
        return ""
    return "I read " + ", ".join(f"*{foreign(part)}*" for part in misread.understood) + "."


def _problem(problem: Problem) -> str:
    match problem:
        case UnknownWord(word, meant):
            return f"I do not know {code(word)}." + (f" Did you mean {code(meant)}?" if meant else "")
        case MissingNumber(word):
            return f"{code(word)} needs a number after it, as in `{word} 987`."
        case MissingName(word):
            return f"{code(word)} needs a name or a number after it, as in `{word} emea`."
        case BadNumber(word, given):
            return f"{code(given)} after {code(word)} is not a number that Adverity could have given."
        case BadRange(given, reason):
            return f"{code(given)} {_RANGE.get(reason, reason)}."
        case SaidTwice(what, first, second):
            return f"That is two of one thing ({what}): {code(first)} and {code(second)}."
        case UnknownInstance(given, meant, known):
            near = f" Did you mean {code(meant)}?" if meant else ""
            return f"No instance is called {code(given)}.{near} Known: {', '.join(code(name) for name in known)}."
        case UnknownPerson(given):
            return _unknown_person(given)
        case MissingSwitch(word):
            return f"{code(word)} needs `on` or `off` as well."
        case NotYet(word):
            return f"jobbot does not {code(word.lower())} anything yet. Do it in Adverity: a job's card has the link."
        case DoesNotFit(word, verb):
            return f"{code(word)} has no meaning beside {code(verb)}."
        case _:
            assert_never(problem)


def _unknown_person(given: str) -> str:
    if not given:
        return "`by` needs a person after it, as in `by @ana`."
    return f"{code(given)} does not mention anybody. Pick the name from the list that `@` opens, or give the id."

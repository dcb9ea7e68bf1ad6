"""Renders the help, and the answer to a command that was not understood."""

from typing import assert_never

from jobbot.intents.button import encode
from jobbot.intents.model import (
    BadNumber,
    BadRange,
    DoesNotFit,
    Intent,
    Misread,
    MissingName,
    MissingNumber,
    MissingSwitch,
    Problem,
    SaidTwice,
    UnknownInstance,
    UnknownPerson,
    UnknownWord,
)
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Message, actions, context, section
from jobbot.render.blockkit.text import code, escape, fit_bytes, foreign, to_plain
from jobbot.render.naming import NoSuchName, nearest

COMMANDS = (
    ("", "running and scheduled jobs"),
    ("failed | running | success ...", "one or several states; without a range the last 24 hours"),
    ("yesterday | last 6h | since monday", "a range, in your time zone"),
    ("2022-10-31 | 2022-10-31..2022-11-02 | 2022-10-31T08:00Z..2022-10-31T12:00Z", "a day, days, or times"),
    ("datastream 42 [states] [range]", "one datastream"),
    ('facebook failed | "trade desk"', "by a datastream's name, or an alias"),
    ("workspace emea [states] [range]", "one workspace, by its name, its slug or its number"),
    ("987", "one job"),
    ("stop 987 [why]", "stop it; asks first, always"),
    ("watch 987 | unwatch 987", "tell this channel how it ends"),
    ("watches", "what this channel waits for"),
    ("alerts on [failed | ended | late | empty | all] [datastream 42] | off", "tell this channel of such jobs"),
    ("alerts snooze 2h | alerts", "keep them quiet for a while; what is on"),
    ("issues [datastream 42]", "what is open in Adverity, its cause, and what would help"),
    ("history [range] [by @somebody] [job 987] [datastream 42]", "who stopped what, when, why, and how it ended"),
    ("help", "this"),
)


_RANGE = {
    "no such date": "is no date that exists",
    "ends before it starts": "ends before it starts",
    "in the future": "is in the future; what is planned is in `scheduled`",
    "too long": "is longer than a year: ask for less at a time",
}


def render_help(instances: tuple[str, ...], *, command: str, first: str = "") -> Message:
    """What can be typed. ``first`` is a sentence to put before it (a refusal, where jobs are not shown)."""
    lines = [f"`{' '.join(part for part in (command, words) if part)}` – {meaning}" for words, meaning in COMMANDS]
    if len(instances) > 1:
        lines.append(f"`... in {instances[1]}` – another instance: {', '.join(map(escape, instances))}")
    small = f"Word order is free. In a thread, mention jobbot instead of typing {command}: the same words work."
    head = [first] if first else []
    body = "\n".join(lines)
    return Message(
        text=fit_bytes([to_plain(line) for line in [*head, *lines, small]]),
        blocks=[*(section(words) for words in head), section(body), context(small)],
    )


def render_misread(misread: Misread, meant: Intent | None, near: NoSuchName | None = None, *, command: str) -> Message:
    """What was understood, what was not, the nearest known thing. ``meant`` is the suggestion, parsed.

    ``near`` are datastreams that are called nearly like the words that nobody knows.
    """
    words = " ".join([_understood(misread), *(_problem(problem) for problem in misread.problems)]).strip()
    blocks: list[Block] = [section(words)]
    lines = [words]
    if misread.suggestion is not None and meant is not None and not isinstance(meant, Misread):
        suggested = f"{command} {misread.suggestion}".strip()
        lines.append(f"Perhaps {code(suggested, 200)}")
        blocks += [section(lines[-1]), actions([buttons.run(suggested, encode(meant))])]
    if near is not None and near.choices:
        lines.append("Or a datastream:")
        blocks += [section(lines[-1]), *nearest(near.choices)]
        lines += [foreign(one.name) for one in near.choices]
    small = f"`{command} help` shows what can be typed."
    return Message(text=fit_bytes([to_plain(line) for line in [*lines, small]]), blocks=[*blocks, context(small)])


def _understood(misread: Misread) -> str:
    if not misread.understood:
        return ""
    return "I read " + ", ".join(f"*{foreign(part)}*" for part in misread.understood) + "."


def _problem(problem: Problem) -> str:
    match problem:
        case UnknownWord(word, meant):
            return f"I do not know {code(word)}." + (f" Did you mean {code(meant)}?" if meant else "")
        case MissingNumber(word):
            return f"{code(word)} wants a number behind it, as in `{word} 987`."
        case MissingName(word):
            return f"{code(word)} wants a name or a number behind it, as in `{word} emea`."
        case BadNumber(word, given):
            return f"{code(given)} behind {code(word)} is not a number Adverity could have given."
        case BadRange(given, reason):
            return f"{code(given)} {_RANGE.get(reason, reason)}."
        case SaidTwice(what, first, second):
            return f"There are two of one thing ({what}): {code(first)} and {code(second)}."
        case UnknownInstance(given, meant, known):
            near = f" Did you mean {code(meant)}?" if meant else ""
            return f"No instance is called {code(given)}.{near} Known: {', '.join(code(name) for name in known)}."
        case UnknownPerson(""):
            return "`by` wants a person behind it, as in `by @ana`."
        case UnknownPerson(given):
            return f"{code(given)} mentions nobody. Pick the name from the list behind `@`, or give the id."
        case MissingSwitch(word):
            return f"{code(word)} wants `on` or `off` with that."
        case DoesNotFit(word, verb):
            return f"{code(word)} has no meaning beside {code(verb)}."
        case _:
            assert_never(problem)

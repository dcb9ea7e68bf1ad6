"""Words for the question of a list, as it was understood: "failed, yesterday in Europe/Vienna, datastream 42"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from jobbot.adverity.model import GOING_ON, State
from jobbot.adverity.usual_duration import FAR_UNKNOWN
from jobbot.intents.model import Between, Last, ListJobs, Longer, Range, Since, Stream
from jobbot.intents.times.moments import ZONES
from jobbot.render.blockkit.text import duration, escape, foreign, moment

_WORKSPACES_SHOWN = 3
_ORDER = tuple(State)
_NOTHING = {
    "stop": "Nothing was stopped:",
    "fetch": "Nothing was fetched:",
    "retry": "Nothing was retried:",
    "acknowledge": "Nothing was acknowledged:",
    "watch": "Nothing is watched yet:",
    "unwatch": "Nothing was changed:",
}
ANY = "in any state"
_BELOW = "below the list"
_DETAILS = f"Open the one you mean {_BELOW}."
_EACH = ("fetch", "retry", "acknowledge")
_ZONED = re.compile(rf"\dZ\b|[+-]\d\d:?\d\d\b(?!-)|\b(?:UTC|{'|'.join(ZONES).upper()})\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """A list's question, ready to be worded. ``start``/``end`` are what was sent, None for "now"; ``to_come``: when it
    was asked, the range had not begun."""

    intent: ListJobs
    start: datetime | None
    end: datetime | None
    zone: str | None
    assumed_range: bool = False
    to_come: bool = False


@dataclass(frozen=True, slots=True)
class Asker:
    """The person whose question a message answers; ``again``: they refreshed somebody's message."""

    user_id: str
    again: bool = False


def by(asker: Asker) -> str:
    """Who asked, for the small print."""
    return f"{'refreshed' if asker.again else 'asked'} by <@{asker.user_id}>"


def place_in_words(instance: str, workspaces: Sequence[str]) -> str:
    """Where an answer is from: the instance, and the workspaces that it is narrowed to."""
    names = [foreign(name, 40) for name in workspaces[:_WORKSPACES_SHOWN]]
    more = f" and {len(workspaces) - _WORKSPACES_SHOWN} more" if len(workspaces) > _WORKSPACES_SHOWN else ""
    return escape(instance) + (f" / {', '.join(names)}{more}" if names else "")


def not_done(wanted: str, *, several: bool = False, found: bool = True, offered: bool = True) -> str:
    """What was not done: ``wanted`` is the verb. A name says no job, and of ``several`` each is asked about.

    ``found``: whether any of them is shown; ``offered``: whether there is a button for it.
    """
    if not found and wanted in _NOTHING:
        none = "failed" if wanted in _EACH else "is running"
        return _NOTHING[wanted] + (" none of these jobs was found." if several else f" nothing of it {none}.")
    if offered and not several and wanted in ("retry", "acknowledge"):
        return f"{_NOTHING[wanted]} press {wanted.capitalize()} if you mean this job."
    press = " Press Stop job at the one you mean." if offered else ""
    press_several = " Press Stop job at the ones you mean." if offered else ""
    watch = " Press Watch at the one you mean." if offered else f" Choose the one you mean {_BELOW}."
    words = {
        "stop": f"Nothing was stopped: a datastream's name is not one job.{press}",
        "retry": f"Nothing was retried: a datastream's name is not one job. {_DETAILS}",
        "acknowledge": f"Nothing was acknowledged: a datastream's name is not one job. {_DETAILS}",
        "watch": f"Nothing is watched yet: a datastream's name is not one job.{watch}",
        "unwatch": "Nothing was changed: a datastream's name is not one job. `watches` shows what is watched here.",
    }
    of_several = {
        "stop": f"Nothing was stopped: each job is confirmed separately.{press_several}",
        **{wanted: f"{_NOTHING[wanted]} each job is confirmed separately. {_DETAILS}" for wanted in _EACH},
        "watch": f"Nothing is watched yet:{' press Watch at' if offered else ' choose'} the ones you mean"
        f"{'' if offered else f' {_BELOW}'}.",
        "unwatch": "Nothing was changed: end each watch separately, on its job's card.",
    }
    return (of_several if several else words).get(wanted, "")


def in_words(asked: Asked, stream: str = "") -> str:
    """The whole question as one mrkdwn phrase; ``stream`` is what the datastream is called, where that is known."""
    if asked.intent.jobs:
        return ", ".join(str(job) for job in asked.intent.jobs)
    parts = [states_in_words(asked.intent.states, past=asked.start is not None)]
    if asked.intent.longer is not None:
        parts.append(_longer_in_words(asked.intent.longer))
    if asked.start is not None and asked.end is not None:
        said = None if asked.assumed_range else asked.intent.range
        span = range_in_words(said, asked.start, asked.end, asked.zone)
        parts.append(_began(asked.intent, span))
    if asked.intent.datastream is not None:
        parts.append(stream_in_words(asked.intent.datastream, stream))
    return ", ".join(part for part in parts if part)


def question_in_words(asked: Asked, stream: str = "") -> str:
    """The same as plain text for a title, without the range's two instants, which :func:`span_in_words` has."""
    if asked.intent.jobs:
        return in_words(asked)
    parts = [states_in_words(asked.intent.states, past=asked.start is not None)]
    if asked.intent.longer is not None:
        parts.append(_longer_in_words(asked.intent.longer))
    match asked.intent.range:
        case _ if asked.start is None:
            pass
        case None:
            parts.append("last 24 hours")
        case Last(length):
            parts.append(_began(asked.intent, f"last {_length(length)}"))
        case Since(said=said) | Between(said=said):
            parts.append(_began(asked.intent, said) if said else "")
    if asked.intent.datastream is not None:
        parts.append(f"datastream {asked.intent.datastream} {stream}".rstrip())
    return ", ".join(part for part in parts if part)


def span_in_words(asked: Asked) -> str:
    """The range of a question, for the small print: its two instants, and how it was read; empty without one."""
    if asked.start is None or asked.end is None:
        return ""
    said = None if asked.assumed_range else asked.intent.range
    return range_in_words(said, asked.start, asked.end, asked.zone)


def remark_in_words(asked: Asked) -> str:
    """What may surprise in the answer to a question, and why; empty where nothing does."""
    if asked.intent.longer == "usual":
        return f"where it is not known what is usual, longer than {duration(FAR_UNKNOWN)}"
    if asked.start is not None and asked.intent.states == {State.SCHEDULED} and not asked.to_come:
        return "including jobs for which Adverity does not say when they start"
    return ""


def _began(intent: ListJobs, span: str) -> str:
    """A range as it is meant for these states: of what is running it is about the start, of what is over about all."""
    if intent.states == {State.RUNNING}:
        return f"started: {span}"
    return f"for: {span}" if intent.states == {State.SCHEDULED} else span


def _longer_in_words(longer: Longer) -> str:
    if isinstance(longer, str):
        return "far longer than usual"
    return f"longer than {duration(longer)}"


def stream_in_words(datastream: Stream, name: str) -> str:
    """A datastream, by its number and its name."""
    return f"datastream {datastream} {foreign(name, 60)}".rstrip()


def states_in_words(states: frozenset[State], *, past: bool) -> str:
    """The states that were asked for, in words; without any, what the question means by default."""
    if states == frozenset(State) or (past and not states):
        return ANY
    words = [state.value.lower() for state in _ORDER if state in states]
    if states in (frozenset(), GOING_ON):
        return "running and scheduled"
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def range_in_words(
    said: Range | None, start: datetime, end: datetime, zone: str | None, *, assumed: str = "last 24 hours"
) -> str:
    """A range as it was typed, with its two instants; ``said`` None: the default range, which is ``assumed``."""
    span = f"{moment(start)} to {moment(end)}"
    match said:
        case None:
            return f"{assumed} (no range was given)"
        case Last(length):
            return f"last {_length(length)} ({span})"
        case Since() | Between():
            if not said.said or zone is None:
                return span
            # Times that were typed with their zone ("08:00Z", "+02:00") are not in the person's.
            where = "" if _ZONED.search(said.said) else f" in {foreign(zone)}"
            order = f", read as {said.order}" if said.order else ""
            return f"{foreign(said.said)}{order}{where} ({span})"
        case _:
            assert_never(said)


def _length(length: timedelta) -> str:
    hours = length / timedelta(hours=1)
    return f"{int(hours)} hours" if hours > 1 and hours == int(hours) and hours < 48 else duration(length)

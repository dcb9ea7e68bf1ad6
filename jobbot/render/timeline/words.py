"""What a timeline says of each thing that happened: pieces, which Slack's and Markdown's words are made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobbot.render.alert_entry import EMPTY
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.text import duration
from jobbot.render.history import AS_PLANNED, BY, mark_of_act, noun_of, state_of_act
from jobbot.render.outages import why
from jobbot.render.timeline.model import DEEDS, Happening, TimelineMatter

MADE_OF = "made of what was done through jobbot and what its alerts and watches told, not of every job that ended"
"""What a timeline is: of what nobody was told of Adverity alone knows."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """Words from outside, as they came."""

    text: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by the id."""

    id: str


@dataclass(frozen=True, slots=True)
class Place:
    """The channel in which somebody did it, by the id; written with the word before it: `` in #inc``."""

    id: str


Piece = str | Foreign | Person | Place | datetime
Phrase = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """What happened (``what``), everything else of it, and what a person or a machine said of it."""

    what: Phrase
    facts: Sequence[Phrase] = ()
    said: str = ""
    mark: Mark | None = None


_SEEN: Mapping[str, tuple[str, Mark]] = {
    "late": ("Running far longer than usual", Mark.UNUSUAL),
    "empty": (EMPTY, Mark.UNUSUAL),
    "gone": ("Not known to Adverity any more", Mark.ENDED),
    "recovered": ("Recovered", Mark.SUCCESS),
    "blind": ("The jobs cannot be followed", Mark.UNUSUAL),
    "seeing": ("The jobs are followed again", Mark.SUCCESS),
    "away": ("jobbot stopped looking", Mark.UNUSUAL),
    "back": ("jobbot looks again", Mark.SUCCESS),
    "Failed": ("Failed", Mark.FAILED),
    "Success": ("Succeeded", Mark.SUCCESS),
    "Cancelled": ("Cancelled", Mark.CANCELLED),
    "Discarded": ("Discarded", Mark.ENDED),
    "Stale": ("Stale", Mark.ENDED),
}
_DEEDS: Mapping[str, tuple[str, Mark]] = {
    "freeze": ("Frozen", Mark.FROZEN),
    "unfreeze": ("Not frozen any more", Mark.SUCCESS),
    "asked": ("Asked that somebody else does it", Mark.SCHEDULED),
    "withdrawn": ("Request withdrawn", Mark.ENDED),
    "discarded": ("Request discarded", Mark.ENDED),
    "expired": ("Request not reviewed in time", Mark.ENDED),
    "untold": ("Request could not be posted", Mark.ENDED),
}
_TITLES: Mapping[str, str] = {
    "blind": "The instance could not be followed",
    "seeing": "The instance could not be followed",
    "away": "jobbot was away",
    "back": "jobbot was away",
    "freeze": "The instance was frozen",
    "unfreeze": "The instance was frozen",
}


def title_of(matter: TimelineMatter) -> tuple[Phrase, str]:
    """What a matter is called, and its number."""
    if matter.datastream is not None:
        number = f"datastream {matter.datastream}"
        return ((Foreign(matter.name),), number) if matter.name else ((number.capitalize(),), "")
    if matter.job is not None:
        return ((Foreign(matter.name),), f"job {matter.job}") if matter.name else ((f"Job {matter.job}",), "")
    return (_TITLES.get(matter.first.what, "The instance"),), ""


def line_of(one: Happening) -> Line:
    """In pieces."""
    return _act(one) if one.is_act else _deed(one) if one.what in DEEDS else _seen(one)


def _planned(span: timedelta) -> str:
    """A length that somebody typed. It is recorded a moment after it began to count: 30 minutes are 29 and 59.9 s."""
    return duration(timedelta(minutes=max(1, round(span / timedelta(minutes=1)))))


def _deed(one: Happening) -> Line:
    words, mark = _DEEDS[one.what]
    facts: list[Phrase] = [(f"{noun_of(one.about)}{f' of job {one.job}' if one.job else ''}",)]
    facts.append(_who(one) if one.user_id else ("by itself",))
    if one.until is not None:
        facts.append((f"for {_planned(one.until - one.at)}",))
    return Line((words,), [fact for fact in facts if fact != ("",)], one.said, mark)


def _who(one: Happening) -> Phrase:
    return Person(one.user_id), Place(one.channel_id)


def _seen(one: Happening) -> Line:
    words, mark = _SEEN.get(one.what, ("", Mark.ENDED))
    what: Phrase = (words,) if words else ("Ended as ", Foreign(one.what))
    job: list[Phrase] = [(f"job {one.job}",)] if one.job is not None else []
    if one.what in ("blind", "seeing"):
        return Line(what, [(why(one.said),)] if one.what == "blind" else [], mark=mark)
    return Line(what, job, one.said, mark)


def _act(one: Happening) -> Line:
    facts: list[Phrase] = [(f"job {one.job}",)] if one.job is not None else []
    facts.append(_who(one))
    if one.asked_by is not None:
        facts.append(("asked for by ", Person(one.asked_by)))
    if one.until is not None and one.state == "done":
        facts.append(("until ", one.until))
    if one.planned and one.state == "done":
        facts.append((AS_PLANNED,))
    if one.outcome:
        by = BY.fullmatch(one.outcome)
        facts.append((by[1] + " ", Person(by[2]), by[3] or "") if by else (Foreign(one.outcome),))
    span = one.closed_at - one.at if one.closed_at is not None else timedelta(0)
    if span >= timedelta(seconds=1):
        facts.append((f"{duration(span)} later",))
    return Line((state_of_act(one.what, one.state),), facts, one.said, mark_of_act(one.what, one.state))


def written(
    phrase: Phrase,
    foreign: Callable[[str], str],
    person: Callable[[str], str],
    place: Callable[[str], str],
    when: Callable[[datetime], str],
) -> str:
    """A phrase, with what each kind of piece is written as."""
    words = []
    for piece in phrase:
        match piece:
            case Foreign(text):
                words.append(foreign(text))
            case Person(id_):
                words.append(person(id_))
            case Place(id_):
                words.append(place(id_))
            case datetime():
                words.append(when(piece))
            case _:
                words.append(piece)
    return "".join(words)

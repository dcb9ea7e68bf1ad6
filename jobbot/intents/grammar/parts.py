"""What the words of a sentence came to, part by part, before it is one intent."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from jobbot.access.policy import Need
from jobbot.adverity.model import Days, JobId, State
from jobbot.intents.language.vocabulary import Verb
from jobbot.intents.model import (
    AlertsDo,
    BadNumber,
    DoesNotFit,
    Intent,
    Longer,
    Problem,
    Range,
    SaidTwice,
    Sign,
    Stream,
    Topic,
)

Kind = Literal[
    "verb",
    "job",
    "states",
    "now",
    "datastream",
    "workspace",
    "range",
    "longer",
    "instance",
    "person",
    "switch",
    "signs",
    "group",
    "days",
    "until",
]
MOST_FAULTS = 5
"""More are not told: nobody reads them, and finding the nearest word costs time."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem, the words it is about (from ``first``, not including ``behind``), and what may stand there instead."""

    problem: Problem
    first: int
    behind: int
    instead: tuple[str, ...] = ()
    nearly: Verb | None = None
    """The act that was probably meant."""


@dataclass(slots=True)
class Parts:
    """The parts that were understood, of two of a kind the first.

    ``said`` is how they were put, in that order; ``wants`` is the word that a job's number has to follow; ``more`` are
    further jobs behind the first one; ``is_noun``: the number was said to be a job's; ``when``: whether somebody wants
    to be told when something happens; ``asked``: whether it is asked about alerts, so that none is changed;
    ``wondered``: the act that is asked about, so that it is not asked for; ``need``: what is asked about of one's own
    rights. ``days`` are a fetch's, ``until`` is a pause's; ``everything``: all were said to be meant. ``well``: it is
    asked whether all is well; ``done``: whether something is done, or how long it takes. ``ends``: when a pause may end
    whose beginning was said, and how that is put; ``order`` as of a range, of the days or the end of an act.
    """

    verb: Verb | None = None
    job: JobId | None = None
    more: tuple[JobId, ...] = ()
    states: frozenset[State] = frozenset()
    weak_states: frozenset[State] = frozenset()
    datastream: Stream | None = None
    workspace: str | None = None
    range: Range | None = None
    longer: Longer | None = None
    length: timedelta | None = None
    length_said: str = ""
    instance: str | None = None
    person: str | None = None
    group: str | None = None
    days: Days | None = None
    days_said: str = ""
    until: datetime | None = None
    until_said: str = ""
    until_fixed: bool = False
    ends: tuple[datetime, str] | None = None
    order: str = ""
    well: bool = False
    done: bool = False
    everything: bool = False
    need: Need | None = None
    wondered: str = ""
    switch: AlertsDo | None = None
    signs: frozenset[Sign] = frozenset()
    reason: str = ""
    help: bool = False
    topic: Topic | None = None
    when: bool = False
    asked: bool = False
    is_noun: bool = False
    wants: str | None = None
    said: list[tuple[Kind, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(
        self, problem: Problem, first: int, behind: int, instead: tuple[str, ...] = (), *, nearly: Verb | None = None
    ) -> None:
        """Note a problem, unless there are enough."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(problem, first, behind, instead, nearly))

    def join_range(self, both: Range) -> None:
        """Take one range for the two that were said."""
        self.range = both
        self.said = [(kind, both.said if kind == "range" else how) for kind, how in self.said]

    def note(self, kind: Kind, shown: str) -> None:
        """Note how a part was put."""
        if (kind, shown) not in self.said:
            self.said.append((kind, shown))

    def once(self, kind: Kind, old_new: tuple[object, object], shown: str, first: int, behind: int) -> bool:
        """Note a part of which there can be one; False, and a fault, when another one of it was said before."""
        old, new = old_new
        if old is not None and old != new:
            self.fault(SaidTwice(kind, self.shown(kind), shown), first, behind)
            return False
        self.note(kind, shown)
        return True

    def has_bad_number(self, word: str) -> bool:
        """Whether something that is no number was found where ``word`` wants one."""
        return any(isinstance(fault.problem, BadNumber) and fault.problem.word == word for fault in self.faults)

    def shown(self, kind: Kind) -> str:
        """How a part was put."""
        return next((shown for which, shown in self.said if which == kind), "")


Settled = tuple[Intent | None, list[Problem]]
"""The intent that parts make, None where they make none, and what is wrong with it."""


def misfits(parts: Parts, kinds: tuple[Kind, ...], beside: str) -> list[Problem]:
    """The parts of these kinds, which have no meaning ``beside`` a word."""
    return [DoesNotFit(shown, beside) for kind, shown in parts.said if kind in kinds]

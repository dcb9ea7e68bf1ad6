"""Intents that only read: lists, one job, the record, issues, help."""

from dataclasses import dataclass, field
from enum import StrEnum

from jobbot.access.policy import Need
from jobbot.adverity.model import JobId, State
from jobbot.intents.model.parts import Longer, Range, Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class ListJobs:
    """Jobs in some states (empty: the query's natural ones), of one datastream or all, now or in a range.

    ``longer``: only those that have run, or took, for longer. ``jobs``: these jobs, and nothing else is said then but
    the instance. ``workspace`` is a name, a slug or a number, as it was typed. ``wanted`` is what was to be done with
    jobs of which only the datastream's name was given, or several numbers ("stop facebook"): said in the answer, and
    nothing else comes of it.
    """

    states: frozenset[State] = frozenset()
    datastream: Stream | None = None
    range: Range | None = None
    instance: str | None = None
    workspace: str | None = None
    longer: Longer | None = None
    jobs: tuple[JobId, ...] = ()
    page: int = 1
    wanted: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowJob:
    """One job as a card."""

    job: JobId
    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The schedules that were paused here and are not resumed yet."""

    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What whoever takes over must know: what is unusual, failing, paused, frozen, snoozed, watched, not confirmed."""

    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Who did what: the record of acts that were asked for in a range, of one person (a Slack id), of one job,
    of one datastream, of one workspace."""

    range: Range | None = None
    by: str | None = None
    job: JobId | None = None
    datastream: Stream | None = None
    instance: str | None = None
    workspace: str | None = None
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What happened in a range, in its order: of all that is seen here, a datastream, a workspace, or of one job.

    Without a range the last hours are meant; of a job all that is kept.
    """

    range: Range | None = None
    job: JobId | None = None
    datastream: Stream | None = None
    instance: str | None = None
    workspace: str | None = None
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Issues:
    """The issues that are open, of one datastream, of one workspace or all."""

    datastream: Stream | None = None
    instance: str | None = None
    workspace: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoAmI:
    """What the person may do here and why not; about one ``need`` each rule, in the order in which it is decided."""

    need: Need | None = None
    instance: str | None = None


class Topic(StrEnum):
    """What the help can be asked about by itself."""

    LISTS = "lists"
    TIMES = "times"
    NAMES = "names"
    JOB = "job"
    STOP = "stop"
    FETCH = "fetch"
    RETRY = "retry"
    PAUSE = "pause"
    FREEZE = "freeze"
    WATCH = "watch"
    ALERTS = "alerts"
    HISTORY = "history"
    TIMELINE = "timeline"
    ISSUES = "issues"
    HANDOVER = "handover"
    WHOAMI = "whoami"


@dataclass(frozen=True, slots=True)
class Help:
    """What can be typed, all of it or about one topic."""

    topic: Topic | None = None


@dataclass(frozen=True, slots=True)
class NoQuestion:
    """Thanks: nothing was asked, and nothing is answered."""

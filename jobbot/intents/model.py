"""What a person may want: a closed union, so that a new wish that nobody serves does not type-check.

An intent is independent of who asks and when: calendar words ("yesterday") are resolved to instants in UTC when they
are read, only ranges that end "now" stay relative, so that Refresh moves with the clock.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from jobbot.access.policy import Need
from jobbot.adverity.model import DatastreamId, Days, JobId, State


@dataclass(frozen=True, slots=True)
class Last:
    """The time up to now, e.g. ``last 6h``. ``said`` is how the person put it, for the answer only."""

    duration: timedelta
    said: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Since:
    """From an instant (UTC) up to now. ``order`` is the order in which a date was read that has two."""

    start: datetime
    said: str = field(default="", compare=False)
    order: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Between:
    """Two instants (UTC), both included, to the second. ``order`` as for Since."""

    start: datetime
    end: datetime
    said: str = field(default="", compare=False)
    order: str = field(default="", compare=False)


Range = Last | Since | Between


Stream = DatastreamId | str
"""A datastream: its number, or a name that was typed and that a flow has still to find."""


Longer = timedelta | Literal["usual"]
"""For longer than this, or than is usual for its datastream by far."""


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
class StopJob:
    """Ask whether to stop a job; never the stop itself."""

    job: JobId
    reason: str = ""
    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchAgain:
    """Ask whether to fetch some days of a datastream; never the fetch itself.

    Either ``datastream`` is given or ``job``, whose datastream is meant. ``days`` are those of the person's calendar,
    both included; None: those of the job, or not said, so that the window asks. ``workspace`` is where a datastream's
    name is looked for. ``said`` is how the days were put, and ``order`` as of a range, for the answer only.
    """

    datastream: Stream | None = None
    days: Days | None = None
    job: JobId | None = None
    reason: str = ""
    instance: str | None = None
    workspace: str | None = None
    said: str = field(default="", compare=False)
    order: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Ask whether Adverity shall repeat the operation in which a job failed."""

    job: JobId
    reason: str = ""
    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """Ask whether to acknowledge the issues of a failed job, and nothing else."""

    job: JobId
    reason: str = ""
    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseSchedule:
    """Ask whether to switch a datastream's schedule off, until an instant (UTC) or until it is resumed.

    ``workspace`` is where a datastream's name is looked for; ``said`` is how the end was put, and ``order`` as of a
    range, for the answer only.
    """

    datastream: Stream
    until: datetime | None = None
    reason: str = ""
    instance: str | None = None
    workspace: str | None = None
    said: str = field(default="", compare=False)
    order: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeSchedule:
    """Ask whether to switch a datastream's schedule on again. ``workspace`` as of PauseSchedule."""

    datastream: Stream
    reason: str = ""
    instance: str | None = None
    workspace: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The schedules that were paused here and are not resumed yet."""

    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What whoever takes over must know: what is unusual, failing, paused, frozen, snoozed, watched, not confirmed."""

    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSeveral:
    """Ask which of several jobs to stop: ``jobs``, or all that are going on now and fit.

    ``states`` are Running or Scheduled, none: both. Of ``jobs`` nothing else is said but the reason and the instance.
    """

    states: frozenset[State] = frozenset()
    datastream: Stream | None = None
    workspace: str | None = None
    jobs: tuple[JobId, ...] = ()
    reason: str = ""
    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopNoMore:
    """Begin no more of the stops of several jobs: the button of their message. ``act`` is the row's id."""

    act: str
    instance: str | None = None


class Reviewing(StrEnum):
    """What a person presses on the card of a review request."""

    REVIEW = "review"
    WITHDRAW = "withdraw"
    DISCARD = "discard"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnReview:
    """Look at an act that somebody asks others to do, take the request back, or put it aside; carried by buttons alone.

    ``request`` is its id in the database.
    """

    request: str
    does: Reviewing
    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """Refuse every act on an instance for a while: until an instant (UTC), or (a button) for a ``length`` from now on.

    With neither it is asked for how long; without a reason, why. ``said`` is how the end was put, for the answer only.
    """

    until: datetime | None = None
    length: timedelta | None = None
    reason: str = ""
    instance: str | None = None
    said: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfreeze:
    """End a freeze before its time. ``freeze``: its id, where a button means that one and no later one."""

    reason: str = ""
    instance: str | None = None
    freeze: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchJob:
    """Tell this channel how a job ends."""

    job: JobId
    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnwatchJob:
    """Take a watch back."""

    job: JobId
    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watches:
    """What this channel watches, and its alerts."""

    instance: str | None = None


class AlertsDo(StrEnum):
    """What becomes of a channel's alerts."""

    SHOW = "show"
    ON = "on"
    OFF = "off"
    SNOOZE = "snooze"


class Sign(StrEnum):
    """What a job may be told of beside the state it ends in.

    LATE: it is running for far longer than jobs of its datastream usually do. EMPTY: it succeeded and brought no rows.
    """

    LATE = "late"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """Tell this channel of jobs that end in some states or show signs, anywhere, in a workspace or a datastream.

    ``states`` and ``signs`` are those of ON, and those that OFF takes back (none: everything); ``group`` is the id of
    the user group that ON mentions. ``length`` is how long SNOOZE lasts, None where it was not said; ``until_fixed``:
    until the datastream succeeds again; ``job``: SNOOZE is about the datastream of this job.
    """

    does: AlertsDo
    states: frozenset[State] = frozenset()
    signs: frozenset[Sign] = frozenset()
    datastream: Stream | None = None
    instance: str | None = None
    workspace: str | None = None
    length: timedelta | None = None
    until_fixed: bool = False
    group: str | None = None
    job: JobId | None = None
    said: str = field(default="", compare=False)
    """How the person put the length, for the answer only."""


class Marking(StrEnum):
    """What a person presses on an alert's message; each is taken back by the one behind it."""

    ON_IT = "on it"
    NOT_ON_IT = "not on it"
    SNOOZE = "snooze"
    WAKE = "wake"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkAlert:
    """Say on an alert's message, for all to see, that one is on it, or silence what it tells of; carried by buttons
    alone. ``alert`` is the message's id in the database."""

    alert: str
    does: Marking
    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Who stopped what: the record of stops that were asked for in a range, of one person (a Slack id), of one job,
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


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word that has no shape we know. ``nearest`` is a word of the language, or None when nothing is near."""

    word: str
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class MissingNumber:
    """``stop`` without a job, ``datastream`` without a number: ``word`` wants one behind it."""

    word: str


@dataclass(frozen=True, slots=True)
class MissingName:
    """``workspace`` without one: ``word`` wants a name, a slug or a number behind it."""

    word: str


@dataclass(frozen=True, slots=True)
class BadNumber:
    """Something in the place of a job's or datastream's number that is not one (zero, negative, too long, letters)."""

    word: str
    given: str


@dataclass(frozen=True, slots=True)
class MissingDatastream:
    """``pause``, ``fetch yesterday``, ``until fixed``: ``word`` wants a datastream, and there is none."""

    word: str


@dataclass(frozen=True, slots=True)
class TooManyJobs:
    """More jobs than can be asked for, or asked about, at once."""

    most: int


@dataclass(frozen=True, slots=True)
class BadRange:
    """A range that has the right shape and no meaning (30 February, end before start, a start in the future)."""

    given: str
    reason: str
    """One of ``no such date``, ``ends before it starts``, ``in the future``, ``in the past``, ``too long``, ``no
    length``, ``no unit``, ``no time``, ``no start``, ``not days``, ``not now``, ``no moment``, ``longer``, ``maybe
    until``."""


@dataclass(frozen=True, slots=True)
class SaidTwice:
    """Two of something that there can be one of (ranges, jobs, datastreams, instances, people, verbs)."""

    what: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class UnknownInstance:
    """``in NAME`` with a name that is not configured."""

    given: str
    nearest: str | None
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownPerson:
    """``by`` with something behind it that is no mention of a person; empty where nothing is there."""

    given: str


@dataclass(frozen=True, slots=True)
class DoesNotFit:
    """A part that was understood but has no meaning beside the verb (``watch 987 yesterday``)."""

    word: str
    verb: str


@dataclass(frozen=True, slots=True)
class MissingSwitch:
    """``alerts failed``: it is not said whether they shall be on or off."""

    word: str


@dataclass(frozen=True, slots=True)
class UnknownGroup:
    """``alerts on for @somebody``: what is no mention of a user group."""

    given: str


@dataclass(frozen=True, slots=True)
class Wondered:
    """``retry 987?``: it was asked whether, so that nothing is done; what may be meant is offered."""

    word: str


Problem = (
    UnknownWord
    | MissingNumber
    | MissingName
    | MissingDatastream
    | BadNumber
    | TooManyJobs
    | BadRange
    | SaidTwice
    | UnknownInstance
    | UnknownPerson
    | DoesNotFit
    | MissingSwitch
    | UnknownGroup
    | Wondered
)


@dataclass(frozen=True, slots=True)
class Misread:
    """Words that do not make an intent.

    ``understood`` are the parts that did, as the person put them; ``suggestion`` is what follows ``/jobs`` in the
    nearest thing that would have been understood (it parses without a problem, and only looks), or None. ``named`` is
    what was meant if the words that nobody knows are a datastream's name. ``offers`` are one to three intents that were
    probably meant, the suggestion among them, the likeliest first; an act only where its word was typed, or nearly.
    """

    understood: tuple[str, ...]
    problems: tuple[Problem, ...]
    suggestion: str | None = None
    named: "Narrowed | None" = field(default=None, compare=False)
    offers: "tuple[Offered, ...]" = field(default=(), compare=False)


OnDatastream = FetchAgain | PauseSchedule | ResumeSchedule | StopSeveral
"""Acts that a datastream's name may be said of."""

Act = StopJob | Retry | Acknowledge | OnDatastream
"""What changes something in Adverity: each opens a window that asks."""

Freezing = Freeze | Unfreeze
"""What holds all acts on an instance back, or lets them go on: it changes nothing in Adverity, and is never a guess."""

Narrowed = ListJobs | Alerts | History | Timeline | Issues | OnDatastream
"""What may be about one datastream or one workspace."""

Recorded = History | Timeline
"""What is read from the record."""

Reported = Paused | Handover | Watches | Alerts | Recorded | Issues | WhoAmI
"""What is asked about no one job."""

Offered = ListJobs | ShowJob | Act | WatchJob | UnwatchJob | Reported | Help
"""What can be typed, and so be offered as the next thing to press."""

OfAMessage = MarkAlert | StopNoMore | OnReview
"""What only a button of one message says."""

Intent = Offered | Freezing | OfAMessage | NoQuestion | Misread


def instance_of(intent: Intent) -> str | None:
    """The instance that is named; None where none is.

    Words that make no intent may be a datastream's name, and are answered then, of the instance that stands there.
    """
    match intent:
        case Help() | NoQuestion() | Misread(named=None):
            return None
        case Misread(named=named):
            return named.instance if named is not None else None
        case _:
            return intent.instance


def rests_on_zone(intent: Intent) -> bool:
    """Whether words that mean this may mean something else in another time zone: days, times of day, and mistakes."""
    match intent:
        case Misread():
            return True
        case ListJobs(range=within) | History(range=within) | Timeline(range=within):
            return isinstance(within, Since | Between)
        case FetchAgain(days=days):
            return days is not None
        case PauseSchedule(until=until) | Freeze(until=until):
            return until is not None
        case Alerts():
            return intent.does is AlertsDo.SNOOZE
        case _:
            return False


def is_named(act: Act) -> bool:
    """Whether a datastream or a workspace is said by what it is called, and has to be found first."""
    return isinstance(act, OnDatastream) and (isinstance(act.datastream, str) or act.workspace is not None)


def number_of(datastream: Stream | None) -> DatastreamId | None:
    """The number of a datastream, where a name would be a mistake of ours: names are resolved before."""
    if isinstance(datastream, str):
        raise TypeError("a datastream's name that was not resolved")
    return datastream


def nearly_known(misread: Misread) -> bool:
    """Whether a word that nobody knows is nearly one of the language: then a name must have the whole of it."""
    return any(isinstance(problem, UnknownWord) and problem.nearest is not None for problem in misread.problems)

"""Intents that change something in Adverity, or whether anything may be changed: acts, review requests, freezes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from jobbot.adverity.model import Days, JobId, State
from jobbot.intents.model.parts import Stream


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

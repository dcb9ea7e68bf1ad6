"""Intents about what is followed: watches, alerts, and the buttons on an alert."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from jobbot.adverity.model import JobId, State
from jobbot.intents.model.parts import Stream


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

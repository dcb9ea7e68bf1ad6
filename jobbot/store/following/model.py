"""What is followed, by whom and where: watches, live cards, alerts, and what a round of the poller leaves behind.

A round is the unit of everything here. It is begun by one process, whose claim on it ends by itself; what it found
out, and every message that follows from it, is written in one transaction that only the holder of the claim can make.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Somebody waits for a job: tell the channel, or the thread in it. ``name`` is the job's title as it was shown.

    ``workspace`` is the number of the job's, where it was known.
    """

    id: str
    instance: str
    job: int
    name: str
    channel_id: str
    thread_ts: str | None
    user_id: str
    created_at: datetime
    workspace: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCard:
    """A message that keeps itself true.

    ``drawn`` is the job as it was drawn last, ``shown`` a fingerprint of what people saw of it; ``offer_stop`` and
    ``user_id`` are how and for whom the card was made.
    """

    id: str
    instance: str
    job: int
    channel_id: str
    message_ts: str
    user_id: str
    offer_stop: bool
    created_at: datetime
    next_edit_at: datetime
    drawn: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A channel is told of jobs that end in ``states``, anywhere in the instance, in one datastream or workspace."""

    id: str
    instance: str
    channel_id: str
    datastream: int | None
    states: frozenset[str]
    user_id: str
    since: datetime
    snoozed_until: datetime | None = None
    workspace: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertGroup:
    """Alerts that belong to one message: ``entries`` are its jobs, as the flow wrote them (JSON)."""

    id: str
    instance: str
    channel_id: str
    opened_at: datetime
    last_at: datetime
    entries: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Everything an instance is followed for."""

    watches: Sequence[Watch] = ()
    cards: Sequence[LiveCard] = ()
    alerts: Sequence[Alert] = ()
    groups: Sequence[AlertGroup] = ()

    @property
    def jobs(self) -> frozenset[int]:
        """The jobs that somebody follows by number."""
        return frozenset(one.job for one in self.watches) | frozenset(one.job for one in self.cards)

    def __bool__(self) -> bool:
        return bool(self.watches or self.cards or self.alerts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message to be told or one edit to be made, as it goes into the outbox.

    ``need`` is the permission it rests on. A post goes to the channel or to ``thread_ts``; an edit to ``message_ts``.
    ``under`` is another notification, in whose thread this one stands, or whose message it edits. ``key`` makes it one.
    ``workspaces`` are those of the jobs that it tells of, by number: empty where it tells of no job, None where one of
    them is not known.
    """

    id: str
    key: str
    need: str
    instance: str
    channel_id: str
    message: str
    thread_ts: str | None = None
    message_ts: str | None = None
    under: str | None = None
    edits: bool = False
    workspaces: frozenset[int] | None = None

    @property
    def target(self) -> str:
        """What must not be written to by two at once."""
        return f"{self.channel_id}:{self.message_ts or self.under}" if self.edits else self.channel_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedNotification:
    """A notification that is ours to deliver until ``lease_until``.

    ``perhaps_told``: whoever had it before may have got as far as telling it. Of its ``tries``, this one included, so
    many ``refusals`` were for good.
    """

    notification: Notification
    fence: int
    lease_until: datetime
    created_at: datetime
    tries: int
    refusals: int
    perhaps_told: bool


@dataclass(frozen=True, slots=True)
class Round:
    """The claim on a round: ``number`` counts them, ``state`` is what the round before left."""

    instance: str
    fence: int
    number: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChange:
    """What becomes of a card: drawn anew, or (``end_reason``) live no more."""

    id: str
    drawn: str
    shown: str
    next_edit_at: datetime
    end_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundResult:
    """What a round leaves behind; written at once or not at all.

    ``ended_watches`` is by watch: why it ended, and the notification that says so; ``ended_alerts`` is by alert: why.
    ``endings`` are ended jobs that alerts have dealt with; ``alerts`` the ids of those that were asked, None where
    nothing has ended.
    """

    state: str
    next_at: datetime
    notifications: Sequence[Notification] = ()
    ended_watches: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    ended_alerts: Mapping[str, str] = field(default_factory=dict)
    cards: Sequence[CardChange] = ()
    endings: Sequence[int] = ()
    alerts: Collection[str] | None = None
    groups: Sequence[AlertGroup] = ()


class LostRound(Exception):
    """Somebody else has begun a round since: what this one found is not written."""


class NewAlerts(Exception):
    """Alerts were switched on that what ended in this round was not held against: nothing is written yet."""


def workspaces_of(told: Iterable[int | None]) -> frozenset[int] | None:
    """Those of the jobs that a notification tells of: None where one of them is not known."""
    found = set(told)
    return None if None in found else frozenset(one for one in found if one is not None)

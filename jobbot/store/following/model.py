"""Rows of what is followed: watches, live cards, alerts, notifications, and the result of a poll round.

A round is claimed by one process, under a lease; its result, with every notification that follows, is written in one
transaction that only the holder of the claim can commit.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jobbot.store.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A person waits for a job's end, in a channel or a thread of it. ``name`` is the job's title as it was shown.

    ``workspace`` is the number of the job's workspace, where it was known.
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
    """A message with a job's card that is kept up to date.

    ``drawn``: the job as it was rendered last (JSON of the flow); ``shown``: a hash of its visible lines; ``user_id``
    asked for the card.
    """

    id: str
    instance: str
    job: int
    channel_id: str
    message_ts: str
    user_id: str
    created_at: datetime
    next_edit_at: datetime
    drawn: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """A person has silenced a channel's alerts of one datastream (None: of all) until then.

    ``until`` is None where they are silent until the datastream succeeds again, counted from ``since``.
    """

    datastream: int | None
    until: datetime | None
    user_id: str
    since: datetime | None = None

    def lasts(self, now: datetime) -> bool:
        """Whether it is not over."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A channel is told of jobs that end in ``states`` or show ``signs``, anywhere, in one datastream or workspace.

    ``signs``: ``late`` (running far longer than usual) and ``empty`` (succeeded without rows). ``user_id`` is who
    changed it last, ``switched_on_by`` who switched each state and sign on; one that is not in it, ``user_id`` did.
    ``snoozed_by`` is who silenced the whole of it; ``snoozes`` are the datastreams that the channel's alerts are silent
    about. ``usergroup`` is the id of the Slack user group that it mentions, empty for none, ``usergroup_name`` its name
    as it was then.
    """

    id: str
    instance: str
    channel_id: str
    datastream: int | None
    states: frozenset[str]
    user_id: str
    since: datetime
    snoozed_until: datetime | None = None
    snoozed_by: str = ""
    signs: frozenset[str] = frozenset()
    switched_on_by: Mapping[str, str] = field(default_factory=dict)
    workspace: int | None = None
    usergroup: str = ""
    usergroup_name: str = ""
    snoozes: tuple[Snooze, ...] = ()

    def who(self, part: str) -> str:
        """Who switched a state or a sign on."""
        return self.switched_on_by.get(part, self.user_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMessage:
    """An alert's message in a channel, as its buttons find it again. ``id`` is that of the notification that posts it.

    ``message`` (a dumped Message) is what it says without what people pressed on it; ``on_it`` are those who are on it
    and since when, ``snoozes`` what is silenced of its ``datastreams``. ``workspaces`` as for Notification.
    """

    id: str
    instance: str
    channel_id: str
    message: str
    datastreams: tuple[int, ...] = ()
    workspaces: frozenset[int] | None = None
    on_it: tuple[tuple[str, datetime], ...] = ()
    snoozes: tuple[Snooze, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertGroup:
    """An alert message and its thread: ``entries`` are the matters told in it (JSON of the flow).

    ``is_open``: one of them goes on.
    """

    id: str
    instance: str
    channel_id: str
    opened_at: datetime
    last_at: datetime
    entries: str
    is_open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Everything that is followed on an instance, or in a channel."""

    watches: Sequence[Watch] = ()
    cards: Sequence[LiveCard] = ()
    alerts: Sequence[Alert] = ()
    groups: Sequence[AlertGroup] = ()

    @property
    def jobs(self) -> frozenset[int]:
        """The ids of the jobs with a watch or a card."""
        return frozenset(one.job for one in self.watches) | frozenset(one.job for one in self.cards)

    def tells_of(self, sign: str) -> bool:
        """Whether any channel is told of jobs that show this sign."""
        return any(sign in alert.signs for alert in self.alerts)

    def __bool__(self) -> bool:
        return bool(self.watches or self.cards or self.alerts)


MOVED, PRESSED = "moved", "pressed"
"""The first words of such notifications' keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message to post, or one edit to make, as it goes into the outbox. ``message`` is a dumped Message.

    ``need`` is the permission it rests on. A post goes to the channel or to ``thread_ts``; an edit to ``message_ts``.
    ``under``: the id of a notification in whose thread this one is posted, or whose message it edits. ``unless``: the
    id of one that says the same, written before it for the same channel: this one is told only where that one is given
    up. ``key``: a second one of the same key is not added. ``workspaces``: the numbers of those of the jobs that it
    tells of; empty where it tells of no job, None where one of them is not known. ``offers`` are the subjects of the
    acts for which it has buttons (``intents/subjects``).
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
    unless: str | None = None
    edits: bool = False
    workspaces: frozenset[int] | None = None
    offers: tuple[str, ...] = ()

    @property
    def written_to(self) -> str:
        """The message that it posts or edits: the same before and after its ts is known."""
        return f"{self.channel_id}:{self.under or self.message_ts}" if self.edits else f"{self.channel_id}:{self.id}"

    @property
    def target(self) -> str:
        """What it writes to: a channel, or a message. One notification a target is delivered at a time, in order."""
        return f"{self.channel_id}:{self.message_ts or self.under}" if self.edits else self.channel_id

    @property
    def is_moved(self) -> bool:
        """Whether it holds what ``under`` said until others joined it."""
        return self.key.startswith(f"{MOVED}:")

    @property
    def is_pressed(self) -> bool:
        """Whether it shows what people have pressed, and no news."""
        return self.key.startswith(f"{PRESSED}:")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedNotification:
    """A notification that this process may deliver until ``lease_until``.

    ``maybe_delivered``: an earlier try may have posted it. ``tries`` includes this one; in ``refusals`` of them Slack
    rejected the content, or did not answer. ``root_maybe_delivered``: the same of the post that it edits or stands
    under.
    """

    notification: Notification
    fence: int
    lease_until: datetime
    created_at: datetime
    tries: int
    refusals: int
    maybe_delivered: bool
    root_maybe_delivered: bool


@dataclass(frozen=True, slots=True)
class Round:
    """The claim on a poll round: ``number`` counts an instance's rounds, ``state`` is what the last one wrote."""

    instance: str
    fence: int
    number: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChange:
    """A card's row after an edit; with ``end_reason`` it is not followed any more."""

    id: str
    drawn: str
    shown: str
    next_edit_at: datetime
    end_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundResult:
    """The result of a round, written in one transaction: the next state, the time of the next round, and what follows.

    ``ended_watches`` is by watch: why it ended, and the notification that says so; ``ended_alerts`` is by alert: why.
    ``endings`` are ended jobs that alerts have dealt with, ``succeeded`` those of them that did, with their datastream
    and when they ended; ``alerts`` the ids of those that were asked, None where nothing has ended. ``alert_messages``
    are those that are posted, and those whose message is another one now. ``woken`` are snoozes "until fixed" that are
    over: channel, datastream, and since when each was on. ``events`` are what was seen and is told.
    """

    state: str
    next_at: datetime
    notifications: Sequence[Notification] = ()
    ended_watches: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    ended_alerts: Mapping[str, str] = field(default_factory=dict)
    cards: Sequence[CardChange] = ()
    endings: Sequence[int] = ()
    succeeded: Mapping[int, tuple[int, datetime]] = field(default_factory=dict)
    alerts: Collection[str] | None = None
    groups: Sequence[AlertGroup] = ()
    alert_messages: Sequence[AlertMessage] = ()
    woken: Sequence[tuple[str, int, datetime]] = ()
    events: Sequence[Event] = ()


class LostRound(Exception):
    """Another process has claimed a round since: this one's result is not written."""


class NewAlerts(Exception):
    """Alerts were switched on after the round read them: nothing is written, the caller reads them again."""


def written_workspaces(workspaces: frozenset[int] | None) -> str | None:
    """As a row holds them."""
    return None if workspaces is None else " ".join(map(str, sorted(workspaces)))


def read_workspaces(written: str | None) -> frozenset[int] | None:
    """From a row."""
    return None if written is None else frozenset(map(int, written.split()))


def workspaces_of(told: Iterable[int | None]) -> frozenset[int] | None:
    """A notification's workspaces, from those of the jobs that it tells of: None where one of them is not known."""
    found = set(told)
    return None if None in found else frozenset(one for one in found if one is not None)

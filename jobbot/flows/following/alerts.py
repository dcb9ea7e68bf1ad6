"""Builds alert messages: which channels are told of which ended jobs, grouped so that a channel is not flooded. Pure.

The first ended job is posted at once. What ends within ``GROUP_WINDOW`` is joined to it: that message is edited to say
how many they are, with a reply for each in its thread. The same datastream again within ``THREAD_WINDOW`` is a reply in
the thread of its last alert.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from jobbot.access.policy import Need
from jobbot.adverity.around import Around
from jobbot.adverity.model import Job, State
from jobbot.flows.following.poll_state import PollState
from jobbot.flows.following.reconcile import CLOCK_SKEW
from jobbot.flows.following.sights import UNBOUND, Sight
from jobbot.intents.model import Sign
from jobbot.render import alerts as words
from jobbot.render.alerts import AlertSettings, Entry
from jobbot.render.blockkit.blocks import Message, dump_message
from jobbot.render.jobs import Names
from jobbot.store.following.model import MOVED, Alert, AlertGroup, Notification, workspaces_of

GROUP_WINDOW = timedelta(minutes=1)
THREAD_WINDOW = timedelta(hours=1)
LONGEST_THREAD = timedelta(hours=12)
"""A thread older than this gets no more replies: the next alert is a new message in the channel."""

_ROUGHLY = timedelta(seconds=2)
"""The error of the measured clock difference: rather an alert too many than one too few."""

_ENTRIES = TypeAdapter(tuple[Entry, ...])


@dataclass(frozen=True, slots=True)
class AlertMessages:
    """The messages and changed groups of one round; ``jobs`` are (channel, job) of every job that is told."""

    notifications: tuple[Notification, ...] = ()
    groups: tuple[AlertGroup, ...] = ()
    jobs: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """An ended job that a channel is told of; ``away``: it ended while no poller ran."""

    entry: Entry
    away: bool


def is_wanted(
    alert: Alert,
    job: Job,
    now: datetime,
    witnessed: Collection[int],
    ahead: timedelta = timedelta(0),
    *,
    empty: bool = False,
) -> bool:
    """Whether this alert wants this ended job: state, datastream and snooze fit, and it ended after it was switched on.

    ``empty``: it is asked about a success because of what it brought, which is nothing.

    ``witnessed`` are the jobs that were going on when somebody looked last: where Adverity does not say when a job
    ended, only those, and what began since, are known to have ended after it was switched on. ``ahead`` is what is
    known of how far Adverity's clock is ahead of ours.
    """
    if empty and (Sign.EMPTY not in alert.signs or job.state is not State.SUCCESS or not job.is_fetch):
        return False
    if not empty and (job.state is None or job.state.value not in alert.states):
        return False
    if not is_heard(alert, job, now):
        return False
    # To the second, as Adverity writes times.
    since = alert.since.replace(microsecond=0)
    if ahead:
        since += ahead - _ROUGHLY
    if job.end is not None:
        # Adverity's clock may be behind ours; a job that was seen going on has certainly ended since.
        return job.end >= (since - CLOCK_SKEW if job.id in witnessed else since)
    return job.id in witnessed or (job.start is not None and job.start >= since)


def is_heard(alert: Alert, job: Job, now: datetime) -> bool:
    """Whether an alert is for this job's datastream, and not quiet."""
    if alert.datastream is not None and (job.datastream is None or job.datastream.id != alert.datastream):
        return False
    return alert.snoozed_until is None or now >= alert.snoozed_until


def messages_for(
    over: Iterable[Job],
    *,
    alerts: Sequence[Alert],
    groups: Sequence[AlertGroup],
    names: Names,
    state: PollState,
    witnessed: Collection[int],
    now: datetime,
    around: Mapping[int, Around] | None = None,
    empty: bool = False,
    sight: Sight = UNBOUND,
) -> AlertMessages:
    """The messages and groups of a round, channel by channel. ``over``: ended jobs that alerts have not handled yet.

    A channel is told only of jobs that it sees; entries of a group that it does not see any more are left out.
    """
    jobs = sorted(over, key=lambda job: (job.end or now, job.id))
    notifications: list[Notification] = []
    changed: list[AlertGroup] = []
    jobs_told: list[tuple[str, int]] = []
    for channel in dict.fromkeys(alert.channel_id for alert in alerts):
        own = [alert for alert in alerts if alert.channel_id == channel]
        hits = []
        for job in jobs:
            asked = [
                alert.since
                for alert in own
                if is_wanted(alert, job, now, witnessed, state.ahead, empty=empty) and sight.is_for(alert, job)
            ]
            if asked:
                entry = words.entry(
                    job, names, now, (around or {}).get(job.id, Around()), empty=empty, workspace=sight.place(job)
                )
                hits.append(Hit(entry, state.was_away(job.end, min(asked))))
                jobs_told.append((channel, int(job.id)))
        if hits:
            here = [group for group in groups if group.channel_id == channel]
            what = "empty" if empty else "alert"
            told = _Channel(own[0].instance, channel, here, now, what=what, sight=sight).messages_for(hits)
            notifications += told.notifications
            changed += told.groups
    return AlertMessages(tuple(notifications), tuple(changed), tuple(jobs_told))


class _Channel:
    """Builds the messages and groups of one channel in one round."""

    def __init__(
        self,
        instance: str,
        channel: str,
        groups: Sequence[AlertGroup],
        now: datetime,
        *,
        what: str,
        sight: Sight = UNBOUND,
    ) -> None:
        self._what = what
        self._sight = sight
        self._instance = instance
        self._channel = channel
        self._groups = list(groups)
        self._now = now
        self._notifications: list[Notification] = []
        self._changed: dict[str, AlertGroup] = {}

    def messages_for(self, hits: Sequence[Hit]) -> AlertMessages:
        fresh = []
        for hit in hits:
            known = self._open_thread(hit.entry)
            if known is None:
                fresh.append(hit)
            else:
                self._again(known, hit)
        if fresh:
            young = [group for group in self._groups if self._now - group.opened_at <= GROUP_WINDOW]
            if young:
                self._join(young[-1], fresh)
            else:
                self._open(fresh)
        return AlertMessages(tuple(self._notifications), tuple(self._changed.values()))

    def _open_thread(self, entry: Entry) -> AlertGroup | None:
        """The group whose thread takes this datastream's next alert; None where a new message is due."""
        if entry.stream is None:
            return None
        for group in reversed(self._groups):
            age = self._now - group.opened_at
            if GROUP_WINDOW < age <= LONGEST_THREAD and any(one.stream == entry.stream for one in self._lately(group)):
                return group
        return None

    def _lately(self, group: AlertGroup) -> list[Entry]:
        """The group's entries within ``THREAD_WINDOW``, of each datastream the last."""
        young = [one for one in self._entries(group) if self._now - one.at <= THREAD_WINDOW and one.stream is not None]
        return list({one.stream: one for one in young}.values())

    def _again(self, group: AlertGroup, hit: Hit) -> None:
        self._keep(group, [*self._lately(group), hit.entry])
        again = any(one.stream == hit.entry.stream and one.state == hit.entry.state for one in self._lately(group))
        self._add(words.one(hit.entry, self._instance, away=hit.away, again=again), [hit.entry], under=group.id)

    def _open(self, hits: Sequence[Hit]) -> None:
        found, away = [hit.entry for hit in hits], any(hit.away for hit in hits)
        first = found[0]
        root = words.one(first, self._instance, away=away) if len(found) == 1 else self._many(found, away=away)
        id_ = self._add(root, found)
        group = AlertGroup(
            id=id_,
            instance=self._instance,
            channel_id=self._channel,
            opened_at=self._now,
            last_at=self._now,
            entries="[]",
        )
        self._keep(group, found)
        if len(found) > 1:
            self._rows(id_, found)

    def _join(self, group: AlertGroup, hits: Sequence[Hit]) -> None:
        before, new = self._entries(group), [hit.entry for hit in hits]
        together = [*before, *new]
        self._keep(group, together)
        self._notifications.append(
            self._notification(self._many(together, away=any(hit.away for hit in hits)), together, group.id, edits=True)
        )
        # The first one was the whole message until now: it moves to the thread with the others.
        is_moved = len(before) == 1
        self._rows(group.id, together if is_moved else new, moved=is_moved)

    def _many(self, found: Sequence[Entry], *, away: bool) -> Message:
        return words.many(found, self._instance, away=away)

    def _rows(self, root: str, found: Sequence[Entry], *, moved: bool = False) -> None:
        for first in range(0, len(found), words.ROWS):
            some = found[first : first + words.ROWS]
            what = f"{MOVED}:{self._what}" if moved and first == 0 else f"{self._what} row"
            self._add(words.rows(some), some, under=root, what=what)

    def _keep(self, group: AlertGroup, entries: Sequence[Entry]) -> None:
        kept = _ENTRIES.dump_json(tuple(entries)).decode()
        self._changed[group.id] = replace(group, last_at=self._now, entries=kept)
        self._groups = [one for one in self._groups if one.id != group.id] + [self._changed[group.id]]

    def _entries(self, group: AlertGroup) -> list[Entry]:
        return [one for one in _entries(group) if self._sight.sees(self._channel, one.workspace)]

    def _add(self, message: Message, found: Sequence[Entry], *, under: str | None = None, what: str = "") -> str:
        notification = self._notification(message, found, under, what=what or self._what)
        self._notifications.append(notification)
        return notification.id

    def _notification(
        self, message: Message, found: Sequence[Entry], under: str | None, *, edits: bool = False, what: str = ""
    ) -> Notification:
        id_, job = uuid4().hex, found[-1 if what in {"row", MOVED} else 0].job
        # One key a job and channel, so that it is posted once; edits of the summary each have a key of their own.
        key = f"{what}:{self._instance}:{job}:{self._channel}" if not edits else f"summary:{under}:{id_}"
        return Notification(
            id=id_,
            key=key,
            need=Need.ALERTS,
            instance=self._instance,
            channel_id=self._channel,
            message=dump_message(message),
            under=under,
            edits=edits,
            workspaces=workspaces_of(one.workspace for one in found),
        )


def alert_settings(alert: Alert) -> AlertSettings:
    """The alert as ``render/alerts`` takes it; states that this version does not know are left out."""
    known = {state.value: state for state in State}
    return AlertSettings(
        instance=alert.instance,
        datastream=alert.datastream,
        workspace=alert.workspace,
        states=frozenset(known[state] for state in alert.states if state in known),
        signs=frozenset(sign for sign in Sign if sign.value in alert.signs),
        user_id=alert.user_id,
        since=alert.since,
        snoozed_until=alert.snoozed_until,
    )


def _entries(group: AlertGroup) -> list[Entry]:
    try:
        return list(_ENTRIES.validate_json(group.entries))
    except ValidationError:
        return []

"""Builds alert messages: which channels are told of which ended jobs, grouped so that a channel is not flooded. Pure.

The first ended job is posted at once. What ends within ``GROUP_WINDOW`` is joined to it: that message is edited to say
how many they are, with a reply for each in its thread. The same datastream again within ``THREAD_WINDOW`` is a reply in
the thread of its last alert. Who watches a job is mentioned in a new post of the channel that tells of it, as an edit
would reach nobody.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar
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
from jobbot.render.alert_settings import AlertSettings, Quiet
from jobbot.render.alerts import Entry
from jobbot.render.blockkit.blocks import Message, dump_message
from jobbot.render.jobs import Names
from jobbot.store.following.model import MOVED, Alert, AlertGroup, AlertMessage, Notification, Snooze, workspaces_of

GROUP_WINDOW = timedelta(minutes=1)
THREAD_WINDOW = timedelta(hours=1)
LONGEST_THREAD = timedelta(hours=12)
"""A thread older than this gets no more replies: the next alert is a new message in the channel."""

_ROUGHLY = timedelta(seconds=2)
"""The error of the measured clock difference: rather an alert too many than one too few."""

Wants = Callable[[Alert, Job], bool]
"""Whether an alert tells of a job."""

Watchers = Mapping[tuple[str, int], Sequence[str]]
"""The users who watch a job in a channel, by the two."""

_ENTRIES = TypeAdapter(tuple[Entry, ...])

_T = TypeVar("_T", bound=AlertGroup | AlertMessage)


def changed(before: Iterable[_T], after: Sequence[_T]) -> list[_T]:
    """The first ones, with those of ``after`` last and in place of the same ones."""
    ids = {one.id for one in after}
    return [*(one for one in before if one.id not in ids), *after]


@dataclass(frozen=True, slots=True)
class AlertMessages:
    """The messages and changed groups of one round; ``jobs`` are (channel, job) of every job that is told.

    ``kept`` are the messages with buttons, ``mentioning`` by (channel, job) the post that mentions who watches it.
    """

    notifications: tuple[Notification, ...] = ()
    groups: tuple[AlertGroup, ...] = ()
    jobs: tuple[tuple[str, int], ...] = ()
    kept: tuple[AlertMessage, ...] = ()
    mentioning: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def __add__(self, other: "AlertMessages") -> "AlertMessages":
        """Both; a group or message that ``other`` changes again is as it says, with one edit."""
        edited = {one.under for one in other.notifications if one.edits}
        stay = tuple(one for one in self.notifications if not one.edits or one.under not in edited)
        return AlertMessages(
            stay + other.notifications,
            (*changed(self.groups, other.groups),),
            self.jobs + other.jobs,
            (*changed(self.kept, other.kept),),
            {**self.mentioning, **other.mentioning},
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """An ended job that a channel is told of, and who watches it there; ``away``: it ended while no poller ran."""

    entry: Entry
    away: bool
    watchers: tuple[str, ...] = ()


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
    """Whether an alert is for this job's datastream, and neither it nor the datastream is snoozed."""
    stream = None if job.datastream is None else int(job.datastream.id)
    if alert.datastream is not None and stream != alert.datastream:
        return False
    if any(one.datastream == stream and now < one.until for one in alert.snoozes):
        return False
    return alert.snoozed_until is None or now >= alert.snoozed_until


def messages_for(
    over: Iterable[Job],
    *,
    alerts: Sequence[Alert],
    wants: Wants,
    groups: Sequence[AlertGroup],
    names: Names,
    state: PollState,
    now: datetime,
    around: Mapping[int, Around] | None = None,
    empty: bool = False,
    sight: Sight = UNBOUND,
    watchers: Watchers | None = None,
) -> AlertMessages:
    """The messages and groups of a round, channel by channel. ``over``: ended jobs that alerts have not handled yet.

    Entries of a group that a channel does not see any more are left out.
    """
    jobs = sorted(over, key=lambda job: (job.end or now, job.id))
    found = AlertMessages()
    for channel in dict.fromkeys(alert.channel_id for alert in alerts):
        own = [alert for alert in alerts if alert.channel_id == channel]
        hits = []
        for job in jobs:
            asked = [alert.since for alert in own if wants(alert, job)]
            if asked:
                entry = words.entry(
                    job, names, now, (around or {}).get(job.id, Around()), empty=empty, workspace=sight.place(job)
                )
                waiting = tuple(dict.fromkeys((watchers or {}).get((channel, job.id), ())))
                hits.append(Hit(entry, state.was_away(job.end, min(asked)), waiting))
        if hits:
            here = [group for group in groups if group.channel_id == channel]
            what = "empty" if empty else "alert"
            found += _Channel(own[0].instance, channel, here, now, what=what, sight=sight).messages_for(hits)
    return found


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
        self._kept: list[AlertMessage] = []
        self._mentioning: dict[tuple[str, int], str] = {}

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
        return AlertMessages(
            tuple(self._notifications),
            tuple(self._changed.values()),
            tuple((self._channel, hit.entry.job) for hit in hits),
            tuple(self._kept),
            self._mentioning,
        )

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
        again = any(one.stream == hit.entry.stream and one.state == hit.entry.state for one in self._lately(group))
        self._keep(group, [*self._lately(group), hit.entry])
        self._post([hit], again=again, under=group.id)

    def _open(self, hits: Sequence[Hit]) -> None:
        found = [hit.entry for hit in hits]
        id_ = self._post(hits)
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
        summary = words.many(together, self._instance, alert=group.id, away=any(hit.away for hit in hits))
        self._notifications.append(self._notification(group.id, summary, together, group.id, edits=True))
        # The first one was the whole message until now: it moves to the thread with the others.
        is_moved = len(before) == len(_entries(group)) == 1
        self._rows(group.id, together if is_moved else new, hits, moved=is_moved)

    def _post(self, hits: Sequence[Hit], *, again: bool = False, under: str | None = None) -> str:
        """A new message with buttons, of one job or of many: its id."""
        id_, found, away = uuid4().hex, [hit.entry for hit in hits], any(hit.away for hit in hits)
        watchers = words.named(_waiting(hits), alone=len(found) == 1)
        if len(found) == 1:
            own = watchers.get(found[0].job, ())
            message = words.one(found[0], self._instance, alert=id_, away=away, again=again, watchers=own)
        else:
            message = words.many(found, self._instance, alert=id_, away=away, watchers=watchers)
        self._notifications.append(self._notification(id_, message, found, under, what=self._what))
        self._mention(id_, watchers)
        return id_

    def _rows(self, root: str, found: Sequence[Entry], hits: Sequence[Hit] = (), *, moved: bool = False) -> None:
        for number, some in enumerate(words.pages(found, moved=moved)):
            watchers = words.named_in_rows(some, _waiting(hits))
            id_, message = uuid4().hex, words.rows(some, watchers)
            what = MOVED if moved and number == 0 else f"{self._what} row"
            self._notifications.append(self._notification(id_, message, some, root, what=what))
            self._mention(id_, watchers)

    def _mention(self, id_: str, watchers: Iterable[int]) -> None:
        self._mentioning |= {(self._channel, job): id_ for job in watchers}

    def _keep(self, group: AlertGroup, entries: Sequence[Entry]) -> None:
        kept = _ENTRIES.dump_json(tuple(entries)).decode()
        self._changed[group.id] = replace(group, last_at=self._now, entries=kept)
        self._groups = [one for one in self._groups if one.id != group.id] + [self._changed[group.id]]

    def _entries(self, group: AlertGroup) -> list[Entry]:
        return [one for one in _entries(group) if self._sight.sees(self._channel, one.workspace)]

    def _notification(
        self,
        id_: str,
        message: Message,
        found: Sequence[Entry],
        under: str | None,
        *,
        edits: bool = False,
        what: str = "",
    ) -> Notification:
        """The post of ``message``, or the edit that makes it of ``under``; with buttons it is kept for them."""
        # One key a job and channel, so that it is posted once; edits of the summary each have a key of their own.
        key = f"summary:{under}:{uuid4().hex}" if edits else f"{what}:{self._instance}:{found[0].job}:{self._channel}"
        dumped, workspaces = dump_message(message), workspaces_of(one.workspace for one in found)
        if edits or what == self._what:
            self._kept.append(
                AlertMessage(
                    id=id_,
                    instance=self._instance,
                    channel_id=self._channel,
                    message=dumped,
                    datastreams=tuple(dict.fromkeys(one.stream for one in found if one.stream is not None)),
                    workspaces=workspaces,
                )
            )
        return Notification(
            id=uuid4().hex if edits else id_,
            key=key,
            need=Need.ALERTS,
            instance=self._instance,
            channel_id=self._channel,
            message=dumped,
            under=under,
            edits=edits,
            workspaces=workspaces,
        )


def alert_settings(alert: Alert) -> AlertSettings:
    """The alert as ``render/alerts`` takes it; states that this version does not know are left out."""
    states = {state: alert.who(state.value) for state in State if state.value in alert.states}
    signs = {sign: alert.who(sign.value) for sign in Sign if sign.value in alert.signs}
    return AlertSettings(
        instance=alert.instance,
        datastream=alert.datastream,
        workspace=alert.workspace,
        states=frozenset(states),
        signs=frozenset(signs),
        switched_on_by=states | signs,
        user_id=alert.user_id,
        since=alert.since,
        snoozed_until=alert.snoozed_until,
        snoozed_by=alert.snoozed_by,
        snoozes=tuple(quiet(one) for one in alert.snoozes),
    )


def quiet(snooze: Snooze) -> Quiet:
    """The snooze as ``render/alerts`` takes it."""
    return Quiet(datastream=snooze.datastream, until=snooze.until, user_id=snooze.user_id)


def _waiting(hits: Sequence[Hit]) -> dict[int, Sequence[str]]:
    return {hit.entry.job: hit.watchers for hit in hits if hit.watchers}


def _entries(group: AlertGroup) -> list[Entry]:
    try:
        return list(_ENTRIES.validate_json(group.entries))
    except ValidationError:
        return []

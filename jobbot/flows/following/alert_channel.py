"""Builds the alert messages of one channel in one round, and what stands in those that were posted before. Pure.

What a message tells of is a matter for each datastream (:mod:`~jobbot.flows.following.matters`): the first bad run is
posted at once, and whatever becomes of it is edited into that message. Bad runs of other datastreams within
``GROUP_WINDOW`` join it: the message is edited to say how many they are, with a reply for each in its thread. A success
that a channel has asked for is a reply in the thread of its datastream's last alert within ``THREAD_WINDOW``. Who
watches a job, and which user groups an alert calls, is mentioned in a new post, as an edit reaches nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from jobbot.access.policy import Need
from jobbot.adverity.model import State
from jobbot.flows.following import matters, seen_events
from jobbot.flows.following.matters import Hit
from jobbot.flows.following.sights import UNBOUND, Sight
from jobbot.render import alerts as words
from jobbot.render.alert_entry import LATE
from jobbot.render.blockkit.blocks import Message, dump_message
from jobbot.render.matters import How, Matter
from jobbot.render.offered import subjects_of
from jobbot.store.events import Event
from jobbot.store.following.model import MOVED, Alert, AlertGroup, AlertMessage, Notification, workspaces_of

GROUP_WINDOW = timedelta(minutes=1)
THREAD_WINDOW = timedelta(hours=1)
LONGEST_THREAD = timedelta(hours=12)
"""A thread older than this gets no more replies: the next success is a new message in the channel."""

_MATTERS = TypeAdapter(tuple[Matter, ...])

_T = TypeVar("_T", bound=AlertGroup | AlertMessage)


def changed(before: Iterable[_T], after: Sequence[_T]) -> list[_T]:
    """The first ones, with those of ``after`` last and in place of the same ones."""
    ids = {one.id for one in after}
    return [*(one for one in before if one.id not in ids), *after]


@dataclass(frozen=True, slots=True)
class AlertMessages:
    """The messages and changed groups of one round; ``jobs`` are (channel, job) of every job that is told.

    ``kept`` are the messages with buttons, ``mentioning`` by (channel, job) the post that mentions who watches it.
    ``fixed`` are by group the matters that ended well in messages that stand there already. ``events`` are what is
    told, with Adverity's times.
    """

    notifications: tuple[Notification, ...] = ()
    groups: tuple[AlertGroup, ...] = ()
    jobs: tuple[tuple[str, int], ...] = ()
    kept: tuple[AlertMessage, ...] = ()
    mentioning: Mapping[tuple[str, int], str] = field(default_factory=dict)
    fixed: Mapping[str, tuple[Matter, ...]] = field(default_factory=dict)
    events: tuple[Event, ...] = ()

    def __add__(self, other: "AlertMessages") -> "AlertMessages":
        """Both; a group or message that ``other`` changes again is as it says, with one edit."""
        edited = {one.under for one in other.notifications if one.edits}
        stay = tuple(one for one in self.notifications if not one.edits or one.under not in edited)
        both = self.fixed.keys() | other.fixed.keys()
        return AlertMessages(
            stay + other.notifications,
            (*changed(self.groups, other.groups),),
            self.jobs + other.jobs,
            (*changed(self.kept, other.kept),),
            {**self.mentioning, **other.mentioning},
            {id_: (*self.fixed.get(id_, ()), *other.fixed.get(id_, ())) for id_ in both},
            self.events + other.events,
        )


@dataclass(slots=True)
class _Group:
    """An alert message with its matters. ``is_changed``: the row is; ``is_edited``: so is what it says."""

    row: AlertGroup
    matters: list[Matter]
    is_changed: bool = False
    is_edited: bool = False

    @property
    def is_late(self) -> bool:
        """Whether it was posted for jobs that run far longer than usual."""
        return any(one.was_late for one in self.matters)


class ChannelAlerts:
    """What one channel is told in one round. ``alerts`` and ``groups`` are the channel's own; ``now`` is on our clock.

    ``what`` begins the keys of its posts: the kind of news.
    """

    def __init__(
        self,
        instance: str,
        channel: str,
        groups: Iterable[AlertGroup],
        alerts: Sequence[Alert],
        now: datetime,
        *,
        what: str,
        sight: Sight = UNBOUND,
    ) -> None:
        self._what = what
        self._sight = sight
        self._instance = instance
        self._channel = channel
        self._now = now
        self._groups = [_Group(row, self._seen(row)) for row in groups]
        self._fresh: list[Matter] = []
        self._hits: list[Hit] = []
        self._seen_hits: list[Hit] = []
        self._notifications: list[Notification] = []
        self._kept: list[AlertMessage] = []
        self._mentioning: dict[tuple[str, int], str] = {}
        self._told: list[int] = []
        self._fixed: dict[str, tuple[Matter, ...]] = {}
        for group in self._groups:
            for number, one in enumerate(group.matters):
                self._put(group, number, matters.without_news(one, now))
                if group.matters[number].end is None and matters.without_alert(one, alerts) is not one:
                    # What it says stays as it was: nobody follows it any more.
                    group.matters[number], group.is_changed = matters.without_alert(one, alerts), True

    def follows(self, job: int, stream: int | None) -> bool:
        """Whether a job, of this datastream where that is known, may change what a message of the channel says."""
        followed = [*self._fresh, *(one for group in self._groups for one in group.matters)]
        return any(matters.is_of(one, job, stream) for one in followed if not _is_off(one))

    def take(self, hit: Hit) -> None:
        """What a round sees of a job; in the order in which they ended."""
        self._hits.append(hit)
        noted = self._follow_fresh(hit) or self._follow(hit)
        if noted or hit.wanted:
            self._seen_hits.append(hit)
        if hit.wanted or (noted and hit.entry.state == State.FAILED.value):
            self._told.append(hit.entry.job)
        if hit.wanted and hit.is_good:
            self._tell_good(hit)
        elif hit.wanted and not noted:
            self._fresh.append(matters.begin(hit, self._now))
        if hit.ends_snooze:
            self._say_on_again(hit)

    def _follow_fresh(self, hit: Hit) -> bool:
        """Whether it is about a matter that begins in this round."""
        for number, one in reversed([*enumerate(self._fresh)]):
            if one.end is None and matters.is_of(one, hit.entry.job, hit.entry.stream):
                self._fresh[number] = matters.after(one, hit, self._now)
                return True
            if not hit.is_good and matters.belongs(one, hit.entry):
                self._fresh[number] = matters.counted_late(one, hit.entry, self._now)
                return True
        return False

    def _follow(self, hit: Hit) -> bool:
        """Whether it is about a matter that was told before."""
        for group in reversed(self._groups):
            for number, one in enumerate(group.matters):
                if one.end is None and matters.is_of(one, hit.entry.job, hit.entry.stream):
                    self._put(group, number, matters.after(one, hit, self._now))
                    return True
        if hit.is_good or hit.gone or hit.entry.state == LATE:
            return False
        for group in reversed(self._groups):
            for number, one in enumerate(group.matters):
                if matters.belongs(one, hit.entry):
                    if hit.wanted:
                        self._put(group, number, matters.counted_late(one, hit.entry, self._now))
                    return True
        return False

    def _put(self, group: _Group, number: int, after: Matter) -> None:
        before = group.matters[number]
        if after is before or after == before:
            return
        group.matters[number], group.is_changed, group.is_edited = after, True, True
        if after.is_fixed and not before.is_fixed:
            self._fixed[group.row.id] = (*self._fixed.get(group.row.id, ()), after)

    def _tell_good(self, hit: Hit) -> None:
        """A success that the channel has asked for; where it is told already that it ended a matter, that is all."""
        if any(one.is_fixed and one.opens == hit.entry.job for one in self._fresh):
            return
        for group in reversed(self._groups):
            if self._now - group.row.opened_at > LONGEST_THREAD:
                continue
            for number, one in enumerate(group.matters):
                if matters.is_of(one, hit.entry.job, hit.entry.stream) and self._now - one.heard <= THREAD_WINDOW:
                    group.matters[number], group.is_changed = replace(one, heard=self._now), True
                    self._post([matters.begin(hit, self._now)], [hit], under=group.row.id)
                    return
        self._fresh.append(matters.begin(hit, self._now))

    def _say_on_again(self, hit: Hit) -> None:
        """The success has ended a snooze: in the message of the matter that it ended, else in one of its own."""
        for found in [self._fresh, *(group.matters for group in self._groups)]:
            for number, one in enumerate(found):
                if one.is_fixed and one.opens == hit.entry.job:
                    found[number] = replace(one, on_again=hit.ends_snooze)
                    return
        matter = replace(matters.begin(hit, self._now), on_again=hit.ends_snooze)
        self._notify(uuid4().hex, words.on_again(matter, self._instance), [matter], None, what="on again")

    def messages(self) -> AlertMessages:
        """What follows from all that was taken."""
        if self._fresh:
            # What is over already when it is told first calls nobody.
            self._fresh = [replace(one, calls={}) if one.is_over else one for one in self._fresh]
            is_late = any(one.was_late for one in self._fresh)
            young = [one for one in self._groups if self._is_young(one.row) and not one.is_late and not is_late]
            if young:
                self._join(young[-1])
            else:
                self._open()
        for group in self._groups:
            if group.is_edited:
                self._edit(group)
        return AlertMessages(
            tuple(self._notifications),
            tuple(self._row(one) for one in self._groups if one.is_changed),
            tuple((self._channel, job) for job in dict.fromkeys(self._told)),
            tuple(self._kept),
            self._mentioning,
            self._fixed,
            tuple(event for hit in self._seen_hits for event in self._events_of(hit)),
        )

    def _events_of(self, hit: Hit) -> list[Event]:
        """What the channel is told of it, once the message that does is known."""
        job, stream = hit.entry.job, hit.entry.stream
        for group in reversed(self._groups):
            about = [one for one in group.matters if matters.is_of(one, job, stream) or one.newest.job == job]
            fixed = any(one.is_fixed and one.opens == job for one in about)
            if about and (fixed or hit.wanted or not hit.is_good):
                told_in = group.row.id
                return [seen_events.of_hit(hit, self._instance, self._channel, fixed=fixed, notification=told_in)]
        return []

    def _is_young(self, row: AlertGroup) -> bool:
        return self._now - row.opened_at <= GROUP_WINDOW

    def _open(self) -> None:
        id_ = self._post(self._fresh, self._hits)
        row = AlertGroup(
            id=id_,
            instance=self._instance,
            channel_id=self._channel,
            opened_at=self._now,
            last_at=self._now,
            entries="",
        )
        self._groups.append(_Group(row, list(self._fresh), is_changed=True))
        if len(self._fresh) > 1 and not any(one.was_late for one in self._fresh):
            self._rows(id_, self._fresh)

    def _join(self, group: _Group) -> None:
        before, calls = list(group.matters), self._calls(group.matters)
        group.matters += self._fresh
        group.is_changed = group.is_edited = True
        # The first one was the whole message until now: it moves to the thread with the others.
        is_moved = len(before) == len(_parsed(group.row)) == 1
        new = {id_: name for id_, name in self._calls(self._fresh).items() if id_ not in calls}
        told = group.matters if is_moved else self._fresh
        self._rows(group.row.id, told, _waiting(self._hits, told), moved=is_moved, calls=new)

    def _post(self, found: Sequence[Matter], hits: Sequence[Hit], *, under: str | None = None) -> str:
        """A new message with buttons, of one matter or of many: its id."""
        id_, away, calls = uuid4().hex, any(hit.away for hit in hits if hit.wanted), self._calls(found)
        watchers = words.named(_waiting(hits, found), alone=len(found) == 1)

        def message(*, mention: bool) -> Message:
            return words.drawn(
                found,
                self._instance,
                alert=id_,
                young=True,
                away=away,
                again=under is not None,
                watchers=watchers,
                calls=words.called(calls, mention=mention),
            )

        self._notify(id_, message(mention=True), found, under, what=self._what)
        self._keep(id_, message(mention=False), found)
        self._mention(id_, watchers)
        return id_

    def _rows(
        self,
        root: str,
        found: Sequence[Matter],
        waiting: Mapping[int, Sequence[str]] | None = None,
        *,
        moved: bool = False,
        calls: Mapping[str, str] | None = None,
    ) -> None:
        for number, some in enumerate(words.pages(found, moved=moved)):
            watchers = words.named_in_rows(some, waiting or {})
            called = words.called(calls or {}, mention=True) if number == 0 else ""
            id_, message = uuid4().hex, words.rows(some, self._instance, watchers, calls=called)
            self._notify(id_, message, some, root, what=MOVED if moved and number == 0 else f"{self._what} row")
            self._mention(id_, watchers)

    def _edit(self, group: _Group) -> None:
        id_, called = group.row.id, words.called(self._calls(group.matters), mention=False)
        away = any(hit.away for hit in self._hits if hit.wanted and not hit.is_good)
        message = words.drawn(
            group.matters, self._instance, alert=id_, young=self._is_young(group.row), away=away, calls=called
        )
        self._keep(id_, message, group.matters)
        self._notify(uuid4().hex, message, group.matters, id_, what="summary", edits=True)

    def _calls(self, found: Iterable[Matter]) -> dict[str, str]:
        """The user groups that these call, by id their names."""
        return {id_: name for one in found for id_, name in one.calls.items()}

    def _mention(self, id_: str, watchers: Iterable[int]) -> None:
        self._mentioning |= {(self._channel, job): id_ for job in watchers}

    def _row(self, group: _Group) -> AlertGroup:
        kept = _MATTERS.dump_json(tuple(group.matters)).decode()
        is_open = any(one.end is None for one in group.matters)
        return replace(group.row, last_at=self._now, entries=kept, is_open=is_open)

    def _seen(self, row: AlertGroup) -> list[Matter]:
        return [one for one in _parsed(row) if self._sight.sees(self._channel, one.newest.workspace)]

    def _notify(
        self, id_: str, message: Message, found: Sequence[Matter], under: str | None, *, what: str, edits: bool = False
    ) -> None:
        # One key a job and channel, so that it is posted once; edits of a message each have a key of their own.
        jobs = "+".join(str(one.newest.job) for one in (found if what == "late" else found[:1]))
        key = f"{what}:{under}:{id_}" if edits else f"{what}:{self._instance}:{jobs}:{self._channel}"
        last = found[0].newest
        days = (last.stream, last.days) if last.stream is not None and last.days is not None else None
        self._notifications.append(
            Notification(
                id=id_,
                key=key,
                need=Need.ALERTS,
                instance=self._instance,
                channel_id=self._channel,
                message=dump_message(message),
                under=under,
                edits=edits,
                workspaces=workspaces_of(one.newest.workspace for one in found),
                offers=subjects_of(message, days),
            )
        )

    def _keep(self, id_: str, message: Message, found: Sequence[Matter]) -> None:
        """What a message with buttons says, for whatever draws it again."""
        streams = dict.fromkeys(one.newest.stream for one in found if one.newest.stream is not None)
        self._kept.append(
            AlertMessage(
                id=id_,
                instance=self._instance,
                channel_id=self._channel,
                message=dump_message(message),
                datastreams=tuple(streams),
                workspaces=workspaces_of(one.newest.workspace for one in found),
            )
        )


def recovered_reply(group: AlertGroup, fixed: Sequence[Matter], people: Sequence[str]) -> Notification:
    """For the thread of an alert whose matters ended well: it mentions who is on it."""
    jobs = "+".join(str(one.opens) for one in fixed)
    return Notification(
        id=uuid4().hex,
        key=f"recovered:{group.id}:{jobs}",
        need=Need.ALERTS,
        instance=group.instance,
        channel_id=group.channel_id,
        message=dump_message(words.recovered(fixed, people)),
        under=group.id,
        workspaces=workspaces_of(one.newest.workspace for one in fixed),
    )


def _waiting(hits: Iterable[Hit], found: Iterable[Matter]) -> dict[int, Sequence[str]]:
    """Who watches which of the jobs that these matters are about."""
    about = {job for one in found for job in (*one.jobs, one.newest.job)}
    return {hit.entry.job: hit.watchers for hit in hits if hit.watchers and hit.entry.job in about}


def _is_off(matter: Matter) -> bool:
    return matter.end is not None and matter.end.how in (How.OFF, How.TOLD)


def open_streams(groups: Iterable[AlertGroup]) -> set[int | None]:
    """The datastreams of all matters that go on."""
    return {one.newest.stream for row in groups if row.is_open for one in _parsed(row) if one.end is None}


def _parsed(row: AlertGroup) -> list[Matter]:
    """None where another version wrote it."""
    try:
        return list(_MATTERS.validate_json(row.entries))
    except ValidationError:
        return []

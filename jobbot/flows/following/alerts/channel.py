"""Builds the alert messages of one channel in one round, and what stands in those that were posted before. Pure.

What a message tells of is a matter for each datastream (:mod:`~jobbot.flows.following.matters`): the first bad run is
posted at once, and whatever becomes of it is edited into that message. Bad runs of other datastreams within
``GROUP_WINDOW`` join it: the message is edited to say how many they are, with a reply for each in its thread. A success
that a channel has asked for is a reply in the thread of its datastream's last alert within ``THREAD_WINDOW``. Who
watches a job, and which user groups an alert calls, is mentioned in a new post, as an edit reaches nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from jobbot.adverity.model import State
from jobbot.flows.following import matters, seen_events
from jobbot.flows.following.alerts.group import Group, matters_in
from jobbot.flows.following.alerts.messages import AlertMessages
from jobbot.flows.following.alerts.writer import AlertWriter, called_by, watchers_of
from jobbot.flows.following.matters import Hit
from jobbot.flows.following.sights import UNBOUND, Sight
from jobbot.render.alert_entry import LATE
from jobbot.render.matters import How, Matter
from jobbot.store.events import Event
from jobbot.store.following.model import Alert, AlertGroup

THREAD_WINDOW = timedelta(hours=1)
LONGEST_THREAD = timedelta(hours=12)
"""A thread older than this gets no more replies: the next success is a new message in the channel."""


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
        self._write = AlertWriter(instance, channel, what=what)
        self._instance = instance
        self._channel = channel
        self._now = now
        self._groups = [
            Group(row, [one for one in matters_in(row) if sight.sees(channel, one.newest.workspace)]) for row in groups
        ]
        self._fresh: list[Matter] = []
        self._hits: list[Hit] = []
        self._seen_hits: list[Hit] = []
        self._told: list[int] = []
        for group in self._groups:
            for number, one in enumerate(group.matters):
                group.put(number, matters.without_news(one, now))
                if group.matters[number].end is None and matters.without_alert(one, alerts) is not one:
                    # What it says stays as it was: nobody follows it any more.
                    group.matters[number], group.is_changed = matters.without_alert(one, alerts), True

    def follows(self, job: int, stream: int | None) -> bool:
        """Whether a job, of this datastream where that is known, may change what a message of the channel says."""
        followed = [*self._fresh, *(one for group in self._groups for one in group.matters)]
        return any(matters.is_of(one, job, stream) for one in followed if not _is_off(one))

    def take(self, hit: Hit) -> None:
        """Note what a round sees of a job. Hits are given in the order in which their jobs ended."""
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
        return False

    def _follow(self, hit: Hit) -> bool:
        """Whether it is about a matter that was told before."""
        for group in reversed(self._groups):
            for number, one in enumerate(group.matters):
                if one.end is None and matters.is_of(one, hit.entry.job, hit.entry.stream):
                    group.put(number, matters.after(one, hit, self._now))
                    return True
        if hit.is_good or hit.gone or hit.entry.state == LATE:
            return False
        for group in reversed(self._groups):
            for number, one in enumerate(group.matters):
                if matters.belongs(one, hit.entry):
                    if hit.wanted:
                        group.put(number, matters.counted_late(one, hit.entry, self._now))
                    return True
        return False

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
                    self._write.post([matters.begin(hit, self._now)], [hit], under=group.row.id)
                    return
        self._fresh.append(matters.begin(hit, self._now))

    def _say_on_again(self, hit: Hit) -> None:
        """The success has ended a snooze: in the message of the matter that it ended, else in one of its own."""
        for found in [self._fresh, *(group.matters for group in self._groups)]:
            for number, one in enumerate(found):
                if one.is_fixed and one.opens == hit.entry.job:
                    found[number] = replace(one, on_again=hit.ends_snooze)
                    return
        self._write.on_again(replace(matters.begin(hit, self._now), on_again=hit.ends_snooze))

    def messages(self) -> AlertMessages:
        """The messages that follow from all hits that were taken; called once, last."""
        if self._fresh:
            # What is over already when it is told first calls nobody.
            self._fresh = [replace(one, calls={}) if one.is_over else one for one in self._fresh]
            is_late = any(one.was_late for one in self._fresh)
            # One of which nothing is left to say stays as it is: an edit would take away what stands there.
            told = [one for one in self._groups if one.matters and not one.is_late and not is_late]
            young = [one for one in told if one.is_young(self._now)]
            if young:
                self._join(young[-1])
            else:
                self._open()
        away = any(hit.away for hit in self._hits if hit.wanted and not hit.is_good)
        for group in self._groups:
            if group.is_edited:
                self._write.edit(group.row.id, group.matters, young=group.is_young(self._now), away=away)
        return AlertMessages(
            tuple(self._write.notifications),
            tuple(one.written(self._now) for one in self._groups if one.is_changed),
            tuple((self._channel, job) for job in dict.fromkeys(self._told)),
            tuple(self._write.kept),
            self._write.mentioning,
            {group.row.id: tuple(group.fixed) for group in self._groups if group.fixed},
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

    def _open(self) -> None:
        id_ = self._write.post(self._fresh, self._hits)
        row = AlertGroup(
            id=id_,
            instance=self._instance,
            channel_id=self._channel,
            opened_at=self._now,
            last_at=self._now,
            entries="",
        )
        self._groups.append(Group(row, list(self._fresh), is_changed=True))
        if len(self._fresh) > 1 and not any(one.was_late for one in self._fresh):
            self._write.rows(id_, self._fresh)

    def _join(self, group: Group) -> None:
        before, calls = list(group.matters), called_by(group.matters)
        group.matters += self._fresh
        group.is_changed = group.is_edited = True
        # The first one was the whole message until now: it moves to the thread with the others.
        is_moved = len(before) == len(matters_in(group.row)) == 1
        new = {id_: name for id_, name in called_by(self._fresh).items() if id_ not in calls}
        told = group.matters if is_moved else self._fresh
        self._write.rows(group.row.id, told, watchers_of(self._hits, told), moved=is_moved, calls=new)


def _is_off(matter: Matter) -> bool:
    """Whether nobody follows it: its alert was switched off, or it was told once and is no trouble."""
    return matter.end is not None and matter.end.how in (How.OFF, How.TOLD)

"""Decides which channels are told of which ended jobs, and what they see of them: hits, channel by channel. Pure.

What their messages say is built in :mod:`~jobbot.flows.following.alerts.channel`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobbot.adverity.around import Around
from jobbot.adverity.model import Job, State
from jobbot.flows.following.alerts.channel import ChannelAlerts
from jobbot.flows.following.alerts.messages import AlertMessages
from jobbot.flows.following.matters import Hit, calls_of, scopes_of
from jobbot.flows.following.poll_state import PollState
from jobbot.flows.following.reconcile import CLOCK_SKEW
from jobbot.flows.following.sights import UNBOUND, Sight
from jobbot.intents.model import Sign
from jobbot.render.alert_entry import Entry, entry
from jobbot.render.jobs import Names
from jobbot.store.following.model import Alert, AlertGroup

_ROUGHLY = timedelta(seconds=2)
"""The error of the measured clock difference: rather an alert too many than one too few."""

Wants = Callable[[Alert, Job], bool]
"""Whether an alert tells of a job."""

Watchers = Mapping[tuple[str, int], Sequence[str]]
"""The users who watch a job in a channel, by the two."""


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
    stream = _stream_of(job)
    if alert.datastream is not None and stream != alert.datastream:
        return False
    if any(one.datastream == stream and one.lasts(now) for one in alert.snoozes):
        return False
    return alert.snoozed_until is None or now >= alert.snoozed_until


def snoozes_fixed(alerts: Iterable[Alert], over: Iterable[Job], state: PollState) -> dict[tuple[str, int], Job]:
    """By channel and datastream the first success that ends a snooze "until fixed"."""
    fixes: dict[tuple[str, int], Job] = {}
    asleep = {
        (alert.channel_id, one.datastream, one.since)
        for alert in alerts
        for one in alert.snoozes
        if one.until is None and one.datastream is not None
    }
    good = [job for job in over if job.state is State.SUCCESS and job.datastream is not None]
    for job in sorted(good, key=_when) if asleep else []:
        for channel, stream, since in asleep:
            ended = state.ours(job.end)
            # To the second, as Adverity writes times.
            is_after = ended is None or since is None or ended >= since.replace(microsecond=0)
            if job.datastream is not None and job.datastream.id == stream and is_after:
                fixes.setdefault((channel, stream), job)
    return fixes


def without_fixed(alert: Alert, job: Job, fixes: Mapping[tuple[str, int], Job]) -> Alert:
    """The alert as it is for a job that ended after what was snoozed was fixed."""
    stream = _stream_of(job)
    fix = fixes.get((alert.channel_id, stream)) if stream is not None else None
    if fix is None or _when(job) <= _when(fix):
        return alert
    return replace(alert, snoozes=tuple(one for one in alert.snoozes if one.datastream != stream))


def _when(job: Job) -> tuple[float, int]:
    """In the order in which they ended; one that does not say when, last."""
    return (job.end.timestamp() if job.end is not None else float("inf"), job.id)


def messages_for(
    over: Sequence[Job],
    *,
    alerts: Sequence[Alert],
    wants: Wants,
    groups: Sequence[AlertGroup],
    names: Names,
    state: PollState,
    now: datetime,
    around: Mapping[int, Around] | None = None,
    empty: bool = False,
    unasked: Sequence[Job] = (),
    gone: Iterable[int] = (),
    sight: Sight = UNBOUND,
    watchers: Watchers | None = None,
    calls: Mapping[str, str] | None = None,
    ends_snooze: Mapping[tuple[str, int], str] | None = None,
) -> AlertMessages:
    """The messages and groups of a round, channel by channel. ``over``: ended jobs that alerts have not handled yet.

    ``empty``: they brought nothing. ``unasked``: successes that no alert is asked about, which may end a matter; with
    ``empty`` they brought rows. ``gone``: jobs that Adverity does not know any more. ``calls`` are the user groups that
    there are, by id their names; ``ends_snooze`` by (channel, job) who had snoozed what this success ends.

    Matters of a group that a channel does not see any more are left out.
    """
    facts = _Facts(
        names=names,
        state=state,
        theirs=now + state.ahead,
        around=around or {},
        empty=empty,
        sight=sight,
        watchers=watchers or {},
        calls=calls or {},
    )
    jobs = [(job, False) for job in over] + [(job, True) for job in unasked]
    jobs.sort(key=lambda one: (one[0].end or facts.theirs, one[0].id))
    lost = [Entry(job=job, name="", state="", stream=None, when=facts.theirs) for job in gone]
    found = AlertMessages()
    for channel in dict.fromkeys(alert.channel_id for alert in alerts):
        own = [alert for alert in alerts if alert.channel_id == channel]
        here = [group for group in groups if group.channel_id == channel]
        what = "empty" if empty else "alert"
        told = ChannelAlerts(own[0].instance, channel, here, own, now, what=what, sight=sight)
        for job, is_unasked in jobs:
            asked = [] if is_unasked else [alert for alert in own if wants(alert, job)]
            snoozer = (ends_snooze or {}).get((channel, job.id), "")
            may_change = is_unasked or not empty
            if asked or snoozer or (may_change and told.follows(job.id, _stream_of(job))):
                told.take(facts.hit(job, channel, asked, snoozer=snoozer, is_unasked=is_unasked))
        for one in lost:
            if told.follows(one.job, None):
                told.take(Hit(entry=one, wanted=False, gone=True))
        found += told.messages()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What hits in all channels are made of. ``theirs`` is now on Adverity's clock; the rest as for `messages_for`."""

    names: Names
    state: PollState
    theirs: datetime
    around: Mapping[int, Around]
    empty: bool
    sight: Sight
    watchers: Watchers
    calls: Mapping[str, str]

    def hit(self, job: Job, channel: str, asked: Sequence[Alert], *, snoozer: str, is_unasked: bool) -> Hit:
        """What a channel sees of a job that these of its alerts tell of; ``snoozer`` had snoozed what it ends."""
        about = self.around.get(job.id, Around())
        is_empty = self.empty and not is_unasked
        watchers = self.watchers.get((channel, job.id), ()) if asked else ()
        return Hit(
            entry=entry(job, self.names, self.theirs, about, empty=is_empty, workspace=self.sight.place(job)),
            wanted=bool(asked),
            away=bool(asked) and self.state.was_away(job.end, min(alert.since for alert in asked)),
            rows=self.empty and is_unasked,
            watchers=tuple(dict.fromkeys(watchers)),
            scopes=scopes_of(asked),
            since=max((alert.since for alert in asked), default=None),
            calls=calls_of(asked, self.calls),
            ends_snooze=snoozer,
        )


def _stream_of(job: Job) -> int | None:
    return None if job.datastream is None else int(job.datastream.id)

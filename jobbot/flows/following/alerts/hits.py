"""Decides which channels are told of which ended jobs, and what they see of them: hits, channel by channel. Pure.

What their messages say is built in :mod:`~jobbot.flows.following.alerts.channel`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
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
from jobbot.render.alert_settings import AlertSettings, Quiet
from jobbot.render.jobs import Names
from jobbot.store.following.model import Alert, AlertGroup, Snooze

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
    stream = None if job.datastream is None else int(job.datastream.id)
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
    stream = None if job.datastream is None else int(job.datastream.id)
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
    theirs = now + state.ahead
    jobs = [(job, False) for job in over] + [(job, True) for job in unasked]
    jobs.sort(key=lambda one: (one[0].end or theirs, one[0].id))
    lost = [Entry(job=job, name="", state="", stream=None, when=theirs) for job in gone]
    found = AlertMessages()
    for channel in dict.fromkeys(alert.channel_id for alert in alerts):
        own = [alert for alert in alerts if alert.channel_id == channel]
        here = [group for group in groups if group.channel_id == channel]
        what = "empty" if empty else "alert"
        told = ChannelAlerts(own[0].instance, channel, here, own, now, what=what, sight=sight)
        for job, is_unasked in jobs:
            asked = [] if is_unasked else [alert for alert in own if wants(alert, job)]
            stream = None if job.datastream is None else int(job.datastream.id)
            snoozer = (ends_snooze or {}).get((channel, job.id), "")
            if not asked and not snoozer and ((empty and not is_unasked) or not told.follows(job.id, stream)):
                continue
            about = (around or {}).get(job.id, Around())
            is_empty = empty and not is_unasked
            told.take(
                Hit(
                    entry=entry(job, names, theirs, about, empty=is_empty, workspace=sight.place(job)),
                    wanted=bool(asked),
                    away=bool(asked) and state.was_away(job.end, min(alert.since for alert in asked)),
                    rows=empty and is_unasked,
                    watchers=tuple(dict.fromkeys((watchers or {}).get((channel, job.id), ()))) if asked else (),
                    scopes=scopes_of(asked),
                    since=max((alert.since for alert in asked), default=None),
                    calls=calls_of(asked, calls or {}),
                    ends_snooze=snoozer,
                )
            )
        for one in lost:
            if told.follows(one.job, None):
                told.take(Hit(entry=one, wanted=False, gone=True))
        found += told.messages()
    return found


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
        usergroup=alert.usergroup_name if alert.usergroup else None,
        snoozes=tuple(quiet(one) for one in alert.snoozes),
    )


def quiet(snooze: Snooze) -> Quiet:
    """The snooze as ``render/alerts`` takes it."""
    return Quiet(datastream=snooze.datastream, until=snooze.until, user_id=snooze.user_id)

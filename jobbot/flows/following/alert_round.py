"""What the alerts make of one round: of jobs that are over, that run far longer than usual, and that brought nothing.

A success whose extracts are wanted is put down in the state (``weighing``), and rounds of their own read them; a job
of which nobody can say yet whether a channel sees it waits there too (``placing``). So nothing is lost to an answer
that is late.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

from pydantic import ValidationError

from jobbot.access.policy import Need
from jobbot.adverity.around import Around, Brought, NotKnown
from jobbot.adverity.model import Job, State
from jobbot.flows.following import alerts, placing
from jobbot.flows.following.alert_group import open_streams
from jobbot.flows.following.alert_messages import AlertMessages, changed
from jobbot.flows.following.alerts import Watchers, is_wanted, snoozes_fixed, without_fixed
from jobbot.flows.following.late import late_messages, learn_usual, tell_late
from jobbot.flows.following.matters import KEPT
from jobbot.flows.following.poll_state import PollState, Weighing
from jobbot.flows.following.reconcile import Learned, to_weigh
from jobbot.flows.following.seen_events import on_our_clock
from jobbot.flows.following.sights import Sight
from jobbot.flows.following.usergroups import UserGroups
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import look_at_ended
from jobbot.flows.jobs.names_of_datastreams import name_datastreams
from jobbot.flows.jobs.past_runs import usual_durations
from jobbot.intents.model import Sign
from jobbot.logs import get_logger
from jobbot.render import alerts as words
from jobbot.render.blockkit.blocks import dump_message
from jobbot.store.following.model import Alert, Interest, Notification, Snooze
from jobbot.store.following.poll_rounds import PollRounds

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AlertsTold:
    """The messages, the jobs that the alerts have dealt with, and the state that follows.

    ``succeeded`` and ``woken`` as for RoundResult.
    """

    messages: AlertMessages
    state: PollState
    endings: tuple[int, ...] = ()
    succeeded: Mapping[int, tuple[int, datetime]] = field(default_factory=dict)
    woken: tuple[tuple[str, int, datetime], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRound:
    """What one round knows, and whom it asks: ``sight`` says which channel sees which job, ``watchers`` who waits for
    one that is over, ``usergroups`` which groups there are. ``state`` is the poller's at its beginning."""

    rounds: PollRounds
    usergroups: UserGroups
    instance: Instance
    interest: Interest
    learned: Learned
    state: PollState
    now: datetime
    sight: Sight
    watchers: Watchers

    async def tell(self) -> AlertsTold:
        """All of it. Raises StoreUnavailable."""
        if not self.interest.alerts:
            return AlertsTold(AlertMessages(), self.state)
        told, said = await self._tell_over()
        joined = replace(self.interest, groups=changed(self.interest.groups, told.messages.groups))
        weighed, state = await self._tell_empty(joined, told.state, said)
        joined = replace(joined, groups=changed(joined.groups, weighed.groups))
        late, state = await self._tell_late(joined, state)
        messages = told.messages + weighed + late
        events = on_our_clock(messages.events, self.state)
        return replace(told, messages=replace(messages, events=events), state=state)

    async def _tell_over(self) -> tuple[AlertsTold, Sequence[tuple[str, int]]]:
        """Of jobs that are over, and of matters of which there was no news for too long.

        Second come the (channel, job) that have heard what the job brought.
        """
        learned, interest, state, now, sight = self.learned, self.interest, self.state, self.now, self.sight
        waited = placing.due(state, now, empty=False)
        is_silent = any(now - group.last_at >= KEPT for group in interest.groups if group.is_open)
        if not (learned.over or learned.gone or waited or is_silent):
            return AlertsTold(AlertMessages(), state), ()
        name = self.instance.name
        unhandled = await self.rounds.unhandled(name, [job.id for job in learned.over]) if learned.over else set()
        new = [job for job in learned.over if job.id in unhandled]
        jobs = [*new, *(one.job for one in waited.values())]
        fixes = snoozes_fixed(interest.alerts, new, state)

        def wants(alert: Alert, job: Job, *, empty: bool = False) -> bool:
            alert = without_fixed(alert, job, fixes)
            if (one := waited.get(job.id)) is None:
                return is_wanted(alert, job, now, learned.witnessed, state.ahead, empty=empty)
            # It was held against the alerts when it ended.
            return alert.channel_id in one.channels and is_wanted(alert, job, now, {job.id}, state.ahead)

        def seen(alert: Alert, job: Job) -> bool:
            return wants(alert, job) and sight.is_for(alert, job)

        told_of = [job for job in jobs if any(seen(alert, job) for alert in interest.alerts)]
        known = {job.id for job in told_of}
        followed = open_streams(interest.groups)
        counted = [job for job in new if job.state is State.FAILED and job.id not in known and _stream(job) in followed]
        # Names, and what stands around, are asked for only where somebody will read them.
        around = await look_at_ended(self.instance, [*told_of, *counted], now)
        ended = [job for job in fixes.values() if job.id not in known]
        told = alerts.messages_for(
            jobs,
            alerts=interest.alerts,
            wants=seen,
            groups=interest.groups,
            names=await name_datastreams(self.instance, [*told_of, *counted, *ended]),
            state=state,
            now=now,
            around=around,
            unasked=await self._successes_since(told_of),
            gone=learned.gone,
            sight=sight,
            watchers=self.watchers,
            calls=await self._calls(told_of),
            ends_snooze={
                (channel, int(job.id)): one.user_id
                for (channel, _), job in fixes.items()
                for one in self._snoozes(channel, job)
            },
        )
        said = [(channel, job) for channel, job in told.jobs if _says_what_it_brought(around, job)]
        perhaps_empty = [
            job
            for job in new
            if any(
                wants(alert, job, empty=True) and (sight.is_for(alert, job) or sight.may_be_for(alert, job))
                for alert in interest.alerts
            )
        ]
        after, given_up = placing.wait(state, jobs, interest.alerts, wants, sight=sight, now=now, empty=False)
        _say_given_up(self.instance, given_up)
        # What an open matter counts already need not wait for its workspace.
        after = placing.heard(after, told.jobs)
        after, lost = _to_weigh(after, perhaps_empty, said, now)
        say_not_weighed(self.instance, lost)
        ours = AlertsTold(
            told,
            after,
            tuple(sorted(int(job.id) for job in new)),
            {
                int(job.id): (stream, job.end or now + state.ahead)
                for job in new
                if job.state is State.SUCCESS and (stream := _stream(job)) is not None
            },
            tuple(
                (channel, stream, one.since)
                for (channel, stream), job in fixes.items()
                for one in self._snoozes(channel, job)
                if one.since is not None
            ),
        )
        return ours, said

    def _snoozes(self, channel: str, job: Job) -> list[Snooze]:
        """The snoozes "until fixed" of a channel that this success ends."""
        stream = _stream(job)
        own = [one for alert in self.interest.alerts if alert.channel_id == channel for one in alert.snoozes]
        return list(dict.fromkeys(one for one in own if one.datastream == stream and one.until is None))

    async def _successes_since(self, jobs: Sequence[Job]) -> list[Job]:
        """Those that earlier rounds have seen, of datastreams whose failures before them are seen only now."""
        since: dict[int, datetime] = {}
        for job in jobs:
            if (stream := _stream(job)) is not None and job.state is not State.SUCCESS and job.end is not None:
                since[stream] = min(since.get(stream, job.end), job.end)
        found = await self.rounds.successes(self.instance.name, since)
        return [
            Job.model_validate({"id": job, "state_label": "Success", "job_end": at, "datastream": stream})
            for stream, some in found.items()
            for job, at in some
        ]

    async def _calls(self, jobs: Sequence[Job]) -> Mapping[str, str]:
        """The user groups that alerts mention and that there are, by id their names."""
        asked = {one.usergroup: one.usergroup_name for one in self.interest.alerts if one.usergroup}
        return await self.usergroups.known(asked) if asked and jobs else {}

    async def _tell_empty(
        self, interest: Interest, state: PollState, said: Sequence[tuple[str, int]]
    ) -> tuple[AlertMessages, PollState]:
        learned, now, sight, name = self.learned, self.now, self.sight, self.instance.name
        if learned.unreadable is not None:
            return _cannot_weigh(name, learned.unreadable, interest), state
        weighed = {job.id: one.told for one in learned.empty for job in [_job_of(one)] if job is not None}
        waited = placing.due(state, now, empty=True)
        jobs = [*_jobs_of(learned.empty), *(one.job for one in waited.values())]
        full = _jobs_of(learned.full)
        if not jobs and not full:
            return AlertMessages(), state

        def wants(alert: Alert, job: Job) -> bool:
            is_asked = alert.channel_id in waited[job.id].channels if job.id in waited else True
            # It was held against the alerts when it ended.
            has_heard = alert.channel_id in weighed.get(job.id, ()) or (alert.channel_id, job.id) in said
            return is_asked and not has_heard and is_wanted(alert, job, now, {job.id}, state.ahead, empty=True)

        messages = alerts.messages_for(
            jobs,
            alerts=interest.alerts,
            wants=lambda alert, job: wants(alert, job) and sight.is_for(alert, job),
            groups=interest.groups,
            names=await name_datastreams(self.instance, jobs),
            state=state,
            now=now,
            empty=True,
            unasked=full,
            sight=sight,
            calls=await self._calls(jobs),
        )
        after, given_up = placing.wait(state, jobs, interest.alerts, wants, sight=sight, now=now, empty=True)
        _say_given_up(self.instance, given_up)
        # Whoever hears that it brought nothing has heard that it succeeded.
        return messages, placing.heard(after, messages.jobs)

    async def _tell_late(self, interest: Interest, state: PollState) -> tuple[AlertMessages, PollState]:
        going, now = self.learned.going, self.now
        if not going or not interest.tells_of(Sign.LATE):
            return AlertMessages(), state
        unknown = [job for job in going if job.id not in state.usual]
        state = learn_usual(state, going, await usual_durations(self.instance, unknown, now + state.ahead))
        told = tell_late(going, interest, state, now, self.sight)
        late = [job for jobs in told.values() for job in jobs]
        names = await name_datastreams(self.instance, late)
        calls = await self._calls(late)
        return late_messages(told, interest, self.instance.name, names, state, now=now, sight=self.sight, calls=calls)


def _stream(job: Job) -> int | None:
    return None if job.datastream is None else int(job.datastream.id)


def _say_given_up(instance: Instance, jobs: Sequence[int]) -> None:
    if jobs:
        log.warning("workspace not known, alerts not told", instance=instance.name, jobs=jobs)


def say_not_weighed(instance: Instance, jobs: Sequence[int]) -> None:
    """Log that nobody will be told whether these successes brought nothing."""
    if jobs:
        log.warning("not known what jobs brought, empty ones are not told", instance=instance.name, jobs=jobs)


def _says_what_it_brought(around: Mapping[int, Around], job: int) -> bool:
    """Of no extracts at all right at the end nobody knows yet: Adverity may not have written them down."""
    brought = around[job].brought if job in around else None
    return isinstance(brought, Brought) and brought.extracts > 0


def _to_weigh(
    state: PollState, jobs: Iterable[Job], said: Sequence[tuple[str, int]], now: datetime
) -> tuple[PollState, list[int]]:
    """With these successes put down; ``said`` are the channels that have heard what a job brought."""
    state, lost = to_weigh(placing.heard(state, said), jobs, now)
    weighing = dict(state.weighing)
    for channel, number in said:
        if (one := weighing.get(number)) is not None:
            weighing[number] = one.model_copy(update={"told": (*one.told, channel)})
    return state.model_copy(update={"weighing": weighing}), lost


def _cannot_weigh(instance: str, why: NotKnown, interest: Interest) -> AlertMessages:
    message = dump_message(words.cannot_weigh(instance, why))
    return AlertMessages(
        tuple(
            Notification(
                id=uuid4().hex,
                key=f"cannot weigh:{alert.id}",
                need=Need.ALERTS,
                instance=instance,
                channel_id=alert.channel_id,
                message=message,
                workspaces=frozenset(),
            )
            for alert in interest.alerts
            if Sign.EMPTY in alert.signs
        )
    )


def jobs_told_later(learned: Learned, now: datetime) -> list[Job]:
    """The successes of earlier rounds that were weighed, and the jobs that wait for their workspace."""
    waited = [placing.due(learned.state, now, empty=empty) for empty in (False, True)]
    return [*_jobs_of(learned.empty), *(one.job for found in waited for one in found.values())]


def _jobs_of(weighed: Iterable[Weighing]) -> list[Job]:
    return [job for one in weighed if (job := _job_of(one)) is not None]


def _job_of(one: Weighing) -> Job | None:
    try:
        return Job.model_validate_json(one.job)
    except ValidationError:
        return None

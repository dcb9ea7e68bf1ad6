"""Gathers what whoever takes over must know: by the same use cases that answer each part of it by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import takewhile

from jobbot.adverity.around import OpenIssues
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.model import Job, State
from jobbot.adverity.streak import Streak
from jobbot.flows.acts.history import CannotRead, past_act
from jobbot.flows.acts.paused import PausedFlow
from jobbot.flows.following.keeping import CannotKeep
from jobbot.flows.following.watching import WatchingFlow
from jobbot.flows.frozen import FreezeLine
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import look_around
from jobbot.flows.jobs.earlier_stops import EarlierStops
from jobbot.flows.jobs.listing import ListingFlow
from jobbot.flows.jobs.names_of_datastreams import name_datastreams
from jobbot.flows.jobs.scope import Scope
from jobbot.intents.model import ListJobs
from jobbot.logs import get_logger
from jobbot.render.earlier_stops import DoneAbout
from jobbot.render.errors import error_in_words
from jobbot.render.handover import DAY, SHOWN, Failing, HandoverFacts
from jobbot.render.jobs import Names
from jobbot.render.matters import Matter
from jobbot.render.paused import PausedList
from jobbot.store.acts.history import ActHistory, ActQuery
from jobbot.store.acts.model import ActRecord, ActState, UnknownAct
from jobbot.store.database.engine import StoreUnavailable

log = get_logger(__name__)

_NEVER = datetime.min.replace(tzinfo=UTC)


def failing_of(jobs: Sequence[Job]) -> list[Failing]:
    """The datastreams whose newest run failed, of runs that ended; what failed last first.

    A run that was cancelled or discarded is neither a failure nor a success.
    """
    runs: dict[int, list[Job]] = {}
    for job in sorted(jobs, key=lambda one: (one.end or one.start or _NEVER, one.id), reverse=True):
        if job.datastream is not None and job.state in (State.FAILED, State.SUCCESS):
            runs.setdefault(int(job.datastream.id), []).append(job)
    found = []
    for newest_first in runs.values():
        failed = list(takewhile(lambda one: one.state is State.FAILED, newest_first))
        if failed:
            success = next((one for one in newest_first if one.state is State.SUCCESS), None)
            last = success.end or success.start if success is not None else None
            streak = Streak(failures=len(failed), last_success=last, whole=success is not None)
            found.append(Failing(failed[0], streak, failed[-1].end, is_first=streak.whole))
    return sorted(found, key=lambda one: (one.job.end or one.job.start or _NEVER, one.job.id), reverse=True)


async def _as_alerts_say(one: Failing, instance: Instance, now: datetime) -> Failing:
    """With the streak and the beginning that an alert of the job tells, where those were read and know of more."""
    around = await look_around(instance, one.job, now, only=frozenset({"streak", "issues"}))
    found, issues = around.streak, around.issues.issues if isinstance(around.issues, OpenIssues) else ()
    if isinstance(found, Streak) and found.failures >= one.streak.failures:
        one = replace(one, streak=found, is_first=found.whole and found.failures == one.streak.failures)
    for issue in issues:
        if issue.job_id == one.job.id and "warn" not in issue.type_label.casefold():
            one = failing_from(one, issue.since, issue.occurrences)
    return one


def failing_from(one: Failing, since: datetime | None, count: int | None) -> Failing:
    """With the earlier beginning that another source knows of ``count`` failures.

    It is left out where the first failure is known, or a success came since then.
    """
    success = one.streak.last_success
    if one.is_first or since is None or (success is not None and since <= success):
        return one
    if one.since is not None and one.since <= since:
        return one
    return replace(one, since=since, is_first=one.streak.whole and count == one.streak.failures)


def followed(one: Failing, matters: Mapping[int, tuple[Matter, Sequence[str]]], done: DoneAbout | None) -> Failing:
    """With what the channel's alerts know of its datastream (see WatchingFlow), and what was done about its run."""
    one = replace(one, done=done)
    if one.job.datastream is None or (known := matters.get(int(one.job.datastream.id))) is None:
        return one
    matter, on_it = known
    one = failing_from(one, matter.since, matter.total) if [*matter.counts] == [State.FAILED.value] else one
    return replace(one, on_it=on_it)


class HandoverFlow:
    """The use case. ``clock``: aware time."""

    def __init__(
        self,
        *,
        listing: ListingFlow,
        paused: PausedFlow,
        watching: WatchingFlow,
        history: ActHistory,
        stops: EarlierStops,
        frozen: FreezeLine,
        clock: Callable[[], datetime],
    ) -> None:
        self._listing = listing
        self._paused = paused
        self._watching = watching
        self._history = history
        self._stops = stops
        self._frozen = frozen
        self._clock = clock

    async def run(self, instance: Instance, scope: Scope, channel_id: str) -> HandoverFacts:
        """Of what the channel sees, and of what it follows itself. Raises CannotRead.

        Where Adverity cannot be asked the rest is told all the same.
        """
        facts = await self._jobs(instance, scope)
        try:
            waiting, alerts, outages = await self._watching.of_channel(channel_id, instance.name)
            matters = await self._watching.open_matters(channel_id, instance.name)
            unknown, unknowns = await self._unknown(instance, scope)
        except (StoreUnavailable, CannotKeep) as error:
            raise CannotRead from error
        done = await self._stops.done_about(instance, [one.job.id for one in facts.failing[:SHOWN]])
        return replace(
            facts,
            failing=[followed(one, matters, done.get(one.job.id)) for one in facts.failing],
            paused=await self._paused.run(instance, scope.reach),
            frozen=await self._frozen.of(instance, channel_id),
            alerts=alerts,
            outages=outages,
            waiting=[one for one in waiting if scope.reach is None or scope.reach.sees(one.workspace)],
            unknown=[past_act(record) for record in unknown],
            unknowns=unknowns,
            workspaces=scope.names,
            whole=scope.reach is None or scope.reach.whole,
        )

    async def _jobs(self, instance: Instance, scope: Scope) -> HandoverFacts:
        """What Adverity tells, and nothing else yet."""
        bare = HandoverFacts(
            instance=instance.name,
            as_of=self._clock(),
            names=Names(instance.base_url),
            paused=PausedList(instance.name, ()),
        )
        try:
            going = await self._listing.run(ListJobs(instance=instance.name), instance, None, scope)
            ended = await self._listing.ended(instance, scope, DAY)
        except AdverityError as error:
            log.info("handed over without jobs", instance=instance.name, error=type(error).__name__)
            return replace(bare, trouble=error_in_words(error, about=f"jobs on {instance.name}"))
        failing = failing_of(ended.jobs)
        names = await name_datastreams(instance, [one.job for one in failing[:SHOWN]])
        shown = [await _as_alerts_say(one, instance, self._clock()) for one in failing[:SHOWN]]
        failing = [*shown, *failing[SHOWN:]]
        return replace(bare, going=going, failing=failing, all_ended=ended.complete, names=names)

    async def _unknown(self, instance: Instance, scope: Scope) -> tuple[list[ActRecord | UnknownAct], int]:
        """The newest acts of the last day of which nobody knows the outcome, and how many there are."""
        query = ActQuery(
            instance=instance.name,
            start=self._clock() - DAY,
            workspaces=scope.ids,
            state=ActState.UNKNOWN,
            wholes=False,
        )
        return await self._history.newest(query, skip=0, most=SHOWN), await self._history.count(query)

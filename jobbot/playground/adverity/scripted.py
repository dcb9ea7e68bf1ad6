"""Saying what there is on an instance, and what becomes of it, in sentences: for tests and stories.

``adverity.has_job(987, datastream=42, state="Running", progress=62)`` puts a job there that stays as it is until
something is done to it; ``adverity.job(987).ends("Failed")`` is such a thing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from jobbot.playground.adverity.instance import Instance
from jobbot.playground.adverity.jobs import DatastreamAs, Dress, Job, Sight, StopRule
from jobbot.playground.adverity.timeline import OVER, RUNNING, SCHEDULED, SUCCESS, Climb, Issue, Plan, Stage


class ScriptedJob:
    """One job of an instance: what it is now, and what shall become of it. Its setters answer itself."""

    def __init__(self, instance: Instance, number: int) -> None:
        self.id = number
        self._instance = instance

    @property
    def sight(self) -> Sight:
        """The job as it is now. Raises KeyError before it was created."""
        sight = self._instance.sight(self.id)
        if sight is None:
            raise KeyError(self.id)
        return sight

    @property
    def state(self) -> str:
        """The documented label of its state now."""
        return self.sight.look.state

    @property
    def progress(self) -> int:
        """Its progress now, in percent."""
        return self.sight.look.progress

    def ends(
        self, state: str = SUCCESS, *, after: timedelta = timedelta(0), issues: Sequence[str | Issue] = ()
    ) -> "ScriptedJob":
        """End the job in ``state`` after some time, now by default. Raises ValueError when it is over already."""
        sight, now = self.sight, self._instance.now()
        if sight.is_over:
            raise ValueError(f"job {self.id} is over: {sight.look.state}")
        if state not in OVER:
            raise ValueError(f"{state} is no way to end")
        starts = sight.look.started or now
        ran = now - starts
        plan = replace(
            _ending_after(ran + after, sight.job.plan, sight.look.stage),
            starts=starts,
            ends_as=state,
            climb=Climb(sight.look.progress, 100 if state == SUCCESS else sight.look.progress, ran),
            issues=_issues(issues) or sight.job.plan.issues,
        )
        self._instance.put(replace(sight.job, plan=plan, follows=None))
        return self

    def starts(self) -> "ScriptedJob":
        """Let a scheduled job start now; it then runs until something is done to it."""
        if self.state != SCHEDULED:
            raise ValueError(f"job {self.id} is {self.state}, not {SCHEDULED}")
        job = self.sight.job
        self._instance.put(replace(job, follows=None, plan=replace(job.plan, starts=self._instance.now())))
        return self

    def stop_takes(self, duration: timedelta) -> "ScriptedJob":
        """A stop, once accepted, takes effect only after ``duration`` of the instance's time (2 s unless said)."""
        return self._stops(replace(self._rule, takes=duration))

    def stop_ends_as(self, state: str) -> "ScriptedJob":
        """A stop ends the job as Cancelled (that is how it is made) or as Discarded."""
        return self._stops(replace(self._rule, ends_as=state))

    def ignores_stop(self) -> "ScriptedJob":
        """A stop is accepted and changes nothing."""
        return self._stops(replace(self._rule, ignored=True))

    def refuses_stop(self, detail: str = "Only jobs in the fetch stage can be stopped.") -> "ScriptedJob":
        """A stop is refused, in these words."""
        return self._stops(replace(self._rule, refused=detail))

    @property
    def _rule(self) -> StopRule:
        return self._instance.get(self.id).stop_rule

    def _stops(self, rule: StopRule) -> "ScriptedJob":
        self._instance.put(replace(self._instance.get(self.id), stop_rule=rule))
        return self


class ScriptedInstance(Instance):
    """An instance that is told what there is."""

    def has_job(
        self,
        number: int,
        *,
        datastream: int | None = 42,
        state: str = "Running",
        progress: int | None = None,
        started: datetime | None = None,
        ended: datetime | None = None,
        manual: bool = False,
        by: str | None = None,
        issues: Sequence[str | Issue] = (),
        fetching: bool = True,
        follows: int | None = None,
        comes: datetime | None = None,
        kind: str = "Fetch",
        days: tuple[date, date] | None = None,
        extracts: tuple[int, ...] | None = None,
        datastream_as: DatastreamAs | None = None,
        wire_extra: Mapping[str, object] | None = None,
        wire_without: Sequence[str] = (),
    ) -> ScriptedJob:
        """Put a job there that is in ``state`` now, and stays so until something is done to it.

        A running job is in the fetch stage unless ``fetching`` is False. It has run for 12 minutes where ``started``
        does not say otherwise; a job that is over ran for 7 minutes and ended 5 minutes ago. A state that is none of
        the documented ones is shown as given and behaves like Running. Its ``issues`` show at once, those of a
        scheduled job when it is over. It fetches ``days``, and brings ``extracts`` of so many rows once
        it is a success (None: some). ``wire_extra`` adds or replaces fields of the job object, ``wire_without`` leaves
        some out. Only a scheduled job can wait for the one it ``follows``, or be there only when it ``comes`` by its
        datastream's schedule. Raises ValueError for what does not fit the state.
        """
        if (follows or comes) is not None and state != SCHEDULED:
            raise ValueError(f"a job that is {state} does not wait for another one, or for its hour")
        plan = _plan_for(
            state,
            now=comes or self.now(),
            progress=progress if progress is not None else 100 if state == SUCCESS else 40,
            fetching=fetching,
            started=started,
            ended=ended,
            issues=_issues(issues),
        )
        label = None if state in OVER | {SCHEDULED, RUNNING} else state
        dress = Dress(label, dict(wire_extra or {}), frozenset(wire_without), datastream_as)
        self.put(
            Job(
                id=number,
                datastream=datastream,
                plan=plan,
                manual=manual,
                by=by,
                follows=follows,
                dress=dress,
                kind=kind,
                days=days,
                extracts=extracts,
            )
        )
        return self.job(number)

    def job(self, number: int) -> ScriptedJob:
        """The job of that number. Raises KeyError."""
        return ScriptedJob(self, self.get(number).id)


def _ending_after(total: timedelta, plan: Plan, stage: Stage) -> Plan:
    """The plan of a job in ``stage`` that shall have run ``total`` when it ends: this stage is then its last."""
    none = timedelta(0)
    if stage is Stage.LOAD and plan.fetches is not None:
        return replace(plan, loads=total - plan.fetches - plan.transforms)
    if stage is Stage.TRANSFORM and plan.fetches is not None:
        return replace(plan, transforms=total - plan.fetches, loads=none)
    return replace(plan, fetches=total, transforms=none, loads=none)


def _issues(given: Sequence[str | Issue]) -> tuple[Issue, ...]:
    return tuple(Issue(issue) if isinstance(issue, str) else issue for issue in given)


def _plan_for(
    state: str,
    *,
    now: datetime,
    progress: int,
    fetching: bool,
    started: datetime | None,
    ended: datetime | None,
    issues: Sequence[Issue],
) -> Plan:
    """The plan of a job that is in ``state`` now and stays there until something is done to it.

    A state that is none of the documented ones behaves like Running.
    """
    if state == SCHEDULED:
        return Plan(created=now, issues=tuple(issues))
    if state not in OVER:
        starts = started or now - timedelta(minutes=12)
        fetches = None if fetching else now - starts
        return Plan(
            created=starts, starts=starts, fetches=fetches, loads=None, climb=Climb(progress), warnings=tuple(issues)
        )
    ends = ended or (started + timedelta(minutes=7) if started else now - timedelta(minutes=5))
    starts = started or ends - timedelta(minutes=7)
    if ends > now or starts > ends:
        raise ValueError(f"a job that is {state} has started and ended by now, in that order")
    return Plan(
        created=starts,
        starts=starts,
        fetches=ends - starts,
        ends_as=state,
        climb=Climb(last=progress),
        issues=tuple(issues),
    )

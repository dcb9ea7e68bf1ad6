"""An Adverity instance without its HTTP: datastreams, their jobs, and what can be done to them.

Times come from the given clock. Jobs are frozen; an event replaces one, so that everything seen is a pure function of
the jobs and the time.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from jobbot.playground.adverity.clock import Now, utc_now
from jobbot.playground.adverity.jobs import Datastream, Job, Schedule, Sight, Workspace
from jobbot.playground.adverity.open_issues import OpenIssue, open_issues
from jobbot.playground.adverity.timeline import Plan, Stage, Stop, Timeline, look, unfold


@dataclass(frozen=True, slots=True)
class JobChanged:
    """Something was done to a job (made, stopped, rewritten). What time alone does is not announced."""

    job: int


class NotStopped(Exception):
    """A stop that is refused; ``str()`` is the detail that the caller is given."""


class Instance:
    """The datastreams and jobs of one instance, seen at the time that ``now`` tells."""

    def __init__(self, *, now: Now = utc_now) -> None:
        self.now = now
        self.datastreams: dict[int, Datastream] = {}
        self.workspaces: dict[int, Workspace] = {}
        self._jobs: dict[int, Job] = {}
        self._hidden: set[int] = set()
        self._resting: dict[int, set[int]] = {}
        self._acknowledged: dict[int, datetime] = {}
        self._watchers: list[Callable[[JobChanged], None]] = []

    def has_workspace(self, number: int, name: str, *, parent_id: int | None = None) -> Workspace:
        """Add a workspace, or replace it."""
        self.workspaces[number] = workspace = Workspace(number, name, parent_id)
        return workspace

    def has_datastream(
        self,
        number: int,
        name: str = "",
        *,
        stack: str = "acme",
        stack_id: int = 4,
        schedule: Schedule | None = None,
        enabled: bool = True,
    ) -> Datastream:
        """Add a datastream, or replace it; with its workspace where that is new."""
        if stack_id not in self.workspaces:
            self.has_workspace(stack_id, stack)
        stream = Datastream(number, name or f"Datastream {number}", stack_id, stack, schedule, enabled, self.now())
        self.datastreams[number] = stream
        return stream

    def switch(self, number: int, *, enabled: bool) -> Datastream:
        """Switch a datastream's schedule on or off. Raises KeyError.

        While it is off no job comes by schedule: those of the datastream that are to come are not made while it lasts.
        Jobs that there are already, and those started by hand, go on.
        """
        now = self.now()
        stream = self.datastreams[number] = replace(self.datastreams[number], enabled=enabled, updated=now)
        of_it = [job for job in self._jobs.values() if job.datastream == number]
        if not enabled:
            to_come = {job.id for job in of_it if not job.manual and job.plan.created > now}
            self._resting.setdefault(number, set()).update(to_come)
            return stream
        resting = self._resting.pop(number, set())
        for job in of_it:
            if job.id in resting and job.plan.created <= now:
                del self._jobs[job.id]
        return stream

    def acknowledge(self, issue: int) -> None:
        """Close an issue, until the same goes wrong again."""
        self._acknowledged[issue] = self.now()

    def open_issues(self) -> tuple[OpenIssue, ...]:
        """The issues that failed jobs left behind."""
        return open_issues(self.sights(), self._acknowledged)

    def put(self, job: Job) -> Job:
        """Add a job or replace it, with its datastream where that is new, and tell the watchers."""
        if job.datastream is not None and job.datastream not in self.datastreams:
            self.has_datastream(job.datastream)
        self._jobs[job.id] = job
        for watcher in tuple(self._watchers):
            watcher(JobChanged(job.id))
        return job

    def forgets(self, number: int) -> None:
        """From now on there is no such job."""
        del self._jobs[number]

    def hides(self, number: int) -> None:
        """The job is in no list any more until it is over; asked for by its number it is there."""
        self._hidden.add(number)

    def watch_jobs(self, watcher: Callable[[JobChanged], None]) -> Callable[[], None]:
        """Call ``watcher`` at every change of a job; the answer, called, ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def get(self, number: int) -> Job:
        """The job of that number. Raises KeyError."""
        return self._jobs[number]

    def sight(self, number: int) -> Sight | None:
        """A job as it is now; None when there is none (yet)."""
        job = self._jobs.get(number)
        if job is not None and number in self._resting.get(job.datastream or 0, ()):
            return None
        seen = None if job is None else look(job.plan, self._timeline(job), self.now())
        return None if job is None or seen is None else Sight(job, seen)

    def sights(self) -> tuple[Sight, ...]:
        """Every job there is now, by number."""
        return tuple(sight for number in sorted(self._jobs) if (sight := self.sight(number)) is not None)

    def listed(self) -> tuple[Sight, ...]:
        """Every job that a list may have."""
        return tuple(sight for sight in self.sights() if sight.is_over or sight.job.id not in self._hidden)

    def followers(self, number: int) -> tuple[Sight, ...]:
        """The jobs that wait behind a job directly."""
        return tuple(sight for sight in self.sights() if self._follows(sight.job) == number)

    def stop(self, number: int) -> Stop | None:
        """Ask a job to stop. None: accepted and then ignored. Raises NotStopped, or KeyError for a job there is not."""
        sight = self.sight(number)
        if sight is None:
            raise KeyError(number)
        job, rule = sight.job, sight.job.stop_rule
        if rule.refused is not None:
            raise NotStopped(rule.refused)
        if sight.is_over:
            raise NotStopped(f"Job {number} is not running.")
        if sight.look.stage not in (Stage.WAITING, Stage.FETCH):
            raise NotStopped("Only jobs in the fetch stage can be stopped.")
        if rule.ignored or job.stop is not None:
            return job.stop
        now = self.now()
        return self.put(replace(job, stop=Stop(now, now + rule.takes, rule.ends_as))).stop

    def fetch(
        self,
        datastream: int,
        *,
        by: str | None = None,
        days: tuple[date, date] | None = None,
        priority: str | None = None,
    ) -> Job:
        """Start a fetch by hand: at once, or behind the datastream's last job that is going on. Raises KeyError."""
        stream = self.datastreams[datastream]
        now = self.now()
        waiting = [sight.job.id for sight in self.sights() if sight.job.datastream == stream.id and not sight.is_over]
        plan = Plan(
            created=now,
            starts=now + timedelta(seconds=2),
            fetches=timedelta(seconds=90),
            transforms=timedelta(seconds=10),
            loads=timedelta(seconds=20),
        )
        number = max(self._jobs, default=1000) + 1
        follows = max(waiting, default=None)
        return self.put(
            Job(
                id=number,
                datastream=datastream,
                plan=plan,
                priority=priority,
                manual=True,
                by=by,
                follows=follows,
                days=days,
            )
        )

    def _timeline(self, job: Job) -> Timeline:
        before = self._jobs.get(self._follows(job) or 0)
        return unfold(job.plan, job.stop, None if before is None else self._timeline(before))

    def _follows(self, job: Job) -> int | None:
        """The job that it waits for, or waited for."""
        made = job.plan.created
        if not job.queues or made > self.now():
            return job.follows
        resting = self._resting.get(job.datastream or 0, ())
        of_it = [one for one in self._jobs.values() if one.datastream == job.datastream and one.id not in resting]
        earlier = [one for one in of_it if one.plan.created < made]
        going_on = [one for one in earlier if (ends := self._timeline(one).ends) is None or ends > made]
        return max(going_on, key=lambda one: one.plan.created).id if going_on else None

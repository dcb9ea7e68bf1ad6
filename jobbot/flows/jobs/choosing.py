"""Which of the jobs that were read are in a list's answer, and in which order. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from jobbot.adverity.around import Around
from jobbot.adverity.model import Job, JobId, JobList, State
from jobbot.adverity.query import Times
from jobbot.adverity.usual_duration import FAR_UNKNOWN, Usual
from jobbot.adverity.waiting import waiting_behind
from jobbot.intents.model import Longer


def choose_jobs(lists: Sequence[JobList], states: frozenset[State], started: Times | None = None) -> tuple[Job, ...]:
    """The jobs that were asked for, each once: what is going on first, then the newest first; of what is over, what
    ended last, as its end is what a row shows.

    Of what is going on only what ``started`` in a range, where one is given, or is planned for it.
    """
    jobs = {job.id: job for one in lists for job in one.jobs}
    chosen = (job for job in jobs.values() if not states or job.state in states)
    if started is not None:
        chosen = (job for job in chosen if not job.is_going_on or _began_in(started, job, states))
    return tuple(sorted(chosen, key=_newest_first))


def _began_in(started: Times, job: Job, states: frozenset[State]) -> bool:
    if job.start is None:  # when a scheduled job is planned for is hardly ever told
        return State.SCHEDULED in states
    return started.start <= job.start <= started.end


def runs_for_longer(job: Job, longer: Longer, around: Around, now: datetime) -> bool:
    """Whether a job has run, or took, for longer."""
    if job.start is None or (job.end is None and job.state is not State.RUNNING):
        return False
    if isinstance(longer, timedelta):
        return (job.end or now) - job.start > longer
    usual = around.usual
    return now - job.start > (usual.far_from if isinstance(usual, Usual) else FAR_UNKNOWN)


def waiting_of(lists: Sequence[JobList], shown: Sequence[Job]) -> Mapping[JobId, tuple[JobId, ...]]:
    """Of all that was read, what concerns the jobs of a page; what waits together is of one workspace."""
    behind = waiting_behind({job.id: job for one in lists for job in one.jobs}.values())
    ids = {job.id for job in shown}
    return {first: waiting for first, waiting in behind.items() if ids & {first, *waiting}}


def _newest_first(job: Job) -> tuple[int, float, int]:
    rank = 0 if job.state is State.RUNNING else 1 if job.is_going_on else 2
    shown = job.end if job.is_over and job.end is not None else job.start
    started = shown.timestamp() if shown else float("inf")
    # What is scheduled next comes first among the scheduled; elsewhere the newest.
    return (rank, started if job.state is State.SCHEDULED else -started, -job.id)

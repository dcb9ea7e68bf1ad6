"""How many runs of a datastream failed in a row, and when one last succeeded: from its past runs. Pure."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from jobbot.adverity.model import Job, JobList, State


class Streak(BaseModel):
    """``failures`` runs in a row have failed, a job that failed itself included; ``last_success`` ended then.

    ``whole``: where False, older runs were not read, and there may be more failures; where a ``last_success`` is known
    the streak is whole. Without one and ``whole``, none of the datastream's runs since PAST_RUNS succeeded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    failures: int
    last_success: AwareDatetime | None = None
    whole: bool = True


def streak(job: Job, past: JobList) -> Streak:
    """Of ``job`` and the runs of its datastream before it, whatever started them; ``past`` may hold later ones.

    A run that was cancelled or discarded is neither a failure nor a success.
    """
    before = sorted((one for one in past.jobs if _when(one) < _when(job)), key=_when, reverse=True)
    failures = int(job.state is State.FAILED)
    for one in before:
        if one.state is State.SUCCESS:
            return Streak(failures=failures, last_success=one.end or one.start)
        failures += one.state is State.FAILED
    return Streak(failures=failures, whole=past.complete)


def _when(one: Job) -> tuple[float, int]:
    """Runs in the order in which they began; one that never did, when it ended, or (not over) at last."""
    at = one.start or one.end
    return (at.timestamp() if at is not None else float("inf"), one.id)

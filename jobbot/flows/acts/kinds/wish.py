"""What a recorded act asks for, as the intent that opens its window again: for who reviews it, or asks for a review."""

from typing import assert_never

from jobbot.adverity.model import DatastreamId, Days, JobId
from jobbot.flows.acts.kinds.schedule_plan import PauseDetails
from jobbot.flows.acts.kinds.several import SeveralDetails
from jobbot.intents.model import (
    Acknowledge,
    Act,
    FetchAgain,
    PauseSchedule,
    ResumeSchedule,
    Retry,
    StopJob,
    StopSeveral,
)
from jobbot.store.acts.model import ActRequest, Kind


def wish_of(act: ActRequest) -> Act:
    """The intent, with the reason. Raises ValueError for details that another version wrote."""
    job, stream, instance, reason = JobId(act.job or 0), DatastreamId(act.datastream or 0), act.instance, act.reason
    match act.kind:
        case Kind.STOP:
            return StopJob(job=job, reason=reason, instance=instance)
        case Kind.RETRY:
            return Retry(job=job, reason=reason, instance=instance)
        case Kind.ACKNOWLEDGE:
            return Acknowledge(job=job, reason=reason, instance=instance)
        case Kind.FETCH:
            first, last = act.range_start, act.range_end
            days = Days(first, last) if first is not None and last is not None else None
            if act.job is not None:
                return FetchAgain(job=job, days=days, reason=reason, instance=instance)
            return FetchAgain(datastream=stream, days=days, reason=reason, instance=instance)
        case Kind.PAUSE:
            until = PauseDetails.model_validate_json(act.details or "{}").until
            return PauseSchedule(datastream=stream, until=until, reason=reason, instance=instance)
        case Kind.RESUME:
            return ResumeSchedule(datastream=stream, reason=reason, instance=instance)
        case Kind.STOP_SEVERAL:
            jobs = SeveralDetails.model_validate_json(act.details or "{}").jobs
            return StopSeveral(jobs=tuple(map(JobId, jobs)), reason=reason, instance=instance)
        case _:
            assert_never(act.kind)

"""The kinds of acts: one course each. A kind that is added gets its line here."""

from collections.abc import Mapping
from dataclasses import replace

from jobbot.flows.acts.course import AnyCourse
from jobbot.flows.acts.kinds.fetch import FetchCourse
from jobbot.flows.acts.kinds.retry import AcknowledgeCourse, RetryCourse
from jobbot.flows.acts.kinds.schedule import PauseCourse, ResumeCourse
from jobbot.flows.acts.kinds.several import SeveralCourse
from jobbot.flows.acts.kinds.stop import StopCourse
from jobbot.render.acts.message import ActFacts
from jobbot.store.acts.model import ActRecord, Kind

COURSES: Mapping[Kind, type[AnyCourse]] = {
    Kind.STOP: StopCourse,
    Kind.FETCH: FetchCourse,
    Kind.STOP_SEVERAL: SeveralCourse,
    Kind.PAUSE: PauseCourse,
    Kind.RESUME: ResumeCourse,
    Kind.RETRY: RetryCourse,
    Kind.ACKNOWLEDGE: AcknowledgeCourse,
}


def act_of(record: ActRecord) -> ActFacts:
    """What the message of a row tells, of whichever kind. Raises ValueError for what another version wrote."""
    act: ActFacts = COURSES[record.kind].act_of(record)
    return replace(act, asked_by=record.asked_by)

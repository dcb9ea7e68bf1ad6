"""A stop of several jobs: nothing is sent for the whole, its parts are stops (``flows/acts/several``).

Its ending counts those of its parts, and names the jobs that began after its list was shown: they were not included.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from jobbot.adverity.around import Upcoming
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.gateway import BeforeSend
from jobbot.adverity.model import DatastreamId, Job, State
from jobbot.adverity.query import JobQuery
from jobbot.flows.acts.attempts import Accepted, Ending, Sent, Unanswered
from jobbot.flows.acts.course import Course
from jobbot.flows.jobs.around import read_next_fetch
from jobbot.flows.jobs.names_of_datastreams import known_names
from jobbot.logs import get_logger
from jobbot.render.acts import several as words
from jobbot.render.acts.several import Several, StopOfOne
from jobbot.render.acts.several_window import JOBS_MOST
from jobbot.render.frozen import Frozen
from jobbot.render.jobs import may_be_stopped, stream_name
from jobbot.store.acts.model import ActRecord, ActState, Kind

log = get_logger(__name__)


NEXT_FETCHES_SECONDS = 5.0
"""For how long the next fetches of all its datastreams are asked for: nobody waits but the ending itself."""

WORKSPACES_MOST = 50
"""Of a list of more, what begins later is not looked for: a row, and a window's metadata, must stay small."""


class SeveralDetails(BaseModel):
    """What only a stop of several has: its ``jobs``, and which others were meant by its list.

    ``newest`` is the greatest number of a job when the list was read, None where the jobs were named and no list was
    meant; later ones in these ``states`` (none: all that go on) and ``workspaces`` (None: all) began meanwhile.
    ``counts``: its window had a field for the number of jobs; ``offers_pause``: as of a stop's details.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    jobs: Annotated[tuple[int, ...], Field(max_length=JOBS_MOST)] = ()
    newest: int | None = None
    states: Annotated[tuple[str, ...], Field(max_length=len(State))] = ()
    workspaces: Annotated[tuple[int, ...], Field(max_length=WORKSPACES_MOST)] | None = None
    counts: bool = False
    offers_pause: bool = False


def subject_of(view: str, asked_at: float) -> str:
    """What a stop of several claims: itself alone, as each of its parts claims its own job."""
    return f"several {view[:60]} {asked_at}"


def told(act: Several, parts: Sequence[ActRecord], halted_by: str | None) -> Several:
    """What its message tells, with what became of its parts so far."""
    return act.with_stops(
        [StopOfOne(one.job or 0, one.name, one.datastream, one.state.value, one.outcome) for one in parts], halted_by
    )


class SeveralCourse(Course[Several]):
    """See the module. ``parts``, ``halted_by``, ``frozen`` and ``denied`` are set once the parts were executed."""

    kind = Kind.STOP_SEVERAL
    parts: Sequence[ActRecord] = ()
    halted_by: str | None = None
    frozen: Frozen | None = None
    denied: int = 0

    @staticmethod
    def act_of(record: ActRecord) -> Several:
        """See :meth:`Course.act_of`."""
        return Several(
            instance=record.instance,
            user_id=record.user_id,
            asked_at=record.requested_at,
            reason=record.reason,
            id=record.id,
            jobs=_details(record).jobs,
            offers_pause=_details(record).offers_pause,
        )

    async def look(self) -> bool:
        """See :meth:`Course.look`: each part looks at its job."""
        return True

    async def send(self, before_send: BeforeSend) -> str:
        """See :meth:`Course.send`: each part sends its own."""
        await before_send()
        return ""

    async def read_back(self, attempt: Sent, bound: float) -> None:
        """See :meth:`Course.read_back`: each part reads its own."""

    async def told(self, act: Several) -> Several:
        """See :meth:`Course.told`: what became of its parts, and when their datastreams are fetched next."""
        return replace(
            told(act, self.parts, self.halted_by),
            frozen=self.frozen,
            denied=self.denied,
            told_at=self.clock(),
            next_fetches=await self._next_fetches(),
        )

    async def sent(self, attempt: Accepted | Unanswered, act: Several) -> Ending:
        """See :meth:`Course.sent`: each part has an ending of its own."""
        return Ending(_state(self.parts), act.in_words(), words.ended(act, await self._began_since()))

    async def _next_fetches(self) -> dict[int, Upcoming]:
        """By datastream of what was stopped, or may be, when its schedule fetches next: all within one moment."""
        ours = [one for one in self.parts if one.state in (ActState.DONE, ActState.UNKNOWN)]
        instance, now = replace(self.instance, patience=NEXT_FETCHES_SECONDS).for_answer(), self.clock()
        streams = dict.fromkeys(one.datastream for one in ours if one.datastream is not None)
        return {one: await read_next_fetch(instance, DatastreamId(one), now) for one in streams}

    async def _began_since(self) -> Sequence[StopOfOne] | None:
        """The jobs that began after the list was read and are as those on it; None where that cannot be read."""
        meant = _details(self.record)
        if meant.newest is None or self.halted_by is not None or self.frozen is not None:
            return ()
        stream = self.record.datastream
        query = JobQuery(DatastreamId(stream) if stream is not None else None)
        try:
            jobs = (await self.instance.gateway.jobs(query, fresh=True)).value.jobs
        except AdverityError as error:
            log.info("jobs not readable after a stop of several", error=type(error).__name__)
            return None
        new = [job for job in jobs if self._is_new(job, meant.newest, meant.states) and self._is_meant(job, meant)]
        names = known_names(self.instance, new)
        return [
            StopOfOne(job.id, stream_name(job, names), None if job.datastream is None else int(job.datastream.id))
            for job in new
        ]

    def _is_new(self, job: Job, newest: int, states: Sequence[str]) -> bool:
        """Whether a job is, or has begun to run, since the list was read: of running ones alone it may have waited."""
        ahead = self.instance.gateway.clock_ahead or timedelta(0)
        has_begun = job.start is not None and job.start - ahead > self.record.opened_at
        return job.id > newest or (has_begun and states == (State.RUNNING.value,))

    def _is_meant(self, job: Job, meant: SeveralDetails) -> bool:
        place = known_names(self.instance, [job]).workspace_of(job)
        is_seen = meant.workspaces is None or place in meant.workspaces
        return (
            job.id not in meant.jobs
            and may_be_stopped(job)
            and is_seen
            and (not meant.states or (job.state is not None and job.state.value in meant.states))
        )


def _details(record: ActRecord) -> SeveralDetails:
    return SeveralDetails.model_validate_json(record.details or "{}")


def _state(parts: Sequence[ActRecord]) -> ActState:
    """The ending of the whole: the worst that is not known, else what was reached."""
    states = {part.state for part in parts}
    order = (ActState.UNKNOWN, ActState.DONE, ActState.REFUSED)
    return next((state for state in order if state in states), ActState.ENDED_OTHERWISE)

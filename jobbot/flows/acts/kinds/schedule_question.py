"""Reads what the window of a pause or a resume shows: the datastream as it is now, and who paused it."""

from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.model import Datastream, DatastreamId
from jobbot.flows.acts.acting import CannotRecord
from jobbot.flows.acts.kinds.schedule import PauseDetails, subject_of
from jobbot.flows.instances import Instance
from jobbot.render.acts.schedule_window import PausedBy
from jobbot.store.acts.model import ActRecord, ActState, Kind, Ledger
from jobbot.store.database.engine import StoreUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFacts:
    """What is known before it is asked. ``paused`` None: not by jobbot, as far as the record says."""

    datastream: Datastream
    as_of: datetime
    paused: PausedBy | None


class ScheduleQuestions:
    """Reads them. ``ledger`` knows who paused what."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def read(self, stream: DatastreamId, instance: Instance) -> ScheduleFacts:
        """Read it all. Raises AdverityError where the datastream cannot be read, and CannotRecord."""
        found = await instance.gateway.current_datastream(stream)
        try:
            earlier = await self._ledger.earlier(instance.name, subject_of(stream))
        except StoreUnavailable as error:
            raise CannotRecord from error
        paused = None
        if earlier is not None and earlier.kind is Kind.PAUSE and earlier.state is ActState.DONE:
            paused = paused_by(earlier)
        return ScheduleFacts(datastream=found.value, as_of=found.read_at, paused=paused)


def paused_by(pause: ActRecord) -> PausedBy:
    """From the row of a pause that was done."""
    until = PauseDetails.model_validate_json(pause.details or "{}").until
    return PausedBy(pause.user_id, pause.requested_at, pause.reason, until)

"""Reads what the window of a pause or a resume shows: the datastream as it is now, and who paused it."""

from dataclasses import dataclass, replace
from datetime import datetime

from jobbot.adverity.model import Datastream, DatastreamId
from jobbot.flows.acts.acting import CannotRecord
from jobbot.flows.acts.kinds.schedule_plan import pause_details_if_known
from jobbot.flows.instances import Instance
from jobbot.render.acts.schedule_window import PausedBy
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.model import ActRecord
from jobbot.store.database.engine import StoreUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFacts:
    """What is known before it is asked. ``paused`` None: it is on, or not off by jobbot, as far as the record says.

    ``changed``: when somebody has changed the datastream after that pause, where Adverity tells it.
    """

    datastream: Datastream
    as_of: datetime
    paused: PausedBy | None
    changed: datetime | None = None


class ScheduleQuestions:
    """Reads them. ``history`` knows who paused what."""

    def __init__(self, history: ActHistory) -> None:
        self._history = history

    async def read(self, stream: DatastreamId, instance: Instance) -> ScheduleFacts:
        """Read it all. Raises AdverityError where the datastream cannot be read, and CannotRecord."""
        found = await instance.gateway.current_datastream(stream)
        facts = ScheduleFacts(datastream=found.value, as_of=found.read_at, paused=None)
        if found.value.enabled is not False:
            return facts
        try:
            pauses = await self._history.paused(instance.name, datastreams={stream}, most=1)
        except StoreUnavailable as error:
            raise CannotRecord from error
        for pause in pauses:
            facts = replace(facts, paused=paused_by(pause))
            if (details := pause_details_if_known(pause)) is not None:
                left, updated = details.updated, found.value.updated
                facts = replace(facts, changed=updated if left is not None and left != updated else None)
        return facts


def paused_by(pause: ActRecord) -> PausedBy:
    """From the row of a pause that was done."""
    details = pause_details_if_known(pause)
    until = details.until if details is not None else None
    return PausedBy(pause.user_id, pause.requested_at, pause.reason, until, is_end_known=details is not None)

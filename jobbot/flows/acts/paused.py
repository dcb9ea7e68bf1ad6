"""Reads which schedules jobbot has paused and nobody has resumed, and who paused one."""

from collections.abc import Sequence

from jobbot.access import Reach
from jobbot.adverity.around import Off
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.model import DatastreamId
from jobbot.flows.acts.history import CannotRead
from jobbot.flows.acts.kinds.schedule_plan import pause_details_if_known
from jobbot.flows.acts.kinds.schedule_question import paused_by
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import NEXT_RUN_AGE
from jobbot.render.paused import SHOWN, PausedList, PausedSchedule
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.model import ActRecord
from jobbot.store.database.best_effort import LIMIT_SECONDS, BestEffort
from jobbot.store.database.engine import StoreUnavailable


class Pauses:
    """Who paused a schedule that is off; without the database nobody knows. ``extra``: seconds for the read."""

    def __init__(self, history: ActHistory, *, extra: float = LIMIT_SECONDS) -> None:
        self._history = history
        self._best_effort = BestEffort(extra)

    async def of(self, instance: str, stream: DatastreamId, off: Off) -> Off:
        """With who paused it, and until when: not where somebody has changed the datastream since."""
        nothing = list[ActRecord]()
        asked = self._history.paused(instance, datastreams={stream}, most=1)
        for pause in await self._best_effort.ask(asked, default=nothing):
            left = pause_details_if_known(pause)
            if left is not None and left.updated == off.updated:
                return off.model_copy(update={"by": pause.user_id, "until": left.until})
        return off


class PausedFlow:
    """The use case."""

    def __init__(self, history: ActHistory) -> None:
        self._history = history

    async def run(self, instance: Instance, reach: Reach | None) -> PausedList:
        """Those in ``reach``, the newest first; None: of the whole instance. Raises CannotRead."""
        ids = reach.ids if reach is not None else None
        try:
            found = await self._history.paused(instance.name, workspaces=ids, most=SHOWN + 1)
        except StoreUnavailable as error:
            raise CannotRead from error
        shown = found[:SHOWN]
        enabled = await _enabled(instance, shown)
        schedules = tuple(
            PausedSchedule(
                name=pause.name,
                datastream=pause.datastream or 0,
                channel_id=pause.channel_id,
                paused=paused_by(pause),
                enabled=enabled.get(pause.datastream or 0),
            )
            for pause in shown
        )
        names = reach.names if reach is not None else ()
        whole = reach is None or reach.whole
        return PausedList(instance.name, schedules, more=len(found) > SHOWN, workspaces=names, whole=whole)


async def _enabled(instance: Instance, pauses: Sequence[ActRecord]) -> dict[int, bool | None]:
    """Whether each is on by now, as far as Adverity says so in a moment."""
    found: dict[int, bool | None] = {}
    try:
        async with instance.extras.asking():
            for pause in pauses:
                if pause.datastream is not None:
                    stream = DatastreamId(pause.datastream)
                    answer = await instance.gateway.datastream(stream, max_age=NEXT_RUN_AGE)
                    found[stream] = answer.value.enabled
    except (AdverityError, TimeoutError):
        pass
    return found

"""The window of a stop: the job as it is, what goes with it, an earlier stop of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from jobbot.access import Need
from jobbot.adverity.model import Job
from jobbot.flows.acts.acting import Kind
from jobbot.flows.acts.attempts import Denied
from jobbot.flows.acts.kinds.stop import StopDetails, subject_of
from jobbot.flows.acts.kinds.stop_confirmation import Confirmation, StopConfirmations
from jobbot.flows.instances import Instance
from jobbot.intents.model import StopJob
from jobbot.interaction import Interaction, Submitted
from jobbot.render.acts import stop_window as words
from jobbot.render.acts.message import second_in_words
from jobbot.render.acts.window import REASON_MOST
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Modal
from jobbot.render.blockkit.text import cut
from jobbot.render.earlier_stops import StopResult
from jobbot.render.jobs import stream_name
from jobbot.slack.handlers.acts.metadata import About, ActMetadata
from jobbot.slack.handlers.acts.windows.of_job import refuse_job
from jobbot.slack.handlers.acts.windows.window import ActWindow, Asked, Nothing, Order, Question
from jobbot.slack.handlers.gate import Gate


@dataclass(frozen=True, slots=True)
class StopQuestion(Question):
    """See :class:`Question`."""

    about: About
    shown: Confirmation
    reason: str
    reason_required: bool

    def draw(self, metadata: str) -> Modal:
        """See :meth:`Question.draw`."""
        return words.confirm(
            self.shown.job,
            self.shown.names,
            self.shown.as_of,
            followups=self.shown.followups,
            around=self.shown.around,
            reason=self.reason,
            reason_required=self.reason_required,
            metadata=metadata,
            before=self.shown.earlier,
        )


class StopWindow(ActWindow[StopJob]):
    """See :class:`ActWindow`. ``ask`` is for how many seconds a submission waits for where its job is."""

    kind, need, callback_id, request = Kind.STOP, Need.STOP, words.STOP_MODAL, "stop"
    done = "stopped"

    def __init__(self, gate: Gate, confirmations: StopConfirmations, *, ask: float) -> None:
        self._gate = gate
        self._confirmations = confirmations
        self._ask = ask

    def checking(self, wish: StopJob) -> Modal:
        """See :meth:`ActWindow.checking`."""
        return words.checking(wish.job)

    def still_checking(self, wish: StopJob) -> Modal:
        """See :meth:`ActWindow.still_checking`."""
        return words.still_checking(wish.job)

    def title(self, wish: StopJob) -> str:
        """See :meth:`ActWindow.title`."""
        return f"Job {wish.job}"

    def title_of(self, metadata: ActMetadata) -> str:
        """See :meth:`ActWindow.title_of`."""
        return f"Job {metadata.job}"

    def about(self, wish: StopJob) -> str:
        """See :meth:`ActWindow.about`."""
        return f"job {wish.job}"

    def button(self, wish: StopJob, instance: str) -> Block:
        """See :meth:`ActWindow.button`."""
        return buttons.stop_with_reason(replace(wish, reason=cut(wish.reason, REASON_MOST), instance=instance))

    async def read(self, asked: Asked[StopJob]) -> Question | Nothing:
        """See :meth:`ActWindow.read`. A job that is over, or is being stopped, is nothing to press."""
        place: int | None = None

        async def see(job: Job) -> None:
            nonlocal place
            place = await self._gate.place(asked.interaction, asked.instance, job, self.need)

        shown = await self._confirmations.read(asked.wish.job, asked.instance, see)
        job, earlier = shown.job, shown.earlier
        if job.is_over or (earlier is not None and earlier.result is StopResult.UNDER_WAY):
            return Nothing(_nothing_to_press(shown))
        stream, days = job.datastream, job.days
        about = About(
            name=stream_name(job, shown.names),
            job=job.id,
            datastream=int(stream.id) if stream is not None else None,
            workspace=place if place is not None else shown.names.workspace_of(job),
            range_start=days.start if days is not None else None,
            range_end=days.end if days is not None else None,
            details=StopDetails.of(shown.followups, offers_pause=Need.PAUSE in asked.offers).model_dump_json(),
        )
        return StopQuestion(about, shown, asked.wish.reason, asked.reason_required)

    def order(self, metadata: ActMetadata, submitted: Submitted, now: datetime) -> Order | Mapping[str, str]:
        """See :meth:`ActWindow.order`: its only field is the reason, everything else is as it was shown."""
        return Order(
            subject=subject_of(metadata.job or 0),
            range_start=metadata.range_start,
            range_end=metadata.range_end,
            details=StopDetails.model_validate_json(metadata.details or "{}").model_dump_json(),
        )

    def noun(self, metadata: ActMetadata) -> str:
        """See :meth:`ActWindow.noun`."""
        return f"stop of job {metadata.job}"

    async def refuse(self, who: Interaction, metadata: ActMetadata, instance: Instance) -> Denied | None:
        """See :meth:`ActWindow.refuse`: where the job is not read in time, nobody knows in which workspace it is."""
        return await refuse_job(self._gate, who, metadata.job or 0, instance, self.need, within=self._ask)


def _nothing_to_press(shown: Confirmation) -> str:
    earlier, job = shown.earlier, shown.job.id
    if earlier is None or earlier.result not in (StopResult.UNDER_WAY, StopResult.WORKED):
        return words.over(shown.job)
    does = "has already stopped" if earlier.result is StopResult.WORKED else "is already stopping"
    return second_in_words(earlier.user_id, earlier.at, f"{does} job {job}")

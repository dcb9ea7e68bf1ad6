"""The windows of a pause and of a resume: the schedule as it is, until when, and who paused it."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from jobbot.access import Need
from jobbot.adverity.around import next_fetch_of
from jobbot.adverity.model import Datastream
from jobbot.flows.acts.acting import Kind
from jobbot.flows.acts.attempts import Denied
from jobbot.flows.acts.kinds.schedule import subject_of
from jobbot.flows.acts.kinds.schedule_plan import PausedBefore, PauseDetails
from jobbot.flows.acts.kinds.schedule_question import ScheduleFacts, ScheduleQuestions
from jobbot.flows.instances import Instance
from jobbot.intents.model import PauseSchedule, ResumeSchedule, number_of
from jobbot.interaction import Interaction, Submitted
from jobbot.render.acts import schedule_window as words
from jobbot.render.acts.schedule_window import ScheduleQuestion
from jobbot.render.acts.window import REASON_MOST
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Modal
from jobbot.render.blockkit.text import cut
from jobbot.slack.handlers.acts.metadata import About, ActMetadata
from jobbot.slack.handlers.acts.windows.of_datastream import refuse_datastream
from jobbot.slack.handlers.acts.windows.window import ActWindow, Asked, Nothing, Order, Question
from jobbot.slack.handlers.gate import Gate

Wish = TypeVar("Wish", PauseSchedule, ResumeSchedule)


@dataclass(frozen=True, slots=True)
class _Question(Question):
    about: About
    shown: ScheduleQuestion
    pauses: bool

    def draw(self, metadata: str) -> Modal:
        """See :meth:`Question.draw`."""
        return (words.confirm_pause if self.pauses else words.confirm_resume)(self.shown, metadata)


class ScheduleWindow(ActWindow[Wish]):
    """What the windows of a pause and a resume do alike. See :class:`ActWindow`."""

    need = Need.PAUSE

    def __init__(self, gate: Gate, questions: ScheduleQuestions) -> None:
        self._gate = gate
        self._questions = questions

    def checking(self, wish: Wish) -> Modal:
        """See :meth:`ActWindow.checking`."""
        return words.checking(self.callback_id, self.about(wish))

    def still_checking(self, wish: Wish) -> Modal:
        """See :meth:`ActWindow.still_checking`."""
        return words.still_checking(self.callback_id, self.about(wish))

    def title(self, wish: Wish) -> str:
        """See :meth:`ActWindow.title`."""
        return f"{self.request.capitalize()} a schedule"

    def title_of(self, metadata: ActMetadata) -> str:
        """See :meth:`ActWindow.title_of`."""
        return f"{self.request.capitalize()} a schedule"

    def about(self, wish: Wish) -> str:
        """See :meth:`ActWindow.about`."""
        stream = number_of(wish.datastream)
        return "the schedule" if stream is None else f"the schedule of datastream {stream}"

    def button(self, wish: Wish, instance: str) -> Block:
        """See :meth:`ActWindow.button`."""
        return buttons.act(replace(wish, reason=cut(wish.reason, REASON_MOST), instance=instance))

    async def read(self, asked: Asked[Wish]) -> Question | Nothing:
        """See :meth:`ActWindow.read`. Nothing is asked of a schedule that is as wanted already."""
        stream = number_of(asked.wish.datastream)
        if stream is None:
            return Nothing("It is not said which datastream is meant.")
        await self._gate.may_see(asked.interaction, asked.instance, stream, self.need)
        facts = await self._questions.read(stream, asked.instance)
        found = facts.datastream
        if found.enabled is None:
            return Nothing(words.is_not_told(found.name, stream))
        if (nothing := self._nothing(found, facts)) is not None:
            return Nothing(nothing)
        about = About(
            name=found.name,
            datastream=int(stream),
            workspace=int(found.workspace.id) if found.workspace is not None else None,
            details=self._details(facts),
        )
        shown = ScheduleQuestion(
            name=found.name,
            datastream=int(stream),
            as_of=facts.as_of,
            next_fetch=next_fetch_of(found, facts.as_of),
            until=self._until(asked.wish),
            order=asked.wish.order if isinstance(asked.wish, PauseSchedule) else "",
            zone=asked.zone,
            paused=facts.paused,
            changed=facts.changed,
            reason=asked.wish.reason,
            reason_required=asked.reason_required,
        )
        return _Question(about, shown, self.kind is Kind.PAUSE)

    @abstractmethod
    def _nothing(self, found: Datastream, facts: ScheduleFacts) -> str | None:
        """Why there is nothing to press, if so."""

    def _until(self, wish: Wish) -> datetime | None:
        return None

    def _details(self, facts: ScheduleFacts) -> str:
        return ""

    def order(self, metadata: ActMetadata, submitted: Submitted, now: datetime) -> Order | Mapping[str, str]:
        """See :meth:`ActWindow.order`."""
        return Order(subject=subject_of(metadata.datastream or 0))

    def noun(self, metadata: ActMetadata) -> str:
        """See :meth:`ActWindow.noun`."""
        return f"{self.request} of datastream {metadata.datastream}"

    async def refuse(self, who: Interaction, metadata: ActMetadata, instance: Instance) -> Denied | None:
        """See :meth:`ActWindow.refuse`."""
        return await refuse_datastream(self._gate, who, metadata.datastream, instance, self.need)


class PauseWindow(ScheduleWindow[PauseSchedule]):
    """See :class:`ActWindow`."""

    kind, callback_id, request, done = Kind.PAUSE, words.PAUSE_MODAL, "pause", "paused"

    def _nothing(self, found: Datastream, facts: ScheduleFacts) -> str | None:
        return None if found.enabled or facts.paused is not None else words.is_off(found.name, found.id)

    def _until(self, wish: PauseSchedule) -> datetime | None:
        return wish.until

    def _details(self, facts: ScheduleFacts) -> str:
        if facts.paused is None:
            return ""
        paused, updated = facts.paused, facts.datastream.updated
        before = PausedBefore(user_id=paused.user_id, until=paused.until, updated=updated)
        return PauseDetails(before=before).model_dump_json()

    def order(self, metadata: ActMetadata, submitted: Submitted, now: datetime) -> Order | Mapping[str, str]:
        """See :meth:`ActWindow.order`: the end that was chosen."""
        end = words.chosen_end(submitted.text(words.UNTIL), now)
        if isinstance(end, str):
            return {words.UNTIL: end}
        details = PauseDetails.model_validate_json(metadata.details or "{}").model_copy(update={"until": end})
        return Order(subject=subject_of(metadata.datastream or 0), details=details.model_dump_json())


class ResumeWindow(ScheduleWindow[ResumeSchedule]):
    """See :class:`ActWindow`."""

    kind, callback_id, request, done = Kind.RESUME, words.RESUME_MODAL, "resume", "resumed"

    def _nothing(self, found: Datastream, facts: ScheduleFacts) -> str | None:
        return words.is_on(found.name, found.id) if found.enabled else None

"""The window of a stop of several jobs: a box for each, the reason, and of many how many they are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobbot.access import Need
from jobbot.flows.acts.acting import Kind
from jobbot.flows.acts.attempts import Denied
from jobbot.flows.acts.kinds.several import SeveralDetails, subject_of
from jobbot.flows.acts.kinds.several_question import SeveralQuestions
from jobbot.flows.acts.kinds.stop import subject_of as subject_of_stop
from jobbot.flows.instances import Instance
from jobbot.intents.model import StopSeveral
from jobbot.interaction import Interaction, Submitted
from jobbot.render.acts import several_window as words
from jobbot.render.acts.several_window import SeveralQuestion
from jobbot.render.acts.window import REASON_MOST
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Message, Modal
from jobbot.render.blockkit.text import cut
from jobbot.slack.handlers.acts.metadata import About, ActMetadata
from jobbot.slack.handlers.acts.windows.of_datastream import refuse_datastream
from jobbot.slack.handlers.acts.windows.window import ActWindow, Asked, Nothing, Order, OrderPart, Question
from jobbot.slack.handlers.gate import Gate, denied
from jobbot.slack.handlers.naming import Naming


@dataclass(frozen=True, slots=True)
class _Question(Question):
    about: About
    shown: SeveralQuestion

    @property
    def streams(self) -> Collection[int | None]:
        """See :meth:`Question.streams`."""
        return [None if job.datastream is None else int(job.datastream.id) for job in self.shown.jobs]

    def draw(self, metadata: str) -> Modal:
        """See :meth:`Question.draw`."""
        return words.confirm(self.shown, metadata)


class SeveralWindow(ActWindow[StopSeveral]):
    """See :class:`ActWindow`."""

    kind, need, callback_id, request = Kind.STOP_SEVERAL, Need.STOP, words.SEVERAL_MODAL, "stop"
    done = "stopped"

    def __init__(self, gate: Gate, naming: Naming, questions: SeveralQuestions) -> None:
        self._gate = gate
        self._naming = naming
        self._questions = questions

    def checking(self, wish: StopSeveral) -> Modal:
        """See :meth:`ActWindow.checking`."""
        return words.checking(wish.jobs)

    def still_checking(self, wish: StopSeveral) -> Modal:
        """See :meth:`ActWindow.still_checking`."""
        return words.still_checking(wish.jobs)

    def title(self, wish: StopSeveral) -> str:
        """See :meth:`ActWindow.title`."""
        return "Stop several jobs"

    def title_of(self, metadata: ActMetadata) -> str:
        """See :meth:`ActWindow.title_of`."""
        return "Stop several jobs"

    def about(self, wish: StopSeveral) -> str:
        """See :meth:`ActWindow.about`."""
        return words.which(wish.jobs)

    def button(self, wish: StopSeveral, instance: str) -> Block:
        """See :meth:`ActWindow.button`."""
        return buttons.act(replace(wish, reason=cut(wish.reason, REASON_MOST), instance=instance))

    async def read(self, asked: Asked[StopSeveral]) -> Question | Nothing:
        """See :meth:`ActWindow.read`: what the channel sees of the jobs that are going on."""
        found = await self._naming.meant(asked.interaction, asked.wish, asked.instance)
        if isinstance(found, Message):
            return Nothing(found.text)
        assert isinstance(found.intent, StopSeveral)  # noqa: S101 - narrows for the type checker
        facts = await self._questions.read(
            found.intent, asked.instance, found.scope, reason_required=asked.reason_required
        )
        if not facts.shown.jobs:
            return Nothing(words.nothing_to_stop(facts.shown))
        stream = found.intent.datastream
        about = About(
            name="",
            datastream=int(stream) if isinstance(stream, int) else None,
            details=facts.meant.model_copy(
                update={
                    "counts": len(facts.shown.jobs) >= words.COUNTED_FROM,
                    "offers_pause": Need.PAUSE in asked.offers,
                }
            ).model_dump_json(),
        )
        return _Question(about, facts.shown)

    def order(self, metadata: ActMetadata, submitted: Submitted, now: datetime) -> Order | Mapping[str, str]:
        """See :meth:`ActWindow.order`: the jobs that are ticked, and the number that is typed."""
        chosen = [one for value in submitted.ticked(words.JOBS) if (one := words.decode(value)) is not None]
        meant = SeveralDetails.model_validate_json(metadata.details or "{}")
        if wrong := words.wrong_choice(len(chosen), submitted.number(words.COUNT), counted=meant.counts):
            return wrong
        chosen.sort(key=lambda one: one.place)
        details = meant.model_copy(update={"jobs": tuple(one.job for one in chosen)})
        return Order(
            subject=subject_of(submitted.view_id, metadata.asked_at),
            details=details.model_dump_json(),
            parts=[
                OrderPart(
                    kind=Kind.STOP,
                    subject=subject_of_stop(one.job),
                    name=one.name,
                    job=one.job,
                    datastream=one.datastream,
                    workspace=one.workspace,
                )
                for one in chosen
            ],
        )

    def noun(self, metadata: ActMetadata) -> str:
        """See :meth:`ActWindow.noun`."""
        return "stop of several jobs"

    async def refuse_parts(self, who: Interaction, parts: Sequence[OrderPart], instance: Instance) -> Denied | None:
        """See :meth:`ActWindow.refuse_parts`: of one that is out of the channel's reach by now, all are refused."""
        for part in {part.datastream: part for part in parts}.values():
            if (refused := await self._refuse_part(who, part, instance)) is not None:
                return refused
        return None

    async def _refuse_part(self, who: Interaction, part: OrderPart, instance: Instance) -> Denied | None:
        if part.datastream is None and self._gate.is_bound(who.channel_id):
            return denied(self._gate.cannot_place(who, self.need, part.job or 0))
        return await refuse_datastream(self._gate, who, part.datastream, instance, self.need)

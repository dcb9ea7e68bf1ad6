"""The window of a fetch: the days, how they are fetched, and what stands in the way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from jobbot.access import Need
from jobbot.adverity.errors import NotFound
from jobbot.adverity.model import Days
from jobbot.flows.acts.acting import Kind
from jobbot.flows.acts.attempts import Denied
from jobbot.flows.acts.kinds.fetch import FetchDetails, subject_of
from jobbot.flows.acts.kinds.fetch_question import FetchQuestions
from jobbot.flows.instances import Instance
from jobbot.intents.model import FetchAgain, number_of
from jobbot.intents.times.zones import zone_named
from jobbot.interaction import Interaction, Submitted
from jobbot.render.acts import fetch_window as words
from jobbot.render.acts.fetch_window import FetchQuestion
from jobbot.render.acts.window import REASON_MOST
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Modal
from jobbot.render.blockkit.text import cut
from jobbot.slack.handlers.acts.metadata import About, ActMetadata
from jobbot.slack.handlers.acts.windows.of_datastream import refuse_datastream
from jobbot.slack.handlers.acts.windows.window import ActWindow, Asked, Nothing, Order, Question
from jobbot.slack.handlers.gate import Gate

_AHEAD = timedelta(hours=14)
"""How far ahead of UTC the earliest clocks on earth are."""


@dataclass(frozen=True, slots=True)
class _Question(Question):
    about: About
    shown: FetchQuestion

    def draw(self, metadata: str) -> Modal:
        """See :meth:`Question.draw`."""
        return words.confirm(self.shown, metadata)


class FetchWindow(ActWindow[FetchAgain]):
    """See :class:`ActWindow`."""

    kind, need, callback_id, request = Kind.FETCH, Need.FETCH, words.FETCH_MODAL, "fetch"
    done = "fetched"

    def __init__(self, gate: Gate, questions: FetchQuestions) -> None:
        self._gate = gate
        self._questions = questions

    def checking(self, wish: FetchAgain) -> Modal:
        """See :meth:`ActWindow.checking`."""
        return words.checking(_called(wish))

    def still_checking(self, wish: FetchAgain) -> Modal:
        """See :meth:`ActWindow.still_checking`."""
        return words.still_checking(_called(wish))

    def title(self, wish: FetchAgain) -> str:
        """See :meth:`ActWindow.title`."""
        return "Fetch again"

    def title_of(self, metadata: ActMetadata) -> str:
        """See :meth:`ActWindow.title_of`."""
        return "Fetch again"

    def about(self, wish: FetchAgain) -> str:
        """See :meth:`ActWindow.about`."""
        return _called(wish)

    def button(self, wish: FetchAgain, instance: str) -> Block:
        """See :meth:`ActWindow.button`."""
        return buttons.act(replace(wish, reason=cut(wish.reason, REASON_MOST), instance=instance))

    async def read(self, asked: Asked[FetchAgain]) -> Question | Nothing:
        """See :meth:`ActWindow.read`. Of a job its datastream is meant, and its days where none were typed."""
        wish, who, instance = asked.wish, asked.interaction, asked.instance
        days, stream, of_job = wish.days, wish.datastream, None
        if wish.job is not None:
            try:
                job = (await instance.gateway.job(wish.job, fresh=True)).value
            except NotFound:
                return Nothing(words.no_such_job(wish.job))
            await self._gate.place(who, instance, job, self.need)
            if job.datastream is None:
                return Nothing(f"Adverity does not say of which datastream job {job.id} is.")
            days, stream, of_job = days or job.days, job.datastream.id, job.days
        found = number_of(stream)
        if found is None:
            return Nothing("It is not said which datastream shall be fetched again.")
        await self._gate.may_see(who, instance, found, self.need)
        facts = await self._questions.read(found, days, instance)
        about = About(
            name=facts.datastream.name,
            job=wish.job,
            datastream=int(found),
            workspace=int(facts.datastream.workspace.id) if facts.datastream.workspace is not None else None,
            range_start=of_job.start if of_job is not None else None,
            range_end=of_job.end if of_job is not None else None,
            details=FetchDetails(zone=asked.zone.key if asked.zone is not None else "").model_dump_json(),
        )
        earlier = (facts.earlier.user_id, facts.earlier.requested_at) if facts.earlier is not None else None
        shown = FetchQuestion(
            name=about.name,
            datastream=int(found),
            days=days,
            as_of=facts.as_of,
            usual=facts.usual,
            usual_days=facts.usual_days,
            needs_authorisation=facts.needs_authorisation,
            overlapping=facts.overlapping,
            queue=facts.queue,
            earlier=earlier,
            order=wish.order,
            last=facts.last,
            reason=wish.reason,
            reason_required=asked.reason_required,
        )
        return _Question(about, shown)

    def order(self, metadata: ActMetadata, submitted: Submitted, now: datetime) -> Order | Mapping[str, str]:
        """See :meth:`ActWindow.order`: the days as they were picked; other days than its job's are none of it."""
        first, last = submitted.day(words.FIRST_DAY), submitted.day(words.LAST_DAY)
        zone = FetchDetails.model_validate_json(metadata.details or "{}").zone
        # The days of a request are of the zone of whoever asked for it.
        if wrong := words.wrong_days(first, last, _today(zone if metadata.review is None else "", now)):
            return wrong
        assert first is not None  # noqa: S101 - narrows for the type checker
        assert last is not None  # noqa: S101 - narrows for the type checker
        backdata = submitted.text(words.PRIORITY) == "backdata"
        return Order(
            subject=subject_of(metadata.datastream or 0, Days(first, last)),
            is_of_job=(first, last) == (metadata.range_start, metadata.range_end),
            range_start=first,
            range_end=last,
            details=FetchDetails(priority="backdata" if backdata else "").model_dump_json(),
        )

    def noun(self, metadata: ActMetadata) -> str:
        """See :meth:`ActWindow.noun`."""
        return f"fetch of datastream {metadata.datastream}"

    async def refuse(self, who: Interaction, metadata: ActMetadata, instance: Instance) -> Denied | None:
        """See :meth:`ActWindow.refuse`."""
        return await refuse_datastream(self._gate, who, metadata.datastream, instance, self.need)


def _today(zone: str, now: datetime) -> date:
    """The person's; where their zone is not known, the latest day that has begun anywhere."""
    found = zone_named(zone)
    return (now.astimezone(found) if found is not None else now + _AHEAD).date()


def _called(wish: FetchAgain) -> str:
    if wish.job is not None:
        return f"job {wish.job}"
    return f"datastream {wish.datastream}" if isinstance(wish.datastream, int) else "the datastream"

"""The windows of a retry and of an acknowledgement: why the job failed, and what would be done about it."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from jobbot.access import Need
from jobbot.adverity.model import Issue, Job, State
from jobbot.flows.acts.acting import Kind
from jobbot.flows.acts.attempts import Denied
from jobbot.flows.acts.kinds import COURSES
from jobbot.flows.acts.kinds.of_issue import IssueDetails, subject_of
from jobbot.flows.acts.kinds.retry_question import IssueQuestions
from jobbot.flows.instances import Instance
from jobbot.intents.model import Acknowledge, Retry
from jobbot.interaction import Interaction, Submitted
from jobbot.render.acts import retry_window as words
from jobbot.render.acts.message import second_in_words
from jobbot.render.acts.retry_window import IssueQuestion
from jobbot.render.acts.window import REASON_MOST
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Modal
from jobbot.render.blockkit.text import cut
from jobbot.render.jobs import stream_name
from jobbot.slack.handlers.acts.metadata import About, ActMetadata
from jobbot.slack.handlers.acts.windows.of_job import refuse_job
from jobbot.slack.handlers.acts.windows.window import ActWindow, Asked, Nothing, Order, Question
from jobbot.slack.handlers.gate import Gate

W = TypeVar("W", Retry, Acknowledge)


@dataclass(frozen=True, slots=True)
class _Question(Question):
    about: About
    shown: IssueQuestion
    confirm: Callable[[IssueQuestion, str], Modal]

    def draw(self, metadata: str) -> Modal:
        """See :meth:`Question.draw`."""
        return self.confirm(self.shown, metadata)


class _OfIssue(ActWindow[W]):
    """What both windows have in common. ``ask`` is for how many seconds a submission waits for where its job is."""

    need = Need.RETRY

    def __init__(self, gate: Gate, questions: IssueQuestions, *, ask: float) -> None:
        self._gate = gate
        self._questions = questions
        self._ask = ask

    @abstractmethod
    def _missing(self, issue: Issue, job: Job) -> str:
        """Why there is nothing to press for an open issue; empty where there is."""

    @abstractmethod
    def _confirm(self, shown: IssueQuestion, metadata: str) -> Modal:
        """The window that asks."""

    def title(self, wish: W) -> str:
        """See :meth:`ActWindow.title`."""
        return f"Job {wish.job}"

    def title_of(self, metadata: ActMetadata) -> str:
        """See :meth:`ActWindow.title_of`."""
        return f"Job {metadata.job}"

    def about(self, wish: W) -> str:
        """See :meth:`ActWindow.about`."""
        return f"job {wish.job}"

    def button(self, wish: W, instance: str) -> Block:
        """See :meth:`ActWindow.button`."""
        return buttons.act(replace(wish, reason=cut(wish.reason, REASON_MOST), instance=instance))

    async def read(self, asked: Asked[W]) -> Question | Nothing:
        """See :meth:`ActWindow.read`. Without an open issue that offers it there is nothing to press."""
        place: int | None = None

        async def see(job: Job) -> None:
            nonlocal place
            place = await self._gate.place(asked.interaction, asked.instance, job, self.need)

        facts = await self._questions.read(asked.wish.job, asked.instance, see)
        job, issue = facts.job, facts.issue
        if job.state is not State.FAILED:
            return Nothing(words.not_failed(job))
        if facts.under_way is not None:
            first = facts.under_way
            does = COURSES[first.kind].act_of(first).phrases.does
            return Nothing(second_in_words(first.user_id, first.requested_at, f"is already {does}"))
        if issue is None or job.datastream is None:
            return Nothing(words.no_issue(job))
        if missing := self._missing(issue, job):
            return Nothing(missing)
        days = job.days
        about = About(
            name=stream_name(job, facts.names),
            job=job.id,
            datastream=int(job.datastream.id),
            workspace=place if place is not None else facts.names.workspace_of(job),
            range_start=days.start if days is not None else None,
            range_end=days.end if days is not None else None,
            details=IssueDetails(issue=issue.id).model_dump_json(),
        )
        shown = IssueQuestion(
            job=job,
            names=facts.names,
            issue=issue,
            as_of=facts.as_of,
            reason=asked.wish.reason,
            reason_required=asked.reason_required,
        )
        return _Question(about, shown, self._confirm)

    def order(self, metadata: ActMetadata, submitted: Submitted, now: datetime) -> Order | Mapping[str, str]:
        """See :meth:`ActWindow.order`: its only field is the reason."""
        issue = IssueDetails.model_validate_json(metadata.details or "{}").issue
        return Order(
            subject=subject_of(issue, metadata.job or 0),
            range_start=metadata.range_start,
            range_end=metadata.range_end,
            details=metadata.details,
        )

    async def refuse(self, who: Interaction, metadata: ActMetadata, instance: Instance) -> Denied | None:
        """See :meth:`ActWindow.refuse`: where the job is not read in time, nobody knows in which workspace it is."""
        return await refuse_job(self._gate, who, metadata.job or 0, instance, self.need, within=self._ask)


class RetryWindow(_OfIssue[Retry]):
    """See :class:`ActWindow`."""

    kind, callback_id, request, done = Kind.RETRY, words.RETRY_MODAL, "retry", "retried"

    def checking(self, wish: Retry) -> Modal:
        """See :meth:`ActWindow.checking`."""
        return words.checking_retry(wish.job)

    def still_checking(self, wish: Retry) -> Modal:
        """See :meth:`ActWindow.still_checking`."""
        return words.still_checking_retry(wish.job)

    def noun(self, metadata: ActMetadata) -> str:
        """See :meth:`ActWindow.noun`."""
        return f"retry of job {metadata.job}"

    def _missing(self, issue: Issue, job: Job) -> str:
        return "" if issue.retry_url is not None else words.no_retry(job)

    def _confirm(self, shown: IssueQuestion, metadata: str) -> Modal:
        return words.confirm_retry(shown, metadata)


class AcknowledgeWindow(_OfIssue[Acknowledge]):
    """See :class:`ActWindow`."""

    kind, callback_id = Kind.ACKNOWLEDGE, words.ACKNOWLEDGE_MODAL
    request, done = "acknowledgement", "acknowledged"

    def checking(self, wish: Acknowledge) -> Modal:
        """See :meth:`ActWindow.checking`."""
        return words.checking_acknowledge(wish.job)

    def still_checking(self, wish: Acknowledge) -> Modal:
        """See :meth:`ActWindow.still_checking`."""
        return words.still_checking_acknowledge(wish.job)

    def noun(self, metadata: ActMetadata) -> str:
        """See :meth:`ActWindow.noun`."""
        return f"acknowledgement of the issue of job {metadata.job}"

    def _missing(self, issue: Issue, job: Job) -> str:
        return "" if issue.ack_url is not None else words.no_acknowledgement(job)

    def _confirm(self, shown: IssueQuestion, metadata: str) -> Modal:
        return words.confirm_acknowledge(shown, metadata)

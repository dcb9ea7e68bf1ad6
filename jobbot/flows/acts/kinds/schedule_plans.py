"""What follows a pause and a resume: the resume at the end of a pause is planned, or is not needed any more."""

from collections.abc import Callable
from datetime import datetime

from jobbot.flows.acts.announcer import Announcer, Place
from jobbot.flows.acts.course import Aftermath
from jobbot.flows.acts.kinds.schedule import PauseDetails, ResumeCourse, ResumeDetails
from jobbot.flows.acts.permitted_announcer import AsksMayNotify, PermittedAnnouncer
from jobbot.render.acts import schedule as words
from jobbot.render.blockkit.blocks import Message, load_message
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.model import ActRecord, ActRequest, ActState, Kind, Ledger

_NOT_DONE = (ActState.REFUSED, ActState.ENDED_OTHERWISE, ActState.UNKNOWN)


class SchedulePlans:
    """``history`` knows the pauses, whose messages ``announcer`` edits where ``may_notify`` permits it.

    ``clock`` gives the time, aware.
    """

    def __init__(
        self,
        ledger: Ledger,
        history: ActHistory,
        announcer: Announcer,
        clock: Callable[[], datetime],
        *,
        may_notify: AsksMayNotify,
    ) -> None:
        self._ledger = ledger
        self._history = history
        self._announcer = announcer
        self._may_notify = may_notify
        self._clock = clock

    @property
    def aftermath(self) -> Aftermath:
        """What follows which endings."""
        return {
            (Kind.PAUSE, ActState.DONE): self.paused,
            (Kind.RESUME, ActState.DONE): self.resumed,
            **{(Kind.RESUME, state): self.not_resumed for state in _NOT_DONE},
        }

    async def paused(self, pause: ActRecord, ts: str | None, _: Message) -> None:
        """Plan the resume, where an end was said. An earlier pause's is not needed any more."""
        outcome = f"not needed: paused anew by {pause.user_id}"
        await self._unplan(pause, outcome)
        details = PauseDetails.model_validate_json(pause.details or "{}")
        if details.until is None:
            return
        resume = ActRequest(
            request_key=f"resume|{pause.id}",
            kind=Kind.RESUME,
            instance=pause.instance,
            subject=pause.subject,
            name=pause.name,
            user_id=pause.user_id,
            team_id=pause.team_id,
            channel_id=pause.channel_id,
            thread_ts=pause.thread_ts,
            reason=pause.reason,
            opened_at=pause.requested_at,
            # The record tells it at its hour.
            requested_at=details.until,
            datastream=pause.datastream,
            workspace=pause.workspace,
            details=ResumeDetails(updated=details.updated).model_dump_json(),
            planned_for=details.until,
        )
        await self._ledger.plan(resume, ts)

    async def resumed(self, resume: ActRecord, ts: str | None, _: Message) -> None:
        """What was planned is not needed any more, and the pause's message says that it was resumed.

        jobbot's own resume stands in that message itself.
        """
        outcome = f"not needed: resumed by {resume.user_id} before"
        await self._unplan(resume, outcome)
        if resume.planned_for is not None:
            return
        pause = await self._history.pause_before(resume.instance, resume.subject, resume.requested_at)
        if pause is not None and pause.message_ts is not None and pause.message is not None:
            told = words.resumed_since(load_message(pause.message), resume.user_id, resume.closed_at or self._clock())
            await self._announcer_of(pause).edit(Place(pause.channel_id), pause.message_ts, told)

    async def not_resumed(self, resume: ActRecord, ts: str | None, _: Message) -> None:
        """Say in the thread of the message that what was planned did not come about: an edit notifies nobody.

        A message that was told anew has notified already.
        """
        if resume.planned_for is None or ts is None or ts != resume.message_ts:
            return
        said = words.not_as_planned(ResumeCourse.act_of(resume), known=resume.state is not ActState.UNKNOWN)
        await self._announcer_of(resume).amend(Place(resume.channel_id, resume.thread_ts or ts), None, said)

    def _announcer_of(self, record: ActRecord) -> Announcer:
        return PermittedAnnouncer(self._announcer, self._may_notify, record)

    async def _unplan(self, act: ActRecord, outcome: str) -> None:
        """Close what an earlier pause planned: not what a later one did, as this may be repeated late."""
        await self._ledger.unplan(act.instance, act.subject, self._clock(), outcome, before=act.requested_at)

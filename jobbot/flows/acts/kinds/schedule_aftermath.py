"""What follows a pause and a resume: the message of the pause before says what became of it."""

from collections.abc import Callable

from jobbot.flows.acts.announcer import Announcer, Place
from jobbot.flows.acts.course import Aftermath
from jobbot.flows.acts.kinds.schedule import END_CHANGED, PauseCourse, ResumeCourse
from jobbot.flows.acts.permitted_announcer import AsksMayNotify, PermittedAnnouncer
from jobbot.render.acts import schedule as words
from jobbot.render.blockkit.blocks import Message, load_message
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.model import ActRecord, ActState, Kind

_NOT_DONE = (ActState.REFUSED, ActState.ENDED_OTHERWISE, ActState.UNKNOWN)


class ScheduleAftermath:
    """``history`` knows the pauses, whose messages ``announcer`` edits where ``may_notify`` permits it."""

    def __init__(self, history: ActHistory, announcer: Announcer, *, may_notify: AsksMayNotify) -> None:
        self._history = history
        self._announcer = announcer
        self._may_notify = may_notify

    @property
    def aftermath(self) -> Aftermath:
        """What follows which endings."""
        return {
            (Kind.PAUSE, ActState.DONE): self.paused,
            (Kind.RESUME, ActState.DONE): self.resumed,
            **{(Kind.RESUME, state): self.not_resumed for state in _NOT_DONE},
        }

    async def paused(self, pause: ActRecord, ts: str | None, _: Message) -> None:
        """The message of the pause whose end was changed says so."""
        if pause.outcome == END_CHANGED:
            await self._edit_before(pause, lambda told: words.end_changed_since(told, PauseCourse.act_of(pause)))

    async def resumed(self, resume: ActRecord, ts: str | None, _: Message) -> None:
        """The pause's message says that it was resumed; jobbot's own resume stands in that message itself."""
        at = resume.closed_at or resume.requested_at
        if resume.planned_for is None:
            await self._edit_before(resume, lambda told: words.resumed_since(told, resume.user_id, at))

    async def _edit_before(self, act: ActRecord, edited: Callable[[Message], Message]) -> None:
        """Edit the message of the newest pause that was done before an act."""
        pause = await self._history.pause_before(act.instance, act.subject, act.closed_at or act.requested_at)
        if pause is not None and pause.message_ts is not None and pause.message is not None:
            told = edited(load_message(pause.message))
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

"""A pause and a resume of a datastream's schedule: its switch is sent once, and read back.

Both claim the schedule, so that one of them is done at a time. A pause that has an end plans its resume: that one
leaves the datastream alone where it is not as the pause left it, because somebody has decided about it since. The plan
is made, replaced and given up in the transaction that closes the row, so no two ends of a pause ever stand, and none
that was told is not there. A pause of what jobbot has paused sends nothing: only its end is another one.
"""

from abc import abstractmethod
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, TypeVar

from jobbot.adverity.around import next_fetch_of
from jobbot.adverity.errors import NotFound, Unexpected
from jobbot.adverity.gateway import BeforeSend
from jobbot.adverity.model import Datastream, DatastreamId
from jobbot.flows.acts.attempts import Accepted, Ending, RefusedUpstream, Sent, Unanswered, fate_of
from jobbot.flows.acts.course import Course
from jobbot.flows.acts.kinds.read_back import read_until
from jobbot.flows.acts.kinds.schedule_plan import ResumeDetails, pause_details, resume_of
from jobbot.intents import subjects
from jobbot.render.acts import schedule as words
from jobbot.render.acts.schedule import Pause, Resume, Schedule
from jobbot.render.blockkit.blocks import Message
from jobbot.store.acts.model import ActRecord, ActState, Kind, Replan

S = TypeVar("S", bound=Schedule)

END_CHANGED = "its end was changed"
"""The outcome of a pause of what jobbot had paused: nothing was sent."""

SWITCHED_WITHIN = 60.0
"""Seconds for which the switch is read back."""


def subject_of(datastream: int) -> str:
    """What a pause and a resume claim."""
    return subjects.of_schedule(datastream)


class ScheduleCourse(Course[S]):
    """What a pause and a resume do alike. ``switches_on`` is what is sent."""

    switches_on: ClassVar[bool]
    _before: Datastream | None = None
    _seen: Datastream | None = None
    _read_at: datetime | None = None

    @property
    def _stream(self) -> DatastreamId:
        return DatastreamId(self.record.datastream or 0)

    async def was_done_by(self, earlier: ActRecord) -> bool:
        """A resume does not make a pause second: what it left is read before anything is sent."""
        return earlier.kind is self.kind and await super().was_done_by(earlier)

    async def look(self) -> bool:
        """See :meth:`Course.look`. What cannot be read back is not sent."""
        self._before = await self._read()
        if self._before.enabled is None:
            raise Unexpected("it does not say whether the schedule is on")
        return self._before.enabled is not self.switches_on

    async def _read(self) -> Datastream:
        answer = await self.instance.gateway.current_datastream(self._stream)
        self._read_at = answer.read_at
        return answer.value

    async def send(self, before_send: BeforeSend) -> str:
        """See :meth:`Course.send`."""
        await self.instance.gateway.set_enabled(self._stream, enabled=self.switches_on, before_send=before_send)
        return ""

    async def read_back(self, attempt: Sent, bound: float) -> None:
        """See :meth:`Course.read_back`."""
        self._seen = await read_until(
            self._read, self._is_switched, bound=min(bound, SWITCHED_WITHIN), timing=self.timing, timer=self.timer
        )

    def _is_switched(self, stream: Datastream | None) -> bool:
        return stream is not None and stream.enabled is self.switches_on

    async def told(self, act: S) -> S:
        """See :meth:`Course.told`: whether it is on, as read last."""
        read = self._seen or self._before
        return replace(act, enabled=read.enabled if read is not None else None)

    def refused(self, attempt: RefusedUpstream, act: S) -> Ending:
        """See :meth:`Course.refused`; it may be by now as it was to be."""
        if self._is_switched(self._seen):
            return Ending(ActState.ENDED_OTHERWISE, f"refused: {attempt.said}", words.switched_by_another(act))
        return super().refused(attempt, act)

    async def sent(self, attempt: Accepted | Unanswered, act: S) -> Ending:
        """See :meth:`Course.sent`."""
        if self._seen is not None and self._is_switched(self._seen):
            return self.done(act, self._seen)
        # What was read before it was sent says nothing of now.
        enabled = self._seen.enabled if self._seen is not None else None
        seen = f"still {'on' if enabled else 'off'}" if enabled is not None else "whether it is on was not read since"
        as_of = self._read_at if enabled is not None and self._read_at is not None else self.clock()
        told = words.unknown(replace(act, enabled=enabled), fate_of(attempt), as_of)
        return Ending(ActState.UNKNOWN, f"{attempt.in_words}, and {seen}", told)

    def moot(self, act: S) -> Ending:
        """See :meth:`Course.moot`."""
        outcome = f"not sent, was {'on' if self.switches_on else 'paused'} already"
        return Ending(ActState.ENDED_OTHERWISE, outcome, words.so_already(act))

    @abstractmethod
    def done(self, act: S, seen: Datastream) -> Ending:
        """The ending where it is as it was to be."""


class PauseCourse(ScheduleCourse[Pause]):
    """See the module."""

    kind, switches_on = Kind.PAUSE, False

    @staticmethod
    def act_of(record: ActRecord) -> Pause:
        """See :meth:`Course.act_of`."""
        return Pause(
            instance=record.instance,
            user_id=record.user_id,
            asked_at=record.requested_at,
            reason=record.reason,
            name=record.name,
            datastream=record.datastream or 0,
            until=pause_details(record).until,
        )

    def moot(self, act: Pause) -> Ending:
        """See :meth:`Course.moot`: what jobbot has paused is paused still, only the end is another one.

        Where the datastream was changed after the window was opened, it is somebody else who has switched it off.
        """
        read, before = self._before, pause_details(self.record).before
        if read is None or before is None or read.updated != before.updated:
            return super().moot(act)
        tells = read.updated is not None
        told = words.end_changed(act, replace(act, user_id=before.user_id, until=before.until), tells_changes=tells)
        return self._ends(END_CHANGED, told, read)

    def done(self, act: Pause, seen: Datastream) -> Ending:
        """See :meth:`ScheduleCourse.done`."""
        return self._ends("off", words.paused(act, self.clock(), tells_changes=seen.updated is not None), seen)

    def _ends(self, outcome: str, told: Message, seen: Datastream) -> Ending:
        """It is off until its end, whatever end an earlier pause had."""
        details = pause_details(self.record).model_copy(update={"updated": seen.updated})
        until, updated = details.until, details.updated
        replan = Replan(
            outcome=f"not needed: paused anew by {self.record.user_id}",
            plan=resume_of(self.record, until, updated) if until is not None else None,
        )
        return Ending(ActState.DONE, outcome, told, details=details.model_dump_json(), replan=replan)


class ResumeCourse(ScheduleCourse[Resume]):
    """See the module."""

    kind, switches_on = Kind.RESUME, True
    _is_gone = False

    @staticmethod
    def act_of(record: ActRecord) -> Resume:
        """See :meth:`Course.act_of`."""
        return Resume(
            instance=record.instance,
            user_id=record.user_id,
            asked_at=record.requested_at,
            reason=record.reason,
            name=record.name,
            datastream=record.datastream or 0,
            planned_for=record.planned_for,
            paused_at=record.opened_at if record.planned_for is not None else None,
        )

    async def look(self) -> bool:
        """See :meth:`Course.look`; what was planned is not done where somebody has changed the datastream since."""
        try:
            is_off = await super().look()
        except NotFound:
            if self.record.planned_for is None:
                raise
            self._is_gone = True
            return False
        return is_off and not self._is_changed

    @property
    def _found(self) -> datetime | None:
        """When the datastream was changed last, as far as Adverity tells it now."""
        return self._before.updated if self._before is not None else None

    @property
    def _is_changed(self) -> bool:
        """Whether somebody may have changed the datastream since it was paused.

        Where Adverity did not tell it then, it is resumed, as the pause's message has said.
        """
        kept = ResumeDetails.model_validate_json(self.record.details or "{}").updated
        return kept is not None and self._found != kept

    def moot(self, act: Resume) -> Ending:
        """See :meth:`Course.moot`; what was planned is left alone, with why."""
        if act.planned_for is None:
            return super().moot(act)
        if self._is_gone:
            return Ending(ActState.ENDED_OTHERWISE, "left alone: not found", words.left_alone(act, words.is_gone()))
        if act.enabled:
            return Ending(
                ActState.ENDED_OTHERWISE, "left alone: on already", words.left_alone(act, words.is_on_already())
            )
        told = words.left_alone(act, words.was_changed(self._found))
        changed = "changed" if self._found is not None else "not known whether it was changed"
        return Ending(ActState.ENDED_OTHERWISE, f"left alone: {changed} since it was paused", told)

    def done(self, act: Resume, seen: Datastream) -> Ending:
        """See :meth:`ScheduleCourse.done`."""
        now = self.clock()
        told = words.resumed(act, next_fetch_of(seen, now), now)
        replan = Replan(outcome=f"not needed: resumed by {act.user_id} before") if act.planned_for is None else None
        return Ending(ActState.DONE, "on", told, replan=replan)

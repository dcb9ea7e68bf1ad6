"""The words of a pause's and a resume's one message: their phrases, and the endings that only they have."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from jobbot.adverity.around import Upcoming
from jobbot.adverity.model import DatastreamId
from jobbot.intents.model import ListJobs, PauseSchedule, ResumeSchedule
from jobbot.render.acts import message
from jobbot.render.acts.fetch import called
from jobbot.render.acts.message import ActFacts, Phrases, RequestFate, compose_act
from jobbot.render.acts.window import REASON_MOST
from jobbot.render.around import next_fetch_value
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Block, Message
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.text import clock, cut, moment

LATE = timedelta(minutes=2)
"""What is done so long after its hour is said to be late."""

_PLANS_NONE = " This pause plans no resume."
"""Not that nobody resumes it: what an earlier pause has planned may stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(ActFacts):
    """A schedule that is switched: that of which datastream; ``name`` is its name, as it came.

    ``enabled`` is whether it was on when it was read last, None where that is not known.
    """

    verb: ClassVar[str]
    state: ClassVar[str]
    """What it is then: ``paused``."""

    name: str
    datastream: int
    enabled: bool | None = None

    @property
    def it(self) -> str:
        """What it is called: ``the schedule of Facebook Ads EU``."""
        return f"the schedule of {called(self.name, self.datastream)}"

    @property
    def subject(self) -> str:
        """The same as a sentence begins."""
        return f"{self.it[:1].upper()}{self.it[1:]}"

    @property
    def phrases(self) -> Phrases:
        """See :class:`ActFacts`."""
        return Phrases(
            doing=f"{self.verb[:-1]}ing {self.it}{self.till}",
            does="pausing or resuming this schedule",
            did=f"{self.verb}d this schedule",
            whether=f"whether {self.it} is {self.state}",
            undone=f"Not {self.verb}d: {self.it}",
            noun=f"{self.verb} of {self.it}",
            request=self.verb,
            thing="the datastream",
            reading="The datastream is being read again",
        )

    @property
    @abstractmethod
    def till(self) -> str:
        """How long, or when, behind what is done; may be empty."""

    def hint(self, said: str) -> str:
        """See :class:`ActFacts`: a switch is refused for what Adverity says."""
        return ""

    def facts(self, *, is_open: bool, is_done: bool) -> list[str]:
        """See :class:`ActFacts`."""
        return [f"datastream {self.datastream}"]

    def pressed(self, *, again: bool, look: bool) -> list[Block]:
        """The datastream's jobs, and what switches it: on where it is off, else the same once more."""
        stream = DatastreamId(self.datastream)
        pressed = []
        if look:
            going = ListJobs(datastream=stream, instance=self.instance)
            pressed.append(buttons.go_on("Its jobs", going, label=f"Jobs of datastream {stream} that are going on"))
        if self.enabled is False:
            pressed.append(buttons.act(ResumeSchedule(datastream=stream, instance=self.instance)))
        elif again:
            pressed.append(buttons.act(self._wish(stream, cut(self.reason, REASON_MOST))))
        return pressed

    @abstractmethod
    def _wish(self, stream: DatastreamId, reason: str) -> PauseSchedule | ResumeSchedule:
        """The same once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Schedule):
    """A pause; ``until`` None: until somebody resumes it."""

    verb, state = "pause", "paused"

    until: datetime | None = None

    @property
    def till(self) -> str:
        """See :class:`Schedule`; empty where no end was said."""
        return f" until {moment(self.until)}" if self.until is not None else ""

    @property
    def ends(self) -> str:
        """The same beside another end: ``until somebody resumes it`` where none was said."""
        return self.till.strip() or "until somebody resumes it"

    @property
    def wanted(self) -> str:
        """See :class:`ActFacts`: until when, also where no end was said."""
        return f"Paused *{self.ends}*"

    def _wish(self, stream: DatastreamId, reason: str) -> PauseSchedule:
        return PauseSchedule(datastream=stream, until=self.until, instance=self.instance, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Schedule):
    """A resume: somebody's, or jobbot's own at the end of a pause (``planned_for``).

    Of the latter ``user_id`` and ``reason`` are those of the pause, and ``paused_at`` is when it was asked for.
    """

    verb, state = "resume", "on again"

    planned_for: datetime | None = None
    paused_at: datetime | None = None

    @property
    def till(self) -> str:
        """See :class:`Schedule`."""
        return "" if self.planned_for is None else ", as planned"

    @property
    def actor(self) -> str:
        """See :class:`ActFacts`."""
        return f"<@{self.user_id}>" if self.planned_for is None else "jobbot"

    @property
    def who(self) -> str:
        """See :class:`ActFacts`: of what was planned, who paused it."""
        if self.planned_for is None:
            return f"<@{self.user_id}> {clock(self.asked_at)}"
        when = f" {clock(self.paused_at)}" if self.paused_at is not None else ""
        return f"paused by <@{self.user_id}>{when} until {moment(self.planned_for)}"

    def _wish(self, stream: DatastreamId, reason: str) -> ResumeSchedule:
        # The reason of a planned one is why it was paused.
        return ResumeSchedule(
            datastream=stream, instance=self.instance, reason=reason if self.planned_for is None else ""
        )


def paused(pause: Pause, now: datetime, *, tells_changes: bool = True) -> Message:
    """It is off, as read back. ``tells_changes``: Adverity says when the datastream was changed."""
    then = f"The schedule is off (checked {clock(now)}). Jobs that are running or waiting go on."
    then += _whatever(pause, tells_changes=tells_changes)
    return compose_act(
        pause, f"{pause.actor} paused {pause.it}{pause.till}", then, mark=Mark.ENDED, who=False, is_done=True
    )


def end_changed(pause: Pause, before: Pause, *, tells_changes: bool = True) -> Message:
    """jobbot had paused it: only the end is another one. See :func:`paused`."""
    head = f"{pause.actor} changed how long {pause.it} is paused: {pause.ends}"
    then = f"{before.actor} had paused it, {before.ends}. The schedule is off already, so nothing was sent to Adverity."
    then += _whatever(pause, tells_changes=tells_changes)
    return compose_act(pause, head, then, mark=Mark.ENDED, who=False, is_done=True)


def _whatever(pause: Pause, *, tells_changes: bool) -> str:
    if pause.until is None or tells_changes:
        return ""
    return " Adverity does not say when it was changed: jobbot resumes it then whatever was decided meanwhile."


def resumed(resume: Resume, next_fetch: Upcoming, now: datetime) -> Message:
    """It is on, as read back."""
    planned = resume.planned_for
    then = f"The schedule is on (checked {clock(now)}). Next scheduled fetch: {next_fetch_value(next_fetch, now)}."
    late = f"late: it was to be resumed {moment(planned)}" if planned is not None and now - planned > LATE else ""
    head = f"{resume.actor} resumed {resume.it}"
    if planned is not None:
        head = f"Resumed {resume.it} {moment(now)}, {'late' if late else 'as planned'}"
    return compose_act(resume, head, then, mark=Mark.SUCCESS, small=[late], who=planned is not None, is_done=True)


def resumed_since(told: Message, user_id: str, at: datetime) -> Message:
    """The message of a pause whose schedule somebody resumed: that first, then what was told before."""
    return _since(told, parts.row_in_words(f"Resumed since by <@{user_id}>", [clock(at)], mark=Mark.SUCCESS))


def end_changed_since(told: Message, pause: Pause) -> Message:
    """The message of a pause whose end another one, ``pause``, has changed."""
    return _since(told, parts.row_in_words(f"Changed since by {pause.actor}: paused {pause.ends}", []))


def _since(told: Message, words: str) -> Message:
    head = parts.text(words)
    rest = [block for block in told.blocks if block["type"] != "actions"]
    return Message(text=f"{parts.compose([head]).text}\nTold before: {told.text}", blocks=[*head.blocks, *rest])


def so_already(act: Schedule) -> Message:
    """There was nothing to switch when it was read for the last time."""
    if isinstance(act, Resume):
        return compose_act(act, f"{act.subject} was on already", "No request was sent.")
    return compose_act(act, f"{act.subject} was paused already", f"No request was sent.{_no_end_of(act)}")


def left_alone(resume: Resume, why: str) -> Message:
    """jobbot was to resume it, and did not touch it. ``why`` goes on a sentence."""
    then = f"It was to be resumed{f' {moment(resume.planned_for)}' if resume.planned_for else ''}, but {why}."
    off = " It is off." if resume.enabled is False else ""
    return compose_act(resume, f"{resume.subject} was left alone", f"{then}{off} No request was sent.")


def not_as_planned(resume: Resume, *, known: bool) -> Message:
    """A reply to the message of a planned resume that was not done; ``known``: it certainly was not."""
    what = f"{resume.it} was not resumed as planned" if known else f"it is not known {resume.phrases.whether}"
    when = [moment(resume.planned_for)] if resume.planned_for is not None else []
    head = parts.row_in_words(
        f"<@{resume.user_id}>, {what}", when, ["Why is in the message that this replies to."], mark=Mark.UNUSUAL
    )
    return parts.compose([parts.text(head)])


def is_on_already() -> str:
    """Why it was left alone."""
    return "it was on already"


def was_changed(at: datetime | None) -> str:
    """Why it was left alone: somebody has decided about it since, or may have."""
    if at is None:
        return "Adverity does not say any more when the datastream was changed"
    return f"somebody changed the datastream since it was paused ({moment(at)})"


def is_gone() -> str:
    """Why it was left alone."""
    return "Adverity does not know the datastream any more"


def switched_by_another(act: Schedule) -> Message:
    """Adverity refused, and it is by now as it was to be."""
    how = "on" if isinstance(act, Resume) else "off"
    then = f"Adverity refused jobbot's request.{_no_end_of(act)}"
    return compose_act(act, f"{act.subject} was switched {how} by somebody else", then)


def refused(act: Schedule, said: str, status: int | None) -> Message:
    """Adverity refused."""
    return message.refused(act, said, status)


def unknown(act: Schedule, fate: RequestFate, as_of: datetime) -> Message:
    """It was not seen within the bound to be as it was to be."""
    seen = f"Whether it is on could not be read since ({clock(as_of)})."
    if act.enabled is not None:
        seen = f"When it was last read it was {'on' if act.enabled else 'off'} ({clock(as_of)})."
    return message.unknown(act, fate, f"{seen}{_no_end_of(act)}")


def _no_end_of(act: Schedule) -> str:
    """For a pause whose end was said, where it is not known to have worked."""
    return _PLANS_NONE if isinstance(act, Pause) and act.until is not None else ""

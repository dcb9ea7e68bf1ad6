"""The words of a stop's one message: its phrases, and the endings that only a stop has.

The endings: 1 stopped, 2 ended otherwise, 3 refused or not sent, 4 accepted but still going on, 5 unknown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.around import NextFetch, NotKnown, Off, Upcoming
from jobbot.adverity.model import STOPPED, DatastreamId, Days, Job, JobId
from jobbot.intents.model import PauseSchedule, StopJob
from jobbot.render.acts import message
from jobbot.render.acts.message import ActFacts, Phrases, RequestFate, compose_act
from jobbot.render.acts.stop_window import ONLY_WHILE_FETCHING, numbers_in_words
from jobbot.render.acts.window import REASON_MOST
from jobbot.render.around import days_in_words, off_in_words, why_in_words
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Block, Message, section
from jobbot.render.blockkit.buttons import ActionId
from jobbot.render.blockkit.marks import Mark, mark_of, without_marks
from jobbot.render.blockkit.text import clock, cut, duration, moment
from jobbot.render.jobs import state_in_words, titled

_GOES_ON = ", which the stop does not change"
_PROMISE = re.compile(f"next scheduled fetch (.*?){_GOES_ON}")
_BEFORE_PAUSE = ", before the schedule was paused"
NEXT_FETCH, NEXT_FETCHES = "Next scheduled fetch", "Next scheduled fetches"
GO_ON = ", which the stops do not change"
"""Of the schedules of several stopped jobs, in the line that begins with :data:`NEXT_FETCH`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop(ActFacts):
    """A stop: which job, and what goes with it.

    ``name`` is the datastream's, as it came; ``days`` are those that the job fetches. ``followups`` are the scheduled
    jobs that Adverity discards with it, as they were when it was asked for (None: not known), ``followups_left`` those
    of them that it still lists since the job was stopped (None: not read). An ending says too when the schedule fetches
    next (``next_fetch``), as it is known when it is told; ``offers_pause``: it may have a button to prevent that.
    """

    name: str
    job: int
    datastream: int | None = None
    days: Days | None = None
    followups: tuple[int, ...] | None = None
    followups_left: tuple[int, ...] | None = None
    next_fetch: Upcoming | None = None
    offers_pause: bool = False

    @property
    def phrases(self) -> Phrases:
        """See :class:`ActFacts`."""
        it = called(self.name, self.job, self.datastream)
        return Phrases(
            doing=f"stopping {it}",
            does=f"stopping job {self.job}",
            did=f"stopped job {self.job}",
            whether=f"whether {it} was stopped",
            undone=f"Not stopped: {it}",
            noun=f"stop of {it}",
            request="stop",
            thing="the job",
            reading="The job is being read again",
        )

    def hint(self, said: str) -> str:
        """Adverity's own words mostly say it already: once is enough."""
        return "" if "fetch" in said.casefold() else ONLY_WHILE_FETCHING

    def facts(self, *, is_open: bool, is_done: bool) -> list[str]:
        """The days, the jobs that go with it, the next fetch."""
        return [
            _days(self, has_stopped=is_done),
            f"stopping also discards {numbers_in_words(self.followups)}" if is_open and self.followups else "",
            _next_fetch(self, has_stopped=is_done),
        ]

    def pressed(self, *, again: bool, look: bool) -> list[Block]:
        """The job's card, and the stop once more."""
        pressed = [buttons.show(JobId(self.job), self.instance)] if look else []
        if again:
            wish = StopJob(job=JobId(self.job), instance=self.instance, reason=cut(self.reason, REASON_MOST))
            pressed.append(buttons.stop_with_reason(wish))
        elif self.offers_pause and self.datastream is not None and self._is_fetched_again:
            pressed.append(buttons.act(PauseSchedule(datastream=DatastreamId(self.datastream), instance=self.instance)))
        return pressed

    @property
    def _is_fetched_again(self) -> bool:
        """Whether its schedule will start it again."""
        found, now = self.next_fetch, self.told_at
        return isinstance(found, NextFetch) and found.at is not None and now is not None and found.at > now


def called(name: str, job: int, datastream: int | None = None) -> str:
    """What a stop's job is called: ``Facebook Ads EU (job 987)``, or its number and that of its datastream."""
    return titled(job, name, datastream)


def stopped(stop: Stop, job: Job, confirmed_at: datetime) -> Message:
    """Ending 1: the job ended as cancelled or discarded."""
    ran = f"after {duration(job.took)}" if job.took is not None else ""
    return compose_act(
        stop,
        f"Stopped {_called(stop)}",
        beside=ran,
        mark=Mark.STOPPED,
        small=[f"confirmed {clock(confirmed_at)} ({state_in_words(job)})", *_discarded(stop)],
        is_done=True,
    )


def too_late(stop: Stop, job: Job) -> Message:
    """Ending 2: it ended in another way, whatever was sent."""
    how = "was ended by somebody else" if job.state in STOPPED else "ended by itself"
    return _over(stop, job, how, "before the stop took effect. Nothing was stopped.")


def over_before(stop: Stop, job: Job) -> Message:
    """Ending 2 without a request: the job was over when it was read for the last time before sending."""
    return _over(stop, job, "was over already", "No request was sent.")


def _over(stop: Stop, job: Job, how: str, then: str) -> Message:
    when = f" at {clock(job.end)}" if job.end else ""
    comma = "," if then[:1].islower() else "."
    head = f"{_called(stop, first=True)} {how}"
    return compose_act(stop, head, f"It ended as {state_in_words(job)}{when}{comma} {then}", mark=mark_of(job.state))


def refused(stop: Stop, words: str, status: int | None = None, job: Job | None = None) -> Message:
    """Ending 3; ``job`` is as it was read afterwards, where it was."""
    # Refused for its stage, as the job is past fetching: it does not come back to it.
    again = status is not None or not re.search("fetch|stage", words, re.IGNORECASE)
    return message.refused(stop, words, status, mark=mark_of(job.state) if job is not None else None, again=again)


def slow(stop: Stop, job: Job, accepted_at: datetime, as_of: datetime) -> Message:
    """Ending 4: accepted, and the job is still going on."""
    return compose_act(
        stop,
        f"{_called(stop, first=True)} is still {state_in_words(job).lower()}",
        f"Adverity accepted the stop at {clock(accepted_at)}, but the job was still {state_in_words(job).lower()} at "
        f"{clock(as_of)}. It may still end; look again before doing anything else.",
        mark=mark_of(job.state),
        is_open=True,
        again=True,
    )


def unknown(stop: Stop, job: Job | None, as_of: datetime, *, fate: RequestFate) -> Message:
    """Ending 5 when the truth did not come within the bound."""
    seen = (
        f"When it was last read it was {state_in_words(job).lower()} ({clock(as_of)})."
        if job is not None
        else f"The job could not be read since ({clock(as_of)})."
    )
    return message.unknown(stop, fate, seen)


def ended_since(told: Message, name: str, job: Job | None, *, now: datetime) -> Message:
    """The message of a stop whose outcome was not seen, once the job ended: that first, then what was told before.

    ``name`` is what the job is called there (:func:`called`). None for the job: Adverity does not know it any more.
    """
    first = name[:1].upper() + name[1:]
    if job is None:
        gone = f"Adverity does not know the job any more ({clock(now)})"
        head = parts.row_in_words(f"How {name} ended is not known", [gone], mark=Mark.UNKNOWN)
    else:
        mark = Mark.STOPPED if job.state in STOPPED else mark_of(job.state)
        head = parts.row_in_words(f"{first} ended since: {state_in_words(job)}", [clock(job.end or now)], mark=mark)
    blocks = [block for one in told.blocks if (block := _without_stop(one)) is not None]
    text = parts.compose([parts.text(head)])
    return Message(text=f"{text.text}\nTold before: {told.text}", blocks=[*text.blocks, *_as_before(blocks)])


def _without_stop(block: Block) -> Block | None:
    """What is over cannot be stopped: the block without that button; None where nothing is left of it."""
    if block["type"] != "actions":
        return block
    left = [one for one in block["elements"] if one["action_id"] != ActionId.JOB_STOP]
    return {**block, "elements": left} if left else None


def _as_before(blocks: Sequence[Block]) -> list[Block]:
    """A message's blocks with its title no longer one: it said what is not so any more."""
    if not blocks or blocks[0]["type"] != "section":
        return list(blocks)
    words = without_marks(blocks[0]["text"]["text"])
    title, _, rest = words.partition("\n")
    title = re.sub(r"(<[^>]*>)|\*", r"\1", title)  # an asterisk in a name stands in angle brackets
    return [section("\n".join(line for line in (f"Told before: {title}", rest) if line)), *blocks[1:]]


def _called(stop: Stop, *, first: bool = False) -> str:
    """The job; ``first``: as a sentence begins."""
    words = called(stop.name, stop.job, stop.datastream)
    return words[:1].upper() + words[1:] if first else words


def _days(stop: Stop, *, has_stopped: bool) -> str:
    if stop.days is None:
        return ""
    return f"{'was to fetch' if has_stopped else 'fetches'} {days_in_words(stop.days, stop.told_at or stop.asked_at)}"


def _discarded(stop: Stop) -> list[str]:
    """Of a stop that worked: the jobs that went with it, and those that did not."""
    if stop.followups is None:
        return ["whether follow-up jobs were discarded with it is not known"]
    if not stop.followups:
        return []
    if stop.followups_left is None:
        return [f"follow-up jobs that are discarded with it: {numbers_in_words(stop.followups)} (not read again)"]
    gone = [job for job in stop.followups if job not in stop.followups_left]
    words = [f"also discarded: {numbers_in_words(gone)}"] if gone else []
    return [*words, f"not discarded: {numbers_in_words(stop.followups_left)}"] if stop.followups_left else words


def without_promise(told: Message) -> Message:
    """What was told of one stop or several, once the schedule was paused: the next fetch that it names may not come."""
    return Message(_unpromised(told.text), [_without_promise(block) for block in told.blocks])


def _without_promise(block: Block) -> Block:
    if block["type"] == "context":
        return {**block, "elements": [{**part, "text": _unpromised(part["text"])} for part in block["elements"]]}
    if block["type"] == "section" and "text" in block:
        return {**block, "text": {**block["text"], "text": _unpromised(block["text"]["text"])}}
    return block


def _unpromised(words: str) -> str:
    return "\n".join(map(_line_unpromised, words.split("\n")))


def _line_unpromised(line: str) -> str:
    if line.startswith(NEXT_FETCHES):  # of several datastreams, not all of which need be paused
        return line.replace(GO_ON, ", before schedules were paused", 1)
    if line.startswith(NEXT_FETCH):
        return line.replace(GO_ON, _BEFORE_PAUSE, 1)
    # A reason is quoted: what somebody wrote stays as it is.
    return line if line.startswith(">") else _PROMISE.sub(rf"next scheduled fetch was to be \1{_BEFORE_PAUSE}", line)


def _next_fetch(stop: Stop, *, has_stopped: bool) -> str:
    """When the schedule fetches next; a stop leaves it as it is."""
    goes_on = _GOES_ON if has_stopped else ""
    match stop.next_fetch:
        case None:
            return ""
        case NotKnown():
            return f"next scheduled fetch not known, {why_in_words(stop.next_fetch)}"
        case Off():
            return f"schedule {off_in_words(stop.next_fetch, stop.told_at or stop.asked_at)}"
        case NextFetch(at=None):
            return "no next fetch is scheduled"
        case NextFetch(at=at) if at is not None and stop.told_at is not None and at > stop.told_at:
            return f"next scheduled fetch {moment(at)} (in {duration(at - stop.told_at)}){goes_on}"
        case NextFetch(at=at) if at is not None:
            return f"the next scheduled fetch was due {moment(at)}"
    return ""

"""Renders the one message of a stop, from its beginning to one of five endings.

The endings: 1 stopped, 2 ended otherwise, 3 refused or not sent, 4 accepted but still going on, 5 unknown. "Accepted"
is not "stopped": each is decided from the job as it was read afterwards, or says that it could not be read. A title
says what became of the job, the reason stands as a quote, everything else is small print.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from jobbot.adverity.around import NextFetch, NotKnown
from jobbot.adverity.model import STOPPED, Days, Job, JobId
from jobbot.intents.model import StopJob
from jobbot.render.around import days_in_words, why_in_words
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Block, Message, section
from jobbot.render.blockkit.buttons import Act
from jobbot.render.blockkit.marks import Mark, mark_of, without_marks
from jobbot.render.blockkit.text import clock, cut, duration, foreign, moment
from jobbot.render.jobs import state_in_words
from jobbot.render.stop_window import ONLY_WHILE_FETCHING, REASON_MOST, numbers_in_words

SAID_MOST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """What a stop's message tells every time: which job, who asked, when, and why.

    ``name`` is the datastream's, as it came; ``days`` are those that the job fetches. ``followups`` are the scheduled
    jobs that Adverity discards with it, as they were when it was asked for (None: not known), ``followups_left`` those
    of them that it still lists since the job was stopped (None: not read). An ending says too when the schedule fetches
    next (``next_fetch``), as it is known when it is told (``told_at``).
    """

    name: str
    job: int
    instance: str
    user_id: str
    asked_at: datetime
    reason: str
    datastream: int | None = None
    days: Days | None = None
    followups: tuple[int, ...] | None = None
    followups_left: tuple[int, ...] | None = None
    replaces: bool = False  # there may be an earlier message of it that nobody can edit
    next_fetch: NextFetch | NotKnown | None = None
    told_at: datetime | None = None


def called(name: str, job: int, datastream: int | None = None) -> str:
    """What a stop's job is called: ``Facebook Ads EU (job 987)``, or its number and that of its datastream."""
    if name:
        return f"{foreign(name, 60)} (job {job})"
    return f"job {job} (datastream {datastream})" if datastream is not None else f"job {job}"


def begun(stop: Stop) -> Message:
    """The one message, as it is posted: before the request is sent."""
    return _message(stop, f"<@{stop.user_id}> is stopping {_called(stop)}", who=False, is_open=True)


def still_asking(stop: Stop) -> Message:
    """Ending 5 on its way: no answer came, the job is being read."""
    return _message(
        stop,
        f"No answer yet whether {_called(stop)} was stopped",
        "Adverity did not answer the stop. The job is being read again; the stop will not be sent again.",
        mark=Mark.UNKNOWN,
        is_open=True,
    )


def stopped(stop: Stop, job: Job, confirmed_at: datetime) -> Message:
    """Ending 1: the job ended as cancelled or discarded."""
    ran = f"after {duration(job.took)}" if job.took is not None else ""
    return _message(
        stop,
        f"Stopped {_called(stop)}",
        beside=ran,
        mark=Mark.STOPPED,
        small=[f"confirmed {clock(confirmed_at)} ({state_in_words(job)})", *_discarded(stop)],
        has_stopped=True,
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
    return _message(stop, head, f"It ended as {state_in_words(job)}{when}{comma} {then}", mark=mark_of(job.state))


def refused(stop: Stop, words: str, status: int | None = None, job: Job | None = None) -> Message:
    """Ending 3. ``words`` are Adverity's own, not escaped; ``status`` where the job's stage is not the reason.

    ``job`` is as it was read afterwards, where it was.
    """
    said = foreign(words, SAID_MOST).rstrip(".") or "it gave no reason"
    match status:
        case None:
            # Adverity's own words mostly say it already: once is enough.
            hint = "" if "fetch" in said.casefold() else ONLY_WHILE_FETCHING
        case 401:
            hint = "Whoever runs jobbot must look at ADVERITY_API_KEY and ADVERITY_AUTH_SCHEME."
        case 403:
            hint = "Whoever runs jobbot can give the key more permissions in Adverity."
        case 429:
            hint = "Adverity is busy: ask again in a minute."
        case _:
            hint = "Look at the job before you ask for it again."
    return _message(
        stop,
        f"Not stopped: {_called(stop)}",
        hint,
        beside="Adverity refused",
        mark=mark_of(job.state) if job is not None else None,
        said=f"Adverity: {said}",
        again=status not in (401, 403),
    )


def not_sent(stop: Stop, why: str) -> Message:
    """Ending 3 by our own decision: nothing left the house. ``why`` is a sentence of ours."""
    return _message(stop, f"Not stopped: {_called(stop)}", f"No request was sent. {why}", again=True)


def slow(stop: Stop, job: Job, accepted_at: datetime, as_of: datetime) -> Message:
    """Ending 4: accepted, and the job is still going on."""
    return _message(
        stop,
        f"{_called(stop, first=True)} is still {state_in_words(job).lower()}",
        f"Adverity accepted the stop at {clock(accepted_at)}, but the job was still {state_in_words(job).lower()} at "
        f"{clock(as_of)}. It may still end; look again before doing anything else.",
        mark=mark_of(job.state),
        is_open=True,
        again=True,
    )


class StopAnswer(Enum):
    """What became of the request itself, as far as it is known."""

    ACCEPTED = "Adverity accepted the stop"
    NONE = "Adverity did not answer the stop"
    INTERRUPTED = "jobbot was interrupted before it had Adverity's answer"


def unknown(stop: Stop, job: Job | None, as_of: datetime, *, answer: StopAnswer) -> Message:
    """Ending 5 when the truth did not come within the bound."""
    seen = (
        f"When it was last read it was {state_in_words(job).lower()} ({clock(as_of)})."
        if job is not None
        else f"The job could not be read since ({clock(as_of)})."
    )
    return _unknown(
        stop, f"{answer.value}. {seen} The stop was not sent again; look at the job before you ask for it again."
    )


def picked_up(stop: Stop) -> Message:
    """Ending 5 on its way, after a restart: the stop may have been sent, the job is being read."""
    return _message(
        stop,
        f"Not known yet whether {_called(stop)} was stopped",
        "jobbot was interrupted meanwhile. The job is being read again; the stop will not be sent again.",
        mark=Mark.UNKNOWN,
        is_open=True,
    )


def waiting(stop: Stop) -> Message:
    """The message while the database is unavailable and the request is not sent."""
    return _message(
        stop,
        f"The stop of {_called(stop)} is waiting",
        "jobbot cannot reach its database, and sends nothing that it cannot record. It goes on by itself as soon as it "
        "can, or says that it did not.",
        is_open=True,
    )


def told_elsewhere(stop: Stop) -> Message:
    """The content of a first message that was posted twice; it refers to the other one."""
    return _message(stop, f"The stop of {_called(stop)} is told in another message of this channel", look=False)


def away_too_long() -> str:
    """Why a stop that was never sent is not sent any more."""
    return "jobbot was interrupted before it could be sent, and that was more than 15 minutes ago. Ask again."


def cannot_record() -> str:
    """A sentence: the database is unavailable, so nothing is sent."""
    return "jobbot cannot reach its database. It cannot record a stop now, so it will not send one. Nothing was done."


def dropped(stop: Stop) -> Message:
    """The message, for the person alone, of a stop that was recorded and never decided on."""
    return not_sent(stop, "jobbot was interrupted before it could begin. Ask again.")


def interrupted(stop: Stop, *, sent: bool) -> Message:
    """The message where the process ended or failed during the stop; ``sent``: the request may have left."""
    if not sent:
        return not_sent(stop, "jobbot was interrupted before it could be sent.")
    return _unknown(
        stop,
        "The stop was sent, and jobbot was interrupted before it saw the outcome. Look at it before you ask again.",
    )


def not_set_up(stop: Stop, *, sent: bool) -> Message:
    """The message of a stop whose instance is not configured any more."""
    gone = f"jobbot is no longer set up for {foreign(stop.instance)}."
    if not sent:
        return _message(stop, f"Not stopped: {_called(stop)}", f"{gone} Nothing was sent.", look=False)
    known = f"{gone} Whether the stop took effect is not known here; look at the job in Adverity."
    return _unknown(stop, known, look=False)


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
    left = [one for one in block["elements"] if one["action_id"] != Act.JOB_STOP]
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


def _unknown(stop: Stop, then: str, *, look: bool = True) -> Message:
    head = f"Unknown whether {_called(stop)} was stopped"
    return _message(stop, head, then, mark=Mark.UNKNOWN, is_open=True, again=look, look=look)


def _message(
    stop: Stop,
    head: str,
    then: str = "",
    *,
    beside: str = "",
    mark: Mark | None = None,
    said: str = "",
    small: Sequence[str] = (),
    who: bool = True,
    is_open: bool = False,
    has_stopped: bool = False,
    again: bool = False,
    look: bool = True,
) -> Message:
    """``head`` in bold with ``beside``, then a sentence, what Adverity ``said``, the reason; the rest as small print.

    ``who``: whether the small print names who asked. ``is_open``: the stop may still take effect. ``again``: offer it
    once more, with the reason that was given. ``look``: offer the job's card.
    """
    reason = foreign(stop.reason, REASON_MOST)
    quotes = [said, f"Reason: {reason}" if said and reason else reason]
    facts = [
        foreign(stop.instance),
        f"<@{stop.user_id}> {clock(stop.asked_at)}" if who else clock(stop.asked_at),
        "" if reason else "no reason given",
        *small,
        _days(stop, has_stopped=has_stopped),
        f"stopping also discards {numbers_in_words(stop.followups)}" if is_open and stop.followups else "",
        _next_fetch(stop, has_stopped=has_stopped),
    ]
    pressed = [buttons.show(JobId(stop.job), stop.instance)] if look else []
    if again:
        wish = StopJob(job=JobId(stop.job), instance=stop.instance, reason=cut(stop.reason, REASON_MOST))
        pressed.append(buttons.stop_with_reason(wish))
    earlier = "This replaces an earlier message of this stop, if there is one, that jobbot can no longer edit."
    return parts.compose(
        [
            parts.text(parts.row_in_words(head, [beside], [then], mark=mark, said=[one for one in quotes if one])),
            parts.small(*facts),
            parts.small(earlier) if stop.replaces else parts.NOTHING,
            parts.controls(pressed),
        ]
    )


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


def _next_fetch(stop: Stop, *, has_stopped: bool) -> str:
    """When the schedule fetches next; a stop leaves it as it is."""
    goes_on = ", which the stop does not change" if has_stopped else ""
    match stop.next_fetch:
        case None:
            return ""
        case NotKnown():
            return f"next scheduled fetch not known, {why_in_words(stop.next_fetch)}"
        case NextFetch(at=None):
            return "no next fetch is scheduled"
        case NextFetch(at=at) if at is not None and stop.told_at is not None and at > stop.told_at:
            return f"next scheduled fetch {moment(at)} (in {duration(at - stop.told_at)}){goes_on}"
        case NextFetch(at=at) if at is not None:
            return f"the next scheduled fetch was due {moment(at)}"
    return ""

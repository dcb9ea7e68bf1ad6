"""Decides how a stop ended, from Adverity's answer and from the job as it was read afterwards. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from jobbot.adverity.errors import AdverityError, NotStoppable, Unreachable
from jobbot.adverity.model import STOPPED, Job
from jobbot.render import stopping as words
from jobbot.render.blockkit.blocks import Message
from jobbot.render.earlier_stops import second as second_message
from jobbot.render.errors import error_in_words
from jobbot.store.stops.model import StopRecord, StopState

ACCEPTED = "accepted"
_REFUSED = re.compile(r"refused(?: \((\d{3})\))?: (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class OverBefore:
    """The job was over when it was read for the last time before sending. Nothing was sent."""

    job: Job


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing reached Adverity: the job could not be read, or no connection was made."""

    error: AdverityError


@dataclass(frozen=True, slots=True)
class TooOld:
    """Nothing was sent, and the stop was asked for longer ago than ``EXPIRES_AFTER``."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Adverity accepted the stop at ``at``, which does not mean that the job has ended."""

    at: datetime


@dataclass(frozen=True, slots=True)
class RefusedUpstream:
    """Adverity refused the stop. ``said`` are its own words, if it gave any.

    ``status`` is there where it is the key, the number or the hour that is at fault, and not the job's stage.
    """

    said: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The stop was sent, or may have been, and no answer says whether it was accepted.

    ``interrupted``: because the process that sent it ended, not because Adverity kept silent.
    """

    why: str
    interrupted: bool = False


Sent = Accepted | RefusedUpstream | Unanswered
Attempt = OverBefore | NotSent | TooOld | Sent


@dataclass(frozen=True, slots=True)
class Denied:
    """The person is not permitted to stop: the reason for the ledger, and the message for the person."""

    why: str
    message: Message


@dataclass(frozen=True, slots=True)
class Ending:
    """How a stop ended: the state of the ledger's row, a line for the record, the message of it.

    The message is the channel's; where the stop was not begun (``NOT_BEGUN``), it is the person's.
    """

    state: StopState
    outcome: str
    message: Message


def read_answer(error: AdverityError) -> NotSent | RefusedUpstream | Unanswered:
    """What an error in answer to the stop means.

    A 4xx is a no (429 included: whoever says "too many" has not done it). A 5xx, 503 included, may come from a proxy
    in front of an instance that did take it, so it answers nothing.
    """
    if isinstance(error, Unreachable):
        return Unanswered(str(error)) if error.maybe_received else NotSent(error)
    if error.status is not None and 400 <= error.status < 500:
        return RefusedUpstream(_own_words(error), None if isinstance(error, NotStoppable) else error.status)
    return Unanswered(str(error))


def dump_answer(sent: Sent) -> str:
    """Adverity's answer as text for the ledger; :func:`load_answer` reads it."""
    match sent:
        case Accepted():
            return ACCEPTED
        case RefusedUpstream(said, status):
            return f"refused: {said}" if status is None else f"refused ({status}): {said}"
        case Unanswered(why):
            return f"no answer: {why}"
        case _:
            assert_never(sent)


def load_answer(record: StopRecord) -> Sent:
    """The answer in a row whose stop was sent before, perhaps by another process."""
    if record.answer == ACCEPTED:
        return Accepted(record.answered_at or record.requested_at)
    if refused := _REFUSED.fullmatch(record.answer):
        return RefusedUpstream(refused[2], int(refused[1]) if refused[1] else None)
    return Unanswered(record.answer or "jobbot was interrupted", interrupted=not record.answer)


def decide_ending(attempt: Attempt, seen: Job | None, stop: words.Stop, now: datetime) -> Ending:
    """The ending. ``seen`` is the job as it was read last after the stop, None where it could not be read."""
    match attempt:
        case OverBefore(job):
            outcome = f"not sent, the job was over: {job.state_label}"
            return Ending(StopState.ENDED_OTHERWISE, outcome, words.over_before(stop, job))
        case NotSent(error):
            return Ending(StopState.REFUSED, f"not sent: {error}", words.not_sent(stop, error_in_words(error)))
        case TooOld():
            outcome = "not sent: asked for too long ago"
            return Ending(StopState.REFUSED, outcome, words.not_sent(stop, words.away_too_long()))
        case RefusedUpstream(said, status):
            if seen is not None and seen.is_over:
                return _too_late(seen, stop)
            return Ending(StopState.REFUSED, said, words.refused(stop, said, status, seen))
        case Accepted() | Unanswered():
            return _after_sending(attempt, seen, stop, now)
        case _:
            assert_never(attempt)


def denied_ending(no: Denied) -> Ending:
    """The ending of a submission that is not permitted."""
    return Ending(StopState.DENIED, no.why, no.message)


def second_ending(stop: words.Stop, first: StopRecord) -> Ending:
    """The ending of a stop where somebody else's stop of the job is under way or has worked."""
    worked = first.state is StopState.STOPPED
    outcome = f"not sent, {'stopped' if worked else 'being stopped'} by {first.user_id}"
    return Ending(StopState.SECOND, outcome, second_message(stop.job, first.user_id, first.requested_at, worked=worked))


def dropped_ending(stop: words.Stop, why: str = "not sent: jobbot was interrupted") -> Ending:
    """The ending of a submission whose process did not come to decide on it."""
    return Ending(StopState.DROPPED, why, words.dropped(stop))


def decide_without_instance(record: StopRecord, stop: words.Stop, now: datetime) -> Ending:
    """The ending of a stop whose instance is not configured any more, decided from its row alone."""
    if record.state is StopState.SUBMITTED:
        return dropped_ending(stop)
    if record.state is StopState.REQUESTED:
        return Ending(StopState.REFUSED, "not sent: instance not configured", words.not_set_up(stop, sent=False))
    sent = load_answer(record)
    if isinstance(sent, RefusedUpstream):
        return decide_ending(sent, None, stop, now)
    outcome = "not known: instance not configured"
    return Ending(StopState.UNKNOWN, outcome, words.not_set_up(stop, sent=True))


def _after_sending(attempt: Accepted | Unanswered, seen: Job | None, stop: words.Stop, now: datetime) -> Ending:
    if seen is not None and seen.state in STOPPED:
        return Ending(StopState.STOPPED, seen.state_label, words.stopped(stop, seen, now))
    if seen is not None and seen.is_over:
        return _too_late(seen, stop)
    match attempt:
        case Accepted(at) if seen is not None:
            outcome = f"accepted, but still {seen.state_label}"
            return Ending(StopState.UNKNOWN, outcome, words.slow(stop, seen, at, now))
        case Accepted():
            outcome, answer = "accepted, but not seen since", words.StopAnswer.ACCEPTED
        case Unanswered(why, interrupted):
            outcome, answer = (
                f"no answer: {why}",
                words.StopAnswer.INTERRUPTED if interrupted else words.StopAnswer.NONE,
            )
    return Ending(StopState.UNKNOWN, outcome, words.unknown(stop, seen, now, answer=answer))


def _too_late(job: Job, stop: words.Stop) -> Ending:
    return Ending(StopState.ENDED_OTHERWISE, job.state_label, words.too_late(stop, job))


def _own_words(error: AdverityError) -> str:
    if error.detail:
        return error.detail
    return "it gave no reason" if isinstance(error, NotStoppable) else f"it answered {error.status}"

"""What became of an act's one request, as text for the ledger and back, and the endings that acts of all kinds share.

Pure. What a kind decides from what it read afterwards is in ``kinds``.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from jobbot.adverity.errors import AdverityError, InvalidRequest, NotStoppable, Unreachable
from jobbot.render import frozen as words_of_freeze
from jobbot.render.acts import message as words
from jobbot.render.acts.message import ActFacts
from jobbot.render.blockkit.blocks import Message
from jobbot.render.errors import error_in_words
from jobbot.render.frozen import Frozen
from jobbot.store.acts.model import ActRecord, ActState, Replan, UnknownAct

ACCEPTED = "accepted"
_ACCEPTED = re.compile(r"accepted(?:: (.*))?", re.DOTALL)
_REFUSED = re.compile(r"refused(?: \((\d{3})\))?: (.*)", re.DOTALL)
_UNCLEAR = re.compile(r"no (clear )?answer: (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Moot:
    """There was nothing to do any more when it was read for the last time before sending. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing reached Adverity: what it is about could not be read, or no connection was made."""

    error: AdverityError


@dataclass(frozen=True, slots=True)
class TooOld:
    """Nothing was sent, and the act was asked for longer ago than ``EXPIRES_AFTER``."""


@dataclass(frozen=True, slots=True)
class OtherDatastream:
    """Nothing was sent: Adverity says that the job is of another datastream than the act was permitted for."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Adverity accepted the request at ``at``, which does not mean that it is done.

    ``said`` is what of its answer the act's kind has kept.
    """

    at: datetime
    said: str = ""

    @property
    def in_words(self) -> str:
        """For the record: that it was accepted, without ``said``."""
        return ACCEPTED


@dataclass(frozen=True, slots=True)
class RefusedUpstream:
    """Adverity refused the request. ``said`` are its own words, if it gave any.

    ``status`` is there where it is the key, the number or the hour that is at fault, and not what was asked for.
    """

    said: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The request was sent, or may have been, and no answer says whether it was accepted.

    ``interrupted``: because the process that sent it ended, not because Adverity kept silent; ``unclear``: an answer
    came, and says nothing of that: an error of the server's, a redirect.
    """

    why: str
    interrupted: bool = False
    unclear: bool = False

    @property
    def in_words(self) -> str:
        """For the record."""
        return self.why if self.interrupted else f"no {'clear ' if self.unclear else ''}answer: {self.why}"


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Nothing was sent: the instance is frozen."""

    frozen: Frozen


Sent = Accepted | RefusedUpstream | Unanswered
Unsent = Moot | NotSent | TooOld | OtherDatastream
Attempt = Unsent | Sent


@dataclass(frozen=True, slots=True)
class Denied:
    """The person is not permitted to do it: the reason for the ledger, and the message for the person."""

    why: str
    message: Message


@dataclass(frozen=True, slots=True)
class Ending:
    """How an act ended: the ledger's state, a line for the record, the message of it, the jobs that it started.

    ``details`` is what only its kind has, where something is known by now that what follows needs; ``replan`` is what
    comes of what was planned. The message is the channel's; where the act was not begun (``NOT_BEGUN``), it is the
    person's.
    """

    state: ActState
    outcome: str
    message: Message
    started: tuple[int, ...] = ()
    details: str | None = None
    replan: Replan | None = None


def read_answer(error: AdverityError) -> NotSent | RefusedUpstream | Unanswered:
    """What an error in answer to the request means.

    A 4xx is a no (429 included: whoever says "too many" has not done it). A 5xx, 503 included, may come from a proxy
    in front of an instance that did take it, so it answers nothing.
    """
    if isinstance(error, Unreachable):
        return Unanswered(str(error)) if error.maybe_received else NotSent(error)
    if error.status is not None and 400 <= error.status < 500:
        asked_wrong = isinstance(error, NotStoppable | InvalidRequest)
        return RefusedUpstream(_own_words(error), None if asked_wrong else error.status)
    return Unanswered(error.detail or f"status {error.status}", unclear=True)


def dump_answer(sent: Sent) -> str:
    """Adverity's answer as text for the ledger; :func:`load_answer` reads it."""
    match sent:
        case Accepted(said=said):
            return f"{ACCEPTED}: {said}" if said else ACCEPTED
        case RefusedUpstream(said, status):
            return f"refused: {said}" if status is None else f"refused ({status}): {said}"
        case Unanswered():
            return sent.in_words
        case _:
            assert_never(sent)


def load_answer(record: ActRecord) -> Sent:
    """The answer in a row whose request was sent before, perhaps by another process."""
    if accepted := _ACCEPTED.fullmatch(record.answer):
        return Accepted(record.answered_at or record.requested_at, accepted[1] or "")
    if refused := _REFUSED.fullmatch(record.answer):
        return RefusedUpstream(refused[2], int(refused[1]) if refused[1] else None)
    if unclear := _UNCLEAR.fullmatch(record.answer):
        return Unanswered(unclear[2], unclear=unclear[1] is not None)
    return Unanswered("jobbot was interrupted", interrupted=True)


def unsent_ending(attempt: NotSent | TooOld | OtherDatastream, act: ActFacts) -> Ending:
    """The ending where nothing was sent, by our own decision."""
    match attempt:
        case NotSent(error):
            return Ending(ActState.REFUSED, f"not sent: {error}", words.not_sent(act, error_in_words(error)))
        case TooOld():
            outcome = "not sent: asked for too long ago"
            return Ending(ActState.REFUSED, outcome, words.not_sent(act, words.away_too_long()))
        case OtherDatastream():
            outcome = "not sent: the job is of another datastream"
            return Ending(ActState.REFUSED, outcome, words.not_sent(act, words.of_another_datastream()))
        case _:
            assert_never(attempt)


def fate_of(attempt: Accepted | Unanswered) -> words.RequestFate:
    """What is said of the request where its outcome is not known."""
    if isinstance(attempt, Accepted):
        return words.RequestFate.ACCEPTED
    if attempt.interrupted:
        return words.RequestFate.INTERRUPTED
    return words.RequestFate.UNCLEAR if attempt.unclear else words.RequestFate.NONE


def denied_ending(no: Denied) -> Ending:
    """The ending of a submission that is not permitted."""
    return Ending(ActState.DENIED, no.why, no.message)


def second_ending(act: ActFacts, first: ActRecord | UnknownAct) -> Ending:
    """The ending of an act where another one of the same subject is under way or was done: somebody's, or jobbot's."""
    done, who = first.state is ActState.DONE, first.user_id if first.planned_for is None else ""
    outcome = f"not sent, {'done' if done else 'being done'} by {who or 'jobbot'}"
    return Ending(ActState.SECOND, outcome, words.second(act, who, first.requested_at, done=done))


def frozen_out_ending(frozen: Frozen) -> Ending:
    """The ending of a submission while the instance is frozen."""
    return Ending(ActState.DENIED, _frozen_by(frozen), words_of_freeze.refused(frozen))


def held_back_ending(act: ActFacts, frozen: Frozen) -> Ending:
    """The ending of an act that was begun, and not sent before the instance was frozen."""
    return Ending(ActState.REFUSED, _frozen_by(frozen), words.held_by_freeze(act, frozen))


def _frozen_by(frozen: Frozen) -> str:
    return f"not sent, frozen by {frozen.user_id}"


def dropped_ending(act: ActFacts, why: str = "not sent: jobbot was interrupted") -> Ending:
    """The ending of a submission whose process did not come to decide on it."""
    return Ending(ActState.DROPPED, why, words.dropped(act))


def decide_without_instance(record: ActRecord, act: ActFacts) -> Ending:
    """The ending of an act whose instance is not configured any more, decided from its row alone."""
    if record.state is ActState.SUBMITTED:
        return dropped_ending(act)
    if record.state in (ActState.PLANNED, ActState.REQUESTED):
        return Ending(ActState.REFUSED, "not sent: instance not configured", words.not_set_up(act, sent=False))
    sent = load_answer(record)
    if isinstance(sent, RefusedUpstream):
        return Ending(ActState.REFUSED, sent.said, words.refused(act, sent.said, sent.status))
    outcome = "not known: instance not configured"
    return Ending(ActState.UNKNOWN, outcome, words.not_set_up(act, sent=True))


def _own_words(error: AdverityError) -> str:
    if said := error.words if isinstance(error, InvalidRequest) else error.detail:
        return said
    return "it gave no reason" if isinstance(error, NotStoppable | InvalidRequest) else f"it answered {error.status}"

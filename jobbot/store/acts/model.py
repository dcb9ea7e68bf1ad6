"""The ledger of acts: its rows, their states, and the protocol of the changes between them.

An act changes something in Adverity: it stops a job, fetches days again. Its submission is recorded before Slack's ack:
an empty ack means that it is here. Once access has been decided the row holds its subject (the job, the datastream's
days), *before* anything is sent to Adverity. The hold is unique per (instance, subject), so of two people who press at
once one goes on and the other is told who was first; a person who turns out not to be permitted holds nobody back.
A row belongs to one process for as long as that renews its lease; when that process dies another one takes the row
over, reads what was done, and goes on.

A row that is only ``submitted`` is never resumed by another process. Its commit may have been made while its
answer was lost, and then the window has said that nothing was sent: only the process that recorded it knows which of
the two the person was told. Whoever takes it over closes it as dropped and says that nothing was sent, which is true
in both cases; to ask again costs a person less than an act that they were told would not come.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from jobbot.store.acts.review_request import NotConfirmed, ReviewRequest  # whose types are made of these


class Kind(StrEnum):
    """The kinds of acts."""

    STOP = "stop"
    FETCH = "fetch"
    STOP_SEVERAL = "stop_several"
    PAUSE = "pause"
    RESUME = "resume"
    RETRY = "retry"
    ACKNOWLEDGE = "acknowledge"


class ActState(StrEnum):
    """The states of a row: submitted (or planned) -> requested -> sent -> an ending.

    ``planned`` is what jobbot will do by itself at an hour: a row that nobody executes before. From then on whichever
    process takes it over requests it; what makes it superfluous closes it as ``ended_otherwise``.

    From ``submitted``, before it held its subject: ``denied`` (not permitted), ``second`` (somebody else was
    first), ``dropped`` (its process ended, or did not learn in time that it was recorded). From ``requested``:
    ``refused`` or ``ended_otherwise`` (there was nothing to do any more), and nothing was sent. From ``sent``: those
    two, ``done`` (seen in Adverity) or ``unknown``. Where all that was asked for is another plan, the row is ``done``
    without having been sent, in the transaction that changes the plan (:class:`Replan`).
    """

    SUBMITTED = "submitted"
    PLANNED = "planned"
    REQUESTED = "requested"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    ENDED_OTHERWISE = "ended_otherwise"
    UNKNOWN = "unknown"
    DENIED = "denied"
    SECOND = "second"
    DROPPED = "dropped"


OPEN = frozenset({ActState.REQUESTED, ActState.SENT})
"""States that hold the subject: at most one row of a subject has one of them (a unique index)."""

NOT_BEGUN = frozenset({ActState.DENIED, ActState.SECOND, ActState.DROPPED})
"""The endings of a submission that never held its subject: told to the person alone."""

ENDINGS = frozenset(ActState) - OPEN - {ActState.SUBMITTED, ActState.PLANNED}

ENDINGS_FROM = {
    ActState.SUBMITTED: NOT_BEGUN,
    ActState.PLANNED: frozenset({ActState.REFUSED, ActState.ENDED_OTHERWISE}),
    # Second: done by somebody else just before it was held.
    ActState.REQUESTED: frozenset({ActState.REFUSED, ActState.ENDED_OTHERWISE, ActState.SECOND}),
    ActState.SENT: ENDINGS - NOT_BEGUN,
}
"""Which endings can be true of a row in each state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRequest:
    """What a submitted window asks for. ``opened_at``, when the window was opened, and ``requested_at`` are aware.

    Of an act that confirms a review request ``opened_at`` is when the window was opened in which that was asked for.

    ``request_key`` is what Slack repeats when it delivers the same submission again; ``subject`` is what the act claims
    (``job 987``); ``name`` is that of the datastream, as it came, empty where it was not known; ``job``, ``datastream``
    and ``workspace`` are the numbers of what it is about, where they are known; ``range_start`` and ``range_end`` the
    first and the last day that are fetched. ``details`` is JSON of what only its kind has (``flows/acts/kinds``).
    ``planned_for`` is the hour at which jobbot does it by itself, None where somebody has submitted it.

    ``review`` is the id of the review request that ``user_id`` confirmed by it, and ``asked_by`` who had asked, never
    the same person; ``two_people``: it may not be done without one (a constraint of the table).
    """

    request_key: str
    kind: Kind
    instance: str
    subject: str
    name: str
    user_id: str
    team_id: str | None
    channel_id: str
    thread_ts: str | None
    reason: str
    opened_at: datetime
    requested_at: datetime
    job: int | None = None
    datastream: int | None = None
    workspace: int | None = None
    range_start: date | None = None
    range_end: date | None = None
    details: str = ""
    planned_for: datetime | None = None
    asked_by: str | None = None
    review: str | None = None
    two_people: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replan:
    """What an ending makes of what is planned for its subject: that is closed with ``outcome``, ``plan`` is planned.

    ``plan`` has its ``planned_for``; None plans nothing.
    """

    outcome: str
    plan: ActRequest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRecord(ActRequest):
    """One row. Times are aware and in UTC.

    ``answer`` is what Adverity said to the request, ``outcome`` what came of it or was seen last; ``message`` is
    the last message, as it was written with the ending: what the channel (or, of a submission that was not begun, the
    person) is to be told, and was told at ``told_at``; ``untold`` is Slack's reason where it says for good that nobody
    can be told. ``first_posts`` is how many first messages were begun and not refused. ``part_of`` is the id of the act
    of several that it is a part of; ``halted_by`` who said of such an act that no more of its parts shall begin.
    """

    id: str
    state: ActState
    message_ts: str | None = None
    first_posts: int = 0
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    answer: str = ""
    closed_at: datetime | None = None
    outcome: str = ""
    started: str = ""
    message: str | None = None
    told_at: datetime | None = None
    untold: str | None = None
    part_of: str | None = None
    halted_by: str | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownAct:
    """A row of a kind or in a state that this version does not know: a newer one wrote it, or somebody by hand.

    It is left alone, and told of in the record. The fields are as of ActRecord, as far as something is told of them;
    ``columns`` are all of those. Any: each has its column's type.
    """

    id: str
    kind: str
    state: str
    name: str
    user_id: str
    channel_id: str
    reason: str
    requested_at: datetime
    instance: str
    outcome: str
    job: int | None
    datastream: int | None
    message_ts: str | None
    planned_for: datetime | None
    closed_at: datetime | None
    asked_by: str | None
    part_of: str | None
    columns: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to change a row: good until somebody takes the row over, which raises the fence."""

    id: str
    owner: str
    fence: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this process may execute. ``response_url``: the stored one, None once not needed or too old."""

    claim: Claim
    record: ActRecord
    response_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Held:
    """Another act holds the subject: ``record`` is its row."""

    record: ActRecord | UnknownAct


@dataclass(frozen=True, slots=True)
class Repeated:
    """This very submission has its row already: Slack delivered it again."""

    record: ActRecord


class LostClaim(Exception):
    """The row is not in the expected state, or another process has taken it over: nothing was changed."""


class Ledger(Protocol):
    """Changes of rows: each is one transaction. What changes a claimed row raises LostClaim where it is not ours.

    So does what changes its state, where it is not in the state before.

    Every method may raise :class:`~jobbot.store.database.engine.StoreUnavailable`.
    """

    async def submit(
        self,
        wish: ActRequest,
        parts: Sequence[ActRequest] = (),
        *,
        response_url: str | None = None,
        card: "Callable[[ReviewRequest], str] | None" = None,
    ) -> "Claimed | Repeated | NotConfirmed":
        """Record a submission, once. Where this raises or is cancelled, a row that was written is dropped later.

        An act of several is recorded with its ``parts``, all of them or nothing. Nobody takes a part over by itself:
        who holds the whole takes them one after the other (:meth:`take_part`). ``response_url`` is stored encrypted,
        until it is not needed any more.

        An act that confirms a review request does so in the same transaction, and the request's card says what
        ``card`` makes of it from then on. NotConfirmed where it does not, and then nothing is recorded.
        """
        ...

    async def parts(self, whole: str) -> list[ActRecord]:
        """The parts of an act of several, in the order in which they were given."""
        ...

    async def take_part(self, whole: Claim, part: str) -> Claimed:
        """Claim an unfinished part for who holds the whole. Raises LostClaim, also where somebody else holds that."""
        ...

    async def halt(self, whole: str, user_id: str, channel_id: str | None) -> bool:
        """Begin no more parts of an act that is under way in a channel; whether it was so asked for the first time."""
        ...

    async def postpone(self, claim: Claim, wait: float, why: str) -> None:
        """An open act back to planned, for ``wait`` seconds from now; ``why`` is kept as the answer.

        Of one that is ``sent`` only where it is certain that nothing has left.
        """
        ...

    def withdraw(self, claim: Claim) -> None:
        """Drop a submission, as the person was told that it is not recorded."""
        ...

    async def hold(self, claimed: Claimed) -> Held | None:
        """submitted or planned -> requested, which holds the subject; Held where another row does. May be repeated."""
        ...

    async def posting(self, claim: Claim) -> None:
        """Count a first message about to be posted: it may stand in the channel even if its ts is never stored."""
        ...

    async def not_posted(self, claim: Claim) -> None:
        """Uncount that message: Slack certainly did not take it."""
        ...

    async def announced(self, claim: Claim, message_ts: str) -> None:
        """Store the ts of the channel message."""
        ...

    async def sending(self, claim: Claim, at: datetime, details: str | None = None) -> datetime:
        """requested -> sent, before the request leaves; with new ``details``, where they are given.

        Nobody takes the row over until the returned time. May be repeated with the same ``at`` where its answer was
        lost, before anything has left.
        """
        ...

    async def keep(self, claim: Claim) -> datetime:
        """Check and renew the claim. No other process takes the row over until the returned time."""
        ...

    async def answered(self, claim: Claim, at: datetime, answer: str) -> None:
        """Store Adverity's answer to the request; the row stays ``sent``."""
        ...

    async def close(
        self,
        claim: Claim,
        state: ActState,
        at: datetime,
        outcome: str,
        message: str,
        *,
        started: str = "",
        details: str | None = None,
        replan: Replan | None = None,
    ) -> None:
        """Close the row with an ending, and with the last message, which is owed to the channel from then on.

        The unfinished parts of an act of several end with it, in the same transaction: nobody else would end them.
        So does what is planned for its subject, and the message of what ``replan`` plans is the row's: what was planned
        does not begin before, as the row holds the subject, nor afterwards.

        ``started`` are the numbers of the jobs that Adverity has started for it: ``991,992``. New ``details`` replace
        the row's, where they are given.
        """
        ...

    async def told(self, claim: Claim, at: datetime, message_ts: str | None = None) -> None:
        """The last message was delivered (``message_ts``, if it is a new one): the row is finished."""
        ...

    async def not_told(self, claim: Claim, why: str) -> None:
        """The last message cannot be delivered in any way: the row is finished, with the reason."""
        ...

    async def release(self, claim: Claim, wait: float = 0.0) -> None:
        """Release the row: any process may take it over, ``wait`` seconds from now.

        Nothing happens where the claim is lost already.
        """
        ...

    async def renew(self) -> None:
        """Renew the leases of all rows that this process executes, also those that ran out and were not taken over."""
        ...

    def drop(self, claim: Claim) -> None:
        """Stop renewing this row: its lease runs out."""
        ...

    async def take_over(self, most: int) -> list[Claimed]:
        """Claim unfinished rows whose lease has run out, and that this process does not execute, the oldest first.

        Of those that are planned: whose hour has come. An :class:`UnknownAct` is left alone, and logged once.
        """
        ...

    async def earlier(self, instance: str, subject: str) -> ActRecord | None:
        """The row that holds a subject; else its newest act that was done or has an unknown outcome."""
        ...

    async def last_done(self, instance: str, subject: str) -> ActRecord | None:
        """The act of a subject that was done last, whatever came to nothing afterwards."""
        ...

    async def current(self, claim: Claim) -> ActRecord:
        """The row as it is now, whoever owns it. Raises LostClaim where it is gone, or an :class:`UnknownAct` now."""
        ...

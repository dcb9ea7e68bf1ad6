"""The record of stops: who asked for what, when, why, how it ended, and who is seeing it through.

A submission is recorded before Slack's ack: an empty ack means that it is here. Once access has been decided it takes
hold of the job, *before* anything is sent to Adverity. The hold is unique per (instance, job), so of two people who
press at once one goes on and the other is told who was first; and who turns out not to be permitted holds nobody back.
A row belongs to one process for as long as that renews its lease; when that process dies another one takes the row
over, reads what was done, and goes on.

A row that is ``submitted`` alone is never gone on with by another process. Its commit may have been made while its
answer was lost, and then the window has said that nothing was sent: only the process that recorded it knows which of
the two the person was told. Whoever takes it over closes it as dropped and says that nothing was sent, which is true
in both cases; to ask again costs a person less than a stop that they were told would not come.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class StopState(StrEnum):
    """submitted -> requested -> sent -> an ending.

    From ``submitted``, before it had hold of the job: ``denied`` (not permitted), ``second`` (somebody else was
    first), ``dropped`` (its process ended, or did not learn in time that it was recorded). From ``requested``:
    ``refused`` or ``ended_otherwise``, and nothing was sent. From ``sent``: those two, ``stopped`` or ``unknown``.
    """

    SUBMITTED = "submitted"
    REQUESTED = "requested"
    SENT = "sent"
    STOPPED = "stopped"
    REFUSED = "refused"
    ENDED_OTHERWISE = "ended_otherwise"
    UNKNOWN = "unknown"
    DENIED = "denied"
    SECOND = "second"
    DROPPED = "dropped"


OPEN = frozenset({StopState.REQUESTED, StopState.SENT})
"""Has hold of the job: one row a job, which holds others back."""

NOT_BEGUN = frozenset({StopState.DENIED, StopState.SECOND, StopState.DROPPED})
"""The endings of a submission that never had hold of the job: told to the person alone."""

ENDINGS = frozenset(StopState) - OPEN - {StopState.SUBMITTED}

ENDINGS_FROM = {
    StopState.SUBMITTED: NOT_BEGUN,
    StopState.REQUESTED: frozenset({StopState.REFUSED, StopState.ENDED_OTHERWISE}),
    StopState.SENT: ENDINGS - NOT_BEGUN,
}
"""Which endings can be true of a row in each state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopWish:
    """What a submitted modal asks for. ``requested_at`` is aware.

    ``request_key`` is what Slack repeats when it delivers the same submission again; ``name`` is the job's title as it
    was shown; ``datastream`` and ``workspace`` are the numbers of the job's, where they were known.
    """

    request_key: str
    instance: str
    job: int
    name: str
    user_id: str
    team_id: str | None
    channel_id: str
    thread_ts: str | None
    reason: str
    requested_at: datetime
    datastream: int | None = None
    workspace: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRecord(StopWish):
    """One row. Times are aware and in UTC.

    ``answer`` is what Adverity said to the stop, ``outcome`` how the job ended or what was seen last; ``message`` is
    the last message, as it was written with the ending: what the channel (or, of a submission that was not begun, the
    person) is to be told, and was told at ``told_at``; ``untold`` is Slack's reason where it says for good that nobody
    can be told. ``first_posts`` is how many first messages were begun and not refused.
    """

    id: str
    state: StopState
    message_ts: str | None = None
    first_posts: int = 0
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    answer: str = ""
    closed_at: datetime | None = None
    outcome: str = ""
    message: str | None = None
    told_at: datetime | None = None
    untold: str | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to change a row: good until somebody takes the row over, which raises the fence."""

    id: str
    owner: str
    fence: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """The row is ours: go on with it. ``response_url`` still reaches the channel, as far as the row knows."""

    claim: Claim
    record: StopRecord
    response_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody else has hold of the job: ``record`` is theirs."""

    record: StopRecord


@dataclass(frozen=True, slots=True)
class Repeated:
    """This very submission has its row already: Slack delivered it again."""

    record: StopRecord


class LostClaim(Exception):
    """The row is not in the state that was to be left, or somebody else has taken it over: leave it alone."""


class Ledger(Protocol):
    """Every change is one atomic statement, guarded by the state that it leaves and by the claim; else LostClaim.

    Every method may raise :class:`~jobbot.store.database.engine.StoreUnavailable`.
    """

    async def submit(self, wish: StopWish, *, response_url: str | None = None) -> Claimed | Repeated:
        """Record a submission, once. Where this raises, or is cancelled, the row comes to nothing if it is there.

        ``response_url`` is kept encrypted, and not for long.
        """
        ...

    def withdraw(self, claim: Claim) -> None:
        """Nothing is to come of a submission: the person has been told that it is not recorded."""
        ...

    async def hold(self, claimed: Claimed) -> Held | None:
        """submitted -> requested, unless somebody else has hold of the job. May be repeated."""
        ...

    async def posting(self, claim: Claim) -> None:
        """Right before the first message leaves: if nobody learns its ts, there may be one all the same."""
        ...

    async def not_posted(self, claim: Claim) -> None:
        """Slack says for certain that it did not take that message."""
        ...

    async def announced(self, claim: Claim, message_ts: str) -> None:
        """Remember the channel's message."""
        ...

    async def sending(self, claim: Claim, at: datetime) -> datetime:
        """requested -> sent; written before the request leaves. Until the answered time nobody takes the row over."""
        ...

    async def keep(self, claim: Claim) -> datetime:
        """Make sure that the row is still ours; until the time that is answered it stays so."""
        ...

    async def answered(self, claim: Claim, at: datetime, answer: str) -> None:
        """What Adverity said to the stop; the row stays ``sent``."""
        ...

    async def close(self, claim: Claim, state: StopState, at: datetime, outcome: str, message: str) -> None:
        """Leave the open states; ``message`` is what the channel is to be told, in the same statement."""
        ...

    async def told(self, claim: Claim, at: datetime, message_ts: str | None = None) -> None:
        """The channel has the last message, under that ts if it is a new one: nothing is left to do."""
        ...

    async def not_told(self, claim: Claim, why: str) -> None:
        """Slack refuses the last message for good, in every way that there is: nothing can be done."""
        ...

    async def release(self, claim: Claim, wait: float = 0.0) -> None:
        """Give the row up: anybody may take it over, ``wait`` seconds from now.

        Nothing happens where the claim is lost already.
        """
        ...

    async def renew(self) -> None:
        """Keep everything that somebody here works on for another lease, and what ran out while nobody took it."""
        ...

    def drop(self, claim: Claim) -> None:
        """Nobody here works on it any more: whoever comes after its lease may have it."""
        ...

    async def take_over(self, most: int) -> list[Claimed]:
        """Rows whose lease has run out, and that nobody here works on: ours from now on, the oldest first."""
        ...

    async def earlier(self, instance: str, job: int) -> StopRecord | None:
        """The row that has hold of a job; else the newest one that was sent, and worked or has no known outcome."""
        ...

    async def read(self, claim: Claim) -> StopRecord:
        """The row as it is now, whoever has it. Raises LostClaim where there is none."""
        ...

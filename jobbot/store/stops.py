"""The record of stops: who asked for what, when, why, how it ended, and who is seeing it through.

A stop is claimed here *before* anything is sent to Adverity. The claim is unique per (instance, job) while it is open,
so of two people who press at once one goes on and the other is told who was first. A claim is held by one process for
as long as it renews its lease; when that process dies another one takes the row over, reads what was done, and goes on.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class StopState(StrEnum):
    """requested -> sent -> one of the four endings; an ending may also follow ``requested`` (nothing was sent)."""

    REQUESTED = "requested"
    SENT = "sent"
    STOPPED = "stopped"
    REFUSED = "refused"
    ENDED_OTHERWISE = "ended_otherwise"
    UNKNOWN = "unknown"


OPEN = frozenset({StopState.REQUESTED, StopState.SENT})
NOTHING_SENT = frozenset({StopState.REFUSED, StopState.ENDED_OTHERWISE})
"""The endings that can be true of a stop that was never sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopWish:
    """What a submitted modal asks for, access having been decided. ``requested_at`` is aware.

    ``request_key`` is what Slack repeats when it delivers the same submission again; ``name`` is the job's title as it
    was shown.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRecord(StopWish):
    """One row. Times are aware and in UTC.

    ``answer`` is what Adverity said to the stop, ``outcome`` how the job ended or what was seen last; ``message`` is
    the last message, as it was written with the ending: what the channel is to say, and from ``told_at`` on says;
    ``untold`` is Slack's reason where it says for good that nobody can be told. ``first_posts`` is how many first
    messages were begun and not refused.
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
    """Somebody else's claim on the job is open: ``record`` is theirs."""

    record: StopRecord


@dataclass(frozen=True, slots=True)
class Repeated:
    """This very submission has its row already: Slack delivered it again."""

    record: StopRecord


class LostClaim(Exception):
    """The row is not in the state that was to be left, or somebody else has taken it over: leave it alone."""


class Ledger(Protocol):
    """Every change is one atomic statement, guarded by the state that it leaves and by the claim; else LostClaim.

    Every method may raise :class:`~jobbot.store.engine.StoreUnavailable`.
    """

    async def claim(self, wish: StopWish, *, response_url: str | None = None) -> Claimed | Held | Repeated:
        """Open a row for (instance, job), unless one is open. ``response_url`` is kept encrypted, and not for long."""
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

    async def release(self, claim: Claim) -> None:
        """Let anybody take the row over at once. Nothing happens where the claim is lost already."""
        ...

    async def renew(self) -> None:
        """Keep everything that somebody here works on for another lease."""
        ...

    def drop(self, claim: Claim) -> None:
        """Nobody here works on it any more: whoever comes after its lease may have it."""
        ...

    async def take_over(self, most: int) -> list[Claimed]:
        """Rows whose lease has run out, ours from now on, the oldest first."""
        ...

    async def latest(self, instance: str, job: int) -> StopRecord | None:
        """The newest row of a job, open or closed."""
        ...

    async def read(self, claim: Claim) -> StopRecord:
        """The row as it is now, whoever has it. Raises LostClaim where there is none."""
        ...

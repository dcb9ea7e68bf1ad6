"""The record of stops: who asked for what, when, why, and how it ended.

A stop is claimed here *before* anything is sent to Adverity. The claim is unique per (instance, job) while it is open,
so of two people who press at once one goes on and the other is told who was first. :class:`MemoryLedger` keeps the
record for the life of the process.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import uuid4

KEPT_WHEN_CLOSED = 10_000
"""How many ended stops the memory ledger remembers; what is open is always kept."""


class StopState(StrEnum):
    """requested -> sent -> one of the four endings.

    Where nothing was sent, ``refused`` or ``ended_otherwise`` follows ``requested``: nothing else can be true then.
    """

    REQUESTED = "requested"
    SENT = "sent"
    STOPPED = "stopped"
    REFUSED = "refused"
    ENDED_OTHERWISE = "ended_otherwise"
    UNKNOWN = "unknown"


OPEN = frozenset({StopState.REQUESTED, StopState.SENT})
UNSENT_ENDINGS = frozenset({StopState.REFUSED, StopState.ENDED_OTHERWISE})


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRecord:
    """One row. Times are aware and in UTC. ``answer``: how it ended, in words."""

    instance: str
    job: int
    user_id: str
    team_id: str | None
    channel_id: str
    reason: str
    requested_at: datetime
    thread_ts: str | None = None
    id: str = ""
    state: StopState = StopState.REQUESTED
    message_ts: str | None = None
    sent_at: datetime | None = None
    closed_at: datetime | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claim is ours: go on with ``record``."""

    record: StopRecord


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody else's claim is open: ``record`` is theirs."""

    record: StopRecord


class WrongTransition(Exception):
    """A row was to leave a state that it is not in: somebody else has moved it."""


class Ledger(Protocol):
    """Every change is one atomic step, guarded by the state that it leaves; else :class:`WrongTransition`."""

    async def claim(self, record: StopRecord) -> Claimed | Held:
        """Open a row for (instance, job), unless one is open."""
        ...

    async def announced(self, record_id: str, message_ts: str) -> None:
        """Remember the channel's message of an open row."""
        ...

    async def sending(self, record_id: str, at: datetime) -> None:
        """requested -> sent; written before the request leaves."""
        ...

    async def close(self, record_id: str, state: StopState, at: datetime, answer: str) -> StopRecord:
        """Leave the open states; the row as it is then."""
        ...

    async def latest(self, instance: str, job: int) -> StopRecord | None:
        """The newest row of a job, open or closed."""
        ...


class MemoryLedger:
    """A :class:`Ledger` in memory. Atomic because nothing in it awaits."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], StopRecord] = {}
        self._closed: OrderedDict[tuple[str, int], StopRecord] = OrderedDict()

    async def claim(self, record: StopRecord) -> Claimed | Held:
        """See :meth:`Ledger.claim`."""
        key = (record.instance, record.job)
        if key in self._open:
            return Held(self._open[key])
        claimed = replace(record, id=uuid4().hex, state=StopState.REQUESTED)
        self._open[key] = claimed
        return Claimed(claimed)

    async def announced(self, record_id: str, message_ts: str) -> None:
        """See :meth:`Ledger.announced`."""
        self._change(replace(self._find(record_id), message_ts=message_ts))

    async def sending(self, record_id: str, at: datetime) -> None:
        """See :meth:`Ledger.sending`."""
        record = self._find(record_id)
        if record.state is not StopState.REQUESTED:
            raise WrongTransition(record_id)
        self._change(replace(record, state=StopState.SENT, sent_at=at))

    async def close(self, record_id: str, state: StopState, at: datetime, answer: str) -> StopRecord:
        """See :meth:`Ledger.close`."""
        record = self._find(record_id)
        if state in OPEN or (record.state is StopState.REQUESTED and state not in UNSENT_ENDINGS):
            raise WrongTransition(record_id)
        record = replace(record, state=state, closed_at=at, answer=answer)
        key = (record.instance, record.job)
        del self._open[key]
        self._closed[key] = record
        self._closed.move_to_end(key)
        while len(self._closed) > KEPT_WHEN_CLOSED:
            self._closed.popitem(last=False)
        return record

    async def latest(self, instance: str, job: int) -> StopRecord | None:
        """See :meth:`Ledger.latest`."""
        return self._open.get((instance, job)) or self._closed.get((instance, job))

    def _find(self, record_id: str) -> StopRecord:
        for record in self._open.values():
            if record.id == record_id:
                return record
        raise WrongTransition(record_id)

    def _change(self, record: StopRecord) -> None:
        self._open[(record.instance, record.job)] = record

"""What is true of the ledger whatever is done to it in whatever order, by two processes: a machine for hypothesis.

The machine keeps its own book of what each row must be, and holds the ledger against it after every step.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from jobbot.store.acts.history import ActHistory, ActQuery
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.acts.model import ENDINGS, ENDINGS_FROM, OPEN, ActRecord, ActState, Claim, Claimed, Held, LostClaim
from jobbot.store.database.engine import Database
from tests.support.inline_sqlite import make_inline_engine
from tests.unit.store.machine import RUNS, StoreMachine
from tests.unit.store.world import LEASE, begin, ledgers, wish

_SECOND = (ActState.SECOND,)
STEPS = ["announced", "sending", "answered", "told"]


@dataclass
class Row:
    """The book's row: what the ledger must say, whose it is, until when, and claims that were lost."""

    record: ActRecord
    claim: Claim
    until: float
    lost: list[Claim]


class LedgerMachine(StoreMachine):
    """Two processes claim, send, close, tell, sleep and take over, in any order."""

    def __init__(self) -> None:
        super().__init__()
        made = ledgers(self.url, self.clock, "one", "two", engine=make_inline_engine)
        both = self.does(self.stack.enter_async_context(made))
        self.ledgers: dict[str, SqlLedger] = dict(zip(("one", "two"), both, strict=True))
        self.database = Database(make_inline_engine(self.url))
        self.stack.push_async_callback(self.database.aclose)
        self.rows: list[Row] = []

    def tries(self, claim: Claim, work: Coroutine[Any, Any, object], *, allowed: bool) -> bool:
        """A step is made when it is allowed, and refused when it is not."""
        try:
            self.does(work)
        except LostClaim:
            assert not allowed, (claim, "was refused")
            return False
        assert allowed, (claim, "was not refused")
        return True

    def seconds(self) -> float:
        """A lease's length."""
        return LEASE.total_seconds()

    @rule(owner=st.sampled_from(["one", "two"]), job=st.sampled_from([1, 2]), people=st.integers(1, 2))
    def claim(self, owner: str, job: int, people: int) -> None:
        """However many ask at once, one gets it, unless somebody has it."""
        wishes = [wish(job=job, user_id=f"U{n}", requested_at=self.clock.pass_(0.001)) for n in range(people)]

        async def all_of_them() -> list[Any]:
            return list(await asyncio.gather(*(begin(self.ledgers[owner], one) for one in wishes)))

        answers = self.does(all_of_them())
        won = [answer for answer in answers if isinstance(answer, Claimed)]
        held = [row for row in self.rows if row.record.job == job and row.record.state in OPEN]
        assert len(won) == (0 if held else 1)
        for one in won:
            self.rows.append(Row(one.record, one.claim, self.now() + self.seconds(), []))
        holder = held[0].record if held else won[0].record
        assert all(answer.record.id == holder.id for answer in answers if isinstance(answer, Held))

    @rule(owner=st.sampled_from(["one", "two"]), job=st.sampled_from([1, 2]))
    def submit(self, owner: str, job: int) -> None:
        """Recorded, whoever has hold of the job."""
        won = self.does(self.ledgers[owner].submit(wish(job=job, requested_at=self.clock.pass_(0.001))))
        assert isinstance(won, Claimed)
        self.rows.append(Row(won.record, won.claim, self.now() + self.seconds(), []))

    @precondition(lambda self: self.rows)
    @rule(which=st.integers(0, 9), stale=st.booleans())
    def hold(self, which: int, stale: bool) -> None:
        """One row a job; once more where it has hold already."""
        row = self.rows[which % len(self.rows)]
        claim = row.lost[-1] if stale and row.lost else row.claim
        begins = row.record.state in (ActState.SUBMITTED, ActState.REQUESTED)
        others = [one for one in self.rows if one is not row and one.record.job == row.record.job]
        holder = next((one for one in others if one.record.state in OPEN), None)
        answers: list[Held | None] = []

        async def hold() -> None:
            answers.append(await self.ledgers[claim.owner].hold(Claimed(claim, row.record)))

        if self.tries(claim, hold(), allowed=claim is row.claim and begins):
            assert [answer and answer.record for answer in answers] == [holder and holder.record]
            if holder is None:
                row.record = replace(row.record, state=ActState.REQUESTED)

    @precondition(lambda self: self.rows)
    @rule(
        which=st.integers(0, 9), stale=st.booleans(), step=st.sampled_from(["announced", "sending", "answered", "told"])
    )
    def step(self, which: int, stale: bool, step: str) -> None:
        """Each step from its own state alone, and with the claim alone."""
        row = self.rows[which % len(self.rows)]
        claim = row.lost[-1] if stale and row.lost else row.claim
        ledger, at = self.ledgers[claim.owner], self.clock.pass_(0.001)
        mine = claim is row.claim
        state = row.record.state
        changed: dict[str, Any]
        match step:
            case "announced":
                done = self.tries(claim, ledger.announced(claim, "1.1"), allowed=mine)
                changed = {"message_ts": "1.1"}
            case "sending":
                done = self.tries(claim, ledger.sending(claim, at), allowed=mine and state is ActState.REQUESTED)
                changed = {"state": ActState.SENT, "sent_at": at}
            case "answered":
                allowed = mine and state is ActState.SENT
                done = self.tries(claim, ledger.answered(claim, at, "accepted"), allowed=allowed)
                changed = {"answered_at": at, "answer": "accepted"}
            case _:
                allowed = mine and row.record.closed_at is not None and row.record.told_at is None
                done = self.tries(claim, ledger.told(claim, at), allowed=allowed)
                changed = {"told_at": at}
        if done:
            row.record = replace(row.record, **changed)
            if step == "sending":
                row.until = self.now() + self.seconds()

    @precondition(lambda self: self.rows)
    @rule(which=st.integers(0, 9), stale=st.booleans())
    def keep(self, which: int, stale: bool) -> None:
        """Whoever has a row keeps it, however long ago they last did; whoever lost it learns so."""
        row = self.rows[which % len(self.rows)]
        claim = row.lost[-1] if stale and row.lost else row.claim
        if self.tries(claim, self.ledgers[claim.owner].keep(claim), allowed=claim is row.claim):
            row.until = self.now() + self.seconds()
        assert self.does(self.ledgers["one"].current(claim)) == row.record

    @precondition(lambda self: self.rows)
    @rule(which=st.integers(0, 9), stale=st.booleans(), ending=st.sampled_from(sorted(ENDINGS)))
    def close(self, which: int, stale: bool, ending: ActState) -> None:
        """An ending that can be true of what was sent, or not sent, and no other."""
        row = self.rows[which % len(self.rows)]
        claim = row.lost[-1] if stale and row.lost else row.claim
        at, state = self.clock.pass_(0.001), row.record.state
        can_be = ending in ENDINGS_FROM.get(state, ())
        work = self.ledgers[claim.owner].close(claim, ending, at, "in words", "{}")
        if self.tries(claim, work, allowed=claim is row.claim and can_be):
            row.record = replace(row.record, state=ending, closed_at=at, outcome="in words", message="{}")

    @rule(seconds=st.sampled_from([5.0, 29.0, 31.0]))
    def sleep(self, seconds: float) -> None:
        """Time passes."""
        self.clock.pass_(seconds)

    @rule(owner=st.sampled_from(["one", "two"]))
    def renew(self, owner: str) -> None:
        """What is worked on lasts longer, also what ran out while nobody took it."""
        self.does(self.ledgers[owner].renew())
        for row in self.rows:
            if row.claim.owner == owner and row.record.told_at is None:
                row.until = self.now() + self.seconds()

    @rule(owner=st.sampled_from(["one", "two"]))
    def take_over(self, owner: str) -> None:
        """Everything of others that ran out and is not done, and nothing else."""
        due = {
            row.record.id
            for row in self.rows
            if row.record.told_at is None and row.until < self.now() - 1e-6 and row.claim.owner != owner
        }
        taken = {one.record.id: one for one in self.does(self.ledgers[owner].take_over(100))}
        assert set(taken) == due
        for row in self.rows:
            if row.record.id in taken:
                row.lost.append(row.claim)
                row.claim, row.until = taken[row.record.id].claim, self.now() + self.seconds()
                row.record = replace(row.record, owner=owner)

    @invariant()
    def the_latest_row_of_every_job_is_as_it_must_be(self) -> None:
        """After every step."""
        found = self.does(ActHistory(self.database).newest(ActQuery(instance="acme"), skip=0, most=1000))
        for job in (1, 2):
            rows = [row.record for row in self.rows if row.record.job == job and row.record.state not in _SECOND]
            begun = (row for row in found if row.job == job and row.state not in _SECOND)
            assert next(begun, None) == (rows[-1] if rows else None)
            held = [record for record in rows if record.state in OPEN]
            over = [record for record in rows if record.state in (ActState.DONE, ActState.UNKNOWN)]
            assert self.does(self.ledgers["one"].earlier("acme", f"job {job}")) == next(iter(held or over[-1:]), None)


@pytest.mark.examples
def test_the_ledger_is_as_its_book(database_kind: str) -> None:
    class Machine(LedgerMachine):
        kind = database_kind

    run_state_machine_as_test(Machine, settings=RUNS)

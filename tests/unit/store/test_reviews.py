"""Review requests in any order of what people and time do to them, held against a book of what each may become.

Never confirmed by who asked, never twice, never after it was over; and nothing is recorded as done by two that was not.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from jobbot.render.blockkit.blocks import Message, dump_message
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.acts.model import ActRequest, ActState, Claimed, Kind, Repeated
from jobbot.store.acts.review_request import NotConfirmed, ReviewRequest, ReviewState, Unconfirmable
from jobbot.store.acts.reviews import OPEN_MOST, AskedBefore, ReviewStore, TooMany
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.database.tables import outbox
from tests.support.databases import fresh_database, sqlite_url
from tests.support.inline_sqlite import make_inline_engine
from tests.unit.store.machine import RUNS, StoreMachine
from tests.unit.store.world import LEASE, Clock, begin, ledgers, plan, wish

PEOPLE = ("U0ANA", "U0BEN", "U0CLEO")
LASTS = timedelta(minutes=10)
_keys = count(1)


def card(request: ReviewRequest) -> str:
    """Something that says how it is."""
    return dump_message(Message(f"{request.id} {request.state}", []))


def asking(clock: Clock, **changes: Any) -> ReviewRequest:
    """Ana asks for a stop."""
    act = wish(**{"requested_at": clock(), "opened_at": clock(), **changes})
    given = {name: getattr(act, name) for name in ActRequest.__dataclass_fields__}
    return ReviewRequest(**given, id=uuid4().hex, shown="", expires_at=clock() + LASTS)


def confirming(request: ReviewRequest, who: str, **changes: Any) -> ActRequest:
    """The same act, of somebody who reviews the request."""
    given = {name: getattr(request, name) for name in ActRequest.__dataclass_fields__}
    key = f"review {next(_keys)}"
    return ActRequest(**{**given, "request_key": key, "user_id": who, "review": request.id, **changes})


@dataclass
class Row:
    """The book's: what was asked, by whom it was confirmed, how it ended otherwise."""

    request: ReviewRequest
    confirmed_by: str | None = None
    ended: ReviewState | None = None


class ReviewMachine(StoreMachine):
    """Three people and two processes: asked, confirmed, withdrawn, discarded, looked after, in any order."""

    def __init__(self) -> None:
        super().__init__()
        made = ledgers(self.url, self.clock, "one", "two", engine=make_inline_engine)
        self.ledgers: list[SqlLedger] = self.does(self.stack.enter_async_context(made))
        self.database = Database(make_inline_engine(self.url), time_is_held=True)
        self.stack.push_async_callback(self.database.aclose)
        self.store = ReviewStore(self.database, self.clock)
        self.rows: list[Row] = []

    def is_open(self, row: Row) -> bool:
        """As the book says."""
        return row.confirmed_by is None and row.ended is None and self.clock() < row.request.expires_at

    @rule(who=st.sampled_from(PEOPLE), job=st.integers(1, 5))
    def ask(self, who: str, job: int) -> None:
        """Three of one person at a time, one of an act."""
        request = asking(self.clock, user_id=who, job=job)
        found = self.does(self.store.ask(request, card))
        opened = [row for row in self.rows if self.is_open(row)]
        if any(row.request.job == job for row in opened):
            assert isinstance(found, AskedBefore)
        elif sum(row.request.user_id == who for row in opened) >= OPEN_MOST:
            assert isinstance(found, TooMany)
        else:
            assert found == request
            self.rows.append(Row(request))

    @precondition(lambda self: self.rows)
    @rule(which=st.integers(0, 9), who=st.sampled_from(PEOPLE), process=st.integers(0, 1), job=st.integers(0, 9))
    def confirm(self, which: int, who: str, process: int, job: int) -> None:
        """Only somebody else confirms it, only while it is open, only with the act that it names, only once."""
        row = self.rows[which % len(self.rows)]
        other = {"subject": f"job {job + 100}", "job": job + 100} if job > 7 else {}
        act = confirming(row.request, who, requested_at=self.clock(), **other)
        found = self.does(self.ledgers[process].submit(act, card=card))
        if isinstance(found, Claimed):
            assert who != row.request.user_id
            assert not other
            assert self.is_open(row)
            assert found.record.asked_by == row.request.user_id
            row.confirmed_by = who
        else:
            assert isinstance(found, NotConfirmed)
            expected = {
                who == row.request.user_id: Unconfirmable.OWN,
                who != row.request.user_id and bool(other): Unconfirmable.OTHER_ACT,
            }.get(True, Unconfirmable.OVER)
            assert found.why is expected
            assert found.why is not Unconfirmable.OVER or not self.is_open(row)

    @precondition(lambda self: self.rows)
    @rule(which=st.integers(0, 9), state=st.sampled_from([ReviewState.WITHDRAWN, ReviewState.DISCARDED]))
    def end(self, which: int, state: ReviewState) -> None:
        """Only what is open."""
        row = self.rows[which % len(self.rows)]
        assert self.does(self.store.end(row.request.id, state, "U0ANA", card)) is self.is_open(row)
        if self.is_open(row):
            row.ended = state

    @rule(times=st.integers(1, 2))
    def look(self, times: int) -> None:
        """Whoever looks first lets it expire, and nobody after."""
        due = self.does(self.store.due())
        for request, state, _ in due:
            ended = [self.does(self.store.end(request.id, state, None, card)) for _ in range(times)]
            assert ended == [True, False][:times]
            (row,) = [one for one in self.rows if one.request.id == request.id]
            assert (row.confirmed_by, row.ended) == (None, None)
            assert self.clock() >= request.expires_at
            row.ended = state

    @rule(seconds=st.sampled_from([1.0, 299.0, 600.0]))
    def pass_time(self, seconds: float) -> None:
        """Time passes."""
        self.clock.pass_(seconds)

    def teardown(self) -> None:
        """Everything that was confirmed has its act, and each card was written once for each state it came into."""
        try:
            for row in self.rows:
                now = self.does(self.store.find(row.request.id))
                assert now is not None
                expected = ReviewState.CONFIRMED if row.confirmed_by else row.ended or ReviewState.OPEN
                assert (now.state, now.decided_by if row.confirmed_by else None) == (expected, row.confirmed_by)
        finally:
            super().teardown()


@pytest.mark.slow
@pytest.mark.examples
def test_never_by_who_asked_never_twice_never_after_it_was_over() -> None:
    machine = type("OnSqlite", (ReviewMachine,), {"kind": "sqlite"})
    run_state_machine_as_test(machine, settings=RUNS)


async def on(stack: AsyncExitStack, folder: Path, clock: Clock) -> tuple[ReviewStore, SqlLedger, Database]:
    """A store and a ledger on an empty database."""
    url = sqlite_url(folder / "reviews.db")
    (ledger,) = await stack.enter_async_context(ledgers(url, clock, "one", engine=make_inline_engine))
    database = Database(make_inline_engine(url), time_is_held=True)
    stack.push_async_callback(database.aclose)
    return ReviewStore(database, clock), ledger, database


async def test_a_repeated_submission_is_the_first_one(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        clock = Clock()
        store, ledger, database = await on(stack, tmp_path, clock)
        request = asking(clock)
        assert await store.ask(request, card) == request
        assert await store.ask(replace(request, id=uuid4().hex), card) == request
        act = confirming(request, "U0BEN")
        assert isinstance(await ledger.submit(act, card=card), Claimed)
        assert isinstance(await ledger.submit(act, card=card), Repeated)
        async with database.reading() as connection:
            rows = (await connection.execute(select(outbox.c.dedupe_key, outbox.c.message))).all()
        confirmed = await store.find(request.id)
        assert confirmed is not None
        assert rows == [(f"review {request.id}", card(confirmed))], "it was not posted before"


async def test_the_same_act_is_that_of_the_same_channel_and_of_a_pause_that_of_the_same_end(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        clock = Clock()
        store, _, _ = await on(stack, tmp_path, clock)
        asked = asking(clock)
        assert await store.ask(asked, card) == asked
        assert await store.ask(asking(clock, user_id="U0BEN"), card) == AskedBefore(asked)
        elsewhere = asking(clock, user_id="U0BEN", channel_id="C0OTHER")
        assert await store.ask(elsewhere, card) == elsewhere, "nobody reads who asks in another channel"
        pause = {"kind": Kind.PAUSE, "subject": "schedule 42", "job": None, "datastream": 42}
        ends = [asking(clock, **pause, details=details) for details in ("{}", '{"until":"2022-11-01T00:00:00Z"}')]
        for one in ends:
            assert await store.ask(one, card) == one, "another end is another act"
        again = asking(clock, **pause, details="{}", user_id="U0BEN")
        assert await store.ask(again, card) == AskedBefore(ends[0])
        several = {"kind": Kind.STOP_SEVERAL, "subject": "jobs", "job": None, "user_id": "U0CLEO"}
        for jobs in ((1, 2), (1,)):
            stops = replace(asking(clock, **several), jobs=jobs)
            assert await store.ask(stops, card) == stops


OPENED, ASKED, LATER = timedelta(), timedelta(minutes=1), timedelta(minutes=2)
"""When the window was opened in which others were asked, when it was sent, and the time of the test: after START."""

OTHERWISE: dict[str, tuple[Kind, dict[str, Any], ActState, timedelta, bool]] = {
    "done": (Kind.STOP, {}, ActState.DONE, LATER, True),
    "done while who asks had the window open": (Kind.STOP, {}, ActState.DONE, OPENED, True),
    "done before": (Kind.STOP, {}, ActState.DONE, -ASKED, False),
    "refused": (Kind.STOP, {}, ActState.REFUSED, LATER, False),
    "not known whether done": (Kind.STOP, {}, ActState.UNKNOWN, LATER, False),
    "another kind of the same subject": (Kind.RETRY, {"kind": Kind.ACKNOWLEDGE}, ActState.DONE, LATER, False),
    "another subject": (Kind.RETRY, {"subject": "job 1"}, ActState.DONE, LATER, False),
    "another instance": (Kind.RETRY, {"instance": "staging"}, ActState.DONE, LATER, False),
    "a pause, whose end may be another one": (Kind.PAUSE, {}, ActState.DONE, LATER, False),
}
"""What was asked for; what else the act is that somebody did without it, its ending, and when; whether it ends that."""


async def sees_what_ends_a_request(store: ReviewStore, ledger: SqlLedger, clock: Clock) -> None:
    """Each of them, then a resume that jobbot had planned itself: nobody has done that."""
    began = clock()
    clock.pass_(LATER.total_seconds())
    for number, (case, (kind, other, state, after, ends)) in enumerate(OTHERWISE.items(), start=2000):
        asked = {"kind": kind, "subject": f"job {number}", "user_id": f"U0{number}", "requested_at": began + ASKED}
        request = asking(clock, **asked, opened_at=began)
        await store.ask(request, card)
        assert not await store.end(request.id, ReviewState.DONE_ALREADY, "U0BEN", card), case
        act = await begin(ledger, wish(**{**asked, "user_id": "U0BEN", "job": number, **other}))
        assert isinstance(act, Claimed), case
        await ledger.sending(act.claim, began + after)
        await ledger.close(act.claim, state, began + after, "", "{}")
        due = [(one.id, one.decided_by, how) for one, how, _ in await store.due()]
        assert due == [(request.id, "U0BEN", ReviewState.DONE_ALREADY)] * ends, case
        assert await store.end(request.id, ReviewState.DONE_ALREADY, "U0BEN", card) is ends, case
    resume = {"kind": Kind.RESUME, "subject": "schedule 42", "job": None}
    hour = clock() + ASKED
    await plan(ledger, wish(**resume, requested_at=hour, planned_for=hour), clock())
    request = asking(clock, **resume)
    await store.ask(request, card)
    clock.pass_(LATER.total_seconds())
    (planned,) = [one for one in await ledger.take_over(99) if one.record.planned_for is not None]
    assert await ledger.hold(planned) is None
    await ledger.sending(planned.claim, clock())
    await ledger.close(planned.claim, ActState.DONE, clock(), "on", "{}")
    due = [(one.id, one.decided_by, how) for one, how, _ in await store.due()]
    assert due == [(request.id, None, ReviewState.DONE_ALREADY)]
    assert await store.end(request.id, ReviewState.DONE_ALREADY, None, card)


async def test_only_the_same_act_done_since_its_window_was_opened_ends_it(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        clock = Clock()
        store, ledger, _ = await on(stack, tmp_path, clock)
        await sees_what_ends_a_request(store, ledger, clock)


async def test_what_is_due_is_found_without_going_through_the_ledger(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        store, _, database = await on(stack, tmp_path, Clock())
        asked: list[tuple[str, Any]] = []

        def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
            asked.append((statement, parameters))

        event.listen(database.engine.sync_engine, "before_cursor_execute", note)
        await store.due()
        plans: list[str] = []
        async with database.reading() as connection:
            for statement, parameters in [one for one in asked if one[0].startswith("SELECT")]:
                rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plans += [row.detail for row in rows]
        assert any("review_requests_by_state" in plan for plan in plans), plans
        assert [plan for plan in plans if plan.startswith("SCAN")] == []


async def test_the_table_knows_no_act_of_two_people_by_one(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        clock = Clock()
        _, ledger, database = await on(stack, tmp_path, clock)
        for changes in ({"two_people": True}, {"asked_by": "U0ANA"}, {"asked_by": "U0ANA", "two_people": True}):
            with pytest.raises(IntegrityError):
                await ledger.submit(wish(**changes))
        assert isinstance(await ledger.submit(wish(asked_by="U0BEN", two_people=True)), Claimed)
        async with database.reading() as connection:
            assert await connection.scalar(select(func.count()).select_from(outbox)) == 0


@pytest.mark.slow
async def test_on_postgresql_of_two_at_once_one_confirms(postgres: str) -> None:
    """Two transactions read the open request before either has written."""
    with fresh_database(postgres) as url:
        clock = Clock()
        async with ledgers(url, clock, "one", "two") as (one, two):
            database = Database(make_engine(url), time_is_held=True)
            store = ReviewStore(database, clock)
            for _ in range(10):
                request = asking(clock)
                await store.ask(request, card)
                acts = [confirming(request, who) for who in ("U0BEN", "U0CLEO")]
                found = await asyncio.gather(one.submit(acts[0], card=card), two.submit(acts[1], card=card))
                assert sorted(type(result).__name__ for result in found) == ["Claimed", "NotConfirmed"]
                clock.pass_(LEASE.total_seconds())
            await store.ask(asking(clock), card)
            clock.pass_(LASTS.total_seconds())
            ((late, state, _),) = await store.due()
            ends = await asyncio.gather(*(store.end(late.id, state, None, card) for _ in range(2)))
            assert (state, sorted(ends)) == (ReviewState.EXPIRED, [False, True])
            assert await store.due() == []
            await sees_what_ends_a_request(store, one, clock)
            await database.aclose()

"""The ledger on both databases: one claim a job, no step without the claim, nothing left behind for good."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.acts.ledger import NOT_RECORDED, SqlLedger
from jobbot.store.acts.model import ActRequest, ActState, Claimed, Held, LostClaim, Repeated, Replan
from jobbot.store.database.engine import Database, StoreUnavailable
from jobbot.store.database.migrate import migrate
from jobbot.store.slack_retries import KEEP_KEYS, SlackRetries
from tests.support.kept_engines import kept_engine
from tests.unit.store.world import LEASE, START, Clock, begin, ledgers, newest, plan, wish

HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """For looking."""
    made = Database(kept_engine(database_url))
    yield made
    await made.aclose()


@pytest.fixture
async def two(database_url: str, clock: Clock) -> AsyncIterator[list[SqlLedger]]:
    """Two processes on one database."""
    async with ledgers(database_url, clock, "one", "two") as both:
        yield both


async def claimed(ledger: SqlLedger, **changes: object) -> Claimed:
    answer = await begin(ledger, wish(**changes))
    assert isinstance(answer, Claimed)
    return answer


@pytest.mark.slow
async def test_of_fifty_who_press_at_once_one_goes_on(two: list[SqlLedger]) -> None:
    presses = (begin(two[n % 2], wish(user_id=f"U0{n}")) for n in range(50))
    answers = await asyncio.gather(*presses, return_exceptions=True)
    (won,) = [answer for answer in answers if isinstance(answer, Claimed)]
    assert {answer.record.id for answer in answers if isinstance(answer, Held)} == {won.record.id}
    # On a busy machine the last in the line may wait for too long: they are told so, and nothing is done for them.
    assert all(isinstance(answer, Claimed | Held | StoreUnavailable) for answer in answers)


async def test_the_second_is_told_who_was_first_and_how_far_it_is(two: list[SqlLedger], clock: Clock) -> None:
    first = await claimed(two[0])
    await two[0].announced(first.claim, "1667213000.000100")
    await two[0].sending(first.claim, clock.pass_(1))
    second = await begin(two[1], wish(user_id="U0BEN", reason="me too"))
    assert isinstance(second, Held)
    assert second.record == replace(
        first.record,
        state=ActState.SENT,
        message_ts="1667213000.000100",
        sent_at=START + timedelta(seconds=1),
    )


async def test_the_same_submission_has_one_row_for_ever(two: list[SqlLedger], clock: Clock) -> None:
    asked = wish()
    first = await begin(two[0], asked)
    assert isinstance(first, Claimed)
    assert isinstance(await begin(two[1], asked), Repeated)
    await two[0].close(first.claim, ActState.REFUSED, clock.now, "not sent", "{}")
    again = await begin(two[1], asked)
    assert isinstance(again, Repeated), "a late second delivery must not send a second stop"
    assert again.record.state is ActState.REFUSED


async def test_times_come_back_aware_and_in_utc(database: Database, two: list[SqlLedger]) -> None:
    vienna = timezone(timedelta(hours=1))
    answer = await claimed(two[0], requested_at=START.astimezone(vienna))
    latest = await newest(database)
    assert latest is not None
    assert latest.requested_at == START
    assert latest.requested_at.utcoffset() == timedelta(0)
    assert answer.record.requested_at == START
    with pytest.raises(Exception, match="without a zone"):
        await begin(two[0], wish(job=1, requested_at=START.replace(tzinfo=None)))


async def test_no_state_is_left_twice(two: list[SqlLedger], clock: Clock) -> None:
    one = two[0]
    answer = await claimed(one)
    with pytest.raises(LostClaim):
        await one.answered(answer.claim, clock.now, "accepted")
    with pytest.raises(LostClaim):
        await one.told(answer.claim, clock.now)
    for ending in (ActState.DONE, ActState.UNKNOWN):
        with pytest.raises(LostClaim):
            await one.close(answer.claim, ending, clock.now, "", "{}")
    sent_at = clock.now
    await one.sending(answer.claim, sent_at)
    await one.sending(answer.claim, sent_at)  # the same mark again, whose answer was lost
    with pytest.raises(LostClaim):
        await one.sending(answer.claim, sent_at + timedelta(seconds=1))
    with pytest.raises(ValueError, match="no ending"):
        await one.close(answer.claim, ActState.SENT, clock.now, "", "{}")
    await one.answered(answer.claim, clock.now, "accepted")
    with pytest.raises(LostClaim):
        await one.sending(answer.claim, sent_at)
    await one.close(answer.claim, ActState.DONE, clock.now, "Cancelled", "{}")
    with pytest.raises(LostClaim):
        await one.close(answer.claim, ActState.UNKNOWN, clock.now, "", "{}")
    await one.told(answer.claim, clock.now)
    with pytest.raises(LostClaim):
        await one.told(answer.claim, clock.now)


async def test_who_was_taken_over_changes_nothing_any_more(
    database: Database, two: list[SqlLedger], clock: Clock
) -> None:
    slow, quick = two
    answer = await claimed(slow)
    clock.pass_(LEASE.total_seconds() + 1)
    (taken,) = await quick.take_over(10)
    assert taken.record.id == answer.record.id
    for late in (
        slow.announced(answer.claim, "1.1"),
        slow.sending(answer.claim, clock.now),
        slow.close(answer.claim, ActState.REFUSED, clock.now, "", "{}"),
    ):
        with pytest.raises(LostClaim):
            await late
    await slow.release(answer.claim)
    assert await slow.take_over(10) == []
    await quick.sending(taken.claim, clock.now)
    await quick.close(taken.claim, ActState.DONE, clock.now, "Cancelled", '{"text": "Stopped"}')
    latest = await newest(database)
    assert latest is not None
    assert (latest.state, latest.outcome, latest.message) == (ActState.DONE, "Cancelled", '{"text": "Stopped"}')


async def test_a_claim_of_before_is_none_though_the_row_came_back_to_its_process(
    two: list[SqlLedger], clock: Clock
) -> None:
    """What hangs in the first attempt writes nothing into the second, which only the fence tells apart from it."""
    one, other = two
    first = await claimed(one)
    one.drop(first.claim)
    clock.pass_(LEASE.total_seconds() + 1)
    (meanwhile,) = await other.take_over(10)
    other.drop(meanwhile.claim)
    clock.pass_(LEASE.total_seconds() + 1)
    (again,) = await one.take_over(10)
    assert (again.claim.owner, again.record.id) == (first.claim.owner, first.record.id)
    for late in (
        one.announced(first.claim, "1.1"),
        one.sending(first.claim, clock.now),
        one.close(first.claim, ActState.REFUSED, clock.now, "", "{}"),
    ):
        with pytest.raises(LostClaim):
            await late
    await one.sending(again.claim, clock.now)


async def test_a_lease_that_is_renewed_is_not_taken(two: list[SqlLedger], clock: Clock) -> None:
    answer = await claimed(two[0])
    for _ in range(5):
        clock.pass_(LEASE.total_seconds() / 2)
        await two[0].renew()
        assert await two[1].take_over(10) == []
    await two[0].release(answer.claim)
    await two[0].renew()
    (taken,) = await two[1].take_over(10)
    assert taken.record.id == answer.record.id


async def test_a_row_is_taken_by_one_of_many(two: list[SqlLedger], clock: Clock) -> None:
    for job in range(1, 21):
        answer = await claimed(two[0], job=job, requested_at=START + timedelta(seconds=job))
        two[0].drop(answer.claim)
    clock.pass_(100)
    taken = await asyncio.gather(*(two[n % 2].take_over(3) for n in range(12)))
    jobs = [one.record.job or 0 for some in taken for one in some]
    assert sorted(jobs) == list(range(1, 21))


async def test_what_was_told_is_nobodys_business_any_more(two: list[SqlLedger], clock: Clock) -> None:
    answer = await claimed(two[0])
    await two[0].close(answer.claim, ActState.REFUSED, clock.now, "not sent", '{"text": "Not stopped"}')
    clock.pass_(100)
    (taken,) = await two[1].take_over(10)
    assert taken.record.message == '{"text": "Not stopped"}', "the channel has not been told: that is left to do"
    await two[1].told(taken.claim, clock.now)
    clock.pass_(100)
    assert await two[0].take_over(10) == []


async def test_a_job_may_be_asked_for_again_after_its_end(
    database: Database, two: list[SqlLedger], clock: Clock
) -> None:
    first = await claimed(two[0])
    await two[0].close(first.claim, ActState.REFUSED, clock.now, "", "{}")
    second = await claimed(two[1], user_id="U0BEN", requested_at=clock.pass_(5))
    latest = await newest(database)
    assert latest is not None
    assert latest.id == second.record.id
    assert await newest(database, instance="staging") is None


async def test_a_delivery_is_first_once_and_forgotten_later(database_url: str, clock: Clock) -> None:
    async with aclosing(Database(kept_engine(database_url), time_is_held=True)) as database:
        await migrate(database)
        seen = SlackRetries(database, clock, extra=30)
        answers = await asyncio.gather(*(seen.is_first("event|Ev1") for _ in range(20)), return_exceptions=True)
        # Twenty wait for ten connections to PostgreSQL, each for as long as an answer in Slack may take: on a busy
        # machine the last in the line are told that the database is not there, and nothing is done for them.
        assert all(isinstance(answer, bool | StoreUnavailable) for answer in answers)
        assert answers.count(True) == 1
        assert not await seen.is_first("event|Ev1")
        clock.pass_(KEEP_KEYS.total_seconds() + 1)
        await seen.forget_old()
        assert await seen.is_first("event|Ev1")


class Lossy(Database):
    """Commits, and when it is told to, the answer to that is lost on its way back."""

    loses = False

    @asynccontextmanager
    async def writing(self, *, seconds: float | None = None) -> AsyncIterator[AsyncConnection]:
        """As always, but for the end."""
        async with super().writing(seconds=seconds) as connection:
            yield connection
        if self.loses:
            raise StoreUnavailable("lost")


@pytest.fixture
async def lossy(database_url: str, clock: Clock) -> AsyncIterator[tuple[Lossy, SqlLedger]]:
    """A third process, on a bad line."""
    database = Lossy(kept_engine(database_url), time_is_held=True)
    yield database, SqlLedger(database, owner="three", clock=clock, lease=LEASE)
    await database.aclose()


async def test_a_claim_of_which_nobody_knows_that_it_was_made_is_withdrawn(
    database: Database, two: list[SqlLedger], lossy: tuple[Lossy, SqlLedger], clock: Clock
) -> None:
    line, three = lossy
    line.loses = True
    with pytest.raises(StoreUnavailable):
        await three.submit(wish())
    line.loses = False
    record = await newest(database)
    assert record is not None
    assert record.state is ActState.SUBMITTED, "it is in the record"
    await three.renew()
    record = await newest(database)
    assert record is not None
    assert (record.state, record.outcome) == (ActState.DROPPED, NOT_RECORDED)
    clock.pass_(100)
    assert await two[0].take_over(10) == []
    assert isinstance(await begin(two[0], wish(user_id="U0BEN")), Claimed)


async def test_what_was_taken_over_without_knowing_it_is_not_kept(
    two: list[SqlLedger], lossy: tuple[Lossy, SqlLedger], clock: Clock
) -> None:
    line, three = lossy
    answer = await claimed(two[0])
    clock.pass_(LEASE.total_seconds() + 1)
    line.loses = True
    with pytest.raises(StoreUnavailable):
        await three.take_over(10)
    line.loses = False
    clock.pass_(LEASE.total_seconds() / 2)
    await three.renew()
    clock.pass_(LEASE.total_seconds())
    (taken,) = await two[1].take_over(10)
    assert taken.record.id == answer.record.id


class Overtaken(Database):
    """Before each of its transactions somebody else does what is next in ``meanwhile``."""

    meanwhile: Iterator[Awaitable[object]] = iter(())

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """As always, afterwards."""
        await self._meanwhile()
        async with super().reading() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self, *, seconds: float | None = None) -> AsyncIterator[AsyncConnection]:
        """As always, afterwards."""
        await self._meanwhile()
        async with super().writing(seconds=seconds) as connection:
            yield connection

    async def _meanwhile(self) -> None:
        if (first := next(self.meanwhile, None)) is not None:
            await first


@pytest.mark.parametrize("others", [1, 2, 3])
async def test_whoever_was_first_and_has_ended_before_it_is_looked_for_holds_nobody_back(
    two: list[SqlLedger], database_url: str, clock: Clock, others: int
) -> None:
    async def begins_and_ends() -> AsyncGenerator[None, None]:
        for number in range(others):
            first = await claimed(two[1], user_id=f"U{number}")
            yield
            await two[1].close(first.claim, ActState.REFUSED, clock.now, "", "{}")
            yield

    async with (
        aclosing(begins_and_ends()) as each,
        aclosing(Overtaken(kept_engine(database_url), time_is_held=True)) as database,
    ):
        ledger = SqlLedger(database, owner="three", clock=clock, lease=LEASE)
        mine = await ledger.submit(wish())
        assert isinstance(mine, Claimed)
        database.meanwhile = (anext(each) for _ in range(2 * others))
        if others < 3:
            assert await ledger.hold(mine) is None
            assert (await ledger.current(mine.claim)).state is ActState.REQUESTED
            return
        with pytest.raises(IntegrityError):
            await ledger.hold(mine)
        assert (await ledger.current(mine.claim)).state is ActState.SUBMITTED, "nothing is held, so nothing is sent"
        assert await ledger.hold(mine) is None


async def test_what_nobody_works_on_any_more_is_not_kept(two: list[SqlLedger], clock: Clock) -> None:
    answer = await claimed(two[0])
    two[0].drop(answer.claim)
    clock.pass_(LEASE.total_seconds() / 2)
    await two[0].renew()
    clock.pass_(LEASE.total_seconds())
    (taken,) = await two[1].take_over(10)
    assert taken.record.id == answer.record.id


def resume(**changes: object) -> ActRequest:
    """What jobbot will do by itself, an hour from the start."""
    return wish(job=None, datastream=42, **{"subject": "schedule 42", "planned_for": START + HOUR, **changes})


async def test_what_is_planned_is_taken_over_at_its_hour_by_one_and_held_then(
    database: Database, two: list[SqlLedger], clock: Clock
) -> None:
    await plan(two[0], resume(), clock.now)
    assert isinstance(await begin(two[1], wish(subject="schedule 42")), Claimed), "what is planned holds nobody back"
    clock.pass_(HOUR.total_seconds() - 1)
    assert [one.record.subject for one in await two[0].take_over(10) if one.record.planned_for] == []
    clock.pass_(2)
    taken = [one for ledger in two for one in await ledger.take_over(10) if one.record.planned_for]
    (mine,) = taken
    assert (mine.record.state, mine.record.message_ts) == (ActState.PLANNED, "1667213000.000100")


async def test_what_is_planned_waits_while_its_subject_is_held_and_says_why(two: list[SqlLedger], clock: Clock) -> None:
    await plan(two[0], resume(), clock.now)
    clock.pass_(HOUR.total_seconds() + 1)
    (mine,) = await two[0].take_over(10)
    held = await claimed(two[1], subject="schedule 42")
    assert isinstance(await two[0].hold(mine), Held)
    await two[0].postpone(mine.claim, 60, "somebody else")
    with pytest.raises(LostClaim):
        await two[0].keep(mine.claim)
    await two[1].close(held.claim, ActState.REFUSED, clock.now, "", "{}")
    assert await two[1].take_over(10) == []
    clock.pass_(61)
    (again,) = [one for one in await two[1].take_over(10) if one.record.planned_for]
    assert again.record.answer == "somebody else"
    assert await two[1].hold(again) is None
    await two[1].postpone(again.claim, 60, "Adverity cannot be asked")
    clock.pass_(61)
    assert [one.record.state for one in await two[0].take_over(10) if one.record.planned_for] == [ActState.PLANNED]


async def test_what_is_superfluous_is_not_done_any_more_by_whoever_has_it(two: list[SqlLedger], clock: Clock) -> None:
    await plan(two[0], resume(), clock.now)
    clock.pass_(HOUR.total_seconds() + 1)
    (mine,) = await two[0].take_over(10)
    await plan(two[1], resume(planned_for=clock.now + HOUR), clock.now)
    with pytest.raises(LostClaim):
        await two[0].hold(mine)
    row = await two[0].current(mine.claim)
    assert (row.state, row.outcome, row.told_at) == (ActState.ENDED_OTHERWISE, "planned anew", clock.now)
    clock.pass_(HOUR.total_seconds() + 1)
    assert len([one for one in await two[0].take_over(10) if one.record.planned_for]) == 1, "what came in its place"


async def test_a_plan_is_changed_with_the_ending_of_a_row_or_not_at_all(two: list[SqlLedger], clock: Clock) -> None:
    await plan(two[0], resume(), clock.now)
    lost = await claimed(two[0], job=None, subject="schedule 42")
    clock.pass_(LEASE.total_seconds() + 1)
    (taken,) = await two[1].take_over(10)
    end, replan = (ActState.DONE, clock.now, "off", "{}"), Replan(outcome="too late")
    with pytest.raises(LostClaim):
        await two[0].close(lost.claim, *end, replan=replan)
    with pytest.raises(LostClaim):
        await two[1].close(taken.claim, *end)  # nothing was sent, and nothing planned: it cannot be done
    clock.pass_(HOUR.total_seconds())
    (mine,) = [one for one in await two[0].take_over(10) if one.record.planned_for]
    assert mine.record.state is ActState.PLANNED
    again = Replan(outcome="", plan=replace(resume(), request_key=mine.record.request_key))
    with pytest.raises(IntegrityError):
        await two[1].close(taken.claim, *end, replan=again)
    assert (await two[1].current(taken.claim)).state is ActState.REQUESTED


async def test_a_plan_that_was_made_stays_where_its_step_is_repeated(two: list[SqlLedger], clock: Clock) -> None:
    """The answer of the commit was lost: whoever repeats it learns that the row is not open any more."""
    row = await claimed(two[0], job=None, subject="schedule 42")
    plans = Replan(outcome="planned anew", plan=replace(resume(), request_key="resume|1"))
    await two[0].close(row.claim, ActState.DONE, clock.now, "off", "{}", replan=plans)
    with pytest.raises(LostClaim):
        await two[0].close(row.claim, ActState.DONE, clock.now, "off", "{}", replan=plans)
    clock.pass_(HOUR.total_seconds() + 1)
    planned = [one.record.state for one in await two[1].take_over(10) if one.record.planned_for]
    assert planned == [ActState.PLANNED]


async def several(ledger: SqlLedger, *jobs: int) -> Claimed:
    """Several stops that are one act, recorded and begun."""
    whole = wish(job=None, subject="several")
    claimed = await ledger.submit(whole, [wish(job=job) for job in jobs])
    assert isinstance(claimed, Claimed)
    assert await ledger.hold(claimed) is None
    return claimed


async def test_no_part_has_the_id_of_its_whole(
    two: list[SqlLedger], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobbot.store.acts.ledger.uuid4", lambda: UUID("62e255352a9e4bf581f4fb81b9d90001"))
    whole = await several(two[0], 987, 988)
    assert len(await two[1].parts(whole.record.id)) == 2


async def test_the_parts_of_one_act_are_its_owners_one_after_the_other(two: list[SqlLedger], clock: Clock) -> None:
    whole = await several(two[0], 3, 1, 2)
    parts = await two[1].parts(whole.record.id)
    assert [(one.job, one.state, one.part_of) for one in parts] == [
        (job, ActState.SUBMITTED, whole.record.id) for job in (3, 1, 2)
    ]
    first = await two[0].take_part(whole.claim, parts[0].id)
    assert await two[0].hold(first) is None
    clock.pass_(LEASE.total_seconds() + 1)
    (taken,) = await two[1].take_over(10)
    assert taken.record.id == whole.record.id, "nobody takes a part over by itself"
    with pytest.raises(LostClaim):
        await two[0].take_part(whole.claim, parts[1].id)
    again = await two[1].take_part(taken.claim, parts[0].id)
    assert again.record.state is ActState.REQUESTED
    with pytest.raises(LostClaim):
        await two[0].sending(first.claim, clock.now)
    await two[1].close(again.claim, ActState.REFUSED, clock.now, "not sent", "{}")
    await two[1].told(again.claim, clock.now)
    with pytest.raises(LostClaim):
        await two[1].take_part(taken.claim, parts[0].id)


async def test_an_act_of_several_is_recorded_whole_or_not_at_all(database: Database, two: list[SqlLedger]) -> None:
    twice = wish(job=1)
    with pytest.raises(IntegrityError):
        await two[0].submit(wish(job=None, subject="several"), [twice, twice])
    assert await newest(database, 1) is None
    first = await several(two[0], 1)
    assert isinstance(await two[1].submit(first.record, []), Repeated)


async def test_no_more_of_its_parts_are_begun_once_somebody_said_so(two: list[SqlLedger], clock: Clock) -> None:
    whole = await several(two[0], 1, 2)
    assert await two[1].halt(whole.record.id, "U0BEN", "C0RANDOM") is False, "told in another channel"
    assert await two[1].halt(whole.record.id, "U0BEN", "C0INC") is True
    assert await two[0].halt(whole.record.id, "U0ANA", "C0INC") is False
    assert (await two[0].current(whole.claim)).halted_by == "U0BEN"
    await two[0].close(whole.claim, ActState.REFUSED, clock.now, "", "{}")
    assert await two[0].halt(whole.record.id, "U0ANA", "C0INC") is False

"""The ledger that lasts as long as the process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import settings

from jobbot.store import Claimed, Held, Ledger, MemoryLedger, StopState, WrongTransition, ledger
from tests.store.ledger_machine import ledger_machine
from tests.store.world import at, wish


@asynccontextmanager
async def in_memory() -> AsyncIterator[Ledger]:
    yield MemoryLedger()


TestMachine = ledger_machine(in_memory).TestCase
TestMachine.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


async def claimed(book: Ledger, **changes: object) -> str:
    """The id of a claim that was won."""
    answer = await book.claim(wish(**changes))
    assert isinstance(answer, Claimed)
    return answer.record.id


async def test_of_a_hundred_who_press_at_once_one_goes_on() -> None:
    book = MemoryLedger()
    answers = await asyncio.gather(*(book.claim(wish(user_id=f"U0{n}")) for n in range(100)))
    won = [answer for answer in answers if isinstance(answer, Claimed)]
    assert len(won) == 1
    assert {answer.record for answer in answers} == {won[0].record}


async def test_the_second_is_told_who_was_first_when_and_how_far_it_is() -> None:
    book = MemoryLedger()
    first = await claimed(book)
    await book.announced(first, "1667213000.000100")
    await book.sending(first, at(1))
    second = await book.claim(wish(user_id="U0BEN", reason="me too"))
    assert isinstance(second, Held)
    assert (second.record.user_id, second.record.reason) == ("U0ANA", "runaway fetch")
    assert (second.record.state, second.record.sent_at) == (StopState.SENT, at(1))


async def test_the_same_number_on_another_instance_is_another_job() -> None:
    book = MemoryLedger()
    assert await claimed(book) != await claimed(book, instance="staging")


async def test_a_job_whose_stop_has_ended_may_be_asked_for_again() -> None:
    book = MemoryLedger()
    first = await claimed(book)
    await book.close(first, StopState.REFUSED, at(1), "not sent")
    second = await claimed(book, user_id="U0BEN")
    with pytest.raises(WrongTransition):
        await book.close(first, StopState.REFUSED, at(2), "not sent")
    latest = await book.latest("acme", 987)
    assert latest is not None
    assert (latest.id, latest.user_id, latest.state) == (second, "U0BEN", StopState.REQUESTED)


async def test_what_was_never_sent_cannot_have_stopped_anything() -> None:
    book = MemoryLedger()
    record = await claimed(book)
    for ending in (StopState.STOPPED, StopState.UNKNOWN):
        with pytest.raises(WrongTransition):
            await book.close(record, ending, at(1), "")
    assert (await book.close(record, StopState.ENDED_OTHERWISE, at(1), "Success")).sent_at is None


async def test_the_oldest_endings_are_forgotten_and_nothing_that_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "KEPT_WHEN_CLOSED", 2)
    book = MemoryLedger()
    await claimed(book, job=100)
    for job in (1, 2, 3, 1, 4):
        await book.close(await claimed(book, job=job), StopState.REFUSED, at(job), "")
    known = [job for job in (1, 2, 3, 4, 100) if await book.latest("acme", job) is not None]
    assert known == [1, 4, 100]

"""Tasks after the ack: none is forgotten, none fails unheard, and a shutdown waits for them."""

import asyncio
import logging

import pytest

from jobbot.logs.lines import FIELDS
from jobbot.slack.transport.background import BackgroundTasks
from tests.unit.slack.world import until


async def test_work_goes_on_while_nobody_waits_for_it() -> None:
    work, done = BackgroundTasks(), asyncio.Event()

    async def piece() -> None:
        await asyncio.sleep(0)
        done.set()

    work.start(piece())
    assert len(work) == 1
    await asyncio.wait_for(done.wait(), 30)
    await until(lambda: len(work) == 0)


async def test_what_fails_is_heard_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    work, done = BackgroundTasks(), asyncio.Event()

    async def fails() -> None:
        raise ValueError("näh")

    async def piece() -> None:
        await asyncio.sleep(0)
        done.set()

    work.start(fails())
    work.start(piece())
    await asyncio.wait_for(done.wait(), 30)
    await until(lambda: len(work) == 0)
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ValueError)


async def test_a_shutdown_waits_for_what_runs() -> None:
    work, told = BackgroundTasks(), []

    async def piece() -> None:
        await asyncio.sleep(0.01)
        told.append("done")

    for _ in range(3):
        work.start(piece())
    await work.drain(5)
    assert told == ["done"] * 3


async def test_a_shutdown_waits_no_longer_than_it_may_and_lets_the_rest_clean_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    work, told, started = BackgroundTasks(), [], asyncio.Event()

    async def stuck() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            told.append("cleaned up")

    work.start(stuck())
    await started.wait()
    await asyncio.wait_for(work.drain(0.01), 30)
    assert told == ["cleaned up"]
    assert len(work) == 0
    (record,) = caplog.records
    assert record.getMessage() == "shut down with work unfinished"
    assert getattr(record, FIELDS) == {"pieces": 1}


async def test_an_error_while_it_ends_is_heard(caplog: pytest.LogCaptureFixture) -> None:
    work, started = BackgroundTasks(), asyncio.Event()

    async def stuck() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise RuntimeError("while ending") from None

    work.start(stuck())
    await started.wait()
    await work.drain(0)
    assert "an error that nobody caught" in caplog.text


async def test_nothing_new_is_taken_once_it_drains() -> None:
    work, told = BackgroundTasks(), []

    async def piece(name: str) -> None:
        told.append(name)

    async def asks_for_more() -> None:
        await asyncio.sleep(0)
        work.start(piece("more"))

    work.start(asks_for_more())
    await work.drain(5)
    work.start(piece("later"))
    await asyncio.sleep(0)
    assert work.is_closed
    assert told == []


async def test_to_refuse_more_is_not_yet_to_stop_what_runs() -> None:
    work, done = BackgroundTasks(), asyncio.Event()

    async def piece() -> None:
        await asyncio.sleep(0.01)
        done.set()

    work.start(piece())
    work.refuse_more()
    await asyncio.wait_for(done.wait(), 30)
    assert work.is_closed


async def test_a_drain_with_nothing_to_do_is_over_at_once() -> None:
    work = BackgroundTasks()
    await asyncio.wait_for(work.drain(60), 30)
    await asyncio.wait_for(work.drain(60), 30)

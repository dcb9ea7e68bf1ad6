"""The record of calls: what came, how many at once, without keys; and who is told of it."""

import asyncio

import httpx
import pytest

from jobbot.playground.adverity import Call, HandClock, JobChanged, LocalAdverity


async def test_every_call_is_recorded(adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock) -> None:
    adverity.has_job(987)
    await caller.get("/api/jobs/?page_size=5")
    clock.advance(seconds=30)
    await caller.post("/api/jobs/986/stop/")
    assert [(call.method, call.path, call.query, call.status) for call in adverity.calls] == [
        ("GET", "/api/jobs/", "page_size=5", 200),
        ("POST", "/api/jobs/986/stop/", "", 404),
    ]
    assert [call.at for call in adverity.calls][1] == clock()
    assert all((call.ms or 0) > 0 and not call.is_open for call in adverity.calls)


async def test_calls_are_counted_by_method_and_part_of_the_path(
    adverity: LocalAdverity, caller: httpx.AsyncClient
) -> None:
    adverity.has_job(987)
    await caller.get("/api/jobs/987/")
    await caller.get("/api/jobs/")
    await caller.post("/api/jobs/987/stop/")
    assert adverity.count() == 3
    assert adverity.count("GET") == 2
    assert adverity.count(path="/987/") == 2
    assert adverity.count("POST", "/stop/") == 1


async def test_keys_are_not_recorded(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    await caller.get("/api/jobs/", headers={"User-Agent": "somebody/1"})
    [call] = adverity.calls
    assert call.headers["authorization"] == "Token ***"
    assert call.headers["user-agent"] == "somebody/1"
    assert adverity.api_key not in repr(call)


async def test_a_key_without_a_word_is_not_recorded_either(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    await caller.get("/api/jobs/", headers={"Authorization": adverity.api_key})
    assert adverity.api_key not in repr(adverity.calls)


async def test_calls_that_overlap_are_seen(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    await caller.get("/api/jobs/")
    assert adverity.max_in_flight == 1
    held = adverity.faults.hold()
    calls = [asyncio.create_task(caller.get("/api/jobs/")) for _ in range(3)]
    await adverity.called(times=4)
    assert [call.is_open for call in adverity.calls] == [False, True, True, True]
    held.release()
    await asyncio.gather(*calls)
    assert [call.in_flight for call in adverity.calls] == [1, 1, 2, 3]
    assert adverity.max_in_flight == 3


async def test_waiting_for_a_call_has_a_bound(adverity: LocalAdverity) -> None:
    with pytest.raises(TimeoutError):
        await adverity.called(within=0.01)


async def test_a_watcher_is_told_of_calls_and_jobs_until_it_leaves(
    adverity: LocalAdverity, caller: httpx.AsyncClient
) -> None:
    told: list[Call | JobChanged] = []
    leave = adverity.subscribe(told.append)
    adverity.has_job(987)
    await caller.post("/api/jobs/987/stop/")
    leave()
    await caller.get("/api/jobs/")
    adverity.job(987).ends("Success")
    match told:
        case [JobChanged(987), Call(is_open=True), JobChanged(987), Call(status=200)]:
            pass
        case _:
            pytest.fail(f"told {told}")

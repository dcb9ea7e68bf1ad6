"""What goes wrong on demand, as a caller meets it."""

import asyncio
import gc
import logging
from collections.abc import Callable

import httpx
import pytest

from jobbot.playground.adverity import Faults, HandClock, LocalAdverity
from tests.support.loopback import loopback_client

Fault = Callable[[Faults], object]


@pytest.mark.parametrize(
    ("fault", "status", "content_type", "words"),
    [
        (lambda faults: faults.unauthorised(), 401, "application/json", "Invalid token."),
        (lambda faults: faults.forbidden(), 403, "application/json", "permission"),
        (lambda faults: faults.missing(), 404, "application/json", "Not found."),
        (lambda faults: faults.throttled(), 429, "application/json", "throttled"),
        (lambda faults: faults.unavailable(), 503, "text/html", "Unavailable"),
        (lambda faults: faults.broken(), 500, "text/html", "Server Error"),
        (lambda faults: faults.html(), 200, "text/html", "Sign in"),
        (lambda faults: faults.replies(418, b"tea", content_type="text/plain"), 418, "text/plain", "tea"),
    ],
)
async def test_another_answer_instead(
    adverity: LocalAdverity, caller: httpx.AsyncClient, *, fault: Fault, status: int, content_type: str, words: str
) -> None:
    job = adverity.has_job(987)
    fault(adverity.faults)
    answer = await caller.post("/api/jobs/987/stop/")
    assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)
    assert words in answer.text
    assert "retry-after" not in answer.headers
    assert job.sight.job.stop is None


async def test_busy_answers_may_say_when_to_come_again(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.faults.throttled(retry_after=7, times=1)
    adverity.faults.unavailable(retry_after="Wed, 04 Mar 2026 10:45:00 GMT", times=1)
    answers = [await caller.get("/api/jobs/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 503, 200]
    assert [answer.headers.get("retry-after") for answer in answers] == ["7", "Wed, 04 Mar 2026 10:45:00 GMT", None]


async def test_a_fault_holds_until_it_is_cleared(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.faults.broken()
    assert [(await caller.get("/api/jobs/")).status_code for _ in range(3)] == [500, 500, 500]
    adverity.faults.clear()
    assert (await caller.get("/api/jobs/")).status_code == 200


async def test_a_fault_may_be_for_some_calls_only(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_job(987)
    adverity.faults.broken(method="POST")
    adverity.faults.missing(path="/imported/")
    assert (await caller.get("/api/jobs/987/")).status_code == 200
    assert (await caller.get("/api/jobs/987/imported/")).status_code == 404
    assert (await caller.post("/api/jobs/987/stop/")).status_code == 500


async def test_a_slow_answer_is_late_and_right(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_job(987)
    adverity.faults.slow(0.05, times=1)
    assert (await caller.get("/api/jobs/")).json()["count"] == 1
    assert (adverity.calls[-1].ms or 0) >= 49


async def test_a_request_takes_effect_although_its_caller_did_not_wait(
    adverity: LocalAdverity, caller: httpx.AsyncClient
) -> None:
    job = adverity.has_job(987)
    adverity.faults.slow(60)
    with pytest.raises(httpx.ReadTimeout):
        await caller.post("/api/jobs/987/stop/", timeout=httpx.Timeout(30, read=0.05))
    await adverity.called("POST")
    await adverity.idle()
    assert job.sight.job.stop is not None
    assert adverity.calls[-1].status is None


async def test_calls_can_be_held_until_they_are_released(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    held = adverity.faults.hold(path="/api/jobs/")
    calls = [asyncio.create_task(caller.get("/api/jobs/")) for _ in range(3)]
    await adverity.called("GET", "/api/jobs/", times=3)
    assert not any(call.done() for call in calls)
    held.release()
    assert [answer.status_code for answer in await asyncio.gather(*calls)] == [200, 200, 200]
    assert (await caller.get("/api/jobs/")).status_code == 200


async def test_clearing_lets_held_calls_go_on(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.faults.hold()
    call = asyncio.create_task(caller.get("/api/jobs/"))
    await adverity.called()
    adverity.faults.clear()
    assert (await call).status_code == 200


async def test_the_line_is_cut_before_anything_happened(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    job = adverity.has_job(987)
    adverity.faults.cut(times=1)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        await caller.post("/api/jobs/987/stop/")
    assert job.sight.job.stop is None
    assert (await caller.post("/api/jobs/987/stop/")).status_code == 200


async def test_the_line_is_cut_after_the_request_took_effect(
    adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    job = adverity.has_job(987)
    adverity.faults.cut_after_effect(times=1, method="POST")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        await caller.post("/api/jobs/987/stop/")
    clock.advance(seconds=2)
    assert job.state == "Cancelled"


@pytest.mark.parametrize("after_effect", [False, True])
async def test_no_answer_ever_comes(adverity: LocalAdverity, caller: httpx.AsyncClient, after_effect: bool) -> None:
    job = adverity.has_job(987)
    adverity.faults.silent(after_effect=after_effect)
    with pytest.raises(httpx.ReadTimeout):
        await caller.post("/api/jobs/987/stop/", timeout=httpx.Timeout(30, read=0.05))
    await adverity.called("POST")
    await adverity.idle()
    assert (job.sight.job.stop is not None) == after_effect
    assert adverity.calls[-1].status is None


async def test_a_body_breaks_off_in_the_middle(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_job(987)
    adverity.faults.truncated(times=1)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        await caller.get("/api/jobs/987/")
    await adverity.idle()
    assert adverity.calls[-1].status == 200


async def test_a_body_is_huge(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.faults.huge(300_000)
    answer = await caller.get("/api/jobs/")
    assert (len(answer.content), answer.json()["results"]) == (300_000, [])


async def test_a_caller_may_hang_up_in_a_huge_body(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.faults.huge(50_000_000)
    async with caller.stream("GET", "/api/jobs/") as answer:
        assert answer.headers["content-length"] == "50000000"
    await adverity.idle()


async def test_a_body_drips_in_byte_by_byte(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.faults.drips(0.0001, times=1)
    parts = []
    async with caller.stream("GET", "/api/jobs/") as answer:
        async for part in answer.aiter_raw():
            parts.append(part)
    assert b"".join(parts) == b'{"count":0,"next":null,"previous":null,"results":[]}'
    assert len(parts) > 1


async def test_a_caller_may_hang_up_on_a_dripping_body(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.faults.drips(60)
    async with caller.stream("GET", "/api/jobs/") as answer:
        assert answer.status_code == 200
    await adverity.idle()


async def test_leaving_with_calls_open_is_quiet(clock: HandClock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "uvicorn")
    async with LocalAdverity(now=clock) as adverity, loopback_client(base_url=adverity.url) as caller:
        adverity.faults.silent(path="/1/")
        adverity.faults.hold(path="/2/")
        adverity.faults.drips(60, path="/3/")
        adverity.faults.huge(50_000_000, path="/4/")
        calls = [asyncio.create_task(caller.get(f"/api/jobs/{number}/")) for number in (1, 2, 3)]
        async with caller.stream("GET", "/api/jobs/4/"):
            await adverity.called(times=4)
            await adverity.__aexit__()
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(end, httpx.TransportError) for end in ends)
    gc.collect()  # a task or a socket that was left behind would warn now
    assert not caplog.records


async def test_an_instance_goes_down_and_comes_back(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_job(987)
    assert (await caller.get("/api/jobs/987/")).status_code == 200
    await adverity.__aexit__()
    with pytest.raises(httpx.ConnectError):
        await caller.get("/api/jobs/987/")
    await adverity.__aenter__()
    assert (await caller.get("/api/jobs/987/")).status_code == 200

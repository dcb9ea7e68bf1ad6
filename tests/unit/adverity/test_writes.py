"""What changes something at Adverity: each is one request, sent once, before all reads; only its status counts."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
import pytest
import respx

from jobbot.adverity import AdverityClient, Gateway
from jobbot.adverity.errors import (
    AdverityError,
    Busy,
    Forbidden,
    InvalidRequest,
    NotFound,
    NotStoppable,
    Unauthorised,
    Unexpected,
    Unreachable,
)
from jobbot.adverity.gateway import BeforeSend
from jobbot.adverity.model import Days, JobId, Priority, Started
from jobbot.adverity.query import JobQuery
from tests.unit.adverity.conftest import Instance
from tests.unit.adverity.world import ACME, FACEBOOK, JOB, answer, listed, until

NOVEMBER = Days(date(2022, 11, 1), date(2022, 11, 27))
RETRY, ACK = "/api/errors/11/retry/", "/api/errors/11/ack/"
BOTH = (JobId(991), JobId(992))


@dataclass(frozen=True)
class Write:
    """One kind of write: how it is sent by a client or a gateway, and the request that it is."""

    send: Callable[[Any], Awaitable[object]]
    held: Callable[[Gateway, BeforeSend], Awaitable[object]]
    method: str
    path: str
    body: dict[str, object] | None = None


WRITES = {
    "stop": Write(
        lambda one: one.stop(JOB),
        lambda gateway, before: gateway.stop(JOB, before_send=before),
        "POST",
        "/api/jobs/987/stop/",
    ),
    "fetch": Write(
        lambda one: one.fetch(FACEBOOK, NOVEMBER, Priority.BACKDATA),
        lambda gateway, before: gateway.fetch(FACEBOOK, NOVEMBER, before_send=before),
        "POST",
        "/api/datastreams/42/fetch_fixed/",
        {"start": "2022-11-01", "end": "2022-11-27", "priority": "backdata"},
    ),
    "retry": Write(
        lambda one: one.retry(RETRY), lambda gateway, before: gateway.retry(RETRY, before_send=before), "POST", RETRY
    ),
    "acknowledge": Write(
        lambda one: one.acknowledge(ACK),
        lambda gateway, before: gateway.acknowledge(ACK, before_send=before),
        "POST",
        ACK,
    ),
    "pause": Write(
        lambda one: one.set_enabled(FACEBOOK, enabled=False),
        lambda gateway, before: gateway.set_enabled(FACEBOOK, enabled=False, before_send=before),
        "PATCH",
        "/api/datastreams/42/",
        {"enabled": False},
    ),
}
each = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)


def takes(api: respx.MockRouter, write: Write, **how: Any) -> respx.Route:
    return api.request(write.method, write.path).mock(**how)


@each
@pytest.mark.parametrize(
    "accepted",
    [
        httpx.Response(200, json={"status": "ok"}),
        httpx.Response(200, text="<html>"),
        httpx.Response(202),
        httpx.Response(204),
        httpx.Response(200, json={"id": 1, "state_label": "Failed"}),
    ],
    ids=["json", "html", "202", "204", "a job"],
)
async def test_any_2xx_is_success(
    client: AdverityClient, api: respx.MockRouter, write: Write, accepted: httpx.Response
) -> None:
    route = takes(api, write, return_value=accepted)

    await write.send(client)

    sent = route.calls.last.request
    assert route.call_count == 1
    assert (json.loads(sent.content) if sent.content else None) == write.body
    assert sent.headers.get("content-type") == (None if write.body is None else "application/json")


async def test_a_fetch_says_its_priority_only_where_there_is_one(client: AdverityClient, api: respx.MockRouter) -> None:
    route = takes(api, WRITES["fetch"], return_value=httpx.Response(200))

    await client.fetch(FACEBOOK, NOVEMBER)

    assert json.loads(route.calls.last.request.content) == {"start": "2022-11-01", "end": "2022-11-27"}


@pytest.mark.parametrize(
    ("said", "started"),
    [
        (
            b'{"message": "A <b>fetch</b>.", "jobs": [{"id": 991, "url": "/x/"}, {"id": 992}]}',
            Started(BOTH, "A fetch."),
        ),
        (b'{"jobs": [{"url": "https://acme.test/api/jobs/991/"}, "992", 991, {}, null, -1]}', Started(BOTH)),
        (b'{"jobs": {"id": 991}, "message": 5}', Started((), "5")),
        (b'{"jobs": null, "message": null}', Started()),
        (b'{"detail": "It is disabled."}', Started((), "It is disabled.")),
        (b"[991]", Started()),
        (b'"OK"', Started()),
        (b"OK", Started()),
        (b'{"jobs": [{"id": 991', Started()),
        (b"", Started()),
        (json.dumps({"jobs": list(range(1, 500))}).encode(), Started(tuple(map(JobId, range(1, 101))))),
        (b"{" + b" " * 100_000 + b"}", Started()),
    ],
)
@pytest.mark.parametrize("kind", ["fetch", "retry"])
async def test_the_jobs_that_an_answer_names(
    client: AdverityClient, api: respx.MockRouter, kind: str, said: bytes, started: Started
) -> None:
    takes(api, WRITES[kind], return_value=httpx.Response(200, content=said))

    assert await WRITES[kind].send(client) == started


@each
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (302, Unexpected),
        (400, InvalidRequest),
        (401, Unauthorised),
        (403, Forbidden),
        (404, NotFound),
        (409, InvalidRequest),
        (429, Busy),
        (500, Unexpected),
        (503, Busy),
    ],
)
async def test_refusals(
    client: AdverityClient, api: respx.MockRouter, write: Write, status: int, error: type[AdverityError]
) -> None:
    takes(api, write, return_value=httpx.Response(status, json={"detail": "No."}, headers={"location": "/api/x/"}))

    with pytest.raises(AdverityError) as caught:
        await write.send(client)

    is_stop = write is WRITES["stop"]
    assert type(caught.value) is (NotStoppable if is_stop and error is InvalidRequest else error)
    assert (caught.value.status, len(api.calls)) == (status, 1)


async def test_a_fetch_that_is_refused_names_the_fields(client: AdverityClient, api: respx.MockRouter) -> None:
    fields = {"start": ["Enter a valid date."], "priority": ["No choice."]}
    takes(api, WRITES["fetch"], return_value=httpx.Response(400, json={"detail": "Invalid input.", "errors": fields}))

    with pytest.raises(InvalidRequest) as caught:
        await client.fetch(FACEBOOK, NOVEMBER)

    assert caught.value.errors == {"start": ("Enter a valid date.",), "priority": ("No choice.",)}
    assert caught.value.words == "Invalid input. Enter a valid date.; No choice."


@pytest.mark.parametrize(
    "path",
    [
        "https://acme.test/api/errors/11/retry/",
        "//evil.test/api/errors/11/retry/",
        "@evil.test/api/",
        ".evil.test/api/",
        "/apix/errors/",
        "/api/../admin/",
        "/api/%2e%2e/admin/",
        "/api/errors/11/retry/#x",
        "/api/errors/11/retry/\n",
        "/api/ä/",
        "",
    ],
)
@pytest.mark.parametrize("send", [AdverityClient.retry, AdverityClient.acknowledge])
async def test_nothing_is_posted_to_what_is_no_path_under_api(
    client: AdverityClient, api: respx.MockRouter, send: Callable[..., Awaitable[object]], path: str
) -> None:
    with pytest.raises(ValueError, match=r"^not a path under /api/$"):
        await send(client, path)
    assert not api.calls


class _Never(httpx.AsyncByteStream):
    """A body that does not come."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""


@each
@pytest.mark.parametrize("status", [200, 400])
async def test_a_status_that_came_in_time_counts_although_the_deadline_passes_in_its_body(
    monkeypatch: pytest.MonkeyPatch, write: Write, status: int
) -> None:
    monkeypatch.setattr("jobbot.adverity.exchange._WORDS_SECONDS", 0.01)
    transport = httpx.MockTransport(lambda _: httpx.Response(status, stream=_Never()))
    async with httpx.AsyncClient(transport=transport) as http:
        client = AdverityClient(ACME, "s3cret-key", deadline=0, http=http)
        if status == 200:
            assert await write.send(client) in (None, Started())
        else:
            with pytest.raises((InvalidRequest, NotStoppable)):
                await write.send(client)


@each
async def test_a_write_goes_before_reads_that_wait_and_may_be_held_back_when_its_turn_has_come(
    gateway: Gateway, instance: Instance, write: Write
) -> None:
    looked: list[list[str]] = []

    async def look() -> None:
        looked.append(list(instance.asked))

    async def hold_back() -> None:
        raise LookupError

    first = asyncio.create_task(gateway.extracts(JOB))
    await until(lambda: instance.open)
    waiting = asyncio.create_task(gateway.workspaces())
    await until(lambda: gateway.waiting == 1)
    held_back = asyncio.create_task(_result(write.held(gateway, hold_back)))
    sent = asyncio.create_task(_result(write.held(gateway, look)))
    await until(lambda: gateway.waiting == 3)
    assert not looked, "it waits in the line"
    await instance.answers(listed())
    await first
    await until(lambda: len(instance.asked) == 2)
    await instance.answers(httpx.Response(204))
    assert isinstance(await held_back, LookupError)
    assert not isinstance(await sent, BaseException)
    await instance.answers(listed())
    await waiting

    assert looked == [["GET /api/extracts/"]]
    assert instance.asked == ["GET /api/extracts/", f"{write.method} {write.path}", "GET /api/stacks/"]
    assert instance.most_open == 1


async def _result(sending: Awaitable[object]) -> object:
    try:
        return await sending
    except Exception as error:
        return error


@each
@pytest.mark.parametrize(
    "failure",
    [
        httpx.Response(503, headers={"retry-after": "0"}),
        httpx.Response(500),
        httpx.ConnectError("x"),
        httpx.ReadTimeout("x"),
        httpx.RemoteProtocolError("x"),
    ],
    ids=["503", "500", "no connection", "no answer", "cut"],
)
async def test_a_write_is_sent_once_whatever_comes_back_and_while_reads_are_refused(
    gateway: Gateway, api: respx.MockRouter, write: Write, failure: httpx.Response | Exception
) -> None:
    takes(api, write, side_effect=[failure, failure, httpx.Response(200)])
    with pytest.raises(AdverityError):
        await write.send(gateway)
    assert len(api.calls) == 1

    api.get("/api/jobs/").mock(side_effect=httpx.ConnectError("x"))
    for _ in range(3):
        with pytest.raises(AdverityError):
            await gateway.jobs(JobQuery())
    is_open = len(api.calls)
    with pytest.raises(Unreachable):
        await gateway.jobs(JobQuery())
    assert len(api.calls) == is_open, "the breaker is open"
    with pytest.raises(AdverityError):
        await write.send(gateway)
    assert len(api.calls) == is_open + 1


@each
@pytest.mark.parametrize("status", [200, 400, 500])
async def test_after_a_write_nothing_is_shown_that_was_read_before_it(
    gateway: Gateway, api: respx.MockRouter, write: Write, status: int
) -> None:
    lists = api.get("/api/jobs/").mock(side_effect=[listed(1), listed(2)])
    job = api.get("/api/jobs/987/imported/").mock(return_value=answer("job_running"))
    issues = api.get("/api/errors/").mock(return_value=listed())
    stream = api.get("/api/datastreams/42/").mock(return_value=answer("datastream"))
    takes(api, write, return_value=httpx.Response(status))

    async def read() -> None:
        await gateway.jobs(JobQuery())
        await gateway.job(JOB)
        await gateway.issues(FACEBOOK)
        await gateway.datastream(FACEBOOK)

    await read()
    await asyncio.gather(write.send(gateway), return_exceptions=True)
    assert (gateway.known_datastream(FACEBOOK) is None) == (write.method == "PATCH")
    await read()

    assert (lists.call_count, job.call_count) == (2, 2)
    assert issues.call_count == (2 if "errors" in write.path else 1)
    assert stream.call_count == (2 if write.method == "PATCH" else 1)

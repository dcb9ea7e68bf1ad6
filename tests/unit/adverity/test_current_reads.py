"""Looking before a write and reading back after it: as it is now, retried, with errors of their own kind."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
import respx

from jobbot.adverity import Answer, Gateway
from jobbot.adverity.errors import AdverityError, Forbidden, NotFound, NotReadable, Unexpected, Unreachable
from tests.unit.adverity.conftest import Clock
from tests.unit.adverity.world import FACEBOOK, NOW, answer, listed

AN_HOUR_AGO = NOW - timedelta(hours=1)
ISSUES = {"results": [{"id": 11, "datastream": {"id": 42}}, {"id": 12, "datastream": {"id": 43}}]}


@dataclass(frozen=True)
class Read:
    """One kind of read, the path that it asks first, and a good answer."""

    ask: Callable[[Gateway], Awaitable[Answer[Any]]]
    path: str
    good: Callable[[], httpx.Response]


READS = {
    "datastream": Read(
        lambda gateway: gateway.current_datastream(FACEBOOK), "/api/datastreams/42/", lambda: answer("datastream")
    ),
    "issues": Read(
        lambda gateway: gateway.current_issues(FACEBOOK), "/api/errors/", lambda: httpx.Response(200, json=ISSUES)
    ),
    "jobs": Read(lambda gateway: gateway.jobs_since(FACEBOOK, AN_HOUR_AGO), "/api/jobs/", lambda: listed(987)),
}
each = pytest.mark.parametrize("read", READS.values(), ids=READS)


@each
@pytest.mark.parametrize(
    "hiccup", [httpx.Response(503), httpx.Response(502), httpx.ReadTimeout("x"), httpx.ConnectError("x")]
)
async def test_it_gets_over_two_hiccups(
    gateway: Gateway, api: respx.MockRouter, read: Read, hiccup: httpx.Response | Exception
) -> None:
    api.get(read.path).mock(side_effect=[hiccup, hiccup, read.good(), read.good()])

    assert (await read.ask(gateway)).read_at == NOW


@each
@pytest.mark.parametrize(("status", "error"), [(403, Forbidden), (404, NotFound), (500, Unexpected)])
async def test_it_is_asked_each_time_whatever_came_before(
    gateway: Gateway, api: respx.MockRouter, read: Read, status: int, error: type[AdverityError]
) -> None:
    api.get(read.path).mock(return_value=httpx.Response(status, json={"detail": "No."}))
    with pytest.raises(AdverityError) as caught:
        await read.ask(gateway)
    assert (type(caught.value), caught.value.status) == (error, status)

    api.get(read.path).mock(side_effect=lambda _: read.good())
    for _ in range(2):
        before = len(api.calls)
        await read.ask(gateway)
        assert len(api.calls) > before


async def test_what_was_left_alone_for_answers_is_asked_all_the_same(gateway: Gateway, api: respx.MockRouter) -> None:
    api.get("/api/errors/").mock(side_effect=[httpx.Response(403), httpx.Response(200, json=ISSUES)])
    for _ in range(2):
        with pytest.raises(NotReadable):
            await gateway.issues(FACEBOOK)

    assert [one.id for one in (await gateway.current_issues(FACEBOOK)).value.items] == [11]


async def test_the_breaker_holds_for_it(gateway: Gateway, api: respx.MockRouter, clock: Clock) -> None:
    api.get("/api/datastreams/42/").mock(side_effect=httpx.ConnectError("x"))
    for _ in range(4):
        with pytest.raises(Unreachable):
            await gateway.current_datastream(FACEBOOK)
    assert len(api.calls) == 5


@pytest.mark.parametrize(
    ("ahead", "start", "end"),
    [(0, "09:42:05", "10:42:05"), (90, "09:42:05", "10:43:35"), (-90, "09:40:35", "10:42:05")],
)
async def test_jobs_that_go_on_and_those_that_have_ended_since(
    gateway: Gateway, api: respx.MockRouter, ahead: int, start: str, end: str
) -> None:
    date = format_datetime(NOW + timedelta(seconds=ahead), usegmt=True)
    of_another = [{"id": 4, "state_label": "Running", "datastream": 43}]
    going_on = [{"id": 2, "state_label": "Running"}, {"id": 3, "state_label": "Scheduled", "datastream_id": 42}]
    past = [{"id": 2, "state_label": "Success"}, {"id": 1, "state_label": "Failed", "datastream": 42}]
    api.get("/api/jobs/").mock(
        side_effect=[
            httpx.Response(200, json={"results": found}, headers={"date": date})
            for found in (going_on + of_another, past)
        ]
    )

    found = (await gateway.jobs_since(FACEBOOK, AN_HOUR_AGO)).value

    assert [(job.id, job.state_label) for job in found.jobs] == [(3, "Scheduled"), (2, "Success"), (1, "Failed")]
    assert (found.complete, found.unreadable) == (True, 0)
    assert [dict(call.request.url.params) for call in api.calls] == [
        {"datastream_id": "42", "page_size": "100", "ordering": "-id"},
        {
            "datastream_id": "42",
            "start": f"2022-10-31T{start}Z",
            "end": f"2022-10-31T{end}Z",
            "page_size": "100",
            "ordering": "-id",
        },
    ]

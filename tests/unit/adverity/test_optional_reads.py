"""The reads that answers can do without: odd answers, refusals that are remembered, and that they disturb nobody."""

import asyncio
import copy
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import respx

from jobbot.adverity import AdverityClient, Gateway
from jobbot.adverity.errors import (
    AdverityError,
    Busy,
    InvalidRequest,
    NotReadable,
    OptionalRead,
    Unauthorised,
    Unexpected,
    Unreachable,
)
from jobbot.adverity.model import DatastreamId, JobId
from jobbot.adverity.query import JobQuery
from tests.unit.adverity.conftest import Clock
from tests.unit.adverity.world import FACEBOOK, JOB, answer, listed, until

Ask = Callable[[Gateway], Awaitable[Any]]

PATHS = {
    OptionalRead.DATASTREAM: "/api/datastreams/42/",
    OptionalRead.DATASTREAMS: "/api/datastreams/",
    OptionalRead.WORKSPACES: "/api/stacks/",
    OptionalRead.ISSUES: "/api/errors/",
    OptionalRead.EXTRACTS: "/api/extracts/",
    OptionalRead.RUNS: "/api/jobs/",
}
ASK: dict[OptionalRead, Ask] = {
    OptionalRead.DATASTREAM: lambda gateway: gateway.datastream(FACEBOOK),
    OptionalRead.DATASTREAMS: lambda gateway: gateway.datastreams(),
    OptionalRead.WORKSPACES: lambda gateway: gateway.workspaces(),
    OptionalRead.ISSUES: lambda gateway: gateway.issues(FACEBOOK),
    OptionalRead.EXTRACTS: lambda gateway: gateway.extracts(JOB),
    OptionalRead.RUNS: lambda gateway: gateway.runs(FACEBOOK),
}
LISTS = [kind for kind in OptionalRead if kind not in (OptionalRead.DATASTREAM, OptionalRead.RUNS)]
each = pytest.mark.parametrize("kind", list(OptionalRead))
each_list = pytest.mark.parametrize("kind", LISTS)


@pytest.fixture
def world(gateway: Gateway, clock: Clock) -> tuple[Gateway, Clock]:
    return gateway, clock


def _urls(api: respx.MockRouter) -> list[str]:
    return [call.request.url.raw_path.decode() for call in api.calls]


async def test_each_is_asked_for_as_documented(gateway: Gateway, api: respx.MockRouter) -> None:
    api.route().mock(return_value=httpx.Response(200, json={"results": [], "next": None}))
    for kind in LISTS:
        assert (await ASK[kind](gateway)).value.items == ()
    await gateway.issues()

    assert _urls(api) == [
        "/api/datastreams/?page_size=100",
        "/api/stacks/?page_size=100",
        "/api/errors/?ack=false&show_issue_tags=true&datastream_id=42&page_size=100",
        "/api/extracts/?job_id=987&page_size=100",
        "/api/errors/?ack=false&show_issue_tags=true&page_size=100",
    ]


@each
@pytest.mark.parametrize("status", [403, 404])
async def test_what_is_refused_is_not_asked_again_within_the_hour(
    gateway: Gateway, api: respx.MockRouter, clock: Clock, kind: OptionalRead, status: int
) -> None:
    api.route().mock(return_value=httpx.Response(status, json={"detail": "No."}))

    async def refused() -> None:
        with pytest.raises(NotReadable) as caught:
            await ASK[kind](gateway)
        assert (caught.value.kind, caught.value.status) == (kind, status)

    await refused()
    asked = len(api.calls)
    clock.pass_(3590)
    await refused()
    assert len(api.calls) == asked == (2 if (kind, status) == (OptionalRead.WORKSPACES, 404) else 1)
    clock.pass_(11)
    await refused()
    assert len(api.calls) == 2 * asked


async def test_a_refusal_of_one_path_closes_no_other(gateway: Gateway, api: respx.MockRouter) -> None:
    api.get("/api/errors/").respond(403)
    api.get("/api/extracts/").respond(json=[])
    with pytest.raises(NotReadable):
        await gateway.issues(FACEBOOK)
    with pytest.raises(NotReadable):
        await gateway.issues(DatastreamId(43))

    assert (await gateway.extracts(JOB)).value.items == ()
    assert len(api.calls) == 2


async def test_that_one_datastream_is_not_there_says_nothing_of_others(gateway: Gateway, api: respx.MockRouter) -> None:
    api.get("/api/datastreams/42/").mock(return_value=answer("datastream"))
    api.get("/api/datastreams/43/").respond(404)
    with pytest.raises(NotReadable):
        await gateway.datastream(DatastreamId(43))

    assert (await gateway.datastream(FACEBOOK)).value.name == "Facebook Ads EU"


async def test_a_key_that_may_not_read_datastreams_may_not_read_any(gateway: Gateway, api: respx.MockRouter) -> None:
    api.get(path__regex="^/api/datastreams/").respond(403)
    for number in (42, 43):
        with pytest.raises(NotReadable):
            await gateway.datastream(DatastreamId(number))

    assert len(api.calls) == 1


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (httpx.Response(503, headers={"retry-after": "1"}), Busy),
        (httpx.ConnectError("x"), Unreachable),
        (httpx.Response(500), Unexpected),
        (httpx.Response(200, text="<html>"), Unexpected),
        (httpx.Response(401), Unauthorised),
    ],
)
@each
async def test_what_fails_is_tried_once_and_then_left_alone_for_a_minute(
    api: respx.MockRouter,
    world: tuple[Gateway, Clock],
    kind: OptionalRead,
    failure: httpx.Response | Exception,
    error: type[AdverityError],
) -> None:
    gateway, clock = world
    api.get(PATHS[kind]).mock(side_effect=[failure, failure])
    for _ in range(3):
        with pytest.raises(error):
            await ASK[kind](gateway)
    assert len(api.calls) == 1

    clock.pass_(61)
    with pytest.raises(error):
        await ASK[kind](gateway)
    assert len(api.calls) == 2


async def test_one_damaged_datastream_does_not_keep_the_names_of_others(
    gateway: Gateway, api: respx.MockRouter
) -> None:
    api.get("/api/datastreams/42/").mock(return_value=answer("datastream"))
    api.get("/api/datastreams/43/").respond(500)
    with pytest.raises(Unexpected):
        await gateway.datastream(DatastreamId(43))

    assert (await gateway.datastream(FACEBOOK)).value.id == 42


async def test_failures_of_what_nobody_needs_do_not_stop_what_people_ask_for(
    gateway: Gateway, api: respx.MockRouter, clock: Clock
) -> None:
    api.get("/api/errors/").mock(side_effect=httpx.ConnectError("x"))
    api.get("/api/jobs/").mock(return_value=listed(987))
    for _ in range(10):
        with pytest.raises(Unreachable):
            await gateway.issues()
        clock.pass_(61)

    assert (await gateway.jobs(JobQuery())).value.jobs


async def test_while_an_instance_is_down_nothing_beside_is_asked(
    gateway: Gateway, api: respx.MockRouter, clock: Clock
) -> None:
    api.get("/api/jobs/").mock(side_effect=httpx.ConnectError("x"))
    for _ in range(2):
        with pytest.raises(Unreachable):
            await gateway.jobs(JobQuery())
    asked = len(api.calls)

    clock.pass_(6)  # an attempt would be due, but not with this
    with pytest.raises(Unreachable):
        await gateway.issues()
    assert len(api.calls) == asked


async def test_a_slow_path_holds_the_line_for_a_bounded_time(
    client: AdverityClient, api: respx.MockRouter, clock: Clock
) -> None:
    came = asyncio.Event()

    async def never(_: httpx.Request) -> httpx.Response:
        came.set()
        await asyncio.Event().wait()
        raise AssertionError

    api.get("/api/errors/").mock(side_effect=never)
    api.get("/api/jobs/").mock(return_value=listed(987))
    gateway = Gateway(client, clock=clock, monotonic=clock.monotonic, optional_seconds=0.05)
    slow = asyncio.create_task(gateway.issues())
    await came.wait()

    async with asyncio.timeout(30):
        assert (await gateway.jobs(JobQuery())).value.jobs
    with pytest.raises(Unreachable, match="no complete answer"):
        await slow


async def test_a_stop_goes_before_what_waits(gateway: Gateway, api: respx.MockRouter) -> None:
    held = asyncio.Event()

    async def hold(_: httpx.Request) -> httpx.Response:
        await held.wait()
        return httpx.Response(200, json=[])

    api.get(path__regex="^/api/").mock(side_effect=hold)
    api.post("/api/jobs/987/stop/").respond(200)
    reads = [asyncio.create_task(gateway.extracts(JobId(number))) for number in (1, 2, 3)]
    await until(lambda: gateway.waiting == 2)
    stop = asyncio.create_task(gateway.stop(JOB))
    await until(lambda: gateway.waiting == 3)
    held.set()
    await asyncio.gather(*reads, stop)

    assert _urls(api)[1] == "/api/jobs/987/stop/"


async def test_who_asks_at_once_shares_a_call_and_for_some_minutes_its_answer(
    gateway: Gateway, api: respx.MockRouter, clock: Clock
) -> None:
    api.get("/api/errors/").respond(json=[{"id": 1}])
    await asyncio.gather(*(gateway.issues() for _ in range(50)))
    clock.pass_(170)
    await gateway.issues()
    assert len(api.calls) == 1

    clock.pass_(11)
    await gateway.issues()
    assert len(api.calls) == 2


async def test_a_name_is_kept_longer_than_a_next_run(gateway: Gateway, api: respx.MockRouter, clock: Clock) -> None:
    api.get("/api/datastreams/42/").mock(return_value=answer("datastream"))
    lately = timedelta(minutes=5)
    await gateway.datastream(FACEBOOK, max_age=lately)
    clock.pass_(299)
    await gateway.datastream(FACEBOOK, max_age=lately)
    clock.pass_(2)
    await gateway.datastream(FACEBOOK)
    assert len(api.calls) == 1

    await gateway.datastream(FACEBOOK, max_age=lately)
    assert len(api.calls) == 2


@each_list
async def test_pages_are_followed_to_a_bound(gateway: Gateway, api: respx.MockRouter, kind: OptionalRead) -> None:
    def page(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("page", 1))
        entries = [{"id": 1000 * number + place} for place in range(100)]
        return httpx.Response(200, json={"results": entries, "next": f"{request.url.path}?page={number + 1}"})

    api.get(PATHS[kind]).mock(side_effect=page)
    found = (await ASK[kind](gateway)).value

    assert not found.complete
    assert len(found.items) == 100 * len(api.calls) <= 5000


@pytest.mark.slow
@each_list
async def test_ten_thousand_entries_at_once_are_cut(
    gateway: Gateway, api: respx.MockRouter, kind: OptionalRead
) -> None:
    api.get(PATHS[kind]).respond(json={"results": [{"id": number} for number in range(1, 10_001)]})
    found = (await ASK[kind](gateway)).value

    assert 0 < len(found.items) <= 5000
    assert not found.complete


@each_list
async def test_one_damaged_entry_hides_no_other(gateway: Gateway, api: respx.MockRouter, kind: OptionalRead) -> None:
    body = b'[{"id": "7"}, null, "x", 5.5, [], {"id": 8, "name": "\\ud83d", "nrows": {}, "message": [], "slug": 1e999}]'
    api.get(PATHS[kind]).respond(content=body)
    found = (await ASK[kind](gateway)).value

    assert [one.id for one in found.items] == [7, 8]
    assert found.unreadable == 4


@pytest.mark.parametrize("body", [b"<html>login</html>", b"", b'{"results": 5}', b'"x"', b'{"results": [', b"{}", b"7"])
@each
async def test_what_is_no_answer_is_unexpected(
    gateway: Gateway, api: respx.MockRouter, kind: OptionalRead, body: bytes
) -> None:
    api.get(PATHS[kind]).respond(content=body)

    with pytest.raises(Unexpected):
        await ASK[kind](gateway)


@each_list
async def test_an_instance_that_takes_no_page_size_is_asked_without_from_then_on(
    gateway: Gateway, api: respx.MockRouter, clock: Clock, kind: OptionalRead
) -> None:
    def strict(request: httpx.Request) -> httpx.Response:
        return httpx.Response(400 if "page_size" in request.url.params else 200, json=[])

    api.get(PATHS[kind]).mock(side_effect=strict)
    await ASK[kind](gateway)
    clock.pass_(3601)
    await ASK[kind](gateway)

    assert len(api.calls) == 3


@each_list
async def test_another_refusal_of_a_list_has_nothing_to_do_with_its_size(
    gateway: Gateway, api: respx.MockRouter, kind: OptionalRead
) -> None:
    api.get(PATHS[kind]).respond(422, json={"detail": "no such filter"})

    with pytest.raises(InvalidRequest, match="no such filter"):
        await ASK[kind](gateway)
    assert len({str(call.request.url) for call in api.calls if call.request.url.path == PATHS[kind]}) == 1


async def test_workspaces_are_found_at_the_other_path_too(gateway: Gateway, api: respx.MockRouter) -> None:
    api.get("/api/stacks/").respond(404)
    api.get("/api/v1/workspaces/").respond(json={"results": [{"id": 4, "name": "acme", "parent_id": None}]})

    assert [one.name for one in (await gateway.workspaces()).value.items] == ["acme"]


async def test_what_belongs_to_others_is_left_out_where_the_filter_is_not_known(
    gateway: Gateway, api: respx.MockRouter
) -> None:
    api.get("/api/errors/").respond(json=[{"id": 1, "datastream": 42}, {"id": 2, "datastream": 43}, {"id": 3}])
    api.get("/api/extracts/").respond(json=[{"id": 1, "job": 987}, {"id": 2, "job": 5}, {"id": 3}])

    assert [one.id for one in (await gateway.issues(FACEBOOK)).value.items] == [1, 3]
    assert [one.id for one in (await gateway.extracts(JOB)).value.items] == [1, 3]


async def test_past_runs_are_one_page_of_the_last_sixty_days_and_kept_for_an_hour(
    gateway: Gateway, api: respx.MockRouter, clock: Clock
) -> None:
    api.get("/api/jobs/").mock(return_value=listed(1, 2, 3, next_="/api/jobs/?page=2"))
    found = (await gateway.runs(FACEBOOK)).value
    assert [job.id for job in found.jobs] == [3, 2, 1]
    assert not found.complete
    clock.pass_(3599)
    assert gateway.known_runs(FACEBOOK) == (await gateway.runs(FACEBOOK)).value
    clock.pass_(2)
    assert gateway.known_runs(FACEBOOK) is None

    (asked,) = api.calls
    params = asked.request.url.params
    assert (params["datastream_id"], params["ordering"]) == ("42", "-id")
    start, end = (datetime.fromisoformat(params[name]) for name in ("start", "end"))
    assert end - start == timedelta(days=60)


async def test_background_reads_run_one_by_one_when_nobody_waits(gateway: Gateway, api: respx.MockRouter) -> None:
    came, held = asyncio.Event(), asyncio.Event()

    async def hold(_: httpx.Request) -> httpx.Response:
        came.set()
        await held.wait()
        return listed()

    api.get("/api/jobs/").mock(side_effect=hold)
    api.get("/api/errors/").respond(json=[])
    gateway.learn_runs([DatastreamId(42), DatastreamId(43), DatastreamId(42)])
    await came.wait()
    asking = asyncio.create_task(gateway.issues())
    await until(lambda: gateway.waiting)
    held.set()
    await asking
    await until(lambda: gateway.known_runs(DatastreamId(43)) is not None)

    assert [url.partition("&")[0] for url in _urls(api)] == [
        "/api/jobs/?datastream_id=42",
        "/api/errors/?ack=false",
        "/api/jobs/?datastream_id=43",
    ]


async def test_background_reads_are_bounded_and_one_that_fails_holds_up_no_other(
    gateway: Gateway, api: respx.MockRouter
) -> None:
    api.get("/api/jobs/", params={"datastream_id": "1"}).respond(500)
    api.get("/api/jobs/").mock(return_value=listed())
    gateway.learn_runs(DatastreamId(number) for number in range(1, 200))
    await until(lambda: gateway.known_runs(DatastreamId(50)) is not None)
    assert gateway.known_runs(DatastreamId(1)) is None
    assert len(api.calls) == 50
    gateway.learn_runs([DatastreamId(60)])
    await until(lambda: gateway.known_runs(DatastreamId(60)) is not None)


def test_a_copy_of_the_error_is_the_same_error() -> None:
    error = copy.copy(NotReadable(OptionalRead.ISSUES, 403))

    assert (error.kind, error.status, str(error)) == (OptionalRead.ISSUES, 403, "issues: status 403")

"""``GET /api/jobs/``: which jobs answer it, page by page, and what it refuses."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobbot.playground.adverity import HandClock, LocalAdverity, Quirks
from jobbot.playground.adverity.listing import choose, page_of, read_query
from jobbot.playground.adverity.scripted import ScriptedInstance


async def numbers(caller: httpx.AsyncClient, **query: str | int) -> list[int]:
    """The jobs that a list shows, in its order."""
    answer = await caller.get("/api/jobs/", params=query)
    assert answer.status_code == 200, answer.text
    return [job["id"] for job in answer.json()["results"]]


@pytest.fixture
def some_jobs(adverity: LocalAdverity) -> None:
    adverity.has_datastream(42, stack_id=4)
    adverity.has_datastream(43, stack_id=5)
    day = datetime(2026, 3, 3, tzinfo=UTC)
    adverity.has_job(101, datastream=42, state="Success", started=day, ended=day + timedelta(minutes=3))
    adverity.has_job(102, datastream=43, state="Failed", started=day + timedelta(hours=9))
    adverity.has_job(103, datastream=42, state="Cancelled", started=day + timedelta(hours=23, minutes=59, seconds=59))
    adverity.has_job(104, datastream=42, state="Success", started=day + timedelta(days=1))
    adverity.has_job(105, datastream=43, state="Running")
    adverity.has_job(106, datastream=42, state="Scheduled")


@pytest.mark.usefixtures("some_jobs")
class TestWhichJobs:
    async def test_without_a_range_those_that_run_or_are_scheduled(self, caller: httpx.AsyncClient) -> None:
        assert await numbers(caller) == [106, 105]

    async def test_of_one_datastream(self, caller: httpx.AsyncClient) -> None:
        assert await numbers(caller, datastream_id=43) == [105]
        assert await numbers(caller, datastream_id=99) == []

    async def test_of_one_workspace(self, caller: httpx.AsyncClient) -> None:
        assert await numbers(caller, stack=4) == [106]

    async def test_of_a_day_both_ends_included(self, caller: httpx.AsyncClient) -> None:
        assert await numbers(caller, start="2026-03-03", end="2026-03-03") == [103, 102, 101]
        assert await numbers(caller, start="2026-03-03", end="2026-03-04") == [104, 103, 102, 101]

    async def test_of_a_time_range_both_seconds_included(self, caller: httpx.AsyncClient) -> None:
        assert await numbers(caller, start="2026-03-03T00:00:00Z", end="2026-03-03T23:59:59Z") == [103, 102, 101]
        assert await numbers(caller, start="2026-03-03T09:00:00Z", end="2026-03-03T23:59:58Z") == [102]

    async def test_of_a_datastream_and_a_range(self, caller: httpx.AsyncClient) -> None:
        assert await numbers(caller, datastream_id=42, start="2026-03-03", end="2026-03-03") == [103, 101]

    async def test_in_the_order_that_is_asked_for(self, caller: httpx.AsyncClient) -> None:
        both = {"start": "2026-03-03", "end": "2026-03-04"}
        assert await numbers(caller, ordering="id", **both) == [101, 102, 103, 104]
        assert await numbers(caller, ordering="-job_start", **both) == [104, 103, 102, 101]
        assert await numbers(caller, ordering="job_end", **both) == [101, 102, 103, 104]


async def test_a_job_that_never_started_is_found_by_its_end(
    adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    adverity.has_job(987)
    adverity.has_job(988, state="Scheduled", follows=987)
    adverity.job(987).ends("Failed")
    assert await numbers(caller, start="2026-03-04", end="2026-03-04") == [988, 987]
    assert await numbers(caller) == []


async def test_pages_are_linked_with_whole_urls(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    for number in range(1, 26):
        adverity.has_job(number)
    seen, url = [], f"{adverity.url}/api/jobs/?ordering=id&page_size=10"
    pages: list[dict[str, Any]] = []
    while url:
        pages.append((await caller.get(url)).json())
        url = pages[-1]["next"]
        seen += [job["id"] for job in pages[-1]["results"]]
    assert seen == list(range(1, 26))
    assert [page["count"] for page in pages] == [25, 25, 25]
    assert pages[0]["next"] == f"{adverity.url}/api/jobs/?ordering=id&page_size=10&page=2"
    assert [page["previous"] is None for page in pages] == [True, False, False]
    assert (await caller.get(pages[2]["previous"])).json() == pages[1]


async def test_a_page_is_ten_long_and_never_longer_than_a_hundred(
    adverity: LocalAdverity, caller: httpx.AsyncClient
) -> None:
    for number in range(1, 121):
        adverity.has_job(number)
    assert len(await numbers(caller)) == 10
    assert len(await numbers(caller, page_size=1000)) == 100


async def test_a_page_that_there_is_not(caller: httpx.AsyncClient) -> None:
    assert await numbers(caller, page=1) == []
    answer = await caller.get("/api/jobs/", params={"page": 2})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})


async def test_links_may_point_to_another_host(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_job(1)
    adverity.has_job(2)
    adverity.quirks = Quirks(next_host="https://elsewhere.example")
    answer = (await caller.get("/api/jobs/", params={"page_size": 1})).json()
    assert answer["next"] == "https://elsewhere.example/api/jobs/?page_size=1&page=2"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=Failed", "state"),
        ("datastream=42", "datastream"),
        ("datastream_id=x", "datastream_id"),
        ("datastream_id=42/", "datastream_id"),
        ("datastream_id=0", "datastream_id"),
        ("stack=acme", "stack"),
        ("page=0", "page"),
        ("page_size=-1", "page_size"),
        ("page=1&page=2", "page"),
        ("ordering=colour", "ordering"),
        ("start=2026-03-03", "end"),
        ("end=2026-03-03", "start"),
        ("start=3.3.2026&end=2026-03-03", "start"),
        ("start=2026-02-30&end=2026-03-03", "start"),
        ("start=2026-03-03&end=2026-03-03T25:00:00Z", "end"),
        ("start=2026-03-03T00:00:00&end=2026-03-03T01:00:00Z", "start"),
        ("start=2026-03-03T00:00:00%2B01:00&end=2026-03-03T01:00:00Z", "start"),
        ("start=2026-03-03&end=2026-03-03T01:00:00Z", "end"),
        ("start=2026-03-03&end=2026-03-02", "end"),
        ("start=2026-03-03T00:00:01Z&end=2026-03-03T00:00:00Z", "end"),
    ],
)
async def test_what_is_not_understood_is_refused_by_name(caller: httpx.AsyncClient, query: str, field: str) -> None:
    answer = await caller.get(f"/api/jobs/?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"] == "Invalid input."
    assert list(answer.json()["errors"]) == [field]


async def test_an_instance_may_want_the_slash_of_the_documentations_example(
    adverity: LocalAdverity, caller: httpx.AsyncClient
) -> None:
    adverity.has_job(987, datastream=42)
    adverity.quirks = Quirks(datastream_id_with_slash=True)
    assert (await caller.get("/api/jobs/?datastream_id=42")).status_code == 400
    assert await numbers(caller, datastream_id="42/") == [987]


@given(st.sets(st.integers(1, 400), max_size=60), st.integers(1, 20), st.sampled_from(["id", "-id", "-job_start"]))
def test_paging_shows_each_job_once(jobs: set[int], page_size: int, ordering: str) -> None:
    instance = ScriptedInstance(now=HandClock())
    for number in jobs:
        instance.has_job(number, state="Scheduled" if number % 3 else "Running")
    seen, page, more = [], 1, True
    while more:
        asked = read_query([("page", str(page)), ("page_size", str(page_size)), ("ordering", ordering)])
        found, more = page_of(choose(instance.sights(), instance.datastreams, asked), asked)
        seen += [sight.job.id for sight in found]
        page += 1
    assert sorted(seen) == sorted(jobs)

"""What stands around jobs: workspaces, schedules, issues, extracts; in every dialect, and refused path by path."""

from datetime import date, timedelta

import httpx
import pytest

from jobbot.playground.adverity import HandClock, Issue, LocalAdverity, Quirks, Schedule
from jobbot.playground.adverity.stories import tell_incident

PATHS = {
    "jobs": "/api/jobs/",
    "datastreams": "/api/datastreams/",
    "workspaces": "/api/stacks/",
    "issues": "/api/errors/",
    "extracts": "/api/extracts/?job_id=987",
}


async def results(caller: httpx.AsyncClient, path: str) -> list[dict[str, object]]:
    answer = await caller.get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()["results"]
    return found


async def test_progress_on_either_scale(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_job(987, progress=62)
    assert [job["progress"] for job in await results(caller, "/api/jobs/")] == [62]
    adverity.quirks = Quirks(progress_as="fraction")
    assert [job["progress"] for job in await results(caller, "/api/jobs/")] == [0.62]


async def test_a_job_says_what_it_is_and_which_days_it_fetches(
    adverity: LocalAdverity, caller: httpx.AsyncClient
) -> None:
    adverity.has_job(987, kind="Load", days=(date(2026, 2, 1), date(2026, 2, 28)))
    [job] = await results(caller, "/api/jobs/")
    assert (job["type"], job["range_start"], job["range_end"]) == ("Load", "2026-02-01", "2026-02-28")


async def test_when_a_datastream_is_fetched_next(
    adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    schedule = Schedule(clock() + timedelta(minutes=16), timedelta(hours=12), days=7)
    adverity.has_datastream(42, schedule=schedule)
    first = (await caller.get("/api/datastreams/42/")).json()
    assert (first["enabled"], first["frequency"], first["next_run"]) == (True, "Every 12 hours", "2026-03-04T10:58:05Z")
    assert first["schedules"][0]["cron_type"] == "hour"
    assert first["schedules"][0]["time_range_preset_label"] == "Last 7 Days"
    clock.advance(minutes=16)
    assert (await caller.get("/api/datastreams/42/")).json()["next_run"] == "2026-03-04T22:58:05Z"

    adverity.has_datastream(42, schedule=schedule, enabled=False)
    paused = (await caller.get("/api/datastreams/42/")).json()
    assert (paused["enabled"], paused["next_run"], len(paused["schedules"])) == (False, "Not Scheduled", 1)


async def test_workspaces_lie_in_one_another(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_workspace(4, "acme")
    adverity.has_workspace(5, "acme CRM", parent_id=4)
    for path in ("/api/stacks/", "/api/v1/workspaces/"):
        assert await results(caller, path) == [
            {"id": 4, "name": "acme", "slug": "acme", "parent_id": None},
            {"id": 5, "name": "acme CRM", "slug": "acme-crm", "parent_id": 4},
        ]


@pytest.mark.parametrize("query", ["?stack=5", "?stack_id=5", "?search=TIK"])
async def test_datastreams_can_be_looked_for(adverity: LocalAdverity, caller: httpx.AsyncClient, query: str) -> None:
    adverity.has_datastream(42, "Facebook")
    adverity.has_datastream(43, "TikTok", stack_id=5)
    assert [one["id"] for one in await results(caller, f"/api/datastreams/{query}")] == [43]


async def test_jobs_of_a_workspace_and_of_a_datastream(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_datastream(43, stack_id=5)
    adverity.has_job(987)
    adverity.has_job(988, datastream=43)
    for path in ("/api/jobs/?stack=5", "/api/jobs/?stack_id=5", "/api/datastreams/43/jobs/"):
        assert [job["id"] for job in await results(caller, path)] == [988]
    assert (await caller.get("/api/datastreams/7/jobs/")).status_code == 404


async def test_an_issue_is_open_until_a_later_job_succeeds(
    adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    issue = Issue("The <b>token</b> was revoked.", cause="Authorization invalid", remedy="Authorize again")
    for number in (987, 988):
        adverity.has_job(number, state="Failed", issues=[issue], days=(date(2026, 2, 1), date(2026, 2, 28)))
        clock.advance(minutes=10)
    [open_] = await results(caller, "/api/errors/?ack=false&datastream_id=42&show_issue_tags=true")
    assert (open_["start"], open_["occurrences"], open_["message"]) == ("2026-03-04T10:37:05Z", 2, issue.message)
    assert (open_["extraction_stage_label"], open_["error_cause_label"]) == ("Fetch", "Authorization invalid")
    assert open_["job"] == {"id": 988, "range_start": "2026-02-01", "range_end": "2026-02-28"}
    assert await results(caller, "/api/errors/?datastream_id=43") == []

    adverity.has_job(989, state="Success")
    assert await results(caller, "/api/errors/") == []


async def test_an_issue_is_acknowledged_and_retried(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_job(987, state="Failed", issues=["One.", "Two."])
    first, second = await results(caller, "/api/errors/")
    assert (await caller.post(str(first["ack_url"]))).status_code == 200
    assert (await caller.post(str(first["ack_url"]))).status_code == 404
    retried = (await caller.post(str(second["retry_url"]))).json()["jobs"]
    assert await results(caller, "/api/errors/") == []
    assert [job["id"] for job in await results(caller, "/api/jobs/")] == [retried[0]["id"]]


async def test_what_a_job_brought(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_job(987, state="Success", extracts=(12_000, 340))
    adverity.has_job(988, state="Success", extracts=())
    adverity.has_job(989, extracts=(5,))
    assert [one["nrows"] for one in await results(caller, "/api/extracts/?job_id=987")] == [12_000, 340]
    for number in (988, 989):
        assert await results(caller, f"/api/extracts/?job_id={number}") == []


async def test_lists_are_paged(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    for number in range(1, 26):
        adverity.has_datastream(number)
    page = (await caller.get("/api/datastreams/?page_size=10")).json()
    assert (page["count"], page["next"]) == (25, f"{adverity.url}/api/datastreams/?page_size=10&page=2")
    assert len((await caller.get("/api/datastreams/?page_size=10&page=3")).json()["results"]) == 5
    assert (await caller.get("/api/datastreams/?page=4")).status_code == 404


@pytest.mark.parametrize("path", ["/api/datastreams/?x=1", "/api/stacks/?page=x", "/api/errors/?datastream_id=a"])
async def test_what_is_not_understood_is_refused(caller: httpx.AsyncClient, path: str) -> None:
    assert (await caller.get(path)).status_code == 400


@pytest.mark.parametrize("resource", ["datastreams", "workspaces", "issues", "extracts"])
async def test_each_path_can_be_refused_missing_or_held(
    adverity: LocalAdverity, caller: httpx.AsyncClient, resource: str
) -> None:
    adverity.has_job(987, state="Success")
    path = PATHS[resource]
    key = adverity.make_key("Bearer", **{resource: "none"})  # type: ignore[arg-type]  # one of the resources
    headers = {"Authorization": f"Bearer {key.secret}"}
    assert (await caller.get(path, headers=headers)).status_code == 403
    assert (await caller.get(PATHS["jobs"], headers=headers)).status_code == 200
    adverity.faults.missing(path=path.partition("?")[0], times=1)
    assert [(await caller.get(path)).status_code for _ in range(2)] == [404, 200]


async def test_the_story_has_something_of_everything(
    adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    tell_incident(adverity)
    streams = (await caller.get("/api/datastreams/?page_size=100")).json()["results"]
    next_runs = {str(one["id"]): one["next_run"] for one in streams}
    assert next_runs["58"] == "2026-03-04T10:45:00Z"
    assert next_runs["64"] == next_runs["77"] == "Not Scheduled"
    assert {one["stack"]["name"] for one in streams} == {"acme", "acme CRM", "acme Retail"}
    issues = (await caller.get("/api/errors/?page_size=100")).json()["results"]
    assert max(one["occurrences"] for one in issues) == 3
    assert {one["error_cause_label"] for one in issues} >= {"Authorization invalid", "Quota exceeded"}
    successes = [one for one in adverity.sights() if one.look.state == "Success"]
    assert all(sum(one.job.datastream == stream for one in successes) >= 5 for stream in (42, 58, 70))
    assert [one.job.datastream for one in successes if one.job.rows == (0,)] == [70]
    assert all(one.job.days for one in adverity.sights())

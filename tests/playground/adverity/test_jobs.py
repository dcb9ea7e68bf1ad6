"""Reading jobs and datastreams, starting a fetch, and what time does to them."""

from datetime import date, timedelta

import httpx
import pytest

from jobbot.playground.adverity import DatastreamAs, HandClock, Issue, LocalAdverity, Quirks

REQUIRED, WRONG_FORMAT = "This field is required.", "Date has wrong format. Use YYYY-MM-DD."
RANGE = {"start": "2026-03-01", "end": "2026-03-01"}
WHOLE = {
    "id": 42,
    "name": "TikTok",
    "url": "URL/api/datastreams/42/",
    "overview_url": "/acme/tiktok-42/",
    "stack": {
        "id": 4,
        "name": "acme",
        "slug": "acme",
        "permissions": {"jobs": "write", "datastreams": "write"},
    },
}


async def test_a_job_object_has_the_known_fields(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_job(987, datastream=42, state="Running", progress=62, manual=True, by="ana@acme.example")
    assert (await caller.get("/api/jobs/987/")).json() == {
        "id": 987,
        "url": f"{adverity.url}/api/jobs/987/",
        "state": 1,
        "state_label": "Running",
        "state_color": "blue",
        "type": "Fetch",
        "progress": 62,
        "job_start": "2026-03-04T10:30:05Z",
        "job_end": None,
        "range_start": None,
        "range_end": None,
        "manual": True,
        "issues": [],
        "datastream": 42,
        "creator": "ana@acme.example",
    }


async def test_a_failed_job_says_what_went_wrong(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    issue = Issue("The token was revoked.", "Authorization", "/acme/authorizations/17/")
    adverity.has_job(987, state="Failed", progress=31, issues=["No file.", issue])
    job = (await caller.get("/api/jobs/987/")).json()
    assert (job["state_label"], job["progress"]) == ("Failed", 31)
    assert job["issues"] == [
        {"message": "No file.", "type_label": "Error", "url": ""},
        {"message": "The token was revoked.", "type_label": "Authorization", "url": "/acme/authorizations/17/"},
    ]


@pytest.mark.parametrize("state", ["Scheduled", "Running", "Success", "Cancelled", "Failed", "Discarded", "Stale"])
async def test_every_documented_state_can_be_had(
    adverity: LocalAdverity, caller: httpx.AsyncClient, state: str
) -> None:
    adverity.has_job(987, state=state)
    assert (await caller.get("/api/jobs/987/")).json()["state_label"] == state


async def test_an_unknown_state_is_shown_until_the_job_ends(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_job(987, state="Paused")
    assert (await caller.get("/api/jobs/987/")).json()["state_label"] == "Paused"
    adverity.job(987).ends("Success")
    assert (await caller.get("/api/jobs/987/")).json()["state_label"] == "Success"


@pytest.mark.parametrize(
    ("way", "field"),
    [
        (DatastreamAs.NUMBER, {"datastream": 42}),
        (DatastreamAs.URL, {"datastream": "URL/api/datastreams/42/"}),
        (DatastreamAs.OBJECT, {"datastream": WHOLE}),
        (DatastreamAs.ID_FIELD, {"datastream_id": 42}),
        (DatastreamAs.MISSING, {}),
    ],
)
async def test_a_job_names_its_datastream_in_any_of_the_known_ways(
    adverity: LocalAdverity, caller: httpx.AsyncClient, way: DatastreamAs, field: dict[str, object]
) -> None:
    adverity.has_datastream(42, "TikTok")
    adverity.has_job(987, datastream_as=way)
    adverity.has_job(988)
    one = (await caller.get("/api/jobs/987/")).text.replace(adverity.url, "URL")
    adverity.quirks = Quirks(datastream_as=way)
    other = (await caller.get("/api/jobs/988/")).text.replace(adverity.url, "URL")
    for job in (httpx.Response(200, text=one).json(), httpx.Response(200, text=other).json()):
        assert {name: value for name, value in job.items() if name.startswith("datastream")} == field


async def test_fields_can_be_added_replaced_and_left_out(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_job(987, wire_extra={"priority": "high", "job_end": ""}, wire_without=["progress", "url", "manual"])
    job = (await caller.get("/api/jobs/987/")).json()
    assert (job["priority"], job["job_end"]) == ("high", "")
    assert not {"progress", "url", "manual"} & job.keys()


async def test_the_status_of_a_job_in_progress(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_job(987)
    adverity.has_job(988, state="Scheduled")
    assert (await caller.get("/api/jobs/987/imported/")).json() == (await caller.get("/api/jobs/987/")).json()
    assert (await caller.get("/api/jobs/988/imported/")).status_code == 404
    adverity.quirks = Quirks(imported_body={"rows": 18_204})
    assert (await caller.get("/api/jobs/987/imported/")).json() == {"rows": 18_204}
    adverity.job(987).ends("Success")
    over = await caller.get("/api/jobs/987/imported/")
    assert (over.status_code, over.json()) == (404, {"detail": "Not found."})


async def test_a_datastream(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_datastream(42, "Facebook <b>Ads</b> EU", stack="acme CRM", stack_id=5)
    assert (await caller.get("/api/datastreams/42/")).json() == {
        "id": 42,
        "name": "Facebook <b>Ads</b> EU",
        "url": f"{adverity.url}/api/datastreams/42/",
        "stack": {"id": 5, "name": "acme CRM", "slug": "acme-crm"},
        "change_url": "/acme-crm/facebook-b-ads-b-eu-42/change/",
        "overview_url": "/acme-crm/facebook-b-ads-b-eu-42/",
        "datatype": "Live",
        "enabled": True,
        "frequency": "Disabled",
        "next_run": "Not Scheduled",
        "schedules": [],
        "updated": "2026-03-04T10:42:05Z",
    }


@pytest.mark.parametrize("path", ["/api/jobs/1/", "/api/jobs/1/imported/", "/api/datastreams/1/", "/api/nothing/", "/"])
async def test_what_is_not_there_is_not_found(caller: httpx.AsyncClient, path: str) -> None:
    answer = await caller.get(path)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


async def test_a_path_without_its_slash_is_redirected_and_loses_a_post(
    adverity: LocalAdverity, caller: httpx.AsyncClient
) -> None:
    adverity.has_job(987)
    moved = await caller.get("/api/jobs?page_size=5")
    assert (moved.status_code, moved.headers["location"]) == (301, f"{adverity.url}/api/jobs/?page_size=5")
    lost = await caller.post("/api/jobs/987/stop")
    assert (lost.status_code, lost.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert "RuntimeError" in lost.text
    assert adverity.job(987).sight.job.stop is None


async def test_the_wrong_method_is_said_to_be_wrong(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_job(987)
    answer = await caller.get("/api/jobs/987/stop/")
    assert (answer.status_code, answer.json()) == (405, {"detail": 'Method "GET" not allowed.'})


async def test_a_fetch_by_hand_starts_goes_on_and_ends(
    adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    adverity.has_datastream(42)
    asked = {"start": "2026-03-01", "end": "2026-03-03"}
    answer = (await caller.post("/api/datastreams/42/fetch_fixed/", json=asked)).json()
    assert answer["start"] == "2026-03-01"
    assert answer["end"] == "2026-03-03"
    [started] = answer["jobs"]

    async def seen() -> tuple[str, int]:
        job = (await caller.get(started["url"])).json()
        assert (job["id"], job["manual"], job["creator"]) == (started["id"], True, "ana@acme.example")
        return job["state_label"], job["progress"]

    assert await seen() == ("Scheduled", 0)
    clock.advance(seconds=62)
    assert await seen() == ("Running", 50)
    clock.advance(seconds=60)
    assert await seen() == ("Success", 100)


async def test_a_second_fetch_of_a_datastream_waits_for_the_first(
    adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    adverity.has_job(987, datastream=42)
    asked = {"start": "2026-03-01", "end": "2026-03-03"}
    [started] = (await caller.post("/api/datastreams/42/fetch_fixed/", json=asked)).json()["jobs"]
    clock.advance(hours=1)
    assert adverity.job(started["id"]).state == "Scheduled"
    adverity.job(987).ends("Success")
    clock.advance(seconds=6)
    assert adverity.job(started["id"]).state == "Running"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"start": [REQUIRED], "end": [REQUIRED]}),
        ({"start": "2026-03-01", "end": "1.3.2026"}, {"end": [WRONG_FORMAT]}),
        ({"start": "2026-02-30", "end": "2026-3-1"}, {"start": [WRONG_FORMAT], "end": [WRONG_FORMAT]}),
        ({"start": None, "end": 20260301}, {"start": ["This field may not be null."], "end": [WRONG_FORMAT]}),
        ({"start": "2026-03-02", "end": "2026-03-01"}, {"end": ["Ends before it starts."]}),
        ({**RANGE, "priority": "soon"}, {"priority": ['"soon" is not a valid choice.']}),
        ({**RANGE, "days": 3}, {"days": ["Unknown field."]}),
    ],
)
async def test_a_fetch_of_no_range_is_refused(
    adverity: LocalAdverity, caller: httpx.AsyncClient, body: dict[str, object], errors: dict[str, list[str]]
) -> None:
    adverity.has_datastream(42)
    answer = await caller.post("/api/datastreams/42/fetch_fixed/", json=body)
    assert (answer.status_code, answer.json()) == (400, {"detail": "Invalid input.", "errors": errors})


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[1]", "application/json; charset=utf-8", 400),
        (b"start=2026-03-01&end=2026-03-01", "application/x-www-form-urlencoded", 415),
    ],
)
async def test_a_body_that_is_no_object_is_refused(
    adverity: LocalAdverity, caller: httpx.AsyncClient, body: bytes, kind: str, status: int
) -> None:
    adverity.has_datastream(42)
    answer = await caller.post("/api/datastreams/42/fetch_fixed/", content=body, headers={"content-type": kind})
    assert answer.status_code == status


async def test_a_fetch_may_be_of_times_have_a_priority_and_make_several_jobs(
    adverity: LocalAdverity, caller: httpx.AsyncClient
) -> None:
    adverity.quirks = Quirks(jobs_a_fetch=2)
    adverity.has_datastream(42)
    asked = {"start": "2026-03-01T00:00:00Z", "end": "2026-03-03T23:59:59Z", "priority": "backdata"}
    answer = (await caller.post("/api/datastreams/42/fetch_fixed/", json=asked)).json()
    first, second = (adverity.get(job["id"]) for job in answer["jobs"])
    assert first.days == second.days == (date(2026, 3, 1), date(2026, 3, 3))
    assert (first.priority, second.priority, second.follows) == ("backdata", "backdata", first.id)


def test_a_job_ends_when_it_is_told_to(clock: HandClock) -> None:
    adverity = LocalAdverity(now=clock)
    job = adverity.has_job(987, progress=62).ends("Failed", after=timedelta(minutes=2), issues=["Quota used up."])
    assert (job.state, job.progress) == ("Running", 62)
    clock.advance(minutes=2)
    assert (job.state, job.progress) == ("Failed", 62)
    assert [issue.message for issue in job.sight.look.issues] == ["Quota used up."]
    with pytest.raises(ValueError, match="is over"):
        job.ends("Success")


def test_a_job_that_runs_may_have_issues_already(clock: HandClock) -> None:
    job = LocalAdverity(now=clock).has_job(987, issues=["Row 7 was skipped."])
    assert [issue.message for issue in job.sight.look.issues] == ["Row 7 was skipped."]
    job.ends("Failed", issues=["Quota used up."])
    assert [issue.message for issue in job.sight.look.issues] == ["Row 7 was skipped.", "Quota used up."]


def test_a_scheduled_job_starts_when_it_is_told_to(clock: HandClock) -> None:
    job = LocalAdverity(now=clock).has_job(987, state="Scheduled").starts()
    assert job.state == "Running"
    with pytest.raises(ValueError, match="not Scheduled"):
        job.starts()


def test_nonsense_is_not_believed(clock: HandClock) -> None:
    adverity = LocalAdverity(now=clock)
    with pytest.raises(ValueError, match="ended by now"):
        adverity.has_job(987, state="Success", ended=clock() + timedelta(minutes=1))
    with pytest.raises(ValueError, match="does not wait"):
        adverity.has_job(987, state="Running", follows=986)
    with pytest.raises(ValueError, match="no way to end"):
        adverity.has_job(987).ends("Running")
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(seconds=-1)
    with pytest.raises(KeyError):
        adverity.job(1)


def test_time_can_pass_faster(clock: HandClock) -> None:
    adverity = LocalAdverity(now=clock, speed=60)
    job = adverity.has_job(987, progress=0).ends("Success", after=timedelta(minutes=10))
    clock.advance(seconds=5)
    assert (job.state, job.progress) == ("Running", 50)
    clock.advance(seconds=5)
    assert job.state == "Success"

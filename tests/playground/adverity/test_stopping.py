"""``POST /api/jobs/{id}/stop/``: when it is taken, when it takes effect, how the job ends, and what follows."""

from datetime import timedelta

import httpx
import pytest

from jobbot.playground.adverity import HandClock, LocalAdverity, Quirks


async def test_a_stop_takes_effect_after_a_moment(
    adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    adverity.has_job(987, progress=62)
    assert (await caller.post("/api/jobs/987/stop/")).status_code == 200
    assert (await caller.get("/api/jobs/987/")).json()["state_label"] == "Running"
    clock.advance(seconds=2)
    job = (await caller.get("/api/jobs/987/")).json()
    assert (job["state_label"], job["progress"], job["job_end"]) == ("Cancelled", 62, "2026-03-04T10:42:07Z")


async def test_a_stopped_job_may_end_as_discarded(
    adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    job = adverity.has_job(987).stop_ends_as("Discarded").stop_takes(timedelta(minutes=1))
    await caller.post("/api/jobs/987/stop/")
    clock.advance(seconds=59)
    assert job.state == "Running"
    clock.advance(seconds=1)
    assert job.state == "Discarded"


async def test_a_stop_may_come_too_late(adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock) -> None:
    job = adverity.has_job(987).ends("Success", after=timedelta(seconds=1))
    assert (await caller.post("/api/jobs/987/stop/")).status_code == 200
    clock.advance(seconds=10)
    assert job.state == "Success"


async def test_a_stop_may_be_accepted_and_ignored(
    adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    job = adverity.has_job(987).ignores_stop()
    assert (await caller.post("/api/jobs/987/stop/")).status_code == 200
    clock.advance(hours=5)
    assert job.state == "Running"


async def test_a_stop_may_be_refused_in_given_words(adverity: LocalAdverity, caller: httpx.AsyncClient) -> None:
    adverity.has_job(987).refuses_stop("Job is locked by <the scheduler>.")
    answer = await caller.post("/api/jobs/987/stop/")
    assert (answer.status_code, answer.json()) == (400, {"detail": "Job is locked by <the scheduler>."})


async def test_a_scheduled_job_is_discarded(
    adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    job = adverity.has_job(1, state="Scheduled")
    assert (await caller.post("/api/jobs/1/stop/")).status_code == 200
    clock.advance(minutes=1)
    assert job.state == "Discarded"


async def test_of_running_jobs_only_one_in_the_fetch_stage_can_be_stopped(
    adverity: LocalAdverity, caller: httpx.AsyncClient
) -> None:
    adverity.has_job(2, state="Running", fetching=False)
    adverity.has_job(3, state="Success")
    answers = [await caller.post(f"/api/jobs/{number}/stop/") for number in (2, 3, 4)]
    assert [(answer.status_code, answer.json()["detail"]) for answer in answers] == [
        (400, "Only jobs in the fetch stage can be stopped."),
        (400, "Job 3 is not running."),
        (404, "Not found."),
    ]


async def test_a_second_stop_is_a_second_request_and_changes_nothing(
    adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    job = adverity.has_job(987)
    await caller.post("/api/jobs/987/stop/")
    clock.advance(seconds=1)
    assert (await caller.post("/api/jobs/987/stop/")).status_code == 200
    clock.advance(seconds=1)
    assert job.state == "Cancelled"
    assert adverity.count("POST", "/987/stop/") == 2


@pytest.mark.parametrize("body", [b"", b"{}", b"not json"])
async def test_a_stop_needs_no_body(adverity: LocalAdverity, caller: httpx.AsyncClient, body: bytes) -> None:
    adverity.has_job(987)
    assert (await caller.post("/api/jobs/987/stop/", content=body)).status_code == 200


async def test_the_answer_to_a_stop_differs_between_instances(
    adverity: LocalAdverity, caller: httpx.AsyncClient
) -> None:
    adverity.has_job(987)
    assert (await caller.post("/api/jobs/987/stop/")).json()["message"] == "Job 987 will be stopped."
    adverity.quirks = Quirks(write_answer="text")
    assert (await caller.post("/api/jobs/987/stop/")).text == "OK"
    adverity.quirks = Quirks(write_answer="nothing")
    silent = await caller.post("/api/jobs/987/stop/")
    assert (silent.status_code, silent.content) == (204, b"")


async def test_stopping_discards_the_jobs_that_follow(
    adverity: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    adverity.has_job(1)
    second = adverity.has_job(2, state="Scheduled", follows=1)
    third = adverity.has_job(3, state="Scheduled", follows=2)
    assert [sight.job.id for sight in adverity.followers(1)] == [2]
    await caller.post("/api/jobs/1/stop/")
    assert (second.state, third.state) == ("Scheduled", "Scheduled")
    clock.advance(seconds=2)
    assert (second.state, third.state) == ("Discarded", "Discarded")


def test_a_failure_discards_what_follows_and_a_success_starts_it(clock: HandClock) -> None:
    adverity = LocalAdverity(now=clock)
    for number, outcome in ((1, "Failed"), (3, "Success")):
        adverity.has_job(number)
        adverity.has_job(number + 1, state="Scheduled", follows=number)
        adverity.job(number).ends(outcome)
    clock.advance(seconds=5)
    assert adverity.job(2).state == "Discarded"
    assert (adverity.job(4).state, adverity.job(4).progress) == ("Running", 0)


def test_a_job_that_never_starts_is_discarded_after_two_days(clock: HandClock) -> None:
    job = LocalAdverity(now=clock).has_job(987, state="Scheduled")
    clock.advance(hours=47, minutes=59)
    assert job.state == "Scheduled"
    clock.advance(minutes=1)
    assert job.state == "Discarded"

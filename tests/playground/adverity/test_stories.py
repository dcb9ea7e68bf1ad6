"""The demo's story: the same each time, and a bad morning whenever it is told."""

from collections import Counter
from datetime import datetime, timedelta

import httpx
import pytest

from jobbot.adverity.model import Job, JobList, State
from jobbot.adverity.streak import streak
from jobbot.adverity.usual_duration import TooFew, Usual, usual_duration
from jobbot.adverity.waiting import waiting_behind
from jobbot.flows.jobs.past_runs import how_far
from jobbot.playground.adverity import DatastreamAs, HandClock, LocalAdverity, Quirks, Sight, Stage
from jobbot.playground.adverity.stories import tell_incident
from jobbot.playground.adverity.wire import job_object


@pytest.fixture
def told(adverity: LocalAdverity) -> LocalAdverity:
    tell_incident(adverity)
    return adverity


def by_state(adverity: LocalAdverity) -> Counter[str]:
    return Counter(sight.look.state for sight in adverity.sights())


def runaway(adverity: LocalAdverity) -> Sight:
    """The job that has been running longest."""
    return min(
        (sight for sight in adverity.sights() if sight.look.stage is Stage.FETCH),
        key=lambda sight: sight.look.started or adverity.now(),
    )


def test_the_same_seed_tells_the_same_story(clock: HandClock) -> None:
    tellings = [LocalAdverity(now=clock) for _ in range(3)]
    for telling, seed in zip(tellings, (7, 7, 8), strict=True):
        tell_incident(telling, seed=seed)
    assert tellings[0].sights() == tellings[1].sights() != tellings[2].sights()


def test_there_is_something_of_everything(told: LocalAdverity) -> None:
    states = by_state(told)
    assert sum(states.values()) >= 40
    assert states["Running"] >= 3
    assert states["Scheduled"] >= 3
    assert states["Failed"] >= 4
    assert states["Cancelled"]
    assert states["Discarded"]
    assert all(sight.look.issues for sight in told.sights() if sight.look.state == "Failed")
    assert len(told.datastreams) == 12
    assert any("<!channel>" in stream.name for stream in told.datastreams.values())


def test_numbers_grow_with_time(told: LocalAdverity) -> None:
    created = [sight.job.plan.created for sight in told.sights()]
    assert created == sorted(created)


def test_a_fetch_that_somebody_started_does_not_end(told: LocalAdverity, clock: HandClock) -> None:
    job = runaway(told)
    assert job.look.started is not None
    assert clock() - job.look.started > timedelta(hours=5)
    assert job.job.manual
    assert job.job.by
    assert [sight.look.state for sight in told.followers(job.job.id)] == ["Scheduled", "Scheduled"]
    clock.advance(hours=6)
    assert told.job(job.job.id).state == "Running"
    assert told.job(job.job.id).progress > job.look.progress


async def test_stopping_it_discards_what_waits(
    told: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock
) -> None:
    number = runaway(told).job.id
    assert (await caller.post(f"/api/jobs/{number}/stop/")).status_code == 200
    clock.advance(seconds=2)
    assert told.job(number).state == "Cancelled"
    assert {sight.look.state for sight in told.followers(number)} == {"Discarded"}


@pytest.mark.parametrize("stops", [True, False])
async def test_the_next_fetch_comes_when_the_schedule_says_also_after_a_pause(
    told: LocalAdverity, caller: httpx.AsyncClient, clock: HandClock, *, stops: bool
) -> None:
    job = runaway(told).job
    if stops:
        await caller.post(f"/api/jobs/{job.id}/stop/")
    for enabled in (False, True):
        clock.advance(seconds=30)
        await caller.patch(f"/api/datastreams/{job.datastream}/", json={"enabled": enabled})
    due = datetime.fromisoformat((await caller.get(f"/api/datastreams/{job.datastream}/")).json()["next_run"])
    before = [sight.job.id for sight in told.sights() if sight.job.datastream == job.datastream]
    clock.advance(seconds=(due - clock()).total_seconds() + 10)
    of_it = [sight for sight in told.sights() if sight.job.datastream == job.datastream]
    came = [sight.look.state for sight in of_it if sight.job.id not in before]
    assert came == ["Running" if stops else "Scheduled"], "what its datastream has going on comes first"


def test_the_story_goes_on(told: LocalAdverity, clock: HandClock) -> None:
    before = by_state(told)
    clock.advance(minutes=10)
    after = by_state(told)
    assert after["Success"] > before["Success"]
    assert after["Failed"] == before["Failed"] + 1
    for _ in range(30):
        clock.advance(minutes=10)
        assert by_state(told)["Running"] >= 1


def as_read(adverity: LocalAdverity) -> list[Job]:
    """The jobs that the API has now, as jobbot reads them."""
    quirks = Quirks(datastream_as=DatastreamAs.OBJECT, progress_as="fraction")
    return [
        Job.model_validate(job_object(sight, adverity.datastreams, base="http://acme.test", quirks=quirks))
        for sight in adverity.sights()
    ]


def past_runs(job: Job, jobs: list[Job]) -> list[Job]:
    assert job.datastream is not None
    return [one for one in jobs if one.is_over and one.datastream and one.datastream.id == job.datastream.id]


@pytest.mark.parametrize("seed", [7, 8, 9, 10])
def test_the_one_that_hangs_is_the_only_one_far_longer_than_usual(
    adverity: LocalAdverity, clock: HandClock, seed: int
) -> None:
    tell_incident(adverity, seed=seed)
    jobs, now = as_read(adverity), clock()
    usual = {job.id: usual_duration(job, past_runs(job, jobs)) for job in jobs if job.state is State.RUNNING}
    far = [job.id for job in jobs if how_far(job, usual.get(job.id), now)]
    assert far == [runaway(adverity).job.id] == [48_319], "as the documentation calls it"
    expected = usual[far[0]]
    assert isinstance(expected, Usual)
    assert timedelta(minutes=10) < expected.median < timedelta(minutes=30)
    assert not [job for job, found in usual.items() if isinstance(found, TooFew)], "each running job has a past"
    assert [len(behind) for behind in waiting_behind(jobs).values()] == [2]


def test_the_failures_of_last_night_are_the_first_and_the_third_in_a_row(told: LocalAdverity) -> None:
    jobs = as_read(told)
    failed = {job.datastream.id: job for job in jobs if job.state is State.FAILED and job.datastream is not None}
    found = {stream: streak(job, JobList(jobs=tuple(past_runs(job, jobs)))) for stream, job in failed.items()}
    assert {stream: one.failures for stream, one in found.items()} == {42: 1, 43: 3, 44: 1, 52: 1, 63: 1}
    assert all(one.last_success is not None for one in found.values())

"""jobbot's own client against the local instance, in each dialect: what is read is the same."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import product

import pytest

from jobbot.adverity import AdverityClient, Gateway
from jobbot.adverity.errors import NotReadable
from jobbot.adverity.model import DatastreamId, Days, Job, JobId
from jobbot.adverity.query import JobQuery
from jobbot.playground.adverity import DatastreamAs, HandClock, Issue, LocalAdverity, Quirks, Schedule

FACEBOOK = DatastreamId(42)


@pytest.fixture
async def gateway(adverity: LocalAdverity) -> AsyncIterator[Gateway]:
    one = Gateway(AdverityClient(adverity.url, adverity.api_key), max_age=0)
    yield one
    await one.aclose()


@pytest.mark.parametrize(("way", "progress"), [*product(DatastreamAs, ["percent", "fraction"])])
async def test_a_job_is_read_from_every_dialect(
    adverity: LocalAdverity, gateway: Gateway, way: DatastreamAs, progress: str
) -> None:
    adverity.quirks = Quirks(datastream_as=way, progress_as="fraction" if progress == "fraction" else "percent")
    adverity.has_datastream(42, "Facebook Ads EU", stack="acme CRM", stack_id=5)
    adverity.has_job(987, progress=62, days=(date(2026, 2, 1), date(2026, 2, 28)))

    [listed] = (await gateway.jobs(JobQuery())).value.jobs
    for job in (listed, (await gateway.job(JobId(987))).value):
        assert (job.progress, job.days, job.is_fetch) == (62, Days(date(2026, 2, 1), date(2026, 2, 28)), True)
        _holds(job, way)
    assert adverity.count(path="/datastreams/") == 0


def _holds(job: Job, way: DatastreamAs) -> None:
    """Everything of the datastream from the object, its number from all others that name it."""
    ref = job.datastream
    assert (ref.id if ref else None) == (None if way is DatastreamAs.MISSING else 42)
    if way is DatastreamAs.OBJECT:
        assert ref is not None
        assert (ref.name, ref.page) == ("Facebook Ads EU", "/acme-crm/facebook-ads-eu-42/")
        assert job.workspace is not None
        assert (job.workspace.id, job.workspace.slug) == (5, "acme-crm")


@pytest.mark.parametrize("progress", [0, 1, 100])
async def test_a_bare_one_is_no_progress_on_either_scale(
    adverity: LocalAdverity, gateway: Gateway, progress: int
) -> None:
    adverity.has_job(987, wire_extra={"progress": progress})

    assert (await gateway.job(JobId(987))).value.progress == (100 if progress == 100 else None)


async def test_what_stands_around_a_job_is_read(adverity: LocalAdverity, gateway: Gateway, clock: HandClock) -> None:
    adverity.has_workspace(4, "acme")
    adverity.has_workspace(5, "acme CRM", parent_id=4)
    schedule = Schedule(clock() + timedelta(minutes=16))
    adverity.has_datastream(42, "Facebook Ads EU", stack="acme CRM", stack_id=5, schedule=schedule)
    issue = Issue("The <b>token</b> was revoked.", cause="Authorization invalid", remedy="Authorize again")
    adverity.has_job(986, state="Success", extracts=(12_000, 340), ended=clock() - timedelta(hours=1))
    adverity.has_job(987, state="Failed", issues=[issue])

    stream = (await gateway.datastream(FACEBOOK)).value
    assert (stream.is_scheduled, stream.next_run) == (True, clock() + timedelta(minutes=16))
    assert [one.name for one in (await gateway.datastreams()).value.items] == ["Facebook Ads EU"]
    assert [one.parent_id for one in (await gateway.workspaces()).value.items] == [None, 4]
    [read] = (await gateway.issues(FACEBOOK)).value.items
    assert (read.message, read.cause, read.remedy) == ("The token was revoked.", issue.cause, issue.remedy)
    assert (read.job_id, read.datastream_id, read.occurrences) == (987, 42, 1)
    assert read.retry_url == f"/api/errors/{read.id}/retry/"
    assert [one.rows for one in (await gateway.extracts(JobId(986))).value.items] == [12_000, 340]
    assert adverity.max_in_flight == 1


async def test_a_key_that_may_read_jobs_alone_is_asked_for_each_once(adverity: LocalAdverity) -> None:
    adverity.has_job(987)
    key = adverity.make_key("Bearer", datastreams="none", workspaces="none", issues="none", extracts="none")
    gateway = Gateway(AdverityClient(adverity.url, key.secret, scheme="Bearer"))
    try:
        assert (await gateway.jobs(JobQuery())).value.jobs
        for _ in range(2):
            for read in (gateway.datastreams, gateway.workspaces, gateway.issues):
                with pytest.raises(NotReadable):
                    await read()
            for number in (1, 2):
                with pytest.raises(NotReadable):
                    await gateway.extracts(JobId(number))
    finally:
        await gateway.aclose()
    assert len(adverity.calls) == 5

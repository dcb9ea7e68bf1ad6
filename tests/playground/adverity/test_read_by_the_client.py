"""jobbot's own client against the local instance, in each dialect: what is read is the same."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from itertools import product

import pytest

from jobbot.adverity import AdverityClient, Gateway
from jobbot.adverity.errors import NotFound, NotReadable, Unreachable
from jobbot.adverity.fetched_days import new_manual_jobs, overlapping
from jobbot.adverity.issue_of_job import issue_of
from jobbot.adverity.model import DatastreamId, Days, Job, JobId, Priority
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


@pytest.fixture
async def acting(adverity: LocalAdverity, clock: HandClock) -> AsyncIterator[Gateway]:
    """A gateway by the instance's own time."""
    one = Gateway(AdverityClient(adverity.url, adverity.api_key, clock=clock), max_age=0)
    yield one
    await one.aclose()


DAYS = Days(date(2026, 2, 1), date(2026, 2, 28))


@pytest.mark.parametrize("is_lost", [False, True])
@pytest.mark.parametrize("is_over", [False, True])
async def test_the_jobs_of_a_fetch_are_found_whether_or_not_it_was_answered(
    adverity: LocalAdverity, acting: Gateway, clock: HandClock, is_lost: bool, is_over: bool
) -> None:
    adverity.quirks = Quirks(jobs_a_fetch=2)
    adverity.has_job(986, state="Success", manual=True, days=(DAYS.start, DAYS.end))
    adverity.has_job(987, manual=True, days=(DAYS.start, DAYS.end), state="Success")
    adverity.has_job(988, datastream=43, manual=True, days=(DAYS.start, DAYS.end))
    since = clock() - timedelta(hours=1)
    before = {job.id for job in (await acting.jobs_since(FACEBOOK, since)).value.jobs}
    assert before == {986, 987}

    named: tuple[int, ...] = ()
    if is_lost:
        adverity.faults.cut_after_effect(method="POST", times=1)
        with pytest.raises(Unreachable):
            await acting.fetch(FACEBOOK, DAYS, Priority.BACKDATA)
    else:
        named = (await acting.fetch(FACEBOOK, DAYS, Priority.BACKDATA)).jobs
    if is_over:
        clock.advance(hours=1)
    after = (await acting.jobs_since(FACEBOOK, since)).value.jobs
    found = new_manual_jobs(before, after, DAYS)

    assert (len(found), {job.is_over for job in found}) == (2, {is_over})
    assert named in ((), tuple(job.id for job in found))
    assert len(overlapping(after, Days(DAYS.end, DAYS.end))) == (0 if is_over else 2)
    assert adverity.writes.total() == 1


async def test_a_schedule_is_switched_off_and_read_back(
    adverity: LocalAdverity, acting: Gateway, clock: HandClock
) -> None:
    adverity.has_datastream(42, schedule=Schedule(clock() + timedelta(minutes=16), timedelta(hours=12), days=7))
    before = (await acting.current_datastream(FACEBOOK)).value
    assert (before.enabled, before.is_scheduled, before.updated, before.frequency) == (
        True,
        True,
        clock(),
        "Every 12 hours",
    )
    assert before.schedules is not None
    assert [(one.interval, one.unit, one.at, one.fetches) for one in before.schedules] == [
        (12, "hour", "10:58:05", "Last 7 Days")
    ]
    clock.advance(minutes=1)
    await acting.set_enabled(FACEBOOK, enabled=False)
    after = (await acting.current_datastream(FACEBOOK)).value
    assert (after.enabled, after.is_scheduled, after.updated, after.frequency) == (False, False, clock(), "Disabled")
    await acting.set_enabled(FACEBOOK, enabled=True)
    assert (await acting.current_datastream(FACEBOOK)).value.enabled
    assert list(adverity.writes) == [f'PATCH /api/datastreams/42/ {{"enabled": {word}}}' for word in ("false", "true")]


@pytest.mark.parametrize("names_job", [True, False])
async def test_a_failed_job_is_retried_by_its_issue(
    adverity: LocalAdverity, acting: Gateway, clock: HandClock, names_job: bool
) -> None:
    adverity.quirks = Quirks(issue_names_job=names_job)
    issue = Issue("The <b>token</b> was revoked.", cause="Authorization invalid")
    adverity.has_job(987, state="Failed", issues=[issue, "And more."], days=(DAYS.start, DAYS.end))
    failed = (await acting.job(JobId(987))).value
    found = issue_of(failed, (await acting.current_issues(FACEBOOK)).value.items)
    assert found is not None
    assert found.retry_url is not None

    [started] = (await acting.retry(found.retry_url)).jobs
    assert adverity.get(started).days == (DAYS.start, DAYS.end)
    left = issue_of(failed, (await acting.current_issues(FACEBOOK)).value.items)
    assert left is not None
    assert left.id != found.id
    assert left.ack_url is not None
    await acting.acknowledge(left.ack_url)
    assert issue_of(failed, (await acting.current_issues(FACEBOOK)).value.items) is None
    with pytest.raises(NotFound):
        await acting.retry(found.retry_url)


@pytest.mark.parametrize("links", ["https://127.0.0.1", "http://127.0.0.1:1", "http://evil.example", None])
async def test_a_retry_that_leads_elsewhere_is_not_offered(
    adverity: LocalAdverity, acting: Gateway, links: str | None
) -> None:
    adverity.quirks = Quirks(issue_links=links)
    adverity.has_job(987, state="Failed", issues=["No."])
    found = issue_of((await acting.job(JobId(987))).value, (await acting.current_issues(FACEBOOK)).value.items)
    assert found is not None
    assert (found.retry_url, found.ack_url) == (None, None)

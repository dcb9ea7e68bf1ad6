"""Manners towards an instance, seen from outside: what is sent when, and what everybody gets."""

import asyncio

import httpx
import pytest
import respx
import stamina

from jobbot.adverity import AdverityClient, Gateway
from jobbot.adverity.call_policy import patient_retries, wait_before_retry
from jobbot.adverity.errors import AdverityError, Busy, Forbidden, InvalidRequest, Unexpected, Unreachable
from jobbot.adverity.model import DatastreamId, JobId
from jobbot.adverity.query import JobQuery
from tests.support.each import each
from tests.unit.adverity.conftest import Clock, Instance
from tests.unit.adverity.world import ACME, FACEBOOK, JOB, NOW, answer, listed, until

LIST = JobQuery()


async def test_overlapping_equal_reads_are_one_call(gateway: Gateway, instance: Instance) -> None:
    asking = [asyncio.create_task(gateway.jobs(LIST)) for _ in range(100)]
    await instance.answers(listed(987))

    answers = await asyncio.gather(*asking)

    assert {id(one) for one in answers} == {id(answers[0])}
    assert answers[0].read_at == NOW
    assert len(instance.asked) == 1


async def test_different_reads_wait_for_one_another(gateway: Gateway, instance: Instance) -> None:
    asking = [asyncio.create_task(gateway.jobs(JobQuery(DatastreamId(n)))) for n in range(1, 5)]
    for _ in asking:
        await instance.answers(listed(987))
    await asyncio.gather(*asking)

    assert (len(instance.asked), instance.most_open) == (4, 1)


async def test_more_may_be_asked_at_once_where_it_is_configured(client: AdverityClient, instance: Instance) -> None:
    gateway = Gateway(client, concurrency=2)
    asking = [asyncio.create_task(gateway.jobs(JobQuery(DatastreamId(n)))) for n in range(1, 5)]
    await until(lambda: instance.open == 2)
    await gateway.aclose()

    assert instance.most_open == 2
    assert all(isinstance(one, Unreachable) for one in await asyncio.gather(*asking, return_exceptions=True))


async def test_who_stops_waiting_does_not_take_the_answer_from_the_others(gateway: Gateway, instance: Instance) -> None:
    first, second = asyncio.create_task(gateway.job(JOB)), asyncio.create_task(gateway.job(JOB))
    await until(lambda: instance.open)
    first.cancel()
    await instance.answers(answer("job_running"))

    assert (await second).value.progress == 62
    assert first.cancelled()


async def test_an_answer_that_nobody_waited_for_is_there_for_the_next(gateway: Gateway, instance: Instance) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await gateway.datastream(FACEBOOK)
    await instance.answers(answer("datastream"))
    await until(lambda: gateway.known_datastream(FACEBOOK))

    assert (await gateway.datastream(FACEBOOK)).value.name == "Facebook Ads EU"
    assert len(instance.asked) == 1


async def test_an_error_reaches_everybody_as_their_own(gateway: Gateway, instance: Instance) -> None:
    asking = [asyncio.create_task(gateway.jobs(LIST)) for _ in range(3)]
    await instance.answers(httpx.Response(403, json={"detail": "No."}))

    errors = await asyncio.gather(*asking, return_exceptions=True)

    assert all(isinstance(error, Forbidden) and error.detail == "No." and error.status == 403 for error in errors)
    assert len({id(error) for error in errors}) == 3


async def test_a_mistake_of_our_own_reaches_everybody_too(
    client: AdverityClient, api: respx.MockRouter, clock: Clock
) -> None:
    api.get("/api/jobs/").mock(side_effect=ZeroDivisionError)
    gateway = Gateway(client, clock=clock)

    errors = await asyncio.gather(gateway.jobs(LIST), gateway.jobs(LIST), return_exceptions=True)

    assert [type(error) for error in errors] == [ZeroDivisionError] * 2


async def test_an_answer_is_shown_again_for_three_seconds_with_its_own_time(
    gateway: Gateway, api: respx.MockRouter, clock: Clock
) -> None:
    api.get("/api/jobs/").mock(side_effect=[listed(1), listed(2)])

    await gateway.jobs(LIST)
    clock.pass_(2.9)
    assert (await gateway.jobs(LIST)).read_at == NOW
    clock.pass_(0.2)
    assert (await gateway.jobs(LIST)).value.jobs[0].id == 2


async def test_nothing_is_shown_again_where_the_age_is_nought(
    client: AdverityClient, api: respx.MockRouter, clock: Clock
) -> None:
    api.get("/api/jobs/").mock(return_value=listed(1))
    gateway = Gateway(client, clock=clock, monotonic=clock.monotonic, max_age=0)

    await gateway.jobs(LIST)
    await gateway.jobs(LIST)

    assert len(api.calls) == 2


async def test_errors_are_not_shown_again(gateway: Gateway, api: respx.MockRouter) -> None:
    api.get("/api/jobs/").mock(side_effect=[httpx.Response(403), listed(1)])

    with pytest.raises(Forbidden):
        await gateway.jobs(LIST)
    assert (await gateway.jobs(LIST)).value.jobs


async def test_a_fresh_read_takes_no_kept_answer(gateway: Gateway, api: respx.MockRouter) -> None:
    api.get("/api/jobs/").mock(side_effect=[listed(1), listed(2)])

    await gateway.jobs(LIST)
    assert (await gateway.jobs(LIST, fresh=True)).value.jobs[0].id == 2
    assert (await gateway.jobs(LIST)).value.jobs[0].id == 2


async def test_a_fresh_read_does_not_join_a_call_that_is_on_the_wire(gateway: Gateway, instance: Instance) -> None:
    before = asyncio.create_task(gateway.jobs(LIST))
    await until(lambda: instance.open)
    fresh = [asyncio.create_task(gateway.jobs(LIST, fresh=True)) for _ in range(3)]
    await asyncio.sleep(0)
    await instance.answers(listed(1))
    await instance.answers(listed(2))

    assert (await before).value.jobs[0].id == 1
    assert [one.value.jobs[0].id for one in await asyncio.gather(*fresh)] == [2, 2, 2]
    assert len(instance.asked) == 2
    assert (await gateway.jobs(LIST)).value.jobs[0].id == 2


async def test_a_stop_goes_before_reads_that_wait_and_between_two_pages(gateway: Gateway, instance: Instance) -> None:
    pages = asyncio.create_task(gateway.jobs(LIST))
    await until(lambda: instance.open)
    other = asyncio.create_task(gateway.datastream(FACEBOOK))
    await asyncio.sleep(0)
    stop = asyncio.create_task(gateway.stop(JOB))
    await asyncio.sleep(0)
    await instance.answers(listed(9, next_="?page=2"))
    await instance.answers(httpx.Response(202))
    await stop
    await instance.answers(answer("datastream"))
    await other
    await instance.answers(listed(8))

    assert len((await pages).value.jobs) == 2
    assert instance.asked == [
        "GET /api/jobs/",
        "POST /api/jobs/987/stop/",
        "GET /api/datastreams/42/",
        "GET /api/jobs/",
    ]
    assert instance.most_open == 1


async def test_an_answer_that_a_stop_overtook_is_not_kept(client: AdverityClient, instance: Instance) -> None:
    gateway = Gateway(client, concurrency=2)
    before = asyncio.create_task(gateway.job(JOB))
    await until(lambda: instance.open)
    read = instance._answers[0]
    stop = asyncio.create_task(gateway.stop(JOB))
    await until(lambda: instance.open == 2)
    await instance.answers(httpx.Response(200))
    await stop
    read.set_result(answer("job_running"))
    assert (await before).value.progress == 62

    after = asyncio.create_task(gateway.job(JOB))
    await until(lambda: len(instance.asked) == 3)
    await instance.answers(answer("job_running"))
    await after


async def test_names_are_kept_for_an_hour(gateway: Gateway, api: respx.MockRouter, clock: Clock) -> None:
    api.get("/api/datastreams/42/").mock(return_value=answer("datastream"))
    assert gateway.known_datastream(FACEBOOK) is None

    await gateway.datastream(FACEBOOK)
    clock.pass_(3599)
    await gateway.datastream(FACEBOOK)
    assert gateway.known_datastream(FACEBOOK) is not None
    clock.pass_(2)

    assert gateway.known_datastream(FACEBOOK) is None
    assert len(api.calls) == 1


@pytest.mark.parametrize(
    "hiccup", [httpx.Response(503), httpx.Response(502), httpx.ReadTimeout("x"), httpx.ConnectError("x")]
)
async def test_a_read_gets_over_two_hiccups(
    gateway: Gateway, api: respx.MockRouter, hiccup: httpx.Response | Exception
) -> None:
    api.get("/api/jobs/").mock(side_effect=[hiccup, hiccup, listed(1)])

    assert (await gateway.jobs(LIST)).value.jobs


async def test_after_three_tries_the_error_is_told(gateway: Gateway, api: respx.MockRouter) -> None:
    api.get("/api/jobs/").mock(return_value=httpx.Response(502))

    with pytest.raises(Unexpected, match="status 502"):
        await gateway.jobs(LIST)
    assert len(api.calls) == 3


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_question_that_is_refused_is_not_repeated(gateway: Gateway, api: respx.MockRouter, status: int) -> None:
    told = {"detail": "No.", "errors": {"start": ["Enter a valid date."]}}
    api.get("/api/jobs/").mock(return_value=httpx.Response(status, json=told))

    with pytest.raises(AdverityError):
        await gateway.jobs(LIST)
    assert len(api.calls) == 1


@each(
    ("error", "wait"),
    [
        (Busy(retry_after=3.0), 3.0),
        (Busy(retry_after=10.0), 10.0),
        (Busy(retry_after=10.5), False),
        (Busy(), True),
        (Unreachable(), True),
        (Unexpected(status=500), True),
        (Unexpected(status=200), False),
        (InvalidRequest(), False),
        (ZeroDivisionError(), False),
    ],
)
def test_how_long_to_wait_before_another_try(error: Exception, wait: bool | float) -> None:
    assert wait_before_retry(error) == wait


async def test_the_instances_own_waiting_time_is_kept(gateway: Gateway, api: respx.MockRouter) -> None:
    busy = httpx.Response(429, headers={"retry-after": "0"})
    api.get("/api/jobs/").mock(side_effect=[busy, busy, listed(1)])

    assert (await gateway.jobs(LIST)).value.jobs


async def test_who_is_asked_to_wait_too_long_is_told_so_at_once(gateway: Gateway, api: respx.MockRouter) -> None:
    api.get("/api/jobs/").mock(return_value=httpx.Response(429, headers={"retry-after": "60"}))

    with pytest.raises(Busy) as caught:
        await gateway.jobs(LIST)
    assert (caught.value.retry_after, len(api.calls)) == (60, 1)


async def test_the_line_is_free_while_a_read_waits_for_its_next_try(
    client: AdverityClient, api: respx.MockRouter
) -> None:
    api.get("/api/jobs/").mock(return_value=httpx.Response(503))
    api.get("/api/datastreams/42/").mock(return_value=answer("datastream"))
    slow = stamina.AsyncRetryingCaller(attempts=2, wait_initial=600, wait_max=600, wait_jitter=0)
    gateway = Gateway(client, retries=slow)
    waiting = asyncio.create_task(gateway.jobs(LIST))
    await until(lambda: api.calls)

    assert (await gateway.datastream(FACEBOOK)).value.id == 42
    await gateway.aclose()
    with pytest.raises(Unreachable, match="shutting down"):
        await waiting


async def _bring_down(gateway: Gateway) -> None:
    for job in (1, 2):
        with pytest.raises(Unreachable):
            await gateway.job(JobId(job))


async def test_while_an_instance_is_down_reads_are_answered_at_once_and_stops_are_sent(
    gateway: Gateway, api: respx.MockRouter, clock: Clock
) -> None:
    api.get(path__regex="^/api/jobs/").mock(side_effect=httpx.ConnectError("x"))
    api.post("/api/jobs/987/stop/").mock(side_effect=httpx.ConnectError("x"))
    await _bring_down(gateway)
    assert len(api.calls) == 5  # the fifth failure opened the breaker, so there was no sixth try

    with pytest.raises(Unreachable):
        await gateway.jobs(LIST)
    assert len(api.calls) == 5
    with pytest.raises(Unreachable):
        await gateway.stop(JOB)
    assert len(api.calls) == 6

    clock.pass_(5)
    with pytest.raises(Unreachable):
        await gateway.jobs(LIST)
    assert len(api.calls) == 7  # one probe, not three tries


async def test_an_instance_that_is_back_is_asked_again(gateway: Gateway, api: respx.MockRouter, clock: Clock) -> None:
    api.get(path__regex="^/api/jobs/./").mock(side_effect=httpx.ConnectError("x"))
    api.get("/api/jobs/").mock(return_value=listed(1))
    await _bring_down(gateway)
    clock.pass_(5)

    assert (await gateway.jobs(LIST)).value.jobs
    clock.pass_(5)
    assert (await gateway.jobs(LIST)).value.jobs


async def test_who_waits_in_line_behind_the_failure_that_opened_the_breaker_is_answered_at_once(
    client: AdverityClient, api: respx.MockRouter, clock: Clock
) -> None:
    api.get(path__regex="^/api/jobs/").mock(side_effect=httpx.ConnectError("x"))
    once = stamina.AsyncRetryingCaller(attempts=1)
    gateway = Gateway(client, clock=clock, monotonic=clock.monotonic, retries=once)

    errors = await asyncio.gather(*(gateway.job(JobId(n)) for n in range(1, 30)), return_exceptions=True)

    assert all(isinstance(error, Unreachable) for error in errors)
    assert len(api.calls) == 5


async def test_the_usual_clocks_and_retries_do(api: respx.MockRouter) -> None:
    api.get("/api/jobs/").mock(return_value=listed(1))
    gateway = Gateway(AdverityClient(ACME, "s3cret-key"))

    assert (await gateway.jobs(LIST)).read_at.tzinfo is not None
    assert patient_retries() is not patient_retries()
    await gateway.aclose()

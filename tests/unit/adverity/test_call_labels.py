"""Labels of calls in telemetry: templates instead of ids, how each call went, and which were answered without one."""

import asyncio
from collections.abc import Mapping

import httpx
import pytest
import respx
import stamina
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from jobbot.adverity import AdverityClient, Gateway
from jobbot.adverity.call_labels import endpoint_of
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.model import JobId
from jobbot.adverity.query import JobQuery
from jobbot.telemetry import Telemetry
from tests.support.each import each
from tests.unit.adverity.world import ACME, FACEBOOK, JOB, answer, listed

TEMPLATES = {
    "/api/jobs/": "/api/jobs/",
    "/api/jobs/?page=2&start=2022-10-31": "/api/jobs/",
    "/api/jobs/987/": "/api/jobs/{id}/",
    "/api/jobs/987/imported/": "/api/jobs/{id}/imported/",
    "/api/jobs/987/stop/": "/api/jobs/{id}/stop/",
    "/api/datastreams/42/": "/api/datastreams/{id}/",
    "/api/datastreams/42/fetch_fixed/": "/api/datastreams/{id}/fetch_fixed/",
    "/api/errors/11/retry/": "/api/errors/{id}/retry/",
    "/api/errors/11/ack/?x=1": "/api/errors/{id}/ack/",
    "/api/jobs/987": "other",
    "/api/jobs/pl4nted/": "other",
    "/pl4nted": "other",
    "": "other",
}


@each("target", TEMPLATES)
def test_an_endpoint_is_a_template(target: str) -> None:
    assert endpoint_of(target) == TEMPLATES[target]


@given(st.text())
def test_whatever_a_link_says_its_endpoint_is_one_of_these(target: str) -> None:
    assert endpoint_of(target) in set(TEMPLATES.values())


async def test_the_switch_of_a_schedule_is_told_from_a_read_of_its_datastream(
    observed: "Observed", api: respx.MockRouter
) -> None:
    api.patch("/api/datastreams/42/").respond(200)
    await observed.gateway.set_enabled(FACEBOOK, enabled=False)
    assert observed.calls == {("PATCH /api/datastreams/{id}/", "200", "miss"): 1}


class Observed:
    """A gateway that tries once, and what was counted of it."""

    def __init__(self, client: AdverityClient) -> None:
        self._telemetry = Telemetry()
        once = stamina.AsyncRetryingCaller(attempts=1)
        self.gateway = Gateway(client, max_age=60, retries=once, telemetry=self._telemetry)

    @property
    def calls(self) -> Mapping[tuple[str, str, str], float]:
        """How many, by endpoint, status and cache."""
        families = text_string_to_metric_families(self._telemetry.metrics.text().decode())
        (family,) = (family for family in families if family.name == "jobbot_upstream_calls")
        return {
            (one.labels["endpoint"], one.labels["status"], one.labels["cache"]): one.value for one in family.samples
        }


@pytest.fixture
def observed(client: AdverityClient) -> Observed:
    return Observed(client)


async def test_a_request_a_kept_answer_and_a_shared_one(observed: Observed, api: respx.MockRouter) -> None:
    api.get("/api/jobs/").mock(return_value=listed(987))
    api.get("/api/datastreams/42/").mock(return_value=answer("datastream"))
    await asyncio.gather(*(observed.gateway.jobs(JobQuery()) for _ in range(3)))
    await observed.gateway.jobs(JobQuery())
    for _ in range(2):
        await observed.gateway.datastream(FACEBOOK)
    assert observed.calls == {
        ("/api/jobs/", "200", "miss"): 1,
        ("/api/jobs/", "200", "joined"): 2,
        ("/api/jobs/", "200", "hit"): 1,
        ("/api/datastreams/{id}/", "200", "miss"): 1,
        ("/api/datastreams/{id}/", "200", "hit"): 1,
    }


async def test_a_failure_that_is_kept_is_a_hit_too(observed: Observed, api: respx.MockRouter) -> None:
    api.get("/api/datastreams/42/").respond(404, json={"detail": "Not found."})
    for _ in range(2):
        with pytest.raises(AdverityError):
            await observed.gateway.datastream(FACEBOOK)
    assert observed.calls == {
        ("/api/datastreams/{id}/", "404", "miss"): 1,
        ("/api/datastreams/{id}/", "404", "hit"): 1,
    }


async def test_a_job_is_as_many_requests_as_it_takes(observed: Observed, api: respx.MockRouter) -> None:
    api.get(f"/api/jobs/{JOB}/imported/").respond(404)
    api.get(f"/api/jobs/{JOB}/").mock(return_value=answer("job_running"))
    await observed.gateway.job(JOB)
    assert observed.calls == {("/api/jobs/{id}/imported/", "404", "miss"): 1, ("/api/jobs/{id}/", "200", "miss"): 1}


@pytest.mark.parametrize(
    ("happens", "status"),
    [
        (httpx.Response(200), "200"),
        (httpx.Response(204), "200"),
        (httpx.Response(400, json={"detail": "no"}), "400"),
        (httpx.Response(418), "4xx"),
        (httpx.Response(503), "503"),
        (httpx.Response(599), "5xx"),
        (httpx.ConnectError("refused"), "no_connection"),
        (httpx.ReadTimeout("late"), "no_answer"),
    ],
)
async def test_how_a_stop_went(
    observed: Observed, api: respx.MockRouter, happens: httpx.Response | Exception, status: str
) -> None:
    route = api.post("/api/jobs/987/stop/")
    route.mock(side_effect=happens) if isinstance(happens, Exception) else route.mock(return_value=happens)
    try:
        await observed.gateway.stop(JobId(987))
    except AdverityError:
        assert status != "200"
    assert observed.calls == {("/api/jobs/{id}/stop/", status, "miss"): 1}


async def test_a_call_that_was_given_up(observed: Observed, api: respx.MockRouter) -> None:
    began = asyncio.Event()

    async def never(request: httpx.Request) -> httpx.Response:
        began.set()
        await asyncio.Event().wait()
        raise AssertionError(request)

    api.post("/api/jobs/987/stop/").mock(side_effect=never)
    stopping = asyncio.create_task(observed.gateway.stop(JobId(987)))
    await began.wait()
    stopping.cancel()
    await asyncio.wait({stopping})
    assert observed.calls == {("/api/jobs/{id}/stop/", "cancelled", "miss"): 1}


def test_the_instance_itself_is_no_label(observed: Observed) -> None:
    assert ACME not in str(observed.calls)

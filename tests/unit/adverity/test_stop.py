"""Stopping: one POST, and only its status counts."""

import httpx
import pytest
import respx

from jobbot.adverity import AdverityClient
from tests.unit.adverity.world import JOB


@pytest.mark.parametrize(
    "accepted",
    [
        httpx.Response(200, json={"status": "ok"}),
        httpx.Response(200, text="<html>"),
        httpx.Response(202),
        httpx.Response(204),
        httpx.Response(200, json={"id": 1, "state_label": "Failed"}),
    ],
)
async def test_any_2xx_is_success(client: AdverityClient, api: respx.MockRouter, accepted: httpx.Response) -> None:
    route = api.post("/api/jobs/987/stop/").mock(return_value=accepted)

    await client.stop(JOB)

    assert route.call_count == 1
    assert route.calls.last.request.content == b""

"""What the tests of the jobs API have in common: an instance's address, a time, sample bodies, a bounded wait."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx

from jobbot.adverity.errors import AdverityError
from jobbot.adverity.model import DatastreamId, JobId

ACME = "https://acme.test"
NOW = datetime(2022, 10, 31, 10, 42, 5, tzinfo=UTC)
JOB, FACEBOOK = JobId(987), DatastreamId(42)

_SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> bytes:
    """A body as Adverity sends it."""
    return (_SAMPLES / f"{name}.json").read_bytes()


def answer(name: str, status: int = 200) -> httpx.Response:
    """That body as an answer."""
    return httpx.Response(status, content=sample(name), headers={"content-type": "application/json"})


def listed(*ids: int, next_: str | None = None) -> httpx.Response:
    """A page with running jobs of these ids."""
    results = [{"id": id_, "state_label": "Running"} for id_ in ids]
    return httpx.Response(200, content=json.dumps({"count": len(ids), "next": next_, "results": results}))


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition, at most half a minute."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event to set
            await asyncio.sleep(0)


async def error_of(asking: "asyncio.Future[object]") -> AdverityError:
    """The error with which a call ends that is under way."""
    try:
        await asking
    except AdverityError as error:
        return error
    raise AssertionError("it was answered")

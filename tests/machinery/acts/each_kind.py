"""A submission of each kind of act, for tests of what holds for all of them."""

from collections.abc import Awaitable, Callable

from jobbot.interaction import Interaction
from jobbot.store.acts.model import ActRecord, Kind
from tests.machinery.acts.world import Process, World

THREE = (987, 988, 989)


def sent(it: World) -> int:
    """How many requests have arrived."""
    known = it.adverity
    return len([*known.posts, *known.fetches, *known.switches, *known.retries])


async def a_stop(it: World, one: Process, who: str) -> Interaction:
    it.runs()
    return it.submission(who, 987, reason="runaway")


async def a_fetch(it: World, one: Process, who: str) -> Interaction:
    return it.fetch(who)


async def several_stops(it: World, one: Process, who: str) -> Interaction:
    for job in THREE:
        it.runs(job)
    return it.several(await one.asks_several(), who=who)


async def a_pause(it: World, one: Process, who: str) -> Interaction:
    return it.pause(who)


async def a_resume(it: World, one: Process, who: str) -> Interaction:
    it.adverity.enabled = False
    return it.resume(who)


async def a_retry(it: World, one: Process, who: str) -> Interaction:
    it.fails()
    return it.about_issue(who)


async def an_acknowledgement(it: World, one: Process, who: str) -> Interaction:
    it.fails()
    return it.about_issue(who, kind=Kind.ACKNOWLEDGE)


EACH: dict[Kind, tuple[Callable[[World, Process, str], Awaitable[Interaction]], str]] = {
    Kind.STOP: (a_stop, "stop"),
    Kind.FETCH: (a_fetch, "fetch"),
    Kind.STOP_SEVERAL: (several_stops, "stop"),
    Kind.PAUSE: (a_pause, "switch"),
    Kind.RESUME: (a_resume, "switch"),
    Kind.RETRY: (a_retry, "retry"),
    Kind.ACKNOWLEDGE: (an_acknowledgement, "acknowledge"),
}
"""By kind the submission of one, and the step in which its request is sent."""


async def whole(it: World) -> ActRecord:
    (row,) = [row for row in await it.rows(None) if row.kind is Kind.STOP_SEVERAL]
    return row


async def begins(it: World, process: Process, jobs: tuple[int, ...] = THREE) -> None:
    for job in jobs:
        it.runs(job)
    modal = await process.asks_several()
    assert await process.sends(it.several(modal, count=len(jobs) if len(jobs) > 5 else None)) is None

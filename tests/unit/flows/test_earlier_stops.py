"""What a card and a row learn from the record of acts, and that they do without it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import cast

import pytest

from jobbot.adverity.gateway import Gateway
from jobbot.flows.frozen import Audience, FreezesThere
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.earlier_stops import EarlierStops
from jobbot.render.earlier_stops import EarlierStop, StopResult
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.model import ENDINGS, ActRecord, ActState, Kind
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.following.model import LiveCard
from jobbot.store.freezes import Freezes
from tests.unit.store.world import START, wish

ACME = Instance("acme", "https://acme.test", cast("Gateway", None), patience=30)


class Record:
    """One row of job 987, in a state; or whatever else becomes of the read."""

    def __init__(
        self, state: ActState, becomes: Callable[[], Awaitable[None]] | None = None, kind: Kind = Kind.STOP
    ) -> None:
        self.state, self.becomes, self.reads, self.kind = state, becomes, 0, kind

    async def newest_begun(
        self, kinds: Collection[Kind], instance: str, jobs: Collection[int], states: Collection[ActState]
    ) -> dict[int, ActRecord]:
        self.reads += 1
        if self.becomes is not None:
            await self.becomes()
        if 987 not in jobs or self.state not in states or self.kind not in kinds:
            return {}
        asked = wish()
        fields = {name: getattr(asked, name) for name in asked.__slots__}
        return {987: ActRecord(**fields | {"kind": self.kind}, id="1", state=self.state)}


def stops(record: Record, extra: float = 30.0) -> EarlierStops:
    return EarlierStops(cast("ActHistory", record), extra=extra)


@pytest.mark.parametrize(
    ("state", "result"),
    [
        (ActState.REQUESTED, StopResult.UNDER_WAY),
        (ActState.SENT, StopResult.UNDER_WAY),
        (ActState.DONE, StopResult.WORKED),
        (ActState.REFUSED, StopResult.REFUSED),
        (ActState.UNKNOWN, StopResult.UNKNOWN),
    ],
)
async def test_a_stop_that_was_begun(state: ActState, result: StopResult) -> None:
    found = await stops(Record(state)).of(ACME, [986, 987])
    assert found == {987: EarlierStop("U0ANA", START, "runaway fetch", result, "C0INC")}


@pytest.mark.parametrize(
    "state", sorted({ActState.SUBMITTED, *ENDINGS} - {ActState.DONE, ActState.REFUSED, ActState.UNKNOWN})
)
async def test_what_was_not_begun_or_came_too_late_is_nobodys_stop(state: ActState) -> None:
    assert await stops(Record(state)).of(ACME, [987]) == {}


async def test_without_jobs_nothing_is_read() -> None:
    record = Record(ActState.DONE)
    assert await stops(record).of(ACME, []) == {}
    assert await stops(record).done_about(ACME, []) == {}
    assert record.reads == 0


async def test_a_database_that_is_away_or_slow_delays_nothing() -> None:
    async def away() -> None:
        raise StoreUnavailable("no connection")

    hangs = asyncio.Event()

    async def slow() -> None:
        await hangs.wait()

    assert await stops(Record(ActState.DONE, away)).of(ACME, [987]) == {}
    assert await stops(Record(ActState.DONE, slow), extra=0.0).of(ACME, [987]) == {}
    hangs.set()


@pytest.mark.parametrize(
    ("state", "is_done"), [(ActState.SENT, False), (ActState.DONE, True), (ActState.UNKNOWN, None)]
)
async def test_what_is_under_way_or_done_about_a_job_that_is_over(state: ActState, is_done: bool | None) -> None:
    row = Record(state, kind=Kind.RETRY)
    found = (await stops(row).done_about(ACME, [987])).get(987)
    assert (found.is_done if found is not None else None) is is_done


@pytest.mark.parametrize("is_shared", [True, False])
async def test_cards_tell_another_organisation_no_reason_that_was_typed_elsewhere(is_shared: bool) -> None:
    async def audience(_: str | None) -> Audience:
        return Audience(is_shared, is_bound=False)

    there = FreezesThere(cast("Freezes", None), audience)
    cards = [cast("LiveCard", Place(987, "C0INC")), cast("LiveCard", Place(987, "C0PARTNER"))]
    found = await stops(Record(ActState.DONE)).told(ACME, cards, there)
    assert {channel: stop.reason for (_, channel), stop in found.items()} == {
        "C0INC": "runaway fetch",
        "C0PARTNER": "" if is_shared else "runaway fetch",
    }


@dataclass(frozen=True)
class Place:
    """Of a card its place alone is wanted."""

    job: int
    channel_id: str

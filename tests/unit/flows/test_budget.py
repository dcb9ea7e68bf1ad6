"""How long an answer waits in all, whatever hangs: measured on a loop whose time passes by itself."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from types import SimpleNamespace
from typing import cast

import pytest

from jobbot.adverity.gateway import Answer, Gateway
from jobbot.adverity.model import DatastreamId, Job, JobList
from jobbot.adverity.query import JobQuery
from jobbot.flows.acts.kinds.stop_confirmation import StopConfirmations
from jobbot.flows.following.schedule import PollSchedule
from jobbot.flows.following.watching import WatchingFlow
from jobbot.flows.instances import NEEDED, PATIENCE, Budget, Instance
from jobbot.flows.jobs.around import look_around
from jobbot.flows.jobs.card import read_card
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.flows.jobs.listing import ListingFlow
from jobbot.flows.jobs.narrowing import Meant, Narrowing
from jobbot.intents.model import ListJobs
from jobbot.store.acts.model import Ledger
from jobbot.store.datastreams import Datastreams, KnownDatastream
from jobbot.store.following.poll_rounds import PollRounds
from jobbot.store.following.watches import WatchStore
from tests.support.virtual_time import run_virtually
from tests.unit.store.world import START, Clock

JOBS = tuple(
    Job.model_validate({"id": 900 + number, "state_label": "Running", "datastream": number, "job_start": START})
    for number in range(1, 8)
)


async def for_ever(*_: object, **__: object) -> object:
    await asyncio.sleep(1e9)
    raise AssertionError


class HangingGateway:
    """Lists jobs, and answers nothing else."""

    datastreams = workspaces = datastream = issues = extracts = runs = staticmethod(for_ever)
    clock_ahead = None

    async def jobs(self, query: JobQuery, **_: object) -> Answer[JobList]:
        return Answer(JobList(jobs=JOBS), START)

    async def job(self, number: int, **_: object) -> Answer[Job]:
        return Answer(JOBS[0], START)

    def known_datastream(self, number: int) -> None:
        return None

    known_runs = known_datastream

    def learn_runs(self, numbers: Collection[int]) -> None:
        pass


class Table:
    """Of the database, without one; ``hangs`` while it does not answer."""

    hangs = False

    async def _answers(self) -> None:
        if self.hangs:
            await for_ever()

    async def of(self, instance: str, ids: Sequence[int] | None = None) -> list[KnownDatastream]:
        await self._answers()
        return [KnownDatastream(id=42, name="Facebook", seen_at=START)] if ids is None else []

    async def is_whole(self, instance: str) -> bool:
        await self._answers()
        return False

    async def may_list(self, instance: str) -> bool:
        await self._answers()
        return True

    async def learn(self, instance: str, seen: object) -> None:
        await self._answers()

    async def listed(self, *_: object, **__: object) -> None:
        await self._answers()


def hanging(*, database: bool) -> tuple[Instance, Catalogue]:
    table = Table()
    table.hangs = database
    gateway = HangingGateway()
    instance = Instance("acme", "https://acme.test", cast("Gateway", gateway)).for_answer()
    return instance, Catalogue(cast("Datastreams", table), Clock())


@pytest.mark.parametrize("database", [False, True])
def test_a_list_by_name_in_a_bound_channel_waits_no_longer_than_its_two_budgets(database: bool) -> None:
    async def story() -> int:
        instance, catalogue = hanging(database=database)
        asked = ListJobs(datastream="facebook", workspace="emea")
        narrowing, listing = Narrowing(catalogue, Clock()), ListingFlow(Clock(), catalogue)
        meant = await narrowing.find(asked, instance, bound=(14, "emea"))
        assert not isinstance(meant, Meant)
        numbered = ListJobs(datastream=DatastreamId(42))
        meant = await narrowing.find(numbered, instance, bound=(14, "emea"))
        assert isinstance(meant, Meant)
        found = await listing.run(numbered, instance, None, meant.scope)
        await catalogue.aclose()
        return found.unplaced

    unplaced, waited = run_virtually(story())
    assert unplaced == len(JOBS), "nothing is shown of what nobody can place"
    assert waited <= NEEDED + PATIENCE


def test_a_list_that_everybody_sees_waits_for_decorations_alone() -> None:
    async def story() -> int:
        instance, catalogue = hanging(database=False)
        meant = await Narrowing(catalogue, Clock()).find(ListJobs(datastream=DatastreamId(42)), instance)
        assert isinstance(meant, Meant)
        found = await ListingFlow(Clock(), catalogue).run(ListJobs(), instance, None, meant.scope)
        await catalogue.aclose()
        return found.total

    total, waited = run_virtually(story())
    assert total == len(JOBS)
    assert waited <= PATIENCE


def test_a_card_that_is_placed_first_waits_no_longer_either() -> None:
    async def story() -> None:
        instance, catalogue = hanging(database=True)

        async def see(job: Job) -> None:
            await catalogue.reach((14,), instance)
            await catalogue.places(instance, [job.datastream])

        card = await read_card(JOBS[0].id, instance, see)
        assert card.around.usual is not None
        stores = cast("WatchStore", SimpleNamespace(who_watches=for_ever, alerts=None)), cast("PollRounds", None)
        assert await WatchingFlow(*stores, Clock(), PollSchedule()).watchers(987, instance, "C0INC") == []
        await catalogue.aclose()

    _, waited = run_virtually(story())
    assert waited <= NEEDED + PATIENCE


def test_nothing_is_read_around_a_job_that_is_not_seen() -> None:
    class Refused(Exception):
        pass

    async def see(job: Job) -> None:
        raise Refused

    async def story() -> None:
        instance, _ = hanging(database=False)
        with pytest.raises(Refused):
            await read_card(JOBS[0].id, instance, see)
        with pytest.raises(Refused):
            await StopConfirmations(cast("Ledger", object())).read(JOBS[0].id, instance, see)

    _, waited = run_virtually(story())
    assert waited == 0, "what stands around it was not asked for"


def test_a_budget_is_shared_by_what_comes_one_after_the_other() -> None:
    async def story() -> list[float]:
        budget, left = Budget(10), []
        for wait, seconds in (
            (budget.asking, 3),
            (budget.asking, 100),
            (budget.asking, 100),
            (budget.reading, 0.5),
            (budget.reading, 100),
            (budget.reading, 100),
        ):
            with suppress(TimeoutError):
                async with wait():
                    await asyncio.sleep(seconds)
            left.append(budget.left)
        async with budget.asking():
            left.append(-1)  # what needs no waiting is still done
        return left

    left, waited = run_virtually(story())
    assert left == [7, 2, 2, 1.5, 0, 0, -1], "a fifth is kept for the database"
    assert waited == 10


def test_outside_of_an_answer_each_read_has_its_own() -> None:
    async def story() -> None:
        instance = Instance("acme", "https://acme.test", cast("Gateway", HangingGateway()))
        for _ in range(2):
            await look_around(instance, JOBS[0], START)

    assert run_virtually(story())[1] == pytest.approx(2 * PATIENCE * 4 / 5)

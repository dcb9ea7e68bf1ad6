"""A range that reaches up to now holds what has just ended, also where Adverity's clock is ahead of ours."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from jobbot.adverity.gateway import Answer
from jobbot.adverity.model import JobList
from jobbot.adverity.query import JobQuery, Times
from jobbot.intents.model import Between, ListJobs
from tests.unit.flows.world import DAY, FAILED, HOUR, ScriptedGateway, job, listed, numbers
from tests.unit.store.world import START


@dataclass
class TheirRange(ScriptedGateway):
    """As the jobs API: of what is over only what ended in the range, by its own clock, which its answers tell."""

    measured: timedelta | None = None

    async def jobs(self, query: JobQuery) -> Answer[JobList]:
        """See Gateway."""
        found = await super().jobs(query)
        self.clock_ahead = self.measured
        if not isinstance(query.between, Times):
            return found
        start, end = query.between.start, query.between.end
        within = tuple(one for one in found.value.jobs if one.end and start <= one.end <= end)
        return replace(found, value=JobList(jobs=within))


@pytest.mark.parametrize("known", [None, timedelta(minutes=7)], ids=["first answer", "measured before"])
async def test_what_has_just_failed_is_in_it(known: timedelta | None) -> None:
    failed, running = job(1, "Failed", ago=-0.1), job(2, "Running", ago=-0.1)
    gateway = TheirRange([failed, running], clock_ahead=known, measured=timedelta(minutes=7))

    assert numbers(await listed(gateway, ListJobs(states=FAILED))) == [1]
    assert numbers(await listed(gateway, ListJobs(range=DAY))) == [2, 1]
    assert numbers(await listed(gateway, ListJobs(range=Between(START - HOUR, START - HOUR / 2)))) == []


async def test_where_the_clocks_agree_it_is_asked_once() -> None:
    gateway = TheirRange([job(1, "Failed")], measured=timedelta(0))

    await listed(gateway, ListJobs(states=FAILED))

    assert gateway.asked == [JobQuery(between=Times(START - timedelta(hours=24), START))]

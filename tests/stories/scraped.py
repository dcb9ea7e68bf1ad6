"""What /metrics says of a story, as Prometheus' own parser reads it."""

import asyncio
from collections.abc import Callable, Mapping
from functools import cached_property

from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from tests.stories.world import BOUND, World
from tests.support.loopback import loopback_client


class Scrape:
    """One answer of /metrics."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def families(self) -> Mapping[str, Metric]:
        """By name."""
        return {family.name: family for family in text_string_to_metric_families(self.text)}

    def value(self, sample: str, **labels: str) -> float:
        """The sum of a sample's series that have these labels; 0 where there is none."""
        samples = (one for family in self.families.values() for one in family.samples)
        return sum(one.value for one in samples if one.name == sample and labels.items() <= one.labels.items())

    @property
    def labels(self) -> Mapping[str, set[str]]:
        """By metric, the labels that its series have."""
        return {
            name: {label for sample in family.samples for label in sample.labels} - {"le"}
            for name, family in self.families.items()
        }


async def scrape(it: World) -> Scrape:
    """What Prometheus would see now."""
    return await scraped(it, lambda _: True)


async def scraped(it: World, condition: Callable[[Scrape], bool]) -> Scrape:
    """What it would see once that is so: what people see comes a moment before it is counted. Raises AssertionError."""
    seen = Scrape("")
    try:
        async with asyncio.timeout(BOUND), loopback_client() as client:
            while True:
                answer = await client.get(f"http://127.0.0.1:{it.bot.port}/metrics")
                assert answer.status_code == 200
                assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
                seen = Scrape(answer.text)
                if condition(seen):
                    return seen
                await asyncio.sleep(0.01)  # an answer costs jobbot milliseconds, in which it does nothing else
    except TimeoutError:
        raise AssertionError(f"it did not come to it:\n{seen.text}") from None


async def until(it: World, sample: str, at_least: float = 1, **labels: str) -> Scrape:
    """Wait for a count."""
    return await scraped(it, lambda seen: seen.value(sample, **labels) >= at_least)

"""Waiting for what tells nobody; Acme and its people; and what draws answers, with the parts that a test wants."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from inspect import signature
from types import MappingProxyType
from typing import Any, cast

from jobbot.access import Channel, Person
from jobbot.slack.handlers.reports.drawing import Drawing
from tests.unit.access.world import CLOSED, COLLEAGUE


async def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for a condition, at most so long."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0)


LATE = datetime(2022, 11, 2, 23, 30, tzinfo=UTC)
"""In Vienna it is tomorrow."""


class People:
    """Everybody is a colleague in Vienna; counts who is looked up."""

    def __init__(self) -> None:
        self.asked = 0

    async def person(self, user_id: str, *, fresh: bool = False) -> Person | None:
        self.asked += 1
        return replace(COLLEAGUE, zone="Europe/Vienna")

    async def channel(self, channel_id: str, *, fresh: bool = False) -> Channel | None:
        return CLOSED

    async def is_in_usergroups(self, user_id: str, groups: Collection[str], *, fresh: bool = False) -> bool | None:
        return None


class Acme:
    """An instance, by itself and among all."""

    name, names, base_urls = "acme", ("acme",), MappingProxyType({"acme": "https://acme.test"})

    def get(self, name: str | None) -> "Acme":
        return self

    def for_answer(self) -> "Acme":
        return self


def drawing(*, rest: object = None, **found: object) -> Drawing:
    """What draws answers, with these of its parts; ``rest`` is in the place of every other one."""
    return Drawing(**cast("Any", dict.fromkeys(signature(Drawing).parameters, rest) | found))

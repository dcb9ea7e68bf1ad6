"""Where the doctor looks: a local Slack, a local Adverity, settings that are right, and what is changed in them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from jobbot.config import Settings
from jobbot.doctor import Examined, Finding, examine
from jobbot.playground.adverity import LocalAdverity, Quirks
from jobbot.playground.slack import LocalSlack
from tests.stories.world import Clock, settings_for


@dataclass
class Practice:
    """Both servers, and the settings of a jobbot that would run between them over ``transport``."""

    slack: LocalSlack
    adverity: LocalAdverity
    clock: Clock
    settings: Settings

    def has(self, **changes: Any) -> None:
        """Settings that are changed."""
        self.settings = self.settings.model_copy(update=changes)

    async def looks(self, *problems: str) -> Examined:
        return await examine(self.settings, list(problems), self.clock)

    async def finds(self, check: str, about: str = "") -> Finding:
        """The one finding of a check whose line has these words."""
        findings = (await self.looks()).findings
        found = [one for one in findings if one.check == check and about in f"{one.subject}: {one.says}"]
        assert len(found) == 1, findings
        assert bool(found[0].next) == (found[0].outcome in ("wrong", "warn"))
        return found[0]


@asynccontextmanager
async def practice(folder: Path) -> AsyncIterator[Practice]:
    clock = Clock()
    async with LocalAdverity() as adverity, LocalSlack() as slack:
        adverity.has_datastream(42, "Facebook Ads EU")
        adverity.has_job(987)
        adverity.quirks = Quirks(clock_ahead=timedelta(0))
        yield Practice(slack, adverity, clock, settings_for(slack, adverity, "socket", folder))

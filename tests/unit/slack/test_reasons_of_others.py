"""What another organisation reads of acts that were asked for in other channels: not why."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pytest

from jobbot.flows.instances import Instance
from jobbot.intents.model import Handover, History, Paused
from jobbot.interaction import Interaction, Typed
from jobbot.render.acts.schedule_window import PausedBy
from jobbot.render.handover import HandoverFacts
from jobbot.render.history import HistoryPage, PastAct
from jobbot.render.jobs import Names
from jobbot.render.paused import PausedList, PausedSchedule
from jobbot.slack.handlers.gate import Passed
from jobbot.slack.handlers.reports.drawing import AnswerMode, Drawing, Showing, Shown
from tests.unit.slack.world import drawing
from tests.unit.store.world import START

HERE, ELSEWHERE = "C0PARTNER", "C0INC"


def act(channel: str, reason: str) -> PastAct:
    return PastAct(
        kind="stop",
        job=987,
        datastream=42,
        name="Facebook",
        user_id="U0ANA",
        channel_id=channel,
        reason=reason,
        state="unknown",
        outcome="",
        asked_at=START,
        closed_at=START,
    )


def schedule(channel: str, reason: str) -> PausedSchedule:
    return PausedSchedule("Facebook", 42, channel, PausedBy("U0ANA", START, reason, None), enabled=False)


ACTS = (act(ELSEWHERE, "they have not paid"), act(HERE, "it hangs"))
PAUSED = PausedList("acme", (schedule(ELSEWHERE, "they have not paid"), schedule(HERE, "it hangs")))


@dataclass
class Told:
    """A use case that was run: what it found."""

    found: Any

    async def run(self, *_: object) -> Any:
        return self.found

    async def of(self, *_: object) -> None:
        """No freeze is on."""

    async def reach(self, *_: object) -> None:
        """The channel sees all."""

    async def name_alerts(self, _: object, alerts: object, __: object) -> object:
        return alerts


def what_draws() -> Drawing:
    page = HistoryPage(
        asked=History(), instance="acme", acts=ACTS, page=1, total=2, as_of=START, start=None, end=None, zone=None
    )
    facts = HandoverFacts(instance="acme", as_of=START, names=Names(""), paused=PAUSED, unknown=ACTS, unknowns=2)
    found = {"history": Told(page), "paused": Told(PAUSED), "handover": Told(facts)}
    return drawing(rest=Told(None), **found, clock=lambda: START + timedelta(hours=1))


@pytest.mark.parametrize("asked", [History(), Paused(), Handover()], ids=["history", "paused", "handover"])
@pytest.mark.parametrize("is_shared", [True, False])
async def test_reasons_of_other_channels_are_not_told_where_another_organisation_reads(
    asked: Shown, is_shared: bool
) -> None:
    on = Showing(
        interaction=Interaction(did=Typed("history", "/jobs"), key="", user_id="U0BEN", channel_id=HERE),
        passed=Passed(True, False, frozenset(), is_member=True, zone=None, is_shared=is_shared),
        instance=cast("Instance", Named("acme")),
        mode=AnswerMode.NEW,
        command="/jobs",
    )
    said = (await what_draws().draw(asked, on)).message.text
    assert ("they have not paid" in said) is not is_shared
    assert "it hangs" in said, "typed in this very channel"
    assert "no reason given" not in said, "there is one"


@dataclass(frozen=True)
class Named:
    """Of an instance the answers want the name alone."""

    name: str

"""An act before its window: in the person's zone, with the datastream that its name means, and no other look-up."""

from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest

from jobbot.access import Need
from jobbot.adverity.model import DatastreamId, Days
from jobbot.flows.jobs.narrowing import Meant
from jobbot.flows.jobs.scope import EVERYTHING
from jobbot.intents.model import Act, FetchAgain, Intent, Narrowed, PauseSchedule, StopJob
from jobbot.interaction import Interaction
from jobbot.render.blockkit.blocks import Message
from jobbot.slack.handlers.answers import Answers
from jobbot.slack.handlers.gate import Gate
from jobbot.telemetry import Outcome
from tests.unit.access.world import HOME, READ_ONLY, policy, who
from tests.unit.slack.world import LATE, Acme, People

NEEDS = {StopJob: Need.STOP, FetchAgain: Need.FETCH, PauseSchedule: Need.PAUSE}


class Facebook:
    """In the place of all that finds names: one is known."""

    async def meant(self, interaction: Interaction, intent: Narrowed, instance: object) -> Meant | Message:
        if intent.datastream != "facebook":
            return Message(text="No datastream is called so.", blocks=[])
        return Meant(replace(intent, datastream=DatastreamId(42)), EVERYTHING)

    async def find(self, interaction: Interaction, intent: Narrowed, instance: object, **_: bool) -> object:
        return await self.meant(interaction, intent, instance)


class Place:
    """The answers, and what reached the windows and the person."""

    def __init__(self) -> None:
        self.people, self.opened, self.said = People(), list[Intent](), list[str]()
        nothing: Any = None
        self.answers = Answers(
            gate=Gate(HOME, policy(), self.people),
            naming=cast("Any", Facebook()),
            instances=cast("Any", Acme()),
            reports=nothing,
            rights=nothing,
            freezing=nothing,
            following=nothing,
            dialogue=cast("Any", self),
            outbound=nothing,
            clock=lambda: LATE,
            command="/jobs",
        )
        self.answers.reply = lambda interaction: cast("Any", self)  # type: ignore[method-assign]

    def need_of(self, intent: Intent) -> Need:
        return NEEDS[type(intent)]

    async def asks(self, interaction: Interaction, wish: Intent, instance: object) -> Outcome:
        self.opened.append(wish)
        return Outcome.ASKED

    async def post_ephemeral(self, message: Message) -> None:
        self.said.append(message.text)

    async def types(self, text: str, **how: object) -> Outcome:
        intent = self.answers.read(text)
        if isinstance(intent, Act):
            return await self.answers.asks(who(**how), intent, text)
        return await self.answers.typed(who(**how), text, intent)


async def test_yesterday_is_that_of_who_asks() -> None:
    place = Place()
    assert await place.types("fetch datastream 42 yesterday") is Outcome.ASKED
    yesterday = Days(date(2022, 11, 2), date(2022, 11, 2))
    assert place.opened == [FetchAgain(datastream=DatastreamId(42), days=yesterday)]
    assert place.people.asked == 1


@pytest.mark.parametrize("text", ['pause "facebook"', "pause facebook", "pause datastream facebook"])
async def test_a_name_is_found_before_the_window_opens(text: str) -> None:
    place = Place()
    assert await place.types(text) is Outcome.ASKED
    assert place.opened == [PauseSchedule(datastream=DatastreamId(42), instance="acme")]


async def test_a_name_that_is_none_is_told_and_opens_nothing() -> None:
    place = Place()
    assert await place.types('pause "tiktok"') is Outcome.MISREAD
    assert (place.opened, place.said) == ([], ["No datastream is called so."])


async def test_what_is_none_in_the_persons_zone_is_told_and_opens_nothing() -> None:
    place = Place()
    assert await place.types("pause datastream 42 until 2022-11-03 00:15") is Outcome.MISREAD
    assert place.opened == []
    assert "is over already" in place.said[0]


async def test_what_rests_on_neither_opens_its_window_before_anything_is_looked_up() -> None:
    place = Place()
    await place.types("stop 987")
    await place.types("pause datastream 42")
    await place.types("fetch again 987")
    assert len(place.opened) == 3
    assert place.people.asked == 0


async def test_who_may_not_is_refused_before_a_name_is_looked_for() -> None:
    place = Place()
    assert await place.types('pause "facebook"', channel_id=READ_ONLY) is Outcome.REFUSED
    assert place.opened == []

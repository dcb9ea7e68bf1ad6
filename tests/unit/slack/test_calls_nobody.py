"""An answer that is posted for a channel mentions nobody but who asked; an edit of it may, as it notifies nobody."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from jobbot.adverity.model import JobId
from jobbot.intents.model import ShowJob
from jobbot.interaction import Interaction
from jobbot.render.asked import Asker
from jobbot.render.blockkit import parts
from jobbot.render.blockkit.blocks import Message
from jobbot.render.card import people
from jobbot.slack.handlers.answers import Answers
from jobbot.slack.handlers.gate import Gate, Passed
from jobbot.slack.handlers.reports.drawing import AnswerMode
from jobbot.slack.handlers.reports.handler import Reports
from jobbot.slack.handlers.reports.job_cards import Drawn
from tests.unit.access.world import ANA, BEN, HOME, policy, who
from tests.unit.slack.world import LATE, Acme, People, drawing


class Place:
    """The answers; Ben watches every job, and Slack knows what he is called."""

    def __init__(self) -> None:
        self.said = list[Message]()
        nothing: Any = None
        here = cast("Any", self)
        self.answers = Answers(
            gate=Gate(HOME, policy(), People()),
            naming=nothing,
            instances=cast("Any", Acme()),
            reports=Reports(
                drawing=drawing(cards=here, clock=lambda: LATE),
                naming=nothing,
                cards=here,
                names=self.names,
                patience=30.0,
            ),
            rights=nothing,
            freezing=nothing,
            following=nothing,
            dialogue=nothing,
            outbound=nothing,
            clock=lambda: LATE,
            command="/jobs",
        )
        self.answers.reply = lambda interaction: here  # type: ignore[method-assign]

    async def names(self, users: Collection[str]) -> Mapping[str, str]:
        return dict.fromkeys(users, "Ben Bauer")

    # The cards.
    async def card(self, interaction: Interaction, job: JobId, instance: object, passed: Passed, **_: bool) -> Drawn:
        asker = Asker(interaction.user_id)
        lines = [f"*Job {job}* watched by {people([BEN])}", f"asked by <@{asker.user_id}>"]
        return Drawn(message=parts.compose([parts.lines(lines)]), since=LATE)

    async def post(self, *_: object, **__: object) -> bool:
        return False

    async def redrawn(self, *_: object) -> None:
        pass

    # The reply.
    @asynccontextmanager
    async def note_when_slow(self, *_: object, **__: object) -> AsyncIterator[None]:
        yield

    async def answer(self, message: Message, *, visible: bool) -> None:
        assert visible
        self.said.append(message)

    async def redraw(self, message: Message) -> None:
        self.said.append(message)


@pytest.mark.parametrize("mode", [AnswerMode.NEW, AnswerMode.SHARE])
async def test_a_card_names_who_watches_where_a_post_would_call_them(mode: AnswerMode) -> None:
    place = Place()
    await place.answers.serve(who(), ShowJob(job=JobId(987)), mode)
    (said,) = place.said
    assert f"<@{BEN}>" not in f"{said}"
    assert "watched by Ben Bauer" in said.text
    assert f"asked by <@{ANA}>" in said.text


async def test_an_edit_of_it_mentions_them() -> None:
    place = Place()
    await place.answers.serve(who(), ShowJob(job=JobId(987)), AnswerMode.REDRAW)
    (said,) = place.said
    assert f"watched by <@{BEN}>" in said.text

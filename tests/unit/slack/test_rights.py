"""``whoami`` and "Why?": told to whoever asks, in whatever channel, to that person alone; never refused."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, cast

import pytest

from jobbot.access import Channel, ChannelRule, Need, Person, Policy
from jobbot.adverity.key_seen import KeySeen
from jobbot.intents.button import decode, encode
from jobbot.intents.model import ShowJob, WhoAmI
from jobbot.interaction import Clicked, Interaction, Typed
from jobbot.render.blockkit.blocks import Block, Message
from jobbot.render.blockkit.buttons import ActionId
from jobbot.render.frozen import Frozen
from jobbot.slack.handlers.answers import Answers
from jobbot.slack.handlers.gate import Gate
from jobbot.slack.handlers.listeners import Listeners
from jobbot.slack.handlers.rights import FRESH_EVERY, Rights
from jobbot.telemetry import Telemetry
from tests.unit.access.world import (
    ALL,
    ANA,
    BEN,
    CLOSED,
    COLLEAGUE,
    DIRECT,
    ELSEWHERE,
    HOME,
    INC,
    ONCALL,
    OURS,
    READ_ONLY,
    SHARED,
    THEIRS,
    who,
)

OLGA, GUS, BOTTY = "U0OLGA", "U0GUS", "U0BOTTY"
PEOPLE = {
    ANA: COLLEAGUE,
    BEN: COLLEAGUE,
    OLGA: Person(team_id=THEIRS),
    GUS: Person(team_id=OURS, is_guest=True),
}
SHARED_ONE = "C0SHARED"
RULES = Policy(
    {
        INC: replace(ALL, instance="acme", stop_usergroups=frozenset({ONCALL})),
        READ_ONLY: ChannelRule(may=frozenset({Need.VIEW})),
        SHARED_ONE: ALL,
    }
)
KNOWN = (INC, READ_ONLY, SHARED_ONE)


class Place:
    """The listeners with nothing behind them but the gate, and what each person is told; Ana is on call."""

    name, names, key_seen = "acme", ("acme", "staging"), KeySeen.ACCEPTED
    base_urls = MappingProxyType({"acme": "https://acme.test"})

    def __init__(self) -> None:
        nothing: Any = None
        here: Any = self
        self.said: list[tuple[str, Message]] = []
        self.asker = ""
        self.fresh: list[bool] = []
        self.frozen: Frozen | None = None
        gate = Gate(HOME, RULES, here)
        self.answers = Answers(
            gate=gate,
            naming=nothing,
            instances=here,
            reports=nothing,
            rights=Rights(gate, here, here),
            freezing=nothing,
            following=nothing,
            dialogue=here,
            outbound=nothing,
            clock=lambda: datetime(2026, 3, 14, tzinfo=UTC),
            command="/jobs",
        )
        self.answers.reply = self.reply  # type: ignore[assignment, method-assign]
        self.listeners = Listeners(
            gate=gate,
            answers=self.answers,
            dialogue=here,
            anywhere=nothing,
            is_first=self.is_first,
            telemetry=Telemetry(),
        )

    # The directory.
    async def person(self, user_id: str, *, fresh: bool = False) -> Person | None:
        return PEOPLE.get(user_id)

    async def channel(self, channel_id: str, *, fresh: bool = False) -> Channel | None:
        return SHARED if channel_id == SHARED_ONE else CLOSED

    async def is_in_usergroups(self, user_id: str, groups: Collection[str], *, fresh: bool = False) -> bool | None:
        self.fresh.append(fresh)
        return user_id == ANA

    # The instances, and the one.
    def get(self, name: str | None) -> "Place":
        return self

    def for_answer(self) -> "Place":
        return self

    async def of(self, instance: object, channel_id: str | None) -> Frozen | None:
        return self.frozen

    @property
    def gateway(self) -> "Place":
        return self

    # The reply: nothing here but what one person sees.
    def reply(self, interaction: Interaction) -> "Place":
        self.asker = interaction.user_id
        return self

    async def post_ephemeral(self, message: Message) -> None:
        self.said.append((self.asker, message))

    async def is_first(self, key: str) -> bool:
        return True

    async def does(self, did: Typed | Clicked, user: str, channel: str | None, **more: Any) -> Message | None:
        """What the person is told; None where nothing is said."""
        before = len(self.said)
        asked = who(did=did, user_id=user, channel_id=channel, **more)
        ack = self.listeners.acknowledge(asked)
        assert ack.then is not None
        await ack.then
        told = self.said[before:]
        assert len(told) <= 1
        assert all(to == user for to, _ in told)
        return told[0][1] if told else None


WAYS: list[Typed | Clicked] = [
    Typed("whoami", "/jobs"),
    Typed("who am i?", None),
    Typed("whoami stop", "/jobs"),
    Typed("why can't i stop 987", None),
    *(Clicked(ActionId.WHY, encode(WhoAmI(need=need))) for need in Need),
    Clicked(ActionId.RUN, encode(WhoAmI())),
]


@pytest.mark.parametrize("channel", [None, DIRECT, INC, READ_ONLY, SHARED_ONE, ELSEWHERE])
@pytest.mark.parametrize("user", [*PEOPLE, "U0UNKNOWN"])
async def test_everybody_is_told_everywhere_and_only_colleagues_of_other_channels(
    user: str, channel: str | None
) -> None:
    place = Place()
    for did in WAYS:
        told = await place.does(did, user, channel)
        assert told is not None, did
        assert "987" not in told.text
        if user not in (ANA, BEN):
            assert not [one for one in KNOWN if one != channel and one in str(told.blocks)], (did, told.text)
        if user == OLGA:
            assert "Only members of the workspace that runs jobbot can use it" in told.text
            assert not [word for word in ("acme", ONCALL, "Jobs are shown") if word in str(told.blocks)]


async def test_a_bot_is_not_answered() -> None:
    for did in WAYS:
        assert await Place().does(did, BOTTY, INC, is_bot=True) is None


async def test_each_line_of_whoami() -> None:
    place = Place()
    for user, stops in ((ANA, f"yes, you are in <!subteam^{ONCALL}>"), (BEN, f"no, only <!subteam^{ONCALL}> may")):
        told = await place.does(Typed("whoami", "/jobs"), user, INC)
        assert told is not None
        assert f"*Stop jobs*: {stops}" in told.text
        assert "*Look at jobs*: yes, answers are for everybody in the channel" in told.text
        for met in ("You belong to the workspace", "No other organisation is in this channel", "You are a full member"):
            assert f":white_check_mark: {met}" in str(told.blocks), "how it was asked, with a mark each"
        assert f"workspace {HOME.team_id}" in told.text
    told = await place.does(Typed("whoami", "/jobs"), ANA, READ_ONLY)
    assert told is not None
    assert f"*Stop jobs*: no, not permitted in this channel, but in <#{INC}> (by <!subteam^{ONCALL}>)" in told.text
    assert SHARED_ONE not in told.text, "it could not be done there either"


async def test_who_presses_why_sees_their_own_whoever_was_refused() -> None:
    place = Place()
    why = Clicked(ActionId.WHY, encode(WhoAmI(need=Need.STOP)))
    for user, words in ((BEN, "You may not stop jobs here"), (ANA, "You may stop jobs here"), (GUS, "Guests can look")):
        told = await place.does(why, user, INC)
        assert told is not None
        assert words in told.text
        assert user in told.text
        assert not [one for one in PEOPLE if one != user and one in str(told.blocks)]


async def test_who_may_stop_hears_that_it_is_frozen_now() -> None:
    place, now = Place(), datetime(2026, 3, 14, tzinfo=UTC)
    place.frozen = Frozen(id="f" * 32, instance="acme", user_id=BEN, since=now, until=now, reason="deploy")
    hears = {
        (user, need): "frozen by" in str(await place.does(Clicked(ActionId.WHY, encode(WhoAmI(need=need))), user, INC))
        for user in (ANA, BEN, OLGA)
        for need in (Need.STOP, Need.VIEW, None)
    }
    assert {who for who, is_told in hears.items() if is_told} == {(ANA, Need.STOP), (ANA, None), (BEN, None)}


async def test_who_may_end_a_freeze_has_the_button_for_it() -> None:
    place, now = Place(), datetime(2026, 3, 14, tzinfo=UTC)
    place.frozen = Frozen(id="f" * 32, instance="acme", user_id=BEN, since=now, until=now, reason="deploy")
    offered = {
        (user, need): "Unfreeze" in str(await place.does(Clicked(ActionId.WHY, encode(WhoAmI(need=need))), user, INC))
        for user in (ANA, BEN)
        for need in (Need.STOP, Need.FETCH, None)
    }
    assert {who for who, is_offered in offered.items() if is_offered} == {
        (ANA, one) for one in (Need.STOP, Need.FETCH, None)
    }


async def test_it_is_decided_with_the_facts_of_now_but_not_as_often_as_anybody_presses() -> None:
    place, now = Place(), [0.0]
    rights = Rights(
        Gate(HOME, RULES, cast("Any", place)), cast("Any", place), cast("Any", place), monotonic=lambda: now[0]
    )
    for moment in (0.0, 0.1, FRESH_EVERY - 0.1, FRESH_EVERY + 0.1, FRESH_EVERY + 0.2):
        now[0] = moment
        await rights.told(who(user_id=BEN), WhoAmI(need=Need.STOP), command="/jobs")
    assert place.fresh == [True, False, False, True, False]


def buttons(blocks: Collection[Block]) -> Iterator[Block]:
    yield from (element for block in blocks for element in block.get("elements", []) if element["type"] == "button")


@pytest.mark.parametrize(
    ("did", "channel", "need"),
    [
        (Typed("", "/jobs"), ELSEWHERE, Need.VIEW),
        (Typed("987", None), ELSEWHERE, Need.VIEW),
        (Typed("help", "/jobs"), ELSEWHERE, Need.VIEW),
        (Typed("hi", None), ELSEWHERE, Need.VIEW),
        (Clicked(ActionId.JOB_SHOW, encode(ShowJob(job=cast("Any", 987), instance="acme"))), ELSEWHERE, Need.VIEW),
        (Clicked("of another version", "?"), ELSEWHERE, Need.VIEW),
        (Typed('pause "facebook"', "/jobs"), READ_ONLY, Need.PAUSE),
    ],
)
async def test_a_refusal_has_why_and_it_asks_for_what_was_refused(
    did: Typed | Clicked, channel: str, need: Need
) -> None:
    place = Place()
    place.need_of = lambda intent: Need.PAUSE  # type: ignore[attr-defined]
    told = await place.does(did, BEN, channel)
    assert told is not None
    (why,) = (one for one in buttons(told.blocks) if one["text"]["text"] == "Why?")
    assert why["action_id"] == ActionId.WHY
    asked = decode(why["value"])
    assert isinstance(asked, WhoAmI)
    assert asked.need is need
    again = await place.does(Clicked(why["action_id"], why["value"]), BEN, channel)
    assert again is not None
    assert "You may not" in again.text


async def test_who_is_refused_hears_of_no_instance() -> None:
    told = await Place().does(Typed("help", "/jobs"), OLGA, SHARED_ONE)
    assert told is not None
    assert "staging" not in told.text

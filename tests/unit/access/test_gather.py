"""What is looked up for a decision, and what is not."""

from collections.abc import Collection
from dataclasses import replace

import pytest

from jobbot.access import (
    ACTS,
    Channel,
    ChannelRule,
    Facts,
    Need,
    Person,
    Policy,
    Refused,
    decide,
    gather_facts,
    refuse_early,
    without_places,
)
from jobbot.access.gather import open_places, open_where
from tests.unit.access.world import ANA, CLOSED, COLLEAGUE, HOME, INC, LEADS, ONCALL, READ_ONLY, policy, who

NARROWED = ChannelRule(stop_users=frozenset({"U0EVA"}), stop_usergroups=frozenset({ONCALL}))


class Book:
    """A directory that knows one answer to everything, and remembers what it was asked."""

    def __init__(self, *, knows: bool = True) -> None:
        self._knows = knows
        self.asked: list[tuple[str, bool]] = []

    async def person(self, user_id: str, *, fresh: bool = False) -> Person | None:
        self.asked.append((user_id, fresh))
        return COLLEAGUE if self._knows else None

    async def channel(self, channel_id: str, *, fresh: bool = False) -> Channel | None:
        self.asked.append((channel_id, fresh))
        return CLOSED if self._knows else None

    async def is_in_usergroups(self, user_id: str, groups: Collection[str], *, fresh: bool = False) -> bool | None:
        self.asked.extend((group, fresh) for group in groups)
        return True if self._knows else None


async def asked_for(need: Need, rules: Policy, user: str = ANA) -> tuple[Facts, set[str]]:
    """The facts, and whatever was looked up for them."""
    book = Book()
    facts = await gather_facts(who(user_id=user), need, rules, book)
    return facts, {name for name, _ in book.asked}


async def test_a_look_needs_the_person_and_the_channel() -> None:
    facts, asked = await asked_for(Need.VIEW, policy(NARROWED))
    assert facts == Facts(person=COLLEAGUE, channel=CLOSED)
    assert asked == {ANA, INC}


async def test_a_stop_needs_the_user_groups_that_it_is_narrowed_to() -> None:
    facts, asked = await asked_for(Need.STOP, policy(NARROWED))
    assert facts.in_usergroup is True
    assert asked == {ANA, INC, ONCALL}


@pytest.mark.parametrize("rules", [policy(), policy(ChannelRule(stop_users=frozenset({"U0EVA"}))), Policy()])
async def test_without_groups_in_the_policy_none_is_looked_up(rules: Policy) -> None:
    facts, asked = await asked_for(Need.STOP, rules)
    assert facts.in_usergroup is None
    assert asked == {ANA, INC}


@pytest.mark.parametrize("need", sorted(ACTS))
async def test_acts_need_their_own_groups_or_those_of_stopping(need: Need) -> None:
    _, asked = await asked_for(need, policy(NARROWED))
    assert asked == {ANA, INC, ONCALL}
    _, asked = await asked_for(need, policy(replace(NARROWED, act_usergroups=frozenset({LEADS}))))
    assert asked == {ANA, INC, LEADS}
    _, asked = await asked_for(need, policy(replace(NARROWED, act_users=frozenset({ANA}))))
    assert asked == {ANA, INC}


async def test_who_is_named_needs_no_group() -> None:
    _, asked = await asked_for(Need.STOP, policy(NARROWED), user="U0EVA")
    assert asked == {"U0EVA", INC}


async def test_without_a_channel_nothing_is_looked_up() -> None:
    book = Book()
    assert await gather_facts(who(channel_id=None), Need.STOP, policy(), book) == Facts()
    assert book.asked == []


@pytest.mark.parametrize("fresh", [True, False])
async def test_before_a_stop_everything_is_asked_afresh(fresh: bool) -> None:
    book = Book()
    await gather_facts(who(), Need.STOP, policy(NARROWED), book, fresh=fresh)
    assert {how for _, how in book.asked} == {fresh}


async def test_what_cannot_be_found_stays_unknown() -> None:
    facts = await gather_facts(who(), Need.STOP, policy(NARROWED), Book(knows=False))
    assert facts == Facts()


async def test_a_refusal_names_the_places_that_slack_tells_the_person_of() -> None:
    asked = who(channel_id=READ_ONLY)
    refused = decide(asked, Need.STOP, policy(), HOME, Facts(person=COLLEAGUE, channel=CLOSED))
    assert isinstance(refused, Refused)
    assert await open_places(refused, asked, policy(), HOME, Book()) == refused
    assert without_places(refused) != refused
    assert await open_places(refused, asked, policy(), HOME, Book(knows=False)) == without_places(refused)
    assert [one.channel_id for one in await open_where(Need.STOP, policy(), Book())] == [INC]
    assert await open_where(Need.STOP, policy(), Book(knows=False)) == ()


async def test_for_a_refusal_that_names_no_place_nobody_is_looked_up() -> None:
    book, bot = Book(), who(is_bot=True)
    refused = refuse_early(bot, Need.STOP, policy(), HOME)
    assert refused is not None
    assert await open_places(refused, bot, policy(), HOME, book) is refused
    assert book.asked == []

"""Without a channel in hand: the same decision, as in a channel that permits everything, and in each of the policy."""

from collections.abc import Collection

from hypothesis import given
from hypothesis import strategies as st

from jobbot.access import Allowed, Channel, ChannelRule, Facts, Home, Need, Person, Policy, decide
from jobbot.access.anywhere import places_seen, refuse_anywhere, refuse_person, rights_of
from jobbot.interaction import Interaction
from tests.unit.access import world
from tests.unit.access.world import ALL, ANA, BOT, COLLEAGUE, ELSEWHERE, HOME, INC, ONCALL, READ_ONLY, THEIRS


class Groups:
    """Ana is in every group, as far as Slack says."""

    def __init__(self, member: bool | None) -> None:
        self.member = member

    async def person(self, user_id: str, *, fresh: bool = False) -> Person | None:
        raise AssertionError("known already")

    async def channel(self, channel_id: str, *, fresh: bool = False) -> Channel | None:
        raise AssertionError("known already")

    async def is_in_usergroups(self, user_id: str, groups: Collection[str], *, fresh: bool = False) -> bool | None:
        return self.member


@given(world.interactions, world.homes, st.none() | world.people)
def test_who_is_refused_wherever_they_ask_is_refused_in_every_channel(
    who: Interaction, home: Home, person: Person | None
) -> None:
    if refuse_anywhere(who, home) or refuse_person(who, home, person):
        for channel in (Channel(), Channel(is_shared_outside=True)):
            facts = Facts(person=person, channel=channel, in_usergroup=True)
            assert not isinstance(decide(who, Need.VIEW, world.policy(), home, facts), Allowed)
    else:
        open_ = Interaction(did=who.did, key="", user_id=who.user_id, user_team_id=who.user_team_id, channel_id=INC)
        facts = Facts(person=person, channel=Channel())
        assert isinstance(decide(open_, Need.VIEW, Policy({INC: ALL}), home, facts), Allowed)


@given(world.sound_interactions, world.rules, world.homes, st.none() | world.people, world.channels)
def test_a_place_is_seen_exactly_where_a_look_is_allowed(
    who: Interaction, rule: ChannelRule, home: Home, person: Person | None, channel: Channel
) -> None:
    policy = Policy({INC: rule})
    allowed = isinstance(decide(who, Need.VIEW, policy, home, Facts(person=person, channel=channel)), Allowed)
    seen = places_seen(who, policy, home, person, {INC: channel})
    assert seen == ((INC,) if allowed and not channel.is_archived else ())


@given(world.sound_interactions, world.rules, world.homes, world.sound_facts)
async def test_what_may_be_done_is_what_is_decided(
    who: Interaction, rule: ChannelRule, home: Home, facts: Facts
) -> None:
    policy, groups = Policy({INC: rule}), Groups(facts.in_usergroup)
    rights = await rights_of(who, policy, home, facts, groups)
    assert rights == {need for need in Need if isinstance(decide(who, need, policy, home, facts), Allowed)}


def test_a_channel_that_somebody_is_not_in_is_none_of_their_places() -> None:
    policy = Policy({INC: ALL, READ_ONLY: ALL, ELSEWHERE: ALL})
    channels = {READ_ONLY: Channel(), INC: Channel(), "C0OTHER": Channel()}
    assert places_seen(world.who(channel_id=None), policy, HOME, COLLEAGUE, channels) == (INC, READ_ONLY)
    assert places_seen(world.who(channel_id=None), policy, HOME, COLLEAGUE, {}) == ()


def test_a_bot_and_a_stranger_are_refused_by_the_payload_alone() -> None:
    assert refuse_anywhere(world.who(is_bot=True, channel_id=None), HOME)
    assert refuse_anywhere(world.who(user_id=BOT, channel_id=None), HOME)
    assert refuse_anywhere(world.who(user_team_id=THEIRS, channel_id=None), HOME)
    assert refuse_anywhere(world.who(channel_id=None), HOME) is None
    assert refuse_person(world.who(channel_id=None), HOME, None), "a look-up that fails means no"
    assert refuse_person(world.who(channel_id=None), HOME, COLLEAGUE) is None


async def test_a_group_that_slack_does_not_tell_of_gives_no_right() -> None:
    policy = Policy({INC: ChannelRule(may=frozenset(Need), stop_usergroups=frozenset({ONCALL}))})
    facts = Facts(person=COLLEAGUE, channel=Channel())
    assert await rights_of(world.who(channel_id="C0OTHER"), policy, HOME, facts, Groups(True)) == frozenset()
    for member in (None, False):
        rights = await rights_of(world.who(user_id=ANA), policy, HOME, facts, Groups(member))
        assert rights == {Need.VIEW, Need.WATCH, Need.ALERTS}
    assert Need.STOP in await rights_of(world.who(user_id=ANA), policy, HOME, facts, Groups(True))

"""The gate while its policy changes: a decision is made under one policy, from its first look-up to its last word."""

from collections.abc import Callable, Collection

from jobbot.access import Channel, ChannelRule, Need, Person, Policy, Refused, places_of
from jobbot.access.decide import NotYou, WrongChannel
from jobbot.access.gather import PLACES_ASKED
from jobbot.slack.handlers.gate import Gate, Passed
from tests.unit.access.world import ALL, BEN, CLOSED, COLLEAGUE, HOME, INC, READ_ONLY, SHARED, who

LEADS, EVERYBODY = "S0LEADS", "S0ALL"


class Groups:
    """Ben is in the group of all, not in that of the leads; ``meanwhile`` happens while the channel is looked up."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[], None] = lambda: None

    async def person(self, user_id: str, *, fresh: bool = False) -> Person | None:
        return COLLEAGUE

    async def channel(self, channel_id: str, *, fresh: bool = False) -> Channel | None:
        self.meanwhile()
        return CLOSED

    async def is_in_usergroups(self, user_id: str, groups: Collection[str], *, fresh: bool = False) -> bool | None:
        return EVERYBODY in groups


def stops(group: str) -> Policy:
    return Policy({INC: ChannelRule(stop_usergroups=frozenset({group}))})


async def test_the_next_decision_is_made_under_the_new_policy() -> None:
    gate = Gate(HOME, stops(EVERYBODY), Groups())
    assert isinstance(await gate.decide(who(user_id=BEN), Need.STOP), Passed)
    gate.set_policy(stops(LEADS))
    refused = await gate.decide(who(user_id=BEN), Need.STOP)
    assert isinstance(refused, Refused)
    assert isinstance(refused.reason, NotYou)
    gate.set_policy(Policy({}))
    refused = await gate.decide(who(user_id=BEN), Need.STOP)
    assert isinstance(refused, Refused)
    assert isinstance(refused.reason, WrongChannel)


async def test_a_decision_ends_under_the_policy_that_it_began_with() -> None:
    directory = Groups()
    gate = Gate(HOME, Policy({INC: ChannelRule(stop_users=frozenset({BEN}))}), directory)
    directory.meanwhile = lambda: gate.set_policy(
        Policy({INC: ChannelRule(stop_usergroups=frozenset({LEADS}), quiet=True)})
    )
    # Nobody has asked for the groups: under the new policy that would be a look-up that failed.
    passed = await gate.decide(who(user_id=BEN), Need.STOP)
    assert isinstance(passed, Passed)
    assert passed.visible
    refused = await gate.decide(who(user_id=BEN), Need.STOP)
    assert isinstance(refused, Refused)
    assert isinstance(refused.reason, NotYou)


class Channels(Groups):
    """Every channel is ours alone, but for #shared; ``asked`` are those that were looked up."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def channel(self, channel_id: str, *, fresh: bool = False) -> Channel | None:
        self.asked.append(channel_id)
        return SHARED if channel_id == "C0SHARED" else CLOSED


def places(refused: Refused | Passed | None) -> tuple[str, ...]:
    assert isinstance(refused, Refused)
    return places_of(refused)


async def test_a_refusal_names_no_channel_that_another_organisation_shares() -> None:
    directory = Channels()
    rules = {READ_ONLY: ChannelRule(may=frozenset({Need.VIEW})), "C0SHARED": ALL, INC: ALL}
    gate = Gate(HOME, Policy(rules), directory)
    asked = who(channel_id=READ_ONLY)
    assert places(await gate.decide(asked, Need.STOP)) == (INC,)
    assert places(await gate.refuse_at_once(asked, Need.FETCH)) == (INC,)
    assert places(await gate.decide(who(channel_id="C0SHARED"), Need.STOP)) == (INC,)
    directory.asked.clear()
    assert places(gate.refuse_early(asked, Need.STOP)) == ()
    assert await gate.refuse_at_once(who(), Need.STOP) is None
    assert directory.asked == [], "a window must open within 3 seconds"


async def test_however_many_channels_there_are_few_are_looked_up_for_a_refusal() -> None:
    directory = Channels()
    many = {f"C0{number}": ALL for number in range(60)}
    gate = Gate(HOME, Policy({READ_ONLY: ChannelRule(may=frozenset({Need.VIEW})), **many}), directory)
    refused = await gate.decide(who(channel_id=READ_ONLY), Need.STOP)
    assert len(directory.asked) == len(places(refused)) == PLACES_ASKED


async def test_what_may_be_offered_is_what_the_channel_may() -> None:
    passed = await Gate(HOME, Policy({INC: ALL}), Groups()).decide(who(), Need.VIEW)
    assert isinstance(passed, Passed)
    assert passed.offers == set(Need)

"""The gate while its policy changes: a decision is made under one policy, from its first look-up to its last word."""

from collections.abc import Callable, Collection

from jobbot.access import Channel, ChannelRule, Need, Person, Policy, Refused
from jobbot.access.decide import NotYou, WrongChannel
from jobbot.slack.handlers.gate import Gate, Passed
from tests.unit.access.world import BEN, CLOSED, COLLEAGUE, HOME, INC, who

LEADS, ALL = "S0LEADS", "S0ALL"


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
        return ALL in groups


def stops(group: str) -> Policy:
    return Policy({INC: ChannelRule(stop_usergroups=frozenset({group}))})


async def test_the_next_decision_is_made_under_the_new_policy() -> None:
    gate = Gate(HOME, stops(ALL), Groups())
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

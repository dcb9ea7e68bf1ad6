"""The gate while its policy changes: a decision is made under one policy, from its first look-up to its last word."""

from collections.abc import Callable, Collection
from dataclasses import replace

import pytest

from jobbot.access import Allowed, Channel, ChannelRule, Need, Person, Policy, Refused, Where, places_of
from jobbot.access.gather import PLACES_ASKED
from jobbot.access.reasons import DirectMessage, LookupFailed, NotHere, NotYou, Outsider, Reason, WrongChannel
from jobbot.adverity.key_seen import KeySeen
from jobbot.slack.handlers.gate import Explained, Gate, Passed
from jobbot.telemetry import Telemetry
from jobbot.telemetry.metrics import Metrics
from tests.unit.access.world import (
    ALL,
    BEN,
    CLOSED,
    COLLEAGUE,
    DIRECT,
    ELSEWHERE,
    HOME,
    INC,
    OURS,
    READ_ONLY,
    SHARED,
    THEIRS,
    who,
)

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


class Someone(Channels):
    """Everybody is this person."""

    def __init__(self, person: Person | None) -> None:
        super().__init__()
        self.known = person

    async def person(self, user_id: str, *, fresh: bool = False) -> Person | None:
        return self.known


LOOKING = ChannelRule(may=frozenset({Need.VIEW}))
RULES = Policy({READ_ONLY: LOOKING, INC: ALL, "C0SHARED": ALL})
NOT_A_COLLEAGUE = [
    Person(team_id=THEIRS),
    Person(team_id=OURS, is_stranger=True),
    Person(team_id=OURS, is_guest=True),
    Person(team_id=None),
    None,
]


@pytest.mark.parametrize("person", NOT_A_COLLEAGUE)
@pytest.mark.parametrize(
    ("channel", "reason"),
    [
        (ELSEWHERE, WrongChannel(ELSEWHERE, ())),
        (DIRECT, DirectMessage(())),
        (READ_ONLY, NotHere(Need.STOP, READ_ONLY)),
    ],
)
async def test_whose_payload_says_nothing_learns_of_no_channel_unless_slack_says_that_they_are_ours(
    person: Person | None, channel: str, reason: Reason
) -> None:
    asked = who(channel_id=channel)
    gate = Gate(HOME, RULES, Someone(person))
    assert await gate.decide(asked, Need.STOP) == Refused(reason)
    assert await gate.refuse_at_once(asked, Need.STOP) == Refused(reason)
    assert gate.refuse_early(asked, Need.STOP) == Refused(reason)
    told = (await gate.explain(asked, [Need.STOP]))[Need.STOP]
    assert told.elsewhere == ()
    assert INC not in str(told.decision)


async def test_a_colleague_in_the_same_place_learns_them() -> None:
    gate = Gate(HOME, RULES, Someone(COLLEAGUE))
    wrong = await gate.decide(who(channel_id=ELSEWHERE), Need.STOP)
    assert wrong == Refused(WrongChannel(ELSEWHERE, RULES.places_of(None)))
    assert places(await gate.decide(who(channel_id=READ_ONLY), Need.STOP)) == (INC,)


@pytest.mark.parametrize("channel", [INC, READ_ONLY, "C0SHARED", ELSEWHERE, DIRECT])
@pytest.mark.parametrize("person", [COLLEAGUE, *NOT_A_COLLEAGUE])
async def test_what_is_explained_is_what_is_decided(channel: str, person: Person | None) -> None:
    rules = Policy({**RULES.channels, INC: replace(ALL, stop_usergroups=frozenset({LEADS}))})
    gate = Gate(HOME, rules, Someone(person))
    asked = who(channel_id=channel)
    told = await gate.explain(asked, Need, "acme")
    assert set(told) == set(Need)
    for need, explained in told.items():
        decided = await gate.decide(asked, need, "acme")
        assert isinstance(explained.decision, Allowed) is isinstance(decided, Passed)
        last = explained.decision.trace[-1].answer
        assert last == (explained.decision.reason if isinstance(explained.decision, Refused) else explained.decision)


async def test_it_is_explained_where_else_it_can_be_done_and_by_whom() -> None:
    rules = Policy({READ_ONLY: LOOKING, INC: replace(ALL, stop_usergroups=frozenset({LEADS})), "C0SHARED": ALL})
    gate = Gate(HOME, rules, Someone(COLLEAGUE))
    elsewhere = (await gate.explain(who(channel_id=READ_ONLY), [Need.STOP]))[Need.STOP]
    assert elsewhere == Explained(Refused(NotHere(Need.STOP, READ_ONLY)), (Where(INC, (), (LEADS,)),))
    here = (await gate.explain(who(user_id=BEN), [Need.STOP, Need.VIEW]))[Need.STOP]
    assert here == Explained(Refused(NotYou((), (LEADS,), INC)), ())


def tied(rule: ChannelRule, instance: str) -> ChannelRule:
    return replace(rule, instance=instance, instances=(instance,))


async def test_where_another_instance_is_shown_it_cannot_be_done() -> None:
    rules = {INC: tied(ALL, "acme"), "C0STAGING": tied(ALL, "staging"), READ_ONLY: tied(LOOKING, "staging")}
    gate = Gate(HOME, Policy(rules), Someone(COLLEAGUE))
    told = (await gate.explain(who(channel_id=READ_ONLY), [Need.STOP]))[Need.STOP]
    assert told.elsewhere == (Where("C0STAGING"),)
    nowhere = (await gate.explain(who(channel_id=ELSEWHERE), [Need.VIEW]))[Need.VIEW]
    assert [one.channel_id for one in nowhere.elsewhere] == [INC, "C0STAGING", READ_ONLY], "there nothing is meant"


async def test_an_outsider_hears_that_and_nothing_of_the_channel() -> None:
    gate = Gate(HOME, RULES, Someone(Person(team_id=THEIRS)))
    for channel in (INC, ELSEWHERE, "C0SHARED"):
        told = (await gate.explain(who(channel_id=channel), [Need.STOP]))[Need.STOP]
        assert told == Explained(Refused(Outsider()))
        assert len(told.decision.trace) == 1
    unknown = (await Gate(HOME, RULES, Someone(None)).explain(who(), [Need.VIEW]))[Need.VIEW]
    assert unknown.decision == Refused(LookupFailed("person", "U0ANA"))


async def test_an_explanation_is_no_refusal_and_asks_slack_of_no_channel_that_is_not_permitted() -> None:
    metrics, directory = Metrics(), Someone(COLLEAGUE)
    gate = Gate(HOME, RULES, directory, Telemetry(metrics=metrics))
    await gate.explain(who(channel_id=ELSEWHERE), [Need.VIEW], key=KeySeen.REFUSED)
    assert ELSEWHERE not in directory.asked
    assert b"jobbot_refusals_total{" not in metrics.text()


def test_what_may_be_offered_is_not_known_where_slack_says_nothing_of_the_channel() -> None:
    gate = Gate(HOME, Policy({INC: ChannelRule(may=frozenset({Need.VIEW, Need.RETRY}))}), Groups())
    assert gate.offers(INC, CLOSED) == frozenset({Need.VIEW, Need.RETRY})
    assert gate.offers(ELSEWHERE, CLOSED) == frozenset()
    assert gate.offers(INC, None) is None

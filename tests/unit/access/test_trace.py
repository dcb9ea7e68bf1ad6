"""The trace of a decision: the questions it was made of, of which the last answer is the decision itself."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from jobbot.access import (
    ACTS,
    Allowed,
    Channel,
    ChannelRule,
    Facts,
    Home,
    Met,
    Need,
    Person,
    Policy,
    Refused,
    Trace,
    decide,
    is_colleague,
    refuse_early,
    with_places,
    without_places,
)
from jobbot.access.questions import Request
from jobbot.access.reasons import DirectMessage, LookupFailed, NotAPerson, NotHere, NotShared, Outsider, WrongChannel
from jobbot.adverity.key_seen import KeySeen
from jobbot.interaction import Interaction
from tests.unit.access import world
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
    who,
)

anybody = world.interactions | world.sound_interactions
anything = st.builds(
    lambda facts, key: replace(facts, key=key), world.facts | world.sound_facts, st.none() | st.sampled_from(KeySeen)
)


policies = st.builds(
    lambda rule, other: Policy({INC: replace(rule, instances=("acme",), workspaces=(14,)), READ_ONLY: other}),
    world.rules,
    world.rules,
)
"""Two channels, so that there are others to be named."""


def ends_in_the_decision(decision: Allowed | Refused) -> bool:
    """Whether the last line, and no other, is the decision."""
    *before, last = decision.trace
    is_it = last.answer == (decision.reason if isinstance(decision, Refused) else decision)
    return is_it and all(isinstance(line.answer, Met) for line in before)


@given(
    who=anybody,
    need=world.needs,
    policy=policies,
    home=world.homes,
    facts=anything,
    named=st.none() | st.sampled_from(["acme", "staging"]),
)
def test_the_last_line_of_a_trace_is_the_decision_and_every_other_lets_it_go_on(
    *, who: Interaction, need: Need, policy: Policy, home: Home, facts: Facts, named: str | None
) -> None:
    decision = decide(who, need, policy, home, facts, instance=named)
    assert ends_in_the_decision(decision)
    early = refuse_early(who, need, policy, home, instance=named)
    assert early is None or ends_in_the_decision(early)
    for refused in (decision, early):
        if isinstance(refused, Refused):
            assert (refused.need, refused.instance) == (need, named)
            for told in (without_places(refused), with_places(refused, policy, [(READ_ONLY, facts.channel)])):
                assert ends_in_the_decision(told)
                assert (told.need, told.instance) == (need, named)


@given(anybody, world.needs, policies, world.homes, anything)
def test_the_trace_of_who_is_none_of_ours_ends_before_anything_is_said_of_the_channel(
    who: Interaction, need: Need, policy: Policy, home: Home, facts: Facts
) -> None:
    person = replace(facts.person or COLLEAGUE, team_id=world.THEIRS, enterprise_id=world.OTHER_GRID)
    for unknown in (replace(facts, person=person), replace(facts, person=None)):
        decision = decide(who, need, policy, home, unknown)
        assert isinstance(decision, Refused)
        assert isinstance(decision.reason, Outsider | NotAPerson | LookupFailed)
        assert len(decision.trace) == 1


@given(anybody, world.needs, policies, world.homes, anything)
def test_only_a_full_member_of_ours_is_told_of_other_channels(
    who: Interaction, need: Need, policy: Policy, home: Home, facts: Facts
) -> None:
    may_know = is_colleague(who, facts.person, home)
    found = facts.person
    is_ours = found is not None and not (found.is_guest or found.is_stranger or found.is_bot or found.is_deactivated)
    assert may_know <= is_ours
    if not is_ours:
        for decision in (decide(who, need, policy, home, facts), refuse_early(who, need, policy, home)):
            if isinstance(decision, Refused):
                assert READ_ONLY not in str(without_places(decision).reason) or who.channel_id == READ_ONLY


@given(anybody, policies, world.homes, anything)
def test_what_a_trace_says_of_the_key_decides_nothing(
    who: Interaction, policy: Policy, home: Home, facts: Facts
) -> None:
    for need in Need:
        assert decide(who, need, policy, home, facts) == decide(who, need, policy, home, replace(facts, key=None))


def met(trace: Trace) -> list[Met]:
    return [line.answer for line in trace if isinstance(line.answer, Met)]


def trace(need: Need, rule: ChannelRule, facts: Facts, user: str = ANA) -> list[Met]:
    """How far it goes, question by question."""
    return met(decide(who(user_id=user), need, Policy({INC: rule}), HOME, facts).trace)


def test_a_stop_in_all_its_questions() -> None:
    rule = replace(ALL, instance="acme", stop_usergroups=frozenset({ONCALL}), workspaces=("EMEA",))
    facts = Facts(person=COLLEAGUE, channel=CLOSED, in_usergroup=True, key=KeySeen.READS_ONLY)
    asked = [Met.WORKSPACE, Met.CHANNEL, Met.NEED, Met.INSTANCE, Met.NOT_SHARED, Met.MEMBER, Met.IN_GROUP]
    assert trace(Need.STOP, rule, facts) == [*asked, Met.WORKSPACES, Met.KEY_READS_ONLY]
    assert trace(Need.STOP, rule, replace(facts, in_usergroup=False)) == asked[:-1]
    assert trace(Need.STOP, replace(rule, may=frozenset({Need.VIEW})), facts) == asked[:2]


def test_each_way_in_which_a_list_is_met() -> None:
    facts = Facts(person=COLLEAGUE, channel=CLOSED)
    assert trace(Need.STOP, ALL, facts)[-1] is Met.EVERYBODY
    named = replace(ALL, stop_users=frozenset({ANA}))
    assert trace(Need.STOP, named, facts)[-1] is Met.NAMED
    assert Met.NAMED not in trace(Need.STOP, named, facts, BEN)
    assert trace(Need.FETCH, replace(named, act_users=frozenset({BEN})), facts, BEN)[-1] is Met.NAMED


def test_guests_and_other_organisations() -> None:
    guest = Facts(person=Person(team_id=OURS, is_guest=True), channel=CLOSED)
    assert Met.GUEST in trace(Need.VIEW, ALL, guest)
    assert Met.GUEST_TRUSTED in trace(Need.STOP, replace(ALL, guests_may_stop=True), guest)
    shared = Facts(person=COLLEAGUE, channel=Channel(is_shared_outside=True))
    assert Met.SHARED_PRIVATELY in trace(Need.VIEW, ALL, shared)
    assert Met.SHARED_EXTERNAL in trace(Need.STOP, replace(ALL, external=True), shared)
    assert Met.MEMBER not in trace(Need.STOP, ALL, shared)


def test_a_key_that_only_reads_is_no_matter_to_who_looks() -> None:
    facts = Facts(person=COLLEAGUE, channel=CLOSED, key=KeySeen.READS_ONLY)
    assert trace(Need.VIEW, ALL, facts)[-1] is Met.KEY_ACCEPTED
    for need in ACTS | {Need.STOP}:
        assert trace(need, ALL, facts)[-1] is Met.KEY_READS_ONLY
    assert trace(Need.VIEW, ALL, replace(facts, key=KeySeen.REFUSED))[-1] is Met.KEY_REFUSED


def test_places_are_taken_out_of_every_reason_that_names_some() -> None:
    policy = Policy({READ_ONLY: ChannelRule(may=frozenset({Need.VIEW})), INC: ALL})
    facts = Facts(person=COLLEAGUE, channel=Channel(is_shared_outside=True))
    asked = [(ELSEWHERE, Need.VIEW), ("D0ANA", Need.VIEW), (READ_ONLY, Need.STOP), (INC, Need.STOP)]
    found = [decide(who(channel_id=channel), need, policy, HOME, facts) for channel, need in asked]
    reasons = [without_places(one).reason for one in found if isinstance(one, Refused)]
    assert reasons == [
        WrongChannel(ELSEWHERE, ()),
        DirectMessage(()),
        NotHere(Need.STOP, READ_ONLY),
        NotShared(INC, Need.STOP),
    ]


def test_where_nothing_more_can_be_asked_there_is_one_line() -> None:
    for channel, reason in ((DIRECT, DirectMessage), (ELSEWHERE, WrongChannel)):
        (line,) = Request(who(channel_id=channel), Need.STOP, world.policy(), HOME, None).of_channel()
        assert isinstance(line.answer, reason)
    (line,) = Request(who(), Need.STOP, world.policy(), HOME, None).of_facts(Facts(person=COLLEAGUE))
    assert line.answer == LookupFailed("channel", INC)

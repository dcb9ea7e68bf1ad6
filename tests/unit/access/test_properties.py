"""What is true of every decision, whoever asks for what, where, under which policy, and whatever is known."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import event, given
from hypothesis import strategies as st

from jobbot.access import (
    Allowed,
    Channel,
    ChannelRule,
    Facts,
    Home,
    Need,
    Person,
    Policy,
    Refused,
    decide,
    may_offer_stop,
    refuse_early,
)
from jobbot.interaction import Interaction
from tests.unit.access import world
from tests.unit.access.world import ELSEWHERE, INC, READ_ONLY, THEIRS

Decision = Allowed | Refused


def in_inc(rule: ChannelRule) -> Policy:
    """A policy of one channel."""
    return Policy({INC: rule})


def is_ours(team: str | None, enterprise: str | None, home: Home) -> bool:
    """Of our workspace, or of our enterprise."""
    return team == home.team_id or (home.enterprise_id is not None and home.enterprise_id in (team, enterprise))


def has_a_right(who: Interaction, need: Need, rule: ChannelRule, home: Home, facts: Facts) -> bool:
    """DESIGN's rules as one sentence, to be held against the code that gives reasons."""
    person, channel = facts.person, facts.channel
    return (
        who.channel_id == INC
        and {Need.VIEW, need} <= rule.may
        and not who.is_bot
        and who.user_id != home.bot_user_id
        and (who.user_team_id is None or is_ours(who.user_team_id, who.user_enterprise_id, home))
        and person is not None
        and not (person.is_bot or person.is_deactivated or person.is_stranger)
        and bool(person.team_id)
        and is_ours(person.team_id, person.enterprise_id, home)
        and channel is not None
        and (need not in (Need.WATCH, Need.ALERTS) or rule.external or not channel.is_shared_outside)
        and (need is not Need.ALERTS or rule.guests_may_stop or not person.is_guest)
        and (need is not Need.STOP or may_stop(who, rule, person, channel, facts))
    )


def may_stop(who: Interaction, rule: ChannelRule, person: Person, channel: Channel, facts: Facts) -> bool:
    """The narrower part of it."""
    everybody = not rule.stop_users and not rule.stop_usergroups
    in_group = bool(rule.stop_usergroups) and facts.in_stop_usergroup is True
    return (
        (rule.external or not channel.is_shared_outside)
        and (rule.guests_may_stop or not person.is_guest)
        and (everybody or who.user_id in rule.stop_users or in_group)
    )


@given(world.interactions, world.needs, world.rules, world.homes, world.facts)
def test_allowed_exactly_where_the_rules_say_so(
    who: Interaction, need: Need, rule: ChannelRule, home: Home, facts: Facts
) -> None:
    decision = decide(who, need, in_inc(rule), home, facts)
    assert isinstance(decision, Allowed) is has_a_right(who, need, rule, home, facts)


@given(world.sound_interactions, world.needs, world.rules, world.homes, world.sound_facts)
def test_allowed_exactly_where_the_rules_say_so_for_colleagues(
    who: Interaction, need: Need, rule: ChannelRule, home: Home, facts: Facts
) -> None:
    decision = decide(who, need, in_inc(rule), home, facts)
    event("allowed" if isinstance(decision, Allowed) else "refused")
    assert isinstance(decision, Allowed) is has_a_right(who, need, rule, home, facts)


@given(world.interactions, world.needs, world.rules, world.homes, world.facts)
def test_what_is_refused_early_is_never_allowed_later_and_for_the_same_reason(
    who: Interaction, need: Need, rule: ChannelRule, home: Home, facts: Facts
) -> None:
    early = refuse_early(who, need, in_inc(rule), home)
    if early is not None:
        assert decide(who, need, in_inc(rule), home, facts) == early


@given(world.sound_interactions, world.needs, world.rules, world.homes, world.sound_facts)
def test_forgetting_a_fact_never_turns_a_no_into_a_yes(
    who: Interaction, need: Need, rule: ChannelRule, home: Home, facts: Facts
) -> None:
    known = decide(who, need, in_inc(rule), home, facts)
    for less in (
        replace(facts, person=None),
        replace(facts, channel=None),
        replace(facts, in_stop_usergroup=None),
        Facts(),
    ):
        decision = decide(who, need, in_inc(rule), home, less)
        assert isinstance(known, Allowed) or isinstance(decision, Refused)
        if less.person is None or less.channel is None:
            assert isinstance(decision, Refused)


RESTRICTIONS: list[Callable[[ChannelRule], ChannelRule]] = [
    lambda rule: replace(rule, may=rule.may - {Need.VIEW}),
    lambda rule: replace(rule, may=rule.may - {Need.STOP}),
    lambda rule: replace(rule, may=rule.may - {Need.WATCH}),
    lambda rule: replace(rule, may=frozenset()),
    lambda rule: replace(rule, external=False),
    lambda rule: replace(rule, guests_may_stop=False),
    lambda rule: replace(rule, quiet=True),
    lambda rule: replace(rule, reason_required=True),
    # A list is a restriction where there was none, and a shorter one where it stays a list.
    lambda rule: rule if rule.stop_users | rule.stop_usergroups else replace(rule, stop_users=frozenset({"U0EVA"})),
    lambda rule: rule if len(rule.stop_users) < 2 else replace(rule, stop_users=frozenset({world.BEN})),
    lambda rule: rule if not rule.stop_users else replace(rule, stop_usergroups=frozenset()),
]


@given(
    who=world.sound_interactions,
    need=world.needs,
    rule=world.rules,
    home=world.homes,
    facts=world.sound_facts,
    restrictions=st.lists(st.sampled_from(RESTRICTIONS), min_size=1, max_size=3),
)
def test_adding_a_restriction_never_turns_a_no_into_a_yes(
    *,
    who: Interaction,
    need: Need,
    rule: ChannelRule,
    home: Home,
    facts: Facts,
    restrictions: list[Callable[[ChannelRule], ChannelRule]],
) -> None:
    before = decide(who, need, in_inc(rule), home, facts)
    for restrict in restrictions:
        rule = restrict(rule)
    after = decide(who, need, in_inc(rule), home, facts)
    assert isinstance(before, Allowed) or isinstance(after, Refused)
    if isinstance(after, Allowed):
        assert isinstance(before, Allowed)
        assert before.visible or not after.visible


@given(
    who=world.interactions.map(lambda one: replace(one, channel_id=INC)) | world.sound_interactions,
    need=world.needs,
    rule=world.rules,
    other=world.rules,
    home=world.homes,
    facts=world.facts | world.sound_facts,
)
def test_what_is_permitted_elsewhere_changes_nothing_here(
    *, who: Interaction, need: Need, rule: ChannelRule, other: ChannelRule, home: Home, facts: Facts
) -> None:
    alone = decide(who, need, Policy({INC: rule}), home, facts)
    beside = decide(who, need, Policy({ELSEWHERE: other, INC: rule, READ_ONLY: other}), home, facts)
    assert isinstance(alone, Allowed) is isinstance(beside, Allowed)
    if isinstance(alone, Allowed):
        assert alone == beside


@given(world.interactions, world.needs, world.rules, world.homes, world.facts)
def test_an_outsider_is_refused_whatever_the_payload_says(
    who: Interaction, need: Need, rule: ChannelRule, home: Home, facts: Facts
) -> None:
    person = replace(facts.person or world.COLLEAGUE, team_id=THEIRS, enterprise_id=world.OTHER_GRID)
    decision = decide(who, need, in_inc(rule), home, replace(facts, person=person))
    assert isinstance(decision, Refused)


@given(world.sound_interactions, world.needs, world.rules, world.homes, world.sound_facts)
def test_another_organisation_sees_nothing_unless_the_policy_says_so(
    who: Interaction, need: Need, rule: ChannelRule, home: Home, facts: Facts
) -> None:
    shared = replace(facts, channel=world.SHARED)
    decision = decide(who, need, in_inc(replace(rule, external=False)), home, shared)
    assert isinstance(decision, Refused) or not (decision.visible or decision.may_share)


@given(world.sound_interactions, world.rules, world.homes, world.sound_facts)
def test_a_stop_that_is_allowed_was_offered(who: Interaction, rule: ChannelRule, home: Home, facts: Facts) -> None:
    decision = decide(who, Need.STOP, in_inc(rule), home, facts)
    if isinstance(decision, Allowed):
        assert may_offer_stop(who.channel_id, in_inc(rule), facts)


@given(world.sound_interactions, world.needs, world.rules, world.homes, world.sound_facts)
def test_an_answer_is_seen_by_all_or_may_be_shared_never_both(
    who: Interaction, need: Need, rule: ChannelRule, home: Home, facts: Facts
) -> None:
    decision = decide(who, need, in_inc(rule), home, facts)
    if isinstance(decision, Allowed):
        assert not (decision.visible and decision.may_share)
        assert decision.may_share is False or rule.quiet


@given(
    who=world.sound_interactions,
    need=world.needs,
    rule=world.rules,
    facts=world.sound_facts,
    instances=st.lists(st.sampled_from(["acme", "staging", "test"]), min_size=1, unique=True),
    named=st.none() | st.sampled_from(["acme", "staging", "test", "gone"]),
)
def test_a_channel_of_some_instances_allows_nothing_of_another_and_no_less_of_its_own(
    *, who: Interaction, need: Need, rule: ChannelRule, facts: Facts, instances: list[str], named: str | None
) -> None:
    tied = in_inc(replace(rule, instances=tuple(instances)))
    decision = decide(who, need, tied, world.HOME, facts, instance=named)
    if named is not None and named not in instances:
        assert isinstance(decision, Refused)
    else:
        assert decision == decide(who, need, in_inc(rule), world.HOME, facts)

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
    may_offer,
    places_of,
    refuse_early,
    with_places,
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
        and (need is Need.VIEW or not channel.is_shared_outside or (rule.external and need not in CHANGES))
        and (need in (Need.VIEW, Need.WATCH) or rule.guests_may_stop or not person.is_guest)
        and (need not in CHANGES | {Need.STOP} or is_listed(who, need, rule, facts))
    )


CHANGES = frozenset({Need.FETCH, Need.RETRY, Need.PAUSE})


def is_listed(who: Interaction, need: Need, rule: ChannelRule, facts: Facts) -> bool:
    """Who may stop, or act where acts have no lists of their own; else who may act."""
    own = need in CHANGES and bool(rule.act_users or rule.act_usergroups)
    users, groups = (rule.act_users, rule.act_usergroups) if own else (rule.stop_users, rule.stop_usergroups)
    return not (users or groups) or who.user_id in users or (bool(groups) and facts.in_usergroup is True)


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
def test_what_is_refused_early_is_never_allowed_later_and_to_colleagues_for_the_same_reason(
    who: Interaction, need: Need, rule: ChannelRule, home: Home, facts: Facts
) -> None:
    early = refuse_early(who, need, in_inc(rule), home)
    if early is not None:
        assert isinstance(decide(who, need, in_inc(rule), home, facts), Refused)
        assert decide(who, need, in_inc(rule), home, replace(facts, person=Person(team_id=home.team_id))) == early


@given(world.sound_interactions, world.needs, world.rules, world.homes, world.sound_facts)
def test_forgetting_a_fact_never_turns_a_no_into_a_yes(
    who: Interaction, need: Need, rule: ChannelRule, home: Home, facts: Facts
) -> None:
    known = decide(who, need, in_inc(rule), home, facts)
    for less in (
        replace(facts, person=None),
        replace(facts, channel=None),
        replace(facts, in_usergroup=None),
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
    lambda rule: replace(rule, may=rule.may - {Need.FETCH, Need.PAUSE}),
    lambda rule: replace(rule, may=frozenset()),
    lambda rule: replace(rule, external=False),
    lambda rule: replace(rule, guests_may_stop=False),
    lambda rule: replace(rule, quiet=True),
    lambda rule: replace(rule, reason_required=True),
    lambda rule: replace(rule, two_people=True),
    # A list is a restriction where there was none, and a shorter one where it stays a list.
    lambda rule: rule if rule.stop_users | rule.stop_usergroups else replace(rule, stop_users=frozenset({"U0EVA"})),
    lambda rule: rule if len(rule.stop_users) < 2 else replace(rule, stop_users=frozenset({world.BEN})),
    lambda rule: rule if not rule.stop_users else replace(rule, stop_usergroups=frozenset()),
    # Lists for acts may name others than those who may stop: a restriction where nobody was named at all, or shorter.
    lambda rule: rule if rule.limit(Need.FETCH) else replace(rule, act_users=frozenset({"U0EVA"})),
    lambda rule: rule if len(rule.act_users) < 2 else replace(rule, act_users=frozenset({world.BEN})),
    lambda rule: rule if not rule.act_users else replace(rule, act_usergroups=frozenset()),
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


@given(world.sound_interactions, world.needs, world.rules, world.homes, world.sound_facts)
def test_what_is_allowed_was_offered(who: Interaction, need: Need, rule: ChannelRule, home: Home, facts: Facts) -> None:
    decision = decide(who, need, in_inc(rule), home, facts)
    if isinstance(decision, Allowed):
        assert need in may_offer(who.channel_id, in_inc(rule), facts)


@given(world.sound_interactions, world.rules, world.homes, world.sound_facts)
def test_where_another_organisation_is_nothing_is_started_or_paused_and_no_button_says_so(
    who: Interaction, rule: ChannelRule, home: Home, facts: Facts
) -> None:
    shared = replace(facts, channel=world.SHARED)
    for need in CHANGES:
        assert isinstance(decide(who, need, in_inc(rule), home, shared), Refused)
    assert not CHANGES & may_offer(who.channel_id, in_inc(rule), shared)


@given(world.sound_interactions, world.rules, world.homes, world.sound_facts)
def test_acts_without_lists_of_their_own_are_for_nobody_who_may_not_stop(
    who: Interaction, rule: ChannelRule, home: Home, facts: Facts
) -> None:
    alike = replace(rule, may=frozenset(Need), act_users=frozenset(), act_usergroups=frozenset())
    may_stop = isinstance(decide(who, Need.STOP, in_inc(alike), home, facts), Allowed)
    for need in CHANGES:
        assert may_stop or isinstance(decide(who, need, in_inc(alike), home, facts), Refused)


@given(world.needs, world.rules, world.rules, world.channels, world.channels)
def test_a_place_that_a_refusal_names_is_one_where_it_can_be_done(
    need: Need, rule: ChannelRule, other: ChannelRule, channel: Channel, elsewhere: Channel
) -> None:
    rules = Policy({READ_ONLY: ChannelRule(may=frozenset({Need.VIEW})), INC: rule, ELSEWHERE: other})
    refused = decide(world.who(channel_id=READ_ONLY), need, rules, world.HOME, Facts(person=world.COLLEAGUE))
    assert isinstance(refused, Refused)
    told = with_places(refused, rules, [(INC, channel), (ELSEWHERE, elsewhere)])
    for place in places_of(told):
        facts = Facts(person=world.COLLEAGUE, channel={INC: channel, ELSEWHERE: elsewhere}[place], in_usergroup=True)
        users = rules.channels[place].limit(need).users
        asked = world.who(channel_id=place, user_id=next(iter(users), world.ANA))
        assert isinstance(decide(asked, need, rules, world.HOME, facts), Allowed)


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

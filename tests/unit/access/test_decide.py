"""Who may do what where, case by case: the sentences of README's "Who may do what"."""

from dataclasses import replace

import pytest

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
    may_ask,
    may_offer,
    places_of,
    refuse_early,
    with_places,
)
from jobbot.access.configured import policy_of
from jobbot.access.policy import ACTS, UNLESS_SAID, Where
from jobbot.access.reasons import (
    DirectMessage,
    GuestMayNot,
    LookupFailed,
    NotAPerson,
    NotHere,
    NotShared,
    NotThisInstance,
    NotYou,
    Outsider,
    Reason,
    TwoPeople,
    WrongChannel,
)
from jobbot.config import ChannelSettings
from jobbot.interaction import Interaction
from tests.support.each import each
from tests.unit.access.world import (
    ALL,
    ANA,
    BEN,
    BOT,
    CLOSED,
    COLLEAGUE,
    DIRECT,
    ELSEWHERE,
    GRID,
    HOME,
    INC,
    LEADS,
    ON_GRID,
    ONCALL,
    OTHER_GRID,
    OURS,
    READ_ONLY,
    SHARED,
    SISTER,
    THEIRS,
    policy,
    who,
)

PLACES = (INC, READ_ONLY)


def asks(
    need: Need = Need.VIEW,
    *,
    interaction: Interaction | None = None,
    rule: ChannelRule | None = None,
    home: Home = HOME,
    person: Person | None = COLLEAGUE,
    channel: Channel | None = CLOSED,
    oncall: bool | None = None,
) -> Allowed | Refused:
    """What becomes of it; unless told otherwise, a colleague asks in a permitted channel of our own."""
    facts = Facts(person=person, channel=channel, in_usergroup=oncall)
    return decide(interaction or who(), need, policy(rule), home, facts)


def no(reason: Reason) -> Refused:
    """Refused, for this reason and no other."""
    return Refused(reason)


@each("need", list(Need))
def test_a_colleague_in_a_permitted_channel_may(need: Need) -> None:
    assert asks(need) == Allowed(visible=True)


class TestWhere:
    """Permitted channels by id, and nothing round them."""

    @pytest.mark.parametrize("need", list(Need))
    def test_a_channel_that_the_policy_does_not_name(self, need: Need) -> None:
        assert asks(need, interaction=who(channel_id=ELSEWHERE)) == no(WrongChannel(ELSEWHERE, PLACES))

    @pytest.mark.parametrize("channel", [None, "", DIRECT])
    def test_a_conversation_without_a_channel_around_it(self, channel: str | None) -> None:
        assert asks(interaction=who(channel_id=channel)) == no(DirectMessage(PLACES))

    @pytest.mark.parametrize("channel", [INC.lower(), INC + "X", INC[:-1], f" {INC}", f"{INC}\n"])
    def test_an_id_that_only_looks_like_a_permitted_one(self, channel: str) -> None:
        assert asks(interaction=who(channel_id=channel)) == no(WrongChannel(channel, PLACES))

    def test_a_direct_message_stays_closed_whatever_the_policy_names(self) -> None:
        rules = Policy({DIRECT: ChannelRule()})
        facts = Facts(person=COLLEAGUE, channel=CLOSED)
        decision = decide(who(channel_id=DIRECT), Need.VIEW, rules, HOME, facts)
        assert decision == no(DirectMessage((DIRECT,)))

    def test_without_any_policy_nothing_is_permitted(self) -> None:
        decision = decide(who(), Need.VIEW, Policy(), HOME, Facts(person=COLLEAGUE, channel=CLOSED))
        assert decision == no(WrongChannel(INC, ()))

    @pytest.mark.parametrize("need", [Need.STOP, Need.WATCH])
    def test_a_channel_for_looking_only(self, need: Need) -> None:
        assert asks(need, interaction=who(channel_id=READ_ONLY)) == no(NotHere(need, READ_ONLY, (Where(INC),)))
        assert asks(interaction=who(channel_id=READ_ONLY)) == Allowed(visible=True)

    def test_who_may_not_stop_here_learns_where_it_can_be_done_and_by_whom(self) -> None:
        limited = ChannelRule(stop_users=frozenset({BEN, ANA}), stop_usergroups=frozenset({ONCALL}))
        rules = Policy(
            {
                READ_ONLY: ChannelRule(may=frozenset({Need.VIEW})),
                INC: limited,
                "C0HIDDEN": ChannelRule(may=frozenset({Need.STOP})),
                "C0OPS": ChannelRule(),
            }
        )
        elsewhere = (Where(INC, tuple(sorted((ANA, BEN))), (ONCALL,)), Where("C0OPS"))
        assert rules.where(Need.STOP) == elsewhere
        assert rules.where(Need.STOP, but=INC) == elsewhere[1:]
        assert rules.where(Need.WATCH) == (Where(INC), Where("C0OPS"))

    def test_a_channel_where_stopping_is_named_but_looking_is_not_is_closed(self) -> None:
        rule = ChannelRule(may=frozenset({Need.STOP}))
        assert asks(Need.STOP, rule=rule) == no(WrongChannel(INC, (READ_ONLY,)))

    def test_answers_point_only_to_channels_where_jobs_are_shown(self) -> None:
        rules = Policy({INC: ChannelRule(may=frozenset()), READ_ONLY: ChannelRule()})
        assert rules.places_of(None) == (READ_ONLY,)


class TestOutsiders:
    """By the team of the person, whatever the payload around them says."""

    @pytest.mark.parametrize("said", [None, OURS, THEIRS])
    @pytest.mark.parametrize("need", list(Need))
    def test_a_person_of_another_team(self, need: Need, said: str | None) -> None:
        person = Person(team_id=THEIRS)
        rule = replace(ALL, external=True)
        assert asks(need, interaction=who(user_team_id=said), rule=rule, person=person, channel=SHARED) == no(
            Outsider()
        )

    def test_a_payload_that_says_so_is_believed_before_anything_is_looked_up(self) -> None:
        early = refuse_early(who(user_team_id=THEIRS), Need.STOP, policy(), HOME)
        assert early == no(Outsider())

    def test_a_payload_that_says_theirs_outweighs_a_look_up_that_says_ours(self) -> None:
        assert asks(interaction=who(user_team_id=THEIRS)) == no(Outsider())

    def test_a_stranger_is_one_even_in_our_own_team(self) -> None:
        assert asks(person=Person(team_id=OURS, is_stranger=True)) == no(Outsider())

    def test_an_outsider_is_not_told_which_channels_there_are(self) -> None:
        asked = who(user_team_id=THEIRS, channel_id=ELSEWHERE)
        assert refuse_early(asked, Need.VIEW, policy(), HOME) == no(Outsider())

    @pytest.mark.parametrize("said", [None, OURS])
    @pytest.mark.parametrize("team", [None, ""])
    def test_a_person_whose_team_slack_does_not_say_is_nobodys(self, team: str | None, said: str | None) -> None:
        decision = asks(interaction=who(user_team_id=said), person=Person(team_id=team))
        assert decision == no(LookupFailed("person", ANA))

    def test_no_team_does_not_match_a_home_without_enterprise(self) -> None:
        assert asks(person=Person(team_id=THEIRS, enterprise_id=None)) == no(Outsider())
        assert asks(person=Person(team_id=THEIRS, enterprise_id=""), home=Home(OURS, "")) == no(Outsider())


class TestEnterpriseGrid:
    """A sister workspace has another team, but the same enterprise."""

    @pytest.mark.parametrize(
        "asked",
        [
            who(user_team_id=SISTER, user_enterprise_id=GRID),
            who(user_team_id=SISTER),
            who(user_team_id=GRID),
            who(user_team_id=OURS),
            who(),
        ],
    )
    def test_a_colleague_of_a_sister_workspace(self, asked: Interaction) -> None:
        person = Person(team_id=SISTER, enterprise_id=GRID)
        assert asks(Need.STOP, interaction=asked, home=ON_GRID, person=person) == Allowed(visible=True)

    def test_a_person_whose_team_is_the_enterprise_itself(self) -> None:
        assert asks(home=ON_GRID, person=Person(team_id=GRID)) == Allowed(visible=True)

    @pytest.mark.parametrize("enterprise", [None, "", OTHER_GRID])
    def test_another_workspace_of_another_enterprise_or_none(self, enterprise: str | None) -> None:
        person = Person(team_id=THEIRS, enterprise_id=enterprise)
        assert asks(home=ON_GRID, person=person) == no(Outsider())

    def test_where_a_payload_says_nothing_of_the_enterprise_the_look_up_decides(self) -> None:
        asked = who(user_team_id=THEIRS)
        assert refuse_early(asked, Need.VIEW, policy(), ON_GRID) is None
        person = Person(team_id=THEIRS, enterprise_id=OTHER_GRID)
        assert asks(interaction=asked, home=ON_GRID, person=person) == no(Outsider())

    def test_another_enterprise_is_refused_on_the_payload_alone(self) -> None:
        asked = who(user_team_id=THEIRS, user_enterprise_id=OTHER_GRID)
        assert refuse_early(asked, Need.VIEW, policy(), ON_GRID) == no(Outsider())

    def test_an_enterprise_counts_for_nothing_where_we_have_none(self) -> None:
        person = Person(team_id=SISTER, enterprise_id=GRID)
        assert asks(person=person) == no(Outsider())


class TestBots:
    """Nobody who cannot answer for it."""

    @pytest.mark.parametrize("asked", [who(is_bot=True), who(user_id=BOT)])
    def test_a_bot_is_known_by_the_payload(self, asked: Interaction) -> None:
        assert refuse_early(asked, Need.VIEW, policy(), HOME) == no(NotAPerson())

    @pytest.mark.parametrize("person", [Person(team_id=OURS, is_bot=True), Person(team_id=OURS, is_deactivated=True)])
    def test_a_bot_or_a_closed_account_is_known_by_the_look_up(self, person: Person) -> None:
        assert asks(person=person) == no(NotAPerson())


class TestStopping:
    """Narrowed to users and user groups; guests only where the policy says so."""

    def test_a_guest_may_look_and_not_stop(self) -> None:
        guest = Person(team_id=OURS, is_guest=True)
        assert asks(person=guest) == Allowed(visible=True)
        assert asks(Need.STOP, person=guest) == no(GuestMayNot(Need.STOP, INC))

    def test_a_guest_may_stop_where_the_policy_says_so(self) -> None:
        guest = Person(team_id=OURS, is_guest=True)
        assert asks(Need.STOP, person=guest, rule=ChannelRule(guests_may_stop=True)) == Allowed(visible=True)

    def test_a_guest_waits_for_a_job_and_does_not_switch_what_the_channel_is_told(self) -> None:
        guest = Person(team_id=OURS, is_guest=True)
        assert asks(Need.WATCH, person=guest) == Allowed(visible=True)
        assert asks(Need.ALERTS, person=guest) == no(GuestMayNot(Need.ALERTS, INC))
        trusted = ChannelRule(guests_may_stop=True)
        assert asks(Need.ALERTS, person=guest, rule=trusted) == Allowed(visible=True)

    def test_a_guest_on_the_list_is_a_guest_still(self) -> None:
        guest = Person(team_id=OURS, is_guest=True)
        assert asks(Need.STOP, person=guest, rule=ChannelRule(stop_users=frozenset({ANA}))) == no(
            GuestMayNot(Need.STOP, INC)
        )

    def test_who_is_on_the_list_of_users(self) -> None:
        rule = ChannelRule(stop_users=frozenset({ANA}))
        assert asks(Need.STOP, rule=rule) == Allowed(visible=True)
        assert asks(Need.STOP, rule=rule, interaction=who(user_id=BEN)) == no(NotYou((ANA,), (), INC))

    @pytest.mark.parametrize("oncall", [None, False, True])
    def test_with_a_list_of_users_alone_a_group_counts_for_nothing(self, oncall: bool | None) -> None:
        rule = ChannelRule(stop_users=frozenset({BEN}))
        assert asks(Need.STOP, rule=rule, oncall=oncall) == no(NotYou((BEN,), (), INC))

    @pytest.mark.parametrize(
        ("oncall", "decision"),
        [
            (True, Allowed(visible=True)),
            (False, no(NotYou((BEN,), (ONCALL,), INC))),
            (None, no(LookupFailed("usergroups", ONCALL, Need.STOP))),
        ],
    )
    def test_who_is_in_the_user_group(self, oncall: bool | None, decision: Allowed | Refused) -> None:
        rule = ChannelRule(stop_users=frozenset({BEN}), stop_usergroups=frozenset({ONCALL}))
        assert asks(Need.STOP, rule=rule, oncall=oncall) == decision

    def test_who_is_named_needs_no_group(self) -> None:
        rule = ChannelRule(stop_users=frozenset({ANA}), stop_usergroups=frozenset({ONCALL}))
        assert asks(Need.STOP, rule=rule, oncall=None) == Allowed(visible=True)

    def test_the_list_narrows_stopping_alone(self) -> None:
        rule = ChannelRule(stop_users=frozenset({BEN}))
        assert asks(Need.VIEW, rule=rule) == Allowed(visible=True)
        assert asks(Need.WATCH, rule=rule) == Allowed(visible=True)


class TestActs:
    """Fetching again, retrying, pausing: only where the policy names them, never beside another organisation."""

    @pytest.mark.parametrize("need", sorted(ACTS))
    def test_a_rule_that_does_not_name_them_permits_none(self, need: Need) -> None:
        assert asks(need, rule=ChannelRule()) == no(NotHere(need, INC, ()))
        assert asks(need, rule=ChannelRule(may=UNLESS_SAID | {need})) == Allowed(visible=True)

    @pytest.mark.parametrize("need", sorted(ACTS))
    @pytest.mark.parametrize("external", [True, False])
    def test_another_organisation_in_the_channel_rules_them_out_whatever_the_policy_says(
        self, need: Need, external: bool
    ) -> None:
        rule = replace(ALL, external=external, act_users=frozenset({ANA}))
        assert asks(need, rule=rule, channel=SHARED) == no(NotShared(INC, need))

    @pytest.mark.parametrize("need", sorted(ACTS))
    def test_a_guest_may_not_unless_it_is_said(self, need: Need) -> None:
        guest = Person(team_id=OURS, is_guest=True)
        assert asks(need, person=guest, rule=replace(ALL, act_users=frozenset({ANA}))) == no(GuestMayNot(need, INC))
        assert asks(need, person=guest, rule=replace(ALL, guests_may_stop=True)) == Allowed(visible=True)

    @pytest.mark.parametrize("need", sorted(ACTS))
    def test_who_may_not_stop_may_not_act_where_nobody_says_who_may(self, need: Need) -> None:
        rule = replace(ALL, stop_users=frozenset({BEN}), stop_usergroups=frozenset({ONCALL}))
        assert asks(need, rule=rule, oncall=False) == no(NotYou((BEN,), (ONCALL,), INC, need))
        assert asks(need, rule=rule, oncall=None) == no(LookupFailed("usergroups", ONCALL, need))
        assert asks(need, rule=rule, oncall=True) == Allowed(visible=True)
        assert asks(need, rule=rule, interaction=who(user_id=BEN)) == Allowed(visible=True)

    @pytest.mark.parametrize("need", sorted(ACTS))
    def test_either_list_of_acts_replaces_both_of_stopping(self, need: Need) -> None:
        rule = replace(ALL, stop_users=frozenset({ANA}), act_users=frozenset({BEN}))
        assert asks(need, rule=rule) == no(NotYou((BEN,), (), INC, need))
        assert asks(need, rule=rule, interaction=who(user_id=BEN)) == Allowed(visible=True)
        assert asks(Need.STOP, rule=rule) == Allowed(visible=True)
        rule = replace(ALL, stop_users=frozenset({ANA}), act_usergroups=frozenset({LEADS}))
        assert asks(need, rule=rule, oncall=False) == no(NotYou((), (LEADS,), INC, need))
        assert asks(need, rule=rule, oncall=True) == Allowed(visible=True)

    def test_a_refusal_names_by_whom_each_is_done(self) -> None:
        rule = replace(ALL, stop_users=frozenset({ANA}), act_usergroups=frozenset({LEADS}))
        rules = policy(rule)
        assert rules.where(Need.STOP) == (Where(INC, (ANA,)),)
        assert rules.where(Need.PAUSE) == (Where(INC, (), (LEADS,)),)


class TestPlaces:
    """A refusal names no place where it would be refused too."""

    RULES = Policy(
        {
            READ_ONLY: ChannelRule(may=frozenset({Need.VIEW})),
            INC: ALL,
            "C0SHARED": replace(ALL, external=True),
            "C0OLD": ALL,
            "C0STAGING": replace(ALL, instances=("staging",)),
        }
    )

    @pytest.mark.parametrize(
        ("need", "named"), [(Need.STOP, (INC, "C0SHARED")), (Need.WATCH, (INC, "C0SHARED")), (Need.FETCH, (INC,))]
    )
    def test_what_slack_says_of_them_decides(self, need: Need, named: tuple[str, ...]) -> None:
        refused = refuse_early(who(channel_id=READ_ONLY), need, self.RULES, HOME, instance="acme")
        assert refused is not None
        assert places_of(refused) == (INC, "C0SHARED", "C0OLD")
        channels = {INC: CLOSED, "C0SHARED": SHARED, "C0OLD": Channel(is_archived=True)}
        assert places_of(with_places(refused, self.RULES, channels.items())) == named

    def test_one_that_slack_does_not_tell_of_is_none(self) -> None:
        refused = no(NotHere(Need.STOP, READ_ONLY, (Where(INC), Where("C0SHARED"), Where("C0GONE"))))
        found = with_places(refused, self.RULES, [(INC, None), ("C0GONE", CLOSED)])
        assert found == no(NotHere(Need.STOP, READ_ONLY, ()))

    LOOK = ChannelRule(may=frozenset({Need.VIEW}))
    TIED = Policy(
        {
            "C0ACME": replace(ALL, instance="acme", instances=("acme",)),
            "C0STAGING": replace(ALL, instance="staging", instances=("staging",)),
            "C0BOTH": ALL,
            READ_ONLY: LOOK,
            "C0LOOK": replace(LOOK, instance="staging", instances=("staging",)),
            "C0SHARED": replace(ALL, instance="staging", instances=("staging",)),
        },
        default="acme",
    )

    @pytest.mark.parametrize(
        ("here", "named", "places"),
        [
            (READ_ONLY, None, ("C0ACME", "C0BOTH")),
            (READ_ONLY, "staging", ("C0STAGING", "C0BOTH", "C0SHARED")),
            ("C0LOOK", None, ("C0STAGING", "C0BOTH", "C0SHARED")),
            ("C0SHARED", None, ("C0STAGING", "C0BOTH")),
        ],
    )
    def test_one_of_another_instance_is_none(self, here: str, named: str | None, places: tuple[str, ...]) -> None:
        facts = Facts(person=COLLEAGUE, channel=SHARED)
        refused = decide(who(channel_id=here), Need.FETCH, self.TIED, HOME, facts, instance=named)
        assert isinstance(refused, Refused)
        assert places_of(refused) == places

    @pytest.mark.parametrize("named", [None, "acme", "staging"])
    def test_where_nothing_is_permitted_the_instance_that_is_named_counts(self, named: str | None) -> None:
        for here in (ELSEWHERE, DIRECT):
            refused = refuse_early(who(channel_id=here), Need.VIEW, self.TIED, HOME, instance=named)
            assert refused is not None
            assert isinstance(refused.reason, WrongChannel | DirectMessage)
            assert ("C0STAGING" in refused.reason.places) is (named != "acme")
            assert ("C0ACME" in refused.reason.places) is (named != "staging")

    def test_a_refusal_without_places_stays_as_it_is(self) -> None:
        refused = no(GuestMayNot(Need.STOP, INC))
        assert with_places(refused, self.RULES, []) == refused
        assert places_of(refused) == ()


class TestSharedChannels:
    """Another organisation reads along."""

    def test_answers_are_for_the_asking_person_and_cannot_be_shared(self) -> None:
        assert asks(channel=SHARED) == Allowed(visible=False, may_share=False)

    def test_stopping_is_refused_whoever_asks(self) -> None:
        rule = ChannelRule(stop_users=frozenset({ANA}))
        assert asks(Need.STOP, rule=rule, channel=SHARED) == no(NotShared(INC))

    @pytest.mark.parametrize("need", sorted(UNLESS_SAID))
    def test_the_policy_may_say_that_it_is_meant(self, need: Need) -> None:
        assert asks(need, rule=ChannelRule(external=True), channel=SHARED) == Allowed(visible=True)

    def test_a_quiet_shared_channel_offers_no_sharing(self) -> None:
        assert asks(rule=ChannelRule(quiet=True), channel=SHARED) == Allowed(visible=False, may_share=False)


class TestQuietChannels:
    """Each person sees their own answers, and may show them."""

    @pytest.mark.parametrize("rule", [ChannelRule(quiet=True), ChannelRule(quiet=True, external=True)])
    def test_answers_may_be_shared(self, rule: ChannelRule) -> None:
        assert asks(rule=rule) == Allowed(visible=False, may_share=True)


class TestWhatIsNotKnown:
    """Unknown is a no."""

    @pytest.mark.parametrize("need", list(Need))
    def test_who(self, need: Need) -> None:
        assert asks(need, person=None) == no(LookupFailed("person", ANA))

    @pytest.mark.parametrize("need", list(Need))
    def test_where(self, need: Need) -> None:
        assert asks(need, channel=None) == no(LookupFailed("channel", INC))


class TestOffering:
    """Whether a message carries a Stop button at all."""

    @pytest.mark.parametrize(
        ("channel_id", "rule", "channel", "offered"),
        [
            (INC, ChannelRule(), CLOSED, True),
            (INC, ChannelRule(), SHARED, False),
            (INC, ChannelRule(external=True), SHARED, True),
            (INC, ChannelRule(), None, False),
            (INC, ChannelRule(external=True), None, False),
            (READ_ONLY, ChannelRule(), CLOSED, False),
            (ELSEWHERE, ChannelRule(), CLOSED, False),
            (None, ChannelRule(), CLOSED, False),
        ],
    )
    def test_the_button(
        self, channel_id: str | None, rule: ChannelRule, channel: Channel | None, offered: bool
    ) -> None:
        found = may_offer(channel_id, policy(rule), Facts(person=COLLEAGUE, channel=channel))
        assert (Need.STOP in found) is offered

    def test_all_that_the_channel_may(self) -> None:
        facts = Facts(person=COLLEAGUE, channel=CLOSED)
        assert may_offer(INC, policy(), facts) == set(Need)
        assert may_offer(READ_ONLY, policy(), facts) == {Need.VIEW}
        assert may_offer(INC, policy(replace(ALL, external=True)), replace(facts, channel=SHARED)) == UNLESS_SAID


class TestInstances:
    """A channel of some instances shows nothing of the others, and stops nothing there."""

    RULE = replace(ALL, instances=("staging", "test"))

    @pytest.mark.parametrize("need", list(Need))
    def test_an_instance_that_is_not_the_channels(self, need: Need) -> None:
        facts = Facts(person=COLLEAGUE, channel=CLOSED)
        for rule, refused in ((self.RULE, True), (ALL, False)):
            early = refuse_early(who(), need, policy(rule), HOME, instance="acme")
            decision = decide(who(), need, policy(rule), HOME, facts, instance="acme")
            if refused:
                assert early == decision == no(NotThisInstance("acme", INC, ("staging", "test")))
            else:
                assert (early, decision) == (None, Allowed(visible=True))

    @pytest.mark.parametrize("named", ["staging", "test", None])
    def test_one_of_the_channels_and_its_own_where_none_is_named(self, named: str | None) -> None:
        facts = Facts(person=COLLEAGUE, channel=CLOSED)
        assert decide(who(), Need.STOP, policy(self.RULE), HOME, facts, instance=named) == Allowed(visible=True)

    def test_the_default_is_its_own_where_it_names_one_and_all_otherwise(self) -> None:
        rules = policy_of(
            {
                "C1": ChannelSettings(instance="staging"),
                "C2": ChannelSettings(instances=("test", "acme")),
                "C3": ChannelSettings(),
                "C4": ChannelSettings(instance="staging", instances=("staging", "acme")),
            }
        )
        found = {channel: (rule.instance, rule.instances) for channel, rule in rules.channels.items()}
        assert found == {
            "C1": ("staging", ("staging",)),
            "C2": ("test", ("test", "acme")),
            "C3": (None, ()),
            "C4": ("staging", ("staging", "acme")),
        }


class TestTwoPeople:
    """Where one person alone does nothing: a channel, or a datastream of an instance."""

    @pytest.mark.parametrize(
        ("streams", "needs"), [([42], True), ([7, 42], True), ([None], True), ([7], False), ([], False)]
    )
    def test_of_a_datastream(self, streams: list[int | None], needs: bool) -> None:
        guarded = Policy({INC: ALL}, two_people={"acme": frozenset({42})})
        assert guarded.needs_two(INC, "acme", streams) is needs
        assert not guarded.needs_two(INC, "staging", streams)

    @pytest.mark.parametrize("streams", [[], [None], [7]])
    def test_of_a_channel(self, streams: list[int | None]) -> None:
        guarded = Policy({INC: replace(ALL, two_people=True), READ_ONLY: ALL})
        assert guarded.needs_two(INC, "acme", streams)
        assert not guarded.needs_two(READ_ONLY, "acme", streams)

    def test_who_may_ask_somebody_else(self) -> None:
        for reason in (NotYou((), ("S0ONCALL",), INC), TwoPeople(Need.STOP, INC)):
            assert may_ask(Refused(reason))
        for other in (Outsider(), NotAPerson(), NotHere(Need.STOP, INC), GuestMayNot(), NotShared(INC)):
            assert not may_ask(Refused(other))

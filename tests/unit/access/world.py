"""The people, places and rules that the access tests speak of, and every possible one of them for hypothesis."""

from hypothesis import strategies as st

from jobbot.access import Channel, ChannelRule, Facts, Home, Need, Person, Policy
from jobbot.interaction import Clicked, Interaction, Typed

OURS, SISTER, THEIRS = "T0ACME", "T0ACMELABS", "T0GLOBEX"
GRID, OTHER_GRID = "E0ACME", "E0GLOBEX"
INC, READ_ONLY, ELSEWHERE, DIRECT = "C0INC", "C0READ", "C0ELSE", "D0ANA"
ANA, BEN, BOT = "U0ANA", "U0BEN", "U0JOBBOT"
ONCALL, LEADS = "S0ONCALL", "S0LEADS"
ALL = ChannelRule(may=frozenset(Need))

HOME = Home(OURS, bot_user_id=BOT)
ON_GRID = Home(OURS, GRID, bot_user_id=BOT)
COLLEAGUE = Person(team_id=OURS)
CLOSED, SHARED = Channel(), Channel(is_shared_outside=True)


def policy(rule: ChannelRule | None = None) -> Policy:
    """``rule`` in #inc (all that there is, unless told), and a channel where jobs may be looked at."""
    return Policy({INC: rule or ALL, READ_ONLY: ChannelRule(may=frozenset({Need.VIEW}))})


def who(**changes: object) -> Interaction:
    """Ana types in #inc."""
    fields = {"did": Typed("", "/jobs"), "key": "", "user_id": ANA, "channel_id": INC, **changes}
    return Interaction(**fields)  # type: ignore[arg-type]


teams = st.sampled_from([OURS, SISTER, THEIRS])
maybe_teams = st.none() | teams | st.just(GRID)
enterprises = st.none() | st.sampled_from([GRID, OTHER_GRID])
homes = st.sampled_from([HOME, ON_GRID])
needs = st.sampled_from(Need)

people = st.builds(
    Person,
    team_id=maybe_teams | st.just(""),
    enterprise_id=enterprises,
    is_guest=st.booleans(),
    is_stranger=st.booleans(),
    is_bot=st.booleans(),
    is_deactivated=st.booleans(),
    zone=st.none(),
)
channels = st.builds(Channel, is_shared_outside=st.booleans(), is_archived=st.booleans())
facts = st.builds(
    Facts,
    person=st.none() | people,
    channel=st.none() | channels,
    in_usergroup=st.none() | st.booleans(),
)
rules = st.builds(
    ChannelRule,
    may=st.frozensets(needs),
    instance=st.none(),
    external=st.booleans(),
    quiet=st.booleans(),
    stop_users=st.frozensets(st.sampled_from([ANA, BEN])),
    stop_usergroups=st.frozensets(st.just(ONCALL)),
    act_users=st.frozensets(st.sampled_from([ANA, BEN])),
    act_usergroups=st.frozensets(st.just(LEADS)),
    guests_may_stop=st.booleans(),
    reason_required=st.booleans(),
    two_people=st.booleans(),
)
interactions = st.builds(
    Interaction,
    did=st.sampled_from([Typed("", "/jobs"), Typed("", None), Clicked("job.stop", "")]),
    key=st.just(""),
    user_id=st.sampled_from([ANA, BEN, BOT]),
    user_team_id=maybe_teams,
    user_enterprise_id=enterprises,
    is_bot=st.booleans(),
    channel_id=st.sampled_from([None, "", INC, READ_ONLY, ELSEWHERE, DIRECT]),
    thread_ts=st.none(),
    message_ts=st.none(),
    is_ephemeral=st.booleans(),
    response_url=st.none(),
    trigger_id=st.none(),
)

# Most things are as they should be: otherwise nearly every example is refused for several reasons at once.
sound_people = st.builds(Person, team_id=st.just(OURS), is_guest=st.booleans())
sound_facts = st.builds(Facts, person=sound_people, channel=channels, in_usergroup=st.none() | st.booleans())
sound_interactions = st.builds(
    who, user_id=st.sampled_from([ANA, BEN]), user_team_id=st.sampled_from([None, OURS]), channel_id=st.just(INC)
)

"""The doctor's table of permissions: who may do what in which channel, in the words of the settings."""

from collections.abc import Sequence
from typing import get_args

from jobbot.access import (
    ACTS,
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
)
from jobbot.access.configured import policy_of
from jobbot.access.reasons import NotShared
from jobbot.config import ChannelSettings, Draft, Power
from jobbot.doctor.channels import SlackFacts
from jobbot.doctor.finding import Finding
from jobbot.interaction import Interaction, Typed

POWERS: tuple[Power, ...] = get_args(Power)


def columns() -> tuple[str, ...]:
    """The heads of the table's columns."""
    who = ("who may stop", "who may act", "two people", "guests", "reason")
    limits = (*who, "instances", "workspaces", "external", "answers")
    return ("channel", *POWERS, *limits)


def rows(draft: Draft, known: SlackFacts) -> list[tuple[str, ...]]:
    """A row a channel, with the names that Slack gave."""
    return [_row(channel, rule, draft, known) for channel, rule in draft.channels.items()]


def _row(channel: str, rule: ChannelSettings, draft: Draft, known: SlackFacts) -> tuple[str, ...]:
    policy = policy_of({channel: rule})
    made = policy.channels[channel]
    decided = {power: _decided(Need(power), channel, policy, known) for power in POWERS}
    may = {Need(power) for power, decision in decided.items() if isinstance(decision, Allowed)}
    looked = decided["view"]
    stops, acts = Need.STOP in may, ACTS & may
    return (
        _named(channel, known),
        *(_cell(decision) for decision in decided.values()),
        _who_may(Need.STOP, made, known) if stops else "nobody",
        _who_may(next(iter(acts)), made, known) if acts else "nobody",
        _two_people(channel, rule, draft) if stops or acts else "-",
        _yes(rule.guests_may_stop) if stops or acts else "-",
        "required" if (stops or acts) and rule.reason_required else "-",
        ", ".join(_served(channel, rule, draft)),
        ", ".join(str(entry) for entry in rule.workspaces) or "all",
        _yes(rule.external),
        "to all" if isinstance(looked, Allowed) and looked.visible else "to the asker",
    )


def _two_people(channel: str, rule: ChannelSettings, draft: Draft) -> str:
    """Whether one person alone does nothing: in the channel, or to some datastreams of those that it may ask for."""
    if rule.two_people:
        return "yes"
    served = _served(channel, rule, draft)
    guarded = [
        f"{number}" if len(served) == 1 else f"{name} {number}"
        for name in served
        for number, one in draft.datastreams.get(name, {}).items()
        if one.two_people
    ]
    return f"for {', '.join(guarded)}" if guarded else "no"


def _decided(need: Need, channel: str, policy: Policy, known: SlackFacts) -> Allowed | Refused:
    """What becomes of it for a full member whom every list names: decided by the function that decides for people."""
    rule, home = policy.channels[channel], Home("T")
    someone = Interaction(
        did=Typed("", None), key="", user_id=min(rule.limit(need).users, default="U"), channel_id=channel
    )
    facts = Facts(
        person=Person(team_id=home.team_id),
        channel=Channel(is_shared_outside=channel in known.shared),
        in_usergroup=True,
    )
    return decide(someone, need, policy, home, facts)


def _cell(decision: Allowed | Refused) -> str:
    match decision:
        case Allowed():
            return "yes"
        case Refused(NotShared()):
            # What the file permits is still refused where another organisation is in the channel.
            return "no, shared"
        case Refused():
            return "no"


def _served(channel: str, rule: ChannelSettings, draft: Draft) -> list[str]:
    """The instances that may be asked; the default first."""
    made = policy_of({channel: rule}).channels[channel]
    default = made.instance or next(iter(draft.instances), "-")
    others = [name for name in made.instances or draft.instances if name != default]
    return [default, *others]


def _who_may(need: Need, rule: ChannelRule, known: SlackFacts) -> str:
    """The people and groups, or everybody."""
    limit = rule.limit(need)
    limited = [*sorted(limit.usergroups), *sorted(limit.users)]
    return ", ".join(_named(one, known) for one in limited) or "everybody in it"


def _named(id_: str, known: SlackFacts) -> str:
    return f"{known.names[id_]} {id_}" if id_ in known.names else id_


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def findings(draft: Draft, known: SlackFacts) -> list[Finding]:
    """The same table for scripts: each row is a finding, which is always ok."""
    heads: Sequence[str] = columns()[1:]
    found = []
    for row in rows(draft, known):
        says = "; ".join(f"{head}: {cell}" for head, cell in zip(heads, row[1:], strict=True))
        found.append(Finding("access", row[0], "ok", says))
    return found

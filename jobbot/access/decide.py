"""Decides access: may this person do this in this channel? Facts in, Allowed or Refused out. Pure.

What is not known counts as a no.

In two steps. :func:`refuse_early` uses the payload alone, because a modal must be opened within 3 seconds and no
look-up fits before that. :func:`decide` uses everything; it is called before any job data is shown, and again, with
fresh facts, before a stop is sent.

Bolt's own ``context.team_id`` says "ours" for people of another organisation too, so the team here is always the
person's own (executed and seen with Bolt 1.30).
"""

from dataclasses import dataclass

from jobbot.access.facts import Facts, Home, Person
from jobbot.access.policy import ChannelRule, Need, Policy, Where
from jobbot.access.workspaces import Reach
from jobbot.interaction import Interaction


@dataclass(frozen=True, slots=True)
class Allowed:
    """Access is allowed.

    ``visible``: the answer goes to the whole channel, otherwise to the asking person only. ``may_share``: where it
    goes to the person, they may show it to the channel themselves (never where another organisation would see it).
    """

    visible: bool
    may_share: bool = False


@dataclass(frozen=True, slots=True)
class WrongChannel:
    """Jobs are not shown in this channel. ``places`` are the ids of those where they are."""

    channel_id: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DirectMessage:
    """A direct message or group conversation, where jobs are never shown. ``places`` as of WrongChannel."""

    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outsider:
    """A person of another organisation."""


@dataclass(frozen=True, slots=True)
class NotAPerson:
    """A bot, or an account that has been deactivated."""


@dataclass(frozen=True, slots=True)
class NotHere:
    """The channel is permitted, but not for ``need``; ``elsewhere`` is where it is."""

    need: Need
    channel_id: str
    elsewhere: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class NotThisInstance:
    """The channel is limited to ``instances``, and ``instance`` is not among them."""

    instance: str
    channel_id: str
    instances: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotThisWorkspace:
    """A job or a datastream is in none of the channel's workspaces, or its workspace is not known.

    Which one it is in is not said. ``whole``: see :class:`~jobbot.access.workspaces.Reach`.
    """

    channel_id: str
    workspaces: tuple[str, ...]
    whole: bool = True
    job: int | None = None
    datastream: int | None = None


@dataclass(frozen=True, slots=True)
class NotShared:
    """More than viewing, in a channel shared with another organisation without ``external = true``.

    ``elsewhere`` are the other channels where it is permitted.
    """

    channel_id: str
    need: Need = Need.STOP
    elsewhere: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class NotYou:
    """Stopping is limited to these users and user groups here."""

    users: tuple[str, ...]
    usergroups: tuple[str, ...]
    channel_id: str = ""


@dataclass(frozen=True, slots=True)
class GuestMayNot:
    """Guests may view and watch, not stop jobs or switch alerts."""

    need: Need = Need.STOP


@dataclass(frozen=True, slots=True)
class LookupFailed:
    """A look-up that the decision needs failed; ``what``: person, channel or usergroups."""

    what: str
    id: str


Reason = (
    WrongChannel
    | DirectMessage
    | Outsider
    | NotAPerson
    | NotHere
    | NotThisInstance
    | NotThisWorkspace
    | NotShared
    | NotYou
    | GuestMayNot
    | LookupFailed
)


@dataclass(frozen=True, slots=True)
class Refused:
    """Access is refused."""

    reason: Reason


def refuse_early(
    who: Interaction, need: Need, policy: Policy, home: Home, *, instance: str | None = None
) -> Refused | None:
    """Refuse what the payload alone forbids; None is not yet a permission.

    ``instance`` is the one that was named, None for the channel's own.
    """
    if who.is_bot or who.user_id == home.bot_user_id:
        return Refused(NotAPerson())
    if _says_other_organisation(who, home):
        return Refused(Outsider())
    if not who.channel_id or who.channel_id.startswith("D"):
        return Refused(DirectMessage(policy.places))
    rule = policy.rule(who.channel_id)
    if rule is None or Need.VIEW not in rule.may:
        return Refused(WrongChannel(who.channel_id, policy.places))
    if need not in rule.may:
        return Refused(NotHere(need, who.channel_id, policy.where(need)))
    if instance is not None and rule.instances and instance not in rule.instances:
        return Refused(NotThisInstance(instance, who.channel_id, rule.instances))
    return None


def decide(
    who: Interaction, need: Need, policy: Policy, home: Home, facts: Facts, *, instance: str | None = None
) -> Allowed | Refused:
    """Decide from payload, policy and facts. ``instance`` as for :func:`refuse_early`."""
    early = refuse_early(who, need, policy, home, instance=instance)
    return early or decide_by_facts(who, need, policy, home, facts)


def decide_by_facts(who: Interaction, need: Need, policy: Policy, home: Home, facts: Facts) -> Allowed | Refused:
    """The rest of :func:`decide`, for who has called :func:`refuse_early` with the same arguments before."""
    rule = policy.rule(who.channel_id)
    if rule is None or who.channel_id is None:
        return Refused(DirectMessage(policy.places))
    if facts.person is None:
        return Refused(LookupFailed("person", who.user_id))
    if refused := _refuse_person(who, facts.person, home):
        return refused
    if facts.channel is None:
        return Refused(LookupFailed("channel", who.channel_id))
    shared = facts.channel.is_shared_outside and not rule.external
    if need in (Need.WATCH, Need.ALERTS) and shared:
        # Notifications go to everybody in the channel, and answers are not for everybody here.
        return Refused(NotShared(who.channel_id, need, policy.where(need, but=who.channel_id)))
    if need is Need.ALERTS and facts.person.is_guest and not rule.guests_may_stop:
        return Refused(GuestMayNot(need))
    if need is Need.STOP:
        if shared:
            return Refused(NotShared(who.channel_id, need, policy.where(need, but=who.channel_id)))
        if refused := _refuse_stop(who, rule, facts.person, facts):
            return refused
    return Allowed(visible=not (shared or rule.quiet), may_share=rule.quiet and not shared)


def refuse_workspace(
    channel_id: str | None,
    reach: Reach | None,
    workspace: int | None,
    *,
    job: int | None = None,
    datastream: int | None = None,
) -> Refused | None:
    """Refuse a job or a datastream that a channel does not see; ``reach`` is None where it sees every workspace.

    ``workspace`` is the number of the one in which it is, None where that is not known: then it is not seen.
    """
    if reach is None or reach.sees(workspace):
        return None
    return Refused(NotThisWorkspace(channel_id or "", reach.names, reach.whole, job, datastream))


def _says_other_organisation(who: Interaction, home: Home) -> bool:
    if who.user_team_id is None or who.user_team_id == home.team_id:
        return False
    # On Enterprise Grid the field may hold the enterprise itself, and a sister workspace has another team id: a click
    # there does not say the person's enterprise, so it says nothing yet, and ``users.info`` decides.
    ours = home.enterprise_id
    if ours and who.user_enterprise_id is None:
        return False
    return not ours or ours not in (who.user_team_id, who.user_enterprise_id)


def _refuse_person(who: Interaction, person: Person, home: Home) -> Refused | None:
    if person.is_bot or person.is_deactivated:
        return Refused(NotAPerson())
    if person.is_stranger:
        return Refused(Outsider())
    # The payload's own word is no substitute: of a command it is the team where the words were typed.
    if not person.team_id:
        return Refused(LookupFailed("person", who.user_id))
    if person.team_id == home.team_id:
        return None
    if home.enterprise_id and home.enterprise_id in (person.team_id, person.enterprise_id):
        return None
    return Refused(Outsider())


def _refuse_stop(who: Interaction, rule: ChannelRule, person: Person, facts: Facts) -> Refused | None:
    if person.is_guest and not rule.guests_may_stop:
        return Refused(GuestMayNot())
    if not (rule.stop_users or rule.stop_usergroups) or who.user_id in rule.stop_users:
        return None
    if rule.stop_usergroups:
        if facts.in_stop_usergroup:
            return None
        if facts.in_stop_usergroup is None:
            return Refused(LookupFailed("usergroups", ", ".join(sorted(rule.stop_usergroups))))
    return Refused(NotYou(*rule.who_may_stop, who.channel_id or ""))


def may_offer_stop(channel_id: str | None, policy: Policy, facts: Facts) -> bool:
    """Whether a message here may carry a Stop button at all; who may press it is asked when it is pressed."""
    return _may_offer(Need.STOP, channel_id, policy, facts)


def may_offer_watch(channel_id: str | None, policy: Policy, facts: Facts) -> bool:
    """Whether a message here may carry a Watch button at all."""
    return _may_offer(Need.WATCH, channel_id, policy, facts)


def _may_offer(need: Need, channel_id: str | None, policy: Policy, facts: Facts) -> bool:
    rule = policy.rule(channel_id)
    if rule is None or need not in rule.may or facts.channel is None:
        return False
    return rule.external or not facts.channel.is_shared_outside

"""Decides access: may this person do this in this channel? Facts in, Allowed or Refused out. Pure.

What is not known counts as a no.

In two steps. :func:`refuse_early` uses the payload alone, because a modal must be opened within 3 seconds and no
look-up fits before that. :func:`decide` uses everything; it is called before any job data is shown, and again, with
fresh facts, before anything is sent that changes something.

Bolt's own ``context.team_id`` says "ours" for people of another organisation too, so the team here is always the
person's own (executed and seen with Bolt 1.30).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from jobbot.access.facts import Channel, Facts, Home, Person
from jobbot.access.policy import ACTS, ChannelRule, Need, Policy, Where
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
    """More than viewing in a channel shared with another organisation: acts never, the rest with ``external = true``.

    ``elsewhere`` are the other channels where it is permitted.
    """

    channel_id: str
    need: Need = Need.STOP
    elsewhere: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class NotYou:
    """``need`` is limited to these users and user groups here."""

    users: tuple[str, ...]
    usergroups: tuple[str, ...]
    channel_id: str = ""
    need: Need = Need.STOP


@dataclass(frozen=True, slots=True)
class GuestMayNot:
    """Guests may view and watch, and nothing that changes something."""

    need: Need = Need.STOP
    channel_id: str = ""


@dataclass(frozen=True, slots=True)
class TwoPeople:
    """What nobody does alone here: one person asks for it, and another one confirms it."""

    need: Need = Need.STOP
    channel_id: str = ""


@dataclass(frozen=True, slots=True)
class LookupFailed:
    """A look-up that the decision needs failed; ``what``: person, channel or usergroups (who may do ``need``)."""

    what: str
    id: str
    need: Need = Need.VIEW


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
    | TwoPeople
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
        return Refused(NotHere(need, who.channel_id, policy.where(need, instance=instance)))
    if instance is not None and rule.instances and instance not in rule.instances:
        return Refused(NotThisInstance(instance, who.channel_id, rule.instances))
    return None


def decide(
    who: Interaction, need: Need, policy: Policy, home: Home, facts: Facts, *, instance: str | None = None
) -> Allowed | Refused:
    """Decide from payload, policy and facts. ``instance`` as for :func:`refuse_early`."""
    early = refuse_early(who, need, policy, home, instance=instance)
    return early or decide_by_facts(who, need, policy, home, facts, instance=instance)


def decide_by_facts(
    who: Interaction, need: Need, policy: Policy, home: Home, facts: Facts, *, instance: str | None = None
) -> Allowed | Refused:
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
    if is_shut(need, rule, facts.channel):
        elsewhere = policy.where(need, but=who.channel_id, instance=instance)
        return Refused(NotShared(who.channel_id, need, elsewhere))
    if need in _NOT_FOR_GUESTS and facts.person.is_guest and not rule.guests_may_stop:
        return Refused(GuestMayNot(need, who.channel_id))
    if refused := _refuse_unlisted(who, need, rule, facts):
        return refused
    private = facts.channel.is_shared_outside and not rule.external
    return Allowed(visible=not (private or rule.quiet), may_share=rule.quiet and not private)


def is_shut(need: Need, rule: ChannelRule, channel: Channel) -> bool:
    """Whether another organisation in the channel rules this out, whoever asks.

    Looking is never ruled out: answers go to the asking person then. Watches and alerts are told to everybody in the
    channel, and answers are not for everybody there. Acts are refused whatever the policy says: ``external`` is about
    who may see jobs.
    """
    return channel.is_shared_outside and need is not Need.VIEW and (need in ACTS or not rule.external)


def may_ask(refused: Refused) -> bool:
    """Whether whoever is refused may ask somebody else in the channel, who may do it.

    Nobody there may where the channel itself is not permitted, and who is not of the workspace, or a guest whom the
    policy does not trust, asks for nothing.
    """
    return isinstance(refused.reason, NotYou | TwoPeople)


def with_places(refused: Refused, policy: Policy, channels: Iterable[tuple[str, Channel | None]]) -> Refused:
    """The refusal with those places alone where it can be done: of ``channels``, by id, with what Slack says of each.

    One that Slack does not tell of is left out, as it would be refused there too.
    """
    reason = refused.reason
    if not isinstance(reason, NotHere | NotShared):
        return refused
    known = {id_: channel for id_, channel in channels if channel is not None and not channel.is_archived}
    open_ = [
        one
        for one in reason.elsewhere
        if (channel := known.get(one.channel_id)) is not None
        and (rule := policy.rule(one.channel_id)) is not None
        and not is_shut(reason.need, rule, channel)
    ]
    return Refused(replace(reason, elsewhere=tuple(open_)))


def places_of(refused: Refused) -> tuple[str, ...]:
    """The ids of the channels that a refusal names as places where it can be done."""
    reason = refused.reason
    return tuple(one.channel_id for one in reason.elsewhere) if isinstance(reason, NotHere | NotShared) else ()


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


_NOT_FOR_GUESTS = frozenset({Need.STOP, Need.ALERTS}) | ACTS
"""One setting for all of them, ``guests_may_stop``: a guest who is trusted with stopping is trusted with what else the
channel permits, and lists for acts leave them out where that is not meant."""


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


def _refuse_unlisted(who: Interaction, need: Need, rule: ChannelRule, facts: Facts) -> Refused | None:
    limit = rule.limit(need)
    if not limit or who.user_id in limit.users:
        return None
    groups = sorted(limit.usergroups)
    if groups:
        if facts.in_usergroup:
            return None
        if facts.in_usergroup is None:
            return Refused(LookupFailed("usergroups", ", ".join(groups), need))
    return Refused(NotYou(tuple(sorted(limit.users)), tuple(groups), who.channel_id or "", need))


def may_offer(channel_id: str | None, policy: Policy, facts: Facts) -> frozenset[Need]:
    """What a message here may offer by its buttons; who may press one is asked when it is pressed."""
    rule = policy.rule(channel_id)
    if rule is None or Need.VIEW not in rule.may or facts.channel is None:
        return frozenset()
    return frozenset(need for need in rule.may if not is_shut(need, rule, facts.channel))

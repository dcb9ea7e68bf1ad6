"""Decides access: may this person do this in this channel? Facts in, Allowed or Refused out. Pure.

What is not known counts as a no.

In two steps. :func:`refuse_early` uses the payload alone, because a modal must be opened within 3 seconds and no
look-up fits before that. :func:`decide` uses everything; it is called before any job data is shown, and again, with
fresh facts, before anything is sent that changes something.

Each decision carries its trace: the questions in the order in which they were asked, each with its answer, of which the
last is the decision. ``whoami`` and "Why?" show it, and it is the decision's own path, so that they cannot differ.

Bolt's own ``context.team_id`` says "ours" for people of another organisation too, so the team here is always the
person's own (executed and seen with Bolt 1.30).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

from jobbot.access.facts import Channel, Facts, Home, Person
from jobbot.access.met import Met
from jobbot.access.policy import ACTS, ChannelRule, Need, Policy, Where
from jobbot.access.workspaces import Reach
from jobbot.adverity.key_seen import KeySeen
from jobbot.interaction import Interaction


@dataclass(frozen=True, slots=True)
class Allowed:
    """Access is allowed.

    ``visible``: the answer goes to the whole channel, otherwise to the asking person only. ``may_share``: where it
    goes to the person, they may show it to the channel themselves (never where another organisation would see it).
    """

    visible: bool
    may_share: bool = False
    trace: "Trace" = field(default=(), compare=False, repr=False)


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
class Line:
    """One question of a decision, as its answer: how it is met (``ids``: see Met), or the decision itself."""

    answer: Met | Reason | Allowed
    ids: tuple[str, ...] = ()


Trace = tuple[Line, ...]
"""A decision's questions in their order; the last one is the decision."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Access is refused; for what it was asked, ``need`` and the ``instance`` named, is carried along for "Why?"."""

    reason: Reason
    need: Need = field(default=Need.VIEW, compare=False)
    instance: str | None = field(default=None, compare=False)
    trace: Trace = field(default=(), compare=False, repr=False)


Decision = Allowed | Refused


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request, and what it is decided by."""

    who: Interaction
    need: Need
    policy: Policy
    home: Home
    instance: str | None

    def decided(self, lines: Iterable[Line]) -> Decision | None:
        """Ask until one line is the decision; None where none of them is."""
        asked: list[Line] = []
        for line in lines:
            asked.append(line)
            match line.answer:
                case Met():
                    continue
                case Allowed() as allowed:
                    return replace(allowed, trace=tuple(asked))
                case reason:
                    return Refused(reason, self.need, self.instance, tuple(asked))
        return None

    def said(self) -> Iterator[Line]:
        """What the payload says of the person."""
        if self.who.is_bot or self.who.user_id == self.home.bot_user_id:
            yield Line(NotAPerson())
        if _says_other_organisation(self.who, self.home):
            yield Line(Outsider())

    def where(self) -> Iterator[Line]:
        """What the policy says of the channel, whoever asks."""
        need, policy, here, named = self.need, self.policy, self.who.channel_id, self.instance
        if not here or here.startswith("D"):
            yield Line(DirectMessage(policy.places_of(named)))
            return
        rule = policy.rule(here)
        if rule is None or Need.VIEW not in rule.may:
            yield Line(WrongChannel(here, policy.places_of(named)))
            return
        yield Line(Met.CHANNEL, (here,))
        if need not in rule.may:
            # What is meant here cannot be done in a channel of another instance.
            yield Line(NotHere(need, here, policy.where(need, instance=policy.meant(here, named))))
        if need is not Need.VIEW:
            yield Line(Met.NEED, (need,))
        if named is not None and rule.instances and named not in rule.instances:
            yield Line(NotThisInstance(named, here, rule.instances))
        if meant := named or rule.instance:
            yield Line(Met.INSTANCE, (meant,))

    def person(self, person: Person | None) -> Iterator[Line]:
        """What Slack says of the person."""
        yield Line(LookupFailed("person", self.who.user_id)) if person is None else _person(self.who, person, self.home)

    def rest(self, facts: Facts) -> Iterator[Line]:
        """What only all facts together answer, for a person and in a channel that nothing spoke against."""
        here, rule = self.who.channel_id or "", self.policy.rule(self.who.channel_id) or ChannelRule(may=frozenset())
        if facts.channel is None or facts.person is None:
            yield Line(LookupFailed("channel", here))
            return
        yield self._shared(rule, facts.channel)
        yield self._guest(rule, facts.person)
        yield _listed(self.who, self.need, rule, facts)
        if rule.two_people and self.need in ACTS | {Need.STOP}:
            yield Line(Met.TWO_PEOPLE)
        if rule.workspaces:
            yield Line(Met.WORKSPACES, tuple(map(str, rule.workspaces)))
        if facts.key is not None:
            reads = self.need is Need.VIEW and facts.key is KeySeen.READS_ONLY
            yield Line(Met.KEY_ACCEPTED if reads else _KEY[facts.key])
        private = facts.channel.is_shared_outside and not rule.external
        yield Line(Allowed(visible=not (private or rule.quiet), may_share=rule.quiet and not private))

    def _shared(self, rule: ChannelRule, channel: Channel) -> Line:
        here = self.who.channel_id or ""
        if is_shut(self.need, rule, channel):
            elsewhere = self.policy.where(self.need, but=here, instance=self.policy.meant(here, self.instance))
            return Line(NotShared(here, self.need, elsewhere))
        if not channel.is_shared_outside:
            return Line(Met.NOT_SHARED)
        return Line(Met.SHARED_EXTERNAL if rule.external else Met.SHARED_PRIVATELY)

    def _guest(self, rule: ChannelRule, person: Person) -> Line:
        if not person.is_guest:
            return Line(Met.MEMBER)
        if self.need not in _NOT_FOR_GUESTS:
            return Line(Met.GUEST)
        if rule.guests_may_stop:
            return Line(Met.GUEST_TRUSTED)
        return Line(GuestMayNot(self.need, self.who.channel_id or ""))


def refuse_early(
    who: Interaction, need: Need, policy: Policy, home: Home, *, instance: str | None = None
) -> Refused | None:
    """Refuse what the payload alone forbids; None is not yet a permission.

    ``instance`` is the one that was named, None for the channel's own.
    """
    asked = _Asked(who, need, policy, home, instance)
    decision = asked.decided(chain(asked.said(), asked.where()))
    return decision if isinstance(decision, Refused) else None


def decide(
    who: Interaction, need: Need, policy: Policy, home: Home, facts: Facts, *, instance: str | None = None
) -> Decision:
    """Decide from payload, policy and facts. ``instance`` as for :func:`refuse_early`.

    The person comes before the channel: who is none of ours learns nothing of what is permitted where.
    """
    asked = _Asked(who, need, policy, home, instance)
    lines = chain(asked.said(), asked.person(facts.person), asked.where(), asked.rest(facts))
    decision = asked.decided(lines)
    assert decision is not None  # noqa: S101 - the last line of the rest is always one
    return decision


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
    return _because(refused, replace(reason, elsewhere=open_among(reason.elsewhere, reason.need, policy, channels)))


def open_among(
    places: Iterable[Where], need: Need, policy: Policy, channels: Iterable[tuple[str, Channel | None]]
) -> tuple[Where, ...]:
    """Those of the places where it can be done, as Slack tells of their channels (by id)."""
    known = {id_: channel for id_, channel in channels if channel is not None and not channel.is_archived}
    return tuple(
        one
        for one in places
        if (channel := known.get(one.channel_id)) is not None
        and (rule := policy.rule(one.channel_id)) is not None
        and not is_shut(need, rule, channel)
    )


def without_places(refused: Refused) -> Refused:
    """The refusal without the channels that it names: for who may not know of them, see :func:`is_colleague`."""
    match refused.reason:
        case WrongChannel() | DirectMessage() as reason:
            return _because(refused, replace(reason, places=()))
        case NotHere() | NotShared() as reason:
            return _because(refused, replace(reason, elsewhere=()))
        case _:
            return refused


def is_colleague(who: Interaction, person: Person | None, home: Home) -> bool:
    """Whether a person may know which channels there are: a full member of ours, as the payload and Slack say."""
    if person is None or person.is_guest or who.is_bot or _says_other_organisation(who, home):
        return False
    return isinstance(_person(who, person, home).answer, Met)


def _because(refused: Refused, reason: Reason) -> Refused:
    """The refusal in other words; the trace ends in them."""
    return replace(refused, reason=reason, trace=(*refused.trace[:-1], Line(reason)))


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
    reason = NotThisWorkspace(channel_id or "", reach.names, reach.whole, job, datastream)
    return Refused(reason, trace=(Line(reason),))


_KEY = {
    KeySeen.ACCEPTED: Met.KEY_ACCEPTED,
    KeySeen.REFUSED: Met.KEY_REFUSED,
    KeySeen.READS_ONLY: Met.KEY_READS_ONLY,
}
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


def _person(who: Interaction, person: Person, home: Home) -> Line:
    """Whether it is a person, and one of ours."""
    if person.is_bot or person.is_deactivated:
        return Line(NotAPerson())
    if person.is_stranger:
        return Line(Outsider())
    # The payload's own word is no substitute: of a command it is the team where the words were typed.
    if not person.team_id:
        return Line(LookupFailed("person", who.user_id))
    if person.team_id == home.team_id:
        return Line(Met.WORKSPACE, (person.team_id,))
    if home.enterprise_id and home.enterprise_id in (person.team_id, person.enterprise_id):
        return Line(Met.ENTERPRISE, (person.team_id, home.enterprise_id))
    return Line(Outsider())


def _listed(who: Interaction, need: Need, rule: ChannelRule, facts: Facts) -> Line:
    limit = rule.limit(need)
    if not limit:
        return Line(Met.EVERYBODY)
    if who.user_id in limit.users:
        return Line(Met.NAMED, (who.user_id,))
    groups = tuple(sorted(limit.usergroups))
    if groups:
        if facts.in_usergroup:
            return Line(Met.IN_GROUP, groups)
        if facts.in_usergroup is None:
            return Line(LookupFailed("usergroups", ", ".join(groups), need))
    return Line(NotYou(tuple(sorted(limit.users)), groups, who.channel_id or "", need))


def may_offer(channel_id: str | None, policy: Policy, facts: Facts) -> frozenset[Need]:
    """What a message here may offer by its buttons; who may press one is asked when it is pressed."""
    rule = policy.rule(channel_id)
    if rule is None or Need.VIEW not in rule.may or facts.channel is None:
        return frozenset()
    return frozenset(need for need in rule.may if not is_shut(need, rule, facts.channel))

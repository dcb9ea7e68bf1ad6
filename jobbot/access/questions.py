"""The questions of an access decision, in groups by what answers them: payload, policy, person, all facts. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from jobbot.access.facts import Channel, Facts, Home, Person
from jobbot.access.met import Met
from jobbot.access.policy import ACTS, ChannelRule, Need, Policy
from jobbot.access.reasons import (
    Allowed,
    Decision,
    DirectMessage,
    GuestMayNot,
    Line,
    LookupFailed,
    NotAPerson,
    NotHere,
    NotShared,
    NotThisInstance,
    NotYou,
    Outsider,
    Refused,
    WrongChannel,
)
from jobbot.adverity.key_seen import KeySeen
from jobbot.interaction import Interaction


@dataclass(frozen=True, slots=True)
class Request:
    """A request for ``need`` by ``who``, with the policy and the workspace (``home``) that it is decided by.

    ``instance`` is the one that was named, None for the channel's own. Each ``of_...`` method yields the answers to its
    questions as lines of the trace; the first line that is a reason or Allowed is the decision.
    """

    who: Interaction
    need: Need
    policy: Policy
    home: Home
    instance: str | None

    def decided_by(self, lines: Iterable[Line]) -> Decision | None:
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

    def of_payload(self) -> Iterator[Line]:
        """What the payload says of the person."""
        if self.who.is_bot or self.who.user_id == self.home.bot_user_id:
            yield Line(NotAPerson())
        if says_other_organisation(self.who, self.home):
            yield Line(Outsider())

    def of_channel(self) -> Iterator[Line]:
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

    def of_person(self, person: Person | None) -> Iterator[Line]:
        """What Slack says of the person; None: the look-up failed."""
        if person is None:
            yield Line(LookupFailed("person", self.who.user_id))
        else:
            yield person_line(self.who, person, self.home)

    def of_facts(self, facts: Facts) -> Iterator[Line]:
        """What is asked last, once nothing has spoken against the person and the channel; ends with Allowed."""
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


def is_shut(need: Need, rule: ChannelRule, channel: Channel) -> bool:
    """Whether another organisation in the channel rules this out, whoever asks.

    Looking is never ruled out: answers go to the asking person then. Watches and alerts are told to everybody in the
    channel, and answers are not for everybody there. Acts are refused whatever the policy says: ``external`` is about
    who may see jobs.
    """
    return channel.is_shared_outside and need is not Need.VIEW and (need in ACTS or not rule.external)


_KEY = {
    KeySeen.ACCEPTED: Met.KEY_ACCEPTED,
    KeySeen.REFUSED: Met.KEY_REFUSED,
    KeySeen.READS_ONLY: Met.KEY_READS_ONLY,
}


_NOT_FOR_GUESTS = frozenset({Need.STOP, Need.ALERTS}) | ACTS
"""One setting for all of them, ``guests_may_stop``: a guest who is trusted with stopping is trusted with what else the
channel permits, and lists for acts leave them out where that is not meant."""


def says_other_organisation(who: Interaction, home: Home) -> bool:
    """Whether the payload itself says that the person is of another organisation."""
    if who.user_team_id is None or who.user_team_id == home.team_id:
        return False
    # On Enterprise Grid the field may hold the enterprise itself, and a sister workspace has another team id: a click
    # there does not say the person's enterprise, so it says nothing yet, and ``users.info`` decides.
    ours = home.enterprise_id
    if ours and who.user_enterprise_id is None:
        return False
    return not ours or ours not in (who.user_team_id, who.user_enterprise_id)


def person_line(who: Interaction, person: Person, home: Home) -> Line:
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

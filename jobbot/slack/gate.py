"""Access at Slack's door: the policy, what Slack says of people and channels, and the decision, in one place."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jobbot.access import (
    Allowed,
    ChannelRule,
    Directory,
    Facts,
    Home,
    Need,
    Policy,
    Refused,
    decide,
    gather_facts,
    may_offer_stop,
    may_offer_watch,
    refuse_early,
)
from jobbot.interaction import Interaction


@dataclass(frozen=True, slots=True)
class Passed:
    """Allowed, with what the answer needs of the facts."""

    visible: bool
    may_share: bool
    offer_stop: bool
    offer_watch: bool
    zone: ZoneInfo | None


class Gate:
    """Decides who may do what where, every time it is asked."""

    def __init__(self, home: Home, policy: Policy, directory: Directory) -> None:
        self._home = home
        self._policy = policy
        self._directory = directory

    def refuse_early(self, who: Interaction, need: Need) -> Refused | None:
        """What the payload alone forbids; no look-up."""
        return refuse_early(who, need, self._policy, self._home)

    def rule(self, channel_id: str | None) -> ChannelRule | None:
        """The policy's rule for a channel."""
        return self._policy.rule(channel_id)

    def meant(self, channel_id: str | None, named: str | None) -> str | None:
        """The instance that is meant in a channel: the one named, else the channel's own, else (None) the default."""
        rule = self.rule(channel_id)
        return named or (rule.instance if rule is not None else None)

    async def decide(self, who: Interaction, need: Need, *, fresh: bool = False) -> Passed | Refused:
        """The whole decision. ``fresh`` asks Slack again: before a stop."""
        if early := self.refuse_early(who, need):
            return early
        facts = await gather_facts(who, need, self._policy, self._directory, fresh=fresh)
        decision = decide(who, need, self._policy, self._home, facts)
        match decision:
            case Refused():
                return decision
            case Allowed(visible, may_share):
                offer = may_offer_stop(who.channel_id, self._policy, facts)
                watch = may_offer_watch(who.channel_id, self._policy, facts)
                return Passed(visible, may_share, offer, watch, _zone(facts))


def _zone(facts: Facts) -> ZoneInfo | None:
    if facts.person is None or facts.person.zone is None:
        return None
    try:
        return ZoneInfo(facts.person.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None

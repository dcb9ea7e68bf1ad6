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
from jobbot.logs import get_logger
from jobbot.telemetry import Telemetry
from jobbot.telemetry.labels import label_of

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Passed:
    """Allowed, with what the answer needs of the facts."""

    visible: bool
    may_share: bool
    offer_stop: bool
    offer_watch: bool
    is_member: bool
    zone: ZoneInfo | None


class Gate:
    """Decides who may do what where, every time it is asked."""

    def __init__(self, home: Home, policy: Policy, directory: Directory, telemetry: Telemetry | None = None) -> None:
        self._home = home
        self._policy = policy
        self._directory = directory
        self._telemetry = telemetry or Telemetry()

    def set_policy(self, policy: Policy) -> None:
        """From now on this policy holds: a whole one takes the place of a whole one."""
        self._policy = policy

    def refuse_early(self, who: Interaction, need: Need, instance: str | None = None) -> Refused | None:
        """What the payload alone forbids; no look-up. ``instance`` is the one that was named, if one was."""
        refused = refuse_early(who, need, self._policy, self._home, instance=instance)
        return refused and self._noted(who, need, refused)

    def rule(self, channel_id: str | None) -> ChannelRule | None:
        """The policy's rule for a channel."""
        return self._policy.rule(channel_id)

    def meant(self, channel_id: str | None, named: str | None) -> str | None:
        """The instance that is meant in a channel: the one named, else the channel's own, else (None) the default."""
        rule = self.rule(channel_id)
        return named or (rule.instance if rule is not None else None)

    async def decide(
        self, who: Interaction, need: Need, instance: str | None = None, *, fresh: bool = False
    ) -> Passed | Refused:
        """The whole decision. ``instance`` is the one that was named, if one was.

        ``fresh`` asks Slack again: before a stop.
        """
        if early := self.refuse_early(who, need, instance):
            return early
        # One policy from end to end: facts that were gathered for one say nothing under another.
        policy = self._policy
        facts = await gather_facts(who, need, policy, self._directory, fresh=fresh)
        decision = decide(who, need, policy, self._home, facts, instance=instance)
        match decision:
            case Refused():
                return self._noted(who, need, decision)
            case Allowed(visible, may_share):
                offer = may_offer_stop(who.channel_id, policy, facts)
                watch = may_offer_watch(who.channel_id, policy, facts)
                member = facts.channel is not None and facts.channel.is_member
                return Passed(visible, may_share, offer, watch, member, _zone(facts))

    def _noted(self, who: Interaction, need: Need, refused: Refused) -> Refused:
        """Each refusal is told once, so it is counted, and logged with ids alone, where it is made."""
        reason = label_of(refused.reason)
        self._telemetry.metrics.refused(reason)
        log.info("refused", reason=reason, need=need.value, user=who.user_id, channel=who.channel_id)
        return refused


def _zone(facts: Facts) -> ZoneInfo | None:
    if facts.person is None or facts.person.zone is None:
        return None
    try:
        return ZoneInfo(facts.person.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None

"""The gate: decides access for each interaction from the policy and Slack's facts, and counts refusals."""

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
    """Access is allowed, with what the answer needs: visibility, buttons, membership, the person's time zone."""

    visible: bool
    may_share: bool
    offer_stop: bool
    offer_watch: bool
    is_member: bool
    zone: ZoneInfo | None


class Gate:
    """Decides access. ``home`` is the workspace, ``directory`` looks people and channels up."""

    def __init__(self, home: Home, policy: Policy, directory: Directory, telemetry: Telemetry | None = None) -> None:
        self._home = home
        self._policy = policy
        self._directory = directory
        self._telemetry = telemetry or Telemetry()

    def set_policy(self, policy: Policy) -> None:
        """Replace the policy, as a whole."""
        self._policy = policy

    def refuse_early(self, who: Interaction, need: Need, instance: str | None = None) -> Refused | None:
        """Refuse what the payload alone forbids, without a look-up. ``instance``: the one named, None for none."""
        refused = refuse_early(who, need, self._policy, self._home, instance=instance)
        return refused and self._noted(who, need, refused)

    def rule(self, channel_id: str | None) -> ChannelRule | None:
        """The policy's rule for a channel."""
        return self._policy.rule(channel_id)

    def meant(self, channel_id: str | None, named: str | None) -> str | None:
        """The name of the instance that is meant: the one named, else the channel's own, else None (the default)."""
        rule = self.rule(channel_id)
        return named or (rule.instance if rule is not None else None)

    async def decide(
        self, who: Interaction, need: Need, instance: str | None = None, *, fresh: bool = False
    ) -> Passed | Refused:
        """Decide with look-ups. ``instance``: the one named, None for none; ``fresh``: bypass caches, before a stop."""
        if early := self.refuse_early(who, need, instance):
            return early
        # The policy may be replaced during the look-ups: facts gathered for one are not used with another.
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
        """Count and log a refusal, with ids alone."""
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

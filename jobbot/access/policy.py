"""The policy: what may be done in which channel, and by whom there. Deny by default.

Channels are known by id only: names change and can be imitated (Slack's documentation on shared channels).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from jobbot.access.workspaces import Bound


class Need(StrEnum):
    """The permission that a request needs. RETRY covers acknowledging an issue, PAUSE resuming a schedule."""

    VIEW = "view"
    STOP = "stop"
    WATCH = "watch"
    ALERTS = "alerts"
    FETCH = "fetch"
    RETRY = "retry"
    PAUSE = "pause"


UNLESS_SAID = frozenset({Need.VIEW, Need.STOP, Need.WATCH, Need.ALERTS})
"""What may be done in a channel whose rule does not say it. The acts are not among it: a policy that was written before
jobbot could start anything permits none of them."""

ACTS = frozenset({Need.FETCH, Need.RETRY, Need.PAUSE})
"""What starts something in Adverity, or changes when it starts: only where the policy names it, and never where another
organisation is in the channel. A stop is none of them: it has lists of its own, and ``external`` permits it."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Who may do something, by id; false where both are empty, and everybody in the channel may."""

    users: frozenset[str] = frozenset()
    usergroups: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.users or self.usergroups)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRule:
    """What may be done in one channel, and by whom; ``guests_may_stop`` is also for acts and alerts.

    ``instance`` is meant where nobody names one; ``instances`` are those that may be named, empty for all;
    ``workspaces`` are those whose jobs are seen, with what lies in them, empty for all. ``two_people``: whoever asks
    for what changes something in Adverity, somebody else confirms it.
    """

    may: frozenset[Need] = UNLESS_SAID
    instance: str | None = None
    instances: tuple[str, ...] = ()
    workspaces: Bound = ()
    external: bool = False
    quiet: bool = False
    stop_users: frozenset[str] = frozenset()
    stop_usergroups: frozenset[str] = frozenset()
    act_users: frozenset[str] = frozenset()
    act_usergroups: frozenset[str] = frozenset()
    guests_may_stop: bool = False
    reason_required: bool = False
    two_people: bool = False

    def limit(self, need: Need) -> Limit:
        """Who may do what needs this.

        Acts without lists of their own have those of stopping: whoever limits who may stop a fetch, and then permits
        acts, would otherwise let everybody start one. Either list of acts replaces both of stopping, so that it can be
        shorter or longer than they are.
        """
        if need is Need.STOP or (need in ACTS and not (self.act_users or self.act_usergroups)):
            return Limit(self.stop_users, self.stop_usergroups)
        return Limit(self.act_users, self.act_usergroups) if need in ACTS else Limit()


@dataclass(frozen=True, slots=True)
class Where:
    """A channel in which something may be done: by these users and user groups, by everybody where both are empty."""

    channel_id: str
    users: tuple[str, ...] = ()
    usergroups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of every permitted channel, by channel id; the aliases of datastreams, by instance, in lower case.

    ``two_people`` are the datastreams, by instance, that nobody does anything to alone. ``default`` is the instance
    that is meant where neither the channel nor the person names one.
    """

    channels: Mapping[str, ChannelRule] = field(default_factory=dict)
    aliases: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    two_people: Mapping[str, frozenset[int]] = field(default_factory=dict)
    default: str | None = None

    def meant(self, channel_id: str | None, named: str | None) -> str | None:
        """The instance that is meant: the one named, else the channel's own, else the default.

        None in a channel where nothing is permitted, and where no default is known.
        """
        rule = self.rule(channel_id)
        return named or (rule.instance or self.default if rule is not None else None)

    def needs_two(self, channel_id: str | None, instance: str, datastreams: Collection[int | None]) -> bool:
        """Whether an act in a channel needs two people; None: of a datastream that is not known."""
        rule, guarded = self.rule(channel_id), self.two_people.get(instance, frozenset())
        if rule is not None and rule.two_people:
            return True
        return bool(guarded) and any(stream is None or stream in guarded for stream in datastreams)

    def rule(self, channel_id: str | None) -> ChannelRule | None:
        """The rule of a channel, or None where nothing is permitted."""
        return self.channels.get(channel_id) if channel_id else None

    def places_of(self, instance: str | None) -> tuple[str, ...]:
        """The ids of the channels in which jobs of an instance are shown, None for any; in the policy's order."""
        return tuple(one.channel_id for one in self.where(Need.VIEW, instance=instance))

    def where(self, need: Need, *, but: str | None = None, instance: str | None = None) -> tuple[Where, ...]:
        """Where something may be done, and by whom, in the policy's order.

        ``but`` is a channel to leave out; ``instance`` the one that is meant, None for any. Whether another
        organisation is in one of them only Slack knows: see ``places.with_places``.
        """
        return tuple(
            Where(channel, tuple(sorted(rule.limit(need).users)), tuple(sorted(rule.limit(need).usergroups)))
            for channel, rule in self.channels.items()
            if need in rule.may
            and Need.VIEW in rule.may
            and channel != but
            and (instance is None or not rule.instances or instance in rule.instances)
        )

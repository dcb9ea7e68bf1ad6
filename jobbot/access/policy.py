"""The policy: which channel may see, stop or watch jobs or be alerted, and who there may stop. Deny by default.

Channels are known by id only: names change and can be imitated (Slack's documentation on shared channels).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from jobbot.access.workspaces import Bound


class Need(StrEnum):
    """The permission that a request needs."""

    VIEW = "view"
    STOP = "stop"
    WATCH = "watch"
    ALERTS = "alerts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRule:
    """What may be done in one channel. Without users and user groups, everybody in it who may stop may.

    ``instance`` is meant where nobody names one; ``instances`` are those that may be named, empty for all;
    ``workspaces`` are those whose jobs are seen, with what lies in them, empty for all.
    """

    may: frozenset[Need] = frozenset(Need)
    instance: str | None = None
    instances: tuple[str, ...] = ()
    workspaces: Bound = ()
    external: bool = False
    quiet: bool = False
    stop_users: frozenset[str] = frozenset()
    stop_usergroups: frozenset[str] = frozenset()
    guests_may_stop: bool = False
    reason_required: bool = False

    @property
    def who_may_stop(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Users and user groups, by id; both empty for everybody."""
        return tuple(sorted(self.stop_users)), tuple(sorted(self.stop_usergroups))


@dataclass(frozen=True, slots=True)
class Where:
    """A channel in which something may be done: by these users and user groups, by everybody where both are empty."""

    channel_id: str
    users: tuple[str, ...] = ()
    usergroups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of every permitted channel, by channel id; the aliases of datastreams, by instance, in lower case."""

    channels: Mapping[str, ChannelRule] = field(default_factory=dict)
    aliases: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def rule(self, channel_id: str | None) -> ChannelRule | None:
        """The rule of a channel, or None where nothing is permitted."""
        return self.channels.get(channel_id) if channel_id else None

    @property
    def places(self) -> tuple[str, ...]:
        """The ids of the channels in which jobs are shown, in the policy's order."""
        return tuple(channel for channel, rule in self.channels.items() if Need.VIEW in rule.may)

    def where(self, need: Need, *, but: str | None = None) -> tuple[Where, ...]:
        """Where something may be done, and by whom, in the policy's order; ``but`` is a channel to leave out."""
        return tuple(
            Where(channel, *rule.who_may_stop) if need is Need.STOP else Where(channel)
            for channel, rule in self.channels.items()
            if need in rule.may and Need.VIEW in rule.may and channel != but
        )

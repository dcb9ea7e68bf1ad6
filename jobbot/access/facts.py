"""Facts that access decisions rest on: person, channel, user groups; and the protocol that looks them up.

The fields are those of ``users.info`` and ``conversations.info`` (https://docs.slack.dev/reference/objects/user-object,
https://docs.slack.dev/reference/objects/conversation-object).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol

from jobbot.adverity.key_seen import KeySeen


@dataclass(frozen=True, slots=True)
class Home:
    """The workspace jobbot is installed in (``auth.test``); ``enterprise_id`` on Enterprise Grid only."""

    team_id: str
    enterprise_id: str | None = None
    bot_user_id: str = ""
    bot_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One ``users.info``. ``zone`` is an IANA name, ``name`` what people see; None where Slack does not say."""

    team_id: str | None
    enterprise_id: str | None = None
    is_guest: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    is_deactivated: bool = False
    zone: str | None = None
    name: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One ``conversations.info``: whether another organisation is in it, whether it lives, and has jobbot in it."""

    is_shared_outside: bool = False
    is_archived: bool = False
    is_member: bool = True


@dataclass(frozen=True, slots=True)
class ChannelGone:
    """Slack answers ``channel_not_found``: deleted, or a private channel that jobbot is not in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts of one decision. None: the look-up failed or was not made; that never permits anything.

    ``in_usergroup``: whether the person is in one of the user groups that what is needed is limited to. ``key``: what
    the instance said of jobbot's key so far; it decides nothing, as only the instance itself does, and is told.
    """

    person: Person | None = None
    channel: Channel | None = None
    in_usergroup: bool | None = None
    key: KeySeen | None = None


class Directory(Protocol):
    """Looks facts up; from a cache unless ``fresh``. Never raises: None is "unknown"."""

    async def person(self, user_id: str, *, fresh: bool = False) -> Person | None:
        """Who a user is."""
        ...

    async def channel(self, channel_id: str, *, fresh: bool = False) -> Channel | None:
        """Whether a channel is shared or archived, and whether jobbot is in it."""
        ...

    async def is_in_usergroups(self, user_id: str, groups: Collection[str], *, fresh: bool = False) -> bool | None:
        """Whether a user is in at least one of the user groups (ids)."""
        ...

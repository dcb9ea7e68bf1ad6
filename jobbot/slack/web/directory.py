"""Looks up people, channels and user groups on Slack's Web API, cached for some seconds.

Methods: https://docs.slack.dev/reference/methods/users.info, .../conversations.info, .../usergroups.users.list,
.../usergroups.list.
A look-up that fails is answered None, which every decision reads as a no; failures are not remembered.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from jobbot.access.facts import Channel, ChannelGone, Person
from jobbot.logs import get_logger
from jobbot.slack.web.errors import CALL_ERRORS, asked_to_wait, error_code
from jobbot.slack.web.lookup_cache import LookupCache
from jobbot.telemetry import Telemetry

log = get_logger(__name__)

CACHE_SECONDS = 5.0
"""How long facts of people and channels are cached, in seconds, for viewing; stopping always asks again.

"No other organisation is in this channel" may be so old, where Slack's events do not arrive. It costs at most 12 calls
of ``conversations.info`` a minute and channel and 12 of ``users.info`` a minute and person, however many ask, and only
while somebody does. Slack takes 50 and 100 a minute: four channels, or eight people, who ask in every 5 seconds of it.
"""

GROUP_CACHE_SECONDS = 120.0
"""The same for user groups and their members, which only decide whether a stop's modal is filled, and who is called."""

MEMBER_SECONDS = 30.0
"""The same for the channels that a person is in, which decide what is offered before anything is asked: Slack takes 50
calls of ``users.conversations`` a minute."""

CONVERSATIONS_PAGE, CONVERSATIONS_PAGES = 999, 10
"""A person in more channels than these pages hold is in none, as far as is known. Slack may answer with shorter pages
than it was asked for, so pages are not the number of channels."""

NAMES_MOST = 20
"""So many people are looked up for what they are called; the others keep their ids."""

CONVERSATIONS_SECONDS = 10.0
"""How long all pages together may take, in seconds: each may wait for a rate limit (``RETRY_AFTER_MOST``) and be asked
for again, and a person looks at an empty window meanwhile."""

RETRY_AFTER_MOST = 3.0
"""The longest Retry-After, in seconds, that a look-up waits for: somebody waits for the answer behind it."""


class SlackDirectory:
    """A :class:`~jobbot.access.facts.Directory` on the Web API."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        telemetry: Telemetry | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.client = client
        self._sleep = sleep
        self._telemetry = telemetry or Telemetry()
        self._people = LookupCache(self._person, size=5_000, seconds=CACHE_SECONDS, monotonic=monotonic)
        self._channels = LookupCache(self._channel, size=1_000, seconds=CACHE_SECONDS, monotonic=monotonic)
        self._memberships = LookupCache(self._channels_of, size=1_000, seconds=MEMBER_SECONDS, monotonic=monotonic)
        self._handles = LookupCache(self._usergroups, size=1, seconds=GROUP_CACHE_SECONDS, monotonic=monotonic)
        self._groups = LookupCache(self._members, size=200, seconds=GROUP_CACHE_SECONDS, monotonic=monotonic)

    async def person(self, user_id: str, *, fresh: bool = False) -> Person | None:
        """A person, from ``users.info``."""
        return await self._people.get(user_id, fresh=fresh)

    async def channel(self, channel_id: str, *, fresh: bool = False) -> Channel | None:
        """A channel, from ``conversations.info``; None also for one that does not exist."""
        return await self._channels.get(channel_id, fresh=fresh)

    async def channels_of(self, user_id: str, *, fresh: bool = False) -> Mapping[str, Channel] | None:
        """The channels that a person is in, by id: the public ones, and private ones in which jobbot is too.

        None where Slack does not tell all. Slack does not say here whether jobbot is in a channel.
        """
        return await self._memberships.get(user_id, fresh=fresh)

    def forget_channel(self, channel_id: str) -> None:
        """Drop the cached facts of a channel, and those of look-ups under way."""
        self._channels.forget(channel_id)

    async def names(self, users: Collection[str]) -> Mapping[str, str]:
        """What some people are called, by id: of the first of them, as far as Slack says so."""
        asked = list(dict.fromkeys(users))[:NAMES_MOST]
        people = await asyncio.gather(*(self.person(user) for user in asked))
        return {user: one.name for user, one in zip(asked, people, strict=True) if one is not None and one.name}

    async def is_in_usergroups(self, user_id: str, groups: Collection[str], *, fresh: bool = False) -> bool | None:
        """``usergroups.users.list`` of each group; a yes from one outweighs a failure of another."""
        members = await asyncio.gather(*(self._groups.get(group, fresh=fresh) for group in sorted(groups)))
        if any(users is not None and user_id in users for users in members):
            return True
        return None if None in members else False

    async def usergroup(self, group: str) -> str | None:
        """A user group's handle: None where there is none (any more), empty where Slack does not tell."""
        handles = await self._handles.get("")
        return "" if handles is None else handles.get(group)

    async def known(self, groups: Mapping[str, str]) -> Mapping[str, str]:
        """Those of these user groups (by id, with a name as it was) that there are; all where Slack does not tell."""
        handles = await self._handles.get("")
        return groups if handles is None else {id_: handles[id_] for id_ in groups if id_ in handles}

    async def _usergroups(self, _: str) -> Mapping[str, str] | None:
        """By id the handles of all that are not disabled: https://docs.slack.dev/reference/methods/usergroups.list."""
        answer = await self._ask("usergroups.list", self.client.usergroups_list)
        groups = answer.get("usergroups")
        if not isinstance(groups, list):
            return None
        known = [one for one in groups if isinstance(one, Mapping) and not one.get("date_delete")]
        return {str(one.get("id")): _text(one.get("handle")) or "" for one in known}

    async def _person(self, user_id: str) -> Person | None:
        answer = await self._ask("users.info", lambda: self.client.users_info(user=user_id))
        user = answer.get("user")
        if not isinstance(user, Mapping):
            _lacking(answer, "users.info", "user", user=user_id)
            return None
        return _person(user)

    async def channel_now(self, channel_id: str) -> Channel | ChannelGone | None:
        """A channel, not cached; ChannelGone for ``channel_not_found``, also of a private one that jobbot is not in."""
        answer = await self._ask("conversations.info", lambda: self.client.conversations_info(channel=channel_id))
        if answer.get("error") == "channel_not_found":
            return ChannelGone()
        channel = answer.get("channel")
        if not isinstance(channel, Mapping):
            _lacking(answer, "conversations.info", "channel", channel=channel_id)
            return None
        outside = shared_outside(channel)
        if outside is None:
            _lacking(answer, "conversations.info", "is_ext_shared", channel=channel_id)
            return None
        return Channel(
            is_shared_outside=outside,
            is_archived=bool(channel.get("is_archived")),
            # Where Slack does not say, it is tried.
            is_member=channel.get("is_member") is not False,
        )

    async def _channel(self, channel_id: str) -> Channel | None:
        found = await self.channel_now(channel_id)
        return found if isinstance(found, Channel) else None

    async def _channels_of(self, user_id: str) -> Mapping[str, Channel] | None:
        """All pages, or None: of some of them "you are not in that channel" would be said, and be remembered."""
        try:
            async with asyncio.timeout(CONVERSATIONS_SECONDS):
                return await self._all_channels_of(user_id)
        except TimeoutError:
            log.warning("the channels of a person were not read in time", user=user_id)
            return None

    async def _all_channels_of(self, user_id: str) -> Mapping[str, Channel] | None:
        """https://docs.slack.dev/reference/methods/users.conversations, page by page."""
        found, cursor, cursors = dict[str, Channel](), "", set[str]()
        while cursor not in cursors and len(cursors) < CONVERSATIONS_PAGES:
            cursors.add(cursor)
            answer = await self._ask("users.conversations", partial(self._ask_channels_of, user_id, cursor))
            channels, more = answer.get("channels"), answer.get("response_metadata")
            if not isinstance(channels, list):
                _lacking(answer, "users.conversations", "channels", user=user_id)
                return None
            for one in channels:
                outside = shared_outside(one) if isinstance(one, Mapping) else None
                if outside is not None and (id_ := _text(one.get("id"))):
                    found[id_] = Channel(is_shared_outside=outside, is_archived=bool(one.get("is_archived")))
            cursor = (_text(more.get("next_cursor")) if isinstance(more, Mapping) else None) or ""
            if not cursor:
                return found
        why = "a cursor came again" if cursor in cursors else "there are more pages"
        log.warning("not all channels of a person are read", user=user_id, why=why)
        return None

    async def _ask_channels_of(self, user_id: str, cursor: str) -> Any:
        return await self.client.users_conversations(
            user=user_id,
            types="public_channel,private_channel",
            exclude_archived=True,
            limit=CONVERSATIONS_PAGE,
            **({"cursor": cursor} if cursor else {}),
        )

    async def _members(self, group: str) -> frozenset[str] | None:
        answer = await self._ask("usergroups.users.list", lambda: self.client.usergroups_users_list(usergroup=group))
        users = answer.get("users")
        if not isinstance(users, list):
            _lacking(answer, "usergroups.users.list", "users", usergroup=group)
            return None
        return frozenset(user for user in users if isinstance(user, str))

    async def _ask(self, method: str, call: Callable[[], Awaitable[Any]]) -> Mapping[str, Any]:
        """One look-up, and once more after a short rate limit; of a failure ``error`` alone.

        Any: the SDK's response is untyped.
        """
        code = ""
        for wait_most in (RETRY_AFTER_MOST, -1.0):
            try:
                with self._telemetry.slack(method):
                    found = (await call()).data
            except CALL_ERRORS as error:
                code = error_code(error)
                self._telemetry.metrics.slack_error(method, code)
                log.warning("Slack look-up failed", method=method, error=code)
                wait = asked_to_wait(error)
                if wait is None or wait > wait_most:
                    break
                await self._sleep(wait)
            else:
                return found if isinstance(found, Mapping) else {}
        return {"error": code}


def _person(user: Mapping[str, Any]) -> Person:
    enterprise = user.get("enterprise_user")
    enterprise_id = enterprise.get("enterprise_id") if isinstance(enterprise, Mapping) else user.get("enterprise_id")
    zone = user.get("tz")
    return Person(
        team_id=_text(user.get("team_id")),
        enterprise_id=_text(enterprise_id),
        is_guest=bool(user.get("is_restricted")) or bool(user.get("is_ultra_restricted")),
        is_stranger=bool(user.get("is_stranger")),
        is_bot=bool(user.get("is_bot")),
        is_deactivated=bool(user.get("deleted")),
        zone=_text(zone),
        name=_name(user),
    )


def _name(user: Mapping[str, Any]) -> str | None:
    """The real name, else the one that is displayed."""
    profile = user.get("profile")
    more = [profile.get("real_name"), profile.get("display_name")] if isinstance(profile, Mapping) else []
    return next((one for name in (user.get("real_name"), *more, user.get("name")) if (one := _text(name))), None)


def shared_outside(channel: Mapping[str, Any]) -> bool | None:
    """Whether another organisation shares a channel, by its ``conversations.info``.

    None where Slack does not say: a silence must not read as "only us".
    """
    outside, shared = channel.get("is_ext_shared"), channel.get("is_shared")
    if not isinstance(outside, bool):
        # What is not shared at all is not shared with another organisation either.
        return False if outside is None and shared is False else None
    return outside or (bool(shared) and not channel.get("is_org_shared"))


def _lacking(answer: Mapping[str, Any], method: str, field: str, **ids: str) -> None:
    """Log that an answer lacks a field that access depends on; a failed call was logged before."""
    if not answer.get("error"):
        log.warning("Slack does not say what access depends on, so it is refused", method=method, missing=field, **ids)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None

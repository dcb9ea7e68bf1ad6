"""Checks the permitted channels, and the people and user groups who may stop or act: do they exist, will they work.

Facts: https://docs.slack.dev/reference/objects/conversation-object, .../user-object, .../usergroup-object.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.config import ChannelSettings
from jobbot.doctor.finding import Finding, in_time, ok, warn, wrong
from jobbot.slack.web.directory import shared_outside
from jobbot.slack.web.errors import CALL_ERRORS, error_code

_NOBODY = "so it permits nobody to stop or act"

LOOKUPS_AT_ONCE = 4
"""Slack allows about fifty channel look-ups a minute, and a running jobbot needs some of them."""


@dataclass(frozen=True, slots=True)
class SlackFacts:
    """Slack's facts about the ids of the settings: their names, and which channels another organisation shares."""

    names: dict[str, str] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)


def called(mark: str, name: object, id_: str) -> str:
    """``#inc-data (C0INC)``; the id alone where Slack says no name."""
    return f"{mark}{name} ({id_})" if name else id_


class CannotAsk(Exception):
    """Slack did not answer the question; the message is its code, or the kind of the failure."""


async def ask(call: Awaitable[Any], field: str) -> Any:
    """One field of an answer. Any: foreign JSON, of which each check reads what it needs. Raises CannotAsk."""
    try:
        response = await call
        found = response.data.get(field)
    except CALL_ERRORS as error:
        raise CannotAsk(error_code(error) if isinstance(error, SlackApiError) else type(error).__name__) from None
    if found is None:
        raise CannotAsk(f"an answer without {field}")
    return found


async def channels(client: AsyncWebClient, rules: Mapping[str, ChannelSettings], known: SlackFacts) -> list[Finding]:
    """Each permitted channel. ``known`` learns what they are."""

    async def look(channel: str, rule: ChannelSettings) -> list[Finding]:
        try:
            seen = await ask(client.conversations_info(channel=channel), "channel")
        except CannotAsk as failed:
            return [_unknown("channel", channel, str(failed))]
        if seen.get("name"):
            known.names[channel] = f"#{seen['name']}"
        if shared_outside(seen):
            known.shared.add(channel)
        return channel_findings(channel, seen, rule)

    return await _each("channel", {channel: look(channel, rule) for channel, rule in rules.items()})


async def _each(check: str, looks: Mapping[str, Awaitable[list[Finding]]]) -> list[Finding]:
    """A few at a time, each within its own time."""
    turn = asyncio.Semaphore(LOOKUPS_AT_ONCE)

    async def one(subject: str, look: Awaitable[list[Finding]]) -> list[Finding]:
        async with turn:
            return await in_time(check, subject, look)

    found = await asyncio.gather(*(one(subject, look) for subject, look in looks.items()))
    return [finding for each in found for finding in each]


def _unknown(check: str, subject: str, code: str) -> Finding:
    match code:
        case "channel_not_found":
            says = "does not exist, or is private and jobbot is not in it"
            return wrong(check, subject, says, "invite jobbot (/invite @jobbot), or correct the id")
        case "user_not_found" | "user_not_visible":
            return wrong(check, subject, "does not exist here", "correct the id in the settings")
        case "missing_scope":
            return wrong(check, subject, "cannot be checked without its scope", "see scopes above")
        case "ratelimited":
            return warn(check, subject, "not checked, Slack asks to wait", "try again in a minute")
        case _:
            return wrong(
                check,
                subject,
                f"Slack gave no answer about it ({code})",
                "try again (until it is known, all is refused)",
            )


def channel_findings(id_: str, seen: Mapping[str, Any], rule: ChannelSettings) -> list[Finding]:
    """What one channel is, and what that means under its rule."""
    name = called("#", seen.get("name"), id_)
    kind = "private" if seen.get("is_private") else "public"
    if seen.get("is_archived"):
        return [wrong("channel", name, f"{kind}, archived: nobody can write there", "remove it from the settings")]
    if not seen.get("is_member"):
        says = f"{kind}, and jobbot is not in it: it cannot announce stops there, and does not see mentions"
        return [wrong("channel", name, says, "type /invite @jobbot there")]
    outside = shared_outside(seen)
    if outside is None:
        says = f"{kind}, and Slack does not say whether another organisation shares it (is_ext_shared): all is refused"
        return [wrong("channel", name, says, "ask Slack's support about conversations.info of this channel")]
    if outside or seen.get("is_pending_ext_shared"):
        return [_shared(name, kind, rule, is_now=outside)]
    return [ok("channel", name, f"{kind}, jobbot is in it")]


def _shared(name: str, kind: str, rule: ChannelSettings, *, is_now: bool) -> Finding:
    """What it means that another organisation is in a channel, or was invited and has not answered yet."""
    says = f"{kind}, {'shared' if is_now else 'about to be shared'} with another organisation"
    are, is_, sees = ("are", "is", "sees") if is_now else ("will then be", "will then be", "will then see")
    if not rule.external:
        step = "if they may see jobs, set external = true for it in the policy file"
        return warn("channel", name, f"{says}: answers {are} private, everything else {is_} refused", step)
    if acts := [power for power in ("fetch", "retry", "pause") if power in rule.may]:
        listed = ", ".join(acts)
        step = f"take {listed} out of its may; permit it in another channel"
        return warn("channel", name, f"{says}: {listed} there {is_} refused, whatever the settings say", step)
    return ok("channel", name, f"{says}, which {sees} the jobs: external = true")


async def usergroups(client: AsyncWebClient, rules: Mapping[str, ChannelSettings], known: SlackFacts) -> list[Finding]:
    """The user groups that may stop or act, all of them with one call."""
    wanted = sorted({group for rule in rules.values() for group in rule.stop_usergroups | rule.act_usergroups})
    if not wanted:
        return []
    try:
        found = await ask(client.usergroups_list(include_disabled=True, include_users=True), "usergroups")
    except CannotAsk as failed:
        return [_unknown("user group", group, str(failed)) for group in wanted]
    there = {group["id"]: group for group in found if isinstance(group, dict) and "id" in group}
    for id_ in wanted:
        if handle := there.get(id_, {}).get("handle"):
            known.names[id_] = f"@{handle}"
    return [usergroup_finding(id_, there.get(id_)) for id_ in wanted]


def usergroup_finding(id_: str, seen: Mapping[str, Any] | None) -> Finding:
    """One group that may stop or act."""
    if seen is None:
        return wrong("user group", id_, f"does not exist, {_NOBODY}", "correct the id in the settings")
    name, users = called("@", seen.get("handle"), id_), seen.get("users")
    if seen.get("date_delete"):
        return wrong("user group", name, f"is disabled, {_NOBODY}", "enable it in Slack, or name another")
    count = len(users) if isinstance(users, list) else seen.get("user_count")
    if not count:
        return warn("user group", name, f"has no members, {_NOBODY}", "add people to it in Slack")
    return ok("user group", name, f"{count} {'person' if count == 1 else 'people'}")


async def users(client: AsyncWebClient, rules: Mapping[str, ChannelSettings], known: SlackFacts) -> list[Finding]:
    """The people who may stop or act by name."""

    async def look(user: str) -> list[Finding]:
        try:
            seen = await ask(client.users_info(user=user), "user")
        except CannotAsk as failed:
            return [_unknown("user", user, str(failed))]
        if seen.get("name"):
            known.names[user] = f"@{seen['name']}"
        guests = all(rule.guests_may_stop for rule in rules.values() if user in rule.stop_users | rule.act_users)
        return [user_finding(user, seen, guests_may_stop=guests)]

    wanted = sorted({user for rule in rules.values() for user in rule.stop_users | rule.act_users})
    return await _each("user", {user: look(user) for user in wanted})


def user_finding(id_: str, seen: Mapping[str, Any], *, guests_may_stop: bool) -> Finding:
    """One person who may stop or act."""
    name = called("@", seen.get("name"), id_)
    step = "remove them from the settings, or name somebody else"
    if seen.get("deleted"):
        return wrong("user", name, "is deactivated, and may do nothing", step)
    if seen.get("is_bot"):
        return wrong("user", name, "is a bot, and bots are always refused", step)
    if seen.get("is_stranger"):
        return wrong("user", name, "belongs to another organisation, and those people are always refused", step)
    if (seen.get("is_restricted") or seen.get("is_ultra_restricted")) and not guests_may_stop:
        return warn(
            "user",
            name,
            "is a guest, and guests may only look",
            "set guests_may_stop = true in the policy file",
        )
    return ok("user", name, "may do what the settings name them for")

"""Slack's objects as JSON: a message, a view, a user, a conversation, a user group.

https://docs.slack.dev/reference/objects. People of another organisation are strangers, of whom less is told.
"""

import random
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from jobbot.playground.slack.state.messages import Channel, Message, Unfurl
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.views import View
from jobbot.playground.slack.state.world import UserGroup, World

Json = dict[str, Any]


def message_object(message: Message, world: World, app_id: str) -> Json:
    """A message as answers and payloads show it."""
    fields: Json = {
        "type": "message",
        "user": message.user.id,
        "ts": message.ts,
        "text": message.text,
        "team": message.user.team.id,
        "blocks": list(message.blocks),
    }
    if message.user.bot_id is not None:
        fields["bot_id"] = message.user.bot_id
    if message.user is world.bot:
        fields["app_id"] = app_id
    if message.edited is not None:
        fields["edited"] = {"user": message.user.id, "ts": message.edited}
    if message.thread_ts is not None:
        fields["thread_ts"] = message.thread_ts
    if subtype := subtype_of(message):
        fields["subtype"] = subtype
    if message.unfurls:
        fields["attachments"] = [attachment_object(unfurl, world, app_id) for unfurl in message.unfurls.values()]
    return fields


def attachment_object(unfurl: Unfurl, world: World, app_id: str) -> Json:
    """An app's preview of a link, among a message's ``attachments`` and as ``app_unfurl`` of a press in it."""
    return {
        "fallback": "[no preview available]",
        **unfurl.definition,
        "id": unfurl.id,
        "app_unfurl_url": unfurl.url,
        "is_app_unfurl": True,
        "app_id": app_id,
        "bot_id": world.bot.bot_id,
    }


def permalink(message: Message, world: World) -> str:
    """A message's address, that of a reply with its thread (https://docs.slack.dev/reference/methods/chat.getPermalink)."""
    address = f"https://{world.home.domain}.slack.com/archives/{message.channel.id}/p{message.ts.replace('.', '')}"
    return f"{address}?thread_ts={message.thread_ts}&cid={message.channel.id}" if message.is_reply else address


def subtype_of(message: Message) -> str | None:
    """Slack's word for a message that is not an ordinary one (https://docs.slack.dev/reference/events/message)."""
    if message.broadcast:
        return "thread_broadcast"
    return "me_message" if message.is_me else None


def view_object(view: View, world: World, app_id: str) -> Json:
    """A view as answers and payloads show it."""
    return {
        "id": view.id,
        "team_id": view.person.team.id,
        **view.definition,
        "state": {"values": view.values},
        "hash": view.hash,
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": app_id,
        "app_installed_team_id": world.home.id,
        "bot_id": world.bot.bot_id,
    }


def user_object(person: Person, world: World, seconds_east: int) -> Json:
    """``users.info`` of somebody; ``seconds_east`` is their zone's offset now."""
    stranger = world.is_stranger(person)
    user: Json = {
        "id": person.id,
        "team_id": person.team.id,
        "name": person.name,
        "deleted": person.is_deactivated,
        "real_name": person.real_name,
        "profile": {
            "title": person.title,
            "real_name": person.real_name,
            "display_name": person.name,
            "team": person.team.id,
        },
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 1_700_000_000,
    }
    if not person.is_deactivated:
        user |= {"tz": person.tz, "tz_label": person.tz, "tz_offset": seconds_east}
    if stranger:
        user["is_stranger"] = True
    elif not person.is_deactivated:
        user |= {
            "is_admin": person.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": person.is_restricted or person.is_ultra_restricted,
            "is_ultra_restricted": person.is_ultra_restricted,
        }
    if person.team.enterprise is not None and not stranger:
        user["enterprise_user"] = {
            "id": person.id,
            "enterprise_id": person.team.enterprise.id,
            "enterprise_name": person.team.enterprise.name,
            "is_admin": False,
            "is_owner": False,
            "teams": [person.team.id],
        }
    return user


def channel_object(channel: Channel, world: World) -> Json:
    """``conversations.info`` of a channel."""
    if channel.im_with is not None:
        return {"id": channel.id, "is_im": True, "user": channel.im_with.id, "is_archived": False}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": False,
        "is_shared": channel.is_ext_shared or channel.is_org_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": channel.is_org_shared,
        "is_pending_ext_shared": False,
        "is_member": channel.has(world.bot),
        "context_team_id": world.home.id,
        "shared_team_ids": sorted({person.team.id for person in world.members(channel)} | {world.home.id}),
        "num_members": len(channel.members),
    }


def usergroup_object(group: UserGroup, world: World) -> Json:
    """One of ``usergroups.list``."""
    return {
        "id": group.id,
        "team_id": world.home.id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "is_external": False,
        "date_delete": 1 if group.is_disabled else 0,
        "user_count": len(group.users),
    }


def text_blocks(text: str, rng: random.Random) -> list[Json]:
    """The ``rich_text`` block that Slack's client makes of what somebody typed, roughly."""
    elements: list[Json] = []
    for number, escaped in enumerate(text.replace(">", "<").split("<")):
        part = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        if number % 2 and part.startswith("@"):
            elements.append({"type": "user", "user_id": part[1:].split("|")[0]})
        elif number % 2 and part.startswith(("http://", "https://")):
            elements.append({"type": "link", "url": part})
        elif part:
            elements.append({"type": "text", "text": part})
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": f"{rng.getrandbits(20):05x}", "elements": [section]}]


def zone_offset(person: Person, now: datetime) -> int:
    """Seconds east of UTC where the person is, now."""
    offset = now.astimezone(ZoneInfo(person.tz)).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0

"""``conversations.*``: what the bot may know of channels. Each kind of channel has its own scope."""

from collections.abc import Sequence
from typing import Any, TypeVar

from jobbot.playground.slack.errors import ApiError
from jobbot.playground.slack.state.messages import Channel
from jobbot.playground.slack.state.objects import channel_object
from jobbot.playground.slack.state.workspace import Workspace
from jobbot.playground.slack.web_api.arguments import Arguments
from jobbot.playground.slack.web_api.methods.chat import visible
from jobbot.playground.slack.web_api.methods.method import Fields, Method
from jobbot.playground.slack.web_api.rates import TIER_2, TIER_3, TIER_4

T = TypeVar("T")

_SCOPES = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}
PAGE = 100
PAGE_MOST = 1000


def kind_of(channel: Channel) -> str:
    """The kind, as ``types`` of conversations.list names it."""
    if channel.is_im:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


def info(workspace: Workspace, args: Arguments) -> Fields:
    """``conversations.info``."""
    channel = visible(workspace, args.needed("channel"))
    workspace.need_scope(_SCOPES[kind_of(channel)])
    fields = channel_object(channel, workspace.world)
    if not args.flag("include_num_members"):
        fields.pop("num_members", None)
    return {"channel": fields}


def members(workspace: Workspace, args: Arguments) -> Fields:
    """``conversations.members``."""
    channel = visible(workspace, args.needed("channel"))
    workspace.need_scope(_SCOPES[kind_of(channel)])
    found, more = paged(sorted(channel.members), args)
    return {"members": found, "response_metadata": {"next_cursor": more}}


def every(workspace: Workspace, args: Arguments) -> Fields:
    """``conversations.list``: public channels, and the others that the bot is in."""
    kinds = {kind.strip() for kind in (args.text("types") or "public_channel").split(",")}
    if not kinds <= _SCOPES.keys():
        raise ApiError("invalid_types")
    for kind in sorted(kinds):
        workspace.need_scope(_SCOPES[kind])
    bot, world = workspace.world.bot, workspace.world
    found: list[dict[str, Any]] = [
        channel_object(channel, world)
        for channel in world.channels.values()
        if kind_of(channel) in kinds
        and (kind_of(channel) == "public_channel" or channel.has(bot))
        and not (args.flag("exclude_archived") and channel.is_archived)
    ]
    page, more = paged(found, args)
    return {"channels": page, "response_metadata": {"next_cursor": more}}


def paged(found: Sequence[T], args: Arguments) -> tuple[list[T], str]:
    """One page, and the cursor of the next. Raises ApiError."""
    limit, cursor = args.number("limit", PAGE), args.text("cursor") or "p0"
    if not 1 <= limit <= PAGE_MOST:
        raise ApiError("invalid_limit")
    if not (cursor.startswith("p") and cursor[1:].isdigit()):
        raise ApiError("invalid_cursor")
    first = int(cursor[1:])
    last = first + limit
    return list(found[first:last]), f"p{last}" if last < len(found) else ""


CONVERSATIONS = (
    Method("conversations.info", info, TIER_3),
    Method("conversations.members", members, TIER_4),
    Method("conversations.list", every, TIER_2),
)

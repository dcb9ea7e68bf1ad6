"""What the bot may know of channels, and of who is in them. Each kind of channel has its own scope."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from jobbot.playground.slack.errors import ApiError, bad_arguments
from jobbot.playground.slack.state.messages import Channel
from jobbot.playground.slack.state.objects import channel_object
from jobbot.playground.slack.state.workspace import Workspace
from jobbot.playground.slack.web_api.arguments import Arguments
from jobbot.playground.slack.web_api.methods.chat import visible
from jobbot.playground.slack.web_api.methods.method import Fields, Method
from jobbot.playground.slack.web_api.rates import TIER_3

_SCOPES = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read"}

_PAGE, _PAGE_MOST = 100, 999


def kind_of(channel: Channel) -> str:
    """The kind, by which its scope is named."""
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


def conversations_of(workspace: Workspace, args: Arguments) -> Fields:
    """``users.conversations``: the channels that a person is in, of private ones those in which the bot is too."""
    world, types = workspace.world, set((args.text("types") or "public_channel").split(","))
    if not types <= _SCOPES.keys():
        raise ApiError("invalid_types")
    workspace.need_scope(*sorted(_SCOPES[kind] for kind in types))
    person = world.people.get(args.text("user") or world.bot.id)
    if person is None:
        raise ApiError("user_not_found")
    limit, first = args.number("limit", _PAGE), _offset(args.text("cursor"))
    if not 0 < limit <= _PAGE_MOST:
        raise bad_arguments(f"must be between 1 and {_PAGE_MOST} [json-pointer:/limit]")
    found = [
        channel
        for channel in world.channels.values()
        if kind_of(channel) in types
        and channel.has(person)
        and (not channel.is_private or channel.has(world.bot))
        and not (channel.is_archived and args.flag("exclude_archived"))
    ]
    more = first + limit < len(found)
    cursor = urlsafe_b64encode(f"offset:{first + limit}".encode()).decode() if more else ""
    shown = [channel_object(channel, world) for channel in found[first : first + limit]]
    unsaid = ("is_member", "num_members")
    return {
        "channels": [{name: one[name] for name in one if name not in unsaid} for one in shown],
        "response_metadata": {"next_cursor": cursor},
    }


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        kind, _, offset = urlsafe_b64decode(cursor).decode().partition(":")
        if kind == "offset":
            return int(offset)
    except (NotBase64, ValueError):
        pass
    raise ApiError("invalid_cursor")


CONVERSATIONS = (
    Method("conversations.info", info, TIER_3),
    Method("users.conversations", conversations_of, TIER_3),
)

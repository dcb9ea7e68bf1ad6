"""``conversations.*`` and ``users.conversations``: what the bot may know of channels. Each kind has its own scope."""

from base64 import b64decode, b64encode
from collections.abc import Sequence

from jobbot.playground.slack.errors import ApiError
from jobbot.playground.slack.state.messages import Channel
from jobbot.playground.slack.state.objects import channel_object
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.workspace import Workspace
from jobbot.playground.slack.web_api.arguments import Arguments
from jobbot.playground.slack.web_api.methods.chat import visible
from jobbot.playground.slack.web_api.methods.method import Fields, Method
from jobbot.playground.slack.web_api.rates import TIER_3

_SCOPES = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read"}


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


def of_user(workspace: Workspace, args: Arguments) -> Fields:
    """``users.conversations``: the channels that somebody is in, of those that the bot may know of, page by page.

    https://docs.slack.dev/reference/methods/users.conversations: of somebody else, private ones where the bot is too.
    It says of none whether the bot is in it.
    """
    kinds = (args.text("types") or "public_channel").split(",")
    if not kinds or any(kind not in _SCOPES for kind in kinds):
        raise ApiError("invalid_types")
    workspace.need_scope(*(_SCOPES[kind] for kind in kinds))
    person = workspace.world.people.get(args.text("user") or workspace.world.bot.id)
    if person is None:
        raise ApiError("user_not_found")
    limit, start = args.number("limit", 100), _start(args.text("cursor"))
    if not 1 <= limit <= 1_000:
        raise ApiError("invalid_limit")
    found = [channel for channel in workspace.world.channels.values() if _is_listed(channel, person, kinds, workspace)]
    if args.flag("exclude_archived"):
        found = [channel for channel in found if not channel.is_archived]
    shown = [channel_object(channel, workspace.world) for channel in found[start : start + limit]]
    for fields in shown:
        fields.pop("is_member", None)
        fields.pop("num_members", None)
    following = start + limit
    cursor = b64encode(f"place:{following}".encode()).decode() if following < len(found) else ""
    return {"channels": shown, "response_metadata": {"next_cursor": cursor}}


def _is_listed(channel: Channel, person: Person, kinds: Sequence[str], workspace: Workspace) -> bool:
    is_open = kind_of(channel) == "public_channel" or channel.has(workspace.world.bot)
    return kind_of(channel) in kinds and channel.has(person) and is_open


def _start(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        word, _, place = b64decode(cursor, validate=True).decode().partition(":")
        return {"place": int(place)}[word]
    except (ValueError, KeyError):
        raise ApiError("invalid_cursor") from None


CONVERSATIONS = (
    Method("conversations.info", info, TIER_3),
    Method("users.conversations", of_user, TIER_3),
)

"""``chat.*``: messages of the bot. Who may not see or change what, in Slack's codes."""

from typing import Any

from jobbot.playground.slack.errors import ApiError
from jobbot.playground.slack.state.messages import Channel, Message
from jobbot.playground.slack.state.objects import message_object
from jobbot.playground.slack.state.objects import permalink as permalink_of
from jobbot.playground.slack.state.workspace import Workspace
from jobbot.playground.slack.web_api.arguments import Arguments
from jobbot.playground.slack.web_api.content import read_content
from jobbot.playground.slack.web_api.methods.method import Fields, Method
from jobbot.playground.slack.web_api.rates import POSTING, TIER_3, TIER_4


def post_message(workspace: Workspace, args: Arguments) -> Fields:
    """``chat.postMessage``; a user id stands for the direct message with them."""
    channel = _writable(workspace, args.needed("channel"))
    content, thread = read_content(args), _thread(channel, args)
    message = workspace.post(
        channel,
        workspace.world.bot,
        content.text,
        content.blocks or (),
        thread_ts=thread,
        broadcast=thread is not None and args.flag("reply_broadcast"),
    )
    return {"channel": channel.id, "ts": message.ts, "message": _shown(workspace, message)}


def post_ephemeral(workspace: Workspace, args: Arguments) -> Fields:
    """``chat.postEphemeral``."""
    channel = _writable(workspace, args.needed("channel"))
    person = workspace.world.people.get(args.needed("user"))
    if person is None:
        raise ApiError("user_not_found")
    if not channel.has(person) or person.is_deactivated:
        raise ApiError("user_not_in_channel")
    content = read_content(args)
    message = workspace.post(
        channel,
        workspace.world.bot,
        content.text,
        content.blocks or (),
        thread_ts=_thread(channel, args),
        ephemeral_for=person,
    )
    return {"message_ts": message.ts}


def update(workspace: Workspace, args: Arguments) -> Fields:
    """``chat.update``. Blocks that are not mentioned stay; an empty list removes them."""
    channel = _writable(workspace, args.needed("channel"))
    message = _own(workspace, channel, args.needed("ts"), "cant_update_message")
    content = read_content(args, update=True)
    workspace.edit(message, content.text, message.blocks if content.blocks is None else content.blocks)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": _shown(workspace, message)}


def delete(workspace: Workspace, args: Arguments) -> Fields:
    """``chat.delete``."""
    channel = _writable(workspace, args.needed("channel"))
    message = _own(workspace, channel, args.needed("ts"), "cant_delete_message")
    workspace.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def permalink(workspace: Workspace, args: Arguments) -> Fields:
    """``chat.getPermalink``; a reply's names its thread."""
    channel = visible(workspace, args.needed("channel"))
    ts = args.needed("message_ts")
    message = channel.find(ts)
    if message is None or message.ephemeral_for is not None:
        raise ApiError("message_not_found")
    return {"channel": channel.id, "permalink": permalink_of(message, workspace.world)}


def visible(workspace: Workspace, channel_id: str) -> Channel:
    """A channel that the bot may know of. Raises ApiError."""
    channel = workspace.world.channels.get(channel_id)
    if channel is None or ((channel.is_private or channel.is_im) and not channel.has(workspace.world.bot)):
        raise ApiError("channel_not_found")
    return channel


def _writable(workspace: Workspace, channel_id: str) -> Channel:
    if channel_id in workspace.world.people:
        try:
            return workspace.world.dm(workspace.world.people[channel_id])
        except KeyError:
            raise ApiError("channel_not_found") from None
    channel = visible(workspace, channel_id)
    if channel.is_archived:
        raise ApiError("is_archived")
    if not channel.has(workspace.world.bot):
        raise ApiError("not_in_channel")
    return channel


def _own(workspace: Workspace, channel: Channel, ts: str, otherwise: str) -> Message:
    """The bot's own message. An ephemeral one is not to be found: it lives in nobody's history."""
    message = channel.find(ts)
    if message is None or message.ephemeral_for is not None:
        raise ApiError("message_not_found")
    if message.user is not workspace.world.bot:
        raise ApiError(otherwise)
    return message


def _thread(channel: Channel, args: Arguments) -> str | None:
    """The thread that is meant. Of a reply's ts Slack makes its thread; one that is not there it does not find."""
    ts = args.text("thread_ts")
    if ts is None:
        return None
    first = channel.find(ts)
    if first is None or first.ephemeral_for is not None:
        raise ApiError("thread_not_found")
    return first.thread_ts or first.ts


def _shown(workspace: Workspace, message: Message) -> dict[str, Any]:
    return message_object(message, workspace.world, workspace.app_id)


WRITE = ("chat:write",)
CHAT = (
    Method("chat.postMessage", post_message, POSTING, WRITE, per="channel"),
    Method("chat.postEphemeral", post_ephemeral, TIER_4, WRITE),
    Method("chat.update", update, TIER_3, WRITE),
    Method("chat.delete", delete, TIER_3, WRITE),
    Method("chat.getPermalink", permalink, TIER_4),
)

"""``conversations.*``: what the bot may know of channels. Each kind of channel has its own scope."""

from jobbot.playground.slack.state.messages import Channel
from jobbot.playground.slack.state.objects import channel_object
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


CONVERSATIONS = (Method("conversations.info", info, TIER_3),)

"""A believable Slack on loopback: real HTTP and WebSocket, no account, no network. For the demo and the tests.

It knows nothing of jobbot. What it does rests on Slack's documentation (https://docs.slack.dev), and where that is
silent on what people report of it.
"""

from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.client.mrkdwn import mrkdwn_to_plain
from jobbot.playground.slack.client.plain import render_plain
from jobbot.playground.slack.delivery.action import Ack, Action
from jobbot.playground.slack.errors import NotPossible
from jobbot.playground.slack.server import LocalSlack
from jobbot.playground.slack.state.changes import Change
from jobbot.playground.slack.state.messages import Channel, Message
from jobbot.playground.slack.state.people import Person, Team
from jobbot.playground.slack.state.views import View
from jobbot.playground.slack.state.world import Shortcut, UserGroup
from jobbot.playground.slack.web_api.calls import ApiCall

__all__ = [
    "Ack",
    "Action",
    "Actor",
    "ApiCall",
    "Change",
    "Channel",
    "LocalSlack",
    "Message",
    "NotPossible",
    "Person",
    "Shortcut",
    "Team",
    "UserGroup",
    "View",
    "mrkdwn_to_plain",
    "render_plain",
]

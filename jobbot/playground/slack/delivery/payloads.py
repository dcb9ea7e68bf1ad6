"""What Slack tells the bot that somebody did: commands, clicks, submissions and events.

Shapes: https://docs.slack.dev/interactivity/implementing-slash-commands, .../reference/interaction-payloads,
.../reference/events/app_mention and .../apis/events-api. In a channel shared with another organisation the ``team``
of a click is the bot's and that of a submission the person's; the ``user`` has their own ``team_id`` always.
"""

from collections.abc import Callable
from typing import Any

from jobbot.playground.slack.blockkit.controls import Control
from jobbot.playground.slack.state.messages import Channel, Message
from jobbot.playground.slack.state.objects import message_object, subtype_of, text_blocks, view_object
from jobbot.playground.slack.state.people import Person, Team
from jobbot.playground.slack.state.views import Values, View
from jobbot.playground.slack.state.workspace import Workspace

Payload = dict[str, Any]

VERIFICATION_TOKEN = "local-verification-token"  # noqa: S105 - long deprecated by Slack, and no secret here


class Payloads:
    """Builds payloads. ``base`` answers the server's URL, for response URLs."""

    def __init__(self, workspace: Workspace, base: Callable[[], str]) -> None:
        self._in = workspace
        self._base = base

    def command(self, person: Person, channel: Channel, command: str, text: str) -> Payload:
        """A slash command; all of its values are strings."""
        home = self._in.world.home
        payload = {
            "token": VERIFICATION_TOKEN,
            "team_id": home.id,
            "team_domain": home.domain,
            "channel_id": channel.id,
            "channel_name": channel.name,
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": text,
            "api_app_id": self._in.app_id,
            "is_enterprise_install": "false",
            "response_url": self._base() + self._in.response_urls.issue("commands", person, channel),
            "trigger_id": self._in.triggers.issue(person),
        }
        if home.enterprise is not None:
            payload |= {"enterprise_id": home.enterprise.id, "enterprise_name": home.enterprise.name}
        return payload

    def click_on_message(self, person: Person, message: Message, control: Control, action: Payload) -> Payload:
        """A press or a choice in a message. Of an ephemeral one Slack does not send the message itself."""
        container: Payload = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel.id,
            "is_ephemeral": message.ephemeral_for is not None,
        }
        if message.thread_ts is not None:
            container["thread_ts"] = message.thread_ts
        url = self._in.response_urls.issue("actions", person, message.channel, message)
        payload = self._interaction("block_actions", person, self._in.world.home) | {
            "container": container,
            "channel": {"id": message.channel.id, "name": message.channel.name},
            "state": {"values": {}},
            "response_url": self._base() + url,
            "actions": [self._action(control, action)],
        }
        if message.ephemeral_for is None:
            payload["message"] = message_object(message, self._in.world, self._in.app_id)
        return payload

    def click_in_view(self, person: Person, view: View, control: Control, action: Payload) -> Payload:
        """A press or a choice in a modal."""
        return self._interaction("block_actions", person, self._in.world.home) | {
            "container": {"type": "view", "view_id": view.id},
            "view": view_object(view, self._in.world, self._in.app_id),
            "state": {"values": view.values},
            "actions": [self._action(control, action)],
        }

    def submission(self, person: Person, view: View, values: Values) -> Payload:
        """A modal that was sent."""
        shown = view_object(view, self._in.world, self._in.app_id) | {"state": {"values": values}}
        return self._interaction("view_submission", person, person.team) | {"view": shown, "response_urls": []}

    def closed(self, person: Person, view: View, *, is_cleared: bool) -> Payload:
        """A modal that was closed."""
        payload = self._interaction("view_closed", person, person.team) | {
            "view": view_object(view, self._in.world, self._in.app_id),
            "is_cleared": is_cleared,
        }
        del payload["trigger_id"]
        return payload

    def mention(self, message: Message, shape: str = "full") -> Payload:
        """The ``app_mention`` event of a message. In its ``bare`` shape it says no more than the reference shows.

        It is the message's event under another type (the reference says so): it has the message's ``subtype``, and the
        same ``ts`` with ``edited`` when it is sent because somebody edited the message.
        """
        person, world = message.user, self._in.world
        event: Payload = {
            "type": "app_mention",
            "user": person.id,
            "text": message.text,
            "ts": message.ts,
            "channel": message.channel.id,
            "event_ts": message.edited or message.ts,
        }
        if subtype := subtype_of(message):
            event["subtype"] = subtype
        if message.edited is not None:
            event["edited"] = {"user": person.id, "ts": message.edited}
        if message.is_reply:
            event["thread_ts"] = message.thread_ts
        if person.bot_id is not None:
            event["bot_id"] = person.bot_id
        if shape == "full":
            event |= {
                "client_msg_id": f"{self._in.rng.getrandbits(128):032x}",
                "team": person.team.id,
                "blocks": text_blocks(message.text, self._in.rng),
            }
            if message.broadcast and (root := message.channel.find(message.thread_ts or "")) is not None:
                event["root"] = message_object(root, world, self._in.app_id)
            if message.channel.is_ext_shared or message.channel.is_org_shared:
                event |= {"user_team": person.team.id, "source_team": person.team.id}
            if not world.is_of_home(person):
                event["user_profile"] = _profile(person)
        return self._event(event, message.channel)

    def channel_event(self, kind: str, channel: Channel) -> Payload:
        """An event about a channel as a whole: ``channel_shared``, ``channel_unshared``, ``channel_archive`` ..."""
        event: Payload = {"type": kind, "channel": channel.id, "event_ts": self._in.ts.next()}
        return self._event(event, channel)

    def _event(self, event: Payload, channel: Channel) -> Payload:
        home = self._in.world.home
        enterprise = home.enterprise.id if home.enterprise is not None else None
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": home.id,
            "context_team_id": home.id,
            "context_enterprise_id": enterprise,
            "api_app_id": self._in.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": self._in.new_id("Ev"),
            "event_time": int(float(event["event_ts"])),
            "authorizations": [
                {
                    "enterprise_id": enterprise,
                    "team_id": home.id,
                    "user_id": self._in.world.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": channel.is_ext_shared,
            "event_context": f"4-{self._in.rng.getrandbits(96):024x}",
        }

    def _interaction(self, kind: str, person: Person, team: Team) -> Payload:
        enterprise = team.enterprise
        return {
            "type": kind,
            "user": {
                "id": person.id,
                "username": person.name,
                "name": person.name,
                "team_id": person.team.id,
            },
            "api_app_id": self._in.app_id,
            "token": VERIFICATION_TOKEN,
            "trigger_id": self._in.triggers.issue(person),
            "team": {"id": team.id, "domain": team.domain}
            | ({"enterprise_id": enterprise.id, "enterprise_name": enterprise.name} if enterprise else {}),
            "enterprise": {"id": enterprise.id, "name": enterprise.name} if enterprise else None,
            "is_enterprise_install": False,
        }

    def _action(self, control: Control, action: Payload) -> Payload:
        element = control.element
        own: Payload = {name: element[name] for name in ("text", "value", "style", "url") if name in element}
        described: Payload = own if control.type == "button" else {}
        ids = {"action_id": control.action_id, "block_id": control.block_id}
        return {**ids, **described, "type": control.type, **action, "action_ts": self._in.ts.next()}


def _profile(person: Person) -> Payload:
    return {"real_name": person.real_name, "display_name": person.name, "name": person.name, "team": person.team.id}

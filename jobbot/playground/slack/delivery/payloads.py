"""What Slack tells the bot that somebody did: commands, shortcuts, clicks, searches and submissions.

Shapes: https://docs.slack.dev/interactivity/implementing-slash-commands, .../reference/interaction-payloads. In a
channel shared with another organisation the ``team`` of a click is the bot's and that of a submission the person's; the
``user`` has their own ``team_id`` always.
"""

from collections.abc import Callable

from jobbot.playground.slack.blockkit.controls import Control, inputs
from jobbot.playground.slack.delivery.events import VERIFICATION_TOKEN, EventPayloads, Payload
from jobbot.playground.slack.state.messages import Channel, Message, Unfurl
from jobbot.playground.slack.state.objects import attachment_object, message_object, view_object
from jobbot.playground.slack.state.people import Person, Team
from jobbot.playground.slack.state.views import Values, View
from jobbot.playground.slack.state.workspace import Workspace
from jobbot.playground.slack.state.world import Shortcut


class Payloads:
    """Builds payloads. ``base`` answers the server's URL, for response URLs. ``events`` builds those of events."""

    def __init__(self, workspace: Workspace, base: Callable[[], str]) -> None:
        self.events = EventPayloads(workspace)
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
            "trigger_id": self._in.triggers.issue(person, channel),
        }
        if home.enterprise is not None:
            payload |= {"enterprise_id": home.enterprise.id, "enterprise_name": home.enterprise.name}
        return payload

    def shortcut(self, person: Person, shortcut: Shortcut, viewing: Channel | None) -> Payload:
        """A global shortcut. It says nothing of the conversation that the person looks at, and has no response URL."""
        return self._used(person, shortcut, viewing)

    def message_shortcut(self, person: Person, shortcut: Shortcut, message: Message) -> Payload:
        """A shortcut of a message; its response URL posts into the channel, but cannot change the message."""
        url = self._in.response_urls.issue("app", person, message.channel)
        return self._used(person, shortcut, message.channel) | {
            "type": "message_action",
            "channel": {"id": message.channel.id, "name": message.channel.name},
            "message_ts": message.ts,
            "message": message_object(message, self._in.world, self._in.app_id),
            "response_url": self._base() + url,
        }

    def click_on_message(
        self, person: Person, message: Message, control: Control, action: Payload, unfurl: Unfurl | None = None
    ) -> Payload:
        """A press or a choice in a message, or in the preview of a link below it (``unfurl``).

        Of an ephemeral message Slack does not send the message itself. What is answered to a press in a preview cannot
        change the message, which is a person's.
        """
        original = message if unfurl is None else None
        url = self._in.response_urls.issue("actions", person, message.channel, original)
        payload = self._interaction("block_actions", person, self._in.world.home, message.channel) | {
            "container": self._container(message),
            "channel": {"id": message.channel.id, "name": message.channel.name},
            "state": {"values": {}},
            "response_url": self._base() + url,
            "actions": [self._action(control, action)],
        }
        if message.ephemeral_for is None:
            payload["message"] = message_object(message, self._in.world, self._in.app_id)
        if unfurl is not None:
            payload["container"] |= {
                "type": "message_attachment",
                "attachment_id": unfurl.id,
                "is_app_unfurl": True,
                "app_unfurl_url": unfurl.url,
            }
            payload["app_unfurl"] = attachment_object(unfurl, self._in.world, self._in.app_id)
        return payload

    def suggestion(self, person: Person, of: Message | View, control: Control, typed: str) -> Payload:
        """What was typed into a menu whose options the bot supplies. It comes with no trigger id."""
        payload = self._interaction("block_suggestion", person, self._in.world.home)
        del payload["trigger_id"]
        payload |= {"action_id": control.action_id, "block_id": control.block_id, "value": typed}
        if isinstance(of, View):
            shown = view_object(of, self._in.world, self._in.app_id)
            return payload | {"container": {"type": "view", "view_id": of.id}, "view": shown}
        payload |= {
            "container": self._container(of),
            "channel": {"id": of.channel.id, "name": of.channel.name},
        }
        if of.ephemeral_for is None:
            payload["message"] = message_object(of, self._in.world, self._in.app_id)
        return payload

    def click_in_view(self, person: Person, view: View, control: Control, action: Payload) -> Payload:
        """A press or a choice in a modal, or in somebody's Home."""
        return self._interaction("block_actions", person, self._in.world.home) | {
            "container": {"type": "view", "view_id": view.id},
            "view": view_object(view, self._in.world, self._in.app_id),
            "state": {"values": view.values},
            "actions": [self._action(control, action)],
        }

    def submission(self, person: Person, view: View, values: Values) -> Payload:
        """A modal that was sent."""
        shown = view_object(view, self._in.world, self._in.app_id) | {"state": {"values": values}}
        urls = [url for control in inputs(view.blocks) if (url := self._response_url(person, control, values))]
        return self._interaction("view_submission", person, person.team) | {"view": shown, "response_urls": urls}

    def closed(self, person: Person, view: View, *, is_cleared: bool) -> Payload:
        """A modal that was closed."""
        payload = self._interaction("view_closed", person, person.team) | {
            "view": view_object(view, self._in.world, self._in.app_id),
            "is_cleared": is_cleared,
        }
        del payload["trigger_id"]
        return payload

    def _used(self, person: Person, shortcut: Shortcut, viewing: Channel | None) -> Payload:
        payload = self._interaction("shortcut", person, self._in.world.home, viewing)
        del payload["api_app_id"]
        return payload | {"callback_id": shortcut.callback_id, "action_ts": self._in.ts.next()}

    def _response_url(self, person: Person, control: Control, values: Values) -> Payload | None:
        """Where to answer in the conversation that was chosen, of a menu with ``response_url_enabled``."""
        held = values[control.block_id][control.action_id]
        chosen = held.get("selected_conversation") or held.get("selected_channel")
        channel = self._in.world.channels.get(str(chosen))
        if channel is None or not control.element.get("response_url_enabled"):
            return None
        return {
            "block_id": control.block_id,
            "action_id": control.action_id,
            "channel_id": channel.id,
            "response_url": self._base() + self._in.response_urls.issue("app", person, channel),
        }

    def _container(self, message: Message) -> Payload:
        container: Payload = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel.id,
            "is_ephemeral": message.ephemeral_for is not None,
        }
        if message.thread_ts is not None:
            container["thread_ts"] = message.thread_ts
        return container

    def _interaction(self, kind: str, person: Person, team: Team, viewing: Channel | None = None) -> Payload:
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
            "trigger_id": self._in.triggers.issue(person, viewing),
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

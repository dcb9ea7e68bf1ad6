"""The events that Slack tells the bot of: mentions, links, an opened Home, and what happens to channels.

Shapes: https://docs.slack.dev/apis/events-api, .../reference/events/app_mention, .../link_shared, .../app_home_opened.
"""

from typing import Any

from jobbot.playground.slack.state.links import Announced
from jobbot.playground.slack.state.messages import Channel, Message
from jobbot.playground.slack.state.objects import message_object, subtype_of, text_blocks, view_object
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.views import View
from jobbot.playground.slack.state.workspace import Workspace

Payload = dict[str, Any]

VERIFICATION_TOKEN = "local-verification-token"  # noqa: S105 - long deprecated by Slack, and no secret here


class EventPayloads:
    """Builds the payloads of events."""

    def __init__(self, workspace: Workspace) -> None:
        self._in = workspace

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

    def link_shared(self, person: Person, announced: Announced) -> Payload:
        """Links of a posted message, or (source ``composer``) of one that is being written.

        On Enterprise Grid it says neither ``unfurl_id`` nor ``source``.
        """
        channel, of = announced.of.channel, announced.of
        event: Payload = {
            "type": "link_shared",
            "user": person.id,
            "channel": announced.channel,
            "message_ts": announced.message_ts,
            "is_bot_user_member": channel.has(self._in.world.bot),
            "links": [{"domain": link.domain, "url": link.url} for link in announced.links],
            "user_locale": "en-US",
            "event_ts": self._in.ts.next(),
        }
        if self._in.world.home.enterprise is None:
            source = "conversations_history" if isinstance(of, Message) else "composer"
            event |= {"unfurl_id": announced.unfurl_id, "source": source}
        if isinstance(of, Message) and of.thread_ts is not None:
            event["thread_ts"] = of.thread_ts
        payload = self._event(event, channel)
        return payload if isinstance(of, Message) else payload | {"is_ext_shared_channel": False}

    def app_home_opened(self, person: Person, dm: Channel, tab: str, home: View | None) -> Payload:
        """Somebody opened a tab of the app's Home; ``home`` is what was published there, if anything was."""
        event: Payload = {
            "type": "app_home_opened",
            "user": person.id,
            "channel": dm.id,
            "tab": tab,
            "event_ts": self._in.ts.next(),
        }
        if tab == "home" and home is not None:
            event["view"] = view_object(home, self._in.world, self._in.app_id)
        return self._event(event, dm)

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


def _profile(person: Person) -> Payload:
    return {"real_name": person.real_name, "display_name": person.name, "name": person.name, "team": person.team.id}

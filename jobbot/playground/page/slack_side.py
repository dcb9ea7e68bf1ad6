"""The local Slack as the page's workspace: its people's hands for what is done, its changes for what is seen."""

from collections.abc import Callable

from jobbot.playground.page.protocol import Json
from jobbot.playground.page.shapes import channel_json, message_json, person_json, view_json
from jobbot.playground.page.slack_deeds import SlackDeeds
from jobbot.playground.page.story import ROLES
from jobbot.playground.page.workspace import Change, HomeChanged, MessageChanged, MessageGone, ViewChanged
from jobbot.playground.slack.client.gestures import NO_DIRECT_MESSAGES
from jobbot.playground.slack.state import changes as slack_changes
from jobbot.playground.slack.state.messages import Message
from jobbot.playground.slack.state.views import View

NEWEST = 500
"""Messages of a channel that a tab is sent when it comes; older ones are not shown."""


class SlackWorkspace(SlackDeeds):
    """The local Slack, as the page sees it."""

    def people(self) -> list[Json]:
        """Those one may be come first, in the order in which they are known."""
        playable = [self._slack.person(name) for name in ROLES]
        others = [person for person in self._slack.world.people.values() if person not in playable]
        world = self._slack.world
        return [person_json(person, hue, world) for hue, person in enumerate([*playable, *others], start=1)]

    def usergroups(self) -> dict[str, str]:
        """Every group's handle."""
        return {group.id: group.handle for group in self._slack.world.usergroups.values()}

    def channels(self, person: str) -> list[Json]:
        """Those that the person is in and that are not archived."""
        who = self._slack.person(person)
        mine = [one for one in self._slack.world.channels.values() if one.has(who) and not one.is_archived]
        closed = None if self._slack.takes_direct_messages else f"{NO_DIRECT_MESSAGES}."
        has_home = self._slack.has_home_tab
        return [channel_json(channel, self._slack.world, closed=closed, has_home=has_home) for channel in mine]

    def messages(self, person: str, channel: str) -> list[Json]:
        """The newest of what the person sees."""
        seen = self._slack.channel(channel).seen_by(self._slack.person(person))
        return [message_json(message, self._slack.world) for message in seen[-NEWEST:]]

    def view(self, person: str) -> Json | None:
        """The modal on top."""
        view = self._slack.person(person).modal
        return None if view is None else view_json(view)

    def home(self, person: str) -> Json | None:
        """What the bot published for the app's Home tab."""
        view = self._slack.person(person).home
        return None if view is None else view_json(view)

    def shortcuts(self) -> list[Json]:
        """The app's."""
        return [
            {"callback": one.callback_id, "name": one.name, "type": one.type, "description": one.description}
            for one in self._slack.shortcuts
        ]

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Slack's changes, as far as somebody sees them."""

        def changed(change: slack_changes.Change) -> None:
            match change.kind, change.subject:
                case (("message_posted" | "message_edited" | "message_unfurled"), Message() as message):
                    only, shown = message.ephemeral_for, message_json(message, self._slack.world)
                    listener(MessageChanged(message.channel.id, shown, only.id if only else None))
                case "message_deleted", Message() as message:
                    listener(MessageGone(message.channel.id, message.ts))
                case _, View() as view if view.is_home:
                    listener(HomeChanged(view.person.id, view_json(view)))
                case (("view_opened" | "view_updated" | "view_closed"), View() as view):
                    listener(ViewChanged(view.person.id, self.view(view.person.id)))

        return self._slack.subscribe(changed)

"""Ways to an app beside its command: shortcuts, menus that it fills, its Home, links that it registered for.

https://docs.slack.dev/interactivity/implementing-shortcuts, https://docs.slack.dev/surfaces/app-home
"""

from collections.abc import Sequence

from jobbot.playground.slack.blockkit.controls import Control
from jobbot.playground.slack.client.choices import Choices, control_to_search
from jobbot.playground.slack.client.outcomes import Outcomes
from jobbot.playground.slack.delivery.action import Action
from jobbot.playground.slack.delivery.dispatch import Dispatcher
from jobbot.playground.slack.delivery.payloads import Payloads
from jobbot.playground.slack.errors import NotPossible
from jobbot.playground.slack.state.links import Draft, Link
from jobbot.playground.slack.state.messages import Channel, Message
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.views import View
from jobbot.playground.slack.state.workspace import Workspace
from jobbot.playground.slack.state.world import Shortcut


class EntryPoints:
    """What a person does there, and what the bot is told of it."""

    def __init__(
        self,
        workspace: Workspace,
        payloads: Payloads,
        dispatcher: Dispatcher,
        outcomes: Outcomes,
        choices: Choices,
    ) -> None:
        self._in = workspace
        self._payloads = payloads
        self._dispatcher = dispatcher
        self._outcomes = outcomes
        self._choices = choices

    async def uses_shortcut(self, person: Person, name: str, on: Message | None, in_: Channel | None) -> Action:
        """One of a message (``on``), or else a global one while the person looks at ``in_``."""
        shortcut = self._shortcut(person, name, "global" if on is None else "message")
        if on is None:
            payload = self._payloads.shortcut(person, shortcut, in_)
        elif not on.is_seen_by(person) or on.ephemeral_for is not None:
            raise NotPossible(f"{person} has no shortcuts at that message")
        else:
            payload = self._payloads.message_shortcut(person, shortcut, on)
        action = Action(kind=payload["type"], envelope="interactive", person=person, payload=payload)
        await self._dispatcher.send(action)
        self._outcomes.of_shortcut(action, shortcut.name)
        return action

    async def searches(self, person: Person, typed: str, of: Message | View, found: Sequence[Control]) -> Action:
        """Type into a menu whose options the bot supplies; they can be chosen then."""
        control = control_to_search(found, typed)
        payload = self._payloads.suggestion(person, of, control, typed)
        action = Action(kind="block_suggestion", envelope="interactive", person=person, payload=payload)
        await self._dispatcher.send(action)
        self._outcomes.of_search(action)
        self._choices.suggest(person, of, control, action.offered)
        return action

    async def opens_home(self, person: Person, dm: Channel, tab: str) -> Action:
        """A tab of the app's Home: ``home`` or ``messages``."""
        if tab == "home" and not self._in.has_home_tab:
            raise NotPossible(f"{self._in.world.bot} has no Home tab")
        payload = self._payloads.events.app_home_opened(person, dm, tab, self._in.views.home(person))
        action = Action(kind="app_home_opened", envelope="events_api", person=person, payload=payload)
        return await self._dispatcher.send(action)

    async def drafts(self, person: Person, written: str, in_: Channel) -> tuple[Draft, Action]:
        """Links in the composer, before anything is sent. On Enterprise Grid the bot is told nothing of them."""
        draft = Draft(person=person, channel=in_)
        links = self._in.links.among(written) if self._in.world.home.enterprise is None else ()
        return draft, await self._tell(person, draft, links)

    async def tell_of_links(self, message: Message, before: str = "") -> Action:
        """Links of a message that was posted, or edited: those that were not in it before."""
        old = {link.url for link in self._in.links.among(before)}
        links = [link for link in self._in.links.among(message.text) if link.url not in old]
        return await self._tell(message.user, message, links)

    async def _tell(self, person: Person, of: Message | Draft, links: Sequence[Link]) -> Action:
        action = Action(kind="link_shared", envelope="events_api", person=person)
        # An app is not told of links that it posted itself.
        if not links or "links:read" not in self._in.scopes or person is self._in.world.bot:
            return action
        action.payload = self._payloads.events.link_shared(person, self._in.links.announce(of, links))
        return await self._dispatcher.send(action)

    def _shortcut(self, person: Person, name: str, kind: str) -> Shortcut:
        there = [one for one in self._in.shortcuts if one.type == kind]
        found = next((one for one in there if name in (one.callback_id, one.name)), None)
        if found is None:
            raise NotPossible(f"there is no {kind} shortcut {name!r}, there is {[one.name for one in there]}")
        if not self._in.world.is_of_home(person) or person.is_deactivated or person.is_bot:
            raise NotPossible(f"{person} has no shortcuts of {self._in.world.bot}")
        return found

"""What people do in Slack's client, and what the client does with the bot's answer."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from jobbot.playground.slack.blockkit import controls as find
from jobbot.playground.slack.blockkit.controls import Control
from jobbot.playground.slack.client.choices import Choices
from jobbot.playground.slack.client.entry_points import EntryPoints
from jobbot.playground.slack.client.forms import Forms
from jobbot.playground.slack.client.outcomes import Outcomes
from jobbot.playground.slack.delivery.action import Ack, Action
from jobbot.playground.slack.delivery.dispatch import Dispatcher
from jobbot.playground.slack.delivery.payloads import Payloads
from jobbot.playground.slack.errors import NotPossible
from jobbot.playground.slack.state.links import Draft
from jobbot.playground.slack.state.messages import Channel, Message
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.views import View
from jobbot.playground.slack.state.workspace import Workspace

Place = Message | View | None
"""Where something is pressed or chosen: in a message, in a Home, or (None) in the open modal."""

_AT = re.compile(r"(?<![\w<])@([\w.-]*\w)")
NO_DIRECT_MESSAGES = "Sending messages to this app has been turned off"
"""Slack's words where the manifest has ``messages_tab_enabled: false``: there is no box to type in."""
_URL = re.compile(r"(https?://(?:(?!&[lg]t;)[^\s<>|])*[^\s<>|.,:;!?)'\"*_~])")
_HASH = re.compile(r"(?<![\w<&])#([\w-]+)")


class Gestures:
    """What a person does in Slack's client, for everybody in a workspace."""

    def __init__(
        self,
        workspace: Workspace,
        payloads: Payloads,
        dispatcher: Dispatcher,
        commands: Sequence[str],
        *,
        escapes_commands: bool,
    ) -> None:
        self._in = workspace
        self._payloads = payloads
        self._dispatcher = dispatcher
        self._commands = frozenset(commands)
        self._escapes_commands = escapes_commands
        self._outcomes, self._choices = Outcomes(workspace), Choices(workspace)
        self._forms = Forms(workspace, payloads, dispatcher, self._outcomes, self._choices)
        self._entry_points = EntryPoints(workspace, payloads, dispatcher, self._outcomes, self._choices)

    async def types(
        self, person: Person, text: str, in_: Channel, thread: Message | str | None, *, broadcast: bool = False
    ) -> Action:
        """A slash command, or a message."""
        self._may_write_in(in_)
        if not text.startswith("/") or text.startswith("/me "):
            message = self.says(person, text, in_, thread, broadcast=broadcast)
            return await self._tell_of(message)
        _in_channel(person, in_)
        command, rest = [*text.split(maxsplit=1), ""][:2]
        if thread is not None:
            raise NotPossible(f"{command} is not supported in threads")
        if command not in self._commands or not self._in.world.is_of_home(person):
            raise NotPossible(f"{command} is not a valid command for {person}")
        words = self._linked(rest) if self._escapes_commands else rest
        payload = self._payloads.command(person, in_, command, words.strip())
        action = Action(kind="command", envelope="slash_commands", person=person, payload=payload)
        await self._dispatcher.send(action)
        self._outcomes.of_command(action, in_)
        return action

    async def tells_of(self, channel: Channel, kind: str) -> Ack:
        """Slack tells the bot of something that happened to a channel."""
        return await self._dispatcher.raw("events_api", self._payloads.events.channel_event(kind, channel), retry=None)

    async def mentions(
        self,
        person: Person,
        text: str,
        in_: Channel,
        thread: Message | str | None,
        shape: str = "full",
        *,
        broadcast: bool = False,
    ) -> Action:
        """A message with the bot's name in it."""
        if f"<@{self._in.world.bot.id}>" not in self._linked(text):
            raise NotPossible(f"{self._in.world.bot} is not mentioned in {text!r}")
        return await self._tell_of(self.says(person, text, in_, thread, broadcast=broadcast), shape)

    async def edits(self, person: Person, message: Message, text: str, shape: str = "full") -> Action:
        """An own message."""
        _in_channel(person, message.channel)
        if message.user is not person or message.deleted:
            raise NotPossible(f"{person} cannot edit that message")
        before = message.text
        self._in.edit(message, self._written(text), ())
        return await self._tell_of(message, shape, before)

    def says(
        self, person: Person, text: str, in_: Channel, thread: Message | str | None, *, broadcast: bool = False
    ) -> Message:
        """A message; names in it become mentions."""
        _in_channel(person, in_)
        self._may_write_in(in_)
        ts, is_me = _ts_of(in_, thread), text.startswith("/me ")
        if broadcast and ts is None:
            raise NotPossible("only a reply can be sent to the channel as well")
        words = self._written(text.removeprefix("/me "))
        return self._in.post(in_, person, words, thread_ts=ts, broadcast=broadcast, is_me=is_me)

    async def clicks(self, person: Person, button: str, on: Place, nth: int, *, confirms: bool) -> Action:
        """A button of a message, of the Home, or of the open modal."""
        control = find.button(self._shown(person, on), button, nth)
        if "confirm" in control.element and not confirms:
            return Action(kind="block_actions", envelope="interactive", person=person)
        return await self._act(person, on, control, {})

    async def chooses(self, person: Person, option: object, at: str | None, on: Place, nth: int) -> Action:
        """An entry of a menu."""
        control = find.chooser(self._shown(person, on), at, nth)
        view = self._open_view(person) if on is None else on
        value = self._choices.filled(person, view, control, option)
        if control.is_input and isinstance(view, View):
            view.values[control.block_id][control.action_id] = value
            if not control.block.get("dispatch_action"):
                return Action(kind="block_actions", envelope="interactive", person=person)
        return await self._act(person, on, control, value)

    async def uses_shortcut(self, person: Person, name: str, on: Message | None, in_: Channel | None) -> Action:
        """A shortcut of the app, of a message or global."""
        return await self._entry_points.uses_shortcut(person, name, on, in_)

    async def searches(self, person: Person, typed: str, at: str | None, on: Place, nth: int) -> Action:
        """In a menu whose options the bot supplies."""
        found = find.choosers(self._shown(person, on), at)[nth:]
        return await self._entry_points.searches(person, typed, on or self._open_view(person), found)

    async def opens_home(self, person: Person, tab: str) -> Action:
        """A tab of the app's Home."""
        return await self._entry_points.opens_home(person, self.dm(person), tab)

    async def drafts(self, person: Person, text: str, in_: Channel) -> tuple[Draft, Action]:
        """Write into a channel's box without sending it."""
        _in_channel(person, in_)
        return await self._entry_points.drafts(person, self._written(text), in_)

    def fills(self, person: Person, values: Mapping[str, object]) -> None:
        """Fields of the open modal."""
        self._forms.fill(self._open_view(person), values)

    def ticks(self, person: Person, boxes: Sequence[str], at: str | None, *, on: bool) -> None:
        """Check boxes of the open modal, or not ``on`` those that are ticked."""
        self._forms.tick(self._open_view(person), boxes, at, on=on)

    def picks_date(self, person: Person, day: object, at: str | None) -> None:
        """A date picker of the open modal."""
        self._forms.pick_date(self._open_view(person), day, at)

    async def submits(self, person: Person, values: Mapping[str, object]) -> Action:
        """The open modal, with these fields filled."""
        return await self._forms.submit(person, self._open_view(person), values)

    async def submits_view(self, person: Person, view: View, values: Mapping[str, object]) -> Action:
        """Any modal, also somebody else's."""
        return await self._forms.submit(person, view, values)

    async def closes(self, person: Person) -> Action:
        """The open modal."""
        return await self._forms.close(person, self._open_view(person))

    def modal(self, person: Person) -> View | None:
        """The open modal."""
        return self._in.views.top(person)

    def home(self, person: Person) -> View | None:
        """What the bot published for this person's Home."""
        return self._in.views.home(person)

    def dm(self, person: Person) -> Channel:
        """The direct message with the bot. Raises NotPossible for those who have none."""
        try:
            return self._in.world.dm(person)
        except KeyError:
            raise NotPossible(f"{person} has no direct message with {self._in.world.bot}") from None

    async def _act(self, person: Person, on: Place, control: Control, value: dict[str, Any]) -> Action:
        own = {name: part for name, part in value.items() if name != "type"}
        if isinstance(on, Message):
            unfurl = next((one for one in on.unfurls.values() if control.block in one.blocks), None)
            payload = self._payloads.click_on_message(person, on, control, own, unfurl)
        else:
            payload = self._payloads.click_in_view(person, on or self._open_view(person), control, own)
        action = Action(kind="block_actions", envelope="interactive", person=person, payload=payload)
        await self._dispatcher.send(action)
        self._outcomes.of_click(action, on or self._in.views.top(person))
        return action

    async def _tell_of(self, message: Message, shape: str = "full", before: str = "") -> Action:
        """The bot is told of a message that mentions it, and of links; the answer is the first that was sent."""
        mention = await self._tell_of_mention(message, shape)
        links = await self._entry_points.tell_of_links(message, before)
        return links if mention.payload is None and links.payload is not None else mention

    async def _tell_of_mention(self, message: Message, shape: str = "full") -> Action:
        bot, channel = self._in.world.bot, message.channel
        action = Action(kind="app_mention", envelope="events_api", person=message.user)
        # Direct messages are no app_mention, and Slack tells no bot of a channel that it is not in.
        if f"<@{bot.id}>" not in message.text or not channel.has(bot) or channel.is_im or message.user is bot:
            return action
        if "app_mentions:read" not in self._in.scopes:
            return action
        action.payload = self._payloads.events.mention(message, shape)
        return await self._dispatcher.send(action)

    def _shown(self, person: Person, on: Place) -> Sequence[dict[str, Any]]:
        if on is None:
            return self._open_view(person).blocks
        if isinstance(on, View):
            if on.person is not person:
                raise NotPossible(f"{person} does not see that view")
            return on.blocks
        if not on.is_seen_by(person) or person.is_deactivated:
            raise NotPossible(f"{person} does not see that message")
        return [*on.blocks, *(block for unfurl in on.unfurls.values() for block in unfurl.blocks)]

    def _may_write_in(self, channel: Channel) -> None:
        if channel.is_im and not self._in.takes_direct_messages:
            raise NotPossible(NO_DIRECT_MESSAGES)

    def _open_view(self, person: Person) -> View:
        view = self._in.views.top(person)
        if view is None:
            raise NotPossible(f"{person} has no modal open")
        return view

    def _written(self, text: str) -> str:
        """What Slack makes of words that are typed into a message."""
        return self._linked(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))

    def _linked(self, text: str) -> str:
        """Names and addresses become what Slack's client sends for them; what is neither stays as it is."""
        parts = _URL.split(text)
        return "".join(f"<{part}>" if number % 2 else self._named(part) for number, part in enumerate(parts))

    def _named(self, text: str) -> str:
        world = self._in.world

        def person(name: re.Match[str]) -> str:
            one = next((one for one in world.people.values() if one.name == name[1]), None)
            group = next((one for one in world.usergroups.values() if one.handle == name[1]), None)
            if one is not None:
                return f"<@{one.id}>"
            return f"<!subteam^{group.id}>" if group is not None else name[0]

        def channel(name: re.Match[str]) -> str:
            one = next((one for one in world.channels.values() if one.name == name[1]), None)
            return f"<#{one.id}|{name[1]}>" if one is not None else name[0]

        return _HASH.sub(channel, _AT.sub(person, text))


def _in_channel(person: Person, channel: Channel) -> None:
    if not channel.has(person) or person.is_deactivated:
        raise NotPossible(f"{person} is not in {channel}")
    if channel.is_archived:
        raise NotPossible(f"{channel} is archived")


def _ts_of(channel: Channel, thread: Message | str | None) -> str | None:
    if thread is None:
        return None
    ts = thread if isinstance(thread, str) else thread.thread_ts or thread.ts
    if channel.find(ts) is None:
        raise NotPossible(f"there is no such thread in {channel}")
    return ts

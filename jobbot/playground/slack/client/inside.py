"""What is in the local Slack, and what happened there: the part of :class:`LocalSlack` that tests and pages look at."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from jobbot.playground.slack.blockkit.check import problems_in_blocks
from jobbot.playground.slack.client.acme import add_dm
from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.client.gestures import Gestures
from jobbot.playground.slack.delivery.action import Ack, Action, Envelope
from jobbot.playground.slack.delivery.dispatch import Dispatcher
from jobbot.playground.slack.state.changes import Change
from jobbot.playground.slack.state.messages import Block, Channel, Message
from jobbot.playground.slack.state.people import Person, Team
from jobbot.playground.slack.state.views import View
from jobbot.playground.slack.state.workspace import Workspace
from jobbot.playground.slack.state.world import UserGroup, World
from jobbot.playground.slack.web_api.calls import ApiCall, CallLog

T = TypeVar("T")


class Inside:
    """People, channels and groups by name; everything that was called, and whatever happens next."""

    def __init__(self, workspace: Workspace, gestures: Gestures, log: CallLog, dispatcher: Dispatcher) -> None:
        self._in = workspace
        self._gestures = gestures
        self._log = log
        self._dispatcher = dispatcher
        self._forgiven = 0
        for person in self.world.people.values():
            if isinstance(person, Actor):
                person.gestures = gestures

    @property
    def world(self) -> World:
        """Everybody and everything there is."""
        return self._in.world

    @property
    def scopes(self) -> set[str]:
        """What the bot is granted; may be changed at any time."""
        return self._in.scopes

    @property
    def takes_direct_messages(self) -> bool:
        """Whether people can write to the bot, as its manifest has it."""
        return self._in.takes_direct_messages

    @property
    def bot(self) -> Person:
        """The bot's own user."""
        return self.world.bot

    @property
    def ana(self) -> Actor:
        """Data engineer, admin, on call."""
        return self.person("ana")

    @property
    def mia(self) -> Actor:
        """Data engineer, on call as well."""
        return self.person("mia")

    @property
    def ben(self) -> Actor:
        """Analyst in New York, not on call."""
        return self.person("ben")

    @property
    def gus(self) -> Actor:
        """A guest."""
        return self.person("gus")

    @property
    def olga(self) -> Actor:
        """Of another organisation; in #acme-shared alone."""
        return self.person("olga")

    @property
    def sam(self) -> Actor:
        """Of a sister workspace. Raises KeyError where there is no Enterprise Grid."""
        return self.person("sam")

    def person(self, name: str) -> Actor:
        """Somebody by name or id. Raises KeyError."""
        found = self.world.person(name)
        if not isinstance(found, Actor):
            raise KeyError(name)
        return found

    def channel(self, name: str) -> Channel:
        """A channel by name or id. Raises KeyError."""
        return self.world.channel(name)

    def usergroup(self, handle: str) -> UserGroup:
        """A user group by handle or id. Raises KeyError."""
        return self.world.usergroup(handle)

    def add_person(self, name: str, *, team: Team | None = None, in_: Sequence[Channel] = (), **fields: Any) -> Actor:
        """Somebody more, of this workspace or of another ``team``; ``fields`` are those of Person."""
        if fields.get("is_ultra_restricted") and len(in_) > 1:
            raise ValueError("a single-channel guest is in one channel")
        given = {"id": self._in.new_id("U"), "real_name": name.capitalize(), **fields}
        person = Actor(name=name, team=team or self.world.home, gestures=self._gestures, **given)
        self.world.add_person(person)
        if self.world.is_of_home(person) and not person.is_bot:
            add_dm(self.world, person)
        for channel in in_:
            channel.members.add(person.id)
        return person

    def add_channel(self, name: str, *, members: Sequence[Person], **fields: Any) -> Channel:
        """A channel more; the bot is in it if it is among the ``members``; ``fields`` are those of Channel."""
        given = {"id": self._in.new_id("C"), **fields}
        channel = Channel(name=name, members={person.id for person in members}, **given)
        self.world.channels[channel.id] = channel
        return channel

    async def posts(self, person: Person, text: str, *, in_: Channel, thread: Message | str | None = None) -> Message:
        """Somebody said something; no bot is told of it."""
        return self._gestures.says(person, text, in_, thread)

    async def says_as_bot(self, channel: Channel, text: str, blocks: Sequence[Block] = ()) -> Message:
        """The bot said this at some time. Raises ValueError for blocks that Slack would not take."""
        if problems := problems_in_blocks(list(blocks), "message"):
            raise ValueError("; ".join(problems))
        return self._in.post(channel, self.bot, text, blocks)

    def deletes(self, message: Message) -> None:
        """Somebody who may deletes a message."""
        self._in.delete(message)

    async def shares(self, channel: Channel) -> None:
        """Another organisation comes into a channel, and the bot is told so."""
        channel.is_ext_shared = True
        await self._gestures.tells_of(channel, "channel_shared")

    async def archives(self, channel: Channel) -> None:
        """Somebody archives a channel, and the bot is told so."""
        channel.is_archived = True
        await self._gestures.tells_of(channel, "channel_archive")

    def removes_bot(self, channel: Channel) -> None:
        """The bot is put out of a channel."""
        channel.members.discard(self.bot.id)

    async def submits_as(
        self, person: Person, view: View, values: Mapping[str, object] | None = None, /, **fields: object
    ) -> Action:
        """Submit a modal that is open on somebody else's screen, as no client of Slack's can."""
        return await self._gestures.submits_view(person, view, {**(values or {}), **fields})

    @property
    def calls(self) -> tuple[ApiCall, ...]:
        """Every Web API call and every post to a response URL so far."""
        return self._log.all()

    def calls_of(self, method: str) -> list[ApiCall]:
        """Those of one method; ``response_url`` for posts to one."""
        return [call for call in self.calls if call.method == method]

    @property
    def refused_calls(self) -> list[ApiCall]:
        """The calls that Slack refused, since they were last forgiven."""
        return [call for call in self.calls[self._forgiven :] if not call.ok]

    def forgive(self) -> None:
        """Forget the calls that were refused so far."""
        self._forgiven = len(self.calls)

    def subscribe(self, watcher: Callable[[Change], None]) -> Callable[[], None]:
        """Call ``watcher`` with every change from now on; the answer, called, ends that."""
        return self._in.changes.subscribe(watcher)

    async def until(self, condition: Callable[[], T], *, seconds: float = 30.0) -> T:
        """Wait until ``condition`` answers something true, and answer that. Raises TimeoutError."""
        return await self._in.changes.until(condition, seconds=seconds)

    async def redeliver(self, action: Action) -> Action:
        """Deliver the same thing again: the same event id, trigger id, everything. Events say that it is a retry."""
        again = Action(kind=action.kind, envelope=action.envelope, person=action.person, payload=action.payload)
        action.redelivered += 1
        retry = (action.redelivered, "http_timeout") if action.envelope == "events_api" else None
        return await self._dispatcher.send(again, retry=retry)

    async def raw_deliver(
        self, payload: Mapping[str, Any], *, envelope: Envelope = "interactive", retry: tuple[int, str] | None = None
    ) -> Ack:
        """Deliver a payload that nobody's doing has made."""
        return await self._dispatcher.raw(envelope, payload, retry=retry)

    async def raw_bytes(self, body: bytes, headers: Mapping[str, str] | None = None, *, signed: bool = True) -> Ack:
        """Send the bot these bytes: as a POST's body with ``headers``, or as a WebSocket's text that gets no answer."""
        return await self._dispatcher.raw_bytes(body, headers or {}, signed=signed)

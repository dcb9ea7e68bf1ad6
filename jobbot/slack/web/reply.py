"""Replies to an interaction: in its channel, thread, or for the person alone; and a stop's channel message.

Out of a thread the response URL comes first, because it works where the bot is no member; in a thread the Web API comes
first, because a response URL would answer in the channel. Whichever fails, the other is tried: an answer is never
dropped without a line in the log.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from jobbot.flows.stops.announcer import Delivered, NotDelivered, Place
from jobbot.interaction import Clicked, Interaction, Typed
from jobbot.logs import get_logger
from jobbot.render.blockkit.blocks import Message
from jobbot.slack.web.notifier import may_pass
from jobbot.slack.web.outbound import Outbound, SlackRefused

log = get_logger(__name__)

_Send = Callable[[], Awaitable[object]]

_NOTE_SECONDS = 3.0
"""For how long an answer waits for its note, which is on its way, to be shown; in seconds."""


class Reply:
    """Answers one interaction. Nothing here raises: what cannot be delivered in any way is logged."""

    def __init__(self, outbound: Outbound, interaction: Interaction) -> None:
        self._outbound = outbound
        self._to = interaction

    @property
    def thread_ts(self) -> str | None:
        """The thread that answers belong to: the one it was asked in, or the one under a mention."""
        if isinstance(self._to.did, Typed) and self._to.did.command is None:
            return self._to.thread_ts or self._to.message_ts
        return self._to.thread_ts

    @property
    def place(self) -> Place:
        """Where a stop that begins with this interaction is announced."""
        return Place(self._to.channel_id or "", self.thread_ts, self._to.response_url)

    async def answer(self, message: Message, *, visible: bool) -> None:
        """A new message: for the whole channel when ``visible``, else for the asking person."""
        if not visible:
            await self.post_ephemeral(message)
            return
        post: _Send = lambda: self._outbound.post(self._channel, message, thread_ts=self.thread_ts)  # noqa: E731
        await self._first_that_works(self._ordered(self._respond(message, in_channel=True), post), "answer")

    async def post(self, message: Message) -> str | None:
        """A message for the whole channel that can be edited later: its ts. None where Slack does not take it.

        Tried once: where it would have to wait, another way answers at once.
        """
        try:
            return await self._outbound.post(self._channel, message, thread_ts=self.thread_ts, attempts=1) or None
        except SlackRefused as refused:
            log.info("not posted", channel=self._to.channel_id, **refused.as_fields())
            return None

    async def post_ephemeral(self, message: Message) -> None:
        """Post a message that only the asking person sees (ephemeral)."""
        thread = self._to.thread_ts
        post: _Send = lambda: self._outbound.post_ephemeral(self._channel, self._to.user_id, message, thread_ts=thread)  # noqa: E731
        await self._first_that_works(self._ordered(self._respond(message), post), "whisper")

    async def redraw(self, message: Message) -> None:
        """Replace the message whose button was clicked; where that cannot be done, post an ephemeral one."""
        ts = self._to.message_ts
        url = self._to.response_url
        ways: list[_Send] = []
        if url is not None:
            visible = not self._to.is_ephemeral
            ways.append(lambda: self._outbound.respond(url, message, in_channel=visible, replace_original=True))
        if ts is not None and not self._to.is_ephemeral:
            ways.append(lambda: self._outbound.edit(self._channel, ts, message))
        ways.append(lambda: self._outbound.post_ephemeral(self._channel, self._to.user_id, message))
        await self._first_that_works(ways, "redraw")

    @asynccontextmanager
    async def note_when_slow(self, message: Message, seconds: float) -> AsyncIterator[None]:
        """Around a piece of work: post ``message`` (ephemeral) if it takes longer than ``seconds``.

        After a typed command the note is withdrawn when the work is done. After a click it stays: there the response
        URL's "original" is the message that was clicked, which must not be deleted.
        """
        begun = False

        async def say() -> None:
            nonlocal begun
            await asyncio.sleep(seconds)
            begun = True
            await self.post_ephemeral(message)

        note = asyncio.create_task(say())
        try:
            yield
        finally:
            try:
                # Given up on its way it could be shown after it is withdrawn, and would then stay.
                if begun:
                    await asyncio.wait({note}, timeout=_NOTE_SECONDS)
            finally:
                note.cancel()
                await asyncio.wait({note})  # awaiting the note itself could not tell its end from our own cancellation
            if begun and self._to.response_url is not None and not isinstance(self._to.did, Clicked):
                with suppress(SlackRefused):
                    await self._outbound.withdraw(self._to.response_url)

    @property
    def _channel(self) -> str:
        return self._to.channel_id or ""

    def _respond(self, message: Message, *, in_channel: bool = False) -> _Send | None:
        url = self._to.response_url
        if url is None:
            return None
        return lambda: self._outbound.respond(url, message, in_channel=in_channel)

    def _ordered(self, respond: _Send | None, post: _Send) -> list[_Send]:
        if respond is None:
            return [post]
        return [post, respond] if self._to.thread_ts else [respond, post]

    async def _first_that_works(self, ways: list[_Send], what: str) -> None:
        for way in ways:
            try:
                await way()
            except SlackRefused as refused:
                log.warning("message not delivered", what=what, channel=self._to.channel_id, **refused.as_fields())
            else:
                return
        log.error("message not delivered in any way", what=what, channel=self._to.channel_id, user=self._to.user_id)


class SlackAnnouncer:
    """A :class:`~jobbot.flows.stops.announcer.Announcer`: the one message of a stop, in front of everybody."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    async def announce(self, place: Place, message: Message) -> Delivered | NotDelivered:
        """Post it; where the bot is no member, through the response URL, and then it cannot be edited later."""
        return await self._say(place, message, again=False)

    async def amend(self, place: Place, ts: str | None, message: Message) -> Delivered | NotDelivered:
        """Edit it, or post anew what it would have become."""
        if ts is not None:
            try:
                await self._outbound.edit(place.channel_id, ts, message)
            except SlackRefused as refused:
                log.warning("message not delivered", what="edit", channel=place.channel_id, **refused.as_fields())
                if may_pass(refused):
                    return _or(NotDelivered(""), refused)
            else:
                return Delivered(ts)
        return await self._say(place, message, again=True)

    async def post_ephemeral(self, place: Place, user_id: str, message: Message) -> Delivered | NotDelivered:
        """Out of a thread the response URL comes first, as for any answer."""
        url, said = place.response_url, NotDelivered("")
        thread = place.thread_ts
        post: _Send = lambda: self._outbound.post_ephemeral(place.channel_id, user_id, message, thread_ts=thread)  # noqa: E731
        ways = [post]
        if url is not None:
            ways.insert(1 if place.thread_ts else 0, lambda: self._outbound.respond(url, message))
        for way in ways:
            try:
                await way()
            except SlackRefused as refused:
                log.warning("message not delivered", what="whisper", channel=place.channel_id, **refused.as_fields())
                said = _or(said, refused)
            else:
                return Delivered(None)
        return said

    async def _say(self, place: Place, message: Message, *, again: bool) -> Delivered | NotDelivered:
        """``again``: retry where the first try may have been taken; for an ending, not for the first message."""
        try:
            ts = await self._outbound.post(
                place.channel_id, message, thread_ts=place.thread_ts, broadcast=True, repeatable=again
            )
        except SlackRefused as refused:
            log.warning("message not delivered", what="announce", channel=place.channel_id, **refused.as_fields())
            said = _or(NotDelivered(""), refused)
        else:
            return Delivered(ts or None)
        if place.response_url is None:
            return said
        try:
            await self._outbound.respond(place.response_url, message, in_channel=True)
        except SlackRefused as refused:
            # The stop goes on: a runaway job costs more than a late notice, and the ledger has the record.
            log.error("message not delivered in any way", what="announce", **refused.as_fields())
            return _or(said, refused)
        return Delivered(None)


def _or(said: NotDelivered, refused: SlackRefused) -> NotDelivered:
    """Combine two failed tries: it may pass if either may."""
    wait = said.wait if said.wait is not None else refused.wait
    maybe_delivered = said.maybe_delivered or refused.maybe_delivered
    return NotDelivered(said.why or refused.code, said.may_pass or may_pass(refused), wait, maybe_delivered)

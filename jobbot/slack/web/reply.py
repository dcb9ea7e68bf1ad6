"""Replies to an interaction: in its channel, thread, or for the person alone.

Out of a thread the response URL comes first, because it works where the bot is no member; in a thread the Web API comes
first, because a response URL would answer in the channel. Whichever fails, the other is tried: an answer is never
dropped without a line in the log.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from jobbot.flows.acts.announcer import Place
from jobbot.interaction import Interaction, Typed
from jobbot.logs import get_logger
from jobbot.render.blockkit.blocks import Message
from jobbot.slack.web.outbound import Outbound, SlackRefused
from jobbot.slack.web.slow_note import when_slow

log = get_logger(__name__)

_Send = Callable[[], Awaitable[object]]

NOTE_SECONDS = 2.0
"""After how many seconds a person is told that jobbot is still asking."""


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
        to = self._to
        post: _Send = lambda: self._outbound.post_ephemeral(self._channel, to.user_id, message, thread_ts=to.thread_ts)  # noqa: E731
        await self._first_that_works(self._ordered(self._respond(message), post), "whisper")

    async def redraw(self, message: Message) -> None:
        """Replace the message whose button was clicked; where that cannot be done, post an ephemeral one."""
        ts = self._to.message_ts
        url, visible = self._to.response_url, not self._to.is_ephemeral
        ways: list[_Send] = []
        if url is not None:
            ways.append(lambda: self._outbound.respond(url, message, in_channel=visible, replace_original=True))
        if ts is not None and visible:
            ways.append(lambda: self._outbound.edit(self._channel, ts, message))
        ways.append(lambda: self._outbound.post_ephemeral(self._channel, self._to.user_id, message))
        await self._first_that_works(ways, "redraw")

    @asynccontextmanager
    async def note_when_slow(
        self, message: Message, seconds: float = NOTE_SECONDS, *, visible: bool = False
    ) -> AsyncIterator[None]:
        """Around a piece of work: post ``message`` if it takes longer than ``seconds``, and withdraw it at its end.

        ``visible``: whether everybody may see it. An ephemeral message can be withdrawn only through the response URL
        of a command, because a click's would delete the message that was clicked, and a mention has none
        (https://docs.slack.dev/interactivity/handling-user-interaction). So after those the note is a message of its
        own where it may be, and stays where it may not.
        """
        url = self._to.response_url if isinstance(self._to.did, Typed) else None
        posted: str | None = None

        async def post() -> None:
            nonlocal posted
            if visible and url is None:
                posted = await self.post(message)
            if posted is None:
                await self.post_ephemeral(message)

        async def withdraw() -> None:
            with suppress(SlackRefused):
                if url is not None:
                    await self._outbound.withdraw(url)
                elif posted is not None:
                    await self._outbound.delete(self._channel, posted)

        async with when_slow(post, seconds, then=withdraw):
            yield

    @property
    def _channel(self) -> str:
        return self._to.channel_id or ""

    def _respond(self, message: Message, *, in_channel: bool = False) -> _Send | None:
        url = self._to.response_url
        return None if url is None else lambda: self._outbound.respond(url, message, in_channel=in_channel)

    def _ordered(self, respond: _Send | None, post: _Send) -> list[_Send]:
        if respond is None:
            return [post]
        return [post, respond] if self._to.thread_ts else [respond, post]

    async def _first_that_works(self, ways: list[_Send], what: str) -> None:
        for way in ways:
            try:
                await way()
                return
            except SlackRefused as refused:
                log.warning("message not delivered", what=what, channel=self._to.channel_id, **refused.as_fields())
        log.error("message not delivered in any way", what=what, channel=self._to.channel_id, user=self._to.user_id)

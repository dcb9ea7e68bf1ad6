"""Replies to an interaction: in its channel, thread, or for the person alone.

Out of a thread the response URL comes first, because it works where the bot is no member; in a thread the Web API comes
first, because a response URL would answer in the channel. Whichever fails, the other is tried: an answer is never
dropped without a line in the log.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from jobbot.flows.acts.announcer import Place
from jobbot.flows.instances import NOTE_SECONDS
from jobbot.interaction import Interaction, MessageShortcut, Typed
from jobbot.logs import get_logger
from jobbot.render.blockkit.blocks import Message
from jobbot.slack.web.outbound import Outbound, SlackRefused
from jobbot.slack.web.slow_note import when_slow

log = get_logger(__name__)

_Send = Callable[[], Awaitable[object]]


class Reply:
    """Answers one interaction. Nothing here raises: what cannot be delivered in any way is logged.

    One a whole interaction: it knows the note that the answer takes the place of (:meth:`note_when_slow`).
    """

    def __init__(self, outbound: Outbound, interaction: Interaction) -> None:
        self._outbound = outbound
        self._to = interaction
        self._note_ts: str | None = None
        self._note_in_place = False

    @property
    def thread_ts(self) -> str | None:
        """See :func:`thread_of`."""
        return thread_of(self._to)

    @property
    def place(self) -> Place:
        """Where a stop that begins with this interaction is announced."""
        return Place(self._to.channel_id or "", self.thread_ts, self._to.response_url)

    async def answer(self, message: Message, *, visible: bool) -> None:
        """A new message: for the whole channel when ``visible``, else for the asking person."""
        if not visible:
            await self.post_ephemeral(message)
            return
        if await self._in_the_notes_place(message) is not None:
            return
        post: _Send = lambda: self._outbound.post(self._channel, message, thread_ts=self.thread_ts)  # noqa: E731
        respond = self._respond(message, in_channel=True)
        await self._first_that_works(self._ordered(respond, post, in_thread=self.thread_ts is not None), "answer")

    async def post(self, message: Message) -> str | None:
        """A message for the whole channel that can be edited later: its ts. None where Slack does not take it.

        Tried once: where it would have to wait, another way answers at once.
        """
        return await self._in_the_notes_place(message) or await self._post(message)

    async def post_ephemeral(self, message: Message) -> None:
        """Post a message that only the asking person sees (ephemeral)."""
        await self._delete_note()
        to = self._to
        post: _Send = lambda: self._outbound.post_ephemeral(self._channel, to.user_id, message, thread_ts=to.thread_ts)  # noqa: E731
        respond = self._respond(message, in_place=self._note_in_place)
        ways = (
            [respond, post]
            if respond is not None and self._note_in_place
            else self._ordered(respond, post, in_thread=bool(to.thread_ts))
        )
        await self._first_that_works(ways, "whisper")

    async def redraw(self, message: Message) -> None:
        """Replace the message whose button was clicked; where that cannot be done, post an ephemeral one."""
        await self._delete_note()
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
        self, message: Message, seconds: float = NOTE_SECONDS, *, visible: bool = False, redraws: bool = False
    ) -> AsyncIterator[None]:
        """Around a piece of work: show ``message`` if it takes longer than ``seconds``, until the answer is there.

        ``visible``: whether everybody may see it; ``redraws``: the answer will replace the message that was clicked.

        An ephemeral message can be taken back only through the response URL of a command, or through that of a click on
        it (https://docs.slack.dev/messaging/modifying-messages). So after a command the note is ephemeral; where a
        person redraws a message of their own, it stands in its place meanwhile; where the answer is a new message for
        everybody, the note is posted as that message, and the answer is its edit. A message of the channel that is
        redrawn keeps its face until the answer is there: the note is a reply in its thread, and deleted. Where nobody
        else may see it and there is none of these, it is ephemeral and stays.
        """
        to, url = self._to, self._to.response_url
        is_command = url is not None and isinstance(to.did, Typed)

        async def show() -> None:
            if visible and not is_command and not (redraws and to.is_ephemeral):
                self._note_ts = await self._post(message, to.message_ts if redraws else None)
                if self._note_ts is not None:
                    return
            self._note_in_place = url is not None and redraws and to.is_ephemeral
            await self.post_ephemeral(message)

        async def take_back() -> None:
            if is_command and url is not None:
                with suppress(SlackRefused):
                    await self._outbound.withdraw(url)
            elif redraws:
                await self._delete_note()

        try:
            async with when_slow(show, seconds, then=take_back):
                yield
        except BaseException:
            await self._delete_note()
            raise

    async def _post(self, message: Message, under: str | None = None) -> str | None:
        """``under``: in the thread of this message, where it is in none."""
        thread = self.thread_ts or under
        try:
            return await self._outbound.post(self._channel, message, thread_ts=thread, attempts=1) or None
        except SlackRefused as refused:
            log.info("not posted", channel=self._to.channel_id, **refused.as_fields())
            return None

    async def _in_the_notes_place(self, message: Message) -> str | None:
        """The ts of the note that has become ``message``; None where there is none, or it could not be edited."""
        ts, self._note_ts = self._note_ts, None
        if ts is None:
            return None
        try:
            await self._outbound.edit(self._channel, ts, message)
        except SlackRefused as refused:
            log.warning("message not delivered", what="edit", channel=self._to.channel_id, **refused.as_fields())
            self._note_ts = ts
            await self._delete_note()
            return None
        return ts

    async def _delete_note(self) -> None:
        ts, self._note_ts = self._note_ts, None
        if ts is not None:
            with suppress(SlackRefused):
                await self._outbound.delete(self._channel, ts)

    @property
    def _channel(self) -> str:
        return self._to.channel_id or ""

    def _respond(self, message: Message, *, in_channel: bool = False, in_place: bool = False) -> _Send | None:
        url = self._to.response_url
        if url is None:
            return None
        return lambda: self._outbound.respond(url, message, in_channel=in_channel, replace_original=in_place)

    def _ordered(self, respond: _Send | None, post: _Send, *, in_thread: bool) -> list[_Send]:
        if respond is None:
            return [post]
        return [post, respond] if in_thread else [respond, post]

    async def _first_that_works(self, ways: list[_Send], what: str) -> None:
        for way in ways:
            try:
                await way()
                return
            except SlackRefused as refused:
                log.warning("message not delivered", what=what, channel=self._to.channel_id, **refused.as_fields())
        log.error("message not delivered in any way", what=what, channel=self._to.channel_id, user=self._to.user_id)


def thread_of(interaction: Interaction) -> str | None:
    """The thread that answers belong to: the one it was asked in, or the one under a mention or a message read."""
    if interaction.is_mention or isinstance(interaction.did, MessageShortcut):
        return interaction.thread_ts or interaction.message_ts
    return interaction.thread_ts

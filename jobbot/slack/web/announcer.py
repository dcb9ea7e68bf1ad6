"""An act's channel message: posted, edited, or told to the asking person alone."""

from collections.abc import Awaitable, Callable

from jobbot.flows.acts.announcer import Delivered, NotDelivered, Place
from jobbot.logs import get_logger
from jobbot.render.blockkit.blocks import Message
from jobbot.slack.web.notifier import may_pass
from jobbot.slack.web.outbound import Outbound, SlackRefused

log = get_logger(__name__)

_Send = Callable[[], Awaitable[object]]


class SlackAnnouncer:
    """A :class:`~jobbot.flows.acts.announcer.Announcer`: the one message of an act, in front of everybody."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    async def announce(self, place: Place, message: Message) -> Delivered | NotDelivered:
        """Post it; where the bot is no member, through the response URL, and then it cannot be edited later."""
        return await self._say(place, message, again=False)

    async def amend(self, place: Place, ts: str | None, message: Message) -> Delivered | NotDelivered:
        """Edit it, or post what it would have become as a new message."""
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

    async def edit(self, place: Place, ts: str, message: Message) -> None:
        """See :meth:`Announcer.edit`."""
        try:
            await self._outbound.edit(place.channel_id, ts, message)
        except SlackRefused as refused:
            log.info("message left as it is", what="edit", channel=place.channel_id, **refused.as_fields())

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
            # The act goes on: a runaway job costs more than a late notice, and the ledger has the record.
            log.error("message not delivered in any way", what="announce", **refused.as_fields())
            return _or(said, refused)
        return Delivered(None)


def _or(said: NotDelivered, refused: SlackRefused) -> NotDelivered:
    """Combine two failed tries: it may pass if either may."""
    wait = said.wait if said.wait is not None else refused.wait
    maybe_delivered = said.maybe_delivered or refused.maybe_delivered
    return NotDelivered(said.why or refused.code, said.may_pass or may_pass(refused), wait, maybe_delivered)

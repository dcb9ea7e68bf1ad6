"""The one message of a stop: begun, changed on the way, and true in the end whoever had the last word.

Slack edits a message on no condition. So a process that slept, while another one took its stop over and told the
ending, could write over it: whoever speaks on the way asks before and afterwards whether the row is still theirs, and
whoever learns that it is not sets right what they may have said.
"""

from dataclasses import replace

from jobbot.flows.stops.announcer import Announcer, Delivered, NotDelivered, Place
from jobbot.logs import get_logger
from jobbot.render import stopping as words
from jobbot.render.blockkit.blocks import Message, load_message
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.retry import Timer, retry_while_unavailable
from jobbot.store.stops.model import Claimed, Ledger, LostClaim, StopRecord

log = get_logger(__name__)


class ChannelMessage:
    """The message of one row. ``most`` is for how many seconds a step is tried again while the database is away.

    A process that died between Slack's taking the first message and the row's knowing its ts has left a message that
    nobody can find again: Slack's posts take no key of the caller's, and reading a channel, or the metadata of its
    messages, is more than jobbot asks for. So the row says before each first message that there may be one; whoever
    goes on posts another one, which says that it replaces it.
    """

    def __init__(
        self, claimed: Claimed, *, place: Place, ledger: Ledger, announcer: Announcer, most: float, timer: Timer
    ) -> None:
        self._claim = claimed.claim
        self._place = place
        self._ledger = ledger
        self._announcer = announcer
        self._most = most
        self._timer = timer
        self.ts = claimed.record.message_ts
        self.stop = _stop_of(claimed.record)
        self._is_fixed = False

    async def begin(self) -> None:
        """Post it, and remember which it is. Raises LostClaim, StoreUnavailable."""
        await self._ledger.posting(self._claim)
        match await self._announcer.announce(self._place, words.begun(self.stop)):
            case Delivered(str(ts)):
                self.ts = ts
                await self._announced(ts)
            case NotDelivered(maybe_delivered=False):
                await self._ledger.not_posted(self._claim)
            case Delivered() | NotDelivered():
                self._is_fixed = True
                self.stop = replace(self.stop, replaces=True)

    async def _announced(self, ts: str) -> None:
        try:
            await self._ledger.announced(self._claim, ts)
        except StoreUnavailable:
            await self.amend(words.waiting(self.stop))
            await retry_while_unavailable(
                lambda: self._ledger.announced(self._claim, ts), most=self._most, timer=self._timer
            )

    async def say(self, message: Message) -> None:
        """Something on the way. Raises LostClaim, also where it turns out afterwards.

        What cannot be edited is followed by the ending alone: each word on the way would stay as a message of its own.
        """
        if self._is_fixed:
            return
        try:
            await self._ledger.keep(self._claim)
            await self.amend(message)
            await self._ledger.keep(self._claim)
        except StoreUnavailable:
            log.info("message left as it is, database cannot be used", job=self.stop.job)

    async def amend(self, message: Message) -> Delivered | NotDelivered:
        """Let it say this; what cannot be edited is posted anew, and that is edited from then on."""
        said = await self._announcer.amend(self._place, self.ts, message)
        if isinstance(said, Delivered) and said.ts is not None:
            self.ts = said.ts
        return said

    async def post_ephemeral(self, message: Message) -> Delivered | NotDelivered:
        """Tell the person who asked, alone. Answers as :meth:`Announcer.amend`."""
        return await self._announcer.post_ephemeral(self._place, self.stop.user_id, message)

    async def restore(self) -> None:
        """Somebody else has the row: what was said here since must not stand against what they say.

        A row that is still open will be told of later than now; of one that is closed the ending is told again.
        """
        if self.ts is None:
            return
        try:
            row = await retry_while_unavailable(
                lambda: self._ledger.read(self._claim), most=self._most, timer=self._timer
            )
        except (LostClaim, StoreUnavailable) as error:
            log.error("message may be out of date", job=self.stop.job, error=type(error).__name__)
            return
        if row.message_ts != self.ts:
            await self.amend(words.told_elsewhere(self.stop))
        elif row.closed_at is not None and row.message is not None:
            await self.amend(load_message(row.message))


def _stop_of(record: StopRecord) -> words.Stop:
    return words.Stop(
        name=record.name,
        job=record.job,
        instance=record.instance,
        user_id=record.user_id,
        asked_at=record.requested_at,
        reason=record.reason,
        replaces=record.first_posts > (record.message_ts is not None),
    )

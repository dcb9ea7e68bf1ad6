"""Posts and edits the one channel message of an act; after a lost claim, restores what the current owner wrote.

Slack has no conditional edit. So a process that was frozen, while another one took its act over and posted the ending,
could overwrite it: every edit on the way checks the claim before and afterwards, and a process that finds its claim
lost restores the message from the row.
"""

from dataclasses import replace

from jobbot.flows.acts.announcer import Announcer, Delivered, NotDelivered, Place
from jobbot.logs import get_logger
from jobbot.render.acts import message as words
from jobbot.render.acts.message import ActFacts
from jobbot.render.blockkit.blocks import Message, load_message
from jobbot.store.acts.model import Claimed, Ledger, LostClaim
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.retry import Timer, retry_while_unavailable

log = get_logger(__name__)


class ChannelMessage:
    """The message of one act: ``act`` is what it tells. A step is retried for ``most`` seconds while the database is
    unavailable.

    A process that died between Slack's taking the first message and the row's knowing its ts has left a message that
    nobody can find again: Slack's posts take no idempotency key, and jobbot has no scope to read a channel's history.
    So the row says before each first message that there may be one; whoever
    goes on posts another one, which says that it replaces it.
    """

    def __init__(
        self,
        claimed: Claimed,
        act: ActFacts,
        *,
        place: Place,
        ledger: Ledger,
        announcer: Announcer,
        most: float,
        timer: Timer,
    ) -> None:
        self._claim = claimed.claim
        self._place = place
        self._ledger = ledger
        self._announcer = announcer
        self._most = most
        self._timer = timer
        record = claimed.record
        self.ts = record.message_ts
        # One that was begun, and has no ts, may stand where nobody can edit it.
        self.act = replace(act, replaces=record.first_posts > (record.message_ts is not None))
        self._is_fixed = False

    async def begin(self) -> None:
        """Post the first message and store its ts. Raises LostClaim, StoreUnavailable."""
        await self._ledger.posting(self._claim)
        match await self._announcer.announce(self._place, words.begun(self.act)):
            case Delivered(str(ts)):
                self.ts = ts
                await self._announced(ts)
            case NotDelivered(maybe_delivered=False):
                await self._ledger.not_posted(self._claim)
            case Delivered() | NotDelivered():
                self._is_fixed = True
                self.act = replace(self.act, replaces=True)

    async def _announced(self, ts: str) -> None:
        try:
            await self._ledger.announced(self._claim, ts)
        except StoreUnavailable:
            await self.amend(words.waiting(self.act))
            await retry_while_unavailable(
                lambda: self._ledger.announced(self._claim, ts), most=self._most, timer=self._timer
            )

    async def say(self, message: Message) -> None:
        """Edit the message while the act goes on. Raises LostClaim, also where the claim was lost during the edit.

        A message without a ts cannot be edited: it is left alone until the ending, which is posted as a new message.
        """
        if self._is_fixed:
            return
        try:
            await self._ledger.keep(self._claim)
            await self.amend(message)
            await self._ledger.keep(self._claim)
        except StoreUnavailable:
            log.info("message left as it is, database cannot be used", act=self._claim.id)

    async def amend(self, message: Message) -> Delivered | NotDelivered:
        """Edit the message; where that cannot be done, post it again, and edit the new one from then on."""
        said = await self._announcer.amend(self._place, self.ts, message)
        if isinstance(said, Delivered) and said.ts is not None:
            self.ts = said.ts
        return said

    async def post_ephemeral(self, message: Message) -> Delivered | NotDelivered:
        """Post for the person who asked, alone (ephemeral)."""
        return await self._announcer.post_ephemeral(self._place, self.act.user_id, message)

    async def restore(self) -> None:
        """Another process owns the row: undo what this one may have written into the message since.

        Where the row is closed, the ending is written again; where it is open, its owner will write it later. Where the
        owner has posted another message, this one refers to it.
        """
        if self.ts is None:
            return
        try:
            row = await retry_while_unavailable(
                lambda: self._ledger.current(self._claim), most=self._most, timer=self._timer
            )
        except (LostClaim, StoreUnavailable) as error:
            log.error("message may be out of date", act=self._claim.id, error=type(error).__name__)
            return
        if row.message_ts != self.ts:
            await self.amend(words.told_elsewhere(self.act))
        elif row.closed_at is not None and row.message is not None:
            await self.amend(load_message(row.message))


class SilentMessage(ChannelMessage):
    """No message at all: what a part of an act of several has, of which the whole tells."""

    def __init__(self, act: ActFacts) -> None:
        self.act = act
        self.ts = None

    async def begin(self) -> None:
        """Nothing is posted."""

    async def say(self, message: Message) -> None:
        """Nothing is said."""

    async def amend(self, message: Message) -> Delivered | NotDelivered:
        """Nobody has to be told."""
        return Delivered(None)

    async def post_ephemeral(self, message: Message) -> Delivered | NotDelivered:
        """Nobody has to be told."""
        return Delivered(None)

    async def restore(self) -> None:
        """There is nothing to restore."""

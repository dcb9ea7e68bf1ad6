"""Tells of an act long after it was asked for: only where its channel may still see it.

Nobody asks at the hour of a planned act. By then the channel may have lost its rights, or another organisation may have
come into it; it is decided as for any other message that was not asked for just now.
"""

from collections.abc import Awaitable, Callable

from jobbot.access import Need
from jobbot.flows.acts.announcer import Announcer, Delivered, NotDelivered, Place
from jobbot.flows.delivery.notifier import Deliverability, MayNotify, TryLater, Undeliverable
from jobbot.logs import get_logger
from jobbot.render.blockkit.blocks import Message
from jobbot.store.acts.model import ActRecord

log = get_logger(__name__)

AsksMayNotify = Callable[[str, str, str, frozenset[int] | None], Awaitable[Deliverability]]
"""See :meth:`~jobbot.flows.delivery.notifier.Notifier.may_notify`."""


class PermittedAnnouncer(Announcer):
    """``announcer``, where ``may_notify`` permits it in the channel of the act of ``record``."""

    def __init__(self, announcer: Announcer, may_notify: AsksMayNotify, record: ActRecord) -> None:
        self._announcer = announcer
        self._may_notify = may_notify
        self._record = record

    async def announce(self, place: Place, message: Message) -> Delivered | NotDelivered:
        """See :meth:`Announcer.announce`."""
        return await self._refused() or await self._announcer.announce(place, message)

    async def amend(self, place: Place, ts: str | None, message: Message) -> Delivered | NotDelivered:
        """See :meth:`Announcer.amend`."""
        return await self._refused() or await self._announcer.amend(place, ts, message)

    async def edit(self, place: Place, ts: str, message: Message) -> None:
        """See :meth:`Announcer.edit`."""
        if await self._refused() is None:
            await self._announcer.edit(place, ts, message)

    async def post_ephemeral(self, place: Place, user_id: str, message: Message) -> Delivered | NotDelivered:
        """See :meth:`Announcer.post_ephemeral`."""
        return await self._refused() or await self._announcer.post_ephemeral(place, user_id, message)

    async def _refused(self) -> NotDelivered | None:
        """Why the channel is told nothing, if so."""
        record = self._record
        workspaces = frozenset({record.workspace}) if record.workspace is not None else None
        match await self._may_notify(record.channel_id, Need.VIEW.value, record.instance, workspaces):
            case MayNotify():
                return None
            case TryLater(reason, seconds):
                return NotDelivered(reason, may_pass=True, wait=seconds)
            case Undeliverable(reason):
                log.warning("message of an act left alone", act=record.id, channel=record.channel_id, why=reason)
                return NotDelivered(reason)

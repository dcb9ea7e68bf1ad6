"""Freezing an instance, and ending that: the use cases, and the message that the time of a freeze is over.

What a freeze does is in ``execution``: every act asks for it before it is begun, and right before it is sent.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import uuid4

from jobbot.access.policy import Need
from jobbot.flows.frozen import frozen_of
from jobbot.intents.model import Freeze as Wish
from jobbot.intents.model import Unfreeze
from jobbot.logs import get_logger
from jobbot.render import frozen as words
from jobbot.render.acts.window import REASON_MOST
from jobbot.render.blockkit.blocks import Message, dump_message
from jobbot.render.blockkit.text import cut
from jobbot.render.frozen import LONGEST, Frozen
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.following.model import Notification
from jobbot.store.freezes import Freeze, Freezes, Repeated
from jobbot.store.slack_retries import obeyed

log = get_logger(__name__)

_A_MOMENT = timedelta(seconds=60)
"""So much longer than the longest is still what was meant: "24h" was read a moment ago."""


class CannotFreeze(Exception):
    """The database cannot be used: nothing was changed."""


class Lacks(Enum):
    """What a freeze lacks, so that nothing was done."""

    LENGTH = auto()
    SHORTER = auto()
    FUTURE = auto()
    REASON = auto()


@dataclass(frozen=True, slots=True)
class Place:
    """Who asked for it, and where. ``key``: what Slack repeats when it delivers the same again, empty for nothing.

    ``is_member``: whether the outbox can tell the channel of it; else whoever asked has to.
    """

    user_id: str
    channel_id: str
    thread_ts: str | None = None
    key: str = ""
    is_member: bool = True


@dataclass(frozen=True, slots=True)
class Began:
    """A freeze that is on now, and the one that it took the place of."""

    frozen: Frozen
    before: Frozen | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The freeze that was ended."""

    frozen: Frozen


@dataclass(frozen=True, slots=True)
class DoneBefore:
    """This very delivery was obeyed before: nothing was changed now."""


def end_of(wish: Wish, now: datetime) -> datetime | Lacks:
    """When a freeze that is asked for now ends, or what it lacks."""
    until = now + wish.length if wish.length is not None else wish.until
    if until is None:
        return Lacks.LENGTH
    if until - now > LONGEST + _A_MOMENT:
        return Lacks.SHORTER
    if until <= now:
        return Lacks.FUTURE
    return until if wish.reason else Lacks.REASON


class FreezeFlow:
    """The use cases. ``clock``: aware time; ``hasten`` has the live cards of an instance drawn soon; ``wake``:
    something is to be delivered.

    Methods raise CannotFreeze where they do not say otherwise.
    """

    def __init__(
        self,
        freezes: Freezes,
        clock: Callable[[], datetime],
        *,
        hasten: Callable[[str], Awaitable[None]],
        wake: Callable[[], None],
    ) -> None:
        self._freezes = freezes
        self._clock = clock
        self._hasten = hasten
        self._wake = wake

    async def current(self, instance: str) -> Frozen | None:
        """The freeze that is on."""
        try:
            found = await self._freezes.current(instance)
        except StoreUnavailable as error:
            raise CannotFreeze from error
        return frozen_of(found) if found is not None else None

    async def freeze(self, instance: str, until: datetime, reason: str, place: Place) -> Began | DoneBefore:
        """Freeze an instance, or change the freeze that is on; the channel is told by the outbox."""
        one = Freeze(
            id=uuid4().hex,
            instance=instance,
            user_id=place.user_id,
            channel_id=place.channel_id,
            thread_ts=place.thread_ts,
            reason=cut(reason, REASON_MOST),
            since=self._clock(),
            until=until,
        )

        def told(before: Freeze | None) -> Notification:
            message = words.began(frozen_of(one), frozen_of(before) if before is not None else None)
            return _notification(one.instance, place, f"freeze {one.id}", message)

        try:
            before = await self._freezes.begin(one, told if place.is_member else None, key=_obeyed(place))
        except StoreUnavailable as error:
            raise CannotFreeze from error
        if isinstance(before, Repeated):
            return DoneBefore()
        self._wake()
        log.info("frozen", instance=instance, user=place.user_id, until=until.isoformat(), freeze=one.id)
        await self._hasten(instance)
        return Began(frozen_of(one), frozen_of(before) if before is not None else None)

    async def unfreeze(self, wish: Unfreeze, instance: str, place: Place) -> Ended | Frozen | DoneBefore | None:
        """End the freeze that is on; the one that is on and is not the one that was meant, None where none is."""
        reason, user_id = cut(wish.reason, REASON_MOST), place.user_id

        def told(ended: Freeze) -> Notification:
            message = words.ended(frozen_of(ended), user_id, reason)
            return _notification(instance, place, f"unfreeze {ended.id}", message)

        try:
            say = told if place.is_member else None
            found = await self._freezes.end(
                instance, say, only=wish.freeze, by=user_id, reason=reason, key=_obeyed(place)
            )
        except StoreUnavailable as error:
            raise CannotFreeze from error
        if isinstance(found, Repeated):
            return DoneBefore()
        if found is None or found.ended_at is None:
            return frozen_of(found) if found is not None else None
        self._wake()
        log.info("unfrozen", instance=instance, user=user_id, freeze=found.id)
        await self._hasten(instance)
        return Ended(frozen_of(found))

    async def tell_over(self) -> None:
        """Have the channels told whose freezes are over, once over all processes. Raises StoreUnavailable."""
        for instance in await self._freezes.tell_over(_over):
            self._wake()
            await self._hasten(instance)


def _obeyed(place: Place) -> str:
    return obeyed(place.key) if place.key else ""


def _over(freeze: Freeze) -> Notification:
    place = Place(freeze.user_id, freeze.channel_id, freeze.thread_ts)
    return _notification(freeze.instance, place, f"freeze over:{freeze.id}", words.over(frozen_of(freeze)))


def _notification(instance: str, place: Place, key: str, message: Message) -> Notification:
    return Notification(
        id=uuid4().hex,
        key=key,
        need=Need.VIEW,
        instance=instance,
        channel_id=place.channel_id,
        thread_ts=place.thread_ts,
        message=dump_message(message),
        workspaces=frozenset(),
    )

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
from jobbot.render.blockkit.blocks import dump_message
from jobbot.render.blockkit.text import cut
from jobbot.render.frozen import LONGEST, Frozen
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.following.model import Notification
from jobbot.store.freezes import Freeze, Freezes

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
    """Who asked for it, and where."""

    user_id: str
    channel_id: str
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class Began:
    """A freeze that is on now, and the one that it took the place of."""

    frozen: Frozen
    before: Frozen | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The freeze that was ended."""

    frozen: Frozen


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
    """The use cases. ``clock``: aware time; ``hasten`` has the live cards of an instance drawn soon.

    Methods raise CannotFreeze where they do not say otherwise.
    """

    def __init__(
        self, freezes: Freezes, clock: Callable[[], datetime], *, hasten: Callable[[str], Awaitable[None]]
    ) -> None:
        self._freezes = freezes
        self._clock = clock
        self._hasten = hasten

    async def current(self, instance: str) -> Frozen | None:
        """The freeze that is on."""
        try:
            found = await self._freezes.current(instance)
        except StoreUnavailable as error:
            raise CannotFreeze from error
        return frozen_of(found) if found is not None else None

    async def freeze(self, instance: str, until: datetime, reason: str, place: Place) -> Began:
        """Freeze an instance, or change the freeze that is on."""
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
        try:
            before = await self._freezes.begin(one)
        except StoreUnavailable as error:
            raise CannotFreeze from error
        log.info("frozen", instance=instance, user=place.user_id, until=until.isoformat(), freeze=one.id)
        await self._hasten(instance)
        return Began(frozen_of(one), frozen_of(before) if before is not None else None)

    async def unfreeze(self, wish: Unfreeze, instance: str, user_id: str) -> Ended | Frozen | None:
        """End the freeze that is on; the one that is on and is not the one that was meant, None where none is."""
        reason = cut(wish.reason, REASON_MOST)
        try:
            found = await self._freezes.end(instance, only=wish.freeze, by=user_id, reason=reason)
        except StoreUnavailable as error:
            raise CannotFreeze from error
        if found is None or found.ended_at is None:
            return frozen_of(found) if found is not None else None
        log.info("unfrozen", instance=instance, user=user_id, freeze=found.id)
        await self._hasten(instance)
        return Ended(frozen_of(found))

    async def tell_over(self) -> None:
        """Have the channels told whose freezes are over, once over all processes. Raises StoreUnavailable."""
        for instance in await self._freezes.tell_over(_over):
            await self._hasten(instance)


def _over(freeze: Freeze) -> Notification:
    return Notification(
        id=uuid4().hex,
        key=f"freeze over:{freeze.id}",
        need=Need.VIEW,
        instance=freeze.instance,
        channel_id=freeze.channel_id,
        thread_ts=freeze.thread_ts,
        message=dump_message(words.over(frozen_of(freeze))),
        workspaces=frozenset(),
    )

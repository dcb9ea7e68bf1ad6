"""Asks others to do an act: keeps the requests, ends those that are over, and words their cards.

Everything that a card says is written with what it tells of, and delivered by the outbox: so it is told after a crash
too, by whichever process is there.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from uuid import uuid4

from jobbot.access.policy import Limit
from jobbot.flows.acts.acting import CannotRecord
from jobbot.flows.acts.announcer import Announcer, Place
from jobbot.flows.acts.kinds import act_of
from jobbot.logs import get_logger
from jobbot.render.acts import review as words
from jobbot.render.acts.review import Review
from jobbot.render.blockkit.blocks import dump_message
from jobbot.store.acts.model import ActRecord, ActRequest, ActState
from jobbot.store.acts.review_request import NotConfirmed, ReviewRequest, ReviewState, Unconfirmable
from jobbot.store.acts.reviews import AskedBefore, ReviewStore, TooMany
from jobbot.store.database.engine import StoreUnavailable
from jobbot.telemetry import Telemetry

__all__ = [
    "AskedBefore",
    "NotConfirmed",
    "ReviewFlow",
    "ReviewRequest",
    "ReviewState",
    "TooMany",
    "Unconfirmable",
    "card_of",
    "review_of",
]
"""Of the store's types those that handlers need too."""

log = get_logger(__name__)

NOBODY = Limit()
LASTS = timedelta(minutes=10)
"""For so long a request can be confirmed."""


def review_of(request: ReviewRequest, how: ActState | None = None) -> Review:
    """What is told of a request. ``how`` is the ending of the act that confirmed it and was not begun."""
    noun, wanted = _noun(request)
    return Review(
        id=request.id,
        instance=request.instance,
        noun=noun,
        wanted=wanted,
        user_id=request.user_id,
        reason=request.reason,
        shown=request.shown,
        asked_at=request.requested_at,
        expires_at=request.expires_at,
        two_people=request.two_people,
        state=request.state.value,
        decided_by=request.decided_by,
        decided_at=request.decided_at,
        how=how.value if how is not None else None,
    )


def _noun(request: ReviewRequest) -> tuple[str, str]:
    """What is asked for, in words, and what belongs to it; for details that another version wrote, without them."""
    fields_of_act = {field.name: getattr(request, field.name) for field in fields(ActRequest)}
    try:
        act = act_of(ActRecord(**fields_of_act, id=request.id, state=ActState.SUBMITTED))
    except ValueError:
        return words.noun_without_details(request.kind.value, request.name, request.subject), ""
    return act.phrases.noun, act.wanted


def card_of(request: ReviewRequest, how: ActState | None = None, *, calls: Limit = NOBODY) -> str:
    """What the card of a request says now, for the outbox. ``calls``: whom it mentions, which an edit does not."""
    users = sorted(calls.users - {request.user_id})
    return dump_message(words.card(review_of(request, how), users=users, usergroups=sorted(calls.usergroups)))


class ReviewFlow:
    """The use case. ``clock``: aware time; ``wake``: something is to be delivered; ``announcer`` tells who asked."""

    def __init__(
        self,
        store: ReviewStore,
        clock: Callable[[], datetime],
        *,
        wake: Callable[[], None],
        announcer: Announcer,
        telemetry: Telemetry | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake
        self._announcer = announcer
        self._telemetry = telemetry or Telemetry()

    async def ask(
        self, act: ActRequest, parts: Sequence[ActRequest], shown: str, *, calls: Limit = NOBODY
    ) -> ReviewRequest | AskedBefore | TooMany:
        """Ask for an act, with its parts; ``calls``: whom the card mentions, once.

        Raises CannotRecord: then it may have been asked, and expires.
        """
        named = parts or [act]
        places = [one.workspace for one in named]
        asked = {field.name: getattr(act, field.name) for field in fields(ActRequest)}
        now = self._clock()
        request = ReviewRequest(
            **asked | {"requested_at": now},
            id=uuid4().hex,
            jobs=tuple(part.job for part in parts if part.job is not None),
            shown=shown,
            workspaces=None if None in places else frozenset(place for place in places if place is not None),
            expires_at=now + LASTS,
        )
        try:
            found = await self._store.ask(request, lambda one: card_of(one, calls=calls))
        except StoreUnavailable as error:
            raise CannotRecord(str(error)) from error
        if isinstance(found, ReviewRequest) and found.id == request.id:
            self._count(found)
        return found

    async def find(self, id_: str) -> ReviewRequest | None:
        """A request as it is now. Raises CannotRecord."""
        try:
            return await self._store.find(id_)
        except StoreUnavailable as error:
            raise CannotRecord(str(error)) from error

    async def end(self, request: ReviewRequest, state: ReviewState, by: str) -> bool:
        """Withdraw or discard it; whether it was still open. Raises CannotRecord."""
        try:
            return await self._end(request, state, by)
        except StoreUnavailable as error:
            raise CannotRecord(str(error)) from error

    def confirmed(self, act: ActRequest) -> None:
        """An act was recorded that confirms a request."""
        self._telemetry.metrics.reviewed(act.kind.value, ReviewState.CONFIRMED.value)
        self._wake()

    async def look_after(self) -> None:
        """End what is over, or whose act of one job, issue, fetch or resume was done without it; say of what was
        confirmed that its act was not begun.

        Raises StoreUnavailable.
        """
        for request, state, how in await self._store.due():
            if await self._end(request, state, request.decided_by, how) and state is ReviewState.UNTOLD:
                place = Place(request.channel_id, request.thread_ts)
                await self._announcer.post_ephemeral(place, request.user_id, words.untold())

    async def _end(
        self, request: ReviewRequest, state: ReviewState, by: str | None, how: ActState | None = None
    ) -> bool:
        ended = await self._store.end(request.id, state, by, lambda now: card_of(now, how))
        if ended:
            self._telemetry.metrics.reviewed(request.kind.value, state.value)
            log.info("review request ended", kind=request.kind.value, instance=request.instance, state=state.value)
            self._wake()
        return ended

    def _count(self, request: ReviewRequest) -> None:
        self._telemetry.metrics.reviewed(request.kind.value, request.state.value)
        self._wake()

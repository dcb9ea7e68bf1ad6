"""A review request: a person asks that somebody else does an act. Its states, and what confirms it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jobbot.store.acts.model import ActRequest, Kind


class ReviewState(StrEnum):
    """The states of a request: open -> one of the others, once; confirmed -> not begun.

    ``not_begun``: it was confirmed, and the act that did so ended before it was begun (``NOT_BEGUN``). ``untold``: its
    card could not be posted, so that nobody was asked. ``done_already``: ``decided_by`` has done the same without it,
    or jobbot, as planned, where that is None.
    """

    OPEN = "open"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"
    EXPIRED = "expired"
    NOT_BEGUN = "not_begun"
    UNTOLD = "untold"
    DONE_ALREADY = "done_already"


class Unconfirmable(StrEnum):
    """Why an act does not confirm a request: nothing was written then."""

    UNKNOWN = "unknown"
    OVER = "over"
    OWN = "own"
    OTHER_ACT = "other act"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequest(ActRequest):
    """A row. The fields of ActRequest are those of the act that is asked for; ``user_id`` is who asks.

    ``jobs`` are those of an act of several; ``shown`` is mrkdwn: what it is about as it was when it was asked.
    ``workspaces`` are those of all that the card tells of, None where one of them is not known.
    ``decided_by`` is who confirmed, withdrew or discarded it, or did the same without it; ``act`` the id of the act
    that confirmed it.
    """

    id: str
    jobs: tuple[int, ...] = ()
    shown: str
    workspaces: frozenset[int] | None = None
    expires_at: datetime
    state: ReviewState = ReviewState.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None
    act: str | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether it may still be confirmed, as far as this machine's clock knows."""
        return self.state is ReviewState.OPEN and now < self.expires_at


@dataclass(frozen=True, slots=True)
class NotConfirmed:
    """An act was not recorded, as it does not confirm its request. ``request`` is None where there is none."""

    why: Unconfirmable
    request: ReviewRequest | None


def is_same_act(request: ReviewRequest, act: ActRequest, jobs: Collection[int]) -> bool:
    """Whether an act, of ``jobs`` where it is one of several, is the very act that a request asks for.

    In the same channel: of several jobs those that were named, or fewer; of a pause the same end. How a fetch takes its
    turn is for who confirms it.
    """
    if (act.kind, act.instance, act.channel_id) != (request.kind, request.instance, request.channel_id):
        return False
    if request.kind is Kind.STOP_SEVERAL:
        return set(jobs) <= set(request.jobs)
    if request.kind is Kind.PAUSE:
        return (act.subject, act.details) == (request.subject, request.details)
    return act.subject == request.subject


def refuse_confirmation(request: ReviewRequest, act: ActRequest, jobs: Collection[int]) -> Unconfirmable | None:
    """Why an act, of ``jobs`` where it is one of several, cannot confirm a request at any time; None where it can."""
    if act.user_id == request.user_id:
        return Unconfirmable.OWN
    return None if is_same_act(request, act, jobs) else Unconfirmable.OTHER_ACT

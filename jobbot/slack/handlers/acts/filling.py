"""Reads what the modal of an act shows: the question that it asks, or what is in the way."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobbot.access import Allowed, Need, Refused, may_ask
from jobbot.access.reasons import NotYou
from jobbot.flows.acts.acting import ActFlow
from jobbot.flows.acts.reviewing import ReviewRequest, review_of
from jobbot.flows.instances import Instance
from jobbot.intents.model import Act
from jobbot.interaction import Interaction
from jobbot.render.acts import review as review_words
from jobbot.render.blockkit.blocks import Modal
from jobbot.render.blockkit.text import cut
from jobbot.render.frozen import Frozen, frozen_out
from jobbot.render.frozen import refused as frozen_refused
from jobbot.render.refusals import refusal_in_words
from jobbot.render.trace import checked_before, refusal_in_window
from jobbot.slack.handlers.acts.metadata import NAME_MOST, About, ActMetadata
from jobbot.slack.handlers.acts.windows.window import ActWindow, Asked, Nothing
from jobbot.slack.handlers.gate import Gate, Passed
from jobbot.slack.web.reply import Reply
from jobbot.telemetry import Outcome


@dataclass(frozen=True, slots=True)
class OpenedModal:
    """A modal that is open and still says "Checking ...": for whom, for what; ``review``: it is looked at by it."""

    interaction: Interaction
    wish: Act
    window: ActWindow[Any]
    instance: Instance
    review: ReviewRequest | None
    view: str
    reply: Reply

    def closed(self, text: str) -> Modal:
        """The modal with a sentence and nothing to press."""
        return self.window.notice(self.wish, text)


class ActFilling:
    """Fills opened modals. ``clock``: aware time."""

    def __init__(self, gate: Gate, acting: ActFlow, clock: Callable[[], datetime]) -> None:
        self._gate = gate
        self._acting = acting
        self._clock = clock

    async def fill(self, opened: OpenedModal) -> tuple[Modal, Outcome]:
        """The modal as it is to be, with what is counted.

        Who may not do it, or not alone, gets one that asks others for it; not where a review is looked at by it.
        """
        asked_at = self._clock()  # before anything is read: what is done meanwhile may not be shown
        interaction, window, review = opened.interaction, opened.window, opened.review
        place, instance = opened.reply.place, opened.instance
        passed = await self._gate.decide(interaction, window.need, instance.name)
        if isinstance(passed, Refused) and (review is not None or not may_ask(passed)):
            return opened.closed(refusal_in_window(passed)), Outcome.REFUSED
        why = self._why_others(opened, passed)
        if (frozen := await self._acting.frozen(instance.name, place.channel_id)) is not None:
            return await self._frozen(opened, frozen)
        rule = self._gate.rule(place.channel_id)
        question = await window.read(
            Asked(
                interaction=interaction,
                wish=opened.wish,
                instance=instance,
                reason_required=bool(why) or (rule is not None and rule.reason_required),
                offers=passed.offers if isinstance(passed, Passed) else frozenset(),
                zone=await self._gate.zone(interaction, passed),
            )
        )
        if isinstance(question, Nothing):
            return opened.closed(question.words), question.outcome
        if not why and review is None and self._gate.needs_two(place.channel_id, instance.name, question.streams):
            why = review_words.two_people()
        if why and not await self._gate.is_member(place.channel_id):
            return opened.closed(f"{why}\n{review_words.not_member()}"), Outcome.REFUSED
        modal = question.draw(_metadata(opened, question.about, asked_at, asks=bool(why)).encode())
        if why:
            checked = checked_before(passed) if isinstance(passed, Refused) else []
            modal = review_words.asking(modal, window.request, why, checked)
        elif review is not None:
            modal = review_words.reviewing(modal, review_of(review))
        return modal, Outcome.ASKED

    def _why_others(self, opened: OpenedModal, passed: Passed | Refused) -> str:
        """Why the person asks others to do it, as far as the channel says; empty where they may do it themselves."""
        if isinstance(passed, Refused):
            return _why_asked(passed)
        needs_two = self._gate.needs_two(opened.reply.place.channel_id, opened.instance.name, [])
        return review_words.two_people() if opened.review is None and needs_two else ""

    async def _frozen(self, opened: OpenedModal, frozen: Frozen) -> tuple[Modal, Outcome]:
        """The modal while the instance is frozen; who may end that gets the button for it in the channel as well."""
        told = await self._gate.explain(opened.interaction, [Need.STOP], opened.instance.name)
        may_end = frozen.can_end and isinstance(told[Need.STOP].decision, Allowed)
        if may_end:
            # A window's buttons know no channel.
            await opened.reply.post_ephemeral(frozen_refused(frozen))
        return opened.closed(frozen_out(frozen, may_end=may_end)), Outcome.REFUSED


def _metadata(opened: OpenedModal, about: About, asked_at: datetime, *, asks: bool) -> ActMetadata:
    place = opened.reply.place
    return ActMetadata(
        **about.model_dump() | {"name": cut(about.name, NAME_MOST)},
        kind=opened.window.kind,
        instance=opened.instance.name,
        channel=place.channel_id,
        user=opened.interaction.user_id,
        asked_at=asked_at.timestamp(),
        thread_ts=place.thread_ts,
        response_url=place.response_url,
        asks=asks,
        review=opened.review.id if opened.review is not None else None,
    )


def _why_asked(refused: Refused) -> str:
    """Why somebody asks others for what they may not do themselves, in short."""
    match refused.reason:
        case NotYou(users, usergroups):
            return review_words.asked_of(users, usergroups)
        case reason:
            return refusal_in_words(reason)

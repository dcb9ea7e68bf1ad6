"""Carries out what the submitted window of an act asks for.

Slack's ack closes the modal: so the ack waits until the act is recorded, and where that takes too long the modal says
so. Then access is decided again, from fresh facts. A window older than 15 minutes is refused.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import ValidationError

from jobbot.access import Refused
from jobbot.flows.acts.act_timing import ActTiming
from jobbot.flows.acts.acting import ActFlow, ActRecord, ActRequest, CannotRecord, HandedOn
from jobbot.flows.acts.announcer import Place
from jobbot.flows.acts.attempts import Denied
from jobbot.flows.acts.kinds.wish import wish_of
from jobbot.flows.acts.reviewing import NotConfirmed, ReviewFlow, card_of, review_of
from jobbot.flows.instances import Instance, Instances
from jobbot.interaction import Interaction, Submitted
from jobbot.render import notices
from jobbot.render.acts import message as acts
from jobbot.render.acts import review as review_words
from jobbot.render.acts import window as words
from jobbot.render.refusals import refusal_in_words
from jobbot.render.trace import refusal_in_window
from jobbot.slack.handlers.acts.metadata import EXPIRES_SECONDS, ActMetadata, decode
from jobbot.slack.handlers.acts.requests import act_request, part_requests
from jobbot.slack.handlers.acts.reviews import ReviewDialogue
from jobbot.slack.handlers.acts.windows.window import ActWindow, OrderPart
from jobbot.slack.handlers.gate import Gate, denied
from jobbot.slack.handlers.modal_ack import Body, Submission, errors_at, replaced_by
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.slack.web.outbound import Outbound
from jobbot.slack.web.reply import Reply
from jobbot.telemetry import Outcome

_OUTCOMES = {"denied": Outcome.REFUSED, "second": Outcome.SECOND}


@dataclass(frozen=True, slots=True)
class _Ordered:
    """A submitted window that may be obeyed: by whom, for what, and where it came from."""

    who: Interaction
    wish: ActRequest
    window: ActWindow[Any]
    metadata: ActMetadata
    instance: Instance
    parts: Sequence[OrderPart]


class ActSubmissions:
    """Serves submitted windows. ``windows`` are those of all kinds; ``reviews`` keeps the requests that they make."""

    def __init__(
        self,
        *,
        gate: Gate,
        instances: Instances,
        acting: ActFlow,
        reviewing: ReviewFlow,
        reviews: ReviewDialogue,
        windows: Iterable[ActWindow[Any]],
        outbound: Outbound,
        clock: Callable[[], datetime],
        act_timing: ActTiming,
    ) -> None:
        self._gate = gate
        self._instances = instances
        self._acting = acting
        self._reviewing = reviewing
        self._reviews = reviews
        self._windows: Mapping[str, ActWindow[Any]] = {window.callback_id: window for window in windows}
        self._outbound = outbound
        self._clock = clock
        self._act_timing = act_timing

    def label_of(self, submitted: Submitted) -> str:
        """What a submitted window is counted as."""
        window = self._windows.get(submitted.callback_id)
        return f"submit_{window.kind.value}" if window is not None else "submit"

    def submits(self, interaction: Interaction) -> Submission:
        """Handle a submitted modal: the work that records and executes the act, or the refusal. No I/O here."""
        submitted = interaction.did
        assert isinstance(submitted, Submitted)  # noqa: S101 - narrows for the type checker
        window = self._windows.get(submitted.callback_id)
        metadata = decode(submitted.private_metadata)
        is_ours = window is not None and metadata is not None and metadata.kind is window.kind
        if not is_ours or window is None or metadata is None or not submitted.view_id:
            stale = words.notice(submitted.callback_id or "stale", "A job", notices.stale_window())
            return Submission(replaced_by(stale), outcome=Outcome.STALE)
        instance = self._instances.get(metadata.instance)
        if instance is None or metadata.user != interaction.user_id:
            return _refused(window, metadata, notices.stale_window(), Outcome.STALE)
        who = replace(
            interaction, channel_id=metadata.channel, thread_ts=metadata.thread_ts, response_url=metadata.response_url
        )
        if early := self._gate.refuse_early(who, window.need, metadata.instance):
            return _refused(window, metadata, refusal_in_window(early), Outcome.REFUSED)
        now = self._clock()
        if wrong := self._wrong(window, metadata, submitted, now):
            return wrong
        try:
            order = window.order(metadata, submitted, now)
        except ValidationError:
            # Details that are none of this version's.
            return _refused(window, metadata, notices.stale_window(), Outcome.STALE)
        if isinstance(order, Mapping):
            return Submission(errors_at(order), outcome=Outcome.REASON_WANTED)
        needs_two = self._needs_two(metadata, order.parts)
        if needs_two and not metadata.asks and metadata.review is None:
            # Opened before the policy wanted two.
            alone = self._gate.not_alone(who, window.need)
            return _refused(window, metadata, refusal_in_words(alone.reason), Outcome.REFUSED)
        wish = replace(act_request(who, submitted, metadata, order, now), two_people=needs_two)
        return self._begin(_Ordered(who, wish, window, metadata, instance, order.parts), submitted.view_id)

    def _wrong(
        self, window: ActWindow[Any], metadata: ActMetadata, submitted: Submitted, now: datetime
    ) -> Submission | None:
        """The answer to a window that is too old or lacks a reason that is wanted; None where that is as it must be."""
        age = metadata.age(now.timestamp())
        if age > EXPIRES_SECONDS:
            return Submission(errors_at({words.REASON_BLOCK: words.too_old(age)}), outcome=Outcome.STALE)
        rule = self._gate.rule(metadata.channel)
        if submitted.reason or not (metadata.asks or (rule is not None and rule.reason_required)):
            return None
        wanted = review_words.why_wanted() if metadata.asks else words.reason_wanted(window.request)
        return Submission(errors_at({words.REASON_BLOCK: wanted}), outcome=Outcome.REASON_WANTED)

    def _begin(self, ordered: _Ordered, view: str) -> Submission:
        """The work for an order: that of the act itself, or of the request that others do it."""
        answer: asyncio.Future[Body | None] = asyncio.get_running_loop().create_future()
        window, metadata = ordered.window, ordered.metadata
        if not metadata.asks:
            return Submission(work=(ordered.who, self._obey(ordered, answer)), answer=answer)
        # Nothing is sent to Adverity: the window stays, and says what came of it.
        answer.set_result(replaced_by(window.notice_of(metadata, review_words.asking_them())))
        parts, title = part_requests(ordered.wish, ordered.parts), window.title_of(metadata)
        asked = self._reviews.asks(ordered.who, ordered.wish, parts, window, view=view, title=title)
        return Submission(work=(ordered.who, asked), answer=answer)

    def _needs_two(self, metadata: ActMetadata, parts: Sequence[OrderPart]) -> bool:
        streams = [part.datastream for part in parts] or [metadata.datastream]
        return self._gate.needs_two(metadata.channel, metadata.instance, streams)

    async def _obey(self, ordered: _Ordered, answer: "asyncio.Future[Body | None]") -> Outcome:
        """Record the act, set the ``answer`` of its ack, then carry it out."""
        wish, window, metadata = ordered.wish, ordered.window, ordered.metadata
        place = Place(wish.channel_id, wish.thread_ts, metadata.response_url)
        try:
            if wish.review is not None and (no := await self._cannot_confirm(ordered)) is not None:
                answer.set_result(no)
                return Outcome.REFUSED
            parts, card = part_requests(wish, ordered.parts), card_of if wish.review is not None else None
            claimed = await self._acting.record(wish, parts, response_url=place.response_url, card=card)
        except BaseException as error:
            # An empty ack would mean that it is recorded.
            answer.set_result(replaced_by(window.notice_of(metadata, acts.cannot_record(window.request))))
            if isinstance(error, CannotRecord):
                raise AlreadyReported from error
            raise
        if isinstance(claimed, NotConfirmed):
            request = claimed.request
            # Of one in another channel nothing is told here.
            is_here = request is not None and request.channel_id == metadata.channel
            review = review_of(request) if request is not None and is_here else None
            unconfirmed = review_words.unconfirmed(claimed.why.value, review)
            answer.set_result(replaced_by(window.notice_of(metadata, unconfirmed)))
            return Outcome.STALE
        if wish.review is not None:
            self._reviewing.confirmed(wish)
        answer.set_result(None)
        if isinstance(claimed, HandedOn):
            return Outcome.HANDED_ON
        ended = await self._acting.carry_out(claimed, place, ordered.instance, partial(self._permit, ordered))
        if isinstance(ended, HandedOn):
            return Outcome.HANDED_ON
        return _OUTCOMES.get(ended.state.value, Outcome.ACT_ENDED)

    async def _cannot_confirm(self, ordered: _Ordered) -> Body | None:
        """Why somebody cannot confirm a request, decided before it is: it is confirmed once, and told to everybody."""
        window, metadata = ordered.window, ordered.metadata
        try:
            async with asyncio.timeout(self._act_timing.decide):
                passed = await self._gate.decide(ordered.who, window.need, metadata.instance, fresh=True)
        except TimeoutError:
            return errors_at({words.REASON_BLOCK: review_words.not_decided()})
        if isinstance(passed, Refused):
            return replaced_by(window.notice_of(metadata, refusal_in_window(passed)))
        return None

    async def _permit(self, ordered: _Ordered, _: ActRecord) -> Denied | None:
        """Whether the person may do it there, from fresh facts. Raises nothing but bugs."""
        who, wish, window, metadata = ordered.who, ordered.wish, ordered.window, ordered.metadata
        note = notices.asking_to_act(window.noun(metadata))
        async with Reply(self._outbound, who).note_when_slow(note, self._act_timing.note):
            passed = await self._gate.decide(who, window.need, ordered.instance.name, fresh=True)
            if isinstance(passed, Refused):
                return denied(passed, wish_of(wish))
            if wish.review is None and self._needs_two(metadata, ordered.parts):
                return denied(self._gate.not_alone(who, window.need), wish_of(wish))
            refused = await window.refuse(who, metadata, ordered.instance)
            return refused or await window.refuse_parts(who, ordered.parts, ordered.instance)


def _refused(window: ActWindow[Any], metadata: ActMetadata, text: str, outcome: Outcome) -> Submission:
    return Submission(replaced_by(window.notice_of(metadata, text)), outcome=outcome)

"""Serves acts: opens the window of one, fills it with what is so now, and carries out what is submitted.

Slack gives 3 seconds from a press to ``views.open`` and takes one modal a trigger, so nothing is looked up before it
is open (https://docs.slack.dev/surfaces/modals). When it is submitted, Slack's ack closes the modal: so the ack waits
until the act is recorded, and where that takes too long the modal says so. Then access is decided again, from fresh
facts. A window older than 15 minutes is refused.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from jobbot.access import Allowed, Need, Refused, may_ask
from jobbot.access.decide import NotYou
from jobbot.adverity.errors import Unreachable
from jobbot.flows.acts.act_timing import ActTiming
from jobbot.flows.acts.acting import ActFlow, ActRecord, ActRequest, CannotRecord, HandedOn, Kind, PermitRow
from jobbot.flows.acts.announcer import Place
from jobbot.flows.acts.attempts import Denied
from jobbot.flows.acts.kinds.wish import wish_of
from jobbot.flows.acts.reviewing import NotConfirmed, ReviewFlow, ReviewRequest, card_of, review_of
from jobbot.flows.instances import Instance, Instances
from jobbot.intents.model import Act, Intent, OnReview, StopNoMore
from jobbot.interaction import Interaction, Submitted
from jobbot.logs import REFERENCE, get_logger
from jobbot.render import notices
from jobbot.render.acts import message as acts
from jobbot.render.acts import review as review_words
from jobbot.render.acts import window as words
from jobbot.render.blockkit.blocks import Modal
from jobbot.render.blockkit.buttons import review_again
from jobbot.render.blockkit.text import cut
from jobbot.render.errors import error_in_words
from jobbot.render.frozen import frozen_out
from jobbot.render.frozen import refused as frozen_refused
from jobbot.render.refusals import refusal_in_words
from jobbot.render.trace import checked_before, refusal_in_window
from jobbot.slack.handlers import act_metadata
from jobbot.slack.handlers.act_metadata import ActMetadata
from jobbot.slack.handlers.gate import Gate, OutOfReach, Passed, denied, refusal_of
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.slack.handlers.review_dialogue import ReviewDialogue
from jobbot.slack.handlers.urgency import IS_URGENT
from jobbot.slack.handlers.windows.act_window import ActWindow, Asked, Nothing, OrderPart
from jobbot.slack.web.outbound import Outbound, SlackRefused
from jobbot.slack.web.reply import Reply
from jobbot.slack.web.slow_note import when_slow
from jobbot.telemetry import Outcome

log = get_logger(__name__)


Body = dict[str, Any]
"""The body of the ack of a submitted modal (``response_action``). Any: it holds Block Kit."""

_OUTCOMES = {"denied": Outcome.REFUSED, "second": Outcome.SECOND}


@dataclass(frozen=True, slots=True)
class Submission:
    """The answer to a submitted modal: what Slack gets at once, or the work from which it comes, with who is answered.

    ``answer`` is there with ``work``, which sets it: None closes the window. Without work, ``outcome`` says what became
    of it. ``follows``: once the work has ended, what is served then, in its turn, if anything.
    """

    body: Body | None = None
    work: tuple[Interaction, Coroutine[None, None, Outcome]] | None = None
    answer: asyncio.Future[Body | None] | None = None
    outcome: Outcome = Outcome.STALE
    follows: Callable[[], Callable[[], Coroutine[None, None, Outcome]] | None] | None = None


@dataclass(frozen=True, slots=True)
class _Ordered:
    """A submitted window that may be obeyed: by whom, for what, and where it came from."""

    who: Interaction
    wish: ActRequest
    window: ActWindow[Any]
    metadata: ActMetadata
    instance: Instance
    parts: Sequence[OrderPart]


def permits_of(gate: Gate, windows: Iterable[ActWindow[Any]]) -> PermitRow:
    """Decides for whoever goes on with an act that was interrupted before it was sent, as if it was submitted now."""
    by_kind = {window.kind: window for window in windows}

    async def permits(record: ActRecord, instance: Instance) -> Denied | None:
        window = by_kind[record.kind]
        who = Interaction(
            did=Submitted(window.callback_id, "", ""),
            key="",
            user_id=record.user_id,
            user_team_id=record.team_id,
            channel_id=record.channel_id,
            thread_ts=record.thread_ts,
        )
        passed = await gate.decide(who, window.need, instance.name, fresh=True)
        if isinstance(passed, Refused):
            return denied(passed)
        # Each part of several is decided on by itself, when it is its turn.
        streams = [] if record.kind is Kind.STOP_SEVERAL else [record.datastream]
        if record.asked_by is None and gate.needs_two(record.channel_id, instance.name, streams):
            return denied(gate.not_alone(who, window.need))
        metadata = ActMetadata(
            kind=record.kind,
            instance=instance.name,
            job=record.job,
            name="",
            channel=record.channel_id,
            user=record.user_id,
            asked_at=record.opened_at.timestamp(),
            datastream=record.datastream,
        )
        return await window.refuse(who, metadata, instance)

    return permits


class ActDialogue:
    """The handlers of acts. ``windows`` are those of all kinds, by the intent that asks for one; ``clock``: aware."""

    def __init__(
        self,
        *,
        gate: Gate,
        instances: Instances,
        acting: ActFlow,
        reviewing: ReviewFlow,
        windows: Mapping[type[Intent], ActWindow[Any]],
        outbound: Outbound,
        clock: Callable[[], datetime],
        act_timing: ActTiming,
    ) -> None:
        self._gate = gate
        self._instances = instances
        self._acting = acting
        self._windows = windows
        self._submitted: Mapping[str, ActWindow[Any]] = {window.callback_id: window for window in windows.values()}
        self._outbound = outbound
        self._clock = clock
        self._act_timing = act_timing
        self._reviewing = reviewing
        self._reviews = ReviewDialogue(
            gate=gate,
            instances=instances,
            reviewing=reviewing,
            frozen=acting.frozen,
            windows=windows,
            outbound=outbound,
            clock=clock,
        )

    def need_of(self, act: Act) -> Need:
        """The permission that an act rests on."""
        return self._windows[type(act)].need

    def label_of(self, submitted: Submitted) -> str:
        """What a submitted window is counted as."""
        window = self._submitted.get(submitted.callback_id)
        return f"submit_{window.kind.value}" if window is not None else "submit"

    async def asks(
        self, interaction: Interaction, wish: Act, instance: Instance, review: ReviewRequest | None = None
    ) -> Outcome:
        """Open the modal at once, then fill it. Without a trigger (a mention) offer the button that has one.

        ``review`` is the request that is looked at by it, if any.
        """
        window = self._windows[type(wish)]
        reply = Reply(self._outbound, interaction)
        if early := await self._gate.refuse_at_once(interaction, window.need, instance.name):
            return await self._refuse(reply, early)
        # The button opens the same window again: that of a review does nothing without its request.
        opens = window.button(wish, instance.name) if review is None else review_again(review.id, instance.name)
        if interaction.trigger_id is None:
            passed = await self._gate.decide(interaction, window.need, instance.name)
            if isinstance(passed, Refused):
                may_be_asked_for = replace(wish, instance=instance.name) if review is None else None
                return await self._refuse(reply, passed, may_be_asked_for)
            await reply.post_ephemeral(notices.press_to_act(opens, window.done, window.about(wish)))
            return Outcome.ASKED
        about = f"{window.about(wish)} on {instance.name}"
        try:
            view = await self._outbound.open_modal(interaction.trigger_id, window.checking(wish))
        except SlackRefused as refused:
            log.warning("modal did not open", about=about, error=refused.code)
            await reply.post_ephemeral(notices.window_missed(opens, window.done, window.about(wish)))
            return Outcome.NO_WINDOW
        if not view:
            # It may be open all the same, but without its id it cannot be filled.
            log.warning("modal opened without an id", about=about)
            await reply.post_ephemeral(notices.window_stuck())
            return Outcome.NO_WINDOW
        IS_URGENT.set(False)  # what is left waits for Adverity, and for nothing that Slack bounds
        try:
            note = when_slow(lambda: self._ask_for_patience(view, window.still_checking(wish)), self._act_timing.note)
            async with note, asyncio.timeout(self._act_timing.ask):
                modal, outcome = await self._fill(
                    interaction, wish, window, instance.for_answer(), reply.place, review=review
                )
        except TimeoutError:
            await self._show(view, _closed(window, wish, words.too_slow(self._act_timing.ask)), reply)
            raise AlreadyReported from Unreachable(f"not within {self._act_timing.ask:g} s")
        except CannotRecord as error:
            await self._show(view, _closed(window, wish, acts.cannot_record(window.request)), reply)
            raise AlreadyReported from error
        except OutOfReach as out:
            modal, outcome = _closed(window, wish, refusal_in_window(out.refused)), Outcome.REFUSED
        except Exception as error:
            # The modal says "Checking ...": it must not be left so. The outermost wrapper logs and counts.
            text = f"{error_in_words(error, about=about)}\nReference {REFERENCE.get()}"
            await self._show(view, _closed(window, wish, text), reply)
            raise AlreadyReported from error
        await self._show(view, modal, reply)
        return outcome

    async def _fill(
        self,
        interaction: Interaction,
        wish: Act,
        window: ActWindow[Any],
        instance: Instance,
        place: Place,
        *,
        review: ReviewRequest | None,
    ) -> tuple[Modal, Outcome]:
        """``review``: it is looked at. Who may not do it, or not alone, gets a window that asks others for it."""
        asked_at = self._clock()  # before anything is read: what is done meanwhile may not be shown
        passed = await self._gate.decide(interaction, window.need, instance.name)
        why, checked = "", list[str]()
        if isinstance(passed, Refused):
            if review is not None or not may_ask(passed):
                return _closed(window, wish, refusal_in_window(passed)), Outcome.REFUSED
            why, checked = _why_asked(passed), checked_before(passed)
        elif review is None and self._gate.needs_two(place.channel_id, instance.name, []):
            why = review_words.two_people()
        if (frozen := await self._acting.frozen(instance.name, place.channel_id)) is not None:
            told = await self._gate.explain(interaction, [Need.STOP], instance.name)
            may_end = frozen.can_end and isinstance(told[Need.STOP].decision, Allowed)
            if may_end:
                # A window's buttons know no channel.
                await Reply(self._outbound, interaction).post_ephemeral(frozen_refused(frozen))
            return _closed(window, wish, frozen_out(frozen, may_end=may_end)), Outcome.REFUSED
        rule = self._gate.rule(place.channel_id)
        wants_reason = bool(why) or (rule is not None and rule.reason_required)
        question = await window.read(
            Asked(
                interaction=interaction,
                wish=wish,
                instance=instance,
                reason_required=wants_reason,
                offers=passed.offers if isinstance(passed, Passed) else frozenset(),
                zone=await self._gate.zone(interaction, passed),
            )
        )
        if isinstance(question, Nothing):
            return _closed(window, wish, question.words), question.outcome
        if not why and review is None and self._gate.needs_two(place.channel_id, instance.name, question.streams):
            why = review_words.two_people()
        if why and not await self._gate.is_member(place.channel_id):
            return _closed(window, wish, f"{why}\n{review_words.not_member()}"), Outcome.REFUSED
        about = question.about.model_dump()
        metadata = ActMetadata(
            **about | {"name": cut(question.about.name, act_metadata.NAME_MOST)},
            kind=window.kind,
            instance=instance.name,
            channel=place.channel_id,
            user=interaction.user_id,
            asked_at=asked_at.timestamp(),
            thread_ts=place.thread_ts,
            response_url=place.response_url,
            asks=bool(why),
            review=review.id if review is not None else None,
        )
        modal = question.draw(metadata.encode())
        if why:
            modal = review_words.asking(modal, window.request, why, checked)
        elif review is not None:
            modal = review_words.reviewing(modal, review_of(review))
        return modal, Outcome.ASKED

    def submits(self, interaction: Interaction) -> Submission:
        """Handle a submitted modal: the work that records and executes the act, or the refusal. No I/O here."""
        submitted = interaction.did
        assert isinstance(submitted, Submitted)  # noqa: S101 - narrows for the type checker
        window = self._submitted.get(submitted.callback_id)
        metadata = act_metadata.decode(submitted.private_metadata)
        is_ours = window is not None and metadata is not None and metadata.kind is window.kind
        if not is_ours or window is None or metadata is None or not submitted.view_id:
            return _say_in_modal(submitted.callback_id or "stale", "A job", notices.stale_window())
        title = window.title_of(metadata)
        instance = self._instances.get(metadata.instance)
        if instance is None or metadata.user != interaction.user_id:
            return _say_in_modal(window.callback_id, title, notices.stale_window())
        who = replace(
            interaction, channel_id=metadata.channel, thread_ts=metadata.thread_ts, response_url=metadata.response_url
        )
        if early := self._gate.refuse_early(who, window.need, metadata.instance):
            return _say_in_modal(window.callback_id, title, refusal_in_window(early), Outcome.REFUSED)
        now = self._clock()
        age = metadata.age(now.timestamp())
        if age > act_metadata.EXPIRES_SECONDS:
            return _say_at_fields({words.REASON_BLOCK: words.too_old(age)}, Outcome.STALE)
        if metadata.asks and not submitted.reason:
            return _say_at_fields({words.REASON_BLOCK: review_words.why_wanted()}, Outcome.REASON_WANTED)
        rule = self._gate.rule(metadata.channel)
        if rule is not None and rule.reason_required and not submitted.reason:
            return _say_at_fields({words.REASON_BLOCK: words.reason_wanted(window.request)}, Outcome.REASON_WANTED)
        try:
            order = window.order(metadata, submitted, now)
        except ValidationError:
            # Details that are none of this version's.
            return _say_in_modal(window.callback_id, title, notices.stale_window())
        if isinstance(order, Mapping):
            return _say_at_fields(order, Outcome.REASON_WANTED)
        needs_two = self._needs_two(metadata, order.parts)
        if needs_two and not metadata.asks and metadata.review is None:
            # Opened before the policy wanted two.
            alone = self._gate.not_alone(who, window.need)
            return _say_in_modal(window.callback_id, title, refusal_in_words(alone.reason), Outcome.REFUSED)
        wish = ActRequest(
            # One view is submitted once; the moment and the subject tell apart what comes under the same view's id.
            request_key=f"{submitted.view_id[:60]}|{metadata.asked_at}|{order.subject}",
            kind=window.kind,
            instance=instance.name,
            subject=order.subject,
            name=metadata.name,
            user_id=who.user_id,
            team_id=who.user_team_id,
            channel_id=metadata.channel,
            thread_ts=metadata.thread_ts,
            reason=submitted.reason,
            opened_at=datetime.fromtimestamp(metadata.asked_at, UTC),
            requested_at=now,
            job=metadata.job if order.is_of_job else None,
            datastream=metadata.datastream,
            workspace=metadata.workspace,
            range_start=order.range_start,
            range_end=order.range_end,
            details=order.details,
            review=metadata.review,
            two_people=needs_two,
        )
        answer: asyncio.Future[Body | None] = asyncio.get_running_loop().create_future()
        if metadata.asks:
            # Nothing is sent to Adverity: the window stays, and says what came of it.
            answer.set_result(_notice(window.callback_id, title, review_words.asking_them()))
            asked = self._reviews.asks(
                who, wish, _parts_of(wish, order.parts), window, view=submitted.view_id, title=title
            )
            return Submission(work=(who, asked), answer=answer)
        ordered = _Ordered(who, wish, window, metadata, instance, order.parts)
        return Submission(work=(who, self._obey(ordered, answer)), answer=answer)

    def _needs_two(self, metadata: ActMetadata, parts: Sequence[OrderPart]) -> bool:
        streams = [part.datastream for part in parts] or [metadata.datastream]
        return self._gate.needs_two(metadata.channel, metadata.instance, streams)

    async def _obey(self, ordered: _Ordered, answer: "asyncio.Future[Body | None]") -> Outcome:
        who, wish, window, metadata = ordered.who, ordered.wish, ordered.window, ordered.metadata
        instance = ordered.instance
        place = Place(wish.channel_id, wish.thread_ts, metadata.response_url)
        try:
            if wish.review is not None and (no := await self._cannot_confirm(ordered)) is not None:
                answer.set_result(no)
                return Outcome.REFUSED
            claimed = await self._acting.record(
                wish,
                _parts_of(wish, ordered.parts),
                response_url=place.response_url,
                card=card_of if wish.review is not None else None,
            )
        except CannotRecord as error:
            answer.set_result(_unrecorded(window, metadata))
            raise AlreadyReported from error
        except BaseException:
            # An empty ack would mean that it is recorded.
            answer.set_result(_unrecorded(window, metadata))
            raise
        if isinstance(claimed, NotConfirmed):
            answer.set_result(_unconfirmed(claimed, window, metadata))
            return Outcome.STALE
        if wish.review is not None:
            self._reviewing.confirmed(wish)
        answer.set_result(None)
        if isinstance(claimed, HandedOn):
            return Outcome.HANDED_ON

        note = notices.asking_to_act(window.noun(metadata))

        async def permit(_: ActRecord) -> Denied | None:
            async with Reply(self._outbound, who).note_when_slow(note, self._act_timing.note):
                passed = await self._gate.decide(who, window.need, instance.name, fresh=True)
                if isinstance(passed, Refused):
                    return denied(passed, wish_of(wish))
                if wish.review is None and self._needs_two(metadata, ordered.parts):
                    return denied(self._gate.not_alone(who, window.need), wish_of(wish))
                refused = await window.refuse(who, metadata, instance)
                return refused or await window.refuse_parts(who, ordered.parts, instance)

        ended = await self._acting.carry_out(claimed, place, instance, permit)
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
            return {"response_action": "errors", "errors": {words.REASON_BLOCK: review_words.not_decided()}}
        if isinstance(passed, Refused):
            return _notice(window.callback_id, window.title_of(metadata), refusal_in_window(passed))
        return None

    async def halts(self, interaction: Interaction, wish: StopNoMore) -> Outcome:
        """Begin no more of several stops, where whoever says so may stop there; the act's own message says who."""
        reply = Reply(self._outbound, interaction)
        passed = await self._gate.decide(interaction, Need.STOP, wish.instance, fresh=True)
        if isinstance(passed, Refused):
            return await self._refuse(reply, passed)
        try:
            is_news = await self._acting.halt(wish.act, interaction.user_id, interaction.channel_id)
        except CannotRecord as error:
            await reply.post_ephemeral(notices.cannot_keep())
            raise AlreadyReported from error
        await reply.post_ephemeral(notices.stops_no_more(is_news=is_news))
        return Outcome.ANSWERED

    async def reviews(self, interaction: Interaction, pressed: OnReview) -> Outcome:
        """A button of the card of a review request: look at it, discard it, take it back."""

        async def opens(wish: Act, instance: Instance, request: ReviewRequest) -> Outcome:
            return await self.asks(interaction, wish, instance, request)

        return await self._reviews.presses(interaction, pressed, opens)

    async def _ask_for_patience(self, view: str, modal: Modal) -> None:
        with suppress(SlackRefused):
            await self._outbound.update_modal(view, modal)

    async def _refuse(self, reply: Reply, refused: Refused, wish: Act | None = None) -> Outcome:
        """``wish``: what the person may ask others for."""
        await reply.post_ephemeral(refusal_of(refused, wish))
        return Outcome.REFUSED

    async def _show(self, view: str, modal: Modal, reply: Reply) -> None:
        try:
            await self._outbound.update_modal(view, modal)
        except SlackRefused as refused:
            log.warning("modal could not be filled", error=refused.code)
            if refused.code != "not_found":
                # Closed meanwhile: then nobody waits for it. Anything else leaves it at "Checking ...".
                await reply.post_ephemeral(notices.window_stuck())


def _why_asked(refused: Refused) -> str:
    """Why somebody asks others for what they may not do themselves, in short."""
    match refused.reason:
        case NotYou(users, usergroups):
            return review_words.asked_of(users, usergroups)
        case reason:
            return refusal_in_words(reason)


def _unrecorded(window: ActWindow[Any], metadata: ActMetadata) -> Body:
    return _notice(window.callback_id, window.title_of(metadata), acts.cannot_record(window.request))


def _unconfirmed(outcome: NotConfirmed, window: ActWindow[Any], metadata: ActMetadata) -> Body:
    request = outcome.request
    # Of one in another channel nothing is told here.
    is_here = request is not None and request.channel_id == metadata.channel
    review = review_of(request) if request is not None and is_here else None
    return _notice(window.callback_id, window.title_of(metadata), review_words.unconfirmed(outcome.why.value, review))


def _parts_of(wish: ActRequest, parts: Sequence[OrderPart]) -> list[ActRequest]:
    """The submissions of its parts, each with a key and a subject of its own."""
    return [
        replace(
            wish,
            request_key=f"{wish.request_key[:170]}|{part.subject}"[:200],
            kind=part.kind,
            subject=part.subject,
            name=part.name,
            job=part.job,
            datastream=part.datastream,
            workspace=part.workspace,
            details=part.details,
        )
        for part in parts
    ]


def _closed(window: ActWindow[Any], wish: Intent, text: str) -> Modal:
    return words.notice(window.callback_id, window.title(wish), text)


def _notice(callback_id: str, title: str, text: str) -> Body:
    return {"response_action": "update", "view": words.notice(callback_id, title, text).view}


def _say_in_modal(callback_id: str, title: str, text: str, outcome: Outcome = Outcome.STALE) -> Submission:
    return Submission(_notice(callback_id, title, text), outcome=outcome)


def _say_at_fields(errors: Mapping[str, str], outcome: Outcome) -> Submission:
    return Submission({"response_action": "errors", "errors": dict(errors)}, outcome=outcome)

"""Serves review requests: keeps one that was asked for in a window, and the buttons of its card.

The window of a request is that of the act, and so is the window of a review (``dialogue``). Whoever reviews is
decided on as for any act of theirs; whoever asked can only take the request back.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, assert_never

from jobbot.access import Need, Refused, may_ask
from jobbot.flows.acts.acting import ActRequest, CannotRecord
from jobbot.flows.acts.kinds.wish import wish_of
from jobbot.flows.acts.reviewing import NOBODY, AskedBefore, ReviewFlow, ReviewRequest, ReviewState, TooMany, review_of
from jobbot.flows.instances import Instance, Instances
from jobbot.intents.model import Act, Intent, OnReview, Reviewing
from jobbot.interaction import Interaction
from jobbot.logs import REFERENCE, get_logger
from jobbot.render import notices
from jobbot.render.acts import review as words
from jobbot.render.acts.window import notice
from jobbot.render.errors import error_in_words
from jobbot.render.frozen import Frozen, frozen_out
from jobbot.render.jobs import titled
from jobbot.render.refusals import refusal_in_words
from jobbot.slack.handlers.acts.windows.window import ActWindow, Asked, Nothing
from jobbot.slack.handlers.gate import Gate, OutOfReach, refusal_of
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.slack.web.outbound import Outbound, SlackRefused
from jobbot.slack.web.reply import Reply
from jobbot.telemetry import Outcome

log = get_logger(__name__)

FrozenThere = Callable[[str, str], Awaitable[Frozen | None]]
"""The freeze of an instance (its name) that is on, as it may be told in a channel (its id). Raises CannotRecord."""

Opens = Callable[[Act, Instance, ReviewRequest], Awaitable[Outcome]]
"""Opens the window of an act for somebody who reviews a request for it."""


class ReviewDialogue:
    """The handlers of requests. ``windows`` are those of acts, by the intent that asks for one; ``clock``: aware;
    ``frozen``: while an instance is frozen nobody is asked for what would be refused."""

    def __init__(
        self,
        *,
        gate: Gate,
        instances: Instances,
        reviewing: ReviewFlow,
        frozen: FrozenThere,
        windows: Mapping[type[Intent], ActWindow[Any]],
        outbound: Outbound,
        clock: Callable[[], datetime],
    ) -> None:
        self._gate = gate
        self._instances = instances
        self._reviewing = reviewing
        self._frozen = frozen
        self._windows = windows
        self._outbound = outbound
        self._clock = clock

    async def asks(
        self,
        who: Interaction,
        act: ActRequest,
        parts: Sequence[ActRequest],
        window: ActWindow[Any],
        *,
        view: str,
        title: str,
    ) -> Outcome:
        """Keep the request of a submitted window, which says what came of it: until then "Asking …" stands there."""

        async def show(text: str) -> None:
            try:
                await self._outbound.update_modal(view, notice(window.callback_id, title, text))
            except SlackRefused as refused:
                # Closed meanwhile: the card tells as well.
                log.info("modal could not be filled", error=refused.code)

        try:
            text, outcome = await self._ask(who, act, parts, window)
        except OutOfReach as out:
            text, outcome = refusal_in_words(out.refused.reason), Outcome.REFUSED
        except CannotRecord as error:
            await show(words.not_known_whether_asked())
            raise AlreadyReported from error
        except Exception as error:
            said = error_in_words(error, about=f"what you ask for on {act.instance}")
            await show(f"{said}\nReference {REFERENCE.get()}")
            raise AlreadyReported from error
        await show(text)
        return outcome

    async def _ask(
        self, who: Interaction, act: ActRequest, parts: Sequence[ActRequest], window: ActWindow[Any]
    ) -> tuple[str, Outcome]:
        instance = self._instances.get(act.instance)
        if instance is None:
            return notices.stale_window(), Outcome.STALE
        passed = await self._gate.decide(who, window.need, act.instance, fresh=True)
        if isinstance(passed, Refused) and not may_ask(passed):
            return refusal_in_words(passed.reason), Outcome.REFUSED
        if (frozen := await self._frozen(instance.name, act.channel_id)) is not None:
            return frozen_out(frozen, may_end=False), Outcome.REFUSED
        question = await window.read(
            Asked(
                interaction=who,
                wish=wish_of(act),
                instance=instance.for_answer(),
                reason_required=True,
                zone=await self._gate.zone(who, passed),
            )
        )
        if isinstance(question, Nothing):
            return question.words, question.outcome
        jobs = [titled(part.job or 0, part.name, part.datastream) for part in parts]
        shown, rule = words.shown_of(question.draw(""), jobs), self._gate.rule(act.channel_id)
        calls = rule.limit(window.need) if rule is not None else NOBODY
        found = await self._reviewing.ask(act, parts, shown, calls=calls)
        match found:
            case ReviewRequest():
                return words.asked(found.expires_at), Outcome.ASKED
            case AskedBefore(request):
                return words.asked_before(request.user_id, request.expires_at), Outcome.SECOND
            case TooMany(count):
                return words.too_many(count), Outcome.REFUSED
            case _:
                assert_never(found)

    async def presses(self, interaction: Interaction, pressed: OnReview, opens: Opens) -> Outcome:
        """A button of a card."""
        reply = Reply(self._outbound, interaction)
        if early := await self._gate.refuse_at_once(interaction, Need.VIEW, pressed.instance):
            return await self._refuse(reply, interaction, early)
        try:
            request = await self._reviewing.find(pressed.request)
            if request is not None and request.channel_id != interaction.channel_id:
                # Of one in another channel nothing is told here.
                request = None
            if request is not None and pressed.does is Reviewing.REVIEW:
                instance = self._instances.get(request.instance)
                is_others = request.user_id != interaction.user_id
                if instance is not None and is_others and request.is_open(self._clock()):
                    # Its window opens at once, and shows whether the person may do it.
                    return await opens(wish_of(request), instance, request)
            # Without a window there is time to ask who it is that is told something.
            passed = await self._gate.decide(interaction, Need.VIEW, pressed.instance)
            if isinstance(passed, Refused):
                return await self._refuse(reply, interaction, passed)
            if request is None:
                return await self._say(reply, words.over(None), Outcome.STALE)
            if not request.is_open(self._clock()):
                return await self._say(reply, words.over(review_of(request)), Outcome.STALE)
            if pressed.does is Reviewing.REVIEW:
                return await self._has_no_window(interaction, request, reply)
            return await self._end(interaction, request, pressed.does, reply)
        except CannotRecord as error:
            await reply.post_ephemeral(notices.cannot_keep())
            raise AlreadyReported from error

    async def _has_no_window(self, interaction: Interaction, request: ReviewRequest, reply: Reply) -> Outcome:
        """Who asked does not review; an instance that is not configured any more has nothing to show."""
        if request.user_id == interaction.user_id:
            return await self._say(reply, words.own(), Outcome.REFUSED)
        await reply.post_ephemeral(notices.unknown_instance(self._instances.names))
        return Outcome.UNKNOWN_INSTANCE

    async def _end(self, interaction: Interaction, request: ReviewRequest, does: Reviewing, reply: Reply) -> Outcome:
        """Take a request back, which only its asker does, or discard it, which is for who may do what is asked."""
        is_own = request.user_id == interaction.user_id
        if does is Reviewing.WITHDRAW and not is_own:
            return await self._say(reply, words.not_yours(request.user_id), Outcome.REFUSED)
        need = Need.VIEW if is_own else self._windows[type(wish_of(request))].need
        passed = await self._gate.decide(interaction, need, request.instance, fresh=True)
        if isinstance(passed, Refused):
            return await self._refuse(reply, interaction, passed)
        state = ReviewState.WITHDRAWN if is_own else ReviewState.DISCARDED
        if not await self._reviewing.end(request, state, interaction.user_id):
            now = await self._reviewing.find(request.id)
            return await self._say(reply, words.over(review_of(now) if now is not None else None), Outcome.STALE)
        return Outcome.ANSWERED

    async def _say(self, reply: Reply, text: str, outcome: Outcome) -> Outcome:
        await reply.post_ephemeral(words.notice(text))
        return outcome

    async def _refuse(self, reply: Reply, interaction: Interaction, refused: Refused) -> Outcome:
        if not interaction.is_bot:
            await reply.post_ephemeral(refusal_of(refused))
        return Outcome.REFUSED

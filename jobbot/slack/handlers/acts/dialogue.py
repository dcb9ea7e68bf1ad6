"""Serves acts: the window of one is opened and filled (``opening``), submitted and obeyed (``submission``)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from jobbot.access import Need, Refused
from jobbot.flows.acts.act_timing import ActTiming
from jobbot.flows.acts.acting import ActFlow, CannotRecord
from jobbot.flows.acts.reviewing import ReviewFlow, ReviewRequest
from jobbot.flows.instances import Instance, Instances
from jobbot.intents.model import Act, Intent, OnReview, StopNoMore
from jobbot.interaction import Interaction, Submitted
from jobbot.render import notices
from jobbot.slack.handlers.acts.opening import ActOpening
from jobbot.slack.handlers.acts.reviews import ReviewDialogue
from jobbot.slack.handlers.acts.submission import ActSubmissions
from jobbot.slack.handlers.acts.windows.window import ActWindow
from jobbot.slack.handlers.gate import Gate, refusal_of
from jobbot.slack.handlers.modal_ack import Submission
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.slack.web.outbound import Outbound
from jobbot.slack.web.reply import Reply
from jobbot.telemetry import Outcome


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
        self._acting = acting
        self._windows = windows
        self._outbound = outbound
        self._opening = ActOpening(
            gate=gate, acting=acting, windows=windows, outbound=outbound, clock=clock, act_timing=act_timing
        )
        self._reviews = ReviewDialogue(
            gate=gate,
            instances=instances,
            reviewing=reviewing,
            frozen=acting.frozen,
            windows=windows,
            outbound=outbound,
            clock=clock,
        )
        self._submissions = ActSubmissions(
            gate=gate,
            instances=instances,
            acting=acting,
            reviewing=reviewing,
            reviews=self._reviews,
            windows=windows.values(),
            outbound=outbound,
            clock=clock,
            act_timing=act_timing,
        )

    def need_of(self, act: Act) -> Need:
        """The permission that an act rests on."""
        return self._windows[type(act)].need

    def label_of(self, submitted: Submitted) -> str:
        """What a submitted window is counted as."""
        return self._submissions.label_of(submitted)

    async def asks(
        self, interaction: Interaction, wish: Act, instance: Instance, review: ReviewRequest | None = None
    ) -> Outcome:
        """See :meth:`ActOpening.asks`."""
        return await self._opening.asks(interaction, wish, instance, review)

    def submits(self, interaction: Interaction) -> Submission:
        """See :meth:`ActSubmissions.submits`."""
        return self._submissions.submits(interaction)

    async def halts(self, interaction: Interaction, wish: StopNoMore) -> Outcome:
        """Begin no more of several stops, where whoever says so may stop there; the act's own message says who."""
        reply = Reply(self._outbound, interaction)
        passed = await self._gate.decide(interaction, Need.STOP, wish.instance, fresh=True)
        if isinstance(passed, Refused):
            await reply.post_ephemeral(refusal_of(passed))
            return Outcome.REFUSED
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

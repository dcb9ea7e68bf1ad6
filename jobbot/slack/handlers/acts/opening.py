"""Opens the window of an act, and fills it with what is so now.

Slack gives 3 seconds from a press to ``views.open`` and takes one modal a trigger, so nothing is looked up before it
is open (https://docs.slack.dev/surfaces/modals).
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from jobbot.access import Refused
from jobbot.adverity.errors import Unreachable
from jobbot.flows.acts.act_timing import ActTiming
from jobbot.flows.acts.acting import ActFlow, CannotRecord
from jobbot.flows.acts.reviewing import ReviewRequest
from jobbot.flows.instances import Instance
from jobbot.intents.model import Act, Intent
from jobbot.interaction import Interaction
from jobbot.logs import REFERENCE, get_logger
from jobbot.render import notices
from jobbot.render.acts import message as acts
from jobbot.render.acts import window as words
from jobbot.render.blockkit.blocks import Modal
from jobbot.render.blockkit.buttons import review_again
from jobbot.render.errors import error_in_words
from jobbot.render.trace import refusal_in_window
from jobbot.slack.handlers.acts.filling import ActFilling, OpenedModal
from jobbot.slack.handlers.acts.windows.window import ActWindow
from jobbot.slack.handlers.gate import Gate, OutOfReach, refusal_of
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.slack.handlers.urgency import IS_URGENT
from jobbot.slack.web.outbound import Outbound, SlackRefused
from jobbot.slack.web.reply import Reply
from jobbot.slack.web.slow_note import when_slow
from jobbot.telemetry import Outcome

log = get_logger(__name__)


class ActOpening:
    """Serves the wish for an act. ``windows`` are those of all kinds, by the intent that asks for one."""

    def __init__(
        self,
        *,
        gate: Gate,
        acting: ActFlow,
        windows: Mapping[type[Intent], ActWindow[Any]],
        outbound: Outbound,
        clock: Callable[[], datetime],
        act_timing: ActTiming,
    ) -> None:
        self._gate = gate
        self._windows = windows
        self._outbound = outbound
        self._filling = ActFilling(gate, acting, clock)
        self._act_timing = act_timing

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
        return await self._fill(OpenedModal(interaction, wish, window, instance, review, view, reply), about)

    async def _fill(self, opened: OpenedModal, about: str) -> Outcome:
        """Replace "Checking ..." in the modal, which must not be left so, by the question or by what is in the way."""
        window, wish, limit = opened.window, opened.wish, self._act_timing.ask
        try:
            note = when_slow(
                lambda: self._ask_for_patience(opened.view, window.still_checking(wish)), self._act_timing.note
            )
            async with note, asyncio.timeout(limit):
                modal, outcome = await self._filling.fill(replace(opened, instance=opened.instance.for_answer()))
        except TimeoutError:
            await self._show(opened, opened.closed(words.too_slow(limit)))
            raise AlreadyReported from Unreachable(f"not within {limit:g} s")
        except CannotRecord as error:
            await self._show(opened, opened.closed(acts.cannot_record(window.request)))
            raise AlreadyReported from error
        except OutOfReach as out:
            modal, outcome = opened.closed(refusal_in_window(out.refused)), Outcome.REFUSED
        except Exception as error:
            # The outermost wrapper logs and counts it.
            text = f"{error_in_words(error, about=about)}\nReference {REFERENCE.get()}"
            await self._show(opened, opened.closed(text))
            raise AlreadyReported from error
        await self._show(opened, modal)
        return outcome

    async def _ask_for_patience(self, view: str, modal: Modal) -> None:
        with suppress(SlackRefused):
            await self._outbound.update_modal(view, modal)

    async def _refuse(self, reply: Reply, refused: Refused, wish: Act | None = None) -> Outcome:
        """``wish``: what the person may ask others for."""
        await reply.post_ephemeral(refusal_of(refused, wish))
        return Outcome.REFUSED

    async def _show(self, opened: OpenedModal, modal: Modal) -> None:
        try:
            await self._outbound.update_modal(opened.view, modal)
        except SlackRefused as refused:
            log.warning("modal could not be filled", error=refused.code)
            if refused.code != "not_found":
                # Closed meanwhile: then nobody waits for it. Anything else leaves it at "Checking ...".
                await opened.reply.post_ephemeral(notices.window_stuck())

"""Serves stops: opens the confirmation modal, fills it with the job as it is, and executes what is submitted.

Slack gives 3 seconds from a press to ``views.open`` and takes one modal a trigger, so nothing is looked up before it
is open (https://docs.slack.dev/surfaces/modals). When it is submitted, Slack's ack closes the modal: so the ack waits
until the stop is recorded, and where that takes too long the modal says so. Then access is decided again, from fresh
facts. A modal older than 15 minutes is refused.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobbot.access import Need, Refused
from jobbot.adverity.errors import AdverityError, Unreachable
from jobbot.adverity.model import Job, JobId
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.stops.announcer import Place
from jobbot.flows.stops.confirmation import Confirmation
from jobbot.flows.stops.outcome import Denied
from jobbot.flows.stops.stop_timing import StopTiming
from jobbot.flows.stops.stopping import CannotRecord, HandedOn, StopOrder, StoppingFlow
from jobbot.intents.model import StopJob
from jobbot.interaction import Interaction, Submitted
from jobbot.logs import REFERENCE, get_logger
from jobbot.render import notices, stopping
from jobbot.render import stop_window as words
from jobbot.render.blockkit.blocks import Modal
from jobbot.render.earlier_stops import StopResult, second_in_words
from jobbot.render.errors import error_in_words
from jobbot.render.jobs import stream_name
from jobbot.render.refusals import refusal_in_words, render_refusal
from jobbot.slack.handlers import stop_metadata
from jobbot.slack.handlers.gate import Gate, OutOfReach
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.slack.handlers.stop_metadata import StopMetadata
from jobbot.slack.web.outbound import Outbound, SlackRefused
from jobbot.slack.web.reply import Reply
from jobbot.slack.web.slow_note import when_slow
from jobbot.telemetry import Outcome
from jobbot.telemetry.labels import label_of

log = get_logger(__name__)


Body = dict[str, Any]
"""The body of the ack of a submitted modal (``response_action``). Any: it holds Block Kit."""

_OUTCOMES = {"denied": Outcome.REFUSED, "second": Outcome.SECOND}


@dataclass(frozen=True, slots=True)
class Submission:
    """The answer to a submitted modal: what Slack gets at once, or the work from which it comes, with who is answered.

    ``answer`` is there with ``work``, which sets it: None closes the window. Without work, ``outcome`` says what became
    of it.
    """

    body: Body | None = None
    work: tuple[Interaction, Coroutine[None, None, Outcome]] | None = None
    answer: asyncio.Future[Body | None] | None = None
    outcome: Outcome = Outcome.STALE


class StopDialogue:
    """The handlers of stops. ``clock`` gives the time, aware."""

    def __init__(
        self,
        *,
        gate: Gate,
        instances: Instances,
        stopping: StoppingFlow,
        outbound: Outbound,
        clock: Callable[[], datetime],
        stop_timing: StopTiming,
    ) -> None:
        self._gate = gate
        self._instances = instances
        self._stopping = stopping
        self._outbound = outbound
        self._clock = clock
        self._stop_timing = stop_timing

    async def asks(self, interaction: Interaction, wish: StopJob, instance: Instance) -> Outcome:
        """Open the modal at once, then fill it. Without a trigger (a mention) offer the button that has one."""
        reply = Reply(self._outbound, interaction)
        if early := await self._gate.refuse_at_once(interaction, Need.STOP, instance.name):
            return await self._refuse(reply, early)
        if interaction.trigger_id is None:
            passed = await self._gate.decide(interaction, Need.STOP, instance.name)
            if isinstance(passed, Refused):
                return await self._refuse(reply, passed)
            await reply.post_ephemeral(notices.press_to_stop(wish.job, instance.name, wish.reason))
            return Outcome.ASKED
        try:
            view = await self._outbound.open_modal(interaction.trigger_id, words.checking(wish.job))
        except SlackRefused as refused:
            log.warning("modal did not open", job=wish.job, error=refused.code)
            await reply.post_ephemeral(notices.window_missed(wish.job, instance.name, wish.reason))
            return Outcome.NO_WINDOW
        if not view:
            # It may be open all the same, but without its id it cannot be filled.
            log.warning("modal opened without an id", job=wish.job)
            await reply.post_ephemeral(notices.window_stuck())
            return Outcome.NO_WINDOW
        try:
            note = when_slow(lambda: self._ask_for_patience(view, wish.job), self._stop_timing.note)
            async with note, asyncio.timeout(self._stop_timing.ask):
                modal, outcome = await self._fill(interaction, wish, instance.for_answer(), reply.place)
        except TimeoutError:
            await self._show(view, words.notice(wish.job, words.too_slow(self._stop_timing.ask)), reply)
            raise AlreadyReported from Unreachable(f"not within {self._stop_timing.ask:g} s")
        except CannotRecord as error:
            await self._show(view, words.notice(wish.job, stopping.cannot_record()), reply)
            raise AlreadyReported from error
        except OutOfReach as out:
            modal, outcome = words.notice(wish.job, refusal_in_words(out.refused.reason)), Outcome.REFUSED
        except Exception as error:
            # The modal says "Checking ...": it must not be left so. The outermost wrapper logs and counts.
            about = f"job {wish.job} on {instance.name}"
            text = f"{error_in_words(error, about=about)}\nReference {REFERENCE.get()}"
            await self._show(view, words.notice(wish.job, text), reply)
            raise AlreadyReported from error
        await self._show(view, modal, reply)
        return outcome

    async def _fill(
        self, interaction: Interaction, wish: StopJob, instance: Instance, place: Place
    ) -> tuple[Modal, Outcome]:
        passed = await self._gate.decide(interaction, Need.STOP, instance.name)
        if isinstance(passed, Refused):
            return words.notice(wish.job, refusal_in_words(passed.reason)), Outcome.REFUSED
        place_of_job: int | None = None

        async def see(job: Job) -> None:
            nonlocal place_of_job
            place_of_job = await self._gate.place(interaction, instance, job, Need.STOP)

        question = await self._stopping.ask(wish.job, instance, see)
        stream, days = question.job.datastream, question.job.days
        if place_of_job is None:
            place_of_job = question.names.workspace_of(question.job)
        earlier = question.earlier
        if question.job.is_over or (earlier is not None and earlier.result is StopResult.UNDER_WAY):
            return words.notice(wish.job, _nothing_to_press(question)), Outcome.NOTHING_TO_STOP
        metadata = StopMetadata(
            instance=instance.name,
            job=wish.job,
            name=stream_name(question.job, question.names),
            channel=place.channel_id,
            user=interaction.user_id,
            asked_at=self._clock().timestamp(),
            thread_ts=place.thread_ts,
            response_url=place.response_url,
            datastream=int(stream.id) if stream is not None else None,
            workspace=place_of_job,
            followups=stop_metadata.carried(question.followups),
            range_start=days.start if days is not None else None,
            range_end=days.end if days is not None else None,
        )
        rule = self._gate.rule(place.channel_id)
        modal = words.confirm(
            question.job,
            question.names,
            question.as_of,
            followups=question.followups,
            around=question.around,
            reason=wish.reason,
            reason_required=rule is not None and rule.reason_required,
            metadata=metadata.encode(),
            before=earlier,
        )
        return modal, Outcome.ASKED

    def submits(self, interaction: Interaction) -> Submission:
        """Handle a submitted modal: the work that records and executes the stop, or the refusal. No I/O here."""
        submitted = interaction.did
        assert isinstance(submitted, Submitted)  # noqa: S101 - narrows for the type checker
        metadata = stop_metadata.decode(submitted.private_metadata)
        is_ours = submitted.callback_id == words.STOP_MODAL and bool(submitted.view_id)
        if not is_ours or metadata is None or metadata.user != interaction.user_id:
            return _say_in_modal(0, notices.stale_window())
        instance = self._instances.get(metadata.instance)
        if instance is None:
            return _say_in_modal(metadata.job, notices.stale_window())
        who = replace(
            interaction, channel_id=metadata.channel, thread_ts=metadata.thread_ts, response_url=metadata.response_url
        )
        if early := self._gate.refuse_early(who, Need.STOP, metadata.instance):
            return _say_in_modal(metadata.job, refusal_in_words(early.reason), Outcome.REFUSED)
        age = metadata.age(self._clock().timestamp())
        if age > stop_metadata.EXPIRES_SECONDS:
            return _say_at_field(words.too_old(age), Outcome.STALE)
        rule = self._gate.rule(metadata.channel)
        if rule is not None and rule.reason_required and not submitted.reason:
            return _say_at_field(words.reason_wanted(), Outcome.REASON_WANTED)
        order = StopOrder(
            # One view is submitted once; the moment and the job tell apart what comes under the same view's id.
            request_key=f"{submitted.view_id[:100]}|{metadata.asked_at}|{metadata.job}",
            job=JobId(metadata.job),
            name=metadata.name,
            user_id=who.user_id,
            team_id=who.user_team_id,
            place=Place(metadata.channel, metadata.thread_ts, metadata.response_url),
            reason=submitted.reason,
            datastream=metadata.datastream,
            workspace=metadata.workspace,
            followups=metadata.followups,
            range_start=metadata.range_start,
            range_end=metadata.range_end,
        )
        answer: asyncio.Future[Body | None] = asyncio.get_running_loop().create_future()
        return Submission(work=(who, self._obey(who, order, instance, answer)), answer=answer)

    async def _obey(
        self, who: Interaction, order: StopOrder, instance: Instance, answer: "asyncio.Future[Body | None]"
    ) -> Outcome:
        try:
            claimed = await self._stopping.record(order, instance)
        except CannotRecord as error:
            answer.set_result(_notice(order.job, stopping.cannot_record()))
            raise AlreadyReported from error
        finally:
            if not answer.done():
                answer.set_result(None)
        if isinstance(claimed, HandedOn):
            return Outcome.HANDED_ON

        async def permit() -> Denied | None:
            note = notices.asking_to_stop(order.job)
            async with Reply(self._outbound, who).note_when_slow(note, self._stop_timing.note):
                passed = await self._gate.decide(who, Need.STOP, instance.name, fresh=True)
                if isinstance(passed, Refused):
                    return _denied(passed)
                return await self._out_of_reach(who, order.job, instance)

        ended = await self._stopping.carry_out(claimed, order.place, instance, permit)
        if isinstance(ended, HandedOn):
            return Outcome.HANDED_ON
        return _OUTCOMES.get(ended.state.value, Outcome.STOP_ENDED)

    async def _out_of_reach(self, who: Interaction, job: JobId, instance: Instance) -> Denied | None:
        """Of a channel that is bound to workspaces; where the job is not read in time, nobody knows in which it is."""
        instance = instance.for_answer()
        if not self._gate.is_bound(who.channel_id):
            return None
        try:
            async with asyncio.timeout(self._stop_timing.ask):
                found = (await instance.gateway.job(job, fresh=True)).value
                await self._gate.place(who, instance, found, Need.STOP)
        except OutOfReach as out:
            return _denied(out.refused)
        except (AdverityError, TimeoutError):
            return _denied(self._gate.cannot_place(who, Need.STOP, job))
        return None

    async def _ask_for_patience(self, view: str, job: int) -> None:
        with suppress(SlackRefused):
            await self._outbound.update_modal(view, words.still_checking(job))

    async def _refuse(self, reply: Reply, refused: Refused) -> Outcome:
        await reply.post_ephemeral(render_refusal(refused.reason))
        return Outcome.REFUSED

    async def _show(self, view: str, modal: Modal, reply: Reply) -> None:
        try:
            await self._outbound.update_modal(view, modal)
        except SlackRefused as refused:
            log.warning("modal could not be filled", error=refused.code)
            if refused.code != "not_found":
                # Closed meanwhile: then nobody waits for it. Anything else leaves it at "Checking ...".
                await reply.post_ephemeral(notices.window_stuck())


def _denied(refused: Refused) -> Denied:
    return Denied(label_of(refused.reason).replace("_", " "), render_refusal(refused.reason))


def _nothing_to_press(question: Confirmation) -> str:
    earlier = question.earlier
    if earlier is None or earlier.result not in (StopResult.UNDER_WAY, StopResult.WORKED):
        return words.over(question.job)
    worked = earlier.result is StopResult.WORKED
    return second_in_words(question.job.id, earlier.user_id, earlier.at, worked=worked)


def _notice(job: int, text: str) -> Body:
    return {"response_action": "update", "view": words.notice(job, text).view}


def _say_in_modal(job: int, text: str, outcome: Outcome = Outcome.STALE) -> Submission:
    return Submission(_notice(job, text), outcome=outcome)


def _say_at_field(text: str, outcome: Outcome) -> Submission:
    return Submission({"response_action": "errors", "errors": {words.REASON_BLOCK: text}}, outcome=outcome)

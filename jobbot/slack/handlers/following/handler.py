"""Serves watches and alerts: decides access, obeys each delivery once, and says what failed."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import assert_never

from jobbot.access import Need, Refused
from jobbot.adverity.errors import AdverityError
from jobbot.flows.following.alerts.marks import AlertMarks
from jobbot.flows.following.keeping import CannotKeep
from jobbot.flows.following.watching import WatchingFlow
from jobbot.flows.instances import Instance, Instances
from jobbot.intents.model import Alerts, AlertsDo, MarkAlert, Marking, UnwatchJob, Watches, WatchJob
from jobbot.interaction import Interaction
from jobbot.logs import REFERENCE
from jobbot.render import notices
from jobbot.render.errors import render_error
from jobbot.render.refusals import render_refusal
from jobbot.slack.handlers.following.alerting import Alerting
from jobbot.slack.handlers.following.watching import Watching
from jobbot.slack.handlers.gate import Gate, OutOfReach, Passed
from jobbot.slack.handlers.naming import Naming
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.slack.handlers.reports.job_cards import JobCards, subscriber_of
from jobbot.slack.web.directory import SlackDirectory
from jobbot.slack.web.outbound import Outbound
from jobbot.slack.web.reply import Reply
from jobbot.telemetry import Outcome

Followed = WatchJob | UnwatchJob | Watches | Alerts | MarkAlert


class Following:
    """The handlers. ``clock`` gives the time, aware.

    ``is_first``: whether a key of Slack's is new in every process that shares the database; raises CannotKeep.
    """

    def __init__(
        self,
        *,
        gate: Gate,
        naming: Naming,
        instances: Instances,
        watching: WatchingFlow,
        cards: JobCards,
        marks: AlertMarks,
        directory: SlackDirectory,
        is_first: Callable[[str], Awaitable[bool]],
        outbound: Outbound,
        clock: Callable[[], datetime],
    ) -> None:
        self._gate = gate
        self._instances = instances
        self._watches = Watching(
            gate=gate, naming=naming, instances=instances, watching=watching, cards=cards, clock=clock
        )
        self._alerting = Alerting(
            gate=gate,
            naming=naming,
            instances=instances,
            watching=watching,
            marks=marks,
            directory=directory,
            outbound=outbound,
            clock=clock,
        )
        self._is_first = is_first
        self._outbound = outbound

    async def serve(self, interaction: Interaction, intent: Followed) -> Outcome:
        """Serve one intent. Raises AlreadyReported where it failed and the person has been told."""
        reply = Reply(self._outbound, interaction)
        passed = await self._gate.decide(interaction, _need(intent), intent.instance)
        if isinstance(passed, Refused):
            await reply.post_ephemeral(render_refusal(passed))
            return Outcome.REFUSED
        instance = self._instances.get(self._gate.meant(interaction.channel_id, intent.instance))
        if instance is None:
            await reply.post_ephemeral(notices.unknown_instance(self._instances.names))
            return Outcome.UNKNOWN_INSTANCE
        instance = instance.for_answer()
        if not passed.is_member and _is_told_later(intent):
            # The cached membership may be older than an invitation that just happened.
            passed = await self._gate.decide(interaction, _need(intent), intent.instance, fresh=True)
            if isinstance(passed, Refused):
                await reply.post_ephemeral(render_refusal(passed))
                return Outcome.REFUSED
        if not passed.is_member and _is_told_later(intent):
            await reply.post_ephemeral(notices.no_member())
            return Outcome.REFUSED
        try:
            # Its signature holds for five minutes: whoever has it may send it again, to another process or after a
            # restart.
            if _changes(intent) and interaction.key and not await self._is_first(interaction.key):
                return Outcome.REPEATED
            return await self._do(interaction, intent, instance, passed, reply)
        except CannotKeep as error:
            await reply.post_ephemeral(notices.cannot_keep())
            raise AlreadyReported from error
        except OutOfReach as out:
            await reply.post_ephemeral(render_refusal(out.refused))
            return Outcome.REFUSED
        except AdverityError as error:
            job = intent.job if isinstance(intent, WatchJob | UnwatchJob | Alerts) else None
            about = f"{'jobs' if job is None else f'job {job}'} on {instance.name}"
            message = render_error(error, REFERENCE.get(), about=about, changing=_changes(intent), again=intent)
            await reply.post_ephemeral(message)
            raise AlreadyReported from error

    async def _do(
        self, interaction: Interaction, intent: Followed, instance: Instance, passed: Passed, reply: Reply
    ) -> Outcome:
        match intent:
            case WatchJob(job=job):
                return await self._watches.watch(interaction, job, instance, passed, reply)
            case UnwatchJob(job=job):
                return await self._watches.unwatch(interaction, job, instance, passed, reply)
            case Watches(instance=named):
                return await self._watches.show_all(interaction, named, reply)
            case Alerts():
                subscriber = subscriber_of(interaction)
                return await self._alerting.serve(intent, instance, passed, interaction, subscriber, reply=reply)
            case MarkAlert():
                return await self._alerting.mark(intent, instance, passed, interaction, interaction.user_id)
            case _:
                assert_never(intent)


def _is_told_later(intent: Followed) -> bool:
    """Whether jobbot will post here later, for which it must be a member of the channel."""
    return isinstance(intent, WatchJob) or (isinstance(intent, Alerts) and intent.does is AlertsDo.ON)


def _changes(intent: Followed) -> bool:
    """Whether it changes anything."""
    return not (isinstance(intent, Watches) or (isinstance(intent, Alerts) and intent.does is AlertsDo.SHOW))


def _need(intent: Followed) -> Need:
    match intent:
        case WatchJob() | UnwatchJob():
            return Need.WATCH
        case Watches():
            return Need.VIEW
        case Alerts(does=AlertsDo.SHOW):
            return Need.VIEW
        case MarkAlert(does=Marking.ON_IT | Marking.NOT_ON_IT):
            # Guests may help too. Where alerts are told, everybody may look.
            return Need.VIEW
        case Alerts() | MarkAlert():
            return Need.ALERTS
        case _:
            assert_never(intent)

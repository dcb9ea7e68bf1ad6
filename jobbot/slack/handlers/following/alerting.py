"""Serves a channel's alerts: shown, switched on and off, snoozed, and the buttons of an alert's message."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from jobbot.access import Need
from jobbot.adverity.model import JobId
from jobbot.flows.following.alerts.marks import AlertMarks
from jobbot.flows.following.keeping import Subscriber
from jobbot.flows.following.watching import WatchingFlow
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.jobs.scope import Scope
from jobbot.intents.model import Alerts, AlertsDo, MarkAlert, number_of
from jobbot.interaction import Interaction
from jobbot.render import alert_settings, alerts, notices
from jobbot.render.blockkit.blocks import Message
from jobbot.slack.handlers.gate import Gate, Passed
from jobbot.slack.handlers.naming import Naming
from jobbot.slack.web.directory import SlackDirectory
from jobbot.slack.web.outbound import Outbound
from jobbot.slack.web.reply import Reply
from jobbot.telemetry import Outcome


class Alerting:
    """Serves what is asked of them. ``clock`` gives the time, aware."""

    def __init__(
        self,
        *,
        gate: Gate,
        naming: Naming,
        instances: Instances,
        watching: WatchingFlow,
        marks: AlertMarks,
        directory: SlackDirectory,
        outbound: Outbound,
        clock: Callable[[], datetime],
    ) -> None:
        self._gate = gate
        self._naming = naming
        self._instances = instances
        self._watching = watching
        self._marks = marks
        self._directory = directory
        self._outbound = outbound
        self._clock = clock

    async def serve(
        self,
        asked: Alerts,
        instance: Instance,
        passed: Passed,
        interaction: Interaction,
        subscriber: Subscriber,
        *,
        reply: Reply,
    ) -> Outcome:
        """Find what is meant, do it, answer. Raises OutOfReach, CannotKeep, AdverityError."""
        async with reply.note_when_slow(notices.asking_names(), visible=passed.visible):
            of_stream = await self._of_datastream(asked, interaction, instance)
            if isinstance(of_stream, Message):
                await reply.post_ephemeral(of_stream)
                return Outcome.ANSWERED
            meant = await self._naming.meant(interaction, of_stream, instance)
        if isinstance(meant, Message):
            await reply.post_ephemeral(meant)
            return Outcome.MISREAD
        wish, scope = meant.intent, meant.scope
        assert isinstance(wish, Alerts)  # noqa: S101 - narrows for the type checker
        if isinstance(of_stream.datastream, str) or of_stream.workspace is not None:
            # A name means something on this instance alone: its number may be another datastream's elsewhere.
            wish = replace(wish, instance=instance.name)
        if wish.does is AlertsDo.ON and (datastream := number_of(wish.datastream)) is not None:
            await self._gate.may_see(interaction, instance, datastream)
        match wish.does:
            case AlertsDo.SHOW:
                _, found, outages = await self._watching.of_channel(subscriber.channel_id, wish.instance)
                named = await self._naming.name_alerts(interaction, found, self._instances)
                await reply.post_ephemeral(alert_settings.listed(named, outages, now=self._clock()))
                return Outcome.ANSWERED
            case AlertsDo.ON:
                return await self._switch_on(wish, scope, instance, passed, subscriber, reply=reply)
            case AlertsDo.OFF:
                count, less = await self._watching.alerts.switch_off(wish, subscriber, scope.workspace)
                message = alert_settings.switched_off(subscriber.user_id, count, less, wish.states, wish.signs)
                return await _answer(message, passed, reply, changed=count > 0 or bool(less))
            case AlertsDo.SNOOZE:
                return await self._snooze(wish, scope, passed, subscriber, of_job=asked.job, reply=reply)
            case _:
                assert_never(wish.does)

    async def _switch_on(
        self, wish: Alerts, scope: Scope, instance: Instance, passed: Passed, subscriber: Subscriber, *, reply: Reply
    ) -> Outcome:
        name = await self._directory.usergroup(wish.group) if wish.group is not None else ""
        if name is None:
            await reply.post_ephemeral(alert_settings.no_such_group())
            return Outcome.MISREAD
        begun, ended, already = await self._watching.alerts.switch_on(
            wish, instance.name, subscriber, scope.workspace, usergroup_name=name
        )
        bound_to = scope.reach.names if scope.reach is not None else ()
        settings = replace(begun, stream=scope.stream, place=scope.called, bound_to=bound_to)
        by = subscriber.user_id if already else None
        message = alert_settings.switched_on(settings, ended, now=self._clock(), again_by=by)
        return await _answer(message, passed, reply, changed=not already or bool(ended))

    async def _snooze(
        self, wish: Alerts, scope: Scope, passed: Passed, subscriber: Subscriber, *, of_job: JobId | None, reply: Reply
    ) -> Outcome:
        count, until = await self._watching.alerts.snooze(wish, subscriber, scope.workspace)
        message = alert_settings.snoozed(
            subscriber.user_id,
            count,
            until,
            datastream=number_of(wish.datastream),
            stream=scope.stream,
            of_job=of_job,
        )
        return await _answer(message, passed, reply, changed=count > 0)

    async def _of_datastream(self, asked: Alerts, interaction: Interaction, instance: Instance) -> Alerts | Message:
        """The wish for a job as one for its datastream, where the channel sees the job; any other as it is.

        The answer where Adverity does not say which datastream that is.
        """
        if asked.job is None:
            return asked
        job = (await instance.gateway.job(asked.job)).value
        await self._gate.place(interaction, instance, job, Need.ALERTS)
        if job.datastream is None:
            return notices.no_datastream_of(asked.job)
        # A job's number means something on this instance alone, and so does its datastream's.
        return replace(asked, job=None, datastream=job.datastream.id, instance=instance.name)

    async def mark(
        self, wish: MarkAlert, instance: Instance, passed: Passed, interaction: Interaction, user_id: str
    ) -> Outcome:
        """A button of an alert's message: do it and redraw the message. Raises OutOfReach, CannotKeep."""
        reply = Reply(self._outbound, interaction)
        found = await self._marks.find(wish.alert, interaction.channel_id or "")
        if found is None or found.instance != instance.name:
            await reply.post_ephemeral(alerts.no_such_message())
            return Outcome.STALE
        await self._gate.may_see_all(interaction, instance, found.workspaces)
        message = await self._marks.mark(found, wish.does, user_id, edits=passed.is_member)
        if message is None:
            await reply.post_ephemeral(alerts.was_not_on_it())
        else:
            await reply.redraw(message)
        return Outcome.ANSWERED


async def _answer(message: Message, passed: Passed, reply: Reply, *, changed: bool) -> Outcome:
    """What was ``changed`` is told to the channel, where answers may be for all; else to the person alone."""
    await reply.answer(message, visible=changed and (passed.visible or passed.may_share))
    return Outcome.ANSWERED

"""Decides whether an act that was interrupted before it was sent, or the next part of several, may still be sent."""

from collections.abc import Iterable
from typing import Any

from jobbot.access import Refused
from jobbot.flows.acts.acting import ActRecord, Kind, PermitRow
from jobbot.flows.acts.attempts import Denied
from jobbot.flows.instances import Instance
from jobbot.interaction import Interaction, Submitted
from jobbot.slack.handlers.acts.metadata import ActMetadata
from jobbot.slack.handlers.acts.windows.window import ActWindow
from jobbot.slack.handlers.gate import Gate, denied


def permits_of(gate: Gate, windows: Iterable[ActWindow[Any]]) -> PermitRow:
    """Decides for whoever goes on with an act that was interrupted before it was sent, as if it was submitted now.

    A part of several is decided with Slack's facts of a moment ago: there are up to thirty of them in a row.
    """
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
        passed = await gate.decide(who, window.need, instance.name, fresh=record.part_of is None)
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

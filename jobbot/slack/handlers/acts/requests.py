"""The requests for the ledger that a submitted window of an act makes. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from jobbot.flows.acts.acting import ActRequest
from jobbot.interaction import Interaction, Submitted
from jobbot.slack.handlers.acts.metadata import ActMetadata
from jobbot.slack.handlers.acts.windows.window import Order, OrderPart


def act_request(
    who: Interaction, submitted: Submitted, metadata: ActMetadata, order: Order, now: datetime
) -> ActRequest:
    """The request of a submitted window: what its metadata carried, and what its fields say (``order``)."""
    return ActRequest(
        # One view is submitted once; the moment and the subject tell apart what comes under the same view's id.
        request_key=f"{submitted.view_id[:60]}|{metadata.asked_at}|{order.subject}",
        kind=metadata.kind,
        instance=metadata.instance,
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
    )


def part_requests(wish: ActRequest, parts: Sequence[OrderPart]) -> list[ActRequest]:
    """The requests of its parts, each with a key and a subject of its own."""
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

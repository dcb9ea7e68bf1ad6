"""A stop as somebody asks for it, and times that only grow."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from jobbot.store import StopRecord

START = datetime(2022, 10, 31, 10, 43, 2, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """So long after the start."""
    return START + timedelta(seconds=seconds)


def wish(**changes: object) -> StopRecord:
    """Ana asks for a stop of job 987."""
    asked = StopRecord(
        instance="acme",
        job=987,
        user_id="U0ANA",
        team_id="T0ACME",
        channel_id="C0INC",
        reason="runaway fetch",
        requested_at=START,
    )
    return replace(asked, **changes)  # type: ignore[arg-type]

"""Ana, who types on a Wednesday morning in Vienna, where acme and staging are configured."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from jobbot.adverity.model import JobId
from jobbot.intents import Intent, ListJobs, Misread, Range, ShowJob, StopJob, parse

NOW = datetime(2022, 11, 2, 9, 42, 5, 678, tzinfo=UTC)
"""Wednesday, 10:42:05 in Vienna."""
VIENNA = ZoneInfo("Europe/Vienna")
INSTANCES = ("acme", "staging", "127.0.0.1:8081")
JOB = JobId(987)


def typed(
    text: str, *, now: datetime = NOW, zone: str | ZoneInfo = VIENNA, instances: Sequence[str] = INSTANCES
) -> Intent:
    """What Ana gets for her words."""
    return parse(text, now=now, zone=zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone), instances=instances)


def listed(text: str, **how: object) -> ListJobs:
    intent = typed(text, **how)  # type: ignore[arg-type]
    assert isinstance(intent, ListJobs), intent
    return intent


def ranged(text: str, **how: object) -> Range:
    found = listed(text, **how).range
    assert found is not None
    return found


def shown(text: str) -> ShowJob:
    intent = typed(text)
    assert isinstance(intent, ShowJob), intent
    return intent


def stopped(text: str, **how: object) -> StopJob:
    intent = typed(text, **how)  # type: ignore[arg-type]
    assert isinstance(intent, StopJob), intent
    return intent


def misread(text: str, **how: object) -> Misread:
    intent = typed(text, **how)  # type: ignore[arg-type]
    assert isinstance(intent, Misread), intent
    return intent


def utc(written: str) -> datetime:
    """``2022-10-31 08:00`` as an instant."""
    return datetime.fromisoformat(written).replace(tzinfo=UTC)

"""From a person's clock to UTC, where the clocks change too (https://peps.python.org/pep-0495/).

A time that comes twice means its first coming where a range starts, and its second where a range ends, so that nothing
that may have been meant is left out. A time that the clocks skip means the moment at which they jump.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SECOND = timedelta(seconds=1)


def zone_named(name: str) -> ZoneInfo | None:
    """The zone of that name in the time zone database; None where there is none, whatever the name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def to_utc(local: datetime, zone: tzinfo, *, last: bool = False) -> datetime:
    """A naive local time in UTC; ``last`` chooses the second coming of a time that comes twice.

    Raises OverflowError at the edges of the calendar.
    """
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first > second:
        return _jump(second, first, zone)
    return second.replace(fold=0) if last else first


def day_starts(day: date, zone: tzinfo) -> datetime:
    """The first second of a local day, in UTC."""
    return to_utc(datetime.combine(day, time()), zone)


def day_ends(day: date, zone: tzinfo) -> datetime:
    """The last second of a local day, in UTC: days of 23 and 25 hours are what they are. Raises OverflowError."""
    return day_starts(day + timedelta(days=1), zone) - _SECOND


def _jump(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The first second with the new offset, which lies behind ``before`` and not behind ``after``; both in UTC."""
    old = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after

"""Reads the header ``Retry-After`` of Adverity, Slack and proxies.

It is a number of seconds or a date (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after). The result is bounded,
so that it can be slept, added to a time and shown.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MOST_SECONDS = 86_400.0
"""Seconds. Who is told to wait longer than a day asks again after one."""

_SECONDS = re.compile(r"\d+(?:\.\d+)?", re.ASCII)


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds to wait from ``now`` (aware), 0 to :data:`MOST_SECONDS`; None for no header or an unreadable one."""
    said = (header or "").strip()
    if _SECONDS.fullmatch(said):
        return min(float(said), MOST_SECONDS)  # of very many digits: infinity
    try:
        at = parsedate_to_datetime(said)
        wait = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(0.0, wait), MOST_SECONDS)

"""The order of day and month in dates that have two: ``1/6/2025``, for both ends of a range the same one."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from jobbot.intents.times.dates import OfYear, Slashed
from jobbot.intents.times.moments import Moment

ORDERS = ("day/month", "month/day")
"""How an order is said, by whether the month comes first."""
_PAIR = re.compile(r"(\d{1,2})/(\d{1,2})\b(?!/\d{3}\b)", re.ASCII)


def orders(moments: Sequence[Moment], used_to: bool) -> Sequence[bool]:
    """Whether the month comes first in some moments: as an end says that has one order, else the usual one before the
    other."""
    for moment in moments:
        pair = _PAIR.match(moment.said)
        if pair and not isinstance(moment.day, Slashed):
            return [int(pair[2]) > 12]
    return [used_to, not used_to] if any(isinstance(moment.day, Slashed) for moment in moments) else [used_to]


def in_order(moment: Moment, month_first: bool) -> Moment:
    """The moment with its date read in an order."""
    if not isinstance(moment.day, Slashed):
        return moment
    first, second, year = moment.day.first, moment.day.second, moment.day.year
    month, day = (first, second) if month_first else (second, first)
    return replace(moment, day=OfYear(month, day) if year is None else date(year, month, day))

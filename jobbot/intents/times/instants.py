"""Which instants a range means: what was said of its ends, in the person's zone, counted from now.

All instants come out in UTC and to the second. A day or a time without a date is the latest one: "monday" is today on a
Monday, "23:00" asked at half past midnight is an hour and a half ago.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import ceil

from jobbot.intents.model import Between, Last, Since
from jobbot.intents.times.dates import Ago, OfYear, Slashed, Weekday, latest, month_comes_first
from jobbot.intents.times.moments import Moment
from jobbot.intents.times.orders import ORDERS, in_order, orders
from jobbot.intents.times.zones import day_ends, day_starts, to_utc

LONGEST = timedelta(days=366)
"""A longer range is refused: it would cost Adverity much, and is hardly ever meant."""

LATELY = timedelta(days=92)
"""How long a range may be that ends on a day to come whose year was not said."""

SOON = timedelta(days=8)
"""How far ahead something may be planned that is asked for."""

NO_SUCH_DATE = "no such date"
ENDS_FIRST = "ends before it starts"
IN_THE_FUTURE = "in the future"
IN_THE_PAST = "in the past"
TOO_LONG = "too long"
NO_LENGTH = "no length"
NO_START = "no start"
NO_TIME = "no time"
NO_UNIT = "no unit"
NOT_DAYS = "not days"
NOT_NOW = "not now"
NO_MOMENT = "no moment"
LONGER = "longer"
MAYBE_UNTIL = "maybe until"


class NoRange(Exception):
    """The words have no meaning; the argument is a ``BadRange.reason``."""


@dataclass(frozen=True, slots=True)
class Instants:
    """Works ranges out. ``now`` is aware, ``zone`` the asking person's. Every method raises NoRange.

    ``ahead``: an hour of no day is the next one, as it is asked about what is planned.
    """

    now: datetime
    zone: tzinfo
    ahead: bool = False

    @property
    def this_second(self) -> datetime:
        """Now, in UTC and to the second."""
        return self.now.astimezone(UTC).replace(microsecond=0)

    def last(self, seconds: int, said: str) -> Last:
        """So many seconds up to now."""
        if seconds <= 0:
            raise NoRange(NO_LENGTH)
        if seconds > LONGEST.total_seconds():
            raise NoRange(TOO_LONG)
        return Last(timedelta(seconds=seconds), said)

    def coming(self, seconds: int, said: str) -> Between:
        """So many seconds from now on."""
        start = self.this_second + timedelta(seconds=1)
        if seconds <= 0:
            raise NoRange(NO_LENGTH)
        if seconds > SOON.total_seconds():
            raise NoRange(IN_THE_FUTURE)
        return Between(start, start + timedelta(seconds=seconds), said)

    def since(self, moment: Moment, said: str) -> Since:
        """From a moment, or the start of a day, up to now."""
        start = self._start(moment, self._day(moment))
        if start > self.now:
            raise NoRange(IN_THE_FUTURE)
        self._check(start, self.now)
        return Since(start, said, self.order(moment))

    def to_come(self, moment: Moment) -> datetime:
        """The next such moment, in UTC; a day means its first second."""
        start = None if moment.now else next((one for one in self._comings(moment) if one > self.now), None)
        if start is None:
            raise NoRange(IN_THE_PAST)
        if start - self.now > LONGEST:
            raise NoRange(TOO_LONG)
        return start

    def _comings(self, moment: Moment) -> Iterator[datetime]:
        """When a moment comes, in UTC and in order: each as it was said, as the clocks may skip or repeat one of them.

        A time without a day comes today and tomorrow, a weekday in this week and in the next.
        """
        zone, day = moment.zone or self.zone, self._day(moment)
        ahead = (0, 1) if moment.day is None else (0, 7) if isinstance(moment.day, Weekday) else (0,)
        try:
            for days in ahead:
                at = datetime.combine(day + timedelta(days=days), moment.at or time())
                yield to_utc(at, zone)
                yield to_utc(at, zone, last=True)
        except OverflowError:
            raise NoRange(NO_SUCH_DATE) from None

    def till(self, moment: datetime) -> timedelta:
        """How long it is until a moment to come, in whole seconds and at least one."""
        return timedelta(seconds=max(1, ceil((moment - self.now).total_seconds())))

    def hour(self, moment: Moment, said: str) -> Between:
        """The hour that begins at a moment."""
        start = self._start(moment, self._day(moment))
        if self.ahead and moment.day is None and start + timedelta(hours=1) <= self.now:
            start = self.to_come(moment)
        end = start + timedelta(hours=1, seconds=-1)
        self._check(start, end)
        return Between(start, end, said, self.order(moment))

    def part_of_day(self, days_ago: int, hours: tuple[int, int], said: str) -> Between:
        """Some hours of a day, which may end on the next one: (18, 30) is the night."""
        day = self.now.astimezone(self.zone).date() - timedelta(days=days_ago)
        first, last = (datetime.combine(day, time()) + timedelta(hours=hour) for hour in hours)
        start, end = to_utc(first, self.zone), to_utc(last, self.zone, last=True) - timedelta(seconds=1)
        self._check(start, end)
        return Between(start, end, said)

    def month(self, number: int, said: str, year: int | None = None) -> Between:
        """The latest such month, or that of a year."""
        today = self.now.astimezone(self.zone).date()
        first = date(year, number, 1) if year is not None else _must(latest(number, 1, today))
        behind = (first + timedelta(days=32)).replace(day=1)
        start, end = day_starts(first, self.zone), day_starts(behind, self.zone) - timedelta(seconds=1)
        self._check(start, end)
        return Between(start, end, said)

    def day(self, moment: Moment, said: str) -> Between:
        """A whole day."""
        day = self._day(moment)
        start, end = self._start(moment, day), self._end(moment, day)
        if end < start:
            # Samoa had no 30 December 2011: its clocks skipped the day.
            raise NoRange(NO_SUCH_DATE)
        self._check(start, end)
        return Between(start, end, said, self.order(moment))

    def between(self, first: Moment, last: Moment, said: str) -> Since | Between:
        """From one moment to another, or up to now."""
        if last.now:
            return self.since(first, said)
        read, wrong = list[Between](), list[NoRange]()
        for month_first in orders((first, last), month_comes_first(getattr(self.zone, "key", ""))):
            is_read = any(isinstance(moment.day, Slashed) for moment in (first, last))
            try:
                found = self._between(in_order(first, month_first), in_order(last, month_first), said)
            except NoRange as no_range:
                wrong.append(no_range)
            else:
                read.append(replace(found, order=ORDERS[month_first] if is_read else ""))
        if not read:
            raise wrong[0]
        return next((one for one in read if one.start <= self.now), read[0])

    def _between(self, first: Moment, last: Moment, said: str) -> Between:
        is_one_day = first.day is None or last.day is None
        first, last = _shared(first, last)
        last_day = None if last.day is None else self._last_day(first, last)
        first_day = self._day(first, before=last_day)
        start = self._start(first, first_day)
        end = self._end(last, last_day or start.astimezone(first.zone or self.zone).date())
        if end < start and is_one_day and first.at is not None and last.at is not None:
            end = self._end(last, start.astimezone(first.zone or self.zone).date() + timedelta(days=1))
        self._check(start, end)
        return Between(start, end, said)

    def _last_day(self, first: Moment, last: Moment) -> date:
        """Where a range ends: without a year a day to come, where the range that began lately is not over."""
        day = self._day(last)
        if isinstance(first.day, OfYear) and isinstance(last.day, OfYear) and first.day.month and last.day.month:
            ahead = latest(last.day.month, last.day.day, day + timedelta(days=366))
            begun = self._day(first)
            if ahead is not None and begun <= ahead and ahead - begun <= LATELY and ahead > day:
                return ahead
        return day

    def _check(self, start: datetime, end: datetime) -> None:
        if end < start:
            raise NoRange(ENDS_FIRST)
        if start > self.now + SOON:
            raise NoRange(IN_THE_FUTURE)
        if end - start > LONGEST:
            raise NoRange(TOO_LONG)

    def _day(self, moment: Moment, *, before: date | None = None) -> date:
        """The moment's date. ``before``: where the range ends, from which a weekday is counted back."""
        if moment.wrong:
            raise NoRange(NO_SUCH_DATE)
        today = self.now.astimezone(moment.zone or self.zone).date()
        match moment.day:
            case Ago(days):
                return today - timedelta(days=days)
            case Weekday(number, before_today):
                end = before or today
                back = (end.weekday() - number) % 7
                return end - timedelta(days=back or (7 if before_today else 0))
            case OfYear(month, number):
                return _must(latest(month, number, before or today))
            case Slashed(first, second, year):
                month, number = (first, second) if self._month_comes_first(moment) else (second, first)
                return date(year, month, number) if year else _must(latest(month, number, before or today))
            case None:
                return today
            case day:
                return day

    def _month_comes_first(self, moment: Moment) -> bool:
        """Of a date that has two orders: as the zone is used to, except where only the other one has begun."""
        used_to = month_comes_first(getattr(self.zone, "key", ""))
        if not isinstance(moment.day, Slashed) or moment.day.year is None:
            return used_to
        today, year = self.now.astimezone(self.zone).date(), moment.day.year
        month_first, day_first = (
            date(year, month, day) <= today
            for month, day in ((moment.day.first, moment.day.second), (moment.day.second, moment.day.first))
        )
        return used_to if month_first == day_first else month_first

    def order(self, moment: Moment) -> str:
        """The order in which a date was read that has two."""
        return ORDERS[self._month_comes_first(moment)] if isinstance(moment.day, Slashed) else ""

    def _start(self, moment: Moment, day: date) -> datetime:
        zone = moment.zone or self.zone
        if moment.now:
            return self.this_second
        try:
            if moment.at is None:
                return day_starts(day, zone)
            start = to_utc(datetime.combine(day, moment.at), zone)
            if moment.day is None and start > self.now:
                start = to_utc(datetime.combine(day - timedelta(days=1), moment.at), zone)
        except OverflowError:
            raise NoRange(NO_SUCH_DATE) from None
        return start

    def _end(self, moment: Moment, day: date) -> datetime:
        zone = moment.zone or self.zone
        try:
            if moment.at is None:
                return day_ends(day, zone)
            return to_utc(datetime.combine(day, moment.at), zone, last=True)
        except OverflowError:
            raise NoRange(NO_SUCH_DATE) from None


def _must(day: date | None) -> date:
    if day is None:
        raise NoRange(NO_SUCH_DATE)
    return day


def _shared(first: Moment, last: Moment) -> tuple[Moment, Moment]:
    """What was said once for both ends: "10:30-12:00 yesterday", "08:00..12:00 UTC"."""
    if first.at is not None and last.at is not None:
        zone = first.zone or last.zone
        first, last = replace(first, zone=first.zone or zone), replace(last, zone=last.zone or zone)
        if first.day is None:
            first = replace(first, day=last.day)
    return first, last

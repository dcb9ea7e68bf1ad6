"""The ends that the window of a pause offers: at three in the morning the next morning is today's."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from jobbot.render.acts.schedule_window import until_options
from tests.support.each import each

_VIENNA = ZoneInfo("Europe/Vienna")


@each(
    ("now", "zone", "last"),
    [
        (datetime(2025, 11, 28, 2, 10, tzinfo=UTC), _VIENNA, ("Until 09:00", "2025-11-28T08:00:00+00:00")),
        (datetime(2025, 11, 28, 8, 0, tzinfo=UTC), _VIENNA, ("Until tomorrow 09:00", "2025-11-29T08:00:00+00:00")),
        (datetime(2025, 11, 28, 22, 10, tzinfo=UTC), None, ("Until tomorrow 09:00 UTC", "2025-11-29T09:00:00+00:00")),
        (datetime(2025, 11, 28, 23, 10, tzinfo=UTC), _VIENNA, ("Until 09:00", "2025-11-29T08:00:00+00:00")),
    ],
)
def test_the_next_morning_is_one_of_the_ends(now: datetime, zone: ZoneInfo | None, last: tuple[str, str]) -> None:
    end = until_options(None, now, zone)[-1]
    assert (end["text"]["text"], end["value"]) == last

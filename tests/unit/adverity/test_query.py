"""The documented query parameters, exactly."""

from datetime import UTC, date, datetime, timedelta, timezone

from jobbot.adverity.model import DatastreamId, Days
from jobbot.adverity.query import JobQuery, Times
from tests.support.each import each

_VIENNA = timezone(timedelta(hours=1))
_DAY = Days(date(2022, 10, 31), date(2022, 11, 2))
_MORNING = Times(datetime(2022, 10, 31, 9, 0, 0, 999, tzinfo=_VIENNA), datetime(2022, 10, 31, 23, 59, 59, tzinfo=UTC))


@each(
    ("query", "params"),
    [
        (JobQuery(), {}),
        (JobQuery(DatastreamId(42)), {"datastream_id": "42"}),
        (JobQuery(between=_DAY), {"start": "2022-10-31", "end": "2022-11-02"}),
        (JobQuery(between=_MORNING), {"start": "2022-10-31T08:00:00Z", "end": "2022-10-31T23:59:59Z"}),
        (JobQuery(DatastreamId(42), _DAY), {"datastream_id": "42", "start": "2022-10-31", "end": "2022-11-02"}),
    ],
)
def test_params(query: JobQuery, params: dict[str, str]) -> None:
    assert query.params() == params

"""What Retry-After says, whoever sends it and whatever stands in it: seconds that can be slept, or nothing."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from jobbot.adverity.error_mapping import Refusal, error_of
from jobbot.adverity.errors import Busy
from jobbot.http.retry_after import MOST_SECONDS, retry_after
from jobbot.slack.web.errors import asked_to_wait
from tests.support.each import each

NOW = datetime(2022, 10, 31, 10, 42, 5, tzinfo=UTC)
ODD = [
    "1e400",
    "-1e400",
    "inf",
    "nan",
    "-5",
    str(10**30),
    "9" * 5000,
    "1" + "0" * 400 + ".5",
    "soon",
    "",
    "\u0667",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    "Mon, 01 Jan 0001 00:00:00 +2359",
    "Mon, 31 Oct 2022 10:42:15 +99999999999999999999",
    "Mon, 31 Oct 99999999 10:42:15 GMT",
    "Mon, 31 Oct " + "9" * 5000 + " 10:42:15 GMT",
]


@each(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 120 ", 120.0),
        ("1.5", 1.5),
        ("0", 0.0),
        ("Mon, 31 Oct 2022 10:42:15 GMT", 10.0),
        ("Mon, 31 Oct 2022 10:42:15 -0000", 10.0),
        ("Mon, 31 Oct 2022 10:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", MOST_SECONDS),
        (str(10**30), MOST_SECONDS),
        ("9" * 5000, MOST_SECONDS),
        ("soon", None),
        ("-5", None),
        ("1e400", None),
        ("nan", None),
        ("", None),
    ],
)
def test_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


def can_be_used(seconds: float) -> bool:
    return 0 <= seconds <= MOST_SECONDS and NOW + timedelta(seconds=seconds) >= NOW


@given(st.one_of(st.sampled_from(ODD), st.text(max_size=60), st.integers().map(str), st.floats().map(str)))
def test_whatever_stands_there_can_be_slept(header: str) -> None:
    seconds = retry_after(header, NOW)
    assert seconds is None or can_be_used(seconds)


@each("header", ODD)
def test_adverity_may_say_anything(header: str) -> None:
    error = error_of(Refusal(503, {"retry-after": header}), NOW)
    assert isinstance(error, Busy)
    assert error.retry_after is None or can_be_used(error.retry_after)


@each("header", ODD)
def test_slack_may_say_anything(header: str) -> None:
    response = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data={},
        headers={"Retry-After": header},
        status_code=429,
    )
    seconds = asked_to_wait(SlackApiError("", response))
    assert seconds is not None
    assert can_be_used(seconds)

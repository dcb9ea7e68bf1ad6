"""How far an instance's clock is ahead is learned from the Date of whatever it answers."""

from datetime import datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from jobbot.adverity import AdverityClient
from jobbot.adverity.clock_difference import ClockDifference
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.query import JobQuery
from tests.support.each import each
from tests.unit.adverity.world import ACME, NOW


def date(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


@pytest.mark.parametrize("status", [200, 401, 503])
async def test_each_answer_says_it_also_a_refusal(api: respx.MockRouter, status: int) -> None:
    headers = {"date": date(NOW - timedelta(minutes=5))}
    api.get("/api/jobs/").mock(return_value=httpx.Response(status, json={"results": []}, headers=headers))
    gateway = Gateway(AdverityClient(ACME, "k", clock=lambda: NOW))
    assert gateway.clock_ahead is None
    try:
        await gateway.jobs(JobQuery())
    except AdverityError:
        assert status != 200
    assert gateway.clock_ahead == timedelta(minutes=-5)
    await gateway.aclose()


@given(st.lists(st.floats(0, 0.999), min_size=1, max_size=20), st.floats(0, 0.9))
def test_clocks_that_agree_are_not_apart(moments: list[float], under_way: float) -> None:
    now = [NOW]
    difference = ClockDifference(lambda: now[0])
    for moment in moments:
        now[0] = NOW + timedelta(seconds=moment + under_way)
        difference.observe(date(NOW + timedelta(seconds=moment)))
    assert difference.ahead == timedelta(0)


def test_one_answer_that_was_long_under_way_does_not_count_and_a_clock_that_is_set_does() -> None:
    difference = ClockDifference(lambda: NOW)
    for minutes in (0, 0, -90, 0):
        difference.observe(date(NOW + timedelta(minutes=minutes)))
    assert difference.ahead == timedelta(0)
    for _ in range(9):
        difference.observe(date(NOW + timedelta(hours=1)))
    assert difference.ahead == timedelta(hours=1)


@each("nonsense", [None, "", "yesterday", "Tue, 99 Foo 2022 99:99:99 GMT", "0", "x" * 5000])
def test_what_is_no_date_is_none(nonsense: str | None) -> None:
    difference = ClockDifference(lambda: NOW)
    difference.observe(nonsense)
    assert difference.ahead is None


def test_a_date_without_a_zone_is_utc() -> None:
    difference = ClockDifference(lambda: NOW)
    difference.observe("Mon, 31 Oct 2022 10:42:05 -0000")
    assert difference.ahead == timedelta(0)

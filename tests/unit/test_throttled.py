"""Throttled log lines: one at once, and then a count."""

import asyncio
import logging

import pytest

from jobbot.logs import get_logger
from jobbot.logs.lines import FIELDS
from jobbot.logs.throttled import ThrottledLog


async def test_ten_thousand_are_two_lines(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="jobbot")
    throttled = ThrottledLog(get_logger("jobbot.test"), "requests turned away", seconds=0.2)
    for _ in range(10_000):
        throttled.warn("signature")
    throttled.warn("too_large")
    assert [getattr(record, FIELDS) for record in caplog.records] == [{"reason": "signature"}, {"reason": "too_large"}]

    async with asyncio.timeout(30):
        while len(caplog.records) < 3:  # noqa: ASYNC110 - a log tells nobody
            await asyncio.sleep(0.01)
    assert getattr(caplog.records[2], FIELDS) == {"reason": "signature", "times": 9_999, "seconds": 0}

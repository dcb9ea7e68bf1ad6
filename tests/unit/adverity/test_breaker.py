"""When reads are refused at once, and when one is let through again."""

import asyncio
from datetime import timedelta

import pytest

from jobbot.adverity.breaker import Breaker
from jobbot.adverity.errors import AdverityError, Busy, NotFound, Unexpected, Unreachable
from tests.unit.adverity.conftest import Clock


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock.monotonic, threshold=3, pause=5.0, clock=clock)


def attempt(breaker: Breaker, error: AdverityError | None = None, *, always: bool = False) -> None:
    with breaker.attempt(always=always):
        if error:
            raise error


def fail(breaker: Breaker, times: int, error: AdverityError | None = None) -> None:
    for _ in range(times):
        with pytest.raises(AdverityError):
            attempt(breaker, error or Unreachable("no connection"))


def test_it_opens_after_some_failures_in_a_row(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.check()
    fail(breaker, 1)

    with pytest.raises(Unreachable, match="no connection"):
        breaker.check()
    assert breaker.is_open


def test_a_success_between_failures_starts_the_count_again(breaker: Breaker) -> None:
    fail(breaker, 2)
    attempt(breaker)
    fail(breaker, 2)

    assert not breaker.is_open


def test_an_answer_that_refuses_the_question_is_a_success(breaker: Breaker) -> None:
    fail(breaker, 2)
    fail(breaker, 5, NotFound())

    assert not breaker.is_open


def test_what_it_refuses_was_never_sent_and_the_failure_itself_stays_as_it_was(breaker: Breaker) -> None:
    failure = Unreachable("cut")
    fail(breaker, 3, failure)

    with pytest.raises(Unreachable) as caught:
        attempt(breaker)

    assert (caught.value.maybe_received, failure.maybe_received) == (False, True)


def test_it_refuses_with_the_last_failure(breaker: Breaker) -> None:
    fail(breaker, 2)
    fail(breaker, 1, Busy("later", status=503, retry_after=7))

    with pytest.raises(Busy, match="later") as caught:
        breaker.check()
    assert (caught.value.status, caught.value.retry_after) == (503, 7)


def test_after_the_pause_one_is_let_through_and_closes_it(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.pass_(5)

    with breaker.attempt(), pytest.raises(Unreachable):
        attempt(breaker)  # a second one, while the first is under way
    attempt(breaker)

    assert not breaker.is_open


def test_a_probe_that_fails_opens_it_again_at_once(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.pass_(5)
    fail(breaker, 1, Busy())

    with pytest.raises(Busy):
        breaker.check()
    clock.pass_(5)
    attempt(breaker)


def test_a_probe_that_is_cancelled_lets_the_next_one_through(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.pass_(5)
    with pytest.raises(asyncio.CancelledError), breaker.attempt():
        raise asyncio.CancelledError

    attempt(breaker)
    assert not breaker.is_open


def test_a_stop_goes_through_and_tells_how_it_went(breaker: Breaker) -> None:
    fail(breaker, 3)
    attempt(breaker, always=True)

    assert not breaker.is_open


def test_a_refusal_says_when_the_instance_is_asked_again_and_a_failure_does_not(breaker: Breaker, clock: Clock) -> None:
    failure = Unexpected("status 500", status=500)
    fail(breaker, 3, failure)
    clock.pass_(1.5)

    with pytest.raises(Unexpected) as caught:
        breaker.check()
    assert caught.value.not_before == clock.now + timedelta(seconds=3.5)
    assert failure.not_before is None


async def test_while_an_attempt_is_on_its_way_nobody_knows_when(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.pass_(5)

    with breaker.attempt(), pytest.raises(Unreachable) as caught:
        breaker.check()
    assert caught.value.not_before is None

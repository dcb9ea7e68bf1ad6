"""An instance that cannot be followed: each channel hears of it once, and once when it is over, whoever polls."""

import logging

import pytest

from jobbot.adverity.errors import AdverityError, Busy, Forbidden, InvalidRequest, Unauthorised, Unexpected, Unreachable
from jobbot.flows.following.keeping import Subscriber
from jobbot.intents.model import Alerts, AlertsDo
from jobbot.render import alert_settings as alert_words
from jobbot.render import watching as words
from tests.machinery.following.passing import lasts
from tests.machinery.following.world import ANA, INC, OTHER, Killed, World, telling

BEGAN, OVER = "cannot follow the jobs of acme", "follows the jobs of acme again"


async def followed(it: World) -> None:
    """Alerts in one channel, a watch in the other, and a round of each kind."""
    it.adverity.starts(987)
    await it.one.alerts_on(INC)
    await it.one.watch(987, OTHER)
    it.clock.pass_(600)  # from then on a watch is looked at every 15 s instead of 5
    await it.one.round_of("going", "past")


def heard(it: World, words_: str) -> dict[str, int]:
    return {channel: len(it.slack.of(channel, words_)) for channel in (INC, OTHER)}


REASONS: dict[str, AdverityError] = {
    "refuses jobbot's key": Unauthorised(status=401),
    "key is not allowed to list jobs": Forbidden(status=403),
    "does not answer": Unreachable("no answer"),
    "is busy": Busy(status=503),
    "is busy since it said so": Busy(status=429, retry_after=290),
    "answers what jobbot cannot read": Unexpected("HTML", status=200),
}


@pytest.mark.parametrize(
    "why", [pytest.param(why, marks=[pytest.mark.slow] if number else []) for number, why in enumerate(REASONS)]
)
@pytest.mark.slow
async def test_after_three_minutes_each_channel_is_told_once_and_once_when_it_is_over(it: World, why: str) -> None:
    await followed(it)
    it.adverity.fails = dict.fromkeys(("going", "past", "one"), REASONS[why])
    await it.one.round_of("going")
    await lasts(it, 170)
    await it.one.delivers_all()
    assert heard(it, BEGAN) == {INC: 0, OTHER: 0}, "a short one is nobody's business"
    await lasts(it, 15)
    await it.one.delivers_all()
    assert heard(it, BEGAN) == {INC: 1, OTHER: 1}
    assert why.partition(" since")[0] in it.slack.of(INC, BEGAN)[0].text
    it.adverity.ends(987)
    await lasts(it, 1200)
    await it.one.delivers_all()
    assert heard(it, BEGAN) == {INC: 1, OTHER: 1}
    it.adverity.fails.clear()
    await lasts(it, 600)
    await it.one.delivers_all()
    assert (heard(it, BEGAN), heard(it, OVER)) == ({INC: 1, OTHER: 1}, {INC: 1, OTHER: 1})
    for channel in (INC, OTHER):
        (over,) = it.slack.of(channel, OVER)
        assert "1 job that ended meanwhile was told here late: 987." in over.text
        assert len([*telling(it.slack.of(channel), 987)]) == 1
        assert it.slack.of(channel)[-1] is over, "what was late comes before"


@pytest.mark.slow
async def test_a_list_of_the_past_that_is_refused_is_told_to_channels_with_alerts(it: World) -> None:
    await followed(it)
    it.adverity.fails = {"past": InvalidRequest("too long", status=400)}
    await lasts(it, 250)
    await it.one.delivers_all()
    assert heard(it, BEGAN) == {INC: 1, OTHER: 0}, "watches are told as ever"
    assert "Alerts here may miss jobs" in it.slack.of(INC, BEGAN)[0].text
    it.adverity.fails.clear()
    await lasts(it, 120)
    await it.one.delivers_all()
    assert heard(it, OVER) == {INC: 1, OTHER: 0}
    assert "Nothing that this channel is waiting for ended meanwhile" in it.slack.of(INC, OVER)[0].text


@pytest.mark.slow
async def test_a_list_of_what_goes_on_that_is_too_long_is_told_to_channels_with_alerts(it: World) -> None:
    await followed(it)
    it.adverity.longest = 5
    for job in range(1, 9):
        it.adverity.starts(job)
    await lasts(it, 250)
    await it.one.delivers_all()
    assert heard(it, BEGAN) == {INC: 1, OTHER: 0}
    assert "more jobs than Adverity's list shows" in it.slack.of(INC, BEGAN)[0].text


@pytest.mark.slow
async def test_more_endings_than_a_list_holds_are_said_to_be_missing(it: World) -> None:
    """That is no matter of minutes: what is not in the list comes never again."""
    await followed(it)
    it.adverity.longest = 5
    for job in range(1, 9):
        it.adverity.starts(job, before=2)
        it.adverity.ends(job)
    await lasts(it, 900)
    await it.one.delivers_all()
    assert heard(it, BEGAN) == {INC: 1, OTHER: 0}
    (over,) = it.slack.of(INC, OVER)
    assert "some may never be told" in over.text


@pytest.mark.slow
async def test_a_channel_that_comes_later_is_told_too_and_lists_say_it_while_it_lasts(it: World) -> None:
    await followed(it)
    it.adverity.fails = dict.fromkeys(("going", "past", "one"), Unauthorised(status=401))
    await lasts(it, 300)
    await it.two.alerts_on("C0LATE")
    await lasts(it, 130)
    await it.one.delivers_all()
    assert len(it.slack.of("C0LATE", BEGAN)) == 1
    line = "acme cannot be followed since"
    for channel in (INC, OTHER):
        waiting, alerts, outages = await it.two.people.of_channel(channel, None)
        assert line in words.listed(waiting, alerts, outages, now=it.clock()).text
        assert channel == OTHER or line in alert_words.listed(alerts, outages, now=it.clock()).text
    _, _, outages = await it.two.people.of_channel("C0NOTHING", None)
    assert not outages
    it.adverity.fails.clear()
    await lasts(it, 600)
    _, alerts, outages = await it.two.people.of_channel(INC, None)
    assert line not in alert_words.listed(alerts, outages, now=it.clock()).text
    await it.one.delivers_all()
    assert len(it.slack.of("C0LATE", OVER)) == 1


@pytest.mark.slow
async def test_a_restart_tells_nothing_again_and_a_process_that_dies_at_it_loses_nothing(it: World) -> None:
    await followed(it)
    it.adverity.fails = dict.fromkeys(("going", "past", "one"), Unreachable("no answer"))
    for step in range(6):
        for when in ("before", "after"):
            dying = it.process(f"dies {step} {when}")
            dying.database.fails(after=step, when=when, how=Killed)
            await dying.round()
            await lasts(it, 70)
    await it.process("another").delivers_all()
    assert heard(it, BEGAN) == {INC: 1, OTHER: 1}
    it.adverity.fails.clear()
    for step in range(6):
        dying = it.process(f"dies again {step}")
        dying.database.fails(after=step, when="after", how=Killed)
        await dying.round()
    await lasts(it, 600)
    await it.two.delivers_all()
    assert heard(it, OVER) == {INC: 1, OTHER: 1}


async def test_the_log_has_one_warning_at_its_start_and_a_line_at_its_end(
    it: World, caplog: pytest.LogCaptureFixture
) -> None:
    await followed(it)
    caplog.set_level(logging.INFO)
    caplog.clear()
    it.adverity.fails = dict.fromkeys(("going", "past", "one"), Unauthorised(status=401))
    await lasts(it, 1800)
    assert [one.message for one in caplog.records if one.levelno >= logging.WARNING] == ["instance cannot be followed"]
    it.adverity.fails.clear()
    await lasts(it, 300)
    assert [one.message for one in caplog.records][1:].count("instance can be followed again") == 1
    assert [one.levelno for one in caplog.records].count(logging.WARNING) == 1


@pytest.mark.slow
async def test_switched_off_meanwhile_it_still_hears_the_end(it: World) -> None:
    await followed(it)
    it.adverity.fails = dict.fromkeys(("going", "past", "one"), Unauthorised(status=401))
    await lasts(it, 300)
    await it.one.people.alerts.switch_off(Alerts(does=AlertsDo.OFF), Subscriber(INC, None, ANA))
    it.adverity.fails.clear()
    await lasts(it, 300)
    await it.one.delivers_all()
    assert heard(it, OVER) == {INC: 1, OTHER: 1}

"""What stands around a job, where it can be read and where it cannot: cards, lists, stops, alerts, open issues."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from jobbot.playground.adverity import Schedule
from tests.stories.world import REVOKED, World, world

pytestmark = pytest.mark.slow


@pytest.fixture
async def it(tmp_path: Path) -> AsyncIterator[World]:
    async with world("socket", tmp_path) as made:
        yield made


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[World]:
    """Nobody waits long for what an answer can do without."""
    async with world("socket", tmp_path, patience=0.05) as made:
        yield made


def has_run(it: World, count: int, *, minutes: float = 10, datastream: int = 42) -> None:
    for number in range(count):
        ended = it.clock() - timedelta(hours=number + 2)
        it.adverity.has_job(
            100 * datastream + number,
            datastream=datastream,
            state="Success",
            started=ended - timedelta(minutes=minutes),
            ended=ended,
        )


def is_scheduled(it: World, minutes: float = 16) -> None:
    schedule = Schedule(it.clock() + timedelta(minutes=minutes, seconds=30))
    it.adverity.has_datastream(42, "Facebook Ads EU", schedule=schedule)


async def test_a_card_tells_what_stands_around_a_running_job(it: World) -> None:
    has_run(it, 6)
    is_scheduled(it)
    started = it.clock() - timedelta(minutes=47)
    it.adverity.has_job(987, started=started, days=(date(2022, 10, 1), date(2022, 10, 27)))
    await it.ana.types("/jobs 987", in_=it.inc)
    card = await it.said("*Job 987: Running*")
    for words in (
        "Fetches: 1–27 Oct 2022",
        "*47 min*, usually about 10 min (last 6 runs) · far longer than usual",
        "Next scheduled fetch:",
        "(in 16 min)",
    ):
        assert words in card.text


@pytest.mark.parametrize(
    ("path", "refuse", "words"),
    [
        (
            "/api/datastreams/",
            "forbidden",
            "Next scheduled fetch: not known, the key may not read it",
        ),
        ("/api/errors/", "forbidden", "Open issues not known: the key may not read it."),
        ("/api/errors/", "missing", "Open issues not known: this Adverity does not have it."),
        ("/api/errors/", "cut", "Open issues not known: Adverity could not be asked."),
    ],
)
async def test_what_cannot_be_read_says_so_in_its_place_and_fails_nothing(
    it: World, path: str, refuse: str, words: str
) -> None:
    it.adverity.has_job(987, state="Failed", issues=[REVOKED])
    getattr(it.adverity.faults, refuse)(path=path)
    await it.ana.types("/jobs 987", in_=it.inc)
    card = await it.said("*Job 987: Failed*")
    assert words in card.text


async def test_no_answer_waits_for_what_it_can_do_without(hasty: World) -> None:
    it = hasty
    it.adverity.has_job(987, state="Failed", issues=[REVOKED])
    held = it.adverity.faults.hold(path="/api/errors/")
    await it.ana.types("/jobs 987", in_=it.inc)
    card = await it.said("*Job 987: Failed*")
    assert "Open issues not known: Adverity did not say it in time." in card.text
    held.release()
    await it.adverity.called("GET", "/api/errors/")
    await it.ana.clicks("Refresh", on=card)
    await it.said("in the fetch stage")


async def test_a_failed_job_says_why_and_what_would_help(it: World) -> None:
    for number in (986, 987):
        it.adverity.has_job(number, state="Failed", issues=[REVOKED])
    await it.ana.types("/jobs 987", in_=it.inc)
    card = await it.said("*Job 987: Failed*")
    assert "Authorization invalid, in the fetch stage, 2 times since" in card.text
    assert "“The token was revoked.” Someone has to authorise it again in Adverity." in card.text
    asked = it.adverity.count("GET", "/api/errors/")
    await it.ana.clicks("Refresh", on=card)
    await it.said("refreshed by")
    assert it.adverity.count("GET", "/api/errors/") == asked == 1


@pytest.mark.parametrize(
    ("extracts", "words"),
    [((12_000, 340), "2 extracts, 12,340 rows"), ((0,), "Success, but empty: 1 extract, 0 rows")],
)
async def test_a_success_says_what_it_brought(it: World, extracts: tuple[int, ...], words: str) -> None:
    it.adverity.has_job(987, state="Success", extracts=extracts)
    await it.ana.types("/jobs 987", in_=it.inc)
    assert words in (await it.said("*Job 987: Success*")).text


async def test_the_most_unusual_of_a_list_stands_first(it: World) -> None:
    it.adverity.has_datastream(43, "Trade Desk")
    has_run(it, 6, datastream=43)
    it.adverity.has_job(987, datastream=43, started=it.clock() - timedelta(hours=5))
    it.adverity.has_job(988, started=it.clock() - timedelta(minutes=5))
    await it.ana.types("/jobs", in_=it.inc)
    message = await it.said("2 jobs")
    assert message.text.index("job 987") < message.text.index("job 988")
    assert "1 far longer than usual" in message.text
    assert "*Trade Desk* · Running 40 % · *5 h*\nusually about 10 min · job 987" in message.text
    past = [call for call in it.adverity.calls if "start=" in call.query]
    assert len(past) == 1, "only of the job that may be"


async def test_of_many_unknown_datastreams_a_list_waits_for_none(it: World) -> None:
    for number in range(50, 57):
        it.adverity.has_datastream(number)
        has_run(it, 5, datastream=number)
        it.adverity.has_job(900 + number, datastream=number, started=it.clock() - timedelta(hours=5))
    await it.ana.types("/jobs", in_=it.inc)
    first = await it.said("7 jobs")
    assert "far longer" not in first.text
    await it.adverity.until(lambda calls: len([call for call in calls if "start=" in call.query]) == 7)
    await it.ana.clicks("Refresh", on=first)
    await it.said("7 far longer than usual")


async def test_a_stop_says_when_the_schedule_fetches_next(it: World) -> None:
    is_scheduled(it)
    it.adverity.has_job(987).stop_takes(timedelta(0))
    await it.asks_to_stop(it.ana)
    await it.modal(it.ana, "Stopping does not pause the schedule.")
    await it.ana.submits()
    ending = await it.said("*Stopped Facebook Ads EU (job 987)")
    assert "next scheduled fetch" in ending.text
    assert "(in 16 min), which the stop does not change" in ending.text


async def test_a_stop_is_offered_of_fetches_alone(it: World) -> None:
    it.adverity.has_job(987, kind="Load")
    it.adverity.has_job(988, wire_without=["type"])
    await it.ana.types("/jobs", in_=it.inc)
    message = await it.said("2 jobs")
    assert message.buttons.count("Stop job") == 1
    assert "Load" in message.text


async def test_open_issues_are_listed_and_drawn_anew(it: World) -> None:
    it.adverity.has_job(987, state="Failed", issues=[REVOKED])
    await it.ben.types("/jobs issues", in_=it.inc)
    message = await it.said("1 open issue")
    assert "Facebook Ads EU" in message.text
    assert "Someone has to authorise it again in Adverity." in message.text
    it.adverity.has_job(989, state="Success", ended=it.clock())
    it.clock.advance(minutes=4)
    await it.ben.clicks("Refresh", on=message)
    await it.said("No open issues")
    await it.ben.types("/jobs issues datastream 42", in_=it.inc)
    await it.said("*No open issues of datastream 42*")


async def test_open_issues_that_the_key_may_not_read(it: World) -> None:
    it.adverity.faults.forbidden(path="/api/errors/")
    await it.ben.types("/jobs issues", in_=it.inc)
    whisper = await it.whispered("jobbot's key is not allowed to read issues in Adverity", it.ben)
    assert "Reference" in whisper.text

"""A fetch on the machinery of acts: asked for once, its jobs found, never asked twice."""

from datetime import date, timedelta

import pytest

from jobbot.access import Person
from jobbot.adverity.errors import NotFound, Unreachable
from jobbot.adverity.model import DatastreamId, Days, JobId, Started
from jobbot.intents.model import FetchAgain
from jobbot.render.acts.fetch_window import FIRST_DAY, LAST_DAY
from jobbot.slack.handlers.acts.metadata import decode
from jobbot.store.acts.model import ActState
from tests.machinery.acts.steps import Do, done, raises
from tests.machinery.acts.world import ANA, BEN, OCTOBER, TEAM, World
from tests.unit.store.world import LEASE

SILENT = Unreachable("timed out")
KILLED_AT = ["hold", "posting", "post", "announced", "recent", "sending", "fetch", "answered", "read", "close", "edit",
             "follow", "told"]  # fmt: skip


async def test_the_right_way(it: World) -> None:
    one = it.starts("one")
    assert await one.sends(it.fetch()) is None
    await one.ends()
    (row,) = await it.rows(None)
    assert (row.state, row.started, row.range_start) == (ActState.DONE, "991", OCTOBER.start)
    assert it.adverity.fetches == [OCTOBER]
    (said,) = it.slack.public
    assert said.texts[0].startswith(f"*<@{ANA}> is fetching Facebook Ads EU, 1–27 Oct again*\n>gap")
    assert said.text.startswith("*Fetching Facebook Ads EU, 1–27 Oct again* · job 991\n>gap")
    assert it.followed == [991]


async def test_an_answer_that_names_no_job(it: World) -> None:
    it.adverity.names_jobs = False
    one = it.starts("one")
    await one.sends(it.fetch())
    await one.ends()
    (row,) = await it.rows(None)
    assert (row.state, row.started) == (ActState.DONE, "991")


async def test_a_job_of_before_or_of_other_days_is_not_taken_for_the_new_one(it: World) -> None:
    it.adverity.states[991], it.adverity.by_hand[991] = "Running", OCTOBER
    one = it.starts("one")

    async def somebody_else() -> None:
        it.adverity.states[992], it.adverity.by_hand[992] = "Running", Days(date(2022, 10, 1), date(2022, 10, 2))

    async def and_nothing(do: object) -> None:
        await somebody_else()
        raise SILENT

    one.steps.at("fetch", and_nothing)
    await one.sends(it.fetch())
    await one.ends()
    (row,) = await it.rows(None)
    assert (row.state, row.started) == (ActState.UNKNOWN, "")


@pytest.mark.slow
@pytest.mark.parametrize("step", KILLED_AT)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_at_every_step_it_is_asked_for_once_and_told_truly(it: World, step: str, when: str) -> None:
    one, two = it.starts("one"), it.starts("two")
    one.steps.at(step, one.steps.dies if when == "before" else one.steps.dies_after)
    await one.sends(it.fetch())
    await one.ends()
    assert one.steps.dead, "the step did not come"
    it.time.pass_(LEASE.total_seconds() + 1)
    await two.looks()
    (row,) = await it.rows(None)
    assert len(it.adverity.fetches) <= 1
    if row.state is ActState.DROPPED:
        assert it.adverity.fetches == []
        assert "No request was sent." in it.slack.whispers(ANA)[-1]
        return
    began = bool(it.adverity.fetches)
    assert row.state is (ActState.DONE if began else ActState.UNKNOWN if row.sent_at else ActState.REFUSED)
    assert row.told_at is not None
    assert ("job 991" in it.slack.public[-1].text) == began
    assert it.followed[:1] == ([991] if began else [])


async def test_whose_window_was_opened_before_the_same_days_were_fetched_is_second(it: World) -> None:
    one = it.starts("one")
    await one.sends(it.fetch(ANA))
    await one.ends()
    it.time.pass_(60)
    await one.sends(it.fetch(BEN, opened=120))
    await one.ends()
    assert it.adverity.fetches == [OCTOBER]
    said = f"<@{ANA}> has already fetched these days (10:43:02 UTC). No second request was sent."
    assert it.slack.whispers(BEN) == [said]
    await one.sends(it.fetch(BEN, opened=30))
    await one.ends()
    assert len(it.adverity.fetches) == 2, "who has seen it may ask for it again"


async def test_what_was_done_since_makes_it_second_whatever_came_to_nothing_afterwards(it: World) -> None:
    one = it.starts("one")
    await one.sends(it.fetch(BEN))
    await one.ends()
    it.time.pass_(60)
    one.steps.at("fetch", raises(SILENT))
    await one.sends(it.fetch(BEN))  # who has seen the first, and wants another one
    await one.ends()
    assert [row.state for row in await it.rows(None)] == [ActState.UNKNOWN, ActState.DONE]
    await one.sends(it.fetch(ANA, opened=600))
    await one.ends()
    assert it.adverity.fetches == [OCTOBER]
    assert f"<@{BEN}> has already fetched these days" in it.slack.whispers(ANA)[-1]


async def test_other_days_are_another_fetch(it: World) -> None:
    one = it.starts("one")
    await one.sends(it.fetch(ANA))
    await one.sends(it.fetch(BEN, Days(date(2022, 10, 1), date(2022, 10, 2))))
    await one.ends()
    assert len(it.adverity.fetches) == 2


@pytest.mark.parametrize(
    ("days", "field", "words"),
    [
        (Days(date(2022, 10, 3), date(2022, 10, 2)), "last_day", "before the first"),
        (Days(date(2022, 10, 3), date(2022, 11, 2)), "last_day", "in the future"),
        (Days(date(2021, 10, 3), date(2022, 10, 4)), "first_day", "These are 367 days"),
    ],
)
async def test_days_that_cannot_be_fetched_are_refused_at_the_field(
    it: World, days: Days, field: str, words: str
) -> None:
    answer = await it.starts("one").sends(it.fetch(ANA, days))
    assert answer["response_action"] == "errors"
    assert words in answer["errors"][field]
    assert await it.rows(None) == []


@pytest.mark.parametrize(("days", "job"), [(OCTOBER, 987), (Days(date(2022, 10, 2), date(2022, 10, 3)), None)])
async def test_it_is_told_of_a_job_only_where_its_own_days_were_picked(it: World, days: Days, job: int | None) -> None:
    one = it.starts("one")
    await one.sends(it.fetch(days=days, job=987, of_job=OCTOBER))
    await one.ends()
    (row,) = await it.rows(None)
    assert (row.job, row.range_start, row.range_end) == (job, days.start, days.end)
    assert ("the days of job 987" in it.slack.public[0].text) == (job is not None)


@pytest.mark.parametrize("typed", [None, Days(date(2022, 10, 2), date(2022, 10, 3))])
async def test_the_window_carries_the_days_of_its_job_whatever_was_typed(it: World, typed: Days | None) -> None:
    it.fails()
    it.adverity.days = ("2022-10-01", "2022-10-27")
    one = it.starts("one")
    await one.asks(wish=FetchAgain(job=JobId(987), days=typed))
    carried = decode(it.slack.windows[-1].view["private_metadata"])
    assert carried is not None
    assert (carried.job, carried.range_start, carried.range_end) == (987, OCTOBER.start, OCTOBER.end)


async def test_the_window_says_how_many_jobs_of_the_datastream_stand_before(it: World) -> None:
    one = it.starts("one")
    it.adverity.datastream = 42
    it.adverity.states |= {987: "Running", 988: "Scheduled", 989: "Scheduled"}
    await one.asks(wish=FetchAgain(datastream=DatastreamId(42)))
    assert "Jobs of this datastream that come before it: 2 scheduled, 1 running." in str(it.slack.windows[-1].view)
    it.adverity.complete = False
    await one.asks(wish=FetchAgain(datastream=DatastreamId(42)))
    assert "before it" not in str(it.slack.windows[-1].view), "not known"


async def test_a_number_that_is_no_job_may_be_a_datastream(it: World) -> None:
    await it.starts("one").asks(wish=FetchAgain(job=JobId(42)))
    assert "Adverity knows no job 42. Is 42 a datastream?" in str(it.slack.windows[-1].view)


async def test_what_adverity_says_of_a_fetch_that_starts_nothing_is_told(it: World) -> None:
    """An answer of 200 may hold an error; as any body is an acceptance, its jobs are looked for all the same."""
    one = it.starts("one")

    async def starts_nothing(do: object) -> Started:
        return Started(message="The datastream is disabled.")

    one.steps.at("fetch", starts_nothing)
    await one.sends(it.fetch())
    await one.ends()
    (row,) = await it.rows(None)
    assert (row.state, row.answer) == (ActState.UNKNOWN, "accepted: said: The datastream is disabled.")
    assert "\n>Adverity: The datastream is disabled." in it.slack.public[0].text


async def test_a_job_that_the_answer_names_and_nobody_can_read_is_not_told_as_confirmed(it: World) -> None:
    one = it.starts("one")
    one.steps.always["read"] = raises(NotFound("Not found.", status=404))
    await one.sends(it.fetch())
    await one.ends()
    (row,) = await it.rows(None)
    assert (row.state, row.started) == (ActState.DONE, "991")
    assert "confirmed" not in it.slack.public[0].text
    assert "as Adverity's answer says; not read since" in it.slack.public[0].text


async def test_where_its_jobs_cannot_be_read_it_is_not_told_that_none_was_seen(it: World) -> None:
    one = it.starts("one")
    one.steps.at("recent", done)
    one.steps.always["recent"] = raises(SILENT)
    one.steps.at("fetch", raises(SILENT))
    await one.sends(it.fetch())
    await one.ends()
    text = it.slack.public[0].text
    assert "Adverity did not answer the fetch, and the datastream's jobs could not be read until" in text
    assert "no new job" not in text


@pytest.mark.parametrize(("zone", "is_today"), [("Europe/Vienna", False), ("Pacific/Auckland", True)])
async def test_the_last_day_is_at_most_today_where_the_person_is(it: World, zone: str, is_today: bool) -> None:
    it.slack.people[ANA] = Person(team_id=TEAM, zone=zone)
    it.time.now = it.time.now.replace(hour=21)
    one = it.starts("one")
    await one.asks(wish=FetchAgain(datastream=DatastreamId(42)))
    tomorrow = it.time.now.date() + timedelta(days=1)
    answer = await one.sends(it.filled(it.slack.windows[-1], ANA, {FIRST_DAY: OCTOBER.start, LAST_DAY: tomorrow}))
    assert (answer is None) is is_today
    if answer is not None:
        assert "in the future" in answer["errors"][LAST_DAY]


async def test_what_was_done_while_the_window_was_being_filled_makes_it_second(it: World) -> None:
    """It was read who had fetched these days before; then somebody else did, before the window was there."""
    one, two = it.starts("one"), it.starts("two")

    async def ana_is_faster(do: Do) -> object:
        it.time.pass_(2)
        await one.sends(it.fetch(ANA))
        await one.ends()
        it.time.pass_(2)
        return await do()

    two.steps.at("list", ana_is_faster)
    await two.asks(wish=FetchAgain(datastream=DatastreamId(42), days=OCTOBER), who=BEN)
    assert "had the same days fetched" not in str(it.slack.windows[-1].view)
    it.time.pass_(10)
    await two.sends(it.filled(it.slack.windows[-1], BEN))
    await two.ends()
    assert it.adverity.fetches == [OCTOBER]
    assert "has already fetched these days" in it.slack.whispers(BEN)[-1]

"""Lists, on a gateway that answers as the jobs API does: a range is about what is over, no range about what goes on."""

from datetime import timedelta

from jobbot.access.policy import Need
from jobbot.adverity.model import DatastreamId, Job, JobId, State
from jobbot.intents.model import Between, ListJobs
from jobbot.render.asked import Asker
from jobbot.render.blockkit.blocks import Message
from jobbot.render.listing import Listing, render_listing
from tests.unit.flows.world import DAY, FAILED, HOUR, RUNNING, SCHEDULED, ScriptedGateway, job, listed, numbers
from tests.unit.store.world import START


def shown(listing: Listing) -> Message:
    asker = Asker("U0ANA")
    return render_listing(listing, now=START, asker=asker, offers=[Need.STOP], offer_share=False, command="/jobs")


async def test_what_is_running_is_in_a_range_in_which_it_began() -> None:
    gateway = ScriptedGateway([job(1, "Running", ago=2), job(2, "Running", ago=30), job(3, "Failed", ago=3)])

    found = await listed(gateway, ListJobs(states=RUNNING, range=DAY))

    assert numbers(found) == [1]
    assert [query.between for query in gateway.asked] == [None], "what is over is not asked for"
    assert "running, started: last 24 hours" in shown(found).text


async def test_a_range_up_to_now_has_what_is_going_on_in_any_state() -> None:
    gateway = ScriptedGateway([job(1, "Running", ago=2), job(2, "Running", ago=30), job(3, "Failed", ago=3)])

    assert numbers(await listed(gateway, ListJobs(range=DAY))) == [1, 3]
    assert numbers(await listed(gateway, ListJobs(states=RUNNING | FAILED, range=DAY))) == [1, 3]


async def test_a_range_of_the_past_costs_one_call_and_so_do_states_that_are_over() -> None:
    gateway = ScriptedGateway([job(3, "Failed", ago=30)])
    yesterday = Between(START - timedelta(hours=40), START - timedelta(hours=20))

    await listed(gateway, ListJobs(range=yesterday))
    await listed(gateway, ListJobs(states=FAILED, range=DAY))

    assert len(gateway.asked) == 2
    assert None not in [query.between for query in gateway.asked]


async def test_longer_than_an_hour() -> None:
    gateway = ScriptedGateway([job(1, "Running", ago=0.9), job(2, "Running", ago=1.1), job(3, "Scheduled")])

    found = await listed(gateway, ListJobs(states=RUNNING, longer=HOUR))

    assert numbers(found) == [2]
    assert "running, longer than 1 h" in shown(found).text


async def test_what_waits_for_its_turn_runs_for_no_time() -> None:
    gateway = ScriptedGateway([job(1, "Running", ago=2), job(2, "Scheduled", ago=2)])

    assert numbers(await listed(gateway, ListJobs(states=RUNNING | SCHEDULED, longer=HOUR))) == [1]


async def test_how_long_what_is_over_took() -> None:
    gateway = ScriptedGateway([job(1, "Failed", ago=5, took=2), job(2, "Failed", ago=5, took=0.5)])

    assert numbers(await listed(gateway, ListJobs(states=FAILED, range=DAY, longer=HOUR))) == [1]


async def test_far_longer_than_usual_and_longer_than_an_hour_where_that_is_not_known() -> None:
    past = [job(number, "Success", ago=48, took=0.1) for number in range(10, 20)]
    jobs = [job(1, "Running", ago=0.5), job(2, "Running", ago=0.2), job(3, "Running", ago=0.5, stream=43)]
    gateway = ScriptedGateway([*jobs, job(4, "Running", ago=1.5, stream=43)], past)

    found = await listed(gateway, ListJobs(states=RUNNING, longer="usual"))

    assert sorted(numbers(found)) == [1, 4]
    assert "where it is not known what is usual, longer than 1 h" in shown(found).text


async def test_several_jobs_are_read_one_by_one_and_what_is_missing_is_said() -> None:
    gateway = ScriptedGateway([job(48319, "Running"), job(48320, "Success", ago=2, took=1)])

    found = await listed(gateway, ListJobs(jobs=(JobId(48319), JobId(48320), JobId(48321)), wanted="stop"))

    assert numbers(found) == [48319, 48320]
    message = shown(found)
    assert "Adverity knows no job 48321" in message.text
    assert "Nothing was stopped: each job is confirmed separately" in message.text
    assert "Stop job" in str(message.blocks)


async def test_a_datastream_that_does_not_exist_is_told_and_one_that_is_only_unknown_is_not() -> None:
    nowhere = ListJobs(datastream=DatastreamId(9999))

    assert "There is no datastream 9999" in shown(await listed(ScriptedGateway([]), nowhere)).text
    assert "There is no" not in shown(await listed(ScriptedGateway([], refuses=403), nowhere)).text
    assert (
        "There is no datastream 9999" in shown(await listed(ScriptedGateway([], refuses=403), nowhere, whole=True)).text
    )
    assert "There is no" not in shown(await listed(ScriptedGateway([]), ListJobs(datastream=DatastreamId(42)))).text


async def test_where_nothing_is_found_hints_stay_narrowed() -> None:
    narrow = ListJobs(states=RUNNING, range=DAY, datastream=DatastreamId(42), workspace="emea", instance="acme")

    message = shown(await listed(ScriptedGateway([]), narrow))

    assert '`/jobs datastream 42 workspace "emea" last 24h in acme`' in message.text
    assert '`/jobs datastream 42 workspace "emea" in acme`' in message.text


async def test_where_the_last_day_has_none_a_week_is_one_press_away() -> None:
    lately = shown(await listed(ScriptedGateway([]), ListJobs(states=frozenset({State.FAILED}))))
    of_any = shown(await listed(ScriptedGateway([]), ListJobs(states=frozenset(State), datastream=DatastreamId(42))))

    assert "Last 7 days: `/jobs failed last 7 days`" in lately.text
    assert of_any.text.startswith("*No jobs: last 24 hours")
    assert "every state" not in of_any.text


async def test_what_waits_now_is_not_what_tomorrow_brings() -> None:
    tomorrow = Between(START + 24 * HOUR, START + 48 * HOUR, "tomorrow")
    planned = Job.model_validate({"id": 3, "state_label": "Scheduled", "job_start": START + 30 * HOUR})
    gateway = ScriptedGateway([job(1, "Scheduled"), job(2, "Running"), planned])

    found = await listed(gateway, ListJobs(states=SCHEDULED, range=tomorrow))

    assert (numbers(found), found.undated) == ([3], 1)
    assert [query.between for query in gateway.asked] == [None]
    message = shown(found)
    assert "what is planned for then is not known. 1 job waiting now is not counted" in message.text
    assert "including jobs" not in message.text

    none = shown(await listed(ScriptedGateway([job(1, "Scheduled")]), ListJobs(states=SCHEDULED, range=tomorrow)))
    assert none.text.startswith("*No scheduled jobs")
    assert "Scheduled now" in str(none.blocks)
    assert "every state" not in str(none.blocks)


async def test_what_waits_now_may_still_begin_today() -> None:
    today = Between(START - HOUR, START + 12 * HOUR, "today")
    found = await listed(ScriptedGateway([job(1, "Scheduled")]), ListJobs(states=SCHEDULED, range=today))
    assert (numbers(found), found.undated) == ([1], 0)
    assert "including jobs" in shown(found).text


async def test_the_next_fetch_of_a_datastream_is_told_with_what_is_scheduled() -> None:
    gateway = ScriptedGateway([], next_run=START + 6 * HOUR)
    of_42 = ListJobs(states=SCHEDULED, datastream=DatastreamId(42))

    assert "Next scheduled fetch of this datastream:" in shown(await listed(gateway, of_42)).text
    refused = shown(await listed(ScriptedGateway([], streams=(), refuses=403), of_42)).text
    assert "Next scheduled fetch of this datastream: not known" in refused
    assert (await listed(gateway, ListJobs(states=SCHEDULED))).next_fetch is None
    assert (await listed(gateway, ListJobs(datastream=DatastreamId(42)))).next_fetch is None


async def test_every_list_of_one_datastream_tells_that_its_schedule_is_off() -> None:
    gateway = ScriptedGateway([job(1, "Running")], enabled=False)
    of_42 = ListJobs(datastream=DatastreamId(42))

    assert "\nThe schedule of this datastream is off.\n" in shown(await listed(gateway, of_42)).text
    assert "schedule of" not in shown(await listed(gateway, ListJobs())).text


async def test_what_is_over_is_in_the_order_of_the_ends_that_are_shown() -> None:
    gateway = ScriptedGateway(
        [job(1, "Success", ago=5, took=4.5), job(2, "Failed", ago=2, took=0.5), job(3, "Success", ago=3, took=0.1)]
    )

    assert numbers(await listed(gateway, ListJobs(range=DAY))) == [1, 2, 3]

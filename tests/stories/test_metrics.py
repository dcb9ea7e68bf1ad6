"""What /metrics, /healthz and /readyz say after a story, as Prometheus' own parser reads them."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from jobbot.manual import page
from tests.stories.following import place
from tests.stories.scraped import Scrape, scrape, scraped, until
from tests.stories.world import Transport, World, world
from tests.support.loopback import loopback_client

pytestmark = [pytest.mark.slow, pytest.mark.both_transports]

SOON = timedelta(seconds=0.2)

NAMES = {
    "jobbot_ack_seconds": {"transport"},
    "jobbot_answer_seconds": {"intent"},
    "jobbot_build_info": {"version", "python"},
    "jobbot_instances_not_followed": set(),
    "jobbot_interactions": {"intent", "outcome"},
    "jobbot_queue_depth": {"queue"},
    "jobbot_ready": set(),
    "jobbot_refusals": {"reason"},
    "jobbot_requests_rejected": {"reason"},
    "jobbot_review_requests": {"kind", "state"},
    "jobbot_slack_call_seconds": {"method"},
    "jobbot_slack_errors": {"method", "code"},
    "jobbot_slack_rate_limits": {"method"},
    "jobbot_socket_reconnects": {"outcome"},
    "jobbot_acts": {"kind", "outcome"},
    "jobbot_upstream_call_seconds": {"endpoint"},
    "jobbot_upstream_calls": {"endpoint", "status", "cache"},
    "jobbot_watches": set(),
}
"""Every metric and its labels: dashboards and alerts are made of these names. (The parser takes _total off.)"""


async def all_counted(it: World) -> Scrape:
    """When no call is under way: what is read in the background is counted a moment after Adverity was asked."""
    counted = "jobbot_upstream_calls_total"
    return await scraped(
        it, lambda seen: seen.value(counted, cache="miss") == it.adverity.count("GET", "") + it.posts()
    )


async def test_the_names_are_these_from_the_start_and_none_has_labels_beyond_them(it: World) -> None:
    at_first = await scrape(it)
    assert set(at_first.families) == set(NAMES)
    await a_long_morning(it)
    after = await scrape(it)
    assert set(after.families) == set(NAMES)
    for name, labels in after.labels.items():
        assert labels <= NAMES[name], name
    unseen = {"jobbot_socket_reconnects", "jobbot_requests_rejected", "jobbot_review_requests"}
    assert {name for name, labels in after.labels.items() if labels != NAMES[name]} <= unseen
    assert all(name.startswith("jobbot_") for name in after.families)
    assert all(family.documentation for family in after.families.values())


def test_the_help_names_each_with_its_labels() -> None:
    rows = [
        re.split(r"\s{2,}|(?<=total) ", line.strip()) for line in page("metrics").splitlines() if "  jobbot_" in line
    ]
    told = {row[0].removesuffix("_total"): set(row[1].split(", ")) for row in rows}
    for name, labels in NAMES.items():
        assert not labels or told[name] == labels, name
    assert set(told) == set(NAMES)


async def a_long_morning(it: World) -> None:
    """A list twice, a card, a refusal, words that are none, a stop, a rate limit, and an instance that fails."""
    it.adverity.has_job(987).stop_takes(SOON)
    await it.ana.types("/jobs", in_=it.inc)
    message = await it.said("1 job")
    await it.ana.clicks("Refresh", on=message)
    await it.said("refreshed by")
    await it.ana.types("/jobs 987", in_=it.inc)
    await it.said("*Job 987: Running*")
    await it.ana.types("/jobs", in_=it.random)
    await it.whispered("Jobs are not shown in this channel", it.ana, in_=it.random)
    await it.ana.types("/jobs faild", in_=it.inc)
    await it.whispered("faild", it.ana)
    await it.asks_to_stop(it.ana)
    await it.ana.submits(reason="runaway")
    await it.said("*Stopped Facebook Ads EU (job 987)")
    it.slack.faults.ratelimit("chat.postMessage", retry_after=1, times=1)
    await it.ana.mentions("@jobbot 987", in_=it.inc)
    # The card of before says the same by now, so the words alone do not tell that this one is there.
    await until(it, "jobbot_interactions_total", 2, intent="show_job", outcome="answered")
    it.adverity.faults.forbidden()
    await it.ana.types("/jobs failed", in_=it.inc)
    await it.whispered("jobbot's key is not allowed", it.ana)
    it.adverity.faults.clear()
    it.slack.forgive()
    # People see each a moment before it is counted, the end of the stop too.
    await until(it, "jobbot_interactions_total", 9)
    await until(it, "jobbot_answer_seconds_count", 9)


async def test_what_a_morning_counts(it: World) -> None:
    await a_long_morning(it)
    seen = await all_counted(it)
    counted = {
        (one.labels["intent"], one.labels["outcome"]): one.value for one in seen.families["jobbot_interactions"].samples
    }
    assert counted == {
        ("list_jobs", "answered"): 2,
        ("show_job", "answered"): 2,
        ("list_jobs", "refused"): 1,
        ("misread", "misread"): 1,
        ("stop_job", "asked"): 1,
        ("submit_stop", "act_ended"): 1,
        ("list_jobs", "upstream_failed"): 1,
    }
    assert seen.value("jobbot_ack_seconds_count", transport=it.settings.mode) == 9
    assert seen.value("jobbot_answer_seconds_count") == 9
    assert seen.value("jobbot_refusals_total", reason="wrong_channel") == seen.value("jobbot_refusals_total") == 1
    assert seen.value("jobbot_acts_total", kind="stop", outcome="done") == seen.value("jobbot_acts_total") == 1
    assert seen.value("jobbot_slack_errors_total", method="chat.postMessage", code="ratelimited") == 1
    assert seen.value("jobbot_slack_rate_limits_total", method="chat.postMessage") == 1
    assert seen.value("jobbot_slack_call_seconds_count", method="views.open") == 1
    stops = {"endpoint": "/api/jobs/{id}/stop/", "cache": "miss"}
    assert seen.value("jobbot_upstream_calls_total", status="200", **stops) == it.posts() == 1
    # What is read in the background, for usual durations, may be refused as well.
    refused = sum(call.status == 403 for call in it.adverity.calls if call.path == "/api/jobs/")
    assert 1 <= seen.value("jobbot_upstream_calls_total", endpoint="/api/jobs/", status="403") <= refused
    assert seen.value("jobbot_upstream_calls_total", endpoint="other") == 0
    sent = seen.value("jobbot_upstream_calls_total", cache="miss")
    assert seen.value("jobbot_upstream_call_seconds_count") == sent == it.adverity.count("GET", "") + 1
    assert seen.value("jobbot_ready") == 1
    assert seen.value("jobbot_watches") == 0


async def test_nothing_of_it_names_anybody(it: World) -> None:
    await a_long_morning(it)
    names_and_labels = "\n".join(line.rpartition(" ")[0] for line in (await scrape(it)).text.splitlines())
    ids = [one.id for one in (it.ana, it.ben, it.inc, it.random)]
    for word in (*ids, "987", "42", "Facebook", "runaway", "faild", "acme", it.adverity.url, it.slack.bot_token):
        assert word not in names_and_labels, word


async def test_equal_questions_at_the_same_time_are_one_request(tmp_path: Path) -> None:
    async with world("http", tmp_path) as it:
        # Of a job that has just begun nobody asks how long it usually takes, which would be a call of its own.
        it.adverity.has_job(987, started=it.clock())
        held = it.adverity.faults.hold()
        await it.ana.types("/jobs running", in_=it.inc)
        await it.adverity.called("GET", "/jobs/")
        for person in (it.ben, it.gus):
            await person.types("/jobs running", in_=it.inc)
        busy = await until(it, "jobbot_queue_depth", 3, queue="work")
        assert busy.value("jobbot_queue_depth", queue="upstream") == 0, "joined calls wait in no line"
        held.release()
        seen = await until(it, "jobbot_interactions_total", 3, outcome="answered")
    jobs = {"endpoint": "/api/jobs/", "status": "200"}
    assert seen.value("jobbot_upstream_calls_total", cache="miss", **jobs) == 1
    assert seen.value("jobbot_upstream_calls_total", cache="joined", **jobs) == 2


async def test_what_waits_for_its_turn_is_in_the_line(tmp_path: Path) -> None:
    async with world("http", tmp_path) as it:
        held = it.adverity.faults.hold()
        for job in (987, 988):
            it.adverity.has_job(job)
            await it.ana.types(f"/jobs {job}", in_=it.inc)
        await until(it, "jobbot_queue_depth", 1, queue="upstream")
        held.release()
        seen = await until(it, "jobbot_interactions_total", 2, outcome="answered")
    assert seen.value("jobbot_queue_depth", queue="upstream") == 0


async def test_a_connection_that_was_renewed_is_counted(tmp_path: Path) -> None:
    async with world("socket", tmp_path) as it:
        it.slack.faults.refuse_connections()
        it.slack.faults.drop_sockets()
        seen = await until(it, "jobbot_socket_reconnects_total", outcome="failed")
        assert seen.value("jobbot_slack_errors_total", method="apps.connections.open") >= 1
        it.slack.faults.clear()
        seen = await until(it, "jobbot_socket_reconnects_total", outcome="renewed")
        assert seen.value("jobbot_ready") == 1
        it.slack.forgive()


async def test_requests_that_are_none_of_slacks_are_counted_by_what_is_wrong(tmp_path: Path) -> None:
    async with world("http", tmp_path) as it, loopback_client() as client:
        url = f"http://127.0.0.1:{it.bot.port}/slack/events"
        await client.post(url, content=b"{}")
        await client.post(url, content=b"x" * (1024 * 1024 + 1))
        seen = await scrape(it)
    assert seen.value("jobbot_requests_rejected_total", reason="signature") == 1
    assert seen.value("jobbot_requests_rejected_total", reason="too_large") == 1
    assert seen.value("jobbot_ack_seconds_count") == 0


async def test_what_is_watched_is_counted_for_all_jobbots_of_the_database(tmp_path: Path) -> None:
    async with place(tmp_path, f"sqlite:///{tmp_path / 'jobbot.db'}") as there:
        there.adverity.has_job(987)
        async with there.bot() as it:
            await it.ana.types("/jobs watch 987", in_=it.inc)
            await it.whispered("You will be told", it.ana)
        async with there.bot() as it:
            await until(it, "jobbot_watches")


async def test_metrics_and_readiness_at_a_port_of_their_own(transport: Transport, tmp_path: Path) -> None:
    async with world(transport, tmp_path, metrics_port=0) as it, loopback_client() as client:
        found = {
            (port, path): (await client.get(f"http://127.0.0.1:{number}{path}")).status_code
            for port, number in (("public", it.bot.port), ("own", it.bot.metrics_port))
            for path in ("/healthz", "/readyz", "/metrics")
        }
        unsigned = await client.post(f"http://127.0.0.1:{it.bot.metrics_port}/slack/events")
    assert found == {
        **{("public", path): 200 if path == "/healthz" else 404 for path in ("/healthz", "/readyz", "/metrics")},
        **dict.fromkeys([("own", path) for path in ("/healthz", "/readyz", "/metrics")], 200),
    }
    assert unsigned.status_code == 404

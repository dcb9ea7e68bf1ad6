"""The metrics by themselves: closed labels, whatever comes from outside, and a registry for each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from jobbot.telemetry import Metrics, Outcome
from jobbot.telemetry.labels import NO_STATUS, SLACK_CODES, STATUSES, Queue, label_of, slack_code, status_label

CODES = {
    "ratelimited": "ratelimited",
    "channel_not_found": "channel_not_found",
    "expired_trigger_id": "expired_trigger_id",
    "status 502": "502",
    "404": "404",
    "status 499": "4xx",
    "TimeoutError": "network",
    "ClientConnectorError": "network",
    "ServerDisconnectedError": "network",
    "C0INCDATA1": "other",
    "xoxb-1-pl4nted": "other",
    "a_code_of_tomorrow": "other",
    "unreadable_error": "other",
}


@pytest.mark.parametrize("code", CODES)
def test_what_slack_says_is_known_or_other(code: str) -> None:
    assert slack_code(code) == CODES[code]


@given(st.text())
def test_whatever_slack_says_there_are_only_so_many_codes(code: str) -> None:
    closed = SLACK_CODES | {str(one) for one in STATUSES} | {f"{one}xx" for one in range(1, 6)} | {"other", "network"}
    assert slack_code(code) in closed


@given(st.integers() | st.text())
def test_whatever_adverity_answers_there_are_only_so_many_statuses(status: int | str) -> None:
    closed = NO_STATUS | {str(one) for one in STATUSES} | {f"{one}xx" for one in range(1, 6)} | {"other"}
    assert status_label(status) in closed


def test_a_types_name_as_a_label() -> None:
    class ShowJob:
        pass

    assert label_of(ShowJob()) == "show_job"


def value(metrics: Metrics, sample: str) -> float:
    """The sum of a sample's series."""
    families = text_string_to_metric_families(metrics.text().decode())
    return sum(one.value for family in families for one in family.samples if one.name == sample)


def test_each_has_a_registry_of_its_own_and_none_is_everybodys() -> None:
    one, other = Metrics("1"), Metrics("2")
    one.interaction("list_jobs", Outcome.ANSWERED, 0.2)
    assert value(one, "jobbot_interactions_total") == 1
    assert value(other, "jobbot_interactions_total") == 0
    assert not [family for family in REGISTRY.collect() if family.name.startswith("jobbot_")]


def test_gauges_ask_when_somebody_looks() -> None:
    metrics, waiting, reasons = Metrics(), [1, 2], ["no database"]
    metrics.measure(Queue.OUTBOX, lambda: len(waiting))
    metrics.count_watches(lambda: 7)
    metrics.watch_readiness(lambda: reasons)
    assert (value(metrics, "jobbot_queue_depth"), value(metrics, "jobbot_watches")) == (2, 7)
    assert value(metrics, "jobbot_ready") == 0
    waiting.clear()
    reasons.clear()
    assert (value(metrics, "jobbot_queue_depth"), value(metrics, "jobbot_ready")) == (0, 1)


def test_every_queue_is_there_before_anybody_measures_it() -> None:
    families = text_string_to_metric_families(Metrics().text().decode())
    (depth,) = (family for family in families if family.name == "jobbot_queue_depth")
    assert {one.labels["queue"] for one in depth.samples} == {queue.value for queue in Queue}


def test_an_interaction_whose_ack_was_all_has_no_latency() -> None:
    metrics = Metrics()
    metrics.interaction("submit_stop", Outcome.STALE)
    assert value(metrics, "jobbot_interactions_total") == 1
    assert value(metrics, "jobbot_answer_seconds_count") == 0

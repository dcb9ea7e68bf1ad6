"""Lists: states, datastreams, instances, in any order."""

from datetime import timedelta

import pytest

from jobbot.adverity.model import GOING_ON, OVER, STOPPED, DatastreamId, State
from jobbot.intents import Last, ListJobs
from tests.support.each import each
from tests.unit.intents.world import listed, typed


@each("text", ["", "   ", "\n", "show", "list", "jobs", "list jobs please", "/jobs", "!!!", "—", 'show "*"'])
def test_nothing_that_narrows_is_the_plain_list(text: str) -> None:
    assert typed(text) == ListJobs()


@each(
    ("text", "states"),
    [
        ("running", {State.RUNNING}),
        ("RUNNING", {State.RUNNING}),
        ("in progress", {State.RUNNING}),
        ("in-progress", {State.RUNNING}),
        ("scheduled", {State.SCHEDULED}),
        ("pending", {State.SCHEDULED}),
        ("failed", {State.FAILED}),
        ("errors", {State.FAILED}),
        ("success", {State.SUCCESS}),
        ("successful", {State.SUCCESS}),
        ("succeeded", {State.SUCCESS}),
        ("done", {State.SUCCESS}),
        ("cancelled", {State.CANCELLED}),
        ("canceled", {State.CANCELLED}),
        ("discarded", {State.DISCARDED}),
        ("stale", {State.STALE}),
        ("stopped", STOPPED),
        ("active", GOING_ON),
        ("now", GOING_ON),
        ("ended", OVER),
        ("finished", OVER),
        ("past", OVER),
        ("all", set(State)),
    ],
)
def test_a_word_for_a_state(text: str, states: set[State]) -> None:
    assert typed(text) == ListJobs(states=frozenset(states))


@each(
    "text",
    [
        "failed running",
        "failed, running",
        "failed,running",
        "failed and running",
        "failed or running",
        "running | failed",
        "running|failed",
        "failed/running",
        "failed &amp; running",
        "failed &amp;running",
        "failed + running",
        "failed - running",
        "show me the failed and the running jobs, please",
        "status: failed running",
        "state:failed state=running",
    ],
)
def test_several_states_are_joined_in_any_way(text: str) -> None:
    assert typed(text) == ListJobs(states=frozenset({State.FAILED, State.RUNNING}))


def test_all_and_now_say_nothing_more_beside_a_state() -> None:
    assert typed("all failed jobs") == typed("failed")
    assert typed("running now") == typed("running")


@each(
    "text",
    [
        "datastream 42",
        "Datastream 42",
        "ds 42",
        "stream 42",
        "datastream #42",
        "datastream id 42",
        "datastream: 42",
        "datastream:42",
        "ds=42",
        "ds42",
        "for datastream 42",
        "datastream 42 datastream 42",
    ],
)
def test_a_datastream(text: str) -> None:
    assert typed(text) == ListJobs(datastream=DatastreamId(42))


@each(
    "text",
    [
        "in staging",
        "IN Staging",
        "on staging",
        "in the staging instance",
        "instance staging",
        "in:staging",
        "from staging",
        "in `staging`",
        "in <http://staging.datatap.adverity.com|staging.datatap.adverity.com>",
        "in <http://staging|staging>",
    ],
)
def test_another_instance(text: str) -> None:
    assert typed(text) == ListJobs(instance="staging")


@pytest.mark.parametrize("text", ["in 127.0.0.1:8081", "in <http://127.0.0.1:8081|127.0.0.1:8081>"])
def test_an_instance_that_is_called_by_its_address(text: str) -> None:
    assert typed(text) == ListJobs(instance="127.0.0.1:8081")


@each("name", ["last", "42", "all", "stop", "a--b", "[::1]:8081", "Prod_EU", "today"])
def test_an_instance_may_be_called_like_any_other_word(name: str) -> None:
    assert typed(f"failed in {name}", instances=("acme", name)) == listed(f"in {name} failed", instances=(name,))
    assert listed(f"failed in {name.lower()}", instances=("acme", name)).instance == name


@each(
    "text",
    [
        "failed datastream 42 last 6h in staging",
        "in staging last 6h datastream 42 failed",
        "last 6 hours: failed, ds 42, in staging",
        "failed in the last 6h in staging for ds #42",
        "FAILED in staging over the last 6 h (ds 42)",
    ],
)
def test_word_order_is_free(text: str) -> None:
    intent = listed(text)

    assert intent == ListJobs(
        states=frozenset({State.FAILED}),
        datastream=DatastreamId(42),
        range=Last(timedelta(hours=6)),
        instance="staging",
    )

"""Fields of windows: what they begin with, and that Slack takes them whatever words are in them."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobbot.playground.slack.blockkit.check import problems_in_view
from jobbot.playground.slack.blockkit.values import initial_value
from jobbot.render.blockkit.blocks import Block, modal, option
from jobbot.render.blockkit.inputs import check_boxes, choice_field, date_field, number_field, text_field
from tests.support.each import each

DAY = date(2025, 11, 1)


def problems(*blocks: Block) -> list[str]:
    return problems_in_view(modal("act_fetch", "Fetch again?", blocks, metadata="m", close="Close", submit="Go").view)


def jobs(many: int, words: str = "Facebook Ads EU") -> list[Block]:
    return [option(f"{number} {words}", str(number), f"Running {words}") for number in range(1, many + 1)]


def held(block: Block) -> dict[str, Any]:
    return initial_value(block["element"])


def test_a_date_begins_with_its_day() -> None:
    assert held(date_field("from", "From", initial=DAY))["selected_date"] == "2025-11-01"
    assert held(date_field("from", "From"))["selected_date"] is None


def test_a_choice_begins_with_one_of_its_options_or_with_none() -> None:
    options = [option("As usual", "usual"), option("When nothing else is running", "backdata")]
    chosen = held(choice_field("priority", "Priority", options, initial="backdata"))["selected_option"]
    assert chosen["value"] == "backdata"
    assert held(choice_field("priority", "Priority", options, initial="other"))["selected_option"] is None


@each(
    ("many", "labels"),
    [
        (1, ["Jobs"]),
        (10, ["Jobs"]),
        (11, ["Jobs, 1-10", "Jobs, 11"]),
        (30, ["Jobs, 1-10", "Jobs, 11-20", "Jobs, 21-30"]),
    ],
)
def test_check_boxes_are_ten_a_group_and_all_ticked(many: int, labels: list[str]) -> None:
    groups = check_boxes("jobs", "Jobs", jobs(many))
    assert [group["label"]["text"] for group in groups] == labels
    assert [group["block_id"] for group in groups] == ["jobs", "jobs.2", "jobs.3"][: len(labels)]
    ticked = [one["value"] for group in groups for one in held(group)["selected_options"]]
    assert ticked == [str(number) for number in range(1, many + 1)]
    assert {group["optional"] for group in groups} == {len(labels) > 1}, "a whole group may be left out, but not all"
    assert problems(*groups) == []


def test_some_or_no_boxes_may_be_ticked_at_first() -> None:
    [some] = check_boxes("jobs", "Jobs", jobs(3), ticked=["2"], hint="Most unusual first.")
    assert [one["value"] for one in held(some)["selected_options"]] == ["2"]
    [none] = check_boxes("jobs", "Jobs", jobs(3), ticked=[])
    assert held(none)["selected_options"] == []
    assert problems(some, {**none, "block_id": "others"}) == []


def test_a_number_has_bounds() -> None:
    block = number_field("count", "How many", least=0, most=30, initial=7, hint="Type the number of jobs.")
    assert held(block) == {"type": "number_input", "value": "7"}
    assert (block["element"]["min_value"], block["element"]["max_value"]) == ("0", "30")
    assert problems(block, number_field("any", "Any")) == []


def test_an_options_value_is_never_cut() -> None:
    with pytest.raises(ValueError, match="151"):
        option("One", "x" * 151)


def window(words: str) -> list[Block]:
    """Every kind of field, with ``words`` wherever something from outside may stand."""
    return [
        date_field("from", f"From {words}", initial=DAY, hint=f"Days of {words}"),
        date_field("to", "To"),
        choice_field("priority", f"P {words}", [option(f"As {words}", "usual", words)], initial="usual"),
        *check_boxes("jobs", f"Jobs {words}", jobs(30, words), hint=f"Of {words}"),
        number_field("count", f"How many {words}", least=1, most=30, hint=f"Type {words}", optional=True),
        text_field("reason", f"Reason {words}", initial=words, most=300, optional=True),
    ]


@each("words", ["", " ", "\u200b", "x" * 5_000, "<!channel>", "\x00\x1b[31m", "\u202eevil", "\u05d0" * 90, "💥" * 99])
def test_hostile_words_are_taken(words: str) -> None:
    assert problems(*window(words)) == []


@given(st.text(max_size=200))
def test_any_words_are_taken(words: str) -> None:
    assert problems(*window(words)) == []

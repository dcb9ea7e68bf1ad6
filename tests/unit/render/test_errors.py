"""Errors and refusals in words: what is true of all of them."""

import re

import pytest

from jobbot.adverity.errors import Busy, Forbidden, NotFound, Unexpected, Unreachable
from jobbot.adverity.model import JobId
from jobbot.intents.button import decode
from jobbot.intents.model import ShowJob
from jobbot.render.blockkit.blocks import Message
from jobbot.render.errors import error_in_words, render_error
from tests.support.each import each
from tests.unit.render.test_gallery import elements, shown, strings

ERRORS = [name for name in shown() if name.startswith("error ")]
REFUSALS = [name for name in shown() if name.startswith("refusal ")]
LOOK = ShowJob(job=JobId(987), instance="acme")


@each("name", ERRORS)
def test_a_look_never_says_that_nothing_was_changed(name: str) -> None:
    said = shown()[name]
    assert isinstance(said, Message)
    assert ("Nothing was changed" in said.text) == (name == "error while changing")


@each("name", [name for name in ERRORS if "not asked again" in name])
def test_while_the_breaker_is_open_it_says_until_when(name: str) -> None:
    said = shown()[name]
    assert isinstance(said, Message)
    assert "It is not asked again before 09:42:09 UTC: try again then." in said.text
    assert "in a moment" not in said.text


def test_an_error_of_adveritys_own_is_called_so() -> None:
    words = error_in_words(Unexpected("status 500", status=500), about="job 987 on acme")
    assert words.startswith("Adverity has an error of its own (HTTP 500) (job 987 on acme). Try again in a moment.")


@pytest.mark.parametrize("error", [Busy(status=503), Unreachable("cut"), Unexpected(status=502)])
def test_what_may_pass_can_be_tried_again_by_a_press(error: Exception) -> None:
    [again] = elements(render_error(error, "7f3a21", again=LOOK).blocks)
    assert (again["text"]["text"], decode(again["value"])) == ("Try again", LOOK)


@each("error", [Forbidden(status=403), NotFound(status=404), Unexpected("HTML"), ValueError()])
def test_what_stays_has_no_button_that_would_fail_again(error: Exception) -> None:
    assert not [*elements(render_error(error, "7f3a21", again=LOOK).blocks)]


@each("name", REFUSALS)
def test_ids_of_a_refusal_stand_in_its_small_print_alone(name: str) -> None:
    said = shown()[name]
    assert isinstance(said, Message)
    sections = [block for block in said.blocks if block["type"] == "section"]
    shown_to_people = re.sub(r"<[#@!][^>]*>", "", " ".join(strings(sections)))
    assert not re.search(r"\b[CUS]0[A-Z0-9]+", shown_to_people)


@each("name", [name for name in REFUSALS if "not here" in name or name == "refusal shared"])
def test_who_may_not_do_it_here_learns_where_and_by_whom_it_can_be_done(name: str) -> None:
    said = shown()[name]
    assert isinstance(said, Message)
    assert "in <#C0INC>" in said.text
    assert ("(by <!subteam^S0ONCALL>" in said.text) == ("alerts" not in name)

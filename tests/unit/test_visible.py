"""Names and reasons from outside: what nobody sees is gone at the door, whichever door it is."""

import json
import re
import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobbot.adverity.error_mapping import Refusal, error_of
from jobbot.adverity.model import Datastream, Job
from jobbot.intents import StopJob, parse
from jobbot.interaction import Submitted
from jobbot.render.blockkit.text import foreign
from jobbot.slack.transport.payloads import read_payload
from jobbot.visible import visible
from tests.support.each import each

ODD = "\x1b]0;evil\x07\x9b31m\u202eevil\u2066\u200b\u2060\ufeff\u061c\u00ad\U000e0041\ud800"
SHOWN = "]0;evil31mevil?"
KEPT = "\u200c\u200d"
"""Zero width, and part of how Persian and many emoji are written."""
VISIBLE_FORMAT = set(map(chr, (*range(0x600, 0x606), 0x6DD, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD)))
VISIBLE_FORMAT |= set(map(chr, range(0x13430, 0x13440)))
"""Unicode calls these formatting, and they are drawn."""
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@each("plane", range(17))
def test_no_control_and_no_formatting_character_is_left(plane: int) -> None:
    every = "".join(map(chr, range(plane * 0x10000, (plane + 1) * 0x10000)))
    left = {c for c in visible(every) if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert left <= {"\t", "\n", *KEPT, *VISIBLE_FORMAT}


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cn", "Zl", "Zp"))))
def test_everything_else_stays(text: str) -> None:
    assert visible(text) == text


@given(st.text())
def test_twice_is_once(text: str) -> None:
    assert visible(visible(text)) == visible(text)


def test_line_ends_are_line_feeds() -> None:
    assert visible("a\r\nb\rc\u2028d\x85e\tf") == "a\nb\nc\nd\ne\tf"


def test_adveritys_door() -> None:
    job = Job.model_validate(
        {"id": 1, "state_label": ODD, "datastream": {"id": 4, "name": ODD}, "issues": [{"message": ODD}], "user": ODD}
    )
    assert job.datastream is not None
    assert [job.state_label, job.datastream.name, job.issues[0].message, job.started_by] == [SHOWN] * 4
    assert Datastream.model_validate({"id": 4, "name": ODD, "stack": {"id": 4, "name": ODD}}).stack_name == SHOWN
    said = json.dumps({"detail": ODD[:-1]}).encode()
    assert error_of(Refusal(409, {}, said), NOW).detail == SHOWN[:-1]


@pytest.mark.parametrize("words", [ODD, f"a{ODD}b"])
def test_slacks_door_for_what_is_typed(words: str) -> None:
    asked = parse(f"stop 987 {words}", now=NOW, zone=ZoneInfo("UTC"), instances=())
    assert isinstance(asked, StopJob)
    assert asked.reason == words.replace(ODD, SHOWN)


def test_slacks_door_for_what_a_modal_brings() -> None:
    typed = {"type": "plain_text_input", "value": f"a\r\n{ODD}"}
    came = read_payload(
        {
            "type": "view_submission",
            "user": {"id": "U0ANA"},
            "view": {"id": "V1", "state": {"values": {"reason": {"reason": typed}}}},
        },
        "U0BOT",
    )
    assert came is not None
    assert isinstance(came.did, Submitted)
    assert came.did.reason == f"a\n{SHOWN}"


@each("words", ["```", "a ``` b", "````x", "`" * 9, "``\u200b`"])
def test_a_name_opens_no_block_that_swallows_what_follows(words: str) -> None:
    # A date in a format that Slack does not know is shown as its fallback stands, and formats nothing.
    assert "`" not in re.sub(r"<!date\^0\^\{_\}\|[^>]*>", "", foreign(words))

"""What a modal carries and what is believed of it when it comes back."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from jobbot.flows.acts.acting import Kind
from jobbot.flows.acts.kinds.stop import FOLLOWUPS_MOST, StopDetails
from jobbot.intents.language.numbers import LARGEST_NUMBER
from jobbot.slack.handlers.acts.metadata import EXPIRES_SECONDS, ActMetadata, decode
from tests.support.each import each

METADATA = ActMetadata(
    kind=Kind.STOP,
    instance="acme",
    job=987,
    name="987 (Facebook Ads EU)",
    channel="C0INC",
    user="U0ANA",
    asked_at=1667212982.5,
)
FIELDS: dict[str, Any] = json.loads(METADATA.encode())

any_metadata = st.builds(
    ActMetadata,
    kind=st.sampled_from(Kind),
    instance=st.text(max_size=100),
    job=st.none() | st.integers(1, LARGEST_NUMBER),
    name=st.text(max_size=100),
    channel=st.text(max_size=40),
    user=st.text(max_size=40),
    asked_at=st.floats(allow_nan=False, allow_infinity=False),
    thread_ts=st.none() | st.text(max_size=20),
    response_url=st.none() | st.text(max_size=500),
    asks=st.booleans(),
    review=st.none() | st.text(max_size=32),
)


@given(any_metadata)
def test_what_is_carried_comes_back(metadata: ActMetadata) -> None:
    assert decode(metadata.encode()) == metadata


def longest(name: str, of: str) -> str:
    """As many characters as the field takes."""
    schema = ActMetadata.model_json_schema()["properties"][name]
    return of * int(next(one["maxLength"] for one in (schema, *schema.get("anyOf", ())) if "maxLength" in one))


def test_full_metadata_fits_into_slacks_3000_characters() -> None:
    fullest = ActMetadata(
        kind=Kind.STOP_SEVERAL,
        instance=longest("instance", '"'),
        job=LARGEST_NUMBER,
        name=longest("name", '"'),
        channel=longest("channel", "C"),
        user=longest("user", "U"),
        asked_at=1667212982.123456,
        thread_ts=longest("thread_ts", "1"),
        response_url=longest("response_url", "x"),
        datastream=LARGEST_NUMBER,
        workspace=LARGEST_NUMBER,
        range_start=date(2026, 11, 1),
        range_end=date(2026, 11, 27),
        # Names of fields and numbers: a few quotes, which are escaped.
        details=longest("details", "1")[:-24] + '"' * 24,
        asks=True,
        review=longest("review", "f"),
    )
    assert len(fullest.encode()) <= 3000


def test_the_details_of_a_stop_fit() -> None:
    known = StopDetails.of(tuple(range(LARGEST_NUMBER, LARGEST_NUMBER - FOLLOWUPS_MOST, -1)), offers_pause=True)
    assert METADATA.model_copy(update={"details": known.model_dump_json()}).encode()
    assert len(known.model_dump_json()) <= len(longest("details", "1"))


@each(
    "changes",
    [
        {"v": 2},
        {"v": "1"},
        {"v": None},
        {"kind": None},
        {"kind": "start"},
        {"job": 0},
        {"job": -1},
        {"job": "987"},
        {"job": 987.5},
        {"job": True},
        {"job": LARGEST_NUMBER + 1},
        {"instance": None},
        {"name": "x" * 101},
        {"channel": ["C0INC"]},
        {"user": 5},
        {"asked_at": "now"},
        {"extra": 1},
    ],
)
def test_metadata_that_is_not_ours_or_damaged_is_none(changes: dict[str, Any]) -> None:
    assert decode(json.dumps({**FIELDS, **changes})) is None


@each("missing", ["kind", "instance", "name", "channel", "user", "asked_at"])
def test_metadata_without_a_field_is_none(missing: str) -> None:
    assert decode(json.dumps({name: value for name, value in FIELDS.items() if name != missing})) is None


@each("metadata", ["", " ", "null", "[]", "5", "{", "\ud800", "[" * 100_000, METADATA.encode()[:-5]])
def test_what_is_no_metadata_at_all_is_none(metadata: str) -> None:
    assert decode(metadata) is None


@given(st.text())
def test_arbitrary_metadata_never_raises(metadata: str) -> None:
    assert decode(metadata) is None


def test_it_is_obeyed_for_fifteen_minutes() -> None:
    assert METADATA.age(METADATA.asked_at + 60) == pytest.approx(60)
    assert METADATA.age(METADATA.asked_at + EXPIRES_SECONDS) <= EXPIRES_SECONDS
    assert METADATA.age(METADATA.asked_at + EXPIRES_SECONDS + 1) > EXPIRES_SECONDS


@each("asked_at", [float("inf"), float("-inf"), float("nan"), 10**300, -(10**300)])
def test_a_time_that_is_none_is_never_young(asked_at: float) -> None:
    odd = METADATA.model_copy(update={"asked_at": asked_at})
    assert not odd.age(1667212982.0) <= EXPIRES_SECONDS


def test_clocks_that_differ_by_a_moment_are_forgiven_and_no_more() -> None:
    assert METADATA.age(METADATA.asked_at - 30) <= EXPIRES_SECONDS
    assert METADATA.age(METADATA.asked_at - 61) > EXPIRES_SECONDS


def test_nothing_longer_than_slack_takes_can_be_made() -> None:
    with pytest.raises(ValidationError):
        ActMetadata(
            kind=Kind.STOP, instance="acme", job=987, name="x" * 101, channel="C0INC", user="U0ANA", asked_at=0.0
        )

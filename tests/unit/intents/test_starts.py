"""A pause that is to begin later: there is none, so it is asked, and what was said of its end is not lost."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from jobbot.adverity.model import DatastreamId
from jobbot.intents import BadRange, Misread, PauseSchedule, canonical
from jobbot.intents.model import Paused
from jobbot.intents.wording import as_said
from tests.support.each import each
from tests.unit.intents.test_properties import PLACES, TIMES
from tests.unit.intents.world import misread, typed

LATER, MAYBE, LONGER = "not now", "maybe until", "longer"


@each(
    ("when", "given_", "reason", "offered"),
    [
        ("at 22:00 for 2h", "at 22:00", LATER, "for 2h"),
        ("for 2h at 22:00", "at 22:00", LATER, "for 2h"),
        ("from 22:00 for 3 hours", "from 22:00", LATER, "for 3 hours"),
        ("from 22:00 to 23:00", "from 22:00 to 23:00", LATER, "until 23:00"),
        ("from tomorrow 8am until 9am", "from tomorrow 8am until 9am", LATER, "until 9am"),
        ("at 22:00", "at 22:00", LATER, "for 2h"),
        ("in 2h", "in 2h", LATER, "for 2h"),
        ("for 2h tomorrow", "tomorrow", LATER, "for 2h"),
        ("tomorrow for 4h", "tomorrow", MAYBE, "for 4h"),
        ("tomorrow", "tomorrow", MAYBE, "until tomorrow 09:00"),
        ("tomorrow 8am", "tomorrow 8am", MAYBE, "until tomorrow 8am"),
        ("on monday", "on monday", MAYBE, "until monday 09:00"),
        ("next monday morning", "next monday morning", MAYBE, "until next monday morning"),
        ("22:00", "22:00", MAYBE, "until 22:00"),
        ("at 22", "at 22", LATER, "for 2h"),
        ("by 6h", "by 6h", LONGER, "for 6h"),
        ("for another 2h", "for another 2h", LONGER, "for 2h"),
        ("another hour", "another hour", LONGER, "for 1 hour"),
        ("2h longer", "2h longer", LONGER, "for 2h"),
        ("for 30 min more", "for 30 min more", LONGER, "for 30 min"),
        ("longer", "longer", LONGER, "for 2h"),
    ],
)
def test_a_beginning_is_told_and_an_end_is_offered(when: str, given_: str, reason: str, offered: str) -> None:
    for stream in ("facebook", "datastream 42", '"trade desk"'):
        found = misread(f"pause {stream} {when}")

        assert found.problems == (BadRange(given_, reason),)
        act = found.offers[0]
        assert isinstance(act, PauseSchedule)
        assert act.until is not None
        assert as_said(act).endswith(offered)
        assert typed(canonical(act)) == act


def test_what_was_is_a_reason_and_so_is_what_stands_behind_because() -> None:
    for reason in (
        *("yesterday it ran wild", "because it breaks tomorrow", "the load at 22:00 is too much"),
        "longer runs break it",
    ):
        assert typed(f"pause datastream 42 {reason}") == PauseSchedule(datastream=DatastreamId(42), reason=reason)


def test_a_pause_that_is_extended_without_its_datastream_is_found_among_those_that_are_paused() -> None:
    for said in ("extend the pause by 6h", "extend the pause 6h", "extend the pause"):
        assert misread(said).offers[0] == Paused()
    assert misread("extend the pause by 6h").problems == (BadRange("by 6h", LONGER),)
    (act, *_) = misread("pause 987 longer").offers
    assert isinstance(act, PauseSchedule)
    assert act.until is not None


WHENS = st.sampled_from(
    [
        *("tomorrow", "at 23:59", "from noon", "on friday", "next week", "5 nov", "in 3h", "10/11"),
        *("at 22", "by 6h", "for another 2h"),
    ]
)


BEHIND = st.sampled_from(
    ["", "for 2h", "it broke", "the api is down", "until 23:59", "in staging", "because", "please"]
)


@given(when=WHENS, behind=BEHIND, now=TIMES, zone=PLACES)
def test_no_pause_without_an_end_has_a_beginning(when: str, behind: str, now: datetime, zone: ZoneInfo) -> None:
    found = typed(f"pause datastream 42 {when} {behind}", now=now, zone=zone)

    assert not isinstance(found, PauseSchedule)
    if isinstance(found, Misread):
        acts = [one for one in found.offers if isinstance(one, PauseSchedule)]
        assert all(act.until is not None for act in acts)

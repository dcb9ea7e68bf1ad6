"""What people type who want to know what they may do."""

import pytest

from jobbot.access import Need
from jobbot.intents import Help, History, ListJobs, Misread, ShowJob, StopJob, Topic, WhoAmI, canonical
from jobbot.intents.button import decode, encode
from jobbot.intents.model import DoesNotFit, Intent
from tests.support.each import each
from tests.unit.intents.world import JOB, misread, typed


@pytest.mark.parametrize(
    "text",
    [
        *("whoami", "who am i", "Who am I?", "please who am i", "/whoami", "permissions", "show permissions"),
        *("what may i do", "what can I do here?", "what am i allowed to do", "whoami here", "WHOAMI"),
        *("why can't i see jobs", "why can’t I do anything here", "hey what could i do"),
    ],
)
def test_what_one_may_do(text: str) -> None:
    assert typed(text) == WhoAmI()


@each(
    ("text", "need"),
    [
        ("whoami stop", Need.STOP),
        ("why can't i stop", Need.STOP),
        *(("whoami freeze", Need.STOP), ("may i freeze", Need.STOP), ("who can unfreeze it", Need.STOP)),
        ("why can’t I stop 987?", Need.STOP),
        ("why cant i stop facebook", Need.STOP),
        ("why may I not cancel 987 988", Need.STOP),
        ("why am i not allowed to kill it", Need.STOP),
        ("am I allowed to fetch again", Need.FETCH),
        ("why can't i backfill datastream 42 yesterday", Need.FETCH),
        ("who may retry 987", Need.RETRY),
        ("who can acknowledge this", Need.RETRY),
        ("who is allowed to pause datastream 42 until 13:00", Need.PAUSE),
        ("why can not i resume facebook", Need.PAUSE),
        ("may i watch 987", Need.WATCH),
        ("why can't i snooze alerts", Need.ALERTS),
        ("whoami view", Need.VIEW),
    ],
)
def test_whether_one_may_do_one_thing(text: str, need: Need) -> None:
    assert typed(text) == WhoAmI(need=need)


@pytest.mark.parametrize(
    "text", ["whoami stop in staging", "in staging whoami stop", "why can't i stop 987 on staging"]
)
def test_on_an_instance(text: str) -> None:
    assert typed(text) == WhoAmI(need=Need.STOP, instance="staging")


@pytest.mark.parametrize("need", [None, *Need])
@pytest.mark.parametrize("instance", [None, "staging"])
def test_it_can_be_said_again_and_pressed(need: Need | None, instance: str | None) -> None:
    asked = WhoAmI(need=need, instance=instance)
    assert typed(canonical(asked)) == asked
    assert decode(encode(asked)) == asked


@each(
    ("text", "meant"),
    [
        ("who stopped 987", History(job=JOB)),
        ("who stopped it", None),
        ("why 987", ShowJob(job=JOB)),
        ("why did 987 fail", ShowJob(job=JOB)),
        ("who is watching 987", ShowJob(job=JOB)),
        ("can i stop 987", StopJob(job=JOB)),
        ("stop 987 who am i to ask", StopJob(job=JOB, reason="who am i to ask")),
        ("what failed", ListJobs(states=frozenset(typed("failed").states))),  # type: ignore[union-attr]
        ("help whoami", Help(Topic.WHOAMI)),
        ("whoami help", Help(Topic.WHOAMI)),
    ],
)
def test_what_only_looks_like_it(text: str, meant: Intent | None) -> None:
    found = typed(text)
    assert not isinstance(found, WhoAmI)
    assert meant is None or found == meant


def test_what_has_no_meaning_beside_it_is_told() -> None:
    assert misread("whoami 987").problems == (DoesNotFit("987", "whoami"),)
    assert misread("whoami bananas").suggestion == "whoami"


def test_a_slip_is_offered() -> None:
    found = typed("whoamI i")
    assert found == WhoAmI()
    slip = typed("whoaim")
    assert isinstance(slip, Misread)
    assert slip.suggestion == "whoami"

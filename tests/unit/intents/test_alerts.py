"""Watches and alerts of a channel: shown, on, off, silent for a while."""

from datetime import timedelta

import pytest

from jobbot.adverity.model import OVER, DatastreamId, State
from jobbot.intents import (
    Alerts,
    AlertsDo,
    DoesNotFit,
    ListJobs,
    MissingSwitch,
    SaidTwice,
    StopJob,
    UnwatchJob,
    Watches,
    canonical,
)
from jobbot.intents.model import Intent
from tests.unit.intents.world import JOB, misread, typed

FAILED = frozenset({State.FAILED})


@pytest.mark.parametrize("text", ["watches", "show watches", "list the watches", "Watches?"])
def test_what_is_watched(text: str) -> None:
    assert typed(text) == Watches()


def test_what_is_watched_elsewhere_and_what_does_not_fit() -> None:
    assert typed("watches in staging") == Watches(instance="staging")
    assert misread("watches 987").problems == (DoesNotFit("987", "watches"),)
    assert misread("watches 987").suggestion == "watches"


@pytest.mark.parametrize("text", ["alerts", "show alerts", "alert", "alerts?"])
def test_which_alerts_there_are(text: str) -> None:
    assert typed(text) == Alerts(does=AlertsDo.SHOW)


@pytest.mark.parametrize(
    ("text", "alerts"),
    [
        ("alerts on", Alerts(does=AlertsDo.ON, states=FAILED)),
        ("on alerts", Alerts(does=AlertsDo.ON, states=FAILED)),
        ("alerts on failed", Alerts(does=AlertsDo.ON, states=FAILED)),
        ("alerts on all failed jobs", Alerts(does=AlertsDo.ON, states=FAILED)),
        ("alerts on ended", Alerts(does=AlertsDo.ON, states=OVER)),
        ("alerts on all", Alerts(does=AlertsDo.ON, states=OVER)),
        ("alerts on for failed or cancelled", Alerts(does=AlertsDo.ON, states=FAILED | {State.CANCELLED})),
        ("alerts on datastream 42", Alerts(does=AlertsDo.ON, states=FAILED, datastream=DatastreamId(42))),
        ("datastream 42 alerts on", Alerts(does=AlertsDo.ON, states=FAILED, datastream=DatastreamId(42))),
        ("alerts on in staging", Alerts(does=AlertsDo.ON, states=FAILED, instance="staging")),
        ("alerts on staging", Alerts(does=AlertsDo.ON, states=FAILED, instance="staging")),
        ("alerts off", Alerts(does=AlertsDo.OFF)),
        ("stop alerts", Alerts(does=AlertsDo.OFF)),
        ("alerts off datastream 42", Alerts(does=AlertsDo.OFF, datastream=DatastreamId(42))),
        ("alerts off in staging", Alerts(does=AlertsDo.OFF, instance="staging")),
        ("alerts snooze 2h", Alerts(does=AlertsDo.SNOOZE, length=timedelta(hours=2))),
        ("snooze alerts for 2 hours", Alerts(does=AlertsDo.SNOOZE, length=timedelta(hours=2))),
        ("snooze 2h", Alerts(does=AlertsDo.SNOOZE, length=timedelta(hours=2))),
        ("mute 30 min", Alerts(does=AlertsDo.SNOOZE, length=timedelta(minutes=30))),
        ("snooze", Alerts(does=AlertsDo.SNOOZE)),
    ],
)
def test_what_becomes_of_them(text: str, alerts: Intent) -> None:
    assert typed(text) == alerts
    assert typed(canonical(alerts)) == alerts


@pytest.mark.parametrize(
    ("text", "suggestion"), [("alerts failed", "alerts on failed"), ("alerts ds 42", "alerts on failed datastream 42")]
)
def test_they_are_not_switched_on_by_a_guess(text: str, suggestion: str) -> None:
    found = misread(text)
    assert found.problems == (MissingSwitch("alerts"),)
    assert found.suggestion == suggestion


def test_what_has_no_meaning_beside_them() -> None:
    assert misread("alerts on running").problems == (DoesNotFit("running", "alerts"),)
    assert misread("alerts on 987").problems == (DoesNotFit("987", "alerts"),)
    assert misread("alerts on yesterday").problems == (DoesNotFit("yesterday", "alerts"),)
    assert misread("alerts off failed").problems == (DoesNotFit("failed", "alerts"),)
    assert misread("snooze yesterday").problems == (DoesNotFit("yesterday", "snooze"),)
    assert misread("alerts on off").problems == (SaidTwice("switch", "on", "off"),)
    assert misread("watch 987 alerts").problems == (SaidTwice("verb", "watch", "alerts"),)


def test_elsewhere_the_words_are_what_they_were() -> None:
    assert typed("failed on staging") == ListJobs(states=FAILED, instance="staging")
    assert typed("stop watching 987") == UnwatchJob(job=JOB)
    assert typed("stop 987 alerts on fire") == StopJob(job=JOB, reason="alerts on fire")

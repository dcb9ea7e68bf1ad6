"""Watches and alerts of a channel: shown, on, off, silent for a while."""

from datetime import timedelta

import pytest

from jobbot.adverity.model import OVER, DatastreamId, State
from jobbot.intents import (
    Alerts,
    AlertsDo,
    DoesNotFit,
    Issues,
    ListJobs,
    MissingSwitch,
    SaidTwice,
    Sign,
    StopJob,
    UnwatchJob,
    Watches,
    canonical,
)
from jobbot.intents.model import Intent
from tests.support.each import each
from tests.unit.intents.world import JOB, misread, typed

FAILED, LATE = frozenset({State.FAILED}), frozenset({Sign.LATE})


@each("text", ["watches", "show watches", "list the watches", "Watches?"])
def test_what_is_watched(text: str) -> None:
    assert typed(text) == Watches()


def test_what_is_watched_elsewhere_and_what_does_not_fit() -> None:
    assert typed("watches in staging") == Watches(instance="staging")
    assert misread("watches 987").problems == (DoesNotFit("987", "watches"),)
    assert misread("watches 987").suggestion == "watches"


@each("text", ["alerts", "show alerts", "alert", "alerts?", "alerts on?", "alerts off ?"])
def test_which_alerts_there_are(text: str) -> None:
    assert typed(text) == Alerts(does=AlertsDo.SHOW)


@each(
    ("text", "alerts"),
    [
        ("alerts on", Alerts(does=AlertsDo.ON, states=FAILED)),
        ("on alerts", Alerts(does=AlertsDo.ON, states=FAILED)),
        ("alerts on failed", Alerts(does=AlertsDo.ON, states=FAILED)),
        ("alerts on all failed jobs", Alerts(does=AlertsDo.ON, states=FAILED)),
        ("alerts on ended", Alerts(does=AlertsDo.ON, states=OVER)),
        ("alerts on all", Alerts(does=AlertsDo.ON, states=OVER, signs=frozenset(Sign))),
        ("alerts on late", Alerts(does=AlertsDo.ON, signs=LATE)),
        ("alerts on empty", Alerts(does=AlertsDo.ON, signs=frozenset({Sign.EMPTY}))),
        ("alerts on late or empty", Alerts(does=AlertsDo.ON, signs=frozenset(Sign))),
        ("alerts on failed and late", Alerts(does=AlertsDo.ON, states=FAILED, signs=LATE)),
        ("late alerts on ds 42", Alerts(does=AlertsDo.ON, signs=LATE, datastream=DatastreamId(42))),
        ("alerts on ended late empty", Alerts(does=AlertsDo.ON, states=OVER, signs=frozenset(Sign))),
        ("alerts on for failed or cancelled", Alerts(does=AlertsDo.ON, states=FAILED | {State.CANCELLED})),
        ("alerts on datastream 42", Alerts(does=AlertsDo.ON, states=FAILED, datastream=DatastreamId(42))),
        ("datastream 42 alerts on", Alerts(does=AlertsDo.ON, states=FAILED, datastream=DatastreamId(42))),
        ("alerts on in staging", Alerts(does=AlertsDo.ON, states=FAILED, instance="staging")),
        ("alerts on staging", Alerts(does=AlertsDo.ON, states=FAILED, instance="staging")),
        ("alerts off", Alerts(does=AlertsDo.OFF)),
        ("stop alerts", Alerts(does=AlertsDo.OFF)),
        ("alerts off late", Alerts(does=AlertsDo.OFF, signs=LATE)),
        ("alerts off failed or late", Alerts(does=AlertsDo.OFF, states=FAILED, signs=LATE)),
        ("alerts off all", Alerts(does=AlertsDo.OFF)),
        ("alerts off datastream 42", Alerts(does=AlertsDo.OFF, datastream=DatastreamId(42))),
        ("alerts off in staging", Alerts(does=AlertsDo.OFF, instance="staging")),
        ("alerts snooze 2h", Alerts(does=AlertsDo.SNOOZE, length=timedelta(hours=2))),
        ("snooze alerts for 2 hours", Alerts(does=AlertsDo.SNOOZE, length=timedelta(hours=2))),
        ("snooze 2h", Alerts(does=AlertsDo.SNOOZE, length=timedelta(hours=2))),
        ("snooze für 2 stunden", Alerts(does=AlertsDo.SNOOZE, length=timedelta(hours=2))),
        ("mute 30 min", Alerts(does=AlertsDo.SNOOZE, length=timedelta(minutes=30))),
        ("snooze", Alerts(does=AlertsDo.SNOOZE)),
    ],
)
def test_what_becomes_of_them(text: str, alerts: Intent) -> None:
    assert typed(text) == alerts
    assert typed(canonical(alerts)) == alerts


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("alerts failed", "alerts on failed"),
        ("alerts late", "alerts on late"),
        ("alerts ds 42", "alerts on failed datastream 42"),
    ],
)
def test_they_are_not_switched_on_by_a_guess(text: str, suggestion: str) -> None:
    found = misread(text)
    assert found.problems == (MissingSwitch("alerts"),)
    assert found.suggestion == suggestion


def test_what_has_no_meaning_beside_them() -> None:
    assert misread("alerts on running").problems == (DoesNotFit("running", "alerts"),)
    assert misread("alerts on 987").problems == (DoesNotFit("987", "alerts"),)
    assert misread("alerts on yesterday").problems == (DoesNotFit("yesterday", "alerts"),)
    assert misread("alerts off running").problems == (DoesNotFit("running", "alerts"),)
    assert misread("alerts snooze late").problems == (DoesNotFit("late", "alerts"),)
    assert misread("snooze yesterday").problems == (DoesNotFit("yesterday", "snooze"),)
    assert misread("alerts on off").problems == (SaidTwice("switch", "on", "off"),)
    assert misread("watch 987 alerts").problems == (SaidTwice("verb", "watch", "alerts"),)


@each(
    ("text", "issues"),
    [
        ("issues", Issues()),
        ("show issues", Issues()),
        ("the issues of datastream 42", Issues(datastream=DatastreamId(42))),
        ("issues ds:42 in staging", Issues(datastream=DatastreamId(42), instance="staging")),
    ],
)
def test_what_is_open(text: str, issues: Intent) -> None:
    assert typed(text) == issues
    assert typed(canonical(issues)) == issues


def test_what_has_no_meaning_beside_issues() -> None:
    assert misread("issues 987").problems == (DoesNotFit("987", "issues"),)
    assert misread("issues failed yesterday").suggestion == "issues"


def test_elsewhere_the_words_are_what_they_were() -> None:
    assert typed("failed on staging") == ListJobs(states=FAILED, instance="staging")
    assert typed("stop watching 987") == UnwatchJob(job=JOB)
    assert typed("stop 987 alerts on fire") == StopJob(job=JOB, reason="alerts on fire")

"""Stops: what is one, what never becomes one, and that the reason is what was typed."""

import pytest

from jobbot.adverity.model import DatastreamId, JobId, State
from jobbot.intents import (
    BadNumber,
    DoesNotFit,
    History,
    MissingNumber,
    SaidTwice,
    ShowJob,
    StopJob,
    StopSeveral,
    TooManyJobs,
    UnknownInstance,
    UnknownWord,
    UnwatchJob,
    Wondered,
    canonical,
)
from jobbot.intents.button import decode, encode
from jobbot.intents.model import Act
from tests.support.each import each
from tests.unit.intents.world import INSTANCES, JOB, misread, stopped, typed


@each(
    "text",
    [
        "stop 987",
        "Stop 987",
        "cancel 987",
        "kill 987",
        "abort 987",
        "stop #987",
        "stop job 987",
        "stop the job #987",
        "please stop 987",
        "stop:987",
        "stop 987.",
        "987 stop",
        "/jobs stop 987",
        "/stop 987",
        "`stop 987`",
        "```stop 987```",
        "“/jobs stop 987”",
        "<@U1|jobbot> stop 987",
        "stop <tel:987|987>",
    ],
)
def test_a_stop(text: str) -> None:
    assert typed(text) == StopJob(job=JOB)


@each(
    ("text", "reason"),
    [
        ("stop 987 runaway fetch", "runaway fetch"),
        ("stop 987 because of X", "because of X"),
        ("stop 987, it runs wild", "it runs wild"),
        ("stop 987: it runs wild", "it runs wild"),
        ("stop 987 - it runs wild", "it runs wild"),
        ("stop 987—it runs wild", "it runs wild"),
        ("stop 987 … it runs wild", "it runs wild"),
        ("987 stop it runs wild", "it runs wild"),
        ("stop 987 -5 files", "-5 files"),
        ("stop 987 yesterday it failed, stop 988 help", "yesterday it failed, stop 988 help"),
        ("stop 987 “too  slow” – ﬁx ½ 🔥", "“too  slow” – ﬁx ½ 🔥"),
        ("stop 987 two\nlines\tand a\x00 zero", "two lines and a zero"),
        ("stop 987 \u202eturned\u202c", "turned"),
        ("stop 987 half \ud83d a pair", "half ? a pair"),
        ("stop 987 a &lt; b &amp;&amp; c &gt; d &amp;lt;", "a < b && c > d &lt;"),
        ("stop 987 asked by <@U123|ana> and <@U124>", "asked by @ana and @U124"),
        ("stop 987 see <#C1|inc-data>, <#C2>", "see #inc-data, #C2"),
        ("stop 987 see <https://example.com/a?b=1&amp;c=2>", "see https://example.com/a?b=1&c=2"),
        ("stop 987 see <https://example.com/a|example.com/a>", "see https://example.com/a"),
        ("stop 987 see <https://example.com/a|the post>", "see the post (https://example.com/a)"),
        ("stop 987 ask <mailto:ana@example.com|ana@example.com>", "ask ana@example.com"),
        ("stop 987 <!here> <!subteam^S1|@oncall> <!subteam^S2>", "@here @oncall @S2"),
        ("stop 987 since <!date^1667203200^{time}|08:00 UTC>", "since 08:00 UTC"),
        ("stop 987 <b>", "<b>"),
        ("stop 987 in the night it went wild", "in the night it went wild"),
        ("stop 987 in production", "in production"),
        ("stop 987 2 many files", "2 many files"),
        ("stop 30 min", "min"),
    ],
)
def test_the_reason_is_what_was_typed(text: str, reason: str) -> None:
    assert stopped(text).reason == reason
    assert stopped(text).instance is None


def test_a_long_reason_is_kept() -> None:
    assert stopped("stop 987 " + "why " * 9_000).reason == ("why " * 9_000).strip()


@each(
    "text",
    [
        "stop 987 in staging because it hangs",
        "stop 987 in Staging, because it hangs",
        "stop 987 in staging: because it hangs",
        "stop 987 - in staging - because it hangs",
        "stop 987 on `staging` because it hangs",
        "stop in staging 987 because it hangs",
        "in staging stop 987 because it hangs",
        "stop 987 in <http://staging|staging> because it hangs",
        "stop <https://staging.datatap.adverity.com/jobs/987> because it hangs",
    ],
)
def test_an_instance_directly_behind_the_number_or_before_it_is_where(text: str) -> None:
    assert typed(text) == StopJob(job=JOB, reason="because it hangs", instance="staging")


def test_an_instance_further_behind_belongs_to_the_reason() -> None:
    assert typed("stop 987 copied in staging") == StopJob(job=JOB, reason="copied in staging")
    assert typed("stop 987 in staging in acme") == StopJob(job=JOB, reason="in acme", instance="staging")


def test_an_instance_that_is_almost_named_is_asked_about() -> None:
    found = misread("stop 987 in stagin because")

    assert found.problems == (UnknownInstance("stagin", "staging", INSTANCES),)
    assert found.suggestion == "987 in staging"


def test_two_instances_are_asked_about() -> None:
    assert misread("stop in acme 987 in staging").problems == (SaidTwice("instance", "in acme", "in staging"),)


@each("text", ["stop 987 988", "stop 987, 988", "stop 987 and #988", "stop 987 &amp; job 988"])
def test_two_jobs_are_not_a_job_and_a_reason(text: str) -> None:
    assert typed(text) == StopSeveral(jobs=(JOB, JobId(988)))


def test_more_jobs_before_a_reason_are_jobs_and_numbers_of_a_reason_are_not() -> None:
    assert typed("stop 48470 and 48471 they hang") == StopSeveral(jobs=(JobId(48470), JobId(48471)), reason="they hang")
    assert typed("987 988 stop, they hang") == StopSeveral(jobs=(JOB, JobId(988)), reason="they hang")
    assert stopped("stop 987 30 min too long").reason == "30 min too long"
    assert stopped("stop 48470 and 3 more like it").reason == "and 3 more like it"
    assert typed("stop 987 987") == StopJob(job=JOB)


def test_rather_none_are_stopped_than_not_all_that_were_named() -> None:
    most = " ".join(str(48_000 + one) for one in range(30))
    assert len(getattr(typed(f"stop {most}"), "jobs", ())) == 30
    found = misread(f"stop {most} 49000")
    assert found.problems == (TooManyJobs(30),)
    assert not any(isinstance(offer, Act) for offer in found.offers)
    assert misread(most).problems == (TooManyJobs(10),)


RUNNING, SCHEDULED = frozenset({State.RUNNING}), frozenset({State.SCHEDULED})


@each(
    ("text", "meant"),
    [
        ("stop all", StopSeveral()),
        ("stop several", StopSeveral()),
        ("stop several running jobs", StopSeveral(states=RUNNING)),
        ("stop everything", StopSeveral()),
        ("please stop all jobs now", StopSeveral()),
        ("kill all active jobs", StopSeveral()),
        ("stop all running and scheduled", StopSeveral()),
        ("stop all running", StopSeveral(states=RUNNING)),
        ("cancel every running job", StopSeveral(states=RUNNING)),
        ("abort all queued", StopSeveral(states=SCHEDULED)),
        ("stop all 3 running jobs", StopSeveral(states=RUNNING)),
        ("stop all datastream 42", StopSeveral(datastream=DatastreamId(42))),
        ("datastream 42: stop all running", StopSeveral(states=RUNNING, datastream=DatastreamId(42))),
        ('stop all "trade desk"', StopSeveral(datastream="trade desk")),
        ("stop all of workspace emea", StopSeveral(workspace="emea")),
        ("stop everything in staging", StopSeveral(instance="staging")),
        ("stop all - they hang", StopSeveral(reason="they hang")),
        ("stop all running because they hang", StopSeveral(states=RUNNING, reason="because they hang")),
        ("stop all in staging – they hang", StopSeveral(instance="staging", reason="they hang")),
    ],
)
def test_a_stop_of_all_that_goes_on(text: str, meant: StopSeveral) -> None:
    assert typed(text) == meant
    assert typed(canonical(meant)) == meant
    assert decode(encode(meant)) == meant


def test_a_stop_of_all_of_a_name_waits_for_what_it_means() -> None:
    assert misread("stop all facebook").named == StopSeveral(datastream="facebook")
    assert misread("stop all running facebook jobs - hang").named == StopSeveral(
        states=RUNNING, datastream="facebook", reason="hang"
    )


@each(
    "text",
    [
        *("stop all failed", "stop all yesterday", "stop all long running", "stop all running longer than 2h"),
        *("stop all but 987", "stop all except facebook", "don't stop everything", "stop all 987", "stop running"),
        *("stop everything?", "should we stop everything", "how do i stop everything", "is everything stopped"),
        *("stop datastream 42", "stop workspace emea", "why did we stop everything", "who stopped everything"),
    ],
)
def test_not_all_is_stopped_by_less_or_by_more(text: str) -> None:
    assert not isinstance(typed(text), StopSeveral | StopJob)


def test_what_of_several_is_offered() -> None:
    assert misread("stop datastream 42").offers[0] == StopSeveral(datastream=DatastreamId(42))
    assert misread("should we stop everything").offers[0] == StopSeveral()
    assert misread("stop everything?").problems == (Wondered("stop"),)
    assert not any(isinstance(offer, StopSeveral) for offer in misread("stop all but 987").offers)
    assert not any(isinstance(offer, StopSeveral) for offer in misread("stop all failed").offers)


@each("text", ["did we stop 987?", "did you stop job 987", "who stopped 987", "who did kill 987"])
def test_whether_somebody_has_stopped_it_is_no_stop(text: str) -> None:
    assert typed(text) == History(job=JOB)


@each(
    ("text", "problem"),
    [
        ("stop", MissingNumber("stop")),
        ("Cancel!", MissingNumber("Cancel")),
        ("stop running", MissingNumber("stop")),
        ("stop datastream 42", MissingNumber("stop")),
        ("stop in staging", MissingNumber("stop")),
        ("stop abc", BadNumber("stop", "abc")),
        ("stop it", BadNumber("stop", "it")),
        ("stop 0", BadNumber("stop", "0")),
        ("stop -987", BadNumber("stop", "-987")),
        ("stop 1,234", BadNumber("stop", "1,234")),
        ("stop 987,988", BadNumber("stop", "987,988")),
        ("stop 9.87", BadNumber("stop", "9.87")),
        ("stop 9223372036854775808", BadNumber("stop", "9223372036854775808")),
        ("stop 99999999999999999999", BadNumber("stop", "99999999999999999999")),
    ],
)
def test_a_stop_without_a_job_suggests_nothing(text: str, problem: object) -> None:
    found = misread(text)

    assert found.problems == (problem,)
    assert found.suggestion is None


@each(
    ("text", "problem"),
    [
        ("stpo 987", UnknownWord("stpo", "stop")),
        ("sstop 987", UnknownWord("sstop", "stop")),
        ("cancle 987", UnknownWord("cancle", "cancel")),
        ("yesterday stop 987", DoesNotFit("yesterday", "stop")),
        ("stop failed 987", DoesNotFit("failed", "stop")),
        ("all stop 987", DoesNotFit("all", "stop")),
        ("show stop 987", SaidTwice("verb", "show", "stop")),
        ("stop watch stop 987", SaidTwice("verb", "stop watch", "stop")),
        ("watch 987 stop", SaidTwice("verb", "watch", "stop")),
        ("stop facebook 987", BadNumber("stop", "facebook")),
    ],
)
def test_a_suggestion_is_to_look_never_to_stop(text: str, problem: object) -> None:
    found = misread(text)

    assert found.problems == (problem,)
    meant = typed(found.suggestion or "")
    assert not isinstance(meant, StopJob)
    assert getattr(meant, "job", None) == JOB


@pytest.mark.parametrize(
    "text",
    [
        *("do not stop 987", "dont stop 987", "don’t stop 987", "never kill 987"),
        *("stop 987 nicht", "stop 987 NOT!", "987 stop not", "stop 987 bitte nicht", "stop 987 in staging nicht"),
        "stop 987 48320 nicht",
    ],
)
def test_a_stop_that_is_denied_is_none(text: str) -> None:
    found = misread(text)
    assert found.suggestion is None
    assert not any(isinstance(one, StopJob | StopSeveral) for one in found.offers)
    assert found.offers[0] == ShowJob(job=JOB, instance="staging" if "staging" in text else None)


@each("reason", ["nicht mehr gebraucht", "not needed", "never ends", "no, not that: it hangs"])
def test_a_reason_may_begin_with_a_negation(reason: str) -> None:
    assert stopped(f"stop 987 {reason}").reason == reason


def test_a_state_is_no_verb() -> None:
    assert misread("cancelled 987").problems == (DoesNotFit("cancelled", "987"),)
    assert misread("stopped 987").suggestion == "987"
    assert typed("stop watching 987") == UnwatchJob(job=JOB)

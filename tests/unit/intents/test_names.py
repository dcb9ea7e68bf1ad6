"""Datastreams and workspaces by name: which words are one, and that no name is taken for a word, nor a word for one."""

from datetime import timedelta

from jobbot.adverity.model import DatastreamId, State
from jobbot.intents import (
    Alerts,
    AlertsDo,
    DoesNotFit,
    History,
    Intent,
    Last,
    ListJobs,
    Misread,
    MissingNumber,
    SaidTwice,
    StopJob,
    UnknownWord,
    canonical,
)
from jobbot.intents.model import instance_of
from tests.support.each import each
from tests.unit.intents.world import JOB, misread, typed

FAILED = frozenset({State.FAILED})


@each(
    ("text", "meant"),
    [
        ('failed "trade desk"', ListJobs(states=FAILED, datastream="trade desk")),
        ("failed “Trade Desk”", ListJobs(states=FAILED, datastream="Trade Desk")),
        ("failed „Büro Süd“", ListJobs(states=FAILED, datastream="Büro Süd")),
        ('failed "facebook"', ListJobs(states=FAILED, datastream="facebook")),
        ("datastream facebook", ListJobs(datastream="facebook")),
        ("ds:facebook failed", ListJobs(states=FAILED, datastream="facebook")),
        ("datastream Facebook Ads EU failed", ListJobs(states=FAILED, datastream="Facebook Ads EU")),
        ("datastream Bank of America failed", ListJobs(states=FAILED, datastream="Bank of America")),
        ('datastream "failed"', ListJobs(datastream="failed")),
        ('datastream "last minute" last 6h', ListJobs(datastream="last minute", range=Last(timedelta(hours=6)))),
        ('datastream "stop 987"', ListJobs(datastream="stop 987")),
        ('datastream "id"', ListJobs(datastream="id")),
        ('datastream "42"', ListJobs(datastream=DatastreamId(42))),
        ('"Campaign 42" failed', ListJobs(states=FAILED, datastream="Campaign 42")),
        ('"Google - <http://acme.example|acme.example>" failed', None),
        ('failed "H&amp;M &lt;b&gt;"', ListJobs(states=FAILED, datastream="H&M <b>")),
        ('failed "東京 広告"', ListJobs(states=FAILED, datastream="東京 広告")),
        ('failed "إعلانات دبي"', ListJobs(states=FAILED, datastream="إعلانات دبي")),
        ('alerts on "trade desk"', Alerts(does=AlertsDo.ON, states=FAILED, datastream="trade desk")),
        ('alerts off "trade desk"', Alerts(does=AlertsDo.OFF, datastream="trade desk")),
        ('history "trade desk"', History(datastream="trade desk")),
        ("history datastream 42 workspace emea", History(datastream=DatastreamId(42), workspace="emea")),
        ("workspace emea", ListJobs(workspace="emea")),
        ("in workspace EMEA failed", ListJobs(states=FAILED, workspace="EMEA")),
        ("workspace:insights-prd", ListJobs(workspace="insights-prd")),
        ("stack 14", ListJobs(workspace="14")),
        ("workspace #14", ListJobs(workspace="14")),
        ('failed workspace "North America"', ListJobs(states=FAILED, workspace="North America")),
        ('workspace "failed"', ListJobs(workspace="failed")),
        (
            'failed workspace emea "trade desk"',
            ListJobs(states=FAILED, workspace="emea", datastream="trade desk"),
        ),
        ("alerts on workspace emea", Alerts(does=AlertsDo.ON, states=FAILED, workspace="emea")),
    ],
)
def test_a_name_is_kept_as_it_was_put(text: str, meant: Intent | None) -> None:
    found = typed(text)

    if meant is not None:
        assert found == meant
    if not isinstance(found, Misread):
        assert typed(canonical(found)) == found


@each(
    ("text", "meant"),
    [
        ("facebook failed", ListJobs(states=FAILED, datastream="facebook")),
        ("failed facebook ads", ListJobs(states=FAILED, datastream="facebook ads")),
        ("Facebook", ListJobs(datastream="Facebook")),
        ("failed for the trade desk", ListJobs(states=FAILED, datastream="trade desk")),
        ("alerts on tiktok", Alerts(does=AlertsDo.ON, states=FAILED, datastream="tiktok")),
        ("history tiktok", History(datastream="tiktok")),
        ("tiktok history last 6h", History(datastream="tiktok", range=Last(timedelta(hours=6)))),
        ("show facebook failed", ListJobs(states=FAILED, datastream="facebook")),
        ("status facebook", ListJobs(datastream="facebook")),
        ("stop facebook", ListJobs(datastream="facebook")),
        ("watch facebook ads", ListJobs(datastream="facebook ads")),
        ("shop", ListJobs(datastream="shop")),
        ("faild yesterday facebook", None),
        ("not facebook", None),
        ("failed except facebook", None),
        ("facebook failed tiktok", None),
        ("facebook 987", None),
        ("failed staging", None),
        ("<@U1|ana> failed <@U2|ben>", None),
        ("alerts facebook", None),
        ("987,988", None),
    ],
)
def test_words_that_nobody_knows_may_be_a_name(text: str, meant: Intent | None) -> None:
    """They are a mistake as well: who is asked knows whether there is such a datastream."""
    found = misread(text)

    assert found.named == meant


def test_no_stop_rests_on_a_name() -> None:
    for text in ('stop "trade desk"', "stop datastream trade desk", 'kill "trade desk" now', 'stop job "trade desk"'):
        found = typed(text)
        assert isinstance(found, ListJobs), text
        assert (found.datastream, found.wanted) == ("trade desk", "stop")
    assert misread("stop facebook").named == ListJobs(datastream="facebook")
    assert typed('stop 987 "trade desk" hangs') == StopJob(job=JOB, reason='"trade desk" hangs')


def test_quotes_make_no_name_of_what_the_language_says() -> None:
    assert typed('"failed" datastream 42') == typed("failed datastream 42")
    assert typed('show "failed last 6h" please') == typed("failed last 6h")
    assert typed('please "stop 987" it hangs') == StopJob(job=JOB, reason="it hangs")
    assert typed('failed in "staging"') == typed("failed in staging")


def test_what_has_no_meaning_beside_a_job_and_what_is_said_twice() -> None:
    assert misread("987 workspace emea").problems == (DoesNotFit("workspace emea", "987"),)
    assert misread('failed "trade desk" "tik tok"').problems == (SaidTwice("datastream", "trade desk", "tik tok"),)
    assert misread('failed "trade desk" ds 42').problems == (SaidTwice("datastream", "trade desk", "ds 42"),)
    assert misread("ds failed").problems == (MissingNumber("ds"),)


def test_a_name_of_300_characters_and_one_that_is_longer() -> None:
    assert typed(f'failed "{"x " * 149}xy"') == ListJobs(states=FAILED, datastream=f"{'x ' * 149}xy")
    assert isinstance(typed(f'failed "{"x " * 150}xy"'), Misread)
    assert misread(f"datastream {'x' * 250} {'y' * 60}").problems == (UnknownWord(f"{'y' * 39}…", None),)
    assert misread(f"failed {'x' * 300}").named == ListJobs(states=FAILED, datastream="x" * 300)


def test_a_letter_that_no_font_has_is_a_blank() -> None:
    assert typed('datastream "ads\U000125440"') == ListJobs(datastream="ads 0")
    assert misread('datastream "@ads\U000125440"').understood == ("datastream @ads",)


def test_two_that_differ_in_case_stay_apart() -> None:
    assert typed('failed "Facebook"') != typed('failed "facebook"')
    assert misread("Facebook failed").named == ListJobs(states=FAILED, datastream="Facebook")


@each(
    "text",
    [
        "facebook in staging",
        "in staging facebook failed",
        "timeline facebook in staging",
        "what happened to facebook in staging",
        "history facebook in staging",
        "issues facebook in staging",
        "is facebook done yet in staging",
        "who stopped facebook in staging",
        "alerts on facebook in staging",
        "pause facebook in staging",
        "pasue facebook in staging",
        "fetch facebook in staging yesterday",
        "stop facebook in staging",
    ],
)
def test_words_that_may_be_a_name_are_of_the_instance_that_is_named(text: str) -> None:
    assert instance_of(misread(text)) == "staging"


def test_an_instance_that_is_only_guessed_is_not_named() -> None:
    for text in ("failed staging", "frobnicate", "failed in mars", "faild yesterday"):
        assert instance_of(misread(text)) is None, text

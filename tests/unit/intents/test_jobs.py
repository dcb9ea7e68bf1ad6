"""One job: shown, watched, unwatched; and help."""

from jobbot.adverity.model import DatastreamId, JobId
from jobbot.intents import (
    Help,
    ListJobs,
    Misread,
    ShowJob,
    Topic,
    UnknownInstance,
    UnwatchJob,
    WatchJob,
    canonical,
    parse,
)
from jobbot.intents.wording import as_said
from tests.support.each import each
from tests.unit.intents.world import JOB, NOW, VIENNA, misread, shown, typed


@each(
    "text",
    [
        "987",
        "#987",
        "job 987",
        "Job #987",
        "job:987",
        "job #987, please",
        "status 987",
        "status of job 987",
        "STATUS 987",
        "show 987",
        "show me job 987",
        "details 987",
        "info 987",
        "view 987",
        "status:987",
        "987 status",
        "status 987 now",
        "987 987",
        "987?",
        "987.",
        "(987)",
        "000987",
        "９８７",
        "٩٨٧",
    ],
)
def test_a_number_is_a_job(text: str) -> None:
    assert typed(text) == ShowJob(job=JOB)


def test_a_job_on_another_instance() -> None:
    assert typed("987 in staging") == typed("in staging status 987") == ShowJob(job=JOB, instance="staging")


@each(
    "link",
    [
        "<https://acme.datatap.adverity.com/core/jobs/987/>",
        "<https://acme.datatap.adverity.com/core/jobs/987/|987>",
        "<https://acme.datatap.adverity.com/jobs/987|acme.datatap.adverity.com/jobs/987>",
        "<https://acme.datatap.adverity.com/app/datastreams/42/jobs/987?tab=log&amp;page=2|the job>",
        "<https://acme.datatap.adverity.com/app/#/jobs/987>",
        "https://acme.datatap.adverity.com/core/jobs/987/",
        "acme.datatap.adverity.com/core/jobs/987",
        "`<https://ACME.datatap.adverity.com/jobs/987>`",
        "status <https://acme.datatap.adverity.com/jobs/987>",
        "<https://acme.datatap.adverity.com/jobs/987> in acme",
    ],
)
def test_a_link_to_a_job_is_that_job_on_its_instance(link: str) -> None:
    assert typed(link) == ShowJob(job=JOB, instance="acme")


def test_a_link_to_an_instance_that_is_called_by_its_address() -> None:
    assert shown("<http://127.0.0.1:8081/api/jobs/987/>") == ShowJob(job=JOB, instance="127.0.0.1:8081")


def test_a_link_to_an_instance_that_is_called_otherwise_than_its_host() -> None:
    def linked(url: str) -> object:
        return parse(url, now=NOW, zone=VIENNA, instances=("prod",), base_urls={"prod": "http://127.0.0.1:8081"})

    assert linked("<http://127.0.0.1:8081/api/jobs/987/>") == ShowJob(job=JOB, instance="prod")
    assert linked("<http://127.0.0.1:8081/emea/facebook-ads-42/>") == ListJobs(
        datastream=DatastreamId(42), instance="prod"
    )
    assert isinstance(linked("<http://127.0.0.1:8082/api/jobs/987/>"), Misread)


def test_a_link_to_a_job_elsewhere_is_no_job_of_ours() -> None:
    found = misread("<https://stagin.datatap.adverity.com/jobs/987>")

    assert found.problems == (
        UnknownInstance("stagin.datatap.adverity.com", "staging", ("acme", "staging", "127.0.0.1:8081")),
    )
    assert found.suggestion == "987 in staging"
    assert misread("<https://example.com/jobs/987>").suggestion is None
    assert misread("<https://example.com/jobs/987>", instances=("acme",)).suggestion == "987"


@each(
    "link",
    [
        "<https://acme.datatap.adverity.com/jobs/>",
        "<https://acme.datatap.adverity.com/jobs/987x>",
        "<https://acme.datatap.adverity.com/jobs/0>",
        "<https://acme.datatap.adverity.com/jobs/1/jobs/2>",
        "<https://acme.datatap.adverity.com/?next=/jobs/987>",
        "<https://[acme/jobs/987>",
        "<https:///jobs/987>",
        "https://acme.datatap.adverity.com/" + "x" * 300 + "/jobs/987",
        "<https://acme.datatap.adverity.com/" + "x" * 3_000 + "/jobs/987>",
        "<mailto:ana@example.com|ana@example.com>",
    ],
)
def test_any_other_link_is_a_word_nobody_knows(link: str) -> None:
    assert misread(link).suggestion is None


@each(
    ("text", "meant"),
    [
        ("<https://acme.datatap.adverity.com/emea/facebook-ads-eu-42/>", "datastream 42 in acme"),
        (
            "<https://acme.datatap.adverity.com/emea/facebook-ads-eu-42/|the page> failed",
            "failed datastream 42 in acme",
        ),
        ("https://acme.datatap.adverity.com/adform/42/adform-buyer/", "datastream 42 in acme"),
        ("pause <https://acme.datatap.adverity.com/emea/x-42/> until 13:00", "pause datastream 42 until 13:00 in acme"),
        ("history <https://acme.datatap.adverity.com/emea/x-42/>", "history datastream 42 in acme"),
    ],
)
def test_a_link_to_a_datastream_is_that_datastream_on_its_instance(text: str, meant: str) -> None:
    assert as_said(typed(text)) == meant
    stop = misread("stop <https://acme.datatap.adverity.com/emea/x-42/>").offers[0]
    assert as_said(stop) == "stop all datastream 42 in acme"
    assert misread("<https://example.com/emea/x-42/>").suggestion is None


@each("text", ["watch 987", "follow 987", "Watch job #987", "987 watch", "watch 987, please"])
def test_watching(text: str) -> None:
    assert typed(text) == WatchJob(job=JOB)


@each("text", ["unwatch 987", "unfollow 987", "stop watching 987", "stop following job 987", "stop watch 987"])
def test_not_watching_any_more_is_no_stop(text: str) -> None:
    assert typed(text) == UnwatchJob(job=JOB)


@each(
    "text",
    [
        "help",
        "HELP",
        "?",
        "???",
        "-h",
        "--help",
        "—help",
        "/help",
        "help me",
        "can you help me please",
    ],
)
def test_help(text: str) -> None:
    assert typed(text) == Help()


@each(
    ("text", "topic"),
    [
        ("help stop", Topic.STOP),
        ("help stop 987", Topic.STOP),
        ("stop help", Topic.STOP),
        ("help me stop 987", Topic.STOP),
        ("help with dates", Topic.TIMES),
        ("failed help", Topic.LISTS),
        ("help alerts", Topic.ALERTS),
        ("help snooze", Topic.ALERTS),
        ("help datastream", Topic.NAMES),
    ],
)
def test_help_about_a_topic(text: str, topic: Topic) -> None:
    assert typed(text) == Help(topic)
    assert typed(canonical(Help(topic))) == Help(topic)


def test_a_question_mark_behind_something_is_only_that() -> None:
    assert typed("failed ?") == typed("failed")


def test_the_largest_number() -> None:
    assert typed(str(2**63 - 1)) == ShowJob(job=JobId(2**63 - 1))

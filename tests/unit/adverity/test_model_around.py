"""What stands around a job, as it is read: kind, days, datastream, issues, extracts, workspaces."""

import json
from datetime import UTC, date, datetime

import httpx
import pytest

from jobbot.adverity.around import brought_by
from jobbot.adverity.model import (
    Datastream,
    DatastreamId,
    DatastreamRef,
    Days,
    Extract,
    Issue,
    Job,
    JobId,
    Workspace,
    WorkspaceId,
    on_host,
)
from jobbot.adverity.paging import Entries, gather, read_page
from tests.support.each import each

ACME = on_host("acme.test")
EMEA = Workspace(id=WorkspaceId(14), name="EMEA", slug="emea")
STACK = {"id": 14, "name": "EMEA", "slug": "emea", "permissions": {"jobs": "write"}}


@each(
    ("sent", "read", "is_fetch"),
    [
        ("Fetch", "Fetch", True), (" fetch ", "fetch", True), ("Load", "Load", False), ("Fetch 2", "Fetch 2", False),
        (None, None, True), ("", None, True), ({}, None, True), (3, "3", False),
    ],
)  # fmt: skip  # a table
def test_types(sent: object, read: str | None, is_fetch: bool) -> None:
    job = Job.model_validate({"id": 1, "type": sent})

    assert (job.type, job.is_fetch) == (read, is_fetch)


_NOVEMBER = Days(date(2022, 11, 1), date(2022, 11, 27))


@each(
    ("start", "end", "read"),
    [
        ("2022-11-01", "2022-11-27", _NOVEMBER),
        ("2022-11-01T00:00:00Z", "2022-11-27T23:59:59Z", _NOVEMBER),
        (" 2022-11-01 00:00:00+02:00", "2022-11-27T00:00:00", _NOVEMBER),
        ("2022-11-01", "2022-11-01", Days(date(2022, 11, 1), date(2022, 11, 1))),
        ("2022-11-27", "2022-11-01", None),
        ("2022-11-01", "", None),
        (None, "2022-11-27", None),
        ("2022-11-1", "2022-11-27", None),
        ("2022-11-01-5", "2022-11-27", None),
        ("2022-13-01", "2022-11-27", None),
        ("0001-01-01", "9999-12-31", None),
        (1667260800, 1669507200, None),
        ({}, [], None),
    ],
)
def test_the_days_that_a_job_fetches(start: object, end: object, read: Days | None) -> None:
    assert Job.model_validate({"id": 1, "range_start": start, "range_end": end}).days == read


def test_a_job_may_carry_all_of_its_datastream() -> None:
    stream = {"id": 42, "name": "Facebook Ads EU", "overview_url": "/emea/facebook-ads-eu-42/", "stack": STACK}
    job = Job.model_validate({"id": 1, "datastream": stream})

    assert job.datastream == DatastreamRef(
        id=DatastreamId(42), name="Facebook Ads EU", page="/emea/facebook-ads-eu-42/", workspace=EMEA
    )
    assert job.workspace == EMEA


@each(
    ("fields", "read"),
    [
        ({"datastream": {"id": 42, "stack": 14}}, Workspace(id=WorkspaceId(14))),
        ({"datastream": {"id": 42, "stack": "/api/stacks/14/"}}, Workspace(id=WorkspaceId(14))),
        ({"datastream": {"id": 42, "stack": {}, "stack_id": "14"}}, Workspace(id=WorkspaceId(14))),
        ({"datastream": 42, "stack": STACK}, EMEA),
        ({"stack_id": 14}, Workspace(id=WorkspaceId(14))),
        ({"datastream": {"id": 42, "stack": "EMEA"}}, None),
        ({"datastream": {"id": 42, "stack": [14]}}, None),
        ({}, None),
    ],
)
def test_workspaces_of_jobs(fields: dict[str, object], read: Workspace | None) -> None:
    assert Job.model_validate({"id": 1, **fields}).workspace == read


def test_what_an_object_lacks_is_taken_from_beside_it() -> None:
    job = Job.model_validate({"id": 1, "datastream": {"name": "Ads"}, "datastream_id": "42"})

    assert job.datastream == DatastreamRef(id=DatastreamId(42), name="Ads")


@each(
    ("sent", "read"),
    [
        ("/emea/ads-42/", "/emea/ads-42/"),
        ("/emea/ads-42/?tab=1#x", "/emea/ads-42/?tab=1"),
        ("https://acme.test/emea/ads-42/", "/emea/ads-42/"),
        ("http://ACME.test:8000/emea/", "/emea/"),
        ("/emea/größe-42/", "/emea/größe-42/"),
        ("https://evil.test/emea/", None),
        ("https://acme.test@evil.test/", None),
        ("https://ana:x@acme.test/", None),
        ("//evil.test/", None),
        ("/\\evil.test/", None),
        ("/%5cevil.test/", None),
        ("/a/../b/", None),
        ("/a/%2e%2e/b/", None),
        ("/a b/", None),
        ("/a|b>", None),
        ("/a\n", "/a"),
        ("/a\x00b", None),
        ("javascript:alert(1)", None),
        ("https://[x/", None),
        ("emea/", None),
        (5, None),
    ],
)
def test_only_links_into_the_instance_are_links(sent: object, read: str | None) -> None:
    stream = Datastream.model_validate({"id": 42, "overview_url": sent}, context=ACME)
    job = Job.model_validate({"id": 1, "datastream": {"id": 42, "change_url": sent}}, context=ACME)

    assert job.datastream is not None
    assert (stream.page, job.datastream.page) == (read, read)


def test_without_the_instances_host_a_link_that_names_one_leads_elsewhere() -> None:
    assert Datastream.model_validate({"id": 42, "overview_url": "https://acme.test/emea/"}).page is None


_AT = datetime(2022, 11, 1, 11, tzinfo=UTC)


@each(
    ("fields", "is_scheduled", "next_run"),
    [
        ({"next_run": "2022-11-01T11:00:00Z", "enabled": True}, True, _AT),
        ({"next_run": "2022-11-01T11:00:00Z"}, True, _AT),
        ({"next_run": "2022-11-01T11:00:00Z", "enabled": False}, False, None),
        ({"next_run": "2022-11-01T11:00:00Z", "enabled": "false"}, False, None),
        ({"next_run": "Not Scheduled", "enabled": True}, False, None),
        ({"next_run": "not scheduled"}, False, None),
        ({"next_run": None, "frequency": "Disabled"}, False, None),
        ({"next_run": "", "schedules": []}, False, None),
        ({"next_run": "soon"}, None, None),
        ({"next_run": None, "enabled": True}, None, None),
        ({"next_run": 5}, None, None),
        ({}, None, None),
    ],
)
def test_that_no_run_is_scheduled_is_another_thing_than_not_to_know(
    fields: dict[str, object], is_scheduled: bool | None, next_run: datetime | None
) -> None:
    stream = Datastream.model_validate({"id": 42, **fields})

    assert (stream.is_scheduled, stream.next_run) == (is_scheduled, next_run)


ISSUE: dict[str, object] = {
    "id": 11,
    "start": "2022-10-31T06:10:00Z",
    "message": "The <b>access token</b> has expired.<br/>Error at &lt;date&gt; &amp; time",
    "type_label": "Error",
    "extraction_stage_label": "Fetch",
    "error_cause_label": "Authorization invalid",
    "error_resolution_label": "Authorize again",
    "occurrences": "3",
    "url": "/api/errors/11/",
    "retry_url": "https://acme.test/api/errors/11/retry/",
    "ack_url": "/api/errors/11/ack/",
    "datastream": {"id": 42, "name": "Facebook Ads EU"},
    "job": {"id": 985, "range_start": "2022-11-01", "range_end": "2022-11-27"},
}


def test_an_issue_is_read() -> None:
    issue = Issue.model_validate(ISSUE, context=ACME)

    assert (issue.id, issue.stage, issue.cause, issue.remedy) == (
        11,
        "Fetch",
        "Authorization invalid",
        "Authorize again",
    )
    assert issue.message == "The access token has expired. Error at <date> & time"
    assert (issue.occurrences, issue.since) == (3, datetime(2022, 10, 31, 6, 10, tzinfo=UTC))
    assert (issue.datastream_id, issue.job_id, issue.days) == (42, 985, _NOVEMBER)
    assert (issue.retry_url, issue.ack_url) == ("/api/errors/11/retry/", "/api/errors/11/ack/")
    assert issue.page == ""


@each(
    "link",
    [
        "https://evil.test/api/errors/11/retry/",
        "http://acme.test/api/errors/11/retry/",
        "https://acme.test:8443/api/errors/11/retry/",
        "https://acme.test:80/api/errors/11/retry/",
        "https://acme.test:x/api/errors/11/retry/",
        "https://acme.test:99999/api/errors/11/retry/",
        "https://ana:x@acme.test/api/errors/11/retry/",
        "https://acme.test.evil.test/api/errors/11/retry/",
        "https://acme.test/emea/api/",
        "ftp://acme.test/api/errors/11/retry/",
        "api/errors/11/retry/",
        "/apis/errors/11/retry/",
        "/api/%2e%2e/admin/",
        "/api/x%3f/../../admin/",
        "/api/\\evil.test/",
        "/api/errors/11/retry/ HTTP/1.1",
        "/emea/issues/11/",
        "/api/../admin/",
        "//acme.test/api/x/",
        "/api/ä/",
        5,
    ],
)
def test_nothing_is_to_be_asked_of_what_is_not_under_api_on_the_instance(link: object) -> None:
    issue = Issue.model_validate(ISSUE | {"retry_url": link, "ack_url": link}, context=ACME)

    assert (issue.retry_url, issue.ack_url) == (None, None)


@pytest.mark.parametrize(
    "link",
    [
        "https://acme.test/api/errors/11/retry/",
        "HTTPS://ACME.test:443/api/errors/11/retry/",
        " /api/errors/11/retry/#top",
    ],
)
def test_what_is_under_api_on_the_instance_may_be_asked(link: str) -> None:
    assert Issue.model_validate(ISSUE | {"retry_url": link}, context=ACME).retry_url == "/api/errors/11/retry/"


@each(
    ("link", "read"),
    [
        ("http://127.0.0.1:8081/api/errors/11/ack/?x=1", "/api/errors/11/ack/?x=1"),
        ("http://127.0.0.1:8082/api/errors/11/ack/", None),
        ("https://127.0.0.1:8081/api/errors/11/ack/", None),
        ("http://127.0.0.1/api/errors/11/ack/", None),
    ],
)
def test_on_loopback_the_port_is_the_instance(link: str, read: str | None) -> None:
    context = on_host("127.0.0.1", "http", 8081)
    assert Issue.model_validate(ISSUE | {"ack_url": link}, context=context).ack_url == read


@each(
    ("cause", "needed"),
    [("Authorization invalid", True), ("<b>AUTHORISATION</b> expired", True), ("Quota exceeded", False), (None, False)],
)
def test_what_no_retry_mends(cause: str | None, needed: bool) -> None:
    assert Issue.model_validate(ISSUE | {"error_cause_label": cause}).needs_authorisation is needed


def test_without_the_instances_address_a_link_that_names_one_is_not_to_be_asked() -> None:
    issue = Issue.model_validate(ISSUE)
    assert (issue.retry_url, issue.ack_url) == (None, "/api/errors/11/ack/")


SCHEDULE = {"cron_interval": 12, "cron_type": "hour", "cron_start_of_day": "04:00:00"}


@each(
    ("sent", "read"),
    [
        ([SCHEDULE | {"time_range_preset_label": "Last 30 Days"}], [(12, "hour", "04:00:00", "Last 30 Days")]),
        ([SCHEDULE, {}, None, "x", 5], [(12, "hour", "04:00:00", None), (None, None, None, None)]),
        ([{"cron_interval": "2", "cron_type": ["x"], "cron_start_of_day": 4}], [(2, None, "4", None)]),
        ([], []),
        (None, None),
        ({}, None),
        ("daily", None),
    ],
)
def test_schedules(sent: object, read: list[tuple[object, ...]] | None) -> None:
    found = Datastream.model_validate({"id": 42, "schedules": sent}).schedules

    assert (None if found is None else [(one.interval, one.unit, one.at, one.fetches) for one in found]) == read


@each(
    ("sent", "read"),
    [
        ("2022-11-01T11:00:00Z", _AT),
        ("2022-11-01T12:00:00.000000+01:00", _AT),
        ("yesterday", None),
        (None, None),
        (5, None),
    ],
)
def test_when_a_datastream_was_changed(sent: object, read: datetime | None) -> None:
    assert Datastream.model_validate({"id": 42, "updated": sent}).updated == read


@each(
    ("sent", "read"),
    [
        ("a < b and c > d", "a < b and c > d"),
        ("<urlopen error timed out>", "<urlopen error timed out>"),
        ("<p class='x'>one</p><p>two</p>", "one  two"),
        ("<B>bold</B> <script>x</script>", "bold <script>x</script>"),
        ("?a=1&copy=2 &amp;lt;", "?a=1&copy=2 &lt;"),
        ("<b", "<b"),
        (None, ""),
    ],
)
def test_markup_is_taken_off_and_what_is_none_stays(sent: object, read: str) -> None:
    assert Issue.model_validate({"message": sent}).message == read


@each(
    ("job", "number"), [(985, 985), ("/api/jobs/985/", 985), ({"url": "/api/jobs/985/"}, 985), ({}, None), ("x", None)]
)
def test_the_job_of_an_issue(job: object, number: int | None) -> None:
    assert Issue.model_validate({"job": job}).job_id == number


def test_an_extract_is_read() -> None:
    sent = {"id": "5", "nrows": "12,340", "ncols": 7.0, "filesize": 10**6, "state": 3, "state_label": "Loaded"}
    extract = Extract.model_validate(sent | {"job": {"id": 987}, "created": "2022-10-31T08:30:00Z"})

    assert (extract.rows, extract.job_id, extract.id) == (12340, JobId(987), 5)


@each("sent", [None, -1, "many", True, float("nan"), float("inf"), [], "1,23", "9" * 30, 10**30])
def test_numbers_that_are_none(sent: object) -> None:
    assert Extract.model_validate({"nrows": sent}).rows is None


def test_no_rows_are_a_number_of_rows() -> None:
    assert [Extract.model_validate({"nrows": sent}).rows for sent in (0, "0", 0.0)] == [0, 0, 0]


@each(
    ("sent", "read"),
    [
        (STACK | {"parent_id": 4}, Workspace(id=WorkspaceId(14), name="EMEA", slug="emea", parent_id=WorkspaceId(4))),
        (STACK | {"parent": "/api/stacks/4/"}, EMEA.model_copy(update={"parent_id": 4})),
        (STACK | {"parent_id": None, "parent": {"id": "4"}}, EMEA.model_copy(update={"parent_id": 4})),
        (STACK | {"parent_id": 0}, EMEA),
        ({"id": "14", "name": None, "slug": []}, Workspace(id=WorkspaceId(14))),
        (14, Workspace(id=WorkspaceId(14))),
    ],
)
def test_workspaces(sent: object, read: Workspace) -> None:
    assert Workspace.model_validate(sent) == read


@each(
    ("sent", "extracts", "rows", "is_empty"),
    [
        ([], 0, 0, True),
        ([{"nrows": 0}, {"nrows": 0}], 2, 0, True),
        ([{"nrows": 12}, {"nrows": 0}], 2, 12, False),
        ([{"nrows": 12}, {}], 2, None, False),
        (["https://acme.test/api/extracts/5/"], 1, None, False),
        ([5, {"nrows": 0}], 2, None, False),
    ],
)
def test_what_cannot_be_read_of_what_came_is_something_all_the_same(
    sent: list[object], extracts: int, rows: int | None, is_empty: bool
) -> None:
    page = read_page(json.dumps(sent).encode(), httpx.URL("http://acme.test/"), Extract, root="/api/extracts/")
    found = brought_by(gather([page], most=200, complete=True))
    assert (found.extracts, found.rows, found.is_empty, found.complete) == (extracts, rows, is_empty, True)


def test_of_more_than_was_read_nobody_knows_how_many_rows_there_are() -> None:
    some = tuple(Extract(rows=0) for _ in range(3))
    found = brought_by(Entries(some, complete=False))
    assert (found.extracts, found.rows, found.is_empty, found.complete) == (3, None, False, False)

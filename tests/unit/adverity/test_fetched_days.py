"""Which jobs a fetch may have started, which fetch some of the same days, and which issue belongs to a job. Pure."""

from datetime import date

from jobbot.adverity.fetched_days import new_manual_jobs, overlapping
from jobbot.adverity.issue_of_job import issue_of
from jobbot.adverity.model import Days, Issue, Job, JobId, on_host
from tests.support.each import each

NOVEMBER = Days(date(2022, 11, 1), date(2022, 11, 27))
ACME = on_host("acme.test")


def job(number: int, start: str | None = "2022-11-01", end: str | None = "2022-11-27", **fields: object) -> Job:
    given = {"id": number, "state_label": "Running", "manual": True, "range_start": start, "range_end": end}
    return Job.model_validate(given | fields)


@each(
    ("found", "is_new"),
    [
        (job(991), True),
        (job(991, "2022-11-01T00:00:00Z", "2022-11-27T23:59:59Z"), True),
        (job(991, state_label="Failed"), True),
        (job(991, manual="true"), True),
        (job(987), False),
        (job(991, manual=False), False),
        (job(991, manual=None), False),
        (job(991, "2022-11-02"), False),
        (job(991, end="2022-11-28"), False),
        (job(991, start=None), False),
    ],
)
def test_a_job_that_a_fetch_may_have_started(found: Job, is_new: bool) -> None:
    assert new_manual_jobs({JobId(987)}, [found], NOVEMBER) == ((found,) if is_new else ())


def test_several_are_told_by_number() -> None:
    assert [one.id for one in new_manual_jobs((), [job(993), job(991), job(992)], NOVEMBER)] == [991, 992, 993]


@each(
    ("found", "is_in_the_way"),
    [
        (job(5), True),
        (job(5, "2022-11-27", "2022-12-05"), True),
        (job(5, "2022-10-01", "2022-11-01", manual=False, state_label="Scheduled"), True),
        (job(5, "2022-11-05", "2022-11-06"), True),
        (job(5, "2022-10-01", "2022-12-31", state_label="Something new"), True),
        (job(5, "2022-11-28", "2022-12-05"), False),
        (job(5, "2022-10-01", "2022-10-31"), False),
        (job(5, state_label="Success"), False),
        (job(5, start=None), False),
    ],
)
def test_a_job_that_fetches_some_of_the_days_already(found: Job, is_in_the_way: bool) -> None:
    assert overlapping([found], NOVEMBER) == ((found,) if is_in_the_way else ())


def issue(number: int | None = 11, **fields: object) -> Issue:
    given = {
        "id": number,
        "message": "The <b>token</b> was revoked.",
        "retry_url": f"/api/errors/{number}/retry/",
        "datastream": {"id": 42},
        "job": {"range_start": "2022-11-01", "range_end": "2022-11-27"},
    }
    return Issue.model_validate(given | fields, context=ACME)


FAILED = job(987, state_label="Failed", datastream=42, issues=[{"message": "The token was revoked."}])
RANGE = {"range_start": "2022-11-01", "range_end": "2022-11-27"}


@each(
    ("one", "belongs"),
    [
        (issue(job={"id": 987}), True),
        (issue(job="/api/jobs/987/"), True),
        (issue(job={"id": 987} | RANGE, message="Other words."), True),
        (issue(job={"id": 988} | RANGE), False),
        (issue(), True),
        (issue(datastream=None), True),
        (issue(datastream={"id": 43}), False),
        (issue(job={}), False),
        (issue(job=RANGE | {"range_end": "2022-11-28"}), False),
        (issue(message="Other words."), False),
        (issue(message=""), False),
    ],
)
def test_the_issue_of_a_job(one: Issue, belongs: bool) -> None:
    assert issue_of(FAILED, [issue(7, job={"id": 6}), one]) == (one if belongs else None)


@each(
    ("own", "belongs"),
    [
        ([], True),
        ([{"message": "Other words.", "url": "/api/errors/11/"}], True),
        ([{"id": 11}], True),
        ([{"message": "Other words.", "url": "/acme/issues/12/"}], False),
    ],
)
def test_a_job_may_say_which_issue_is_its_own(own: list[object], belongs: bool) -> None:
    failed = job(987, state_label="Failed", datastream=42, issues=own)
    assert (issue_of(failed, [issue()]) is not None) == belongs


def test_of_several_issues_of_a_job_one_that_can_be_retried_and_then_the_newest() -> None:
    mine = {"job": {"id": 987}}
    several = [issue(11, **mine), issue(13, **mine), issue(12, **mine), issue(14, retry_url=None, **mine)]
    found = issue_of(FAILED, several)
    assert found is not None
    assert found.id == 13
    assert issue_of(FAILED, [issue(None, retry_url="https://evil.test/api/x/", **mine)]) is not None
    assert issue_of(FAILED, []) is None

"""Reading jobs and datastreams: what is known, what is odd, and that nothing else happens than a ValidationError."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from jobbot.adverity.model import Datastream, DatastreamId, DatastreamRef, Extract, Issue, Job, JobId, State, Workspace
from tests.support.each import each
from tests.unit.adverity.world import FACEBOOK, sample


def test_a_running_job_is_read() -> None:
    job = Job.model_validate_json(sample("job_running"))

    assert (job.id, job.state, job.progress, job.manual) == (987, State.RUNNING, 62, True)
    assert job.start == datetime(2022, 10, 31, 8, 30, tzinfo=UTC)
    assert job.end is None
    assert job.datastream == DatastreamRef(id=FACEBOOK)
    assert job.started_by == "Ana Novak"
    assert job.is_going_on
    assert not job.is_over


def test_a_failed_job_brings_its_issues_and_its_datastreams_name() -> None:
    job = Job.model_validate_json(sample("job_failed"))

    assert job.is_over
    assert job.issues[0] == Issue(
        message="The access token has expired.", type_label="Authorization", url="/acme/issues/11/"
    )
    assert job.issues[1].url == ""
    assert job.datastream == DatastreamRef(id=FACEBOOK, name="Facebook Ads EU")


def test_odd_types_are_read_as_what_they_mean() -> None:
    job = Job.model_validate_json(sample("job_odd"))

    assert (job.id, job.state, job.state_label, job.progress) == (991, State.RUNNING, " rUNNING ", 62)
    assert job.start == datetime(2022, 10, 31, 8, 30, tzinfo=UTC)
    assert (job.end, job.manual, job.started_by, job.url) == (None, False, "7", "")
    assert job.issues == (Issue(message="Slow"), Issue(type_label="3"))
    assert job.datastream == DatastreamRef(id=FACEBOOK)


def test_what_is_unknown_is_kept() -> None:
    extra = Job.model_validate_json(sample("job_odd")).model_extra

    assert extra is not None
    assert extra["priority"] == {"queue": "eu"}
    assert extra["state"] == "two"


def test_a_job_is_built_by_its_own_names_too() -> None:
    at = datetime(2022, 10, 31, tzinfo=UTC)
    job = Job(id=JobId(1), start=at, datastream=DatastreamRef(id=FACEBOOK), started_by="ana")

    assert (job.start, job.datastream, job.started_by) == (at, DatastreamRef(id=FACEBOOK), "ana")
    assert Job.model_validate(job) is job


def test_the_days_that_are_fetched_are_not_the_jobs_own_times() -> None:
    assert Job.model_validate({"id": 1, "start": "2022-10-01", "end": "2022-10-30"}).start is None


@each(
    ("label", "state", "over"),
    [
        ("Scheduled", State.SCHEDULED, False),
        ("CANCELLED", State.CANCELLED, True),
        (" discarded\n", State.DISCARDED, True),
        ("Stale", State.STALE, True),
        ("Importing", None, False),
        (None, None, False),
        (["Running"], None, False),
    ],
)
def test_states(label: object, state: State | None, over: bool) -> None:
    job = Job.model_validate({"id": 1, "state_label": label})

    assert (job.state, job.is_over) == (state, over)


@each(
    ("sent", "read"),
    [
        (62, 62), ("62", 62), ("62.5 %", 62), (120, 100), (-1, None), (99.9, 99), (10**400, 100), (float("inf"), 100),
        (float("nan"), None), ("NaN", None), ("half", None), (None, None), (True, None), ([5], None),
        (0.62, 62), (0.29, 29), (0.004, 0), (0.9999999999, 99), ("0.62", 62), (1.5, 1), (2, 2), (100, 100),
        (0, None), (1, None), (0.0, None), (1.0, None), ("0", None), ("1", None), ("1 %", 1), ("0.5%", 0),
    ],
)  # fmt: skip  # a table
def test_progress(sent: object, read: int | None) -> None:
    assert Job.model_validate({"id": 1, "progress": sent}).progress == read


@each(
    ("sent", "read"),
    [
        ("2022-10-31T08:30:00Z", datetime(2022, 10, 31, 8, 30, tzinfo=UTC)),
        ("2022-10-31T08:30:00", datetime(2022, 10, 31, 8, 30, tzinfo=UTC)),
        (" 2022-10-31 08:30:00.5-01:00", datetime(2022, 10, 31, 9, 30, 0, 500000, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
        (1667205000, None),
        ({}, None),
    ],
)
def test_times(sent: object, read: datetime | None) -> None:
    job = Job.model_validate({"id": 1, "job_start": sent, "job_end": sent})

    assert (job.start, job.end) == (read, read)


@each(
    ("sent", "read"),
    [
        (True, True), (0, False), (1.0, True), ("TRUE", True), ("no", False),
        (2, None), ("perhaps", None), (None, None), ([], None),
    ],
)  # fmt: skip  # a table
def test_by_hand(sent: object, read: bool | None) -> None:
    assert Job.model_validate({"id": 1, "manual": sent}).manual is read


@each(
    ("fields", "read"),
    [
        ({"datastream": 42}, (42, None)),
        ({"datastream": "42"}, (42, None)),
        ({"datastream": "https://acme.test/api/datastreams/42"}, (42, None)),
        ({"datastream": "/api/datastreams/42/?format=json"}, (42, None)),
        ({"datastream": {"id": "42", "name": "Ads"}}, (42, "Ads")),
        ({"datastream": {"url": "/api/datastreams/42/", "name": None}}, (42, None)),
        ({"datastream": "Ads", "datastream_id": 42.0}, (42, None)),
        ({"datastream": {"name": "Ads"}}, None),
        ({"datastream": -1}, None),
        ({"datastream": True}, None),
        ({"datastream": 42.5}, None),
        ({"datastream_id": 10**30}, None),
        ({}, None),
    ],
)
def test_datastreams_of_jobs(fields: dict[str, object], read: tuple[int, str | None] | None) -> None:
    ref = Job.model_validate({"id": 1, **fields}).datastream

    assert ref == (None if read is None else DatastreamRef(id=DatastreamId(read[0]), name=read[1]))


@each(
    ("fields", "read"),
    [
        ({"creator": "ana"}, "ana"),
        ({"creator": " ", "user": {"username": "ana", "email": "a@acme.test"}}, "ana"),
        ({"started_by": {"name": "", "email": "a@acme.test"}}, "a@acme.test"),
        ({"user": {"id": 7}}, "7"),
        ({"user": 10**5000}, None),
        ({"user": {}}, None),
        ({"user": True}, None),
        ({"user": 7.5}, "7.5"),
    ],
)
def test_who_started_it(fields: dict[str, object], read: str | None) -> None:
    assert Job.model_validate({"id": 1, **fields}).started_by == read


@each("sent", [None, "", [], [None], 5])
def test_no_issues(sent: object) -> None:
    assert Job.model_validate({"id": 1, "issues": sent}).issues == ()


@each("sent", [None, 0, -5, True, "", "x", "9" * 19, 10**30, 1.5, float("nan"), [], {}])
def test_without_a_usable_number_there_is_no_job(sent: object) -> None:
    with pytest.raises(ValidationError):
        Job.model_validate({"id": sent})


def test_a_datastream_is_read_with_its_workspace_and_its_page() -> None:
    found = Datastream.model_validate_json(sample("datastream"))

    assert (found.id, found.name, found.stack_name) == (42, "Facebook Ads EU", "Marketing EU")
    assert found.page == "/marketing-eu/datastreams/42/"


@each(
    ("fields", "read"),
    [
        ({}, ("", None, None)),
        ({"name": None, "stack": 4, "change_url": "/a/"}, ("", "4", "/a/")),
        ({"name": ["x"], "stack": {"slug": "eu"}, "overview_url": {}}, ("", None, None)),
        ({"name": "Ads", "stack": {"id": 4, "name": "EU"}, "page": "/p/"}, ("Ads", "EU", "/p/")),
    ],
)
def test_odd_datastreams(fields: dict[str, object], read: tuple[str, str | None, str | None]) -> None:
    found = Datastream.model_validate({"id": "42", **fields})

    assert (found.name, found.stack_name, found.page) == read


def test_half_a_character_does_not_travel_on() -> None:
    Job.model_validate({"id": 1, "state_label": "\ud800"}).state_label.encode()
    assert Job.model_validate({"id": 1, "state_label": "Run\0ning\x1b[1m\tnow"}).state_label == "Running[1m\tnow"


# The first draw builds Hypothesis's tables of characters, which takes seconds on a busy machine.

_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_JOB = "url type state state_label progress job_start job_end start end manual issues datastream datastream_id"
_OTHERS = "creator user started_by name stack stack_name page overview_url message range_start range_end days workspace"
_AROUND = "enabled next_run frequency schedules updated job job_id nrows ncols filesize occurrences retry_url parent_id"
_FIELDS = st.sampled_from(f"{_JOB} {_OTHERS} {_AROUND}".split())


@given(st.dictionaries(_FIELDS, _ANY))
def test_any_object_with_a_number_is_a_job_and_a_datastream(fields: dict[str, object]) -> None:
    job = Job.model_validate(fields | {"id": 987})

    assert job.id == 987
    assert job.progress is None or 0 <= job.progress <= 100
    assert all(at is None or at.tzinfo is UTC for at in (job.start, job.end))
    assert Datastream.model_validate(fields | {"id": 42}).id == 42
    assert Workspace.model_validate(fields | {"id": 4}).id == 4
    assert Issue.model_validate(fields).retry_url is None or fields["retry_url"]
    assert Extract.model_validate(fields).rows is None or fields["nrows"] is not None


@given(_ANY | st.dictionaries(_FIELDS | st.just("id"), _ANY))
def test_anything_else_raises_only_a_validation_error(sent: object) -> None:
    for model in (Job, Datastream):
        try:
            assert model.model_validate(sent).id > 0
        except ValidationError:
            continue


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_raise_only_a_validation_error(body: bytes) -> None:
    with pytest.raises(ValidationError):
        Job.model_validate_json(body)

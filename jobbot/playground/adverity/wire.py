"""How jobs, datastreams and errors look on the wire, and where instances are known to differ.

The fields are those that Adverity's documentation or independent clients name. Numbers of states and colours are
published nowhere: most of these are made up, and nobody should read them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from jobbot.playground.adverity.jobs import Datastream, DatastreamAs, Job, Schedule, Sight, Workspace, slug_of
from jobbot.playground.adverity.open_issues import OpenIssue
from jobbot.playground.adverity.timeline import CANCELLED, DISCARDED, FAILED, RUNNING, SCHEDULED, STALE, SUCCESS

_STATES = {
    SCHEDULED: (0, "blue"),
    RUNNING: (1, "blue"),
    SUCCESS: (2, "green"),
    CANCELLED: (3, "orange"),
    FAILED: (4, "red"),
    DISCARDED: (5, "grey"),
    STALE: (6, "grey"),
}
_UNHEARD_OF = (99, "grey")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What the documentation leaves open, so that instances may differ in it.

    ``imported_body`` stands for the job object in answers to ``/imported/``; ``datastream_id_with_slash`` wants the
    filter as the documentation's example URL writes it (``42/``) and refuses the plain number; ``next_host``
    (``scheme://host``) makes paging links point elsewhere; with ``clock_ahead`` answers carry ``Date``, which is so far
    ahead of the instance's time. ``write_answer`` is the body of an accepted write, and a fetch makes ``jobs_a_fetch``.
    ``issue_links`` is what the links of issues begin with: "own", another ``scheme://host``, or "" for paths alone;
    None where there are none. Without ``issue_names_job`` an issue says only which days its job fetches.
    """

    datastream_as: DatastreamAs = DatastreamAs.NUMBER
    progress_as: Literal["percent", "fraction"] = "percent"
    datastream_id_with_slash: bool = False
    imported_body: Mapping[str, object] | None = None
    write_answer: Literal["json", "text", "nothing"] = "json"
    jobs_a_fetch: int = 1
    issue_links: str | None = "own"
    issue_names_job: bool = True
    wrong_word_status: Literal[401, 403] = 401
    next_host: str | None = None
    clock_ahead: timedelta | None = None


def timestamp(at: datetime | None) -> str | None:
    """A time as Adverity writes it: UTC, to the second."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


def job_object(sight: Sight, streams: Mapping[int, Datastream], *, base: str, quirks: Quirks) -> dict[str, object]:
    """A job as the API shows it; ``base`` is the instance's URL."""
    job, seen, dress = sight.job, sight.look, sight.job.dress
    label = seen.state if dress.label is None or sight.is_over else dress.label
    number, colour = _STATES.get(label, _UNHEARD_OF)
    fields: dict[str, object] = {
        "id": job.id,
        "url": f"{base}/api/jobs/{job.id}/",
        "state": number,
        "state_label": label,
        "state_color": colour,
        "type": job.kind,
        "progress": seen.progress / 100 if quirks.progress_as == "fraction" else seen.progress,
        "job_start": timestamp(seen.started),
        "job_end": timestamp(seen.ended),
        "range_start": None if job.days is None else job.days[0].isoformat(),
        "range_end": None if job.days is None else job.days[1].isoformat(),
        "manual": job.manual,
        "issues": [
            {"message": issue.message, "type_label": issue.type_label, "url": issue.url} for issue in seen.issues
        ],
    }
    stream = None if job.datastream is None else streams.get(job.datastream)
    if stream is not None:
        fields |= _datastream_field(stream, dress.datastream_as or quirks.datastream_as, base)
    if job.by is not None:
        fields["creator"] = job.by
    return {name: value for name, value in (fields | dict(dress.extra)).items() if name not in dress.without}


def _datastream_field(stream: Datastream, way: DatastreamAs, base: str) -> dict[str, object]:
    url = f"{base}/api/datastreams/{stream.id}/"
    match way:
        case DatastreamAs.NUMBER:
            return {"datastream": stream.id}
        case DatastreamAs.URL:
            return {"datastream": url}
        case DatastreamAs.OBJECT:
            stack = {**stack_object(stream), "permissions": {"jobs": "write", "datastreams": "write"}}
            whole = {"id": stream.id, "name": stream.name, "url": url, "overview_url": stream.page, "stack": stack}
            return {"datastream": whole}
        case DatastreamAs.ID_FIELD:
            return {"datastream_id": stream.id}
        case DatastreamAs.MISSING:
            return {}


def stack_object(stream: Datastream) -> dict[str, object]:
    """A datastream's workspace as other objects refer to it."""
    return {"id": stream.stack_id, "name": stream.stack, "slug": slug_of(stream.stack)}


def datastream_object(stream: Datastream, now: datetime, *, base: str) -> dict[str, object]:
    """A datastream as the API shows it. Its pages are paths on the instance."""
    schedule = stream.schedule
    is_fetched = stream.enabled and schedule is not None
    return {
        "id": stream.id,
        "name": stream.name,
        "url": f"{base}/api/datastreams/{stream.id}/",
        "stack": stack_object(stream),
        "change_url": f"{stream.page}change/",
        "overview_url": stream.page,
        "datatype": "Live",
        "enabled": stream.enabled,
        "frequency": _frequency(schedule) if is_fetched and schedule else "Disabled",
        "next_run": timestamp(schedule.next_run(now)) if is_fetched and schedule else "Not Scheduled",
        "schedules": [] if schedule is None else [_schedule(schedule, stream.id)],
        "updated": timestamp(stream.updated),
    }


def _frequency(schedule: Schedule) -> str:
    hours = schedule.every // timedelta(hours=1)
    return {24: "Daily", 1: "Hourly"}.get(hours, f"Every {hours} hours")


def _schedule(schedule: Schedule, number: int) -> dict[str, object]:
    days, hours = divmod(schedule.every // timedelta(hours=1), 24)
    is_daily = days > 0 and hours == 0
    return {
        "id": 10 * number,
        "cron_preset": "CRON_EVERY_DAY" if is_daily else "CRON_EVERY_HOUR",
        "cron_type": "day" if is_daily else "hour",
        "cron_interval": days if is_daily else 24 * days + hours,
        "cron_start_of_day": f"{schedule.first:%H:%M:%S}",
        "time_range_preset_label": f"Last {schedule.days} Days",
        "fixed_start": None,
        "offset_days": 0,
    }


def workspace_object(workspace: Workspace) -> dict[str, object]:
    """A workspace as the API shows it."""
    return {
        "id": workspace.id,
        "name": workspace.name,
        "slug": workspace.slug,
        "parent_id": workspace.parent_id,
    }


def issue_object(issue: OpenIssue, stream: Datastream, job: Job, *, base: str, quirks: Quirks) -> dict[str, object]:
    """An open issue as ``/api/errors/`` shows it, with ``job``, the last that had it."""
    links = base if quirks.issue_links == "own" else quirks.issue_links
    path = f"/api/errors/{issue.id}/"
    first, last = job.days or (None, None)
    return {
        "id": issue.id,
        "start": timestamp(issue.since),
        "end": None,
        "message": issue.what.message,
        "type_label": issue.what.type_label,
        "extraction_stage_label": issue.what.stage,
        "error_cause_label": issue.what.cause,
        "error_resolution_label": issue.what.remedy,
        "occurrences": issue.occurrences,
        "url": f"{base}{path}",
        "ack_url": None if links is None else f"{links}{path}ack/",
        "retry_url": None if links is None else f"{links}{path}retry/",
        "datastream": {"id": stream.id, "name": stream.name},
        "job": {
            **({"id": job.id} if quirks.issue_names_job else {}),
            "range_start": None if first is None else first.isoformat(),
            "range_end": None if last is None else last.isoformat(),
        },
    }


def extract_object(sight: Sight, place: int, rows: int) -> dict[str, object]:
    """One piece of what a job brought."""
    return {
        "id": 100 * sight.job.id + place,
        "nrows": rows,
        "ncols": 14,
        "filesize": 40 + 117 * rows,
        "state_label": "Loaded",
        "created": timestamp(sight.look.ended),
    }

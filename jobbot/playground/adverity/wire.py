"""How jobs, datastreams and errors look on the wire, and where instances are known to differ.

The fields are those that Adverity's documentation or independent clients name. Numbers of states and colours are
published nowhere: these are made up, and nobody should read them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from jobbot.playground.adverity.jobs import Datastream, DatastreamAs, Sight
from jobbot.playground.adverity.timeline import CANCELLED, DISCARDED, FAILED, RUNNING, SCHEDULED, STALE, SUCCESS

_STATES = {
    SCHEDULED: (1, "#8a94a6"),
    RUNNING: (2, "#2f80ed"),
    SUCCESS: (3, "#27ae60"),
    CANCELLED: (4, "#f2994a"),
    FAILED: (5, "#eb5757"),
    DISCARDED: (6, "#bdbdbd"),
    STALE: (7, "#828282"),
}
_UNHEARD_OF = (99, "#000000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What the documentation leaves open, so that instances may differ in it.

    ``imported_body`` stands for the job object in answers to ``/imported/``; ``datastream_id_with_slash`` wants the
    filter as the documentation's example URL writes it (``42/``) and refuses the plain number; ``next_host``
    (``scheme://host``) makes paging links point elsewhere.
    """

    datastream_as: DatastreamAs = DatastreamAs.NUMBER
    datastream_id_with_slash: bool = False
    imported_body: Mapping[str, object] | None = None
    stop_answer: Literal["json", "text", "nothing"] = "json"
    wrong_word_status: Literal[401, 403] = 401
    next_host: str | None = None


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
        "progress": seen.progress,
        "job_start": timestamp(seen.started),
        "job_end": timestamp(seen.ended),
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
            return {"datastream": {"id": stream.id, "name": stream.name, "url": url}}
        case DatastreamAs.ID_FIELD:
            return {"datastream_id": stream.id}
        case DatastreamAs.MISSING:
            return {}


def datastream_object(stream: Datastream, *, base: str) -> dict[str, object]:
    """A datastream as the API shows it. Its pages are paths on the instance."""
    slug = stream.stack.lower().replace(" ", "-")
    return {
        "id": stream.id,
        "name": stream.name,
        "url": f"{base}/api/datastreams/{stream.id}/",
        "stack": {"id": stream.stack_id, "name": stream.stack, "slug": slug},
        "change_url": f"/{slug}/datastreams/{stream.id}/change/",
        "overview_url": f"/{slug}/datastreams/{stream.id}/",
        "enabled": True,
    }

"""The open issues: what failed jobs left behind, until a later one succeeds or somebody acknowledges it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from jobbot.playground.adverity.jobs import Sight
from jobbot.playground.adverity.timeline import FAILED, SUCCESS, Issue


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """One issue of a datastream: what it is, since when, how often, and which job had it last.

    ``id`` is made of the number of the job that had it first.
    """

    id: int
    datastream: int
    what: Issue
    since: datetime
    occurrences: int
    job: int


def open_issues(sights: Iterable[Sight], acknowledged: Mapping[int, datetime]) -> tuple[OpenIssue, ...]:
    """The open issues of all jobs, by number; the same words again are the same issue once more.

    After it was ``acknowledged``, at the time that stands there, they are another one.
    """
    found: dict[int, dict[str, OpenIssue]] = {}
    over = [(sight.look.ended, sight) for sight in sights if sight.is_over]
    for ended, sight in sorted(((at, one) for at, one in over if at is not None), key=lambda pair: pair[0]):
        stream = sight.job.datastream
        if stream is None:
            continue
        if sight.look.state == SUCCESS:
            found.pop(stream, None)
        if sight.look.state != FAILED:
            continue
        for place, issue in enumerate(sight.look.issues):
            before = found.setdefault(stream, {}).get(issue.message)
            if before is not None and before.id in acknowledged and acknowledged[before.id] < ended:
                before = None
            number, since, times = (
                (10 * sight.job.id + place, ended, 1)
                if before is None
                else (before.id, before.since, before.occurrences + 1)
            )
            found[stream][issue.message] = OpenIssue(number, stream, issue, since, times, sight.job.id)
    issues = (issue for of_one in found.values() for issue in of_one.values())
    return tuple(sorted((one for one in issues if one.id not in acknowledged), key=lambda one: one.id))

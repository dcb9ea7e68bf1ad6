"""Checks what the key may read besides jobs, path by path, and says what answers lack where it may not.

One call at a time, and one page of a list, which is enough to see whether it is allowed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence, Sized
from dataclasses import dataclass
from datetime import timedelta

from jobbot.adverity.client import AdverityClient
from jobbot.adverity.errors import AdverityError, Forbidden, NotFound, OptionalRead, Unreachable
from jobbot.adverity.model import Datastream, JobList, Workspace
from jobbot.doctor.finding import Finding, in_time, ok, skipped, warn

SECONDS = 6.0
"""For one path."""

NAMED = 20
"""How many workspaces are named."""

CLOCK_NOTED = timedelta(minutes=1)

_MAY, _CLOCK, _WORKSPACES = "adverity permissions", "adverity clock", "adverity workspaces"


@dataclass(frozen=True, slots=True)
class _Path:
    """One of the paths: where it is, what the key must be allowed to read for it, what is missing without it."""

    path: str
    resource: str
    missing: str


PATHS = {
    OptionalRead.DATASTREAM: _Path(
        "/api/datastreams/ID/",
        "datastreams",
        "a datastream's name is shown only where its jobs carry it, and never its next scheduled fetch",
    ),
    OptionalRead.DATASTREAMS: _Path(
        "/api/datastreams/", "datastreams", "a datastream's name can be typed only after a job of it has been seen"
    ),
    OptionalRead.WORKSPACES: _Path(
        "/api/stacks/",
        "workspaces",
        "jobbot cannot tell which workspaces belong to which: a channel bound to one does not show those below it",
    ),
    OptionalRead.ISSUES: _Path(
        "/api/errors/", "issues", "a failed job shows its message, but not the cause and what would help"
    ),
    OptionalRead.EXTRACTS: _Path(
        "/api/extracts/", "extracts", "what a job fetched is not shown, and an empty success is not noticed"
    ),
}


async def reads(name: str, client: AdverityClient, jobs: JobList) -> list[Finding]:
    """Each path, one after the other; ``jobs`` are those that are going on."""
    streams: list[Datastream] = []

    async def all_datastreams() -> list[Finding]:
        found = await client.datastreams(pages=1)
        streams.extend(found.items)
        return [ok(_MAY, name, f"may read datastreams ({_many(found.items, complete=found.complete)})")]

    async def one_datastream() -> list[Finding]:
        refs = [job.datastream.id for job in jobs.jobs if job.datastream is not None]
        if not (ids := refs or [stream.id for stream in streams]):
            return [skipped(_MAY, name, "there is no datastream to try it with")]
        stream = await client.datastream(ids[0])
        when = "its next fetch" if stream.is_scheduled is not None else "not its next fetch"
        return [ok(_MAY, name, f"may read a datastream: its name and {when}")]

    async def workspaces() -> list[Finding]:
        return [ok(_WORKSPACES, name, _named((await client.workspaces()).items))]

    async def issues() -> list[Finding]:
        found = await client.issues()
        return [ok(_MAY, name, f"may read issues ({_many(found.items, complete=found.complete)} open)")]

    async def extracts() -> list[Finding]:
        if not jobs.jobs:
            return [skipped(_MAY, name, "there is no running job to try it with")]
        await client.extracts(jobs.jobs[0].id)
        return [ok(_MAY, name, "may read extracts")]

    found = []
    for kind, look in (
        (OptionalRead.DATASTREAMS, all_datastreams),
        (OptionalRead.DATASTREAM, one_datastream),
        (OptionalRead.ISSUES, issues),
        (OptionalRead.EXTRACTS, extracts),
        (OptionalRead.WORKSPACES, workspaces),
    ):
        found += await in_time(_MAY, name, _look(name, kind, look))
    return found


async def _look(name: str, kind: OptionalRead, look: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
    try:
        async with asyncio.timeout(SECONDS):
            return await look()
    except TimeoutError:
        return [_without(name, PATHS[kind], Unreachable(f"no answer within {SECONDS:g} s"))]
    except AdverityError as error:
        return [_without(name, PATHS[kind], error)]


def _without(name: str, path: _Path, error: AdverityError) -> Finding:
    match error:
        case Forbidden():
            step = f"if you want that, allow the key to read {path.resource}, in Adverity"
            return warn(_MAY, name, f"may not read {path.resource} (HTTP 403 from {path.path}): {path.missing}", step)
        case NotFound():
            step = "nothing, if you can do without it; otherwise ask Adverity's support about this path"
            return warn(_MAY, name, f"there is no {path.path} here (HTTP 404): {path.missing}", step)
        case _:
            why = f"HTTP {error.status}" if error.status else f"{type(error).__name__}: {error}"
            says = f"{path.path} was not answered ({why}); until it is, {path.missing}"
            return warn(_MAY, name, says, "try again later")


def _many(items: Sized, *, complete: bool) -> str:
    return f"{len(items)}{'' if complete else ' and more'}"


def _named(workspaces: Sequence[Workspace]) -> str:
    """The workspaces by name and number, each with the one that it lies in."""
    names = {one.id: one.name or str(one.id) for one in workspaces}
    said = []
    for one in workspaces[:NAMED]:
        inside = "" if one.parent_id is None else f" in {names.get(one.parent_id, one.parent_id)}"
        said.append(f"{names[one.id]} ({one.id}{inside})")
    more = f" and {len(workspaces) - NAMED} more" if len(workspaces) > NAMED else ""
    return f"sees {', '.join(said)}{more}" if said else "sees none: Adverity's list is empty"


def clock(name: str, ahead: timedelta | None) -> Finding:
    """How far Adverity's clock is ahead of this machine's, as its answers say."""
    if ahead is None:
        return skipped(_CLOCK, name, "its answers have no time to compare with")
    if abs(ahead) <= CLOCK_NOTED:
        return ok(_CLOCK, name, "within a minute of this machine's")
    way = "ahead of" if ahead > timedelta(0) else "behind"
    says = (
        f"{abs(ahead).total_seconds():.0f} s {way} this machine's: how long jobs have been running is shown wrongly by "
        "as much; what is followed is not affected"
    )
    return warn(_CLOCK, name, says, "have this machine's clock set from the network (chrony, systemd-timesyncd)")

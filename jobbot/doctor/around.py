"""What a key may read beside the jobs, path by path, and what is missing in the answers where it may not.

One call at a time, and one page of a list: enough to see whether it is told.
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
"""So many workspaces are named."""

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
        "datastreams have a name only where jobs carry it, and when the next fetch is scheduled is not said",
    ),
    OptionalRead.DATASTREAMS: _Path(
        "/api/datastreams/", "datastreams", "a datastream can be typed by its name only once a job of it was seen"
    ),
    OptionalRead.WORKSPACES: _Path(
        "/api/stacks/",
        "workspaces",
        "which workspaces lie in which is not known: a channel that is bound to one shows nothing of those within",
    ),
    OptionalRead.ISSUES: _Path(
        "/api/errors/", "issues", "a failed job says its message alone, not its cause and what would help"
    ),
    OptionalRead.EXTRACTS: _Path(
        "/api/extracts/", "extracts", "what a job brought is not said, and a success that is empty not noticed"
    ),
}


async def reads(name: str, client: AdverityClient, jobs: JobList) -> list[Finding]:
    """Each path, one after the other; ``jobs`` are those that are going on."""
    streams: list[Datastream] = []

    async def all_datastreams() -> list[Finding]:
        found = await client.datastreams(pages=1)
        streams.extend(found.items)
        return [ok(_MAY, name, f"reads datastreams ({_many(found.items, complete=found.complete)})")]

    async def one_datastream() -> list[Finding]:
        refs = [job.datastream.id for job in jobs.jobs if job.datastream is not None]
        if not (ids := refs or [stream.id for stream in streams]):
            return [skipped(_MAY, name, "no datastream is known whose schedule could be read")]
        stream = await client.datastream(ids[0])
        when = "when it is fetched next" if stream.is_scheduled is not None else "nothing of when it is fetched next"
        return [ok(_MAY, name, f"reads a datastream, which says its name and {when}")]

    async def workspaces() -> list[Finding]:
        return [ok(_WORKSPACES, name, _named((await client.workspaces()).items))]

    async def issues() -> list[Finding]:
        found = await client.issues()
        return [ok(_MAY, name, f"reads issues ({_many(found.items, complete=found.complete)} open)")]

    async def extracts() -> list[Finding]:
        if not jobs.jobs:
            return [skipped(_MAY, name, "no job is going on whose extracts could be read")]
        await client.extracts(jobs.jobs[0].id)
        return [ok(_MAY, name, "reads extracts")]

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
        return [_without(name, PATHS[kind], Unreachable(f"nothing within {SECONDS:g} s"))]
    except AdverityError as error:
        return [_without(name, PATHS[kind], error)]


def _without(name: str, path: _Path, error: AdverityError) -> Finding:
    match error:
        case Forbidden():
            step = f"let the key read {path.resource}, in Adverity, if you want that"
            return warn(_MAY, name, f"may not read {path.resource} (status 403 of {path.path}): {path.missing}", step)
        case NotFound():
            step = "nothing, if you can do without; else ask Adverity's support for that path"
            return warn(_MAY, name, f"there is no {path.path} here (status 404): {path.missing}", step)
        case _:
            why = f"status {error.status}" if error.status else f"{type(error).__name__}: {error}"
            says = f"{path.path} was not answered ({why}); while that is so {path.missing}"
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
    return f"sees {', '.join(said)}{more}" if said else "sees none: the answer is empty"


def clock(name: str, ahead: timedelta | None) -> Finding:
    """How far Adverity's clock is ahead of this machine's, as its answers say."""
    if ahead is None:
        return skipped(_CLOCK, name, "its answers say no time to compare with")
    if abs(ahead) <= CLOCK_NOTED:
        return ok(_CLOCK, name, "within a minute of this machine's")
    way = "ahead of" if ahead > timedelta(0) else "behind"
    says = (
        f"{abs(ahead).total_seconds():.0f} s {way} this machine's; jobbot follows by Adverity's clock, "
        "how long a job has run it says by its own"
    )
    return warn(_CLOCK, name, says, "let this machine's clock be set from the network (chrony, systemd-timesyncd)")

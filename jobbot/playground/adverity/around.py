"""What stands around jobs in the API: lists of datastreams and workspaces, open issues, extracts.

All in the envelope of the list of jobs. What is not understood is refused, so that a client's slip shows.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar, get_args

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jobbot.playground.adverity.body import accepted
from jobbot.playground.adverity.errors import not_found
from jobbot.playground.adverity.instance import Instance
from jobbot.playground.adverity.jobs import Job
from jobbot.playground.adverity.keys import Key, Resource
from jobbot.playground.adverity.listing import Asked, page_of, page_url, read_paging
from jobbot.playground.adverity.open_issues import OpenIssue
from jobbot.playground.adverity.timeline import SUCCESS
from jobbot.playground.adverity.wire import (
    Quirks,
    datastream_object,
    extract_object,
    issue_object,
    workspace_object,
)

T = TypeVar("T")


class Authorise(Protocol):
    """Decides whether a request's key may do something. Raises Refused."""

    def __call__(self, request: Request, resource: Resource, *, write: bool = False) -> Key:
        """The key."""


class Around:
    """The endpoints over one instance, which answers as ``quirks`` tell."""

    def __init__(self, instance: Instance, authorise: Authorise, quirks: Callable[[], Quirks]) -> None:
        self._instance = instance
        self._authorise = authorise
        self._quirks = quirks
        self.routes = [
            Route("/api/datastreams/", self._datastreams),
            Route("/api/stacks/", self._workspaces),
            Route("/api/v1/workspaces/", self._workspaces),
            Route("/api/errors/", self._issues),
            Route("/api/errors/{id:int}/ack/", self._acknowledge, methods=["POST"]),
            Route("/api/errors/{id:int}/retry/", self._retry, methods=["POST"]),
            Route("/api/extracts/", self._extracts),
            Route("/api/v1/auth/keys/introspect/", self._introspect),
        ]

    async def _datastreams(self, request: Request) -> Response:
        self._authorise(request, "datastreams")
        asked, given = read_paging(request.query_params.multi_items(), "search", "stack", "stack_id", "ordering")
        stack, word = given.get("stack", given.get("stack_id")), given.get("search", "").lower()
        found = [
            stream
            for _, stream in sorted(self._instance.datastreams.items())
            if stack in (None, str(stream.stack_id)) and word in stream.name.lower()
        ]
        now = self._instance.now()
        return paged(request, found, asked, lambda one: datastream_object(one, now, base=base_of(request)))

    async def _workspaces(self, request: Request) -> Response:
        self._authorise(request, "workspaces")
        asked, _ = read_paging(request.query_params.multi_items())
        return paged(request, [one for _, one in sorted(self._instance.workspaces.items())], asked, workspace_object)

    async def _issues(self, request: Request) -> Response:
        self._authorise(request, "issues")
        asked, given = read_paging(request.query_params.multi_items(), "ack", "datastream_id", "show_issue_tags")
        stream = given.get("datastream_id")
        found = [one for one in self._instance.open_issues() if stream in (None, str(one.datastream))]
        return paged(request, found if given.get("ack") != "true" else [], asked, lambda one: self._seen(request, one))

    def _seen(self, request: Request, issue: OpenIssue) -> dict[str, object]:
        stream, job = self._instance.datastreams[issue.datastream], self._instance.get(issue.job)
        return issue_object(issue, stream, job, base=base_of(request), quirks=self._quirks())

    async def _acknowledge(self, request: Request) -> Response:
        self._authorise(request, "issues", write=True)
        self._instance.acknowledge(self._issue(request).id)
        return accepted(self._quirks(), {"status": "ok"})

    async def _retry(self, request: Request) -> Response:
        key = self._authorise(request, "issues", write=True)
        issue = self._issue(request)
        job = self._instance.fetch(issue.datastream, by=key.user, days=self._instance.get(issue.job).days)
        self._instance.acknowledge(issue.id)
        return accepted(self._quirks(), {"status": "ok", "jobs": started(request, [job])})

    def _issue(self, request: Request) -> OpenIssue:
        number = request.path_params["id"]
        found = next((one for one in self._instance.open_issues() if one.id == number), None)
        if found is None:
            raise not_found()
        return found

    async def _introspect(self, request: Request) -> Response:
        """The real shape is not published: this one is made up."""
        key = self._authorise(request, "jobs")
        given = {name: key.may_do.get(name, "write") for name in get_args(Resource)}
        scopes = [f"{name}:{right}" for name, right in given.items() if right != "none"]
        return JSONResponse({"active": True, "scopes": scopes})

    async def _extracts(self, request: Request) -> Response:
        self._authorise(request, "extracts")
        asked, given = read_paging(request.query_params.multi_items(), "job_id")
        found = [
            (sight, place, rows)
            for sight in self._instance.sights()
            if sight.look.state == SUCCESS and given.get("job_id") in (None, str(sight.job.id))
            for place, rows in enumerate(sight.job.rows)
        ]
        return paged(request, found, asked, lambda one: extract_object(*one))


def base_of(request: Request) -> str:
    """The instance's own URL."""
    return f"{request.url.scheme}://{request.url.netloc}"


def started(request: Request, jobs: Iterable[Job]) -> list[dict[str, object]]:
    """Jobs as the answer to a request names them that has started them."""
    return [{"id": job.id, "url": f"{base_of(request)}/api/jobs/{job.id}/"} for job in jobs]


def paged(
    request: Request,
    found: Sequence[T],
    asked: Asked,
    written: Callable[[T], dict[str, object]],
    *,
    base: str | None = None,
) -> Response:
    """One page of ``found`` in the usual envelope; ``base`` is what its links begin with, where not as usual."""
    page, more = page_of(found, asked)
    url, query = f"{base or base_of(request)}{request.url.path}", request.query_params.multi_items()
    return JSONResponse(
        {
            "count": len(found),
            "next": page_url(url, query, asked.page + 1) if more else None,
            "previous": page_url(url, query, asked.page - 1) if asked.page > 1 else None,
            "results": [written(one) for one in page],
        }
    )

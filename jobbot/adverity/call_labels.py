"""Labels of calls for telemetry: the endpoint as a template without ids, and the status."""

import re

from jobbot.adverity.errors import AdverityError, Unreachable

JOBS, JOB, DATASTREAM = "/api/jobs/", "/api/jobs/{id}/", "/api/datastreams/{id}/"
DATASTREAMS, WORKSPACES, ISSUES, EXTRACTS = "/api/datastreams/", "/api/stacks/", "/api/errors/", "/api/extracts/"

_TEMPLATES = (
    (re.compile(r"/api/jobs/(\?.*)?"), JOBS),
    (re.compile(r"/api/jobs/\d+/imported/"), "/api/jobs/{id}/imported/"),
    (re.compile(r"/api/jobs/\d+/"), JOB),
    (re.compile(r"/api/jobs/\d+/stop/"), "/api/jobs/{id}/stop/"),
    (re.compile(r"/api/datastreams/\d+/"), DATASTREAM),
    (re.compile(r"/api/datastreams/\d+/fetch_fixed/"), "/api/datastreams/{id}/fetch_fixed/"),
    (re.compile(r"/api/datastreams/(\?.*)?"), DATASTREAMS),
    (re.compile(r"/api/stacks/(\?.*)?"), WORKSPACES),
    (re.compile(r"/api/v1/workspaces/(\?.*)?"), "/api/v1/workspaces/"),
    (re.compile(r"/api/errors/(\?.*)?"), ISSUES),
    (re.compile(r"/api/errors/\d+/retry/(\?.*)?"), "/api/errors/{id}/retry/"),
    (re.compile(r"/api/errors/\d+/ack/(\?.*)?"), "/api/errors/{id}/ack/"),
    (re.compile(r"/api/extracts/(\?.*)?"), EXTRACTS),
)


def endpoint_of(target: str, method: str = "GET") -> str:
    """The template that a target belongs to; "other" for a link that an instance made up.

    A PATCH goes to the path of a read, from which the method tells it.
    """
    found = next((template for pattern, template in _TEMPLATES if pattern.fullmatch(target)), "other")
    return f"PATCH {found}" if method == "PATCH" else found


def status_of(error: AdverityError | None) -> int | str:
    """The HTTP status, 200 where nothing went wrong; or why there is none."""
    if error is None:
        return 200
    if isinstance(error, Unreachable):
        return "no_answer" if error.maybe_received else "no_connection"
    return "unusable" if error.status is None or error.status < 300 else error.status

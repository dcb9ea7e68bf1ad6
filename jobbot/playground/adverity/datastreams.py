"""One datastream in the API: reading it, starting a fetch of it, switching its schedule on and off."""

from collections.abc import Callable
from datetime import date, time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jobbot.playground.adverity.around import Authorise, base_of, started
from jobbot.playground.adverity.body import accepted, read_object
from jobbot.playground.adverity.errors import invalid, not_found
from jobbot.playground.adverity.instance import Instance
from jobbot.playground.adverity.jobs import Datastream
from jobbot.playground.adverity.listing import instant
from jobbot.playground.adverity.wire import Quirks, datastream_object

PRIORITIES = ("high", "default", "low", "backdata")


class Datastreams:
    """The endpoints over one instance, which answers as ``quirks`` tell."""

    def __init__(self, instance: Instance, authorise: Authorise, quirks: Callable[[], Quirks]) -> None:
        self._instance = instance
        self._authorise = authorise
        self._quirks = quirks
        self.routes = [
            Route("/api/datastreams/{id:int}/", self._read, methods=["GET"]),
            Route("/api/datastreams/{id:int}/", self._change, methods=["PATCH"]),
            Route("/api/datastreams/{id:int}/fetch_fixed/", self._fetch, methods=["POST"]),
        ]

    async def _read(self, request: Request) -> Response:
        self._authorise(request, "datastreams")
        return JSONResponse(self._object(request, self.of(request)))

    async def _change(self, request: Request) -> Response:
        """The switch "Scheduling"; whatever stands beside it is dropped without a word."""
        self._authorise(request, "datastreams", write=True)
        stream, body = self.of(request), await read_object(request)
        if "enabled" in body:
            enabled = body["enabled"]
            if not isinstance(enabled, bool):
                raise invalid({"enabled": _missing(body, "enabled") or "Must be a valid boolean."})
            stream = self._instance.switch(stream.id, enabled=enabled)
        return accepted(self._quirks(), self._object(request, stream))

    async def _fetch(self, request: Request) -> Response:
        key = self._authorise(request, "datastreams", write=True)
        stream, body = self.of(request), await read_object(request)
        days, priority = _range_of(body), body.get("priority")
        jobs = [
            self._instance.fetch(
                stream.id, by=key.user, days=days, priority=priority if isinstance(priority, str) else None
            )
            for _ in range(self._quirks().jobs_a_fetch)
        ]
        said = {"start": body["start"], "end": body["end"], "jobs": started(request, jobs)}
        return accepted(self._quirks(), {"status": "ok", "message": "A fetch was scheduled.", **said})

    def of(self, request: Request) -> Datastream:
        """The datastream in the path. Raises Refused (404)."""
        stream = self._instance.datastreams.get(request.path_params["id"])
        if stream is None:
            raise not_found()
        return stream

    def _object(self, request: Request, stream: Datastream) -> dict[str, object]:
        return datastream_object(stream, self._instance.now(), base=base_of(request))


def _range_of(body: dict[str, object]) -> tuple[date, date]:
    """The days that are to be fetched. Raises Refused (400), also for fields that Django would ignore."""
    errors = dict.fromkeys(body.keys() - {"start", "end", "priority"}, "Unknown field.")
    days = {name: _day(body.get(name)) for name in ("start", "end")}
    for name, day in days.items():
        if day is None:
            errors[name] = _missing(body, name) or "Date has wrong format. Use YYYY-MM-DD."
    if "priority" in body and body["priority"] not in PRIORITIES:
        errors["priority"] = _missing(body, "priority") or f'"{body["priority"]}" is not a valid choice.'
    start, end = days["start"], days["end"]
    if start is not None and end is not None and end < start:
        errors["end"] = "Ends before it starts."
    if errors or start is None or end is None:
        raise invalid(errors)
    return start, end


def _missing(body: dict[str, object], name: str) -> str:
    if name not in body:
        return "This field is required."
    return "This field may not be null." if body[name] is None else ""


def _day(written: object) -> date | None:
    """A date, or the day of a time."""
    found = instant(written, time.min) if isinstance(written, str) else None
    return None if found is None else found.date()

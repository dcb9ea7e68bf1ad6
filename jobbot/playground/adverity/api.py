"""The instance's Management API: the documented paths over HTTP, strict about what it is asked.

Answers as Adverity's documentation has them; Django's manners where it has none: a GET without the slash at the end is
redirected, a POST without it is an error page, because its body would be lost.
"""

from dataclasses import replace

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from jobbot.playground.adverity.around import Around, base_of, paged
from jobbot.playground.adverity.body import accepted, read_object
from jobbot.playground.adverity.datastreams import Datastreams
from jobbot.playground.adverity.errors import Refused, invalid, not_found
from jobbot.playground.adverity.instance import Instance, NotStopped
from jobbot.playground.adverity.jobs import Sight
from jobbot.playground.adverity.keys import Key, KeyRing, Resource
from jobbot.playground.adverity.listing import choose, read_query
from jobbot.playground.adverity.timeline import Stage
from jobbot.playground.adverity.wire import Quirks, job_object

LOG_IN = "/api/auth/token/"
SLASH_MISSING = (
    "<!doctype html><html><head><title>RuntimeError at {path}</title></head><body><h1>RuntimeError</h1><p>You called "
    "this URL via POST, but the URL doesn't end in a slash, and the POST data would be lost.</p></body></html>"
)


class Api:
    """The endpoints over one instance. ``quirks`` may be replaced at any time."""

    def __init__(self, instance: Instance, keys: KeyRing, quirks: Quirks) -> None:
        self.quirks = quirks
        self._instance = instance
        self._keys = keys
        self._datastreams = Datastreams(instance, self._authorise, lambda: self.quirks)
        self._routes = [
            Route("/api/jobs/", self._list),
            Route("/api/jobs/{id:int}/", self._job),
            Route("/api/jobs/{id:int}/imported/", self._imported),
            Route("/api/jobs/{id:int}/stop/", self._stop, methods=["POST"]),
            Route("/api/datastreams/{id:int}/jobs/", self._list),
            *self._datastreams.routes,
            *Around(instance, self._authorise, lambda: self.quirks).routes,
            Route(LOG_IN, self._token, methods=["POST"]),
        ]

    def app(self) -> Starlette:
        """The endpoints as an ASGI application."""
        app = Starlette(routes=self._routes, exception_handlers={Refused: _refused, HTTPException: self._stray})
        app.router.redirect_slashes = False
        return app

    async def _list(self, request: Request) -> Response:
        """Jobs of the instance, or of the datastream in the path."""
        self._authorise(request, "jobs")
        streams = self._instance.datastreams
        asked = read_query(request.query_params.multi_items(), with_slash=self.quirks.datastream_id_with_slash)
        if "id" in request.path_params:
            asked = replace(asked, datastream=self._datastreams.of(request).id)
        found = choose(self._instance.listed(), streams, asked)
        return paged(request, found, asked, lambda sight: self._job_object(request, sight), base=self.quirks.next_host)

    async def _job(self, request: Request) -> Response:
        self._authorise(request, "jobs")
        return JSONResponse(self._job_object(request, self._sight(request)))

    async def _imported(self, request: Request) -> Response:
        self._authorise(request, "jobs")
        sight = self._sight(request)
        if sight.look.stage in {Stage.WAITING, Stage.OVER}:
            raise not_found()
        return JSONResponse(self.quirks.imported_body or self._job_object(request, sight))

    async def _stop(self, request: Request) -> Response:
        self._authorise(request, "jobs", write=True)
        number = self._sight(request).job.id
        try:
            self._instance.stop(number)
        except NotStopped as refusal:
            raise Refused(400, str(refusal)) from refusal
        return accepted(self.quirks, {"status": "ok", "message": f"Job {number} will be stopped."})

    async def _token(self, request: Request) -> Response:
        body = await read_object(request)
        missing = {name: "This field is required." for name in ("username", "password") if not body.get(name)}
        if missing:
            raise invalid(missing)
        return JSONResponse({"token": self._keys.log_in(str(body["username"]), str(body["password"])).secret})

    async def _stray(self, request: Request, error: Exception) -> Response:
        """What no route took: a path that only lacks its slash, or nothing at all."""
        if not isinstance(error, HTTPException):
            raise error
        if error.status_code == 405:
            return JSONResponse({"detail": f'Method "{request.method}" not allowed.'}, 405, dict(error.headers or {}))
        path = request.url.path
        if not any(route.path_regex.match(f"{path}/") for route in self._routes):
            return JSONResponse({"detail": "Not found."}, 404)
        if request.method == "GET":
            return RedirectResponse(request.url.replace(path=f"{path}/"), 301)
        return HTMLResponse(SLASH_MISSING.format(path=path), 500)

    def _authorise(self, request: Request, resource: Resource, *, write: bool = False) -> Key:
        authorization = request.headers.get("authorization")
        return self._keys.check(authorization, resource, write=write, wrong_word=self.quirks.wrong_word_status)

    def _sight(self, request: Request) -> Sight:
        sight = self._instance.sight(request.path_params["id"])
        if sight is None:
            raise not_found()
        return sight

    def _job_object(self, request: Request, sight: Sight) -> dict[str, object]:
        return job_object(sight, self._instance.datastreams, base=base_of(request), quirks=self.quirks)


async def _refused(_: Request, error: Exception) -> Response:
    if not isinstance(error, Refused):
        raise error
    return JSONResponse(error.body, error.status)

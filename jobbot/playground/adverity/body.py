"""Bodies of requests that change something, and the answers to those that were accepted."""

import json
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from jobbot.playground.adverity.errors import Refused
from jobbot.playground.adverity.wire import Quirks


async def read_object(request: Request) -> dict[str, object]:
    """The JSON object of a request, as Django reads it. Raises Refused (400 or 415)."""
    written = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0]
    if written and kind != "application/json":
        raise Refused(415, f'Unsupported media type "{kind}" in request.')
    try:
        body = json.loads(written or b"{}")
    except ValueError as error:
        raise Refused(400, "JSON parse error.") from error
    if not isinstance(body, dict):
        raise Refused(400, "A JSON object is required.")
    return body


def accepted(quirks: Quirks, said: Mapping[str, object]) -> Response:
    """The answer to a write that was accepted: what it says, or less, as instances differ in it."""
    match quirks.write_answer:
        case "json":
            return JSONResponse(dict(said))
        case "text":
            return PlainTextResponse("OK")
        case "nothing":
            return Response(status_code=204)

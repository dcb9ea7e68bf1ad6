"""Maps HTTP statuses and httpx exceptions to AdverityErrors. Pure.

Adverity documents ``{"detail": ..., "errors": {field: [...]}}`` for client errors and nothing for server errors. What
``httpx`` raises, and in which phase, is from its documentation (https://www.python-httpx.org/exceptions/).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from jobbot.adverity import wire
from jobbot.adverity.errors import (
    AdverityError,
    Busy,
    Forbidden,
    InvalidRequest,
    NotFound,
    Unauthorised,
    Unexpected,
    Unreachable,
)
from jobbot.adverity.lenient_json import read_json
from jobbot.http.connection_failure import connection_failure
from jobbot.http.retry_after import retry_after

_DETAIL, _FIELDS, _MESSAGE = 500, 20, 200
"""How much of Adverity's own words is kept: characters, fields, characters a field."""

_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer outside of 2xx: the parts that errors are made from. ``body`` may be empty or cut."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


def error_of(refusal: Refusal, now: datetime) -> AdverityError:
    """The error that an answer outside of 2xx means; ``now`` for a Retry-After that is a date."""
    status = refusal.status
    detail, errors = _own_words(refusal.body)
    match status:
        case 401:
            return Unauthorised(detail, status=status)
        case 403:
            return Forbidden(detail, status=status)
        case 404:
            return NotFound(detail, status=status)
        case 429 | 503:
            return Busy(detail, status=status, retry_after=retry_after(refusal.headers.get("retry-after"), now))
        case _ if 400 <= status < 500:
            return InvalidRequest(detail, status=status, errors=errors)
        case _ if 300 <= status < 400:
            return Unexpected(f"a redirect (status {status})", status=status)
        case _:
            return Unexpected(f"status {status}", status=status)


def _own_words(body: bytes) -> tuple[str, dict[str, tuple[str, ...]]]:
    """``detail`` and ``errors`` of a documented error body, bounded; nothing of any other body."""
    try:
        said = read_json(body)
    except ValueError:
        return "", {}
    if not isinstance(said, dict):
        return "", {}
    errors = said.get("errors")
    fields = list(errors.items())[:_FIELDS] if isinstance(errors, dict) else []
    return wire.text(said.get("detail"))[:_DETAIL], {
        name[:_MESSAGE]: tuple(text[:_MESSAGE] for text in _texts(value)) for name, value in fields
    }


def _texts(value: object) -> Iterator[str]:
    for entry in (value if isinstance(value, list) else [value])[:_FIELDS]:
        if text := wire.text(entry):
            yield text


def no_answer(error: Exception) -> Unreachable:
    """The error for an exchange that ended without an answer."""
    return Unreachable(_why(error), maybe_received=not isinstance(error, _NOTHING_SENT))


def _why(error: Exception) -> str:
    if (known := connection_failure(error)) is not None:
        return known
    match error:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return "no connection in time"
        case httpx.TimeoutException():
            return "no answer in time"
        case httpx.ConnectError() | httpx.ProxyError():
            return "no connection"
        case httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
            return "the request could not be sent"
        case _:
            return "the connection was cut"

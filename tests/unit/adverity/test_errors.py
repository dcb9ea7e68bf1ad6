"""Every error of the tree, from the answer or the failure that means it; and the key, which is in none of them."""

import logging
import socket
import ssl
import traceback

import httpx
import pytest
import respx

from jobbot.adverity import AdverityClient
from jobbot.adverity.error_mapping import no_answer
from jobbot.adverity.errors import (
    AdverityError,
    Busy,
    CutShort,
    Forbidden,
    InvalidRequest,
    NotFound,
    NotStoppable,
    Unauthorised,
    Unexpected,
    Unreachable,
)
from jobbot.adverity.query import JobQuery
from tests.support.each import each
from tests.unit.adverity.world import ACME, JOB, answer

_REDIRECT = {"location": "https://evil.test/"}


@pytest.mark.parametrize(
    ("status", "read", "stop"),
    [
        (301, Unexpected, Unexpected),
        (400, InvalidRequest, NotStoppable),
        (401, Unauthorised, Unauthorised),
        (403, Forbidden, Forbidden),
        (404, NotFound, NotFound),
        (409, InvalidRequest, NotStoppable),
        (429, Busy, Busy),
        (500, Unexpected, Unexpected),
        (502, Unexpected, Unexpected),
        (503, Busy, Busy),
    ],
)
async def test_statuses(
    client: AdverityClient,
    api: respx.MockRouter,
    status: int,
    read: type[AdverityError],
    stop: type[AdverityError],
) -> None:
    api.route().mock(return_value=httpx.Response(status, json={"detail": "Because."}, headers=_REDIRECT))

    with pytest.raises(AdverityError) as of_read:
        await client.list_jobs(JobQuery())
    with pytest.raises(AdverityError) as of_stop:
        await client.stop(JOB)

    assert (type(of_read.value), type(of_stop.value)) == (read, stop)
    assert of_read.value.status == of_stop.value.status == status
    assert of_read.value.detail == ("Because." if status in range(400, 500) or status == 503 else of_read.value.detail)
    # A list that is refused in vague words is asked for once more, without what only most instances understand.
    assert len(api.calls) == (3 if status == 400 else 2)


async def test_an_invalid_request_names_the_fields(client: AdverityClient, api: respx.MockRouter) -> None:
    api.get("/api/jobs/").mock(return_value=answer("error_invalid", 400))

    with pytest.raises(InvalidRequest, match="Invalid input") as caught:
        await client.list_jobs(JobQuery())

    assert caught.value.errors == {"start": ("Enter a valid date.",), "end": ("This field is required.",)}


async def test_a_job_that_cannot_be_stopped_comes_with_adveritys_own_words(
    client: AdverityClient, api: respx.MockRouter
) -> None:
    fields = {"detail": "Invalid.", "errors": {"job": ["It is loading.", None], "also": "this"}}
    api.post("/api/jobs/987/stop/").mock(
        side_effect=[answer("error_not_stoppable", 400), httpx.Response(400, json=fields)]
    )

    with pytest.raises(NotStoppable, match=r"^Only jobs in the fetch stage can be stopped\.$"):
        await client.stop(JOB)
    with pytest.raises(NotStoppable, match=r"^Invalid\. It is loading\.; this$"):
        await client.stop(JOB)


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b'{"detail": null, "errors": []}', b'{"detail": {"a": 1}}'])
async def test_a_refusal_without_words_is_still_that_refusal(
    client: AdverityClient, api: respx.MockRouter, body: bytes
) -> None:
    api.get("/api/jobs/").mock(return_value=httpx.Response(403, content=body))

    with pytest.raises(Forbidden) as caught:
        await client.list_jobs(JobQuery())
    assert caught.value.detail == ""


async def test_long_words_are_cut(client: AdverityClient, api: respx.MockRouter) -> None:
    errors = {f"field{n}": ["y" * 5000] * 50 for n in range(200)}
    api.get("/api/jobs/").mock(
        side_effect=[
            httpx.Response(409, json={"detail": "x" * 5000}),
            httpx.Response(409, json={"detail": "x", "errors": {name: errors[name] for name in list(errors)[:1]}}),
        ]
    )

    with pytest.raises(InvalidRequest) as of_detail:
        await client.list_jobs(JobQuery())
    with pytest.raises(InvalidRequest) as of_errors:
        await client.list_jobs(JobQuery())

    assert len(of_detail.value.detail) == 500
    assert of_errors.value.errors in ({}, {"field0": ("y" * 200,) * 20})


async def test_busy_says_for_how_long(client: AdverityClient, api: respx.MockRouter) -> None:
    api.get("/api/jobs/").mock(
        return_value=httpx.Response(503, text="<html>", headers={"retry-after": "Mon, 31 Oct 2022 10:42:09 GMT"})
    )

    with pytest.raises(Busy) as caught:
        await client.list_jobs(JobQuery())
    assert caught.value.retry_after == 4.0


def _caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def _refused_certificate() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("failure", "maybe_received", "why"),
    [
        (httpx.ConnectError("x"), False, "no connection"),
        (_caused(httpx.ConnectError("x"), ConnectionRefusedError()), False, "the connection was refused"),
        (_caused(httpx.ConnectError("x"), socket.gaierror()), False, "the host's name is not known"),
        (_caused(httpx.ConnectError("x"), _refused_certificate()), False, "TLS: self-signed certificate"),
        (_caused(httpx.ConnectError("x"), ssl.SSLError()), False, "TLS: the handshake failed"),
        (httpx.ConnectTimeout("x"), False, "no connection in time"),
        (httpx.PoolTimeout("x"), False, "no connection in time"),
        (httpx.ProxyError("x"), False, "no connection"),
        (httpx.LocalProtocolError("x"), False, "the request could not be sent"),
        (httpx.ReadTimeout("x"), True, "no answer in time"),
        (httpx.WriteTimeout("x"), True, "no answer in time"),
        (httpx.WriteError("x"), True, "the connection was cut"),
        (httpx.ReadError("x"), True, "the connection was cut"),
        (httpx.RemoteProtocolError("x"), True, "the connection was cut"),
        (ssl.SSLError(1, "alert"), True, "TLS: the handshake failed"),
    ],
)
async def test_failures_without_an_answer(
    client: AdverityClient, api: respx.MockRouter, failure: Exception, maybe_received: bool, why: str
) -> None:
    assert no_answer(failure).detail == why
    api.post("/api/jobs/987/stop/").mock(side_effect=failure)

    with pytest.raises(Unreachable) as caught:
        await client.stop(JOB)

    assert caught.value.maybe_received is maybe_received
    assert len(api.calls) == 1


@each(
    ("error", "transient"),
    [
        (Busy(), True),
        (Unreachable(), True),
        (CutShort(), True),
        (Unexpected(status=502), True),
        (Unexpected(status=200), False),
        (Unexpected(), False),
        (NotFound(), False),
        (InvalidRequest(), False),
    ],
)
def test_what_may_pass_by_itself(error: AdverityError, transient: bool) -> None:
    assert error.is_transient is transient


@each("key", ["", "a key", "key\n", "schlüssel", "key\x00"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValueError, match=r"^the key holds characters that no header can carry$"):
        AdverityClient(ACME, key)


async def test_the_key_is_nowhere_to_be_seen(
    client: AdverityClient, api: respx.MockRouter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = {"detail": "Token s3cret-key is wrong", "errors": {"s3cret-key": ["s3cret-key"]}}
    api.get("/api/jobs/").mock(side_effect=[httpx.Response(409, json=echo), httpx.ReadError("x")])
    shown = [repr(client), str(client), repr(client._send)]

    for _ in range(2):
        try:
            await client.list_jobs(JobQuery())
        except AdverityError as error:
            shown += [*traceback.format_exception(error), repr(error), str(vars(error))]

    assert "[key] is wrong" in "".join(shown)
    assert "s3cret-key" not in "".join([*shown, caplog.text])

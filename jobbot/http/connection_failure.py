"""Says in a few words why a host could not be reached: its name, the connection, TLS.

HTTP libraries wrap the cause in exceptions of their own and chain it (executed and seen with httpx and
aiohttp), so the chain is searched for what the standard library raised. Pure.
"""

import socket
import ssl
from collections.abc import Iterator
from itertools import islice

_CHAIN_MOST = 10
"""A chain of causes may be a circle."""


def connection_failure(error: BaseException) -> str | None:
    """The cause in words, like ``the host's name is not known``; None where the chain does not show it."""
    for cause in islice(_chain(error), _CHAIN_MOST):
        match cause:
            case ssl.SSLCertVerificationError():
                return f"TLS: {cause.verify_message}"
            case ssl.SSLError():
                return f"TLS: {getattr(cause, 'reason', None) or 'the handshake failed'}"
            case socket.gaierror():
                return "the host's name is not known"
            case ConnectionRefusedError():
                return "the connection was refused"
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__

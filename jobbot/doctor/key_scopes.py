"""Checks whether the key may write, from what Adverity says of the key itself: nothing is written to find it out.

``GET /api/v1/auth/keys/introspect/`` exists for keys that were made in Adverity's user interface (its release notes).
The shape of the answer is not published, and which scope goes with jobs is not either. So every ``resource:read`` and
``resource:write`` in it is taken for a scope, wherever it stands, and what has none says nothing.
"""

import asyncio
import re
from collections.abc import Iterator

from jobbot.adverity.client import AdverityClient
from jobbot.adverity.errors import AdverityError
from jobbot.config import Scheme
from jobbot.doctor.finding import Finding, ok, skipped, warn

SECONDS = 6.0
"""For the one call."""

_MAY, _SHOWN = "adverity permissions", 8
_SCOPE = re.compile(r"[a-z][a-z0-9_.-]{0,39}:(?:read|write)")
_UNTOLD = "not known whether it may write (stop, fetch, retry, pause)"


async def may_write(name: str, client: AdverityClient, scheme: Scheme) -> Finding:
    """What is known of it; ``name`` is the instance's, in the settings."""
    if scheme == "Token":
        why = "a key made with user credentials may do what that user may, and the first stop shows it"
        return skipped(_MAY, name, f"{_UNTOLD}: {why}")
    try:
        async with asyncio.timeout(SECONDS):
            scopes = sorted(set(scopes_in(await client.introspect())))
    except TimeoutError:
        return skipped(_MAY, name, f"{_UNTOLD}: Adverity did not tell within {SECONDS:g} s")
    except AdverityError as error:
        why = f"HTTP {error.status}" if error.status else type(error).__name__
        return skipped(_MAY, name, f"{_UNTOLD}: Adverity does not tell ({why})")
    if not scopes:
        return skipped(_MAY, name, f"{_UNTOLD}: Adverity's answer names no permissions that jobbot can read")
    writes = [scope for scope in scopes if scope.endswith(":write")]
    if writes:
        return ok(_MAY, name, f"may write, as Adverity says: {_listed(writes)}")
    says = f"may only read, as Adverity says: {_listed(scopes)}; stopping, fetching, retrying and pausing will fail"
    return warn(_MAY, name, says, "if jobbot shall do any of that, allow the key to write jobs and datastreams")


def scopes_in(found: object) -> Iterator[str]:
    """Every scope in an answer: in texts and lists of them, and ``"resource": "write"`` (or ``read-only``) as well."""
    match found:
        case str():
            yield from (word for word in re.split(r"[\s,]+", found) if _SCOPE.fullmatch(word))
        case list():
            for one in found:
                yield from scopes_in(one)
        case dict():
            for key, value in found.items():
                right = {"write": "write", "read": "read", "read-only": "read", "read only": "read"}
                word = f"{key}:{right.get(value.lower())}" if isinstance(value, str) else ""
                if _SCOPE.fullmatch(word):
                    yield word
                else:
                    yield from scopes_in(value)
        case _:
            return


def _listed(scopes: list[str]) -> str:
    more = f" and {len(scopes) - _SHOWN} more" if len(scopes) > _SHOWN else ""
    return ", ".join(scopes[:_SHOWN]) + more

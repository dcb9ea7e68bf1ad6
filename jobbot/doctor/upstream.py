"""Checks each Adverity instance: whether it answers, accepts the key, and what the key may do.

One call at a time, as Adverity asks, and reads alone: nothing is written to find out whether a key may write. Which
word belongs before a key depends on how it was made (Adverity's documentation): one that is refused is tried once with
the other word before anything is said of it.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from jobbot.adverity.client import AdverityClient
from jobbot.adverity.errors import AdverityError, Busy, Forbidden, NotFound, Unauthorised, Unexpected, Unreachable
from jobbot.adverity.model import JobList
from jobbot.adverity.query import JobQuery
from jobbot.config import InstanceSettings, Network, Scheme
from jobbot.doctor import around, key_scopes
from jobbot.doctor.finding import Finding, ok, skipped, warn, wrong

OTHER_SCHEME: dict[Scheme, Scheme] = {"Token": "Bearer", "Bearer": "Token"}

CONNECT, READ, DEADLINE = 4.0, 8.0, 9.0
"""Seconds for one call, as :class:`AdverityClient` has them."""

INSTANCE_SECONDS = 60.0
"""For all questions to one instance, which wait for one another."""

_REACH, _KEY, _MAY = "adverity", "adverity key", "adverity permissions"
_WHERE = 'ADVERITY_AUTH_SCHEME={0}, or scheme = "{0}" in the policy file'
_HOST = "see what a browser shows there; the host is the one you use Adverity on, like acme.datatap.adverity.com"


async def instance(
    name: str, settings: InstanceSettings, network: Network, clock: Callable[[], datetime]
) -> list[Finding]:
    """Check one instance; ``name`` is its name in the settings, ``clock`` this machine's, aware."""
    async with _client(settings, settings.scheme, network, clock) as client:
        answer = await _list(client)
        if isinstance(answer, JobList):
            return [
                _reached(name, settings),
                ok(_KEY, name, f"accepted, with the word {settings.scheme}"),
                around.clock(name, client.clock_ahead),
                ok(_MAY, name, f"may read jobs ({len(answer.jobs)} running or scheduled)"),
                await key_scopes.may_write(name, client, settings.scheme),
                *await around.reads(name, client, answer),
            ]
    if isinstance(answer, Unauthorised | Forbidden):
        return [_reached(name, settings), await _refused(name, settings, answer, network, clock)]
    return [_not_reached(name, settings, answer), skipped(_KEY, name, "not checked, see above")]


@asynccontextmanager
async def _client(
    settings: InstanceSettings, scheme: Scheme, network: Network, clock: Callable[[], datetime]
) -> AsyncIterator[AdverityClient]:
    client = AdverityClient(
        settings.url,
        settings.key.get_secret_value(),
        scheme=scheme,
        connect_timeout=CONNECT,
        read_timeout=READ,
        deadline=DEADLINE,
        proxy=network.proxy_for(settings.url),
        tls=network.tls,
        clock=clock,
    )
    try:
        yield client
    finally:
        await client.aclose()


async def _list(client: AdverityClient) -> JobList | AdverityError:
    """The jobs running and scheduled, or the error."""
    try:
        return await client.list_jobs(JobQuery())
    except AdverityError as error:
        return error


def _reached(name: str, settings: InstanceSettings) -> Finding:
    how = "over TLS" if settings.url.startswith("https:") else "unencrypted, on this machine"
    return ok(_REACH, name, f"{settings.url} answers, {how}")


def _not_reached(name: str, settings: InstanceSettings, error: AdverityError) -> Finding:
    match error:
        case Unreachable() if error.detail.startswith("TLS"):
            step = "check the host and port, and which certificates are trusted (jobbot help network)"
            return wrong(_REACH, name, f"{settings.url}: {error.detail}", step)
        case Unreachable():
            step = "check that this machine can reach it: DNS, proxy, firewall, allowed addresses (jobbot help network)"
            return wrong(_REACH, name, f"{settings.url}: {error.detail}", step)
        case Busy():
            return warn(_REACH, name, f"{settings.url} answers, but is busy (HTTP {error.status})", "try again later")
        case NotFound():
            says = f"{settings.url} answers, but has no jobs API (HTTP 404): another host, or a page in front of it"
            return wrong(_REACH, name, says, _HOST)
        case Unexpected() if error.is_transient:
            step = "try again later; if it stays like this, check what is in front of it"
            return wrong(_REACH, name, f"{settings.url} has an error of its own (HTTP {error.status})", step)
        case _:
            # Not its own words: this is printed, and anybody may have answered.
            status = f" (HTTP {error.status})" if error.status else ""
            what = f"but not with a list of jobs{status}: a login page, or a host other than Adverity's"
            return wrong(_REACH, name, f"{settings.url} answers, {what}", _HOST)


async def _refused(
    name: str, settings: InstanceSettings, error: AdverityError, network: Network, clock: Callable[[], datetime]
) -> Finding:
    """The finding for a refused key, after trying it with the other authorisation word."""
    word, other = settings.scheme, OTHER_SCHEME[settings.scheme]
    async with _client(settings, other, network, clock) as client:
        answer = await _list(client)
    if isinstance(answer, JobList):
        says = f"refused with the word {word} (HTTP {error.status}), but accepted with {other}"
        return wrong(_KEY, name, says, _WHERE.format(other))
    if isinstance(answer, Forbidden) and isinstance(error, Unauthorised):
        says = f"not known with the word {word}; known with {other}, but not allowed to read jobs"
        return wrong(_KEY, name, says, f"{_WHERE.format(other)}; and allow the key to read jobs, in Adverity")
    if isinstance(error, Forbidden):
        says = f"known, but not allowed to read jobs (HTTP {error.status}; the word {other} does not help)"
        return wrong(_KEY, name, says, "allow the key to read and write jobs, in Adverity")
    says = f"refused (HTTP {error.status}), both with the word {word} and with {other}"
    return wrong(_KEY, name, says, "make a new key in Adverity: this one is mistyped, revoked or another instance's")

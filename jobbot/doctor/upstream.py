"""Adverity, instance by instance: whether it answers, whether it takes the key, what the key may do.

One call at a time, as Adverity asks, and reads alone: whether a key may stop jobs could only be found out by stopping
one. Which word belongs before a key depends on how it was made (Adverity's documentation): one that is refused is tried
once with the other word before anything is said of it.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from jobbot.adverity.client import AdverityClient
from jobbot.adverity.errors import AdverityError, Busy, Forbidden, NotFound, Unauthorised, Unexpected, Unreachable
from jobbot.adverity.model import JobList
from jobbot.adverity.query import JobQuery
from jobbot.config import InstanceSettings, Network, Scheme
from jobbot.doctor import around
from jobbot.doctor.finding import Finding, ok, skipped, warn, wrong

OTHER: dict[Scheme, Scheme] = {"Token": "Bearer", "Bearer": "Token"}

CONNECT, READ, DEADLINE = 4.0, 8.0, 9.0
"""Seconds for one call, as :class:`AdverityClient` has them."""

SECONDS = 60.0
"""For all questions to one instance, which wait for one another."""

_REACH, _KEY, _MAY = "adverity", "adverity key", "adverity permissions"
_WHERE = 'ADVERITY_AUTH_SCHEME={0}, or scheme = "{0}" in the policy file'
_HOST = "see what a browser shows there; the host is that of your Adverity alone, like acme.datatap.adverity.com"


async def instance(
    name: str, settings: InstanceSettings, network: Network, clock: Callable[[], datetime]
) -> list[Finding]:
    """Everything about one instance; ``name`` as the settings have it, ``clock`` this machine's, aware."""
    async with _client(settings, settings.scheme, network, clock) as client:
        answer = await _list(client)
        if isinstance(answer, JobList):
            unseen = "whether it may stop jobs is not tried: that shows with the first stop"
            return [
                _reached(name, settings),
                ok(_KEY, name, f"taken, with the word {settings.scheme}"),
                around.clock(name, client.clock_ahead),
                ok(_MAY, name, f"reads jobs ({len(answer.jobs)} going on); {unseen}"),
                *await around.reads(name, client, answer),
            ]
    if isinstance(answer, Unauthorised | Forbidden):
        return [_reached(name, settings), await _refused(name, settings, answer, network, clock)]
    return [_not_reached(name, settings, answer), skipped(_KEY, name, "not tried, see above")]


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
    """What is running and scheduled, or why it is not told."""
    try:
        return await client.list_jobs(JobQuery())
    except AdverityError as error:
        return error


def _reached(name: str, settings: InstanceSettings) -> Finding:
    how = "over TLS" if settings.url.startswith("https:") else "in the open, on this machine"
    return ok(_REACH, name, f"{settings.url} answers, {how}")


def _not_reached(name: str, settings: InstanceSettings, error: AdverityError) -> Finding:
    match error:
        case Unreachable() if error.detail.startswith("TLS"):
            step = "see whether host and port are right, and whose certificates are believed (jobbot help network)"
            return wrong(_REACH, name, f"{settings.url}: {error.detail}", step)
        case Unreachable():
            step = (
                "see whether this machine can reach it: DNS, proxy, firewall, allowed addresses (jobbot help network)"
            )
            return wrong(_REACH, name, f"{settings.url}: {error.detail}", step)
        case Busy():
            return warn(_REACH, name, f"{settings.url} answers, and is busy (status {error.status})", "try again later")
        case NotFound():
            says = f"{settings.url} answers, and has no jobs API (status 404): another host, or a page in front of it"
            return wrong(_REACH, name, says, _HOST)
        case Unexpected() if error.is_transient:
            step = "try again later; if it stays so, see what stands in front of it"
            return wrong(_REACH, name, f"{settings.url} answers, and is broken right now (status {error.status})", step)
        case _:
            # Not its own words: this is printed, and what answers may be anybody.
            status = f" (status {error.status})" if error.status else ""
            what = f"something that is no list of jobs{status}: a login page, or another host than the jobs API"
            return wrong(_REACH, name, f"{settings.url} answers with {what}", _HOST)


async def _refused(
    name: str, settings: InstanceSettings, error: AdverityError, network: Network, clock: Callable[[], datetime]
) -> Finding:
    """The key with the other word: what is known of it then."""
    word, other = settings.scheme, OTHER[settings.scheme]
    async with _client(settings, other, network, clock) as client:
        answer = await _list(client)
    if isinstance(answer, JobList):
        says = f"refused with the word {word} (status {error.status}), and taken with {other}"
        return wrong(_KEY, name, says, _WHERE.format(other))
    if isinstance(answer, Forbidden) and isinstance(error, Unauthorised):
        says = f"not known with the word {word}; known with {other}, but it may not read jobs"
        return wrong(_KEY, name, says, f"{_WHERE.format(other)}; and let the key read jobs, in Adverity")
    if isinstance(error, Forbidden):
        says = f"known, but it may not read jobs (status {error.status}; the word {other} does not help)"
        return wrong(_KEY, name, says, "let the key read and write jobs, in Adverity")
    says = f"refused (status {error.status}), with the word {word} and with {other} as well"
    return wrong(_KEY, name, says, "make a new key in Adverity: this one is mistyped, revoked or of another instance")

"""The reads that answers can do without: what stands around a job. Shared and kept like all others, and left alone
where the instance refused them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import TypeVar

from jobbot.adverity.breaker import Breaker
from jobbot.adverity.client import AdverityClient
from jobbot.adverity.closed_paths import ClosedPaths
from jobbot.adverity.errors import AdverityError, OptionalRead
from jobbot.adverity.model import Datastream, DatastreamId, Extract, Issue, JobId, Workspace
from jobbot.adverity.observed import DATASTREAM, DATASTREAMS, EXTRACTS, ISSUES, WORKSPACES
from jobbot.adverity.paging import Entries
from jobbot.adverity.shared import Call, SharedReads, Spared
from jobbot.telemetry.known import Cache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_HOUR, _MINUTES = timedelta(hours=1), timedelta(minutes=3)


class OptionalReads:
    """One :class:`SharedReads` a kind. ``client`` makes the client whose requests wait their turn for a call.

    While ``breaker`` is open nothing is asked. ``spared`` makes the listener of an endpoint.
    """

    def __init__(
        self,
        client: Callable[[Call], AdverityClient],
        breaker: Breaker,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        spared: Callable[[str], Spared],
    ) -> None:
        closed = ClosedPaths(monotonic)

        def reads(
            kind: OptionalRead, endpoint: str, ask: Callable[[AdverityClient, K], Awaitable[V]], max_age: timedelta
        ) -> SharedReads[K, V]:
            told = spared(endpoint)

            async def read(key: K, call: Call) -> V:
                if (failure := closed.failure(kind, key)) is not None:
                    told(Cache.HIT, failure)
                    raise failure
                breaker.refuse_while_open()
                try:
                    return await ask(client(call), key)
                except AdverityError as error:
                    raise closed.learn(kind, key, error) from error

            return SharedReads(
                read, clock=clock, monotonic=monotonic, max_age=max_age.total_seconds(), size=2048, spared=told
            )

        self.datastream: SharedReads[DatastreamId, Datastream] = reads(
            OptionalRead.DATASTREAM, DATASTREAM, AdverityClient.datastream, _HOUR
        )
        self.datastreams: SharedReads[None, Entries[Datastream]] = reads(
            OptionalRead.DATASTREAMS, DATASTREAMS, lambda asked, _: asked.datastreams(), _HOUR
        )
        self.workspaces: SharedReads[None, Entries[Workspace]] = reads(
            OptionalRead.WORKSPACES, WORKSPACES, lambda asked, _: asked.workspaces(), _HOUR
        )
        self.issues: SharedReads[DatastreamId | None, Entries[Issue]] = reads(
            OptionalRead.ISSUES, ISSUES, AdverityClient.issues, _MINUTES
        )
        self.extracts: SharedReads[JobId, Entries[Extract]] = reads(
            OptionalRead.EXTRACTS, EXTRACTS, AdverityClient.extracts, _MINUTES
        )

    async def aclose(self) -> None:
        """End all calls."""
        await asyncio.gather(
            self.datastream.aclose(),
            self.datastreams.aclose(),
            self.workspaces.aclose(),
            self.issues.aclose(),
            self.extracts.aclose(),
        )

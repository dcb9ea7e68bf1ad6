"""In which workspaces the jobs of a round are, and which channel sees them."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from jobbot.access.workspaces import Reach, within
from jobbot.adverity.model import DatastreamId, Job, Workspace
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.intents.model import Sign
from jobbot.store.following.model import Alert, Interest


@dataclass(frozen=True, slots=True)
class Sight:
    """By datastream its workspace, by channel what it sees (nothing said: everything), and the workspaces there are.

    ``passing``: more of the workspaces may become known when Adverity is asked again.
    """

    places: Mapping[DatastreamId, int] = field(default_factory=dict)
    reaches: Mapping[str, Reach | None] = field(default_factory=dict)
    known: tuple[Workspace, ...] = ()
    passing: bool = False

    def place(self, job: Job | None) -> int | None:
        """The number of a job's workspace, as far as it is known."""
        if job is None or job.datastream is None:
            return None
        said = job.datastream.workspace
        return self.places.get(job.datastream.id, None if said is None else int(said.id))

    def sees(self, channel: str, workspace: int | None) -> bool:
        """Whether a channel sees a workspace."""
        reach = self.reaches.get(channel)
        return reach is None or reach.sees(workspace)

    def is_for(self, alert: Alert, job: Job) -> bool:
        """Whether the channel sees the job, and the job is in the alert's workspace, where it has one."""
        place = self.place(job)
        if alert.workspace is not None and place not in within({alert.workspace}, self.known):
            return False
        return self.sees(alert.channel_id, place)

    def may_be_for(self, alert: Alert, job: Job) -> bool:
        """Whether that is not known yet: the job's workspace is not, or which ones lie in the channel's or alert's."""
        reach, place = self.reaches.get(alert.channel_id), self.place(job)
        if job.datastream is None or (reach is None and alert.workspace is None):
            return False
        if place is None:
            return True
        if alert.workspace is not None and place not in within({alert.workspace}, self.known):
            return self.passing
        return reach is not None and not reach.sees(place) and reach.passing


UNBOUND = Sight()
"""Where no channel is bound to workspaces."""


class Sights(Protocol):
    """Finds out what a round needs of it."""

    async def of(self, instance: Instance, channels: Collection[str], jobs: Iterable[Job], *, alerts: bool) -> Sight:
        """For jobs that these channels may be told of; ``alerts``: whether one is narrowed to a workspace."""
        ...


async def sight_of(
    sights: Sights, instance: Instance, interest: Interest, going: Iterable[Job], over: Iterable[Job]
) -> Sight:
    """Of the jobs that anybody may be told of in a round: the followed ones, and with alerts all that ended or may be
    late."""
    running, ended = list(going), list(over)
    jobs = [job for job in (*running, *ended) if job.id in interest.jobs] + (ended if interest.alerts else [])
    jobs += running if interest.tells_of(Sign.LATE) else []
    channels = {one.channel_id for one in interest.watches} | {one.channel_id for one in interest.cards}
    channels |= {one.channel_id for one in interest.alerts}
    alerts = any(one.workspace is not None for one in interest.alerts)
    return await sights.of(instance, channels, jobs, alerts=alerts)


class Unbound:
    """Where no channel is bound to workspaces: only what the jobs say themselves."""

    async def of(self, instance: Instance, channels: Collection[str], jobs: Iterable[Job], *, alerts: bool) -> Sight:
        """See :class:`Sights`."""
        return UNBOUND


class BoundChannels:
    """What the policy's channels see. Nothing is asked where none of those that may be told is bound."""

    def __init__(self, reach: Callable[[str, Instance], Awaitable[Reach | None]], catalogue: Catalogue) -> None:
        self._reach = reach
        self._catalogue = catalogue

    async def of(self, instance: Instance, channels: Collection[str], jobs: Iterable[Job], *, alerts: bool) -> Sight:
        """See :class:`Sights`."""
        wanted = {job.id: job for job in jobs}
        instance = instance.for_answer()  # a round waits no longer for all of it than an answer
        reaches = {channel: await self._reach(channel, instance) for channel in sorted(channels)} if wanted else {}
        if not alerts and not any(reach is not None for reach in reaches.values()):
            return UNBOUND
        places = await self._catalogue.places(instance, (job.datastream for job in wanted.values()))
        known = await self._catalogue.workspaces(instance) if alerts else None
        return Sight(places, reaches, known.all if known else (), known is not None and known.passing)

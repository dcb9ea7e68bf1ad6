"""What the alerts of one round know, and whom they ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jobbot.adverity.model import Job
from jobbot.flows.following.alerts.hits import Watchers
from jobbot.flows.following.alerts.messages import AlertMessages
from jobbot.flows.following.poll_state import PollState
from jobbot.flows.following.reconcile import Learned
from jobbot.flows.following.sights import Sight
from jobbot.flows.following.usergroups import UserGroups
from jobbot.flows.instances import Instance
from jobbot.logs import get_logger
from jobbot.store.following.model import Interest
from jobbot.store.following.poll_rounds import PollRounds

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertContext:
    """``sight`` says which channel sees which job, ``watchers`` who waits for one that is over, ``usergroups`` which
    groups there are. ``state`` is the poller's at the round's beginning; ``now`` is on our clock."""

    rounds: PollRounds
    usergroups: UserGroups
    instance: Instance
    interest: Interest
    learned: Learned
    state: PollState
    now: datetime
    sight: Sight
    watchers: Watchers

    async def calls(self, jobs: Sequence[Job]) -> Mapping[str, str]:
        """The user groups that alerts mention and that there are, by id their names; none where no job is told."""
        asked = {one.usergroup: one.usergroup_name for one in self.interest.alerts if one.usergroup}
        return await self.usergroups.known(asked) if asked and jobs else {}


@dataclass(frozen=True, slots=True)
class AlertsTold:
    """The messages, the jobs that the alerts have dealt with, and the state that follows.

    ``succeeded`` and ``woken`` as for RoundResult.
    """

    messages: AlertMessages
    state: PollState
    endings: tuple[int, ...] = ()
    succeeded: Mapping[int, tuple[int, datetime]] = field(default_factory=dict)
    woken: tuple[tuple[str, int, datetime], ...] = ()


def stream_of(job: Job) -> int | None:
    """The number of its datastream, where it says one."""
    return None if job.datastream is None else int(job.datastream.id)


def say_given_up(instance: Instance, jobs: Sequence[int]) -> None:
    """Log that nobody is told of these jobs."""
    if jobs:
        log.warning("workspace not known, alerts not told", instance=instance.name, jobs=jobs)

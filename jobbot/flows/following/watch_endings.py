"""What those who wait for a job are told when it has ended: one message a job and a place, for all of them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from jobbot.access.policy import Need
from jobbot.adverity.model import Job
from jobbot.flows.following.poll_state import PollState
from jobbot.flows.following.sights import Sight
from jobbot.render import watching as words
from jobbot.render.blockkit.blocks import dump_message
from jobbot.store.following.model import Notification, Watch, workspaces_of

_UNBOUND = Sight()


@dataclass(frozen=True, slots=True)
class Ended:
    """The messages, and by watch why it is over and which message says so."""

    notifications: list[Notification] = field(default_factory=list)
    watches: dict[str, tuple[str, str | None]] = field(default_factory=dict)


def tell_watchers(
    watches: Sequence[Watch],
    over: Mapping[int, Job | None],
    *,
    instance: str,
    seen: PollState,
    now: datetime,
    sight: Sight = _UNBOUND,
) -> Ended:
    """``over`` are the jobs that have ended; None for one that Adverity does not know any more."""
    places: dict[tuple[int, str, str | None], list[Watch]] = {}
    for one in watches:
        if one.job in over:
            places.setdefault((one.job, one.channel_id, one.thread_ts), []).append(one)
    told = Ended()
    for (number, channel, thread), waiting in places.items():
        job = over[number]
        first = min(waiting, key=lambda one: one.created_at)
        users = [one.user_id for one in waiting]
        if job is None:
            message = words.vanished(first.name, instance, users, now=now)
        else:
            away = seen.was_away(job.end, first.created_at)
            message = words.ended(first.name, job, instance, users, now=now, away=away)
        notification = Notification(
            id=uuid4().hex,
            key=f"watch:{first.id}",
            need=Need.WATCH,
            instance=instance,
            channel_id=channel,
            thread_ts=thread,
            message=dump_message(message),
            workspaces=workspaces_of([first.workspace]) if job is None else sight.workspaces(job),
        )
        told.notifications.append(notification)
        reason = (job.state_label or "over") if job is not None else "not found"
        told.watches.update({one.id: (reason, notification.id) for one in waiting})
    return told

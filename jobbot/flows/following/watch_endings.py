"""Ends the watches of jobs that are over: one message a job and place, mentioning everybody who waits there. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from jobbot.access.policy import Need
from jobbot.adverity.around import Around
from jobbot.adverity.model import Job
from jobbot.flows.following.poll_state import PollState
from jobbot.flows.following.sights import UNBOUND, Sight
from jobbot.render import watching as words
from jobbot.render.blockkit.blocks import dump_message
from jobbot.render.offered import fetched_days, subjects_of
from jobbot.store.following.model import Notification, Watch, workspaces_of


@dataclass(frozen=True, slots=True)
class Ended:
    """The messages, and by watch id the reason it ended with and the notification that says so."""

    notifications: list[Notification] = field(default_factory=list)
    watches: dict[str, tuple[str, str | None]] = field(default_factory=dict)


def watchers_of(watches: Sequence[Watch], over: Collection[int]) -> dict[tuple[str, int], list[str]]:
    """Who waits in a channel and its threads for one of these jobs, by (channel, job)."""
    found: dict[tuple[str, int], list[str]] = {}
    for one in watches:
        if one.job in over:
            found.setdefault((one.channel_id, one.job), []).append(one.user_id)
    return found


def watches_seen(watches: Sequence[Watch], over: Mapping[int, Job | None], sight: Sight) -> list[tuple[str, int]]:
    """The watches of these jobs in channels that see the job, as (channel, job)."""
    return [
        (one.channel_id, one.job)
        for one in watches
        if one.job in over and sight.sees(one.channel_id, sight.place(over[one.job]) or one.workspace)
    ]


def end_watches(
    watches: Sequence[Watch],
    over: Mapping[int, Job | None],
    *,
    instance: str,
    state: PollState,
    now: datetime,
    around: Mapping[int, Around] | None = None,
    sight: Sight = UNBOUND,
    mentioning: Mapping[tuple[str, int], str] | None = None,
) -> Ended:
    """End the watches of the jobs in ``over``; a job is None where Adverity does not know it any more.

    ``mentioning`` are the alerts of this round that mention who watches, by (channel, job): what a watch itself would
    say is told only where that one is given up.
    """
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
            found = (around or {}).get(number, Around())
            away = state.was_away(job.end, first.created_at)
            message = words.ended(first.name, job, instance, users, now=now, away=away, around=found)
        notification = Notification(
            id=uuid4().hex,
            key=f"watch:{first.id}",
            need=Need.WATCH,
            instance=instance,
            channel_id=channel,
            thread_ts=thread,
            unless=(mentioning or {}).get((channel, number)),
            message=dump_message(message),
            offers=subjects_of(message, None if job is None else fetched_days(job)),
            # Where nobody can place the job just now, it is where it was when somebody was promised to hear of it.
            workspaces=workspaces_of([sight.place(job) or first.workspace]),
        )
        told.notifications.append(notification)
        reason = (job.state_label or "over") if job is not None else "not found"
        told.watches.update({one.id: (reason, notification.id) for one in waiting})
    return told

"""What a round has seen, as events for the timeline: of jobs that were told, of outages, of absences. Pure.

They are made where it is decided what channels are told, and written in the same transaction: so the timeline knows
what the channels were told, and when.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from jobbot.adverity.model import Job
from jobbot.flows.following.matters import Hit
from jobbot.flows.following.poll_state import Outage, PollState
from jobbot.flows.following.sights import Sight
from jobbot.render.alert_entry import EMPTY, LATE
from jobbot.render.blockkit.text import to_words, undated
from jobbot.store.events import Event, Seen
from jobbot.store.following.model import Interest, Notification, Watch

_WHAT = {LATE: Seen.LATE, EMPTY: Seen.EMPTY}


def of_hit(hit: Hit, instance: str, channel: str, *, fixed: bool, notification: str | None) -> Event:
    """What an alert tells of a job. ``fixed``: it ended a matter. Its time is Adverity's, see :func:`on_our_clock`."""
    one = hit.entry
    what = Seen.GONE if hit.gone else Seen.RECOVERED if fixed else _WHAT.get(one.state, one.state)
    return Event(
        key=f"{what}:{one.job}",
        instance=instance,
        at=one.when,
        what=what,
        name="" if one.name in (f"Datastream {one.stream}", f"Job {one.job}") else one.name,
        said=to_words(undated(one.brought.replace("*", "") if what is Seen.LATE else one.said)),
        job=one.job,
        datastream=one.stream,
        workspace=one.workspace,
        channel_id=channel,
        notification=notification,
    )


def on_our_clock(events: Iterable[Event], state: PollState) -> tuple[Event, ...]:
    """With their times on our clock."""
    return tuple(replace(one, at=one.at - state.ahead) for one in events)


def of_watches(
    watches: Iterable[Watch],
    over: Mapping[int, Job | None],
    ended: Mapping[str, tuple[str, str | None]],
    *,
    state: PollState,
    now: datetime,
    sight: Sight,
) -> list[Event]:
    """How watched jobs have ended. ``ended`` is by watch why, and the message that says so."""
    found: dict[str, Event] = {}
    for one in watches:
        if one.id not in ended:
            continue
        job, (why, notification) = over.get(one.job), ended[one.id]
        what = Seen.GONE if job is None else why
        event = Event(
            key=f"{what}:{one.job}",
            instance=one.instance,
            at=(state.ours(job.end) if job is not None else None) or now,
            what=what,
            name=job.datastream.name or "" if job is not None and job.datastream is not None else "",
            job=one.job,
            datastream=int(job.datastream.id) if job is not None and job.datastream is not None else None,
            workspace=sight.place(job) or one.workspace,
            channel_id=one.channel_id,
            notification=notification,
        )
        found.setdefault(f"{event.key}:{event.channel_id}", event)
    return list(found.values())


def of_outage(what: Seen, outage: Outage, at: datetime, told: Sequence[Notification]) -> tuple[Event, ...]:
    """An outage of which channels are told in this round that it began, or is over. ``at`` is on our clock."""
    return tuple(
        Event(
            key=f"{what}:{int(outage.since.timestamp())}",
            instance=one.instance,
            at=at,
            what=what,
            said=outage.why,
            channel_id=one.channel_id,
            notification=one.id,
        )
        for one in told
    )


def of_absence(before: PollState, after: PollState, interest: Interest, instance: str) -> tuple[Event, ...]:
    """A time in which nobody looked though somebody followed a job, where this round is the first one behind it."""
    if after.gone_at is None or after.resumed_at is None or after.gone_at == before.gone_at:
        return ()
    followed = [*(one.since for one in interest.alerts), *(one.created_at for one in interest.watches)]
    if not any(since <= after.gone_at for since in followed):
        return ()
    of = int(after.gone_at.timestamp())
    return (
        Event(key=f"{Seen.AWAY}:{of}", instance=instance, at=after.gone_at, what=Seen.AWAY),
        Event(key=f"{Seen.BACK}:{of}", instance=instance, at=after.resumed_at, what=Seen.BACK),
    )

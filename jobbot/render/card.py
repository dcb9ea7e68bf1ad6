"""Renders a job's card: its state, times, issues, links into Adverity, and buttons."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobbot.access.policy import Need
from jobbot.adverity.around import NOTHING, Around, Brought, NotKnown, Off, Waiting
from jobbot.adverity.model import Job, State
from jobbot.adverity.usual_duration import Usual
from jobbot.intents.button import encode
from jobbot.intents.model import Last, ListJobs, ResumeSchedule, ShowJob
from jobbot.render.around import (
    FAR,
    brought_in_words,
    days_in_words,
    is_far,
    next_fetch_value,
    off_in_words,
    streak_in_words,
    usual_in_words,
    why_in_words,
)
from jobbot.render.asked import Asker, by
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Block, Message
from jobbot.render.blockkit.marks import mark_of
from jobbot.render.blockkit.parts import Part
from jobbot.render.blockkit.text import clock, duration, escape, fit_bytes, foreign, link, moment, plural
from jobbot.render.earlier_stops import DoneAbout, EarlierStop, StopResult, about_line, stop_lines
from jobbot.render.frozen import Frozen, frozen_part, unfreeze_buttons
from jobbot.render.jobs import (
    Names,
    datastream_in_words,
    issue_quotes,
    may_be_stopped,
    name_in_words,
    progress_bar,
    state_in_words,
    time_left,
    times_in_words,
)
from jobbot.render.offered import about_over

_ALL_RUNS = timedelta(days=7)
_NUMBERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A job as it was read at ``as_of``. ``stop``: the newest stop of it that was begun, None for none known; ``done``
    the newest of what was done about it once it was over; ``frozen`` the freeze of its instance that is on."""

    job: Job
    instance: str
    as_of: datetime
    names: Names
    around: Around = NOTHING
    stop: EarlierStop | None = None
    done: DoneAbout | None = None
    frozen: Frozen | None = None


def render_card(
    card: Card,
    *,
    now: datetime,
    asker: Asker,
    offers: Collection[Need],
    offer_share: bool,
    watchers: Sequence[str] = (),
    note: str = "",
) -> Message:
    """The message. ``offers``: what it may have buttons for in this channel; Stop and Watch are for a job that is
    going on.

    ``watchers`` are the ids of those who wait for it here; ``note`` is a line about the card itself.
    """
    return parts.compose(
        [
            *_seen(card, now, watchers, note),
            parts.small(escape(card.instance), f"as of {clock(card.as_of)}", by(asker)),
            parts.controls(_buttons(card, watchers, offers, share=offer_share)),
        ]
    )


def render_card_below(
    head: Message, card: Card, *, now: datetime, watchers: Sequence[str] = (), note: str = ""
) -> Message:
    """The card of a job that an act has started, below what was told of the act; it is kept up to date, so its buttons
    are the one that shows the job by itself and, once that is over, what can be done about it."""
    below = parts.compose(
        [
            *_seen(card, now, watchers, note),
            parts.small(f"as of {clock(card.as_of)}"),
            parts.controls([buttons.show(card.job.id, card.instance), *_about_over(card, frozenset(Need))]),
        ]
    )
    return Message(text=fit_bytes([head.text, below.text]), blocks=[*head.blocks, *below.blocks])


def what_people_see(card: Card, *, now: datetime, watchers: Sequence[str] = (), note: str = "") -> list[str]:
    """The lines of a card: where none of them changes, nobody needs a new one."""
    return [line for part in _seen(card, now, watchers, note) for line in part.lines]


def _buttons(card: Card, watchers: Sequence[str], offers: Collection[Need], *, share: bool) -> list[Block]:
    job, instance = card.job, card.instance
    row = []
    if Need.WATCH in offers and job.is_going_on:
        row.append(buttons.watch(job.id, instance, watching=len(set(watchers))))
    if watchers and job.is_going_on:
        row.append(buttons.unwatch(job.id, instance))
    row.append(buttons.refresh_job(job.id, instance))
    if (job.is_over or job.end is not None) and job.datastream is not None:
        runs = ListJobs(datastream=job.datastream.id, range=Last(_ALL_RUNS), instance=instance)
        row.append(buttons.go_on("All runs", runs, label=f"All runs of datastream {job.datastream.id} in 7 days"))
    is_being_stopped = card.stop is not None and card.stop.result is StopResult.UNDER_WAY
    if Need.STOP in offers and may_be_stopped(job) and not is_being_stopped:
        row.append(buttons.stop(job.id, instance, meant=True))
    if Need.PAUSE in offers and job.datastream is not None and isinstance(card.around.next_fetch, Off):
        row.append(buttons.act(ResumeSchedule(datastream=job.datastream.id, instance=instance)))
    row.extend(_about_over(card, offers))
    if Need.STOP in offers:
        row += unfreeze_buttons(card.frozen)
    if share:
        row.append(buttons.share(encode(ShowJob(job=job.id, instance=instance))))
    return row


def _about_over(card: Card, offers: Collection[Need]) -> list[Block]:
    """What can be done about a job that is over, unless it was done already."""
    done = card.done
    if done is not None and done.kind == "fetch":
        return []
    return about_over(card.job, card.around.issues if done is None else None, card.instance, offers)


def _seen(card: Card, now: datetime, watchers: Sequence[str], note: str) -> Iterator[Part]:
    job, around = card.job, card.around
    state = job.state.value if job.state is not None else job.state_label.strip() or state_in_words(job)
    spoken = f"*Job {job.id}: {state_in_words(job)}* – {datastream_in_words(job, card.names)}"
    mark = mark_of(job.state, unusual=is_far(job, around, now))
    yield parts.title(f"{name_in_words(job, card.names)}: {state}", mark, spoken=spoken)
    yield frozen_part(card.frozen, unfreeze=False)
    if issues := issue_quotes(job, around, card.names):
        yield parts.lines(issues)
    stopped = stop_lines(card.stop, job) if card.stop is not None else []
    done = about_line(card.done) if card.done is not None else ""
    if telling := [line for line in (_progress(job, around, now), *stopped, done) if line]:
        yield parts.lines(telling)
    yield parts.facts(_facts(card, now, watchers))
    if note:
        yield parts.text(note)
    if around.usual is not None and not isinstance(around.usual, Usual):
        yield parts.small(usual_in_words(around.usual))


def _progress(job: Job, around: Around, now: datetime) -> str:
    """The one line that tells how it is going: bar, percent, time against usual; how often it failed in a row."""
    usual = usual_in_words(around.usual) if isinstance(around.usual, Usual) else ""
    if job.state is State.RUNNING and job.start is not None:
        ran = f"*{duration(max(now - job.start, timedelta(0)))}*"
        far = is_far(job, around, now)
        left = None if far else time_left(job, now)
        time = f"{ran}, {usual}" if usual else ran
        return parts.joined([_bar(job), time, FAR if far else f"about {duration(left)} left" if left else ""])
    took = f"took *{duration(job.took)}*" if job.is_over and job.took is not None else ""
    in_a_row = around.streak if job.state is State.FAILED else None
    streak = streak_in_words(in_a_row, "failure") if in_a_row is not None else ""
    bar = _bar(job) if job.is_going_on or job.state is None else ""
    times = "" if job.is_over else times_in_words(job, now)
    return parts.joined([bar, streak, f"{took}, {usual}" if took and usual else took, times])


def _bar(job: Job) -> str:
    if job.progress is None:
        return ""
    bar, _, percent = progress_bar(job.progress).partition(" ")
    return f"`{bar}` *{percent}*"


def _facts(card: Card, now: datetime, watchers: Sequence[str]) -> Iterator[tuple[str, str]]:
    job, around, names = card.job, card.around, card.names
    yield "Job", str(job.id)
    yield "Datastream", _datastream(job, names)
    if job.start is not None:
        yield "Since" if job.state is State.RUNNING else "Start", moment(job.start)
    if job.end is not None:
        yield "End", moment(job.end)
    yield "Started by", _started_by(job)
    yield "Type", "" if job.is_fetch else foreign(job.type or "", 40)
    yield "Fetches" if job.is_fetch else "Days", days_in_words(job.days, now) if job.days is not None else ""
    known = names.datastreams.get(job.datastream.id) if job.datastream else None
    yield "Workspace", foreign(known.stack_name, 60) if known and known.stack_name else ""
    yield "Result", _brought(job, around.brought)
    if isinstance(around.next_fetch, Off):
        yield "Schedule", off_in_words(around.next_fetch, now)
    elif around.next_fetch is not None:
        yield "Next scheduled fetch", next_fetch_value(around.next_fetch, now)
    if job.is_going_on:
        yield "Waiting behind it", _waiting(around.waiting)
        yield "Watched by", people(watchers)


def _datastream(job: Job, names: Names) -> str:
    if job.datastream is None:
        return "unknown"
    known = names.datastreams.get(job.datastream.id)
    url = names.url(known.page) if known else None
    return link(url, f"{job.datastream.id} – open in Adverity") if url else str(job.datastream.id)


def _started_by(job: Job) -> str:
    if job.started_by:
        return foreign(job.started_by, 60)
    return {True: "somebody, by hand", False: "the schedule", None: ""}[job.manual]


def _brought(job: Job, found: Brought | NotKnown | None) -> str:
    if isinstance(found, NotKnown):
        return f"not known, {why_in_words(found)}"
    return brought_in_words(job, found) if found is not None else ""


def _waiting(found: Waiting | NotKnown | None) -> str:
    if not isinstance(found, Waiting) or not found.jobs:
        return ""
    more = f" and {len(found.jobs) - _NUMBERS} more" if len(found.jobs) > _NUMBERS else ""
    return f"{plural(len(found.jobs), 'job')}: {', '.join(str(job) for job in found.jobs[:_NUMBERS])}{more}"


def people(users: Sequence[str], most: int = 10) -> str:
    """Mentions, each person once."""
    once = list(dict.fromkeys(users))
    more = f" and {len(once) - most} more" if len(once) > most else ""
    return ", ".join(f"<@{user}>" for user in once[:most]) + more

"""Renders a list of jobs: the question, how many, as of when, asked by whom; 15 a page, with paging buttons.

What is unusual stands first with buttons of its own; jobs that wait behind another one share a row.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from jobbot.access.policy import Need
from jobbot.adverity.around import NOTHING, Around, Off, Upcoming
from jobbot.adverity.model import GOING_ON, Job, JobId, State
from jobbot.intents.model import (
    Acknowledge,
    ListJobs,
    ResumeSchedule,
    Retry,
    ShowJob,
    StopJob,
    StopSeveral,
    WatchJob,
    number_of,
)
from jobbot.render.around import FAR, is_far, next_fetch_in_words
from jobbot.render.asked import (
    ANY,
    Asked,
    Asker,
    by,
    in_words,
    not_done,
    place_in_words,
    question_in_words,
    remark_in_words,
    span_in_words,
    states_in_words,
)
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Block, Message, actions, context, header, section
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.paging import PAGE, first_to_last, paging
from jobbot.render.blockkit.parts import Part
from jobbot.render.blockkit.text import clock, code, cut, duration, escape, plural
from jobbot.render.earlier_stops import EarlierStop, StopResult
from jobbot.render.frozen import Frozen, frozen_part
from jobbot.render.hints import hints, hints_in_words
from jobbot.render.jobs import Names, may_be_stopped, name_in_words, row, state_and_number, waiting_row
from jobbot.render.naming import looked_among, no_datastream
from jobbot.render.refusals import left_out, untold_workspaces

ROW_MOST = 600
"""Characters; 15 rows of more would be more than Slack takes in one message, and then all its buttons would be lost."""
_OLD_ENOUGH_TO_SAY = timedelta(seconds=1)
_FAILED = frozenset({State.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The answer to a list's question, before it is worded. ``jobs`` is the page, ``total`` all that matched.

    ``counts`` says of all that matched how many are in which state. ``unreadable`` counts entries of Adverity's answer
    that could not be read, whatever they were. ``around`` is what is known around some jobs; those that are far longer
    at it than usual stand first. ``waiting`` are by running job the scheduled ones behind it, whether they are on this
    page or not, ``stops`` the newest stops of those that go on. ``stream`` is the name of the datastream that was asked
    for; ``workspaces`` are the names of those that the answer is narrowed to, and ``unplaced`` counts jobs that are
    left out because nobody knows in which they are; ``among`` as for Scope, ``whole`` as for Reach. ``missing`` are the
    jobs that were asked for by number and that Adverity does not know, ``no_such_stream``: it does not know the
    datastream. ``undated`` counts jobs that wait now and are left out of a range to come, ``next_fetch`` is when the
    schedule of the datastream fetches next, where that was asked, or that it is off. ``frozen``: the freeze of the
    instance that is on.
    """

    asked: Asked
    instance: str
    jobs: tuple[Job, ...]
    page: int
    total: int
    complete: bool
    counts: Mapping[State | None, int] = field(default_factory=dict)
    unreadable: int = 0
    as_of: datetime
    names: Names
    around: Mapping[JobId, Around] = field(default_factory=dict)
    waiting: Mapping[JobId, tuple[JobId, ...]] = field(default_factory=dict)
    stops: Mapping[int, EarlierStop] = field(default_factory=dict)
    stream: str = ""
    workspaces: tuple[str, ...] = ()
    unplaced: int = 0
    among: int | None = None
    whole: bool = True
    missing: tuple[JobId, ...] = ()
    undated: int = 0
    next_fetch: Upcoming | None = None
    no_such_stream: bool = False
    frozen: Frozen | None = None


def render_listing(
    listing: Listing,
    *,
    now: datetime,
    asker: Asker,
    offers: Collection[Need],
    offer_share: bool,
    command: str,
) -> Message:
    """The message. ``offers``: what it may have buttons for in this channel; ``command``: the slash command."""
    return parts.compose(
        [
            _head(listing, now, asker),
            frozen_part(listing.frozen, unfreeze=Need.STOP in offers),
            _to_come(listing, command, now, pause=Need.PAUSE in offers),
            *_hints(listing, command, offers),
            *_rows(listing, now, offers),
            *(parts.small(remark) for remark in _remarks(listing)),
            parts.controls(
                _foot(listing, now, share=offer_share, stop=Need.STOP in offers, watch=Need.WATCH in offers)
            ),
        ]
    )


def _head(listing: Listing, now: datetime, asker: Asker) -> Part:
    age = now - listing.as_of
    old = f" ({duration(age)} ago)" if age >= _OLD_ENOUGH_TO_SAY else ""
    place = place_in_words(listing.instance, listing.workspaces)
    far = sum(is_far(job, listing.around.get(job.id, NOTHING), listing.as_of) for job in listing.jobs)
    about = [place, f"as of {clock(listing.as_of)}{old}", by(asker)]
    about += [remark] if (remark := remark_in_words(listing.asked)) else []
    page = f"{_page(listing)} – times in your zone" if listing.total > PAGE else ""
    unusual = f"{far} {FAR}" if far else ""
    count, counts = _count(listing), _counts(listing)
    question = question_in_words(listing.asked, _stream(listing))
    title = f"{count}: {counts or question}"
    spoken = in_words(listing.asked, _stream(listing))
    said = f"*{count}: {spoken}*{f' ({counts})' if counts else ''}"
    if listing.total == 0 and listing.complete:
        title, said = _none_of(listing.asked, question), f"*{_none_of(listing.asked, spoken)}*"
    if listing.no_such_stream:
        title = f"There is no datastream {listing.asked.intent.datastream}"
        said = f"*{escape(title)}*"
    span = "" if listing.no_such_stream else span_in_words(listing.asked)
    small = parts.joined([*about, span, page, f"{Mark.UNUSUAL.code} {unusual}" if far else ""])
    return Part([header(title), context(small)], [" – ".join(one for one in (said, *about, page, unusual) if one)])


def _none_of(asked: Asked, question: str) -> str:
    """That nothing was found: ``No failed jobs: yesterday``. ``question``: in words, of either kind."""
    if asked.intent.jobs:
        return f"Not found: {'jobs' if len(asked.intent.jobs) > 1 else 'job'} {question}"
    states = states_in_words(asked.intent.states, past=asked.start is not None)
    which = "" if states == ANY else f" {states.replace(' and ', ' or ').replace('success', 'successful')}"
    rest = question.removeprefix(states).removeprefix(", ").removeprefix("for: ").replace("started: ", "started ", 1)
    return f"No{which} jobs{f': {rest}' if rest else ''}"


def _count(listing: Listing) -> str:
    if listing.total == 0:
        return "No such jobs among the newest"
    if listing.missing:
        return f"{listing.total:,} of {plural(len(listing.asked.intent.jobs), 'job')}"
    return plural(listing.total, "job") if listing.complete else f"at least {plural(listing.total, 'job')}"


def _counts(listing: Listing) -> str:
    """How many are in which state, where what is going on was asked for: ``6 running, 3 scheduled``."""
    asked = listing.asked.intent
    if listing.asked.start is not None or asked.datastream is not None or asked.longer is not None or asked.jobs:
        return ""
    order = [state for state in (State.RUNNING, State.SCHEDULED) if listing.counts.get(state)]
    if len(order) < 2 or sum(listing.counts[state] for state in GOING_ON) != listing.total:
        return ""
    return ", ".join(f"{listing.counts[state]:,} {state.value.lower()}" for state in order)


def _stream(listing: Listing) -> str:
    """What the datastream is called that was asked for: as it was found, or as its jobs say."""
    asked = listing.asked.intent.datastream
    said = (listing.names.of(job) for job in listing.jobs if job.datastream and job.datastream.id == asked)
    return listing.stream or next((name for name in said if name), "")


def _to_come(listing: Listing, command: str, now: datetime, *, pause: bool) -> Part:
    """When the schedule fetches next, or that it is off, and what Adverity does not say of a time to come."""
    if listing.no_such_stream:
        return parts.NOTHING
    if listing.next_fetch is not None:
        stream, beside = number_of(listing.asked.intent.datastream), None
        if pause and stream is not None and isinstance(listing.next_fetch, Off):
            beside = buttons.act(ResumeSchedule(datastream=stream, instance=listing.instance))
        return parts.text(next_fetch_in_words(listing.next_fetch, now), beside)
    if not listing.asked.to_come:
        return parts.NOTHING
    waiting = plural(listing.undated, "job") if listing.undated else ""
    left_out_ = f" {waiting} waiting now {'is' if listing.undated == 1 else 'are'} not counted." if waiting else ""
    return parts.text(
        "Adverity lists jobs that wait or run now, not what schedules will start later, so what is planned for then "
        f"is not known.{left_out_} {code(f'{command} next fetch of facebook')} tells it of one datastream."
    )


def _hints(listing: Listing, command: str, offers: Collection[Need]) -> Iterator[Part]:
    wanted = not_done(
        listing.asked.intent.wanted,
        several=bool(listing.asked.intent.jobs),
        found=bool(listing.jobs),
        offered=any(_wanted(job, listing, offers) is not None for job in listing.jobs),
    )
    if listing.no_such_stream:
        yield parts.text(no_datastream())
    elif listing.total == 0 and not listing.complete:
        yield parts.text("There are more: narrow the range.")
    elif listing.total == 0:
        yield parts.text(f"{wanted} {hints_in_words(listing.asked, command)}".strip())
    elif wanted:
        yield parts.text(wanted)


def _rows(listing: Listing, now: datetime, offers: Collection[Need]) -> Iterator[Part]:
    stop, watch = Need.STOP in offers, Need.WATCH in offers
    shown = {job.id: job for job in listing.jobs}
    behind = {one: first for first, waiting in listing.waiting.items() for one in waiting}
    folded: set[JobId] = set()
    for job in listing.jobs:
        first = behind.get(job.id)
        if job.id in folded:
            continue
        if first is not None:
            others = [shown[one] for one in listing.waiting[first] if one in shown]
            folded.update(one.id for one in others)
            yield _waiting(others, first, listing, now, offers)
            continue
        words = job_row(job, listing, now)
        if is_far(job, listing.around.get(job.id, NOTHING), now):
            may = stop and not _is_being_stopped(job, listing)
            yield Part([section(words), actions(_own(job, listing.instance, stop=may, watch=watch))], [words])
        else:
            yield parts.text(words, _beside(job, listing, offers))


def _own(job: Job, instance: str, *, stop: bool, watch: bool) -> list[Block]:
    """What can be done with a job that stands out."""
    row = [buttons.stop(job.id, instance, meant=True)] if stop and may_be_stopped(job) else []
    row.append(buttons.show(job.id, instance))
    return [*row, buttons.watch_from_list(job.id, instance)] if watch else row


def _wanted(job: Job, listing: Listing, offers: Collection[Need]) -> Block | None:
    """The button for what was wanted of a datastream's jobs: of one that failed what is done about it."""
    instance, is_failed = listing.instance, job.state is State.FAILED and listing.total == 1
    match listing.asked.intent.wanted:
        case "watch" if Need.WATCH in offers and job.is_going_on:
            return buttons.watch_from_list(job.id, instance)
        case "retry" if Need.RETRY in offers and is_failed:
            return buttons.act(Retry(job=job.id, instance=instance))
        case "acknowledge" if Need.RETRY in offers and is_failed:
            return buttons.act(Acknowledge(job=job.id, instance=instance))
        case "stop" if Need.STOP in offers and may_be_stopped(job):
            return buttons.stop(job.id, instance)
        case _:
            return None


def _beside(job: Job, listing: Listing, offers: Collection[Need]) -> Block:
    if (wanted := _wanted(job, listing, offers)) is not None:
        return wanted
    can = Need.STOP in offers and may_be_stopped(job) and not _is_being_stopped(job, listing)
    return buttons.stop(job.id, listing.instance) if can else buttons.show(job.id, listing.instance)


def _is_being_stopped(job: Job, listing: Listing) -> bool:
    stop = listing.stops.get(job.id)
    return stop is not None and stop.result is StopResult.UNDER_WAY


def _waiting(jobs: Sequence[Job], first: JobId, listing: Listing, now: datetime, offers: Collection[Need]) -> Part:
    """The jobs that wait behind another one, in one row; a menu has what can be done with each."""
    words = waiting_row(jobs, first, listing.names, now)
    if len(jobs) == 1:
        return parts.text(words, _beside(jobs[0], listing, offers))
    stop = Need.STOP in offers
    choices: list[buttons.Choice] = []
    for job in jobs:
        choices.append((f"Details of job {job.id}", ShowJob(job=job.id, instance=listing.instance)))
        if stop and may_be_stopped(job) and len(jobs) <= 2:
            choices.append((f"Stop job {job.id}", StopJob(job=job.id, instance=listing.instance)))
    return parts.text(words, buttons.menu(choices))


def job_row(job: Job, listing: Listing, now: datetime) -> str:
    """A job of a list as two lines, and what was said.

    Without what was said where the row is too long with it, then without more: escaped, a name is five times as
    long.
    """
    around, behind = listing.around.get(job.id, NOTHING), listing.waiting.get(job.id, ())
    stop = listing.stops.get(job.id)
    words = row(job, listing.names, now, around, behind=behind, stop=stop)
    if len(words) <= ROW_MOST:
        return words
    head = "\n".join(words.split("\n")[:2])
    bare = job.model_copy(update={"started_by": None, "type": None, "issues": ()})
    return head if len(head) <= ROW_MOST else row(bare, listing.names, now, behind=behind, stop=stop)


def _foot(listing: Listing, now: datetime, *, share: bool, stop: bool, watch: bool) -> list[Block]:
    """What can be done beside a row's one button: the select has it for every job, and costs no row a line."""
    question = replace(listing.asked.intent, instance=listing.instance, page=listing.page)
    jobs: list[buttons.Choice] = [
        (_option(job, listing.names, now), ShowJob(job=job.id, instance=listing.instance)) for job in listing.jobs
    ]
    watched: list[buttons.Choice] = [
        (_watch(job, listing.names), WatchJob(job=job.id, instance=listing.instance))
        for job in listing.jobs
        if watch and job.is_going_on
    ]
    first = [buttons.open_a_job(jobs, watched)] if jobs else []
    row = [*first, *paging(question, page=listing.page, total=listing.total, offer_share=share)]
    if stop and sum(may_be_stopped(job) for job in listing.jobs) > 1:
        row.append(buttons.act(_stop_several(listing)))
    if jobs and listing.asked.start is None:
        row.append(buttons.go_on("Failed last 24 h", _failed(question)))
    elif listing.total == 0 and listing.complete:
        near = hints(listing.asked, nowhere=listing.no_such_stream)
        return [*(buttons.go_on(words, replace(wish, instance=listing.instance)) for words, wish in near), *row]
    return row


def _stop_several(listing: Listing) -> StopSeveral:
    """The list as it was asked for; where it is narrowed by more than a stop can say, the jobs that it shows."""
    asked, instance = listing.asked.intent, listing.instance
    if asked.jobs or asked.longer is not None or listing.asked.start is not None:
        return StopSeveral(jobs=tuple(job.id for job in listing.jobs if may_be_stopped(job)), instance=instance)
    states = asked.states & GOING_ON
    return StopSeveral(
        states=frozenset() if states == GOING_ON else states,
        datastream=asked.datastream,
        workspace=asked.workspace,
        instance=instance,
    )


def _failed(question: ListJobs) -> ListJobs:
    return replace(question, states=_FAILED, range=None, longer=None, jobs=(), page=1, wanted="")


def _option(job: Job, names: Names, now: datetime) -> str:
    """A job in the select: its name, state and number in 75 characters of plain text."""
    state = cut(job.state_label or "?", 20) if job.state is None else state_and_number(job, now)
    return f"{cut(name_in_words(job, names), 36)} · {state} · {job.id}"


def _watch(job: Job, names: Names) -> str:
    return f"Watch {cut(name_in_words(job, names), 36)} · {job.id}"


def _page(listing: Listing) -> str:
    of = f"{listing.total:,}" if listing.complete else f"the newest {listing.total:,}, there are more: narrow the range"
    return f"{first_to_last(listing.page, len(listing.jobs))} of {of}"


def _remarks(listing: Listing) -> Iterator[str]:
    """What the list may lack, and why."""
    if listing.missing:
        which = ", ".join(str(job) for job in listing.missing)
        one = len(listing.missing) == 1
        yield f"Adverity knows no {'job' if one else 'jobs'} {which}, or the key may not see {'it' if one else 'them'}"
    if listing.unreadable:
        yield f"{plural(listing.unreadable, 'entry', 'entries')} of Adverity's answer could not be read"
    if listing.unplaced:
        yield left_out(listing.unplaced, "job")
    if not listing.whole:
        yield untold_workspaces()
    if listing.among is not None:
        yield looked_among(listing.among)

"""What stands above the rows of a list, and what it may lack."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from jobbot.access.policy import Need
from jobbot.adverity.around import NOTHING, Off
from jobbot.adverity.model import GOING_ON, State
from jobbot.intents.model import ResumeSchedule, number_of
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
from jobbot.render.blockkit.blocks import context, header
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.paging import PAGE, first_to_last
from jobbot.render.blockkit.parts import Part
from jobbot.render.blockkit.text import clock, code, duration, escape, plural
from jobbot.render.hints import hints_in_words
from jobbot.render.listing.model import Listing
from jobbot.render.listing.rows import wanted_button
from jobbot.render.naming import looked_among, no_datastream
from jobbot.render.refusals import left_out, untold_workspaces

_OLD_ENOUGH_TO_SAY = timedelta(seconds=1)


def head_part(listing: Listing, now: datetime, asker: Asker) -> Part:
    """The question, how many jobs, as of when and for whom."""
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


def to_come_part(listing: Listing, command: str, now: datetime, *, pause: bool) -> Part:
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


def hint_parts(listing: Listing, command: str, offers: Collection[Need]) -> Iterator[Part]:
    """What was wanted of the jobs and is not done, and what else may be asked where there are none."""
    wanted = not_done(
        listing.asked.intent.wanted,
        several=bool(listing.asked.intent.jobs),
        found=bool(listing.jobs),
        offered=any(wanted_button(job, listing, offers) is not None for job in listing.jobs),
    )
    if listing.no_such_stream:
        yield parts.text(no_datastream())
    elif listing.total == 0 and not listing.complete:
        yield parts.text("There are more: narrow the range.")
    elif listing.total == 0:
        yield parts.text(f"{wanted} {hints_in_words(listing.asked, command)}".strip())
    elif wanted:
        yield parts.text(wanted)


def _page(listing: Listing) -> str:
    of = f"{listing.total:,}" if listing.complete else f"the newest {listing.total:,}, there are more: narrow the range"
    return f"{first_to_last(listing.page, len(listing.jobs))} of {of}"


def remarks(listing: Listing) -> Iterator[str]:
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

"""Renders a list of jobs: the question, how many, as of when, asked by whom; 15 a page, with paging buttons."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from jobbot.adverity.around import NOTHING, Around
from jobbot.adverity.model import Job, JobId
from jobbot.render.asked import Asked, Asker, by, in_words, not_done, place_in_words
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Message, actions, context, divider, section
from jobbot.render.blockkit.paging import first_to_last, paging
from jobbot.render.blockkit.text import clock, duration, fit_bytes, plural, to_plain
from jobbot.render.hints import hints, hints_in_words
from jobbot.render.jobs import Names, may_be_stopped, row
from jobbot.render.naming import looked_among, no_datastream
from jobbot.render.refusals import left_out, untold_workspaces

ROW_MOST = 750
"""Characters; 15 rows of more would be more than Slack takes in one message, and then all its buttons would be lost."""
_OLD_ENOUGH_TO_SAY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The answer to a list's question, before it is worded. ``jobs`` is the page, ``total`` all that matched.

    ``unreadable`` counts entries of Adverity's answer that could not be read, whatever they were. ``around`` is what is
    known around some jobs; those that are far longer at it than usual stand first. ``waiting`` are by running job the
    scheduled ones behind it, whether they are on this page or not. ``stream`` is the name of the
    datastream that was asked for; ``workspaces`` are the names of those that the answer is narrowed to, and
    ``unplaced`` counts jobs that are left out because nobody knows in which they are; ``among`` as for Scope,
    ``whole`` as for Reach.
    ``missing`` are the jobs that were asked for by number and that Adverity does not know, ``no_such_stream``: it does
    not know the datastream.
    """

    asked: Asked
    instance: str
    jobs: tuple[Job, ...]
    page: int
    total: int
    complete: bool
    unreadable: int = 0
    as_of: datetime
    names: Names
    around: Mapping[JobId, Around] = field(default_factory=dict)
    waiting: Mapping[JobId, tuple[JobId, ...]] = field(default_factory=dict)
    stream: str = ""
    workspaces: tuple[str, ...] = ()
    unplaced: int = 0
    among: int | None = None
    whole: bool = True
    missing: tuple[JobId, ...] = ()
    no_such_stream: bool = False


def render_listing(
    listing: Listing, *, now: datetime, asker: Asker, offer_stop: bool, offer_share: bool, command: str
) -> Message:
    """The message. ``offer_stop``: whether Stop may be offered in this channel; ``command``: the slash command."""
    question = replace(listing.asked.intent, instance=listing.instance, page=listing.page)
    head = _head(listing, now, asker, command)
    blocks: list[Block] = [section(head)]
    lines = [head]
    for job in listing.jobs:
        line = _row(job, listing, now)
        lines.append(line)
        details = buttons.show(job.id, listing.instance)
        if offer_stop and may_be_stopped(job):
            blocks += [section(line), actions([buttons.stop(job.id, listing.instance), details])]
        else:
            blocks.append(section(line, accessory=details))
    remarks = (_missing(listing), _unreadable(listing), _unplaced(listing), _among(listing))
    foot = [line for line in (_foot(listing), *remarks) if line]
    lines += foot
    if foot:
        blocks += [divider(), *(context(line) for line in foot)]
    if listing.total == 0 and listing.complete:
        others = hints(listing.asked, nowhere=listing.no_such_stream)
        near = [(words, replace(intent, instance=listing.instance)) for words, intent in others]
        blocks.append(actions([buttons.go_on(words, intent) for words, intent in near]))
    blocks.append(actions(paging(question, page=listing.page, total=listing.total, offer_share=offer_share)))
    return Message(text=fit_bytes([to_plain(line) for line in lines]), blocks=blocks)


def _row(job: Job, listing: Listing, now: datetime) -> str:
    """Without the issue where the row is too long with it, then without more: escaped, a name is five times as long."""
    around = listing.around.get(job.id, NOTHING)
    line = row(job, listing.names, now, around)
    head = line.partition("\n")[0]
    bare = job.model_copy(update={"started_by": None, "type": None})
    return next((one for one in (line, head) if len(one) <= ROW_MOST), row(bare, listing.names, now).partition("\n")[0])


def _head(listing: Listing, now: datetime, asker: Asker, command: str) -> str:
    age = now - listing.as_of
    old = f" ({duration(age)} ago)" if age >= _OLD_ENOUGH_TO_SAY else ""
    about = f"{place_in_words(listing.instance, listing.workspaces)} – as of {clock(listing.as_of)}{old} – {by(asker)}"
    words = in_words(listing.asked, _stream(listing))
    wanted = not_done(listing.asked.intent.wanted, several=bool(listing.asked.intent.jobs))
    if listing.no_such_stream:
        return f"*There is no datastream {listing.asked.intent.datastream}* – {about}\n{no_datastream()}"
    if listing.total == 0 and not listing.complete:
        return f"*No such jobs among the newest: {words}* – {about}\nThere are more: narrow the range."
    if listing.total == 0:
        return f"*No jobs: {words}* – {about}\n{wanted or hints_in_words(listing.asked, command)}"
    at_least = "" if listing.complete else "at least "
    return f"*{at_least}{plural(listing.total, 'job')}: {words}* – {about}" + (f"\n{wanted}" if wanted else "")


def _stream(listing: Listing) -> str:
    """What the datastream is called that was asked for: as it was found, or as its jobs say."""
    asked = listing.asked.intent.datastream
    said = (listing.names.of(job) for job in listing.jobs if job.datastream and job.datastream.id == asked)
    return listing.stream or next((name for name in said if name), "")


def _foot(listing: Listing) -> str:
    if listing.total == 0:
        return ""
    of = f"{listing.total:,}" if listing.complete else f"the newest {listing.total:,}, there are more: narrow the range"
    return f"{first_to_last(listing.page, len(listing.jobs))} of {of} – times in your zone"


def _missing(listing: Listing) -> str:
    if not listing.missing:
        return ""
    which = ", ".join(str(job) for job in listing.missing)
    return f"Adverity knows no {'job' if len(listing.missing) == 1 else 'jobs'} {which}, or the key may not see it"


def _unplaced(listing: Listing) -> str:
    lines = []
    if listing.unplaced:
        lines.append(left_out(listing.unplaced, "job"))
    if not listing.whole:
        lines.append(untold_workspaces())
    return " – ".join(lines)


def _among(listing: Listing) -> str:
    return looked_among(listing.among) if listing.among is not None else ""


def _unreadable(listing: Listing) -> str:
    if not listing.unreadable:
        return ""
    return f"{plural(listing.unreadable, 'entry', 'entries')} of Adverity's answer could not be read"

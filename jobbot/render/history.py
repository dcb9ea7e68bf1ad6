"""Renders the history of stops: who asked for what, when, where, why, and how it ended; the newest first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from jobbot.adverity.model import JobId
from jobbot.intents.model import History
from jobbot.render.asked import Asker, by, place_in_words, range_in_words, stream_in_words
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Message, actions, context, divider, section
from jobbot.render.blockkit.paging import first_to_last, paging
from jobbot.render.blockkit.text import clock, duration, fit_bytes, foreign, moment, plural, to_plain
from jobbot.render.naming import looked_among
from jobbot.render.refusals import untold_workspaces

STATES_IN_WORDS: Mapping[str, str] = {
    "submitted": "Being decided",
    "requested": "On its way",
    "sent": "Sent, not confirmed yet",
    "stopped": "Stopped",
    "refused": "Not stopped",
    "ended_otherwise": "Too late",
    "unknown": "Unknown",
    "denied": "Not permitted",
    "second": "Somebody was first",
    "dropped": "Not begun",
}
"""The states of the ledger in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastStop:
    """One row: ``state`` is the ledger's word, ``outcome`` how the job ended or what was seen last.

    ``name`` is the job's title as its messages showed it, escaped already; ``reason`` and ``outcome`` are as they came.
    """

    job: int
    name: str
    user_id: str
    channel_id: str
    reason: str
    state: str
    outcome: str
    asked_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """The answer to the question, before it is worded. ``stops`` is the page, ``total`` all that matched.

    ``start`` and ``end`` are what was asked for, None for the whole record; ``zone`` is the asking person's. ``stream``
    is the name of the datastream that was asked for, ``workspaces`` the names of those that the record is narrowed to,
    ``among`` as for Scope, ``whole`` as for Reach.
    """

    asked: History
    instance: str
    stops: tuple[PastStop, ...]
    page: int
    total: int
    as_of: datetime
    start: datetime | None
    end: datetime | None
    zone: str | None
    stream: str = ""
    workspaces: tuple[str, ...] = ()
    among: int | None = None
    whole: bool = True


def render_history(record: HistoryPage, *, asker: Asker, offer_share: bool, command: str) -> Message:
    """The message; ``command`` is the slash command."""
    question = replace(record.asked, instance=record.instance, page=record.page)
    head = _head(record, asker, command)
    lines, blocks = [head], [section(head)]
    for stop in record.stops:
        line = _row(stop)
        lines.append(line)
        blocks.append(section(line, accessory=buttons.show(JobId(stop.job), record.instance)))
    if record.stops:
        foot = f"{first_to_last(record.page, len(record.stops))} of {record.total:,} – times in your zone"
        lines.append(foot)
        blocks += [divider(), context(foot)]
    if record.among is not None:
        lines.append(looked_among(record.among))
        blocks.append(context(lines[-1]))
    row: list[Block] = paging(question, page=record.page, total=record.total, offer_share=offer_share)
    return Message(text=fit_bytes([to_plain(line) for line in lines]), blocks=[*blocks, actions(row)])


def _head(record: HistoryPage, asker: Asker, command: str) -> str:
    about = f"{place_in_words(record.instance, record.workspaces)} – as of {clock(record.as_of)} – {by(asker)}"
    asked = _question(record)
    if record.total == 0:
        narrow = (
            f"The whole record: `{command} history`." if asked else "Nobody has asked jobbot to stop a job here yet."
        )
        if record.workspaces:
            narrow = "Stops of jobs whose workspace was not known when they were stopped are not shown here."
        if not record.whole:
            narrow += f" {untold_workspaces()}"
        return f"*No stops{asked}* – {about}\n{narrow}"
    return f"*{plural(record.total, 'stop')}{asked}, the newest first* – {about}"


def _question(record: HistoryPage) -> str:
    asked, parts = record.asked, []
    if asked.job is not None:
        parts.append(f"of job {asked.job}")
    if asked.datastream is not None:
        parts.append(f"of {stream_in_words(asked.datastream, record.stream)}")
    if asked.by is not None:
        parts.append(f"by <@{asked.by}>")
    said = " ".join(parts)
    if record.start is not None and record.end is not None:
        span = range_in_words(asked.range, record.start, record.end, record.zone)
        said = f"{said}, {span}" if said else f": {span}"
    return said if said.startswith(":") or not said else f" {said}"


def _row(stop: PastStop) -> str:
    outcome = f" ({foreign(stop.outcome, 120)})" if stop.outcome else ""
    took = f", over after {duration(stop.closed_at - stop.asked_at)}" if stop.closed_at is not None else ""
    reason = f"Reason: {foreign(stop.reason, 300)}" if stop.reason else "No reason given"
    return (
        f"*{STATES_IN_WORDS[stop.state]}*{outcome} – job {stop.name} – <@{stop.user_id}> in <#{stop.channel_id}> – "
        f"{moment(stop.asked_at)}{took}\n{reason}"
    )

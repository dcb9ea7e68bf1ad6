"""Renders the history of stops: who asked for what, when, where, why, and how it ended; the newest first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from jobbot.adverity.model import JobId
from jobbot.intents.model import History
from jobbot.render.asked import Asker, by, place_in_words, range_in_words, stream_in_words
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.paging import first_to_last, paging
from jobbot.render.blockkit.text import clock, duration, foreign, moment, plural
from jobbot.render.naming import looked_among
from jobbot.render.refusals import untold_workspaces

STATES_IN_WORDS: Mapping[str, str] = {
    "submitted": "Being decided",
    "requested": "On its way",
    "sent": "Sent, not confirmed yet",
    "done": "Stopped",
    "refused": "Not stopped",
    "ended_otherwise": "Too late",
    "unknown": "Unknown",
    "denied": "Not permitted",
    "second": "Somebody was first",
    "dropped": "Not begun",
}
"""The states of the ledger in words."""

ROW_MOST = 750
"""Characters; 15 rows of more would be more than Slack takes in one message."""

_MARKS: Mapping[str, Mark] = {
    "submitted": Mark.SCHEDULED,
    "requested": Mark.SCHEDULED,
    "sent": Mark.SCHEDULED,
    "done": Mark.STOPPED,
    "unknown": Mark.UNKNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PastStop:
    """One row: ``state`` is the ledger's word, ``outcome`` how the job ended or what was seen last.

    ``name`` is that of the job's datastream, empty where it was not known; it, ``reason`` and ``outcome`` are as they
    came.
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
    rows = [parts.text(_row(stop), buttons.show(JobId(stop.job), record.instance)) for stop in record.stops]
    foot = f"{first_to_last(record.page, len(record.stops))} of {record.total:,}"
    return parts.compose(
        [
            parts.title(f"{plural(record.total, 'stop')}, the newest first" if record.total else "No stops"),
            parts.small(
                place_in_words(record.instance, record.workspaces),
                _question(record),
                f"as of {clock(record.as_of)}",
                by(asker),
            ),
            *(rows or [parts.text(_instead(record, command))]),
            parts.small(foot, "times in your zone") if rows else parts.NOTHING,
            parts.small(looked_among(record.among)) if record.among is not None else parts.NOTHING,
            parts.controls(paging(question, page=record.page, total=record.total, offer_share=offer_share)),
        ]
    )


def _instead(record: HistoryPage, command: str) -> str:
    """What may be asked for where there is nothing, and what may be missing."""
    if record.workspaces:
        words = "Stops of jobs whose workspace was not known when they were stopped are not shown here."
    elif _question(record):
        words = f"The whole record: `{command} history`."
    else:
        words = "Nobody has asked jobbot to stop a job here yet."
    return words if record.whole else f"{words} {untold_workspaces()}"


def _question(record: HistoryPage) -> str:
    asked, said = record.asked, []
    if asked.job is not None:
        said.append(f"of job {asked.job}")
    if asked.datastream is not None:
        said.append(f"of {stream_in_words(asked.datastream, record.stream)}")
    if asked.by is not None:
        said.append(f"by <@{asked.by}>")
    if record.start is not None and record.end is not None:
        said.append(range_in_words(asked.range, record.start, record.end, record.zone))
    return ", ".join(said)


def _row(stop: PastStop) -> str:
    """Shorter where it is too long: escaped, what came from outside is five times as long."""
    rows = [_row_with(stop, most) for most in (300, 60, 15)]
    return next((row for row in rows if len(row) <= ROW_MOST), rows[-1])


def _row_with(stop: PastStop, most: int) -> str:
    state = STATES_IN_WORDS[stop.state]
    how = f"{state} ({foreign(stop.outcome, most // 2)})" if stop.outcome else state
    ended = stop.closed_at
    took = "" if ended is None else f"settled {duration(ended - stop.asked_at)} after it was asked for"
    return parts.row_in_words(
        foreign(stop.name, 60) or f"Job {stop.job}",
        [how, took],
        [
            f"job {stop.job}" if stop.name else "",
            f"<@{stop.user_id}> in <#{stop.channel_id}>",
            moment(stop.asked_at),
            "" if stop.reason else "no reason given",
        ],
        mark=_MARKS.get(stop.state),
        said=[foreign(stop.reason, most)] if stop.reason else [],
    )

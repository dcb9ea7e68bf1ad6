"""Renders the history of acts: who asked for what, when, where, why, and how it ended; the newest first."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobbot.adverity.model import JobId
from jobbot.intents.model import History
from jobbot.render.asked import Asker, by, place_in_words, range_in_words, stream_in_words
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.paging import PAGE, first_to_last, paging
from jobbot.render.blockkit.text import clock, duration, foreign, moment, plural
from jobbot.render.naming import looked_among
from jobbot.render.refusals import untold_workspaces

STATES_IN_WORDS: Mapping[str, str] = {
    "submitted": "Being decided",
    "planned": "Planned",
    "requested": "On its way",
    "sent": "Sent, not confirmed yet",
    "unknown": "Outcome unknown",
    "denied": "Not permitted",
    "second": "Somebody was first",
    "dropped": "Not begun",
}
"""The states of the ledger in words, as far as they are the same for acts of all kinds."""

OUTCOMES_IN_WORDS: Mapping[str, tuple[str, str, str]] = {
    "stop": ("Stopped", "Not stopped", "Too late"),
    "fetch": ("Fetched again", "Not fetched again", "Not needed"),
    "stop_several": ("Stopped several", "Not stopped", "Too late"),
    "pause": ("Paused", "Not paused", "Off already"),
    "resume": ("Resumed", "Not resumed", "Left as it was"),
    "retry": ("Retried", "Not retried", "Nothing to retry any more"),
    "acknowledge": ("Acknowledged", "Not acknowledged", "Nothing to acknowledge any more"),
}
"""By kind: what was done, what was refused, and what there was no need or no way to do by then."""

_NOUNS: Mapping[str, str] = {
    "stop_several": "stop of several jobs",
    "fetch": "another fetch",
    "acknowledge": "acknowledgement",
    "pause": "pause of the schedule",
    "resume": "resumption of the schedule",
}
"""Of acts that are called otherwise than their kind."""

AS_PLANNED = "as planned"
"""Of what jobbot did by itself, at the hour that somebody had named."""

UNKNOWN = "An act this version does not know"
"""Its kind or its state is another version's, or nobody's."""

BY = re.compile(
    r"(not needed: (?:paused anew|resumed) by|not sent, (?:done|being done|frozen) by) ([UW][A-Z0-9]+)( before)?",
    re.ASCII,
)
"""What an outcome says of a person: jobbot's own words, as Adverity's mention nobody."""

_PARTS = 10

ROW_MOST = 750
"""Characters; 15 rows of more would be more than Slack takes in one message."""

_MARKS: Mapping[str, Mark] = {
    "submitted": Mark.SCHEDULED,
    "planned": Mark.SCHEDULED,
    "requested": Mark.SCHEDULED,
    "sent": Mark.SCHEDULED,
    "unknown": Mark.UNKNOWN,
}
_DONE: Mapping[str, Mark] = {
    "stop": Mark.STOPPED,
    "stop_several": Mark.STOPPED,
    "pause": Mark.ENDED,
    "resume": Mark.SUCCESS,
}
"""By kind, as their messages begin: those of the others have no mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAct:
    """One row: ``kind`` and ``state`` are the ledger's words, ``outcome`` what came of it or was seen last.

    ``name`` is that of the datastream, empty where it was not known; it, ``reason`` and ``outcome`` are as they came.
    ``reason`` is None where it is not told: to another organisation, of what was typed in another channel.
    ``asked_by`` had asked for it, where ``user_id`` confirmed it.
    ``until`` is when a pause is to end, as far as that is known; ``planned`` whether jobbot did it by itself at an hour
    that ``user_id`` had named. ``parts`` are those of an act of several.
    """

    kind: str
    job: int | None
    datastream: int | None
    name: str
    user_id: str
    channel_id: str
    reason: str | None
    state: str
    outcome: str
    asked_at: datetime
    closed_at: datetime | None
    asked_by: str | None = None
    until: datetime | None = None
    planned: bool = False
    parts: "tuple[PastAct, ...]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """The answer to the question, before it is worded. ``acts`` is the page, ``total`` all that matched.

    ``start`` and ``end`` are what was asked for, None for the whole record; ``zone`` is the asking person's. ``stream``
    is the name of the datastream that was asked for, ``workspaces`` the names of those that the record is narrowed to,
    ``among`` as for Scope, ``whole`` as for Reach.
    """

    asked: History
    instance: str
    acts: tuple[PastAct, ...]
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
    rows = [
        parts.text(act_row(act), buttons.show(JobId(act.job), record.instance) if act.job is not None else None)
        for act in record.acts
    ]
    is_long, many = record.total > PAGE, ", the newest first" if record.total > 1 else ""
    foot = f"{first_to_last(record.page, len(record.acts))} of {record.total:,}" if is_long else ""
    return parts.compose(
        [
            parts.title(f"{plural(record.total, 'entry', 'entries')}{many}" if record.total else "Nothing on record"),
            parts.small(
                place_in_words(record.instance, record.workspaces),
                _question(record),
                f"as of {clock(record.as_of)}",
                by(asker),
            ),
            *(rows or [parts.text(_instead(record, command))]),
            parts.small(foot, "times in your zone") if is_long else parts.NOTHING,
            parts.small(looked_among(record.among)) if record.among is not None else parts.NOTHING,
            parts.controls(paging(question, page=record.page, total=record.total, offer_share=offer_share)),
        ]
    )


def _instead(record: HistoryPage, command: str) -> str:
    """What may be asked for where there is nothing, and what may be missing."""
    if record.workspaces:
        words = "What was done where the workspace was not known is not shown here."
    elif _question(record):
        words = f"The whole record: `{command} history`."
    else:
        words = "Nobody has asked jobbot to stop a job, or to do anything else, here yet."
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


def act_row(act: PastAct) -> str:
    """An act as two lines, and its reason.

    Shorter where it is too long: escaped, what came from outside is five times as long.
    """
    rows = [_row_with(act, most) for most in (300, 60, 15)]
    return next((row for row in rows if len(row) <= ROW_MOST), rows[-1])


def _row_with(act: PastAct, most: int) -> str:
    span = act.closed_at - act.asked_at if act.closed_at is not None else None
    later = f"{duration(span)} later" if span is not None and span >= timedelta(0) else ""
    by_whom = BY.fullmatch(act.outcome)
    outcome = f"{by_whom[1]} <@{by_whom[2]}>{by_whom[3] or ''}" if by_whom else foreign(act.outcome, most // 2)
    row = parts.row_in_words(
        _called(act),
        [state_of_act(act.kind, act.state), moment(act.asked_at)],
        [
            f"{_who(act)} in <#{act.channel_id}>",
            f"job {act.job}" if act.name and act.job is not None else "",
            f"until {moment(act.until)}" if act.until is not None and act.state == "done" else "",
            AS_PLANNED if act.planned and act.state == "done" else "",
            f"{outcome} ({later})" if outcome and later else outcome or later,
            "no reason given" if act.reason == "" else "",
        ],
        mark=_mark(act),
        said=[foreign(act.reason, most)] if act.reason else [],
    )
    return f"{row}\n{_parts(act, most // 10)}" if act.parts else row


def _mark(act: PastAct) -> Mark | None:
    if act.state == "done" and act.parts and all(one.state != "done" for one in act.parts):
        return Mark.ENDED
    return mark_of_act(act.kind, act.state)


def mark_of_act(kind: str, state: str) -> Mark | None:
    """The mark that the message of an act of a kind has in a state; None where it has none."""
    if kind not in OUTCOMES_IN_WORDS:
        return Mark.UNKNOWN
    return _DONE.get(kind) if state == "done" else _MARKS.get(state)


def _who(act: PastAct) -> str:
    if act.asked_by is None:
        return f"<@{act.user_id}>"
    return f"asked for by <@{act.asked_by}>, reviewed by <@{act.user_id}>"


def _called(act: PastAct) -> str:
    if act.parts:
        return plural(len(act.parts), "job")
    numbered = f"Job {act.job}" if act.job is not None else f"Datastream {act.datastream}" if act.datastream else ""
    return foreign(act.name, 60) or numbered or "Several jobs"


def _state_of_part(act: PastAct) -> str:
    return ended_in_words(act.kind, act.state) or STATES_IN_WORDS.get(act.state, UNKNOWN)


def state_of_act(kind: str, state: str) -> str:
    """What an act is and what became of it, in words that name its kind."""
    return ended_in_words(kind, state) or f"{noun_of(kind).capitalize()}: {STATES_IN_WORDS.get(state, UNKNOWN).lower()}"


def noun_of(kind: str) -> str:
    """What an act of a kind is called, as a noun."""
    return _NOUNS.get(kind, kind)


def ended_in_words(kind: str, state: str) -> str | None:
    """What became of an act of a kind; None where no ending says it that is the kind's own."""
    if kind not in OUTCOMES_IN_WORDS:
        return UNKNOWN
    return dict(zip(("done", "refused", "ended_otherwise"), OUTCOMES_IN_WORDS[kind], strict=True)).get(state)


def _parts(act: PastAct, most: int) -> str:
    """The parts of an act of several in a line: each job, what it is called, and what became of it."""
    told = [
        f"{foreign(one.name, most)} {one.job}".strip() + f" ({_state_of_part(one).lower()})"
        for one in act.parts[:_PARTS]
    ]
    more = len(act.parts) - _PARTS
    return ", ".join(told) + (f" and {more} more" if more > 0 else "")

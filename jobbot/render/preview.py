"""Renders the preview of a link to a datastream's page: its last runs, what goes on first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from jobbot.adverity.around import NOTHING, Around
from jobbot.adverity.model import DatastreamId, Job, State
from jobbot.adverity.usual_duration import Usual
from jobbot.render.around import is_far, usually
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.marks import mark_of
from jobbot.render.blockkit.parts import compose, lines, row_in_words, small, text
from jobbot.render.blockkit.text import clock, escape, foreign
from jobbot.render.jobs import issue_in_words, state_and_number, times_in_words

RUNS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """``jobs`` are the newest of the datastream, at most ``RUNS_SHOWN``; ``around``: what is usual there."""

    datastream: DatastreamId
    name: str
    instance: str
    jobs: tuple[Job, ...]
    as_of: datetime
    around: Mapping[int, Around] = field(default_factory=dict)


def render_preview(preview: Preview, *, now: datetime) -> Message:
    """The blocks below the message. They have no buttons: whoever wants more opens the job where jobs are shown."""
    name = foreign(preview.name, 60) or f"Datastream {preview.datastream}"
    runs = [_run(job, preview.around.get(job.id, NOTHING), now) for job in preview.jobs]
    return compose(
        [
            text(f"*{name}*"),
            lines(runs) if runs else text("No runs that Adverity still knows."),
            small(f"datastream {preview.datastream}", escape(preview.instance), f"as of {clock(preview.as_of)}"),
        ]
    )


def in_order(job: Job) -> int:
    """What runs before what waits, and that before what is over."""
    return 0 if job.state is State.RUNNING else 1 if job.is_going_on else 2


def _run(job: Job, around: Around, now: datetime) -> str:
    """One run in a line, and why it failed; its datastream is the preview's."""
    said = [issue_in_words(job.issues[0], 80)] if job.issues else []
    far = is_far(job, around, now)
    usual = usually(around.usual) if far and isinstance(around.usual, Usual) else ""
    facts = [f"*{state_and_number(job, now, far=far)}*", f"job {job.id}", times_in_words(job, now), usual]
    return row_in_words("", facts, mark=mark_of(job.state, unusual=far), said=said)

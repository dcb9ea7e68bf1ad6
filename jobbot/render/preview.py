"""Renders the preview of a link to a datastream's page: its last runs, what goes on first."""

from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.model import DatastreamId, Job
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.marks import mark_of
from jobbot.render.blockkit.parts import compose, lines, row_in_words, small, text
from jobbot.render.blockkit.text import clock, escape, foreign
from jobbot.render.jobs import issue_in_words, state_and_number, times_in_words

RUNS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """``jobs`` are the newest of the datastream, at most ``RUNS_SHOWN``."""

    datastream: DatastreamId
    name: str
    instance: str
    jobs: tuple[Job, ...]
    as_of: datetime


def render_preview(preview: Preview, *, now: datetime) -> Message:
    """The blocks below the message. They have no buttons: whoever wants more opens the job where jobs are shown."""
    name = foreign(preview.name, 60) or f"Datastream {preview.datastream}"
    runs = [_run(job, now) for job in preview.jobs]
    return compose(
        [
            text(f"*{name}*"),
            lines(runs) if runs else text("No runs that Adverity still knows."),
            small(f"datastream {preview.datastream}", escape(preview.instance), f"as of {clock(preview.as_of)}"),
        ]
    )


def _run(job: Job, now: datetime) -> str:
    """One run in a line, and why it failed; its datastream is the preview's."""
    said = [issue_in_words(job.issues[0], 80)] if job.issues else []
    facts = [f"*{state_and_number(job, now)}*", f"job {job.id}", times_in_words(job, now)]
    return row_in_words("", facts, mark=mark_of(job.state), said=said)

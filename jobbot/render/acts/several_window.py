"""Renders the window of a stop of several jobs: a box for each, the reason, and of many how many they are."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.around import NOTHING, Around
from jobbot.adverity.model import Job, JobId
from jobbot.adverity.usual_duration import Usual
from jobbot.intents.language.numbers import LARGEST_NUMBER
from jobbot.render.acts.stop_window import ONLY_WHILE_FETCHING, numbers_in_words
from jobbot.render.acts.window import reason_field, window
from jobbot.render.around import is_far, usual_in_words
from jobbot.render.blockkit import parts
from jobbot.render.blockkit.blocks import OPTION_VALUE, Block, Modal, option
from jobbot.render.blockkit.inputs import check_boxes, number_field
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.text import clock, cut, duration, plural
from jobbot.render.jobs import Names, name_in_words, state_and_number, state_in_words, stream_name

SEVERAL_MODAL = "several_confirm"
JOBS, COUNT = "jobs", "count"

JOBS_MOST = 30
COUNTED_FROM = 6
"""From so many jobs on their number is typed."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A job of the list, as its box carries it: nothing else of the list is there when the window is submitted.

    ``place`` is which one of the list it is: the ticks come in no order.
    """

    place: int
    job: int
    datastream: int | None
    workspace: int | None
    name: str

    def encode(self) -> str:
        """The value of its box. The name is cut to what fits."""
        name = cut(self.name, 100)
        while len(
            value := json.dumps([self.place, self.job, self.datastream, self.workspace, name], ensure_ascii=False)
        ) > (OPTION_VALUE):
            name = name[: len(name) - max(1, (len(value) - OPTION_VALUE) // 2)]
        return value


def decode(value: str) -> Chosen | None:
    """The job of a box; None for anything else."""
    try:
        place, job, datastream, workspace, name = json.loads(value)
    except (ValueError, TypeError, RecursionError):
        return None
    numbers = type(place) is int and all(
        type(one) is int and 0 < one <= LARGEST_NUMBER for one in (job, datastream, workspace) if one is not None
    )
    is_one = numbers and job is not None and isinstance(name, str)
    return Chosen(place, job, datastream, workspace, cut(name, OPTION_VALUE)) if is_one else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralQuestion:
    """What the window shows: the jobs in their order, and how many more there are ``beyond`` those.

    Of jobs that were named, ``missing`` are those that Adverity does not know, ``over`` those that cannot be stopped,
    or not any more, ``unseen`` those that the channel does not see.
    """

    jobs: Sequence[Job]
    names: Names
    around: Mapping[JobId, Around]
    as_of: datetime
    beyond: int = 0
    complete: bool = True
    missing: tuple[JobId, ...] = ()
    over: tuple[Job, ...] = ()
    unseen: tuple[JobId, ...] = ()
    reason: str = ""
    reason_required: bool = False


def which(jobs: Sequence[JobId]) -> str:
    """The jobs that were named: ``jobs 48343, 48346``; of none of them, ``these jobs``."""
    return f"jobs {numbers_in_words(jobs)}" if jobs else "these jobs"


def checking(jobs: Sequence[JobId] = ()) -> Modal:
    """The window as it is opened, before anything is read. ``jobs`` are those that were named."""
    return _asking([parts.text(f"Checking {which(jobs) if jobs else 'which jobs are going on'} …")])


def still_checking(jobs: Sequence[JobId] = ()) -> Modal:
    """The window while it is still being read after a moment."""
    asking = f"Asking Adverity for {which(jobs) if jobs else 'jobs'} … it takes longer than usual."
    return _asking([parts.text(f"{asking} The list will follow here.")])


def confirm(asked: SeveralQuestion, metadata: str) -> Modal:
    """The window that asks."""
    options = [_option(place, job, asked) for place, job in enumerate(asked.jobs)]
    count = number_field(
        COUNT,
        "Type the number of ticked jobs, to stop them",
        least=1,
        most=JOBS_MOST,
        hint=f"{len(asked.jobs)}, if all of them stay ticked.",
    )
    body = [
        parts.text(f"*{plural(len(asked.jobs), 'job')}* going on. Untick what is to go on."),
        parts.small(ONLY_WHILE_FETCHING),
        *(parts.small(remark) for remark in _remarks(asked)),
        parts.Part(check_boxes(JOBS, "Jobs", options)),
        parts.Part([count]) if len(asked.jobs) >= COUNTED_FROM else parts.NOTHING,
        reason_field(asked.reason, required=asked.reason_required),
        parts.small(
            "Data fetched so far may be incomplete, waiting jobs of a stopped one's datastream are discarded, and the "
            "schedule goes on. A stop cannot be taken back."
        ),
        parts.small(f"As of {clock(asked.as_of)}. The channel will see who did it, and why."),
    ]
    return _asking(body, metadata, submit="Stop these jobs")


def _asking(body: Sequence[parts.Part], metadata: str = "", *, submit: str | None = None) -> Modal:
    return window(SEVERAL_MODAL, "Stop several jobs?", body, metadata, submit=submit, close="Keep running")


def _option(place: int, job: Job, asked: SeveralQuestion) -> Block:
    around = asked.around.get(job.id, NOTHING)
    mark = f"{Mark.UNUSUAL.sign} " if is_far(job, around, asked.as_of) else ""
    stream = None if job.datastream is None else int(job.datastream.id)
    ran = duration(asked.as_of - job.start) if job.start is not None and job.start <= asked.as_of else ""
    usual = usual_in_words(around.usual) if isinstance(around.usual, Usual) else ""
    chosen = Chosen(place, int(job.id), stream, asked.names.workspace_of(job), stream_name(job, asked.names))
    return option(
        f"{mark}{cut(name_in_words(job, asked.names), 50)} · {job.id}",
        chosen.encode(),
        ", ".join(part for part in (state_and_number(job, asked.as_of), ran, usual) if part),
    )


def _remarks(asked: SeveralQuestion) -> list[str]:
    said = []
    if asked.beyond:
        said.append(f"{plural(asked.beyond, 'more job')} can be stopped, beyond the {JOBS_MOST} of this list")
    if not asked.complete:
        said.append("Adverity lists more jobs than jobbot has read")
    return [*said, *_not_in_it(asked)]


def _not_in_it(asked: SeveralQuestion) -> list[str]:
    """The jobs that were named and have no box, each with why."""
    said = []
    if asked.missing:
        said.append(f"not found in Adverity: {_numbers(asked.missing)}")
    if asked.over:
        said.append(f"cannot be stopped: {', '.join(f'{job.id} ({_why_not(job)})' for job in asked.over)}")
    if asked.unseen:
        said.append(f"not shown in this channel: {_numbers(asked.unseen)}")
    return said


def _numbers(jobs: Sequence[JobId]) -> str:
    return ", ".join(map(str, jobs))


def _why_not(job: Job) -> str:
    return state_in_words(job) if job.is_over else f"{state_in_words(job)}, past fetching"


def wrong_choice(ticked: int, typed: int | None, *, counted: bool) -> dict[str, str]:
    """What is wrong with what was ticked and typed, by field; nothing where it can be stopped. Slack shows plain text.

    ``counted``: whether the window has the field for the number.
    """
    if not ticked:
        return {JOBS: "No job is ticked. Tick those that shall be stopped, or close the window."}
    if ticked > JOBS_MOST:
        return {JOBS: f"No more than {JOBS_MOST} jobs are stopped at once."}
    if counted and typed != ticked:
        are = f"{ticked} {'is' if ticked == 1 else 'are'} ticked"
        return {COUNT: f"{are}, you typed {typed}." if typed is not None else f"{are}: type that number."}
    return {}


def nothing_to_stop(asked: SeveralQuestion) -> str:
    """For the window: none of the jobs can be stopped."""
    why = "".join(f" {said[:1].upper()}{said[1:]}." for said in _not_in_it(asked))
    return f"No such job is going on that can be stopped.{why} There is nothing to stop."

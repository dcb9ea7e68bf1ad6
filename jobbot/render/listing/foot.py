"""The buttons below a list: one job to open, paging, and what else may be asked."""

from dataclasses import replace
from datetime import datetime

from jobbot.adverity.model import GOING_ON, Job, State
from jobbot.intents.model import ListJobs, ShowJob, StopSeveral, WatchJob
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block
from jobbot.render.blockkit.paging import paging
from jobbot.render.blockkit.text import cut
from jobbot.render.hints import hints
from jobbot.render.jobs import Names, may_be_stopped, name_in_words, state_and_number
from jobbot.render.listing.model import Listing

_FAILED = frozenset({State.FAILED})


def foot_buttons(listing: Listing, now: datetime, *, share: bool, stop: bool, watch: bool) -> list[Block]:
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

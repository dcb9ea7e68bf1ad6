"""The rows of a list: each job with one button beside it, what is unusual with several, what waits together in one."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from jobbot.access.policy import Need
from jobbot.adverity.around import NOTHING
from jobbot.adverity.model import Job, JobId, State
from jobbot.intents.model import Acknowledge, Retry, ShowJob, StopJob
from jobbot.render.around import is_far
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Block, actions, section
from jobbot.render.blockkit.parts import Part
from jobbot.render.earlier_stops import StopResult
from jobbot.render.jobs import may_be_stopped, row, waiting_row
from jobbot.render.listing.model import Listing

ROW_MOST = 600
"""Characters; 15 rows of more would be more than Slack takes in one message, and then all its buttons would be lost."""


def row_parts(listing: Listing, now: datetime, offers: Collection[Need]) -> Iterator[Part]:
    """A row for each job of the page, or for several that wait behind the same one."""
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


def wanted_button(job: Job, listing: Listing, offers: Collection[Need]) -> Block | None:
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
    if (wanted := wanted_button(job, listing, offers)) is not None:
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

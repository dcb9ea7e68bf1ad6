"""Words about earlier acts on the same job: a stop, in its card, its row and another stop's window; and, of a job that
is over, who had it fetched again, retried or acknowledged, in its card.

What Adverity says of the job outvotes the record: a job that was stopped and goes on is said to go on.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from jobbot.adverity.model import STOPPED, Job
from jobbot.render.blockkit.text import clock, foreign, moment

REASON_MOST = 300
"""Characters of a reason."""


class StopResult(StrEnum):
    """What became of a stop: it is under way, worked, was not obeyed, or nobody knows."""

    UNDER_WAY = "under way"
    WORKED = "worked"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class EarlierStop:
    """The newest stop of a job that was begun: by whom, when, why (as it was typed), and what became of it.

    ``channel_id`` is where it was asked for, and the reason typed.
    """

    user_id: str
    at: datetime
    reason: str
    result: StopResult
    channel_id: str = ""

    def told_in(self, channel_id: str | None) -> "EarlierStop":
        """As another organisation may read it in a channel: without a reason that was typed in another one."""
        return self if self.channel_id == channel_id else replace(self, reason="")


@dataclass(frozen=True, slots=True)
class DoneAbout:
    """What was done about a job that is over, or is being done: ``kind`` is the ledger's word (fetch, retry,
    acknowledge), ``jobs`` are those that Adverity has started for it."""

    kind: str
    user_id: str
    at: datetime
    is_done: bool = field(kw_only=True)
    jobs: tuple[int, ...] = ()


def about_line(done: DoneAbout) -> str:
    """For the card of a job that is over: who did what, when, and which job came of it."""
    numbers = ", ".join(map(str, done.jobs))
    came = f" (job{'s' if len(done.jobs) > 1 else ''} {numbers})" if done.jobs else ""
    return f"{about_in_a_row(done)} {moment(done.at)}{came}"


def about_in_a_row(done: DoneAbout) -> str:
    """Who did what, or is doing it."""
    doing, did = {
        "fetch": ("is fetching it again", "fetched it again"),
        "retry": ("is retrying it", "retried it"),
        "acknowledge": ("is acknowledging its issue", "acknowledged its issue"),
    }[done.kind]
    return f"<@{done.user_id}> {did if done.is_done else doing}"


def stop_lines(stop: EarlierStop, job: Job) -> list[str]:
    """For the job's card: who stopped it, or asked for that, and when; then the reason as a quote, if there is one."""
    who, when = f"<@{stop.user_id}>", moment(stop.at)
    match stop.result:
        case StopResult.UNDER_WAY if job.is_over:
            words = f"{who} asked to stop it {when}"
        case StopResult.UNDER_WAY:
            words = f"{who} has been stopping it since {clock(stop.at)}"
        case StopResult.WORKED if job.state in STOPPED:
            words = f"Stopped by {who} {when}"
        case StopResult.WORKED if job.is_over:
            words = f"{who} stopped it {when}, yet it ended in another way"
        case StopResult.WORKED:
            words = f"{who} stopped it {when}, yet it goes on"
        case StopResult.REFUSED:
            words = f"{who} asked to stop it {when}, and it was not stopped"
        case StopResult.UNKNOWN if job.state in STOPPED:
            words = f"Ended after {who} asked to stop it {when}"
        case StopResult.UNKNOWN if job.is_over:
            words = f"{who} asked to stop it {when}; it ended in another way"
        case StopResult.UNKNOWN:
            words = f"{who} asked to stop it {when}, yet it goes on"
        case _:
            assert_never(stop.result)
    return [words, f">{foreign(stop.reason, REASON_MOST)}"] if stop.reason else [words]


def stop_in_a_row(stop: EarlierStop, job: Job) -> str:
    """A phrase for the row of a job that goes on, empty for another; without a name, as a list must ping nobody."""
    if job.is_over:
        return ""
    return {
        StopResult.UNDER_WAY: f"being stopped since {clock(stop.at)}",
        StopResult.REFUSED: f"a stop was refused {moment(stop.at)}",
    }.get(stop.result, f"goes on after a stop {moment(stop.at)}")


def stopped_before(stop: EarlierStop) -> str:
    """A sentence for the window of a job that goes on: an earlier stop that worked, or has no known outcome."""
    worked = stop.result is StopResult.WORKED
    did, but = ("stopped it", "yet it is going on") if worked else ("sent a stop", "and its outcome is not known")
    return f"<@{stop.user_id}> {did} at {clock(stop.at)}, {but}."

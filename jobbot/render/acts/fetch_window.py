"""Renders the window of a fetch: which days, how, and what is known of the datastream."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from jobbot.adverity.around import NotKnown
from jobbot.adverity.model import Days, Job, Priority, State
from jobbot.adverity.usual_duration import TooFew, Usual
from jobbot.render.acts.fetch import called
from jobbot.render.acts.window import reason_field, window
from jobbot.render.around import days_in_words, usual_in_words
from jobbot.render.blockkit import parts
from jobbot.render.blockkit.blocks import Modal, option
from jobbot.render.blockkit.inputs import choice_field, date_field
from jobbot.render.blockkit.text import clock, moment, plural
from jobbot.render.jobs import state_in_words

FETCH_MODAL = "fetch_confirm"
FIRST_DAY, LAST_DAY, PRIORITY = "first_day", "last_day", "priority"
AS_USUAL = "usual"
DAYS_MOST = 366

MANY = 3
_WEEK = 7
_OVERLAPS_SHOWN = 3
_WILL_NOT_HELP = (
    ":warning: *It will most likely fail*: its last failure says that somebody has to authorise the datastream again "
    "in Adverity."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchQuestion:
    """What the window shows. ``days`` are those that were typed or are a job's, None where a person shall pick them.

    ``order`` is how days were read that have two orders. Without days those of ``last`` stand in the fields: its newest
    run that failed, or else the newest. ``overlapping`` are jobs that go on and fetch some of these days, None where
    that could not be read; ``queue`` are all of the datastream that go on, likewise. ``earlier`` is who had the same
    days fetched before, and when. ``usual_days``: how many days its runs fetch;
    ``needs_authorisation``: somebody has to authorise it again in Adverity.
    """

    name: str
    datastream: int
    days: Days | None
    as_of: datetime
    usual: Usual | TooFew | NotKnown | None = None
    overlapping: Sequence[Job] | None = ()
    queue: Sequence[Job] | None = None
    earlier: tuple[str, datetime] | None = None
    usual_days: int | None = None
    needs_authorisation: bool = False
    order: str = ""
    last: Job | None = None
    reason: str = ""
    reason_required: bool = False


def checking(name: str) -> Modal:
    """The window as it is opened, before anything is read."""
    return _asking([parts.text(f"Checking {name} …")])


def still_checking(name: str) -> Modal:
    """The window while it is still being read after a moment."""
    words = f"Asking Adverity for {name} … it takes longer than usual. The question will follow here."
    return _asking([parts.text(words)])


def confirm(asked: FetchQuestion, metadata: str) -> Modal:
    """The window that asks."""
    usual = ""
    if isinstance(asked.usual, Usual):
        usual = f"runs usually take {usual_in_words(asked.usual).removeprefix('usually ')}"
    days = asked.days
    picked = days or (asked.last.days if asked.last is not None else None)
    body = [
        parts.text(parts.row_in_words(called(asked.name, asked.datastream), [], [f"datastream {asked.datastream}"])),
        parts.text(_what_is_fetched(days, asked.as_of, asked.order) if days is not None else _which_days(asked)),
        *([parts.text(_WILL_NOT_HELP)] if asked.needs_authorisation else []),
        *([parts.text(many)] if (many := _many_days(asked)) else []),
        *([parts.text(warning)] if (warning := _in_the_way(asked)) else []),
        *([parts.text(before)] if (before := _before_it(asked.queue or ())) else []),
        parts.Part(
            [
                date_field(FIRST_DAY, "First day", initial=picked.start if picked is not None else None),
                date_field(LAST_DAY, "Last day", initial=picked.end if picked is not None else None),
                choice_field(
                    PRIORITY,
                    "When",
                    [option("As usual", AS_USUAL), option("When nothing else is running", Priority.BACKDATA.value)],
                    initial=AS_USUAL,
                ),
            ]
        ),
        reason_field(asked.reason, required=asked.reason_required),
        parts.small(usual, f"as of {clock(asked.as_of)}", "the channel will see who fetched again, and why"),
    ]
    return _asking(body, metadata, submit="Fetch again")


def _asking(body: Sequence[parts.Part], metadata: str = "", *, submit: str | None = None) -> Modal:
    return window(FETCH_MODAL, "Fetch again?", body, metadata, submit=submit, close="Do not fetch")


def _which_days(asked: FetchQuestion) -> str:
    """What stands in the fields where no days were typed."""
    last = asked.last
    if last is None or last.days is None:
        return "No days were said: pick them. What Adverity has of them is fetched again."
    run = "its newest run that failed" if last.state is State.FAILED else "its newest run"
    days = days_in_words(last.days, asked.as_of)
    return f"No days were said. Below are those of {run}, job {last.id}: *{days}*. Change them if you mean others."


def _what_is_fetched(days: Days, now: datetime, order: str = "") -> str:
    count = (days.end - days.start).days + 1
    read = f", read as {order}" if order else ""
    return (
        f"{plural(count, 'day')}: *{days_in_words(days, now)}*{read}. What Adverity has of these days is fetched again."
    )


def _many_days(asked: FetchQuestion) -> str:
    """A warning where these are many more days than its runs fetch."""
    if asked.days is None or asked.usual_days is None:
        return ""
    count = (asked.days.end - asked.days.start).days + 1
    if count < max(MANY * asked.usual_days, asked.usual_days + _WEEK):
        return ""
    return f":warning: *{plural(count, 'day')}*; its usual run fetches {plural(asked.usual_days, 'day')}."


def _before_it(queue: Sequence[Job]) -> str:
    """The jobs of the datastream that stand before the new one; nothing where there are none."""
    if not queue:
        return ""
    counts = Counter(state_in_words(job).lower() for job in queue)
    each = ", ".join(f"{count} {state}" for state, count in counts.most_common())
    return f"Jobs of this datastream that come before it: {each}."


def _in_the_way(asked: FetchQuestion) -> str:
    if asked.overlapping is None:
        return "Whether a job fetches some of these days already is not known."
    lines = [
        f":warning: Job {job.id} ({state_in_words(job)}) fetches {days_in_words(job.days, asked.as_of)} already."
        for job in asked.overlapping[:_OVERLAPS_SHOWN]
        if job.days is not None
    ]
    if asked.earlier is not None:
        who, when = asked.earlier
        lines.append(f"<@{who}> had the same days fetched again {moment(when)}.")
    return "\n".join(lines)


def no_such_job(job: int) -> str:
    """For the window: a job that Adverity does not know; the number may be a datastream's."""
    return f"Adverity knows no job {job}. Is {job} a datastream? Then ask for `fetch datastream {job}`."


def wrong_days(first: date | None, last: date | None, latest: date) -> dict[str, str]:
    """What is wrong with two days, by field; nothing where they can be fetched. Slack shows it as plain text.

    ``latest`` is the last day that has begun: a later one has no data.
    """
    if first is None or last is None:
        return {name: "Pick a day." for name, day in ((FIRST_DAY, first), (LAST_DAY, last)) if day is None}
    if last < first:
        return {LAST_DAY: f"The last day is before the first, {first.isoformat()}."}
    if last > latest:
        return {LAST_DAY: f"{last.isoformat()} is in the future: it has no data yet."}
    if (last - first).days >= DAYS_MOST:
        return {FIRST_DAY: f"These are {(last - first).days + 1} days; at most {DAYS_MOST} can be fetched at once."}
    return {}

"""What stands around a job, in words: each function makes a phrase or lines of one fact, for whichever message. Pure.

A fact that nobody asked for has no words; one that could not be read says so, and why.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from jobbot.adverity.around import Around, Brought, NextFetch, NotKnown, Off, OpenIssues, Upcoming, Why
from jobbot.adverity.model import Days, Issue, Job, State
from jobbot.adverity.streak import Streak
from jobbot.adverity.usual_duration import TooFew, Usual
from jobbot.render.blockkit.text import duration, foreign, moment, plural

FAR = "far longer than usual"
_WHY = {
    Why.FORBIDDEN: "the key may not read it",
    Why.MISSING: "this Adverity does not have it",
    Why.SLOW: "Adverity did not say it in time",
    Why.TROUBLE: "Adverity could not be asked",
    Why.UNSAID: "Adverity does not say",
}
_AGAIN = "Someone has to authorise it again in Adverity."


def why_in_words(found: NotKnown) -> str:
    """Why something is not known."""
    return _WHY[found.why]


def days_in_words(days: Days, now: datetime) -> str:
    """The days that a job fetches: ``1–27 Nov``, ``28 Oct–3 Nov``, with the year where it is not that of ``now``."""
    start, end = days.start, days.end
    year = f" {end.year}" if start.year != end.year or end.year != now.year else ""
    last = f"{end.day} {end:%b}{year}"
    if start == end:
        return last
    if start.year != end.year:
        return f"{start.day} {start:%b} {start.year}–{last}"
    return f"{start.day}–{last}" if start.month == end.month else f"{start.day} {start:%b}–{last}"


def fetches(job: Job, now: datetime) -> str:
    """What a job does: its type where that is no fetch, and the days that it is about; empty where neither is known."""
    kind = "" if job.is_fetch else foreign(job.type or "", 20)
    days = days_in_words(job.days, now) if job.days is not None else ""
    if kind:
        return f"{kind} of {days}" if days else kind
    return f"fetches {days}" if days else ""


def is_far(job: Job, around: Around, now: datetime) -> bool:
    """Whether a job is running for far longer than usual."""
    return (
        job.state is State.RUNNING
        and job.start is not None
        and isinstance(around.usual, Usual)
        and now - job.start > around.usual.far_from
    )


def usual_in_words(usual: Usual | TooFew | NotKnown) -> str:
    """How long such jobs take: ``usually 9–14 min (last 12 runs)``."""
    match usual:
        case Usual(runs=runs):
            return f"{usually(usual)} (last {runs} runs)"
        case TooFew(comparable=comparable):
            of = "no finished run is like it" if not comparable else f"only {plural(comparable, 'run')} like it"
            return f"too few to say how long it usually takes ({of})"
        case NotKnown(why=why):
            return f"usual duration not known: {_WHY[why]}"


def usually(usual: Usual) -> str:
    """The same, shorter: ``usually 9–14 min``."""
    return f"usually {_span(usual.low, usual.high)}"


def _span(low: timedelta, high: timedelta) -> str:
    shortest, longest = duration(low), duration(high)
    if shortest == longest:
        return f"about {longest}"
    (number, *unit), (_, *same) = shortest.split(), longest.split()
    if unit == same and len(unit) == 1:
        return f"{number}–{longest}"
    return f"{shortest} to {longest}"


def streak_in_words(found: Streak | NotKnown, one: str = "time") -> str:
    """Of a failed job: ``2nd time in a row, last success yesterday 17:35``; empty for the first failure.

    ``one``: what is counted, where nothing before it says that.
    """
    if isinstance(found, NotKnown) or found.failures < 2:
        return ""
    count = f"{ordinal(found.failures)} {one} in a row" if found.whole else f"at least {found.failures} {one}s in a row"
    last = f", last success {moment(found.last_success)}" if found.last_success is not None else ""
    return f"{count}{last}"


def ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``11th``."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def off_in_words(off: Off, now: datetime, *, calls: bool = True) -> str:
    """Of a schedule that is off: ``paused by @ana until 13:00``; ``off`` where jobbot did not pause it.

    ``calls`` False: without the person, who would be notified by a new message.
    """
    if off.by is None:
        return "off"
    end = "" if off.until is None else f" until {moment(off.until)}"
    if off.until is not None and off.until <= now:
        end = f", was to be resumed {moment(off.until)}"
    return f"paused by <@{off.by}>{end}" if calls else f"paused{end}"


def next_fetch_in_words(found: Upcoming, now: datetime, *, stopped: bool = False, calls: bool = True) -> str:
    """When the schedule fetches next. ``stopped``: beside a stop, which leaves the schedule as it is; ``calls`` as of
    :func:`off_in_words`."""
    goes_on = " Stopping does not pause the schedule." if stopped else ""
    match found:
        case Off():
            paused = f"Schedule {off_in_words(found, now, calls=calls)}."
            return paused if found.by is not None else "The schedule of this datastream is off."
        case NextFetch(at=None):
            return "No next fetch of this datastream is scheduled."
        case NextFetch(at=at) if at is not None and at <= now:
            begins = "The next scheduled fetch of this datastream"
        case _:
            begins = "Next scheduled fetch of this datastream:"
    return f"{begins} {next_fetch_value(found, now)}.{goes_on}"


def next_fetch_value(found: Upcoming, now: datetime) -> str:
    """The same beside its name: ``Mar 14 10:00 (in 18 min)``."""
    match found:
        case Off():
            return f"none, the schedule is {off_in_words(found, now)}"
        case NextFetch(at=None):
            return "none is scheduled"
        case NextFetch(at=at) if at is not None and at > now:
            return f"{moment(at)} (in {duration(at - now)})"
        case NextFetch(at=at) if at is not None:
            return f"was due {moment(at)}"
        case NotKnown(why=why):
            return f"not known, {_WHY[why]}"
    return ""


def issue_lines(found: OpenIssues | NotKnown, *, most: int, brief: bool = False) -> list[str]:
    """Why a job failed, an open issue a line. ``brief``: shorter, and without Adverity's own message of each."""
    if isinstance(found, NotKnown):
        return [f"Open issues not known: {_WHY[found.why]}."]
    lines = [open_issue(issue, brief=brief) for issue in found.issues[:most]]
    if len(found.issues) > most:
        lines.append(f"and {plural(len(found.issues) - most, 'more open issue')}")
    return lines


def open_issue(issue: Issue, *, brief: bool = False) -> str:
    """One open issue in sentences: its cause, the stage, how often and since when, and what would help."""
    most = 60 if brief else 120
    circumstances = issue_circumstances(issue)
    about = f", {', '.join(circumstances)}" if circumstances else ""
    sentences = [f"{issue_cause(issue, most).rstrip('.')}{about}."]
    if issue.cause and issue.message and not brief:
        sentences.append(f"“{foreign(issue.message, 200)}”")
    return " ".join([*sentences, what_helps(issue, most)]).strip()


def issue_cause(issue: Issue, most: int) -> str:
    """The cause of an issue, or else what it says."""
    label, said = foreign(issue.type_label, 20), foreign(issue.message, most if issue.cause else max(most, 60))
    what = foreign(issue.cause, most) or (f"{label}: {said}" if label and said else said or label)
    return what or "An issue without words"


def issue_circumstances(issue: Issue) -> list[str]:
    """In which stage, how often, since when; what is not known is left out."""
    often = plural(issue.occurrences, "time") if issue.occurrences and issue.occurrences > 1 else ""
    since = f"since {moment(issue.since)}" if issue.since else ""
    return [
        one
        for one in (
            f"in the {foreign(issue.stage.lower(), 20)} stage" if issue.stage else "",
            " ".join(part for part in (often, since) if part),
        )
        if one
    ]


def what_helps(issue: Issue, most: int) -> str:
    """What would help with an issue; empty where nothing is known."""
    if "authori" in f"{issue.cause} {issue.remedy}".casefold():
        return _AGAIN
    return f"What would help: {foreign(issue.remedy, most).rstrip('.')}." if issue.remedy else ""


def brought_in_words(job: Job, found: Brought | NotKnown) -> str:
    """What came of a job: ``2 extracts, 12,340 rows``; of a success without any, in words."""
    if isinstance(found, NotKnown):
        return f"What it brought is not known: {_WHY[found.why]}."
    count = plural(found.extracts, "extract") if found.extracts else "no extract"
    count = count if found.complete else f"more than {count}"
    rows = "" if found.rows is None or not found.extracts else f", {plural(found.rows, 'row')}"
    empty = "Success, but empty: " if job.state is State.SUCCESS and found.is_empty and job.is_fetch else ""
    words = f"{empty}{count}{rows}"
    return words[:1].upper() + words[1:]


def without_repeats(issues: Sequence[Issue], found: OpenIssues | NotKnown | None) -> list[Issue]:
    """The job's own issues, where no open ones say more of the same."""
    return [] if isinstance(found, OpenIssues) and found.issues else list(issues)

"""What stands around a job in words: days, usual durations, the next fetch, open issues, what a job brought."""

from datetime import UTC, date, datetime, timedelta

from jobbot.adverity.around import (
    Around,
    Brought,
    NextFetch,
    NotKnown,
    Off,
    OpenIssues,
    Upcoming,
    Waiting,
    Why,
    brought_by,
    next_fetch_of,
)
from jobbot.adverity.model import Datastream, Days, Extract, Issue, Job, JobId
from jobbot.adverity.paging import Entries
from jobbot.adverity.streak import Streak
from jobbot.adverity.usual_duration import TooFew, Usual
from jobbot.render.around import (
    brought_in_words,
    days_in_words,
    fetches,
    is_far,
    issue_lines,
    next_fetch_in_words,
    open_issue,
    usual_in_words,
)
from jobbot.render.blockkit.text import duration, to_plain
from jobbot.render.card import Card, what_people_see
from jobbot.render.jobs import Names, time_left, times_in_words
from tests.support.each import each

NOW = datetime(2026, 11, 28, 10, 44, tzinfo=UTC)


def job(**fields: object) -> Job:
    began = (NOW - timedelta(minutes=47)).isoformat()
    return Job.model_validate({"id": 987, "state_label": "Running", "job_start": began, **fields})


def usual(low: float, high: float, runs: int = 12, median: float | None = None) -> Usual:
    middle = (low + high) / 2 if median is None else median
    of = {"low": low, "median": middle, "high": high}
    return Usual(runs=runs, **{name: timedelta(minutes=value) for name, value in of.items()})


@each(
    ("start", "end", "words"),
    [
        ("2026-11-01", "2026-11-27", "1–27 Nov"),
        ("2026-11-27", "2026-11-27", "27 Nov"),
        ("2026-10-28", "2026-11-03", "28 Oct–3 Nov"),
        ("2025-11-01", "2025-11-27", "1–27 Nov 2025"),
        ("2025-12-28", "2026-01-03", "28 Dec 2025–3 Jan 2026"),
    ],
)
def test_days(start: str, end: str, words: str) -> None:
    assert days_in_words(Days(date.fromisoformat(start), date.fromisoformat(end)), NOW) == words


@each(
    ("fields", "words"),
    [
        ({}, ""),
        ({"type": "Fetch"}, ""),
        ({"type": "Fetch", "range_start": "2026-11-01", "range_end": "2026-11-27"}, "fetches 1–27 Nov"),
        ({"range_start": "2026-11-01T00:00:00Z", "range_end": "2026-11-27"}, "fetches 1–27 Nov"),
        ({"type": "Load"}, "Load"),
        (
            {"type": "Load <!channel>", "range_start": "2026-11-27", "range_end": "2026-11-27"},
            "Load &lt;!channel&gt; of 27 Nov",
        ),
    ],
)
def test_what_a_job_does(fields: dict[str, object], words: str) -> None:
    assert fetches(job(**fields), NOW) == words


@each(
    ("found", "words"),
    [
        (usual(9, 14), "usually 9–14 min (last 12 runs)"),
        (usual(9.2, 9.4), "usually about 9 min (last 12 runs)"),
        (usual(0.5, 0.75), "usually 30–45 s (last 12 runs)"),
        (usual(0.5, 14), "usually 30 s to 14 min (last 12 runs)"),
        (usual(55, 95), "usually 55 min to 1 h 35 min (last 12 runs)"),
        (usual(65, 95), "usually 1 h 5 min to 1 h 35 min (last 12 runs)"),
        (usual(120, 180), "usually 2–3 h (last 12 runs)"),
        (TooFew(comparable=0), "too few to say how long it usually takes (no finished run is like it)"),
        (TooFew(comparable=4), "too few to say how long it usually takes (only 4 runs like it)"),
        (NotKnown(why=Why.SLOW), "usual duration not known: Adverity did not say it in time"),
    ],
)
def test_usual_durations(found: Usual | TooFew | NotKnown, words: str) -> None:
    assert usual_in_words(found) == words


@each(
    ("found", "state", "far"),
    [
        (usual(9, 14), "Running", True),
        (usual(9, 14), "Success", False),
        (usual(20, 30), "Running", False),
        (TooFew(comparable=4), "Running", False),
        (None, "Running", False),
    ],
)
def test_what_is_far_longer_than_usual(found: Usual | TooFew | None, state: str, far: bool) -> None:
    assert is_far(job(state_label=state), Around(usual=found), NOW) is far


@each(
    ("found", "words"),
    [
        (
            NextFetch(at=NOW + timedelta(minutes=16)),
            "Next scheduled fetch of this datastream: 2026-11-28 11:00 UTC (in 16 min). "
            "Stopping does not pause the schedule.",
        ),
        (NextFetch(at=None), "No next fetch of this datastream is scheduled."),
        (Off(), "The schedule of this datastream is off."),
        (Off(by="U0ANA"), "Schedule paused by <@U0ANA>."),
        (
            Off(by="U0ANA", until=NOW + timedelta(hours=1)),
            "Schedule paused by <@U0ANA> until 2026-11-28 11:44 UTC.",
        ),
        (
            Off(by="U0ANA", until=NOW - timedelta(minutes=44)),
            "Schedule paused by <@U0ANA>, was to be resumed 2026-11-28 10:00 UTC.",
        ),
        (
            NextFetch(at=NOW - timedelta(minutes=44)),
            "The next scheduled fetch of this datastream was due 2026-11-28 10:00 UTC. "
            "Stopping does not pause the schedule.",
        ),
        (
            NotKnown(why=Why.FORBIDDEN),
            "Next scheduled fetch of this datastream: not known, the key may not read it. "
            "Stopping does not pause the schedule.",
        ),
    ],
)
def test_the_next_fetch_beside_a_stop(found: Upcoming, words: str) -> None:
    assert to_plain(next_fetch_in_words(found, NOW, stopped=True)) == words


@each(
    ("stream", "found"),
    [
        ({"next_run": "2026-11-28T11:00:00Z"}, NextFetch(at=NOW + timedelta(minutes=16))),
        ({"next_run": "2026-11-28T10:00:00Z"}, NotKnown(why=Why.UNSAID)),
        ({"next_run": "Not Scheduled"}, NextFetch(at=None)),
        ({"enabled": False, "next_run": "2026-11-28T11:00:00Z"}, Off()),
        ({"enabled": False, "updated": "2026-11-28T10:44:00Z"}, Off(updated=NOW)),
        ({}, NotKnown(why=Why.UNSAID)),
    ],
)
def test_the_next_fetch_as_a_datastream_says_it(stream: dict[str, object], found: Upcoming) -> None:
    assert next_fetch_of(Datastream.model_validate({"id": 42, **stream}), NOW) == found


def issue(**fields: object) -> Issue:
    return Issue.model_validate(fields)


@each(
    ("fields", "words"),
    [
        (
            {
                "error_cause_label": "Authorization invalid",
                "extraction_stage_label": "Fetch",
                "occurrences": 3,
                "start": "2026-11-28T06:10:00Z",
            },
            "Authorization invalid, in the fetch stage, 3 times since 2026-11-28 06:10 UTC. "
            "Someone has to authorise it again in Adverity.",
        ),
        (
            {"message": "No <b>data</b> for <!here>", "error_resolution_label": "Check the report."},
            "No data for &lt;!here&gt;. What would help: Check the report.",
        ),
        (
            {"error_cause_label": "Quota", "message": "Too many calls", "occurrences": 1},
            "Quota. “Too many calls”",
        ),
        ({"type_label": "Load", "message": "No space left."}, "Load: No space left."),
        ({}, "An issue without words."),
    ],
)
def test_an_open_issue(fields: dict[str, object], words: str) -> None:
    assert to_plain(open_issue(issue(**fields))) == words


def test_a_brief_one_leaves_out_the_message_where_the_cause_says_it() -> None:
    whole = {"error_cause_label": "Quota", "message": "Too many calls", "extraction_stage_label": "Load"}
    assert open_issue(issue(**whole), brief=True) == "Quota, in the load stage."
    assert open_issue(issue(message="Too many calls"), brief=True) == "Too many calls."


def test_three_open_issues_and_how_many_more() -> None:
    found = OpenIssues(issues=tuple(issue(error_cause_label=f"Cause {number}") for number in range(5)))
    assert issue_lines(found, most=3) == ["Cause 0.", "Cause 1.", "Cause 2.", "and 2 more open issues"]
    assert issue_lines(NotKnown(why=Why.MISSING), most=3) == ["Open issues not known: this Adverity does not have it."]


@each(
    ("rows", "fields", "words"),
    [
        ([12000, 340], {}, "2 extracts, 12,340 rows"),
        ([1], {}, "1 extract, 1 row"),
        ([12, None], {}, "2 extracts"),
        ([0, 0], {}, "Success, but empty: 2 extracts, 0 rows"),
        ([], {}, "Success, but empty: no extract"),
        ([], {"type": "Load"}, "No extract"),
        ([0], {"state_label": "Failed"}, "1 extract, 0 rows"),
    ],
)
def test_what_a_job_brought(rows: list[int | None], fields: dict[str, object], words: str) -> None:
    extracts = tuple(Extract.model_validate({"id": number, "nrows": count}) for number, count in enumerate(rows, 1))
    assert brought_in_words(job(**{"state_label": "Success", **fields}), brought_by(Entries(extracts))) == words


def test_more_extracts_than_were_read() -> None:
    found = brought_by(Entries((Extract(rows=5), Extract(rows=5)), complete=False))
    assert brought_in_words(job(state_label="Success"), found) == "More than 2 extracts"


def test_what_nobody_asked_for_has_no_words_and_what_is_not_known_says_why() -> None:
    of = dict.fromkeys(("usual", "next_fetch", "issues", "brought"), NotKnown(why=Why.FORBIDDEN))
    told = {*card(job(), Around(**of))} - {*card(job(), Around())}
    assert len(told) == 4
    assert all("not known" in line and "the key may not read it" in line for line in told)


def card(one: Job, around: Around) -> list[str]:
    """The lines of its card."""
    return what_people_see(
        Card(job=one, instance="acme", as_of=NOW, names=Names("https://acme.example"), around=around), now=NOW
    )


def test_a_card_tells_the_time_against_the_usual_and_estimates_nothing_of_what_is_far_from_it() -> None:
    told = card(job(progress=62), Around(usual=usual(9, 14)))
    assert "`██████░░░░` *62 %* · *47 min*, usually 9–14 min (last 12 runs) · far longer than usual" in told
    told = card(job(progress=62), Around(usual=usual(50, 70)))
    assert "`██████░░░░` *62 %* · *47 min*, usually 50 min to 1 h 10 min (last 12 runs) · about 29 min left" in told


def test_a_failed_jobs_card_begins_with_why_and_says_how_often_in_a_row() -> None:
    began = (NOW - timedelta(minutes=47)).isoformat()
    one = job(state_label="Failed", job_start=began, job_end=NOW.isoformat(), issues=[{"message": "reset by peer"}])
    told = card(one, Around(streak=Streak(failures=2, last_success=NOW - timedelta(hours=17))))
    assert told[1] == ">reset by peer"
    assert to_plain(told[2]) == "2nd failure in a row, last success 2026-11-27 17:44 UTC · took *47 min*"


def test_a_card_names_what_waits_behind_the_job() -> None:
    told = card(job(), Around(waiting=Waiting(jobs=tuple(JobId(number) for number in range(1, 8)))))
    assert "Waiting behind it: 7 jobs: 1, 2, 3, 4, 5 and 2 more" in told


@each(
    ("minutes", "percent", "left"),
    [
        (321, 10, None),  # hangs: the rate would say two days
        (13, 81, "3 min"),
        (2, 22, "7 min"),
        (0.5, 50, None),
        (10, 19, None),
        (900, 50, None),
        (10, 100, None),
    ],
)
def test_the_time_left_is_told_where_the_rate_says_something(minutes: float, percent: int, left: str | None) -> None:
    one = job(progress=percent, job_start=(NOW - timedelta(minutes=minutes)).isoformat())
    found = time_left(one, NOW)
    assert (duration(found) if found is not None else None) == left


def test_what_was_known_once_is_not_lost_to_a_read_that_failed() -> None:
    known = Around(usual=usual(9, 14), next_fetch=NextFetch(at=None))
    newer = Around(usual=NotKnown(why=Why.SLOW), brought=Brought(extracts=1, rows=2))
    assert known.updated(newer) == known.model_copy(update={"brought": newer.brought})
    assert Around(usual=NotKnown(why=Why.SLOW)).updated(known).usual == known.usual
    assert Around.model_validate_json(known.model_dump_json(by_alias=True)) == known


def test_times_that_make_no_sense_are_no_duration() -> None:
    ended = job(state_label="Success", job_end=(NOW - timedelta(hours=2)).isoformat())
    assert "took" not in times_in_words(ended, NOW)
    assert "ended" in times_in_words(ended, NOW)
    card = Card(job=ended, instance="acme", as_of=NOW, names=Names("https://acme.test"))
    assert "took" not in "".join(what_people_see(card, now=NOW))

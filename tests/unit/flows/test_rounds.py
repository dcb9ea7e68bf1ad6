"""Nothing is lost between rounds, whichever way an instance means a range, and each round asks one thing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from jobbot.adverity.around import Brought
from jobbot.adverity.errors import Busy, Unreachable
from jobbot.adverity.model import Job, JobList
from jobbot.flows.following.poll_state import Missing, PollState, learn_no_trouble, learn_trouble, resume
from jobbot.flows.following.reconcile import (
    Extracts,
    GoingOn,
    Learned,
    Lookup,
    One,
    Past,
    cannot_weigh,
    learn_extracts,
    learn_going_on,
    learn_one,
    learn_past,
    next_lookup,
    put_off,
    to_weigh,
)
from jobbot.flows.following.schedule import PollSchedule, next_delay
from jobbot.store.following.model import Alert, Interest, Watch

START = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
SCHEDULE = PollSchedule()


@dataclass(frozen=True)
class Span:
    """One job's life, in seconds from the start."""

    number: int
    began: float
    ended: float


def alert(since: datetime = START) -> Alert:
    return Alert(id="a", instance="acme", channel_id="C", datastream=None, states=frozenset(), user_id="U", since=since)


def watch(job: int, at: datetime = START) -> Watch:
    return Watch(
        id=f"w{job}", instance="acme", job=job, name="", channel_id="C", thread_ts=None, user_id="U", created_at=at
    )


class Instance:
    """Answers as an instance would: a range is by when jobs began, or by when they ended; lists have an end."""

    def __init__(self, spans: Sequence[Span], *, by_end: bool, longest: int) -> None:
        self._spans = spans
        self._by_end = by_end
        self._longest = longest

    def job(self, span: Span, now: datetime) -> Job:
        began, ended = START + timedelta(seconds=span.began), START + timedelta(seconds=span.ended)
        over = ended <= now
        given = {"id": span.number, "state_label": "Failed" if over else "Running", "job_start": began}
        return Job.model_validate(given | {"job_end": ended if over else None})

    def _counts(self, job: Job) -> datetime:
        at = job.end if self._by_end else job.start
        assert at is not None
        return at

    def ask(self, state: PollState, interest: Interest, question: Lookup, now: datetime) -> Learned:
        jobs = [self.job(span, now) for span in self._spans if START + timedelta(seconds=span.began) <= now]
        match question:
            case GoingOn():
                return learn_going_on(state, interest, JobList(jobs=tuple(j for j in jobs if not j.is_over)), now)
            case Past(start, end):
                within = [job for job in jobs if job.is_over and start <= self._counts(job) <= end]
                newest = sorted(within, key=lambda job: -job.id)
                found = JobList(jobs=tuple(newest[: self._longest]), complete=len(newest) <= self._longest)
                return learn_past(state, question, found, now)
            case One(number):
                return learn_one(state, number, next((job for job in jobs if job.id == number), None), now)
            case Extracts(number):
                return learn_extracts(state, number, Brought(extracts=1, rows=0), now)


@dataclass
class Played:
    """The endings that were seen, and the last state; whether something was said not to be seen, and all came to rest.

    ``until`` is when the pauses were over, in seconds from the start.
    """

    until: float
    over: set[int] = field(default_factory=set)
    state: PollState = field(default_factory=PollState)
    unseen: bool = False
    rests: bool = False


def play(instance: Instance, interest: Interest, pauses: Sequence[float]) -> Played:
    """Rounds with these pauses between them, then more until all that had ended by then is dealt with."""
    played, now = Played(sum(pauses)), START
    until = START + timedelta(seconds=played.until)
    for wait in [*pauses, *[1.0] * 160]:
        now += timedelta(seconds=wait)
        state = resume(PollState.load(played.state.model_dump_json()), interest, now)
        learned = instance.ask(state, interest, next_lookup(state, interest, SCHEDULE, now), now)
        played.over |= {int(job.id) for job in learned.over}
        played.unseen = played.unseen or bool(learned.unseen)
        played.state = learn_no_trouble(learned.state, now)
        played.rests = now > until and is_at_rest(played.state, interest, until)
        if played.rests:
            break
    return played


def is_at_rest(state: PollState, interest: Interest, until: datetime) -> bool:
    """Whether each list that counts was read after that time, and nothing is missing."""
    lists = [state.listed_at, state.covered] if interest.alerts else [state.listed_at]
    return not state.missing and all(at is not None and at >= until for at in lists)


spans = st.lists(st.tuples(st.floats(-7000, 3000), st.floats(0.5, 9000)), max_size=25)
pauses = st.lists(st.sampled_from([1.0, 5.0, 15.0, 30.0, 400.0, 3000.0]), min_size=1, max_size=30)


@settings(suppress_health_check=list(HealthCheck))
@given(spans, pauses, st.booleans(), st.sampled_from([6, 1000]))
def test_every_ending_is_seen(lives: list[tuple[float, float]], waits: list[float], by_end: bool, longest: int) -> None:
    given_ = [Span(n, began, began + lasts) for n, (began, lasts) in enumerate(sorted(lives), start=1)]
    instance = Instance(given_, by_end=by_end, longest=longest)
    played = play(instance, Interest(alerts=[alert()]), waits)
    due = {span.number for span in given_ if 0 < span.ended <= played.until}
    event(f"{min(len(due), 5)} or more endings")
    assert due <= played.over or played.unseen, (due - played.over, played.state)
    if longest == 1000:
        assert played.rests
        assert not played.unseen


@settings(suppress_health_check=list(HealthCheck))
@given(spans, pauses, st.booleans())
def test_whoever_waits_for_a_job_learns_its_end(
    lives: list[tuple[float, float]], waits: list[float], by_end: bool
) -> None:
    given_ = [Span(n, -abs(began), abs(lasts)) for n, (began, lasts) in enumerate(lives, start=1)]
    interest = Interest(watches=[watch(span.number) for span in given_])
    if not interest:
        return
    played = play(Instance(given_, by_end=by_end, longest=1000), interest, waits)
    assert played.rests
    assert {span.number for span in given_ if span.ended <= played.until} <= played.over


def test_while_only_a_job_is_watched_only_what_is_going_on_is_asked() -> None:
    state, interest = PollState(listed_at=START, known={1: START}), Interest(watches=[watch(1)])
    assert next_lookup(state, interest, SCHEDULE, START) == GoingOn()


def test_few_are_read_by_themselves_and_many_in_one_list() -> None:
    began = START - timedelta(minutes=30)
    for count, kind in ((3, One), (4, Past)):
        missing = {number: Missing(began=began, again_at=START) for number in range(count)}
        state = PollState(listed_at=START, missing=missing)
        interest = Interest(watches=[watch(number) for number in missing])
        assert isinstance(next_lookup(state, interest, SCHEDULE, START), kind)


def test_a_job_that_began_long_ago_is_read_by_itself() -> None:
    missing = {number: Missing(began=START - timedelta(days=3), again_at=START) for number in range(9)}
    state = PollState(listed_at=START, missing=missing)
    assert next_lookup(state, Interest(watches=[watch(1)]), SCHEDULE, START) == One(0)


def test_what_another_version_kept_is_nothing() -> None:
    assert PollState.load('{"looked_at": 7, "nonsense') == PollState() == PollState.load("")


@pytest.mark.parametrize(
    ("age", "alerted", "seconds"),
    [(1, False, 5), (11, False, 15), (61, False, 30), (61, True, 15)],
)
def test_close_while_it_is_young(age: int, alerted: bool, seconds: float) -> None:
    interest = Interest(watches=[watch(1, START - timedelta(minutes=age))], alerts=[alert()] if alerted else [])
    assert next_delay(PollState(), interest, SCHEDULE, START, None).total_seconds() == seconds


def test_trouble_backs_off_and_does_as_it_is_told() -> None:
    interest, state, waits = Interest(watches=[watch(1)]), PollState(), []
    for _ in range(6):
        state = learn_trouble(state, Unreachable("no answer"), START)
        waits.append(next_delay(state, interest, SCHEDULE, START, Unreachable("no answer")).total_seconds())
    assert waits == [5, 10, 20, 40, 60, 60]
    assert state.trouble_since == START
    busy = Busy("slow down", retry_after=90)
    assert next_delay(learn_trouble(PollState(), busy, START), interest, SCHEDULE, START, busy).total_seconds() == 90
    assert learn_no_trouble(state, START).trouble == ""


def test_away_is_between_the_last_look_and_the_first_one_after() -> None:
    state = PollState(looked_at=START, listed_at=START, known={1: START})
    back = START + timedelta(minutes=20)
    state = resume(state, Interest(watches=[watch(1)]), back)
    assert state.was_away(START + timedelta(minutes=5), START)
    assert not state.was_away(START + timedelta(minutes=25), START), "it ended when somebody looked again"
    assert not state.was_away(START + timedelta(minutes=5), START + timedelta(minutes=1)), "asked for later"
    assert not state.was_away(None, START)


def failed(number: int, ended: datetime) -> Job:
    return Job.model_validate(
        {"id": number, "state_label": "Failed", "job_start": START - timedelta(hours=1), "job_end": ended}
    )


def test_more_than_a_list_can_hold_keeps_no_round_from_what_is_going_on() -> None:
    """A nightly crowd in the shortest range that is asked for: it is said, and passed by."""
    state, interest, now = PollState(), Interest(alerts=[alert()]), START
    asked, unseen = [], set()
    for _ in range(60):
        now += timedelta(seconds=5)
        state = resume(state, interest, now)
        question = next_lookup(state, interest, SCHEDULE, now)
        asked.append(type(question))
        if isinstance(question, Past):
            crowded = question.start <= START <= question.end
            crowd = tuple(failed(number, START) for number in range(1, 4) if crowded)
            learned = learn_past(state, question, JobList(jobs=crowd, complete=not crowded), now)
        else:
            learned = learn_going_on(state, interest, JobList(jobs=()), now)
        unseen.add(learned.unseen)
        state = learn_no_trouble(learned.state, now)
    assert not [pair for pair in pairwise(asked) if pair == (Past, Past)]
    assert "more has ended than a list can hold" in unseen
    assert state.covered is not None
    assert state.covered > START, "what cannot be listed is not asked for for ever"


def test_what_is_going_on_beyond_a_list_is_said() -> None:
    answer = JobList(jobs=(), complete=False)
    assert (
        learn_going_on(PollState(), Interest(alerts=[alert()]), answer, START).unseen
        == "more is going on than a list can hold"
    )


def test_a_past_that_is_refused_is_not_asked_for_again_at_once() -> None:
    missing = {number: Missing(began=START, again_at=START) for number in range(4)}
    state = PollState(listed_at=START, covered=START, past_next=True, missing=missing)
    interest = Interest(alerts=[alert()], watches=[watch(number) for number in missing])
    asked = next_lookup(state, interest, SCHEDULE, START)
    assert isinstance(asked, Past)
    after = put_off(state, asked, START)
    assert next_lookup(after, interest, SCHEDULE, START) == One(0)
    assert next_lookup(after.model_copy(update={"missing": {}}), interest, SCHEDULE, START) == GoingOn()


def test_a_job_that_is_not_found_is_looked_for_and_asked_for_once_more() -> None:
    """Nobody documents what the path of one job answers; the lists are documented."""
    interest = Interest(watches=[watch(1)])
    state = PollState(listed_at=START, missing={1: Missing(began=START - timedelta(minutes=9), again_at=START)})
    assert next_lookup(state, interest, SCHEDULE, START) == One(1)
    learned = learn_one(state, 1, None, START)
    assert not learned.gone
    asked = next_lookup(learned.state, interest, SCHEDULE, START)
    assert isinstance(asked, Past)
    assert asked.start < START - timedelta(minutes=9)
    found = learn_past(learned.state, asked, JobList(jobs=(failed(1, START),)), START)
    assert ([job.id for job in found.over], found.state.missing) == ([1], {})
    not_found = learn_past(learned.state, asked, JobList(jobs=()), START).state
    assert next_lookup(not_found, interest, SCHEDULE, START) == GoingOn()
    later = START + timedelta(minutes=2)
    assert next_lookup(not_found.model_copy(update={"listed_at": later}), interest, SCHEDULE, later) == One(1)
    assert learn_one(not_found, 1, None, later).gone == {1}


def test_a_job_that_cannot_be_read_stands_before_no_other_for_ever() -> None:
    waits = {job: Missing(began=START, again_at=START, alone=True) for job in (1, 2)}
    state, interest = PollState(listed_at=START, missing=waits), Interest(watches=[watch(1), watch(2)])
    asked = next_lookup(state, interest, SCHEDULE, START)
    assert asked == One(1)
    assert next_lookup(put_off(state, asked, START), interest, SCHEDULE, START) == One(2)


def success(number: int) -> Job:
    return Job.model_validate({"id": number, "state_label": "Success", "job_start": START, "job_end": START})


@pytest.mark.parametrize("seconds", [0.1, 4, 20, 90])
def test_however_long_adverity_takes_what_jobs_brought_is_asked_for_too(seconds: float) -> None:
    instance, interest = Instance([], by_end=True, longest=10), Interest(alerts=[alert()])
    now = START + timedelta(minutes=1)
    state, _ = to_weigh(resume(PollState(), interest, now), [success(number) for number in range(1, 9)], now)
    asked: list[Lookup] = []
    while state.weighing:
        question = next_lookup(state, interest, SCHEDULE, now)
        asked.append(question)
        now += timedelta(seconds=seconds)
        state = instance.ask(state, interest, question, now).state
        assert len(asked) < 40, "never asked for"
    assert any(isinstance(one, GoingOn) for one in asked)
    if seconds > 3 * SCHEDULE.close:
        assert not [pair for pair in pairwise(asked) if all(isinstance(one, Extracts) for one in pair)], "taking turns"


@pytest.mark.parametrize("seconds", [0.1, 4, 20, 90])
def test_however_long_adverity_takes_jobs_that_are_in_no_list_are_read_too(seconds: float) -> None:
    """Listings go on meanwhile: each read waits for one at most."""
    now, jobs = START, range(1, 10)
    state = PollState(listed_at=now, missing={job: Missing(again_at=now, alone=True) for job in jobs})
    asked: list[Lookup] = []
    while state.missing:
        interest = Interest(watches=[watch(job) for job in state.missing])
        question = next_lookup(resume(state, interest, now), interest, SCHEDULE, now)
        asked.append(question)
        begun, now = now, now + timedelta(seconds=seconds)
        if isinstance(question, One):
            state = learn_one(state, question.job, failed(question.job, START), now).state
        else:
            assert isinstance(question, GoingOn)
            state = learn_going_on(state, interest, JobList(jobs=()), begun).state
        assert len(asked) < 20, "never read"
    assert [one.job for one in asked if isinstance(one, One)] == list(jobs)
    assert (GoingOn() in asked) == (seconds > 1)
    if seconds > 3 * SCHEDULE.close:
        assert asked[:10] == [one for job in range(1, 6) for one in (One(job), GoingOn())], "they take turns"


LATER = START + timedelta(seconds=20)
ALONE = {job: Missing(began=START, again_at=START, alone=True) for job in range(1, 6)}


def test_a_read_that_fails_was_its_turn_too() -> None:
    interest = Interest(watches=[watch(job) for job in ALONE])
    state = PollState(listed_at=START, missing=ALONE, single_next=True)
    asked = next_lookup(state, interest, SCHEDULE, LATER)
    assert asked == One(1)
    assert next_lookup(put_off(state, asked, LATER), interest, SCHEDULE, LATER) == GoingOn()


def test_what_a_job_brought_that_cannot_be_read_was_its_turn_too() -> None:
    interest = Interest(alerts=[alert()])
    state, _ = to_weigh(PollState(listed_at=START, single_next=True), [success(1), success(2)], START)
    asked = next_lookup(state, interest, SCHEDULE, LATER)
    assert isinstance(asked, Extracts)
    assert next_lookup(put_off(state, asked, LATER), interest, SCHEDULE, LATER) == GoingOn()


def test_where_alerts_are_switched_on_what_is_going_on_comes_before_any_read() -> None:
    interest = Interest(alerts=[alert(LATER)], watches=[watch(job) for job in ALONE])
    state = PollState(looked_at=START, listed_at=START, missing=ALONE, single_next=True)
    assert next_lookup(resume(state, interest, LATER), interest, SCHEDULE, LATER) == GoingOn()


def test_of_many_successes_at_once_none_is_left_out_and_what_there_is_no_room_for_is_named() -> None:
    state, lost = to_weigh(PollState(), [success(number) for number in range(1, 301)], START)
    assert (len(state.weighing), lost) == (300, [])
    state, lost = to_weigh(state, [success(number) for number in range(301, 1_011)], START)
    assert (len(state.weighing), lost) == (1_000, list(range(1, 11)))
    assert len(state.model_dump_json()) < 400_000


def test_an_error_about_one_jobs_extracts_holds_up_none_for_good() -> None:
    state, _ = to_weigh(PollState(), [success(number) for number in (1, 2)], START)
    now, error = START, Unreachable("no answer")
    for _ in range(20):
        state = cannot_weigh(state, 1, error, now).state
        assert state.weighing[2].again_at <= now + timedelta(minutes=1)
        now = state.weighing[1].again_at
    assert now - START > timedelta(hours=2)

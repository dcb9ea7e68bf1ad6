"""Decides what a round of the poller asks Adverity, and reconciles the answer with the poller's state. Pure.

A round asks Adverity one thing. In the steady state it lists what is going on: of a job that was going on and is
missing there, the end is looked up in a round of its own - by itself, or, where several ended, in one list of the past.
Where alerts want jobs that nobody follows, every second round lists the past, so that a job which began and ended
between two rounds is seen too. What successes brought is asked for between the lists, one job a round: as long as the
list of what is going on is young, and where lists take so long that it never is, once after each list of the past.

Why nothing is lost, whether Adverity means a range by when jobs began or by when they ended. Let A be the last listing
of what is going on. A job that began before A and has ended is dealt with, or was going on at A, so that it goes
missing; one that began after A has begun *and* ended since A, so that the list of the past from A on has it either
way. ``covered`` is that A. Clocks may differ: all times here are on ours, what is known of the difference is added
where Adverity is asked and taken off where it answers, a range is ``CLOCK_SKEW`` wider for what is not, and
what was dealt with is remembered.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobbot.adverity.around import Brought, NotKnown
from jobbot.adverity.errors import AdverityError, NotReadable
from jobbot.adverity.model import Job, JobList
from jobbot.flows.following.poll_state import LONGEST_LOOK_BACK, Missing, PollState, Weighing
from jobbot.flows.following.schedule import PollSchedule
from jobbot.store.following.model import Interest

CLOCK_SKEW = timedelta(minutes=2)
SINGLE_READS_MOST = 3
"""Up to so many ended jobs are read one by one; for more, a list of the past is cheaper."""

SHORTEST_RANGE = 3 * CLOCK_SKEW
"""The shortest range that is asked for."""

_AGAIN = timedelta(minutes=1)

WEIGHED = 100
"""How often it is tried to read what a job brought: for about a day."""

IN_ORDER = 5
"""So many of these tries hold those of later jobs of its datastream up."""

MOST_WEIGHED = 1_000
"""So many successes wait at most for what they brought; of more, those that ended first are not told of."""

_TOLD_OF_A_SUCCESS = {
    *("id", "type", "state_label", "start", "end", "manual", "datastream", "workspace", "started_by"),
    *("range_start", "range_end"),
}
"""What is kept of a success that waits: there may be many."""

_OLD = timedelta(hours=24)
"""A job that began longer ago is read by itself, as the list since then would be long."""


@dataclass(frozen=True, slots=True)
class GoingOn:
    """A lookup: list the jobs that are going on."""


@dataclass(frozen=True, slots=True)
class Past:
    """A lookup: list the past jobs of a range (our clock)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class One:
    """A lookup: read one job by itself."""

    job: int


@dataclass(frozen=True, slots=True)
class Extracts:
    """Read what one job brought."""

    job: int


Lookup = GoingOn | Past | One | Extracts


@dataclass(frozen=True, slots=True)
class Learned:
    """What an answer means: the next state, the jobs that are ``going`` on, and those that are ``over``.

    ``gone`` are jobs that Adverity does not know any more; ``witnessed`` those that were going on when somebody looked
    last. ``empty`` are successes that brought nothing, ``full`` those that brought rows; ``unreadable``: what jobs
    bring cannot be read. ``unseen`` says
    what a list could not hold, so that nobody knows what is missing in it. Not ``whole``: a list held less than there
    is, which the next questions may make good.
    """

    state: PollState
    going: tuple[Job, ...] = ()
    over: tuple[Job, ...] = ()
    gone: frozenset[int] = frozenset()
    witnessed: frozenset[int] = frozenset()
    empty: tuple[Weighing, ...] = ()
    full: tuple[Weighing, ...] = ()
    unreadable: NotKnown | None = None
    unseen: str = ""
    whole: bool = True


def next_lookup(state: PollState, interest: Interest, schedule: PollSchedule, now: datetime) -> Lookup:
    """The one lookup to make now."""
    # A round may take so long that the listing is old when it ends: then listings and single reads take turns.
    is_old = state.listed_at is None or now - state.listed_at >= timedelta(seconds=3 * schedule.close)
    stale = is_old and not state.single_next
    ready = {job: one for job, one in state.missing.items() if one.again_at <= now}
    together = {job: one.began or now - _OLD for job, one in ready.items() if _is_for_a_list(one, now)}
    if len(together) > SINGLE_READS_MOST or any(ready[job].forgotten for job in together):
        start = min(together.values())
        return _past(min(start, state.covered) if state.covered else start, state, now)
    # One read at a time, the oldest first; but a stale listing comes before more than a few reads.
    if ready and not (stale and len(ready) > SINGLE_READS_MOST):
        return One(min(ready, key=lambda job: (ready[job].again_at, job)))
    if interest.alerts and state.past_next and state.covered is not None:
        return _past(state.covered, state, now)
    # What a job brought is asked for last, and not in trouble, where lists tell more. Of one datastream in the order in
    # which they ended, but for one that cannot be read for long.
    kept = reversed(state.weighing.items())
    first = {one.stream if one.stream and one.tries < IN_ORDER else -job: job for job, one in kept}
    weighed = [job for job in first.values() if state.weighing[job].again_at <= now]
    if weighed and not state.trouble and not stale:
        return Extracts(min(weighed, key=lambda job: (state.weighing[job].again_at, job)))
    return GoingOn()


def _is_for_a_list(one: Missing, now: datetime) -> bool:
    return not one.alone and (one.forgotten or (one.began is not None and now - one.began < _OLD))


def _past(start: datetime, state: PollState, now: datetime) -> Past:
    begin = max(start, now - LONGEST_LOOK_BACK) - CLOCK_SKEW
    end = now + CLOCK_SKEW
    return Past(begin, min(end, begin + state.span) if state.span is not None else end)


def learn_going_on(state: PollState, interest: Interest, answer: JobList, now: datetime) -> Learned:
    """Learn from the list of what is going on: known jobs that are not in it go missing. ``now``: when it was asked."""
    going = {job.id: job for job in answer.jobs if not job.is_over}
    followed = interest.jobs
    wanted = followed | state.known.keys() if interest.alerts else followed
    missing = {job: one for job, one in state.missing.items() if job not in going}
    for job in wanted - going.keys() - missing.keys():
        missing[job] = Missing(began=state.known.get(job), again_at=now, alone=not answer.complete)
    kept = going.values() if interest.alerts else (job for job in going.values() if job.id in followed)
    known = {int(job.id): state.ours(job.start) for job in kept}
    change: dict[str, object] = {"listed_at": now, "known": known, "missing": missing}
    change |= {"past_next": bool(interest.alerts), "single_next": True}
    over = tuple(job for job in answer.jobs if job.is_over)
    after = _settled(state.model_copy(update=change), over)
    unseen = "" if answer.complete else "more is going on than a list can hold"
    return Learned(
        after, tuple(going.values()), over, witnessed=_witnessed(state), unseen=unseen, whole=answer.complete
    )


def learn_past(state: PollState, asked: Past, answer: JobList, now: datetime) -> Learned:
    """Learn from a list of the past. A missing job that is not in it is to be read by itself."""
    over = tuple(job for job in answer.jobs if has_ended(job, state, now))
    ended = {job.id for job in over}
    missing = {
        job: _not_found(one, now) if _is_for_a_list(one, now) and one.again_at <= now else one
        for job, one in state.missing.items()
        if job not in ended
    }
    # The next round that lists anything lists what is going on.
    change: dict[str, object] = {"missing": missing, "past_next": False}
    unseen = ""
    if state.covered is not None and asked.start <= state.covered:
        length = asked.end - asked.start
        if not answer.complete and length > SHORTEST_RANGE:
            # More than a list can hold, and it holds the newest: the older half first, and nothing counts as covered.
            change["span"] = max(length / 2, SHORTEST_RANGE)
        else:
            unseen = "" if answer.complete else "more has ended than a list can hold"
            # Before the first listing nobody knows what is going on, so the end of that would not go missing.
            reached = min(asked.end - CLOCK_SKEW, state.listed_at or state.covered)
            # Whatever was crowded is likely to be so for a while.
            change |= {"covered": max(state.covered, reached), "span": 2 * length if asked.end < now else None}
    after, witnessed = state.model_copy(update=change), _witnessed(state)
    return Learned(after, (), over, witnessed=witnessed, unseen=unseen, whole=answer.complete)


def learn_one(state: PollState, job: int, found: Job | None, now: datetime) -> Learned:
    """Learn from one job that was read; None where Adverity answered 404.

    A 404 is not documented for this path, so it counts when it comes twice and the job is in no list either.
    """
    state = state.model_copy(update={"single_next": False})
    if found is None:
        one = state.missing.get(job) or Missing(again_at=now)
        if one.forgotten:
            return Learned(_settled(state, (), gone=(job,)), gone=frozenset({job}))
        sought = one.model_copy(update={"forgotten": True, "alone": False, "again_at": now})
        return Learned(state.model_copy(update={"missing": {**state.missing, job: sought}}))
    if has_ended(found, state, now):
        return Learned(_settled(state, (found,)), (), (found,), witnessed=_witnessed(state))
    # In no list and not known to be over: read again, ever more rarely.
    return Learned(put_off(state, One(job), now), (found,))


def to_weigh(state: PollState, jobs: Iterable[Job], now: datetime) -> tuple[PollState, list[int]]:
    """Put down successes of which is to be read what they brought; and those that there is no room for."""
    weighing = dict(state.weighing)
    for job in sorted(jobs, key=lambda one: (one.end or now, one.id)):
        kept = job.model_dump_json(by_alias=True, exclude_none=True, include=_TOLD_OF_A_SUCCESS)
        stream = None if job.datastream is None else int(job.datastream.id)
        weighing[int(job.id)] = Weighing(job=kept, stream=stream, again_at=now)
    lost = list(weighing)[:-MOST_WEIGHED]
    return state.model_copy(update={"weighing": {job: weighing[job] for job in list(weighing)[-MOST_WEIGHED:]}}), lost


def learn_extracts(state: PollState, job: int, brought: Brought, now: datetime) -> Learned:
    """What a success brought. That there are no extracts at all is believed when it is said twice."""
    one = state.weighing.get(job)
    if one is None:
        return Learned(state)
    if brought.is_empty and brought.extracts == 0 and one.tries == 0:
        return Learned(put_off(state, Extracts(job), now))
    full = (one,) if brought.rows else ()
    return Learned(_weighed(state, job), empty=(one,) if brought.is_empty else (), full=full)


def cannot_weigh(state: PollState, job: int, error: AdverityError, now: datetime) -> Learned:
    """What a job brought could not be read: asked again some times, or never where that would be in vain."""
    one = state.weighing.get(job)
    if isinstance(error, NotReadable):
        return Learned(state.model_copy(update={"weighing": {}}), unreadable=NotKnown.of(error))
    if one is None or one.tries >= WEIGHED:
        return Learned(_weighed(state, job))
    # It hardly is about this job alone: the others wait a little too.
    put = put_off(state, Extracts(job), now)
    later = {
        id_: one if id_ == job else one.model_copy(update={"again_at": max(one.again_at, now + _AGAIN)})
        for id_, one in put.weighing.items()
    }
    return Learned(put.model_copy(update={"weighing": later}))


def _weighed(state: PollState, job: int) -> PollState:
    left = {id_: one for id_, one in state.weighing.items() if id_ != job}
    return state.model_copy(update={"weighing": left, "single_next": False})


def has_ended(job: Job, state: PollState, now: datetime) -> bool:
    """Whether a job that is not listed as going on is over: by its state or, where that is unknown, its end time."""
    end = state.ours(job.end)
    return job.is_over or (job.state is None and end is not None and end <= now + CLOCK_SKEW)


def put_off(state: PollState, asked: Lookup, now: datetime) -> PollState:
    """Postpone a lookup that failed, so that it does not hold up the others."""
    if isinstance(asked, Past):
        missing = {job: _not_found(one, now) if one.again_at <= now else one for job, one in state.missing.items()}
        return state.model_copy(update={"missing": missing, "past_next": False})
    if isinstance(asked, Extracts) and (weighing := state.weighing.get(asked.job)) is not None:
        tries = weighing.tries + 1
        put = weighing.model_copy(update={"again_at": now + timedelta(minutes=min(tries, 15)), "tries": tries})
        return state.model_copy(update={"weighing": {**state.weighing, asked.job: put}, "single_next": False})
    if not isinstance(asked, One):
        return state
    one = state.missing.get(asked.job) or Missing(again_at=now)
    wait = timedelta(minutes=min(1 + one.tries, 15))
    later = one.model_copy(update={"again_at": now + wait, "tries": one.tries + 1, "alone": True})
    return state.model_copy(update={"missing": {**state.missing, asked.job: later}, "single_next": False})


def _not_found(one: Missing, now: datetime) -> Missing:
    """A missing job that was in no list: it is read by itself from now on."""
    return one.model_copy(update={"alone": True, "again_at": now + _AGAIN if one.forgotten else one.again_at})


def _witnessed(state: PollState) -> frozenset[int]:
    return frozenset(state.known) | frozenset(state.missing)


def _settled(state: PollState, over: Iterable[Job], gone: Iterable[int] = ()) -> PollState:
    done = {int(job.id) for job in over} | set(gone)
    return state.model_copy(update={"missing": {job: one for job, one in state.missing.items() if job not in done}})

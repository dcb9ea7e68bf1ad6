"""What a round of the poller asks, and what its answer means; pure.

A round asks Adverity one thing. In the steady state it lists what is going on: of a job that was going on and is
missing there, the end is looked up in a round of its own - by itself, or, where several ended, in one list of the past.
Where alerts want jobs that nobody follows, every second round lists the past, so that a job which began and ended
between two rounds is seen too.

Why nothing is lost, whether Adverity means a range by when jobs began or by when they ended. Let A be the last listing
of what is going on. A job that began before A and has ended is dealt with, or was going on at A, so that it goes
missing; one that began after A has begun *and* ended since A, so that the list of the past from A on has it either
way. ``covered`` is that A. Clocks may differ: all times here are on ours, what is known of the difference is added
where Adverity is asked and taken off where it answers, a range begins and ends ``SKEW`` wider for what is not, and
what was dealt with is remembered.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobbot.adverity.model import Job, JobList
from jobbot.flows.seen import LONGEST_LOOK_BACK, Missing, Seen
from jobbot.flows.tempo import Tempo
from jobbot.store.following import Interest

SKEW = timedelta(minutes=2)
FEW = 3
"""So many ended jobs are read one by one; for more, a list of the past is cheaper."""

SHORTEST = 3 * SKEW
"""The shortest range that is asked for."""

_AGAIN = timedelta(minutes=1)

_OLD = timedelta(hours=24)
"""A job that began longer ago is read by itself: the list of all that time would be long."""


@dataclass(frozen=True, slots=True)
class GoingOn:
    """List what is going on."""


@dataclass(frozen=True, slots=True)
class Past:
    """List what has ended of a range."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class One:
    """Read one job."""

    job: int


Question = GoingOn | Past | One


@dataclass(frozen=True, slots=True)
class Learned:
    """What an answer comes to: the state that follows; jobs that were seen as they are; jobs that are over.

    ``gone`` are jobs that Adverity does not know any more; ``witnessed`` those that were going on when somebody looked
    last. ``unseen`` says what a list could not hold, so that nobody knows what is missing in it. Not ``whole``: a list
    held less than there is, which the next questions may make good.
    """

    seen: Seen
    going: tuple[Job, ...] = ()
    over: tuple[Job, ...] = ()
    gone: frozenset[int] = frozenset()
    witnessed: frozenset[int] = frozenset()
    unseen: str = ""
    whole: bool = True


def choose(seen: Seen, interest: Interest, tempo: Tempo, now: datetime) -> Question:
    """The one thing to ask now."""
    stale = seen.listed_at is None or now - seen.listed_at >= timedelta(seconds=3 * tempo.close)
    ready = {job: one for job, one in seen.missing.items() if one.again_at <= now}
    together = {job: one.began or now - _OLD for job, one in ready.items() if _is_for_a_list(one, now)}
    if len(together) > FEW or any(ready[job].forgotten for job in together):
        start = min(together.values())
        return _past(min(start, seen.covered) if seen.covered else start, seen, now)
    # The end of a job must not wait behind other ends for ever, nor hide what else is happening.
    if ready and not (stale and len(ready) > FEW):
        return One(min(ready, key=lambda job: (ready[job].again_at, job)))
    if interest.alerts and seen.past_next and seen.covered is not None:
        return _past(seen.covered, seen, now)
    return GoingOn()


def _is_for_a_list(one: Missing, now: datetime) -> bool:
    return not one.alone and (one.forgotten or (one.began is not None and now - one.began < _OLD))


def _past(start: datetime, seen: Seen, now: datetime) -> Past:
    begin = max(start, now - LONGEST_LOOK_BACK) - SKEW
    end = now + SKEW
    return Past(begin, min(end, begin + seen.span) if seen.span is not None else end)


def learn_going_on(seen: Seen, interest: Interest, answer: JobList, now: datetime) -> Learned:
    """What is going on, so what is not any more. ``now`` is when it was asked."""
    going = {job.id: job for job in answer.jobs if not job.is_over}
    followed = interest.jobs
    wanted = followed | seen.known.keys() if interest.alerts else followed
    missing = {job: one for job, one in seen.missing.items() if job not in going}
    for job in wanted - going.keys() - missing.keys():
        missing[job] = Missing(began=seen.known.get(job), again_at=now, alone=not answer.complete)
    kept = going.values() if interest.alerts else (job for job in going.values() if job.id in followed)
    known = {int(job.id): seen.ours(job.start) for job in kept}
    change = {"listed_at": now, "known": known, "missing": missing, "past_next": bool(interest.alerts)}
    over = tuple(job for job in answer.jobs if job.is_over)
    after = _settled(seen.model_copy(update=change), over)
    unseen = "" if answer.complete else "more is going on than a list can hold"
    return Learned(after, tuple(going.values()), over, witnessed=_witnessed(seen), unseen=unseen, whole=answer.complete)


def learn_past(seen: Seen, asked: Past, answer: JobList, now: datetime) -> Learned:
    """What has ended in a range. A missing job that is not in it must be read by itself."""
    over = tuple(job for job in answer.jobs if has_ended(job, seen, now))
    ended = {job.id for job in over}
    missing = {
        job: _not_found(one, now) if _is_for_a_list(one, now) and one.again_at <= now else one
        for job, one in seen.missing.items()
        if job not in ended
    }
    # What is going on comes next in any case: nothing may keep a round from it for long.
    change: dict[str, object] = {"missing": missing, "past_next": False}
    unseen = ""
    if seen.covered is not None and asked.start <= seen.covered:
        length = asked.end - asked.start
        if not answer.complete and length > SHORTEST:
            # More than a list can hold, and it holds the newest: the older half first, and nothing counts as covered.
            change["span"] = max(length / 2, SHORTEST)
        else:
            unseen = "" if answer.complete else "more has ended than a list can hold"
            # Before the first listing nobody knows what is going on, so the end of that would not go missing.
            reached = min(asked.end - SKEW, seen.listed_at or seen.covered)
            # Whatever was crowded is likely to be so for a while.
            change |= {"covered": max(seen.covered, reached), "span": 2 * length if asked.end < now else None}
    after, witnessed = seen.model_copy(update=change), _witnessed(seen)
    return Learned(after, (), over, witnessed=witnessed, unseen=unseen, whole=answer.complete)


def learn_one(seen: Seen, job: int, found: Job | None, now: datetime) -> Learned:
    """One job; None where Adverity says that there is none.

    Nobody documents that answer of this path, so it is believed when it comes twice, and the job is in no list.
    """
    if found is None:
        one = seen.missing.get(job) or Missing(again_at=now)
        if one.forgotten:
            return Learned(_settled(seen, (), gone=(job,)), gone=frozenset({job}))
        sought = one.model_copy(update={"forgotten": True, "alone": False, "again_at": now})
        return Learned(seen.model_copy(update={"missing": {**seen.missing, job: sought}}))
    if has_ended(found, seen, now):
        return Learned(_settled(seen, (found,)), (), (found,), witnessed=_witnessed(seen))
    # It is in no list and not over, as far as can be said. Looked at again, ever more rarely.
    return Learned(put_off(seen, One(job), now), (found,))


def has_ended(job: Job, seen: Seen, now: datetime) -> bool:
    """Whether a job that is not listed as going on is over: by its state, or, where nobody knows that, by its end."""
    end = seen.ours(job.end)
    return job.is_over or (job.state is None and end is not None and end <= now + SKEW)


def put_off(seen: Seen, asked: Question, now: datetime) -> Seen:
    """A question that led to nothing is asked again later, so that it stands before no other for ever."""
    if isinstance(asked, Past):
        missing = {job: _not_found(one, now) if one.again_at <= now else one for job, one in seen.missing.items()}
        return seen.model_copy(update={"missing": missing, "past_next": False})
    if not isinstance(asked, One):
        return seen
    one = seen.missing.get(asked.job) or Missing(again_at=now)
    wait = timedelta(minutes=min(1 + one.tries, 15))
    later = one.model_copy(update={"again_at": now + wait, "tries": one.tries + 1, "alone": True})
    return seen.model_copy(update={"missing": {**seen.missing, asked.job: later}})


def _not_found(one: Missing, now: datetime) -> Missing:
    """In no list: it is read by itself."""
    return one.model_copy(update={"alone": True, "again_at": now + _AGAIN if one.forgotten else one.again_at})


def _witnessed(seen: Seen) -> frozenset[int]:
    return frozenset(seen.known) | frozenset(seen.missing)


def _settled(seen: Seen, over: Iterable[Job], gone: Iterable[int] = ()) -> Seen:
    done = {int(job.id) for job in over} | set(gone)
    return seen.model_copy(update={"missing": {job: one for job, one in seen.missing.items() if job not in done}})

"""What a round of the poller asks, and what its answer means; pure.

A round asks Adverity one thing. In the steady state it lists what is going on: of a job that was going on and is
missing there, the end is looked up in a round of its own - by itself, or, where several ended, in one list of the past.
Where alerts want jobs that nobody follows, every second round lists the past, so that a job which began and ended
between two rounds is seen too. What a success brought is asked for between the lists, which come first.

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
FEW = 3
"""So many ended jobs are read one by one; for more, a list of the past is cheaper."""

SHORTEST = 3 * CLOCK_SKEW
"""The shortest range that is asked for."""

_AGAIN = timedelta(minutes=1)

WEIGHED = 5
"""How often it is tried to read what a job brought."""

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


@dataclass(frozen=True, slots=True)
class Extracts:
    """Read what one job brought."""

    job: int


Lookup = GoingOn | Past | One | Extracts


@dataclass(frozen=True, slots=True)
class Learned:
    """What an answer comes to: the state that follows; jobs that were seen as they are; jobs that are over.

    ``gone`` are jobs that Adverity does not know any more; ``witnessed`` those that were going on when somebody looked
    last. ``empty`` are successes that brought nothing; ``unreadable``: what jobs bring cannot be read. ``unseen`` says
    what a list could not hold, so that nobody knows what is missing in it. Not ``whole``: a list held less than there
    is, which the next questions may make good.
    """

    seen: PollState
    going: tuple[Job, ...] = ()
    over: tuple[Job, ...] = ()
    gone: frozenset[int] = frozenset()
    witnessed: frozenset[int] = frozenset()
    empty: tuple[Weighing, ...] = ()
    unreadable: NotKnown | None = None
    unseen: str = ""
    whole: bool = True


def next_lookup(seen: PollState, interest: Interest, schedule: PollSchedule, now: datetime) -> Lookup:
    """The one thing to ask now."""
    stale = seen.listed_at is None or now - seen.listed_at >= timedelta(seconds=3 * schedule.close)
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
    # What a job brought is asked for last, and neither long nor in trouble, where lists tell more.
    weighed = [job for job, one in seen.weighing.items() if one.again_at <= now]
    if weighed and not stale and not seen.trouble:
        return Extracts(min(weighed, key=lambda job: (seen.weighing[job].again_at, job)))
    return GoingOn()


def _is_for_a_list(one: Missing, now: datetime) -> bool:
    return not one.alone and (one.forgotten or (one.began is not None and now - one.began < _OLD))


def _past(start: datetime, seen: PollState, now: datetime) -> Past:
    begin = max(start, now - LONGEST_LOOK_BACK) - CLOCK_SKEW
    end = now + CLOCK_SKEW
    return Past(begin, min(end, begin + seen.span) if seen.span is not None else end)


def learn_going_on(seen: PollState, interest: Interest, answer: JobList, now: datetime) -> Learned:
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


def learn_past(seen: PollState, asked: Past, answer: JobList, now: datetime) -> Learned:
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
            reached = min(asked.end - CLOCK_SKEW, seen.listed_at or asked.end)
            # Whatever was crowded is likely to be so for a while.
            change |= {"covered": max(seen.covered, reached), "span": 2 * length if asked.end < now else None}
    after, witnessed = seen.model_copy(update=change), _witnessed(seen)
    return Learned(after, (), over, witnessed=witnessed, unseen=unseen, whole=answer.complete)


def learn_one(seen: PollState, job: int, found: Job | None, now: datetime) -> Learned:
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


def learn_extracts(seen: PollState, job: int, brought: Brought, now: datetime) -> Learned:
    """What a success brought. That there are no extracts at all is believed when it is said twice."""
    one = seen.weighing.get(job)
    if one is None:
        return Learned(seen)
    if brought.is_empty and brought.extracts == 0 and one.tries == 0:
        return Learned(put_off(seen, Extracts(job), now))
    return Learned(_weighed(seen, job), empty=(one,) if brought.is_empty else ())


def cannot_weigh(seen: PollState, job: int, error: AdverityError, now: datetime) -> Learned:
    """What a job brought could not be read: asked again some times, or never where that would be in vain."""
    one = seen.weighing.get(job)
    if isinstance(error, NotReadable):
        return Learned(seen.model_copy(update={"weighing": {}}), unreadable=NotKnown.of(error))
    if one is None or one.tries >= WEIGHED:
        return Learned(_weighed(seen, job))
    return Learned(put_off(seen, Extracts(job), now))


def _weighed(seen: PollState, job: int) -> PollState:
    return seen.model_copy(update={"weighing": {id_: one for id_, one in seen.weighing.items() if id_ != job}})


def has_ended(job: Job, seen: PollState, now: datetime) -> bool:
    """Whether a job that is not listed as going on is over: by its state, or, where nobody knows that, by its end."""
    end = seen.ours(job.end)
    return job.is_over or (job.state is None and end is not None and end <= now + CLOCK_SKEW)


def put_off(seen: PollState, asked: Lookup, now: datetime) -> PollState:
    """A question that led to nothing is asked again later, so that it stands before no other for ever."""
    if isinstance(asked, Past):
        missing = {job: _not_found(one, now) if one.again_at <= now else one for job, one in seen.missing.items()}
        return seen.model_copy(update={"missing": missing, "past_next": False})
    if isinstance(asked, Extracts) and (weighing := seen.weighing.get(asked.job)) is not None:
        tries = weighing.tries + 1
        put = weighing.model_copy(update={"again_at": now + timedelta(minutes=tries), "tries": tries})
        return seen.model_copy(update={"weighing": {**seen.weighing, asked.job: put}})
    if not isinstance(asked, One):
        return seen
    one = seen.missing.get(asked.job) or Missing(again_at=now)
    wait = timedelta(minutes=min(1 + one.tries, 15))
    later = one.model_copy(update={"again_at": now + wait, "tries": one.tries + 1, "alone": True})
    return seen.model_copy(update={"missing": {**seen.missing, asked.job: later}})


def _not_found(one: Missing, now: datetime) -> Missing:
    """In no list: it is read by itself."""
    return one.model_copy(update={"alone": True, "again_at": now + _AGAIN if one.forgotten else one.again_at})


def _witnessed(seen: PollState) -> frozenset[int]:
    return frozenset(seen.known) | frozenset(seen.missing)


def _settled(seen: PollState, over: Iterable[Job], gone: Iterable[int] = ()) -> PollState:
    done = {int(job.id) for job in over} | set(gone)
    return seen.model_copy(update={"missing": {job: one for job, one in seen.missing.items() if job not in done}})

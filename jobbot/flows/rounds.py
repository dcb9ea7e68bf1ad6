"""What a round of the poller asks, and what its answer means; pure.

A round asks Adverity one thing. In the steady state it lists what is going on: of a job that was going on and is
missing there, the end is looked up in a round of its own - by itself, or, where several ended, in one list of the past.
Where alerts want jobs that nobody follows, every second round lists the past, so that a job which began and ended
between two rounds is seen too.

Why nothing is lost, whether Adverity means a range by when jobs began or by when they ended. Let A be the last listing
of what is going on. A job that began before A and has ended is dealt with, or was going on at A, so that it goes
missing; one that began after A has begun *and* ended since A, so that the list of the past from A on has it either
way. ``covered`` is that A. Clocks may differ, so a range begins and ends ``SKEW`` wider, and what was dealt with is
remembered.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from jobbot.adverity.errors import AdverityError, Busy
from jobbot.adverity.model import Job, JobList
from jobbot.store.following import Interest

SKEW = timedelta(minutes=2)
LONGEST_LOOK_BACK = timedelta(days=7)
FEW = 3
"""So many ended jobs are read one by one; for more, a list of the past is cheaper."""

_OLD = timedelta(hours=24)
"""A job that began longer ago is read by itself: the list of all that time would be long."""

_BEFORE = timedelta(hours=2)
"""How long before the first alert a job may have begun that ends right after it, and is told of."""

AWAY = timedelta(minutes=3)
"""Nobody looked for so long: longer than any pause of the poller's own making."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """Pauses between rounds, in seconds: ``close`` while something young is followed, ``near`` for an hour, ``far``.

    ``next`` is the pause before an ended job is looked up; ``trouble`` the longest while Adverity cannot be asked;
    ``look`` how often a process sees whether there is anything to do; ``trust`` for
    how long it is believed what Slack says of a channel that is told something (Slack takes 50 such look-ups a minute).
    """

    close: float = 5.0
    near: float = 15.0
    far: float = 30.0
    next: float = 1.0
    trouble: float = 60.0
    look: float = 0.5
    trust: float = 30.0


class Missing(BaseModel):
    """A job that is not going on any more, and whose end is not known yet. ``alone``: only reading it will help."""

    model_config = ConfigDict(frozen=True)

    began: AwareDatetime | None = None
    again_at: AwareDatetime
    tries: int = 0
    alone: bool = False


class Seen(BaseModel):
    """What the rounds so far have seen; kept in the database between them.

    ``known`` is what was going on at ``listed_at``, with when it began. ``gone_at`` and ``resumed_at`` are the last
    time in which nobody looked. ``span`` cuts a past that is too long for one list.
    """

    model_config = ConfigDict(frozen=True)

    looked_at: AwareDatetime | None = None
    listed_at: AwareDatetime | None = None
    covered: AwareDatetime | None = None
    known: dict[int, AwareDatetime | None] = {}
    missing: dict[int, Missing] = {}
    past_next: bool = False
    span: timedelta | None = None
    gone_at: AwareDatetime | None = None
    resumed_at: AwareDatetime | None = None
    trouble: str = ""
    trouble_since: AwareDatetime | None = None
    failures: int = 0

    @classmethod
    def load(cls, kept: str) -> "Seen":
        """From the database; of another version's, nothing."""
        try:
            return cls.model_validate_json(kept)
        except ValidationError:
            return cls()

    def was_away(self, ended: datetime | None, asked: datetime) -> bool:
        """Whether a job that ended then, and was asked about then, ended while nobody looked."""
        if self.gone_at is None or self.resumed_at is None or ended is None:
            return False
        # Adverity writes times to the second.
        return asked <= self.gone_at < ended <= self.resumed_at - timedelta(seconds=1)


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

    ``gone`` are jobs that Adverity does not know any more.
    """

    seen: Seen
    going: tuple[Job, ...] = ()
    over: tuple[Job, ...] = ()
    gone: frozenset[int] = frozenset()


def resume(seen: Seen, interest: Interest, now: datetime) -> Seen:
    """The state at the beginning of a round: what nobody asks for any more is forgotten, an absence is noted."""
    followed = interest.jobs
    change: dict[str, object] = {}
    if interest.alerts:
        first = min(alert.since for alert in interest.alerts)
        # Before the first alert nobody kept count of what is going on. What began a while before it and ended between
        # it and the first listing is in the past of that while; what ended before it is sorted out by its end.
        if seen.looked_at is None or seen.covered is None or first > seen.looked_at:
            change = {
                "covered": max(first - _BEFORE, now - LONGEST_LOOK_BACK),
                "span": None,
                "known": _only(seen.known, followed),
            }
    else:
        change = {"covered": None, "span": None, "past_next": False, "known": _only(seen.known, followed)}
        change["missing"] = {job: one for job, one in seen.missing.items() if job in followed}
    if seen.looked_at is not None and not seen.trouble and now - seen.looked_at > AWAY:
        change |= {"gone_at": seen.looked_at, "resumed_at": now}
    return seen.model_copy(update=change)


def _only(known: dict[int, datetime | None], jobs: Collection[int]) -> dict[int, datetime | None]:
    return {job: began for job, began in known.items() if job in jobs}


def choose(seen: Seen, interest: Interest, tempo: Tempo, now: datetime) -> Question:
    """The one thing to ask now."""
    stale = seen.listed_at is None or now - seen.listed_at >= timedelta(seconds=3 * tempo.close)
    ready = {job: one for job, one in seen.missing.items() if one.again_at <= now}
    together = {job: one.began for job, one in ready.items() if _is_for_a_list(one, now)}
    if len(together) > FEW:
        start = min(began for began in together.values() if began is not None)
        return _past(min(start, seen.covered) if seen.covered else start, seen, now)
    # The end of a job must not wait behind other ends for ever, nor hide what else is happening.
    if ready and not (stale and len(ready) > FEW):
        return One(min(ready, key=lambda job: (ready[job].again_at, job)))
    if interest.alerts and seen.past_next and seen.covered is not None:
        return _past(seen.covered, seen, now)
    return GoingOn()


def _is_for_a_list(one: Missing, now: datetime) -> bool:
    return not one.alone and one.began is not None and now - one.began < _OLD


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
    known = {int(job.id): job.start for job in kept}
    change = {"listed_at": now, "known": known, "missing": missing, "past_next": bool(interest.alerts)}
    over = tuple(job for job in answer.jobs if job.is_over)
    return Learned(_settled(seen.model_copy(update=change), over), tuple(going.values()), over)


def learn_past(seen: Seen, asked: Past, answer: JobList, now: datetime) -> Learned:
    """What has ended in a range. A missing job that is not in it must be read by itself."""
    over = tuple(job for job in answer.jobs if job.is_over)
    ended = {job.id for job in over}
    missing = {
        job: one.model_copy(update={"alone": True}) if _is_for_a_list(one, now) and one.again_at <= now else one
        for job, one in seen.missing.items()
        if job not in ended
    }
    change: dict[str, object] = {"missing": missing}
    if not answer.complete:
        # More than a list can hold, and it holds the newest: the older half first, and nothing counts as covered.
        change["span"] = max((asked.end - asked.start) / 2, 3 * SKEW)
        change["past_next"] = True
    elif seen.covered is not None and asked.start <= seen.covered:
        reached = min(asked.end - SKEW, seen.listed_at or asked.end)
        change |= {"covered": max(seen.covered, reached), "span": None, "past_next": asked.end < now}
    return Learned(seen.model_copy(update=change), (), over)


def learn_one(seen: Seen, job: int, found: Job | None, now: datetime) -> Learned:
    """One job; None where Adverity does not know it any more."""
    if found is None:
        return Learned(_settled(seen, (), gone=(job,)), gone=frozenset({job}))
    if found.is_over:
        return Learned(_settled(seen, (found,)), (), (found,))
    one = seen.missing.get(job) or Missing(again_at=now)
    # It is in no list and not over: a state that nobody has documented. Looked at again, ever more rarely.
    wait = timedelta(minutes=min(1 + one.tries, 15))
    later = one.model_copy(update={"again_at": now + wait, "tries": one.tries + 1, "alone": True})
    return Learned(seen.model_copy(update={"missing": {**seen.missing, job: later}}), (found,))


def _settled(seen: Seen, over: Iterable[Job], gone: Iterable[int] = ()) -> Seen:
    done = {int(job.id) for job in over} | set(gone)
    return seen.model_copy(update={"missing": {job: one for job, one in seen.missing.items() if job not in done}})


def learn_trouble(seen: Seen, error: AdverityError, now: datetime) -> Seen:
    """Adverity could not be asked."""
    change = {
        "trouble": type(error).__name__,
        "trouble_since": seen.trouble_since if seen.trouble else now,
        "failures": seen.failures + 1,
        "looked_at": now,
    }
    return seen.model_copy(update=change)


def learn_no_trouble(seen: Seen, now: datetime) -> Seen:
    """Adverity has answered."""
    return seen.model_copy(update={"trouble": "", "trouble_since": None, "failures": 0, "looked_at": now})


def pause(seen: Seen, interest: Interest, tempo: Tempo, now: datetime, error: AdverityError | None) -> timedelta:
    """Until the next round."""
    if error is not None:
        wait = min(tempo.close * 2 ** min(seen.failures - 1, 10), tempo.trouble)
        asked = error.retry_after if isinstance(error, Busy) else None
        return timedelta(seconds=max(wait, min(asked or 0.0, 300.0)))
    if seen.span is not None or any(one.again_at <= now for one in seen.missing.values()):
        return timedelta(seconds=tempo.next)
    begun = [one.created_at for one in interest.watches] + [one.created_at for one in interest.cards]
    age = now - max(begun) if begun else timedelta(hours=1)
    if age < timedelta(minutes=10):
        return timedelta(seconds=tempo.close)
    return timedelta(seconds=tempo.near if age < timedelta(hours=1) or interest.alerts else tempo.far)

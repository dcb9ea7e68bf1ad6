"""What the rounds of a poller have seen so far: kept in the database between them, whoever does the next one. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from jobbot.adverity.errors import AdverityError, Busy
from jobbot.adverity.usual import Usual
from jobbot.intents.model import Sign
from jobbot.store.following.model import Interest

LONGEST_LOOK_BACK = timedelta(days=7)
"""What ended longer ago is not looked for: endings and notifications are remembered a day longer than that."""

_BEFORE = timedelta(hours=2)
"""How long before the first alert a job may have begun that ends right after it, and is told of."""

AWAY = timedelta(minutes=3)
"""Nobody looked for so long: longer than any pause of the poller's own making."""


LONGEST_WAIT = 300.0
"""Seconds of a Retry-After that a poller obeys."""


NOBODY = timedelta(minutes=10)
"""Nobody has looked for so long, so nobody follows anything there: longer than Adverity makes anybody wait."""

_NO_NEWS = timedelta(hours=24)
"""After so long without a look nobody is told any more that an outage is over."""


class Missing(BaseModel):
    """A job that is not going on any more, and whose end is not known yet. ``alone``: only reading it will help.

    ``forgotten``: Adverity has said once that there is no such job.
    """

    model_config = ConfigDict(frozen=True)

    began: AwareDatetime | None = None
    again_at: AwareDatetime
    tries: int = 0
    alone: bool = False
    forgotten: bool = False


class Weighing(BaseModel):
    """A success of which is not known yet what it brought, for the alerts that tell of empty ones.

    ``job`` is the job as it ended (JSON, as Adverity writes it). ``told`` are channels that have heard of it already.
    """

    model_config = ConfigDict(frozen=True)

    job: str
    again_at: AwareDatetime
    tries: int = 0
    told: tuple[str, ...] = ()


class Failing(BaseModel):
    """A list that does not come, or not whole: since when, and why (an AdverityError's name, or ``TooLong``)."""

    model_config = ConfigDict(frozen=True)

    since: AwareDatetime
    why: str


class Outage(BaseModel):
    """A time in which an instance could not be followed, so long that channels were told.

    ``told`` are the channels, with the permission it rested on. From ``over_at`` on lists come again, and what ended
    meanwhile is caught up with: ``late`` are those jobs, by channel. ``lost``: some were in a list that was too long.
    """

    model_config = ConfigDict(frozen=True)

    since: AwareDatetime
    why: str
    told: dict[str, str] = {}
    over_at: AwareDatetime | None = None
    late: dict[str, tuple[int, ...]] = {}
    lost: bool = False


class PollState(BaseModel):
    """What the rounds so far have seen; kept in the database between them.

    ``known`` is what was going on at ``listed_at``, with when it began. ``gone_at`` and ``resumed_at`` are the last
    time in which nobody looked. ``span`` cuts a past that is too long for one list. ``ahead`` is how far Adverity's
    clock is ahead of ours: all times here are on ours. ``failing`` is by list: ``going`` (without it nobody can be
    told anything), ``all`` (it is too long) and ``past`` (without either, alerts miss jobs). ``ask_again_at``: Adverity
    wants to be left alone until then. For the alerts that tell of late jobs: ``usual`` is how long each running job may
    be expected to take (None: too little is known), ``late`` which channels were told that it is late. For those that
    tell of empty ones: ``weighing``.
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
    ask_again_at: AwareDatetime | None = None
    ahead: timedelta = timedelta(0)
    failing: dict[str, Failing] = {}
    outage: Outage | None = None
    usual: dict[int, Usual | None] = {}
    late: dict[int, tuple[str, ...]] = {}
    weighing: dict[int, Weighing] = {}

    @classmethod
    def load(cls, kept: str) -> "PollState":
        """From the database; of another version's, nothing."""
        try:
            return cls.model_validate_json(kept)
        except ValidationError:
            return cls()

    def ours(self, at: datetime | None) -> datetime | None:
        """A time as Adverity wrote it, on our clock."""
        return None if at is None else at - self.ahead

    def was_away(self, ended: datetime | None, asked: datetime) -> bool:
        """Whether a job that ended then (as Adverity wrote it), and was asked about then, ended while nobody looked."""
        ended = self.ours(ended)
        if self.gone_at is None or self.resumed_at is None or ended is None:
            return False
        # Adverity writes times to the second.
        return asked <= self.gone_at < ended <= self.resumed_at - timedelta(seconds=1)


def resume(seen: PollState, interest: Interest, now: datetime) -> PollState:
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
        change["failing"] = {name: one for name, one in seen.failing.items() if name == "going"}
    if not interest.tells_of(Sign.LATE):
        change |= {"usual": {}, "late": {}}
    if not interest.tells_of(Sign.EMPTY):
        change["weighing"] = {}
    if seen.looked_at is not None and not seen.trouble and now - seen.looked_at > AWAY:
        change |= {"gone_at": seen.looked_at, "resumed_at": now}
    if seen.looked_at is not None and now - seen.looked_at > (NOBODY if seen.outage is None else _NO_NEWS):
        # Since when it fails is not known to anybody who has not looked.
        change |= {"failing": {}, "outage": None}
    return seen.model_copy(update=change)


def _only(known: dict[int, datetime | None], jobs: Collection[int]) -> dict[int, datetime | None]:
    return {job: began for job, began in known.items() if job in jobs}


def learn_trouble(seen: PollState, error: AdverityError, now: datetime) -> PollState:
    """Adverity could not be asked. Its first answer names the trouble: another one of the same hour is no news."""
    asked = error.retry_after if isinstance(error, Busy) else None
    change = {
        "trouble": seen.trouble or type(error).__name__,
        "trouble_since": seen.trouble_since if seen.trouble else now,
        "failures": seen.failures + 1,
        "looked_at": now,
        "ask_again_at": now + timedelta(seconds=min(asked, LONGEST_WAIT)) if asked else None,
    }
    return seen.model_copy(update=change)


def learn_no_trouble(seen: PollState, now: datetime) -> PollState:
    """Adverity has answered."""
    change = {"trouble": "", "trouble_since": None, "failures": 0, "looked_at": now, "ask_again_at": None}
    return seen.model_copy(update=change)

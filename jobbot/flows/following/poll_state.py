"""The poller's state of one instance: what its rounds have seen, kept as JSON in the database between them. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from jobbot.adverity.errors import AdverityError, Busy
from jobbot.adverity.usual_duration import Usual
from jobbot.intents.model import Sign
from jobbot.store.following.model import Interest

LONGEST_LOOK_BACK = timedelta(days=7)
"""How far back ended jobs are looked for. Endings and notifications are kept a day longer."""

_BEFORE = timedelta(hours=2)
"""A job that began this long before the first alert, and ended after it, is still found."""

AWAY_AFTER = timedelta(minutes=3)
"""A gap between rounds longer than this counts as an absence; no pause of the poller's own is as long."""


RETRY_AFTER_MOST = 300.0
"""Seconds of a Retry-After that a poller obeys."""


STATE_STALE_AFTER = timedelta(minutes=10)
"""State older than this says nothing of the present; longer than any Retry-After that is obeyed."""

_NO_NEWS = timedelta(hours=24)
"""After a gap this long channels are not told any more that an outage is over."""


class Missing(BaseModel):
    """A job that is no longer listed as going on, and whose end is not known yet.

    Looked up next at ``again_at``. ``alone``: it was in no list, so it is read by itself; ``forgotten``: Adverity has
    answered 404 once.
    """

    model_config = ConfigDict(frozen=True)

    began: AwareDatetime | None = None
    again_at: AwareDatetime
    tries: int = 0
    alone: bool = False
    forgotten: bool = False


class Weighing(BaseModel):
    """A success of which is not known yet what it brought, for the alerts that tell of empty ones.

    ``job`` is the job as it ended (JSON, as Adverity writes it), ``stream`` the number of its datastream. ``told`` are
    channels that have heard of it already.
    """

    model_config = ConfigDict(frozen=True)

    job: str
    stream: int | None = None
    again_at: AwareDatetime
    tries: int = 0
    told: tuple[str, ...] = ()


class Placing(BaseModel):
    """An ended job that ``channels`` may have to be told of, once it is known in which workspace it is.

    ``job`` as in Weighing; ``empty``: they would be told that it brought nothing. Nobody knows it ``since``.
    """

    model_config = ConfigDict(frozen=True)

    job: str
    since: AwareDatetime
    again_at: AwareDatetime
    channels: tuple[str, ...]
    empty: bool = False


class Failing(BaseModel):
    """A list that fails or is incomplete: since when, and why (an AdverityError's name, or ``TooLong``)."""

    model_config = ConfigDict(frozen=True)

    since: AwareDatetime
    why: str


class Outage(BaseModel):
    """An outage of an instance that channels were told of.

    ``told``: by channel, the permission its messages rest on. From ``over_at`` on lists come again, and ``late`` are
    the jobs told late, by channel. ``lost``: a list was too long, so some ended jobs were never seen.
    """

    model_config = ConfigDict(frozen=True)

    since: AwareDatetime
    why: str
    told: dict[str, str] = {}
    over_at: AwareDatetime | None = None
    late: dict[str, tuple[int, ...]] = {}
    lost: bool = False


class PollState(BaseModel):
    """The state between two rounds.

    ``known`` is what was going on at ``listed_at``, with when it began. ``gone_at`` and ``resumed_at`` are the last
    time in which nobody looked. ``span`` cuts a past that is too long for one list. ``ahead`` is how far Adverity's
    clock is ahead of ours: all times here are on ours. ``failing`` is by list: ``going`` (without it nobody can be
    told anything), ``all`` (it is too long) and ``past`` (without either, alerts miss jobs). ``ask_again_at``: Adverity
    wants to be left alone until then. For the alerts that tell of late jobs: ``usual`` is how long each running job may
    be expected to take (None: too little is known), ``late`` which channels were told that it is late. For those that
    tell of empty ones: ``weighing``. ``single_next``: since the last list of what is going on no job was read by
    itself, so one has its turn. For channels that are bound to workspaces: ``placing``.
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
    single_next: bool = False
    placing: tuple[Placing, ...] = ()

    @classmethod
    def load(cls, kept: str) -> "PollState":
        """From the JSON in the database; an empty state where another version wrote it."""
        try:
            return cls.model_validate_json(kept)
        except ValidationError:
            return cls()

    def ours(self, at: datetime | None) -> datetime | None:
        """A time as Adverity wrote it, on our clock."""
        return None if at is None else at - self.ahead

    def was_away(self, ended: datetime | None, asked: datetime) -> bool:
        """Whether a job's end (Adverity's time) lies in the last absence, for somebody who asked before it."""
        ended = self.ours(ended)
        if self.gone_at is None or self.resumed_at is None or ended is None:
            return False
        # Adverity writes times to the second.
        return asked <= self.gone_at < ended <= self.resumed_at - timedelta(seconds=1)


def resume(state: PollState, interest: Interest, now: datetime) -> PollState:
    """The state at the beginning of a round: without what is not followed any more, and with an absence noted."""
    followed = interest.jobs
    change: dict[str, object] = {}
    if interest.alerts:
        first = min(alert.since for alert in interest.alerts)
        # Before the first alert nobody kept count of what is going on. What began a while before it and ended between
        # it and the first listing is in the past of that while; what ended before it is sorted out by its end. A
        # listing of before is none of theirs, even where other alerts asked for it: what is going on comes first.
        if state.looked_at is None or state.covered is None or first > state.looked_at:
            change = {
                "covered": max(first - _BEFORE, now - LONGEST_LOOK_BACK),
                "listed_at": None,
                "past_next": False,
                "single_next": False,
                "span": None,
                "known": _only(state.known, followed),
            }
    else:
        change = {"covered": None, "span": None, "past_next": False, "known": _only(state.known, followed)}
        change["missing"] = {job: one for job, one in state.missing.items() if job in followed}
        change["failing"] = {name: one for name, one in state.failing.items() if name == "going"}
        change["placing"] = ()
    if not interest.tells_of(Sign.LATE):
        change |= {"usual": {}, "late": {}}
    if not interest.tells_of(Sign.EMPTY):
        change["weighing"] = {}
    if state.looked_at is not None and not state.trouble and now - state.looked_at > AWAY_AFTER:
        change |= {"gone_at": state.looked_at, "resumed_at": now}
    if state.looked_at is not None and now - state.looked_at > (
        STATE_STALE_AFTER if state.outage is None else _NO_NEWS
    ):
        # Since when it fails is not known to anybody who has not looked.
        change |= {"failing": {}, "outage": None}
    return state.model_copy(update=change)


def _only(known: dict[int, datetime | None], jobs: Collection[int]) -> dict[int, datetime | None]:
    return {job: began for job, began in known.items() if job in jobs}


def learn_trouble(state: PollState, error: AdverityError, now: datetime) -> PollState:
    """Adverity could not be asked. A series' first error is kept as ``trouble``, so that cards are edited once."""
    asked = error.retry_after if isinstance(error, Busy) else None
    change = {
        "trouble": state.trouble or type(error).__name__,
        "trouble_since": state.trouble_since if state.trouble else now,
        "failures": state.failures + 1,
        "looked_at": now,
        "ask_again_at": now + timedelta(seconds=min(asked, RETRY_AFTER_MOST)) if asked else None,
    }
    return state.model_copy(update=change)


def learn_no_trouble(state: PollState, now: datetime) -> PollState:
    """Adverity has answered: the error series is over."""
    change = {"trouble": "", "trouble_since": None, "failures": 0, "looked_at": now, "ask_again_at": None}
    return state.model_copy(update=change)

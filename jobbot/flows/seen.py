"""What the rounds of a poller have seen so far: kept in the database between them, whoever does the next one. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from jobbot.adverity.errors import AdverityError
from jobbot.store.following import Interest

LONGEST_LOOK_BACK = timedelta(days=7)
"""What ended longer ago is not looked for: endings and letters are remembered a day longer than that."""

_BEFORE = timedelta(hours=2)
"""How long before the first alert a job may have begun that ends right after it, and is told of."""

AWAY = timedelta(minutes=3)
"""Nobody looked for so long: longer than any pause of the poller's own making."""


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


def learn_trouble(seen: Seen, error: AdverityError, now: datetime) -> Seen:
    """Adverity could not be asked. Its first answer names the trouble: another one of the same hour is no news."""
    change = {
        "trouble": seen.trouble or type(error).__name__,
        "trouble_since": seen.trouble_since if seen.trouble else now,
        "failures": seen.failures + 1,
        "looked_at": now,
    }
    return seen.model_copy(update=change)


def learn_no_trouble(seen: Seen, now: datetime) -> Seen:
    """Adverity has answered."""
    return seen.model_copy(update={"trouble": "", "trouble_since": None, "failures": 0, "looked_at": now})

"""What stands around a job: its usual duration, its datastream's next fetch, why it failed, what it brought.

Each of these is read beside the jobs API, and may be missing: then it says why. The models go into the database with
the cards that show them.
"""

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from jobbot.adverity.errors import AdverityError, Forbidden, NotFound, NotReadable
from jobbot.adverity.model import Datastream, Extract, Issue, JobId
from jobbot.adverity.paging import Entries
from jobbot.adverity.streak import Streak
from jobbot.adverity.usual_duration import TooFew, Usual


class Why(StrEnum):
    """Why something is not known."""

    FORBIDDEN = "forbidden"
    MISSING = "missing"
    SLOW = "slow"
    TROUBLE = "trouble"
    UNSAID = "unsaid"


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NotKnown(_Fact):
    """It could not be read: the key is not allowed to, there is no such path, or no answer in time that says it."""

    why: Why

    @classmethod
    def of(cls, error: AdverityError) -> "NotKnown":
        """From the error that a read ended in."""
        status = error.status if isinstance(error, NotReadable | Forbidden | NotFound) else None
        return cls(why={403: Why.FORBIDDEN, 404: Why.MISSING}.get(status or 0, Why.TROUBLE))


class NextFetch(_Fact):
    """When a datastream is fetched next by its schedule; None where none is scheduled."""

    at: AwareDatetime | None


class Off(_Fact):
    """A datastream's schedule is switched off. ``updated`` is when the datastream was changed last.

    ``by`` is the id of who paused it through jobbot, ``until`` when it is to be resumed; None where jobbot's record
    does not say so.
    """

    updated: AwareDatetime | None = None
    by: str | None = None
    until: AwareDatetime | None = None


Upcoming = NextFetch | Off | NotKnown
"""What a datastream's schedule does next."""


class Brought(_Fact):
    """What a job brought: the number of its extracts, and their rows where each extract says how many.

    ``complete`` is False where there were more than the client reads.
    """

    extracts: int
    rows: int | None
    complete: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether it is certain that nothing came."""
        return self.rows == 0


class OpenIssues(_Fact):
    """The issues that are open for a job's datastream."""

    issues: tuple[Issue, ...]


class Waiting(_Fact):
    """The scheduled jobs that wait behind a running one, which a stop discards with it."""

    jobs: tuple[JobId, ...]


class Around(_Fact):
    """What is known around one job; None where nobody asked for it."""

    usual: Usual | TooFew | NotKnown | None = None
    streak: Streak | NotKnown | None = None
    waiting: Waiting | NotKnown | None = None
    next_fetch: Upcoming | None = None
    issues: OpenIssues | NotKnown | None = None
    brought: Brought | NotKnown | None = None

    @property
    def late(self) -> frozenset[str]:
        """The names of the facts that did not come in time."""
        return frozenset(name for name in type(self).model_fields if _is_late(getattr(self, name)))

    def caught_up(self, newer: "Around") -> "Around":
        """With what ``newer`` says of what did not come in time."""
        came = {name: getattr(newer, name) for name in self.late if getattr(newer, name) is not None}
        return self.model_copy(update=came) if came else self

    def updated(self, newer: "Around") -> "Around":
        """With what ``newer`` knows: what was known once is not lost to a read that failed."""
        found = {name: getattr(newer, name) for name in type(self).model_fields}
        return self.model_copy(
            update={
                name: value
                for name, value in found.items()
                if value is not None and not (isinstance(value, NotKnown) and getattr(self, name) is not None)
            }
        )


def _is_late(fact: object) -> bool:
    return isinstance(fact, NotKnown) and fact.why is Why.SLOW


NOTHING = Around()
"""Nobody asked for anything."""


def next_fetch_of(datastream: Datastream, now: datetime) -> Upcoming:
    """From the datastream's own words; a time that has passed tells nothing of the next one."""
    if datastream.enabled is False:
        return Off(updated=datastream.updated)
    if datastream.is_scheduled is False:
        return NextFetch(at=None)
    if datastream.next_run is None or datastream.next_run < now:
        return NotKnown(why=Why.UNSAID)
    return NextFetch(at=datastream.next_run)


def brought_by(found: Entries[Extract]) -> Brought:
    """Counted together. One that cannot be read came all the same; of more than was read nobody knows the rows."""
    known = [one.rows for one in found.items if one.rows is not None]
    count = len(found.items) + found.unreadable
    rows = sum(known) if len(known) == count and found.complete else None
    return Brought(extracts=count, rows=rows, complete=found.complete)

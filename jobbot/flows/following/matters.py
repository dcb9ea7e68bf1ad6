"""What becomes of a matter by what a round sees of its datastream: begun, counted, late, over. Pure.

What ends it is a later run of its datastream that succeeded; where the last bad one brought no rows, one that brought
some. Rounds may see runs in another order than the one in which they ended, so each is placed by when it ended, and
counted once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from jobbot.adverity.model import State
from jobbot.adverity.streak import Streak
from jobbot.intents.model import Sign
from jobbot.render.alert_entry import EMPTY, LATE, Entry
from jobbot.render.matters import End, How, Matter
from jobbot.store.following.model import Alert

KEPT = timedelta(days=7)
"""A matter of which nothing is heard for so long is over: its next bad run is a new message."""

_JOBS = 100
"""So many of its jobs are remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What a round sees of one job, for one channel.

    ``wanted``: the channel's alerts tell of it; those have the ``scopes`` (datastream and workspace, 0 for any), were
    switched on by ``since``, and mention the user groups ``calls``, by id the name. ``away``: it ended while no poller
    ran; ``rows``: it is known to have brought some; ``gone``: Adverity does not know it any more. ``watchers`` wait for
    it there. ``ends_snooze``: who had snoozed its datastream until it is fixed, which this success ends.
    """

    entry: Entry
    wanted: bool = True
    away: bool = False
    rows: bool = False
    gone: bool = False
    watchers: tuple[str, ...] = ()
    scopes: tuple[tuple[int, int], ...] = ()
    since: datetime | None = None
    calls: dict[str, str] = field(default_factory=dict)
    ends_snooze: str = ""

    @property
    def is_good(self) -> bool:
        """Whether it succeeded."""
        return not self.gone and self.entry.state == State.SUCCESS.value


def is_of(matter: Matter, job: int, stream: int | None) -> bool:
    """Whether a job, of this datastream where that is known, is of the matter's, or is the late job itself."""
    return (stream is not None and stream == matter.newest.stream) or job in matter.late


def scopes_of(alerts: Iterable[Alert]) -> tuple[tuple[int, int], ...]:
    """The datastream and workspace of each, 0 for any."""
    return tuple((alert.datastream or 0, alert.workspace or 0) for alert in alerts)


def calls_of(alerts: Iterable[Alert], known: Mapping[str, str]) -> dict[str, str]:
    """The user groups that these mention, by id their names: those that are ``known``."""
    return {one.usergroup: known[one.usergroup] for one in alerts if one.usergroup in known}


def begin(hit: Hit, now: datetime) -> Matter:
    """A matter, or what is no trouble and told once. ``now``, here and below, is on our clock."""
    entry = hit.entry
    bare = Matter(
        newest=entry,
        since=entry.when,
        # A clock may be ahead of this one: the alert was there when it told this.
        told=max(now, hit.since) if hit.since is not None else now,
        heard=now,
        scopes=hit.scopes,
        calls=hit.calls,
    )
    if entry.state == LATE:
        return replace(bare, late=(entry.job,), was_late=True)
    if hit.is_good:
        return replace(bare, calls={}, end=End(how=How.TOLD, at=entry.when, job=entry.job))
    return _counted(bare, entry, now)


def after(matter: Matter, hit: Hit, now: datetime) -> Matter:
    """An open matter after this; the same one where this changes nothing."""
    entry, job = hit.entry, hit.entry.job
    rest = tuple(one for one in matter.late if one != job)
    if entry.state == LATE:
        return replace(matter, newest=entry, late=(*rest, job), was_late=True, heard=now)
    if hit.gone:
        return _vanished(matter, hit, rest, now)
    if hit.is_good:
        return _fixed(matter, hit, rest, now)
    if job in matter.jobs:
        return matter
    # A look may reach back to what ended before the alert was switched on: that is none of its matter.
    is_since = entry.when >= matter.since or job in matter.late
    if hit.wanted or (entry.state == State.FAILED.value and is_since):
        return _counted(matter, entry, now)
    if job not in matter.late:
        return matter
    ended = replace(matter, newest=replace(entry, name=matter.newest.name), late=rest, heard=now)
    return ended if rest or matter.total else replace(ended, end=_end(How.ENDED, entry))


def _end(how: How, entry: Entry, *, rows: bool = False) -> End:
    return End(how=how, at=entry.when, job=entry.job, state=entry.state, took=entry.took, rows=rows)


def _counted(matter: Matter, entry: Entry, now: datetime) -> Matter:
    """With one more bad run."""
    is_last = matter.last is None or (entry.when, entry.job) >= (matter.last, matter.jobs[-1])
    counts, errors = dict(matter.counts), dict(matter.errors)
    number = counts.get(entry.state, 0) + 1
    if is_last:
        counts.pop(entry.state, None)  # the state of the last one stands last
        counts = {**counts, entry.state: number}
    else:
        counts = {entry.state: number, **counts} if number == 1 else {**counts, entry.state: number}
    if entry.error:
        errors[entry.error] = errors.get(entry.error, 0) + 1
    jobs = (*matter.jobs, entry.job) if is_last else (entry.job, *matter.jobs)
    return replace(
        matter,
        newest=entry if is_last else matter.newest,
        counts=counts,
        errors=errors,
        jobs=jobs[-_JOBS:],
        streak=_streak(matter, entry, is_last=is_last),
        since=min(matter.since, entry.when) if matter.counts else entry.when,
        last=entry.when if is_last else matter.last,
        late=tuple(one for one in matter.late if one != entry.job),
        heard=now,
    )


def _streak(matter: Matter, entry: Entry, *, is_last: bool) -> Streak | None:
    """Its failures in a row with this bad run: what its past runs say, or one more, and never fewer than before."""
    if entry.state == EMPTY:
        return None if is_last else matter.streak
    if entry.state != State.FAILED.value:
        return matter.streak
    known, read = matter.streak or Streak(failures=0), entry.failures
    # What was read for a later run holds this one already.
    number = known.failures + int(is_last or matter.newest.failures is None)
    if read is None:
        return known.model_copy(update={"failures": number})
    last = max(filter(None, (known.last_success, read.last_success)), default=None)
    whole = read.whole if read.failures >= number else known.whole
    return Streak(failures=max(number, read.failures), last_success=last, whole=whole)


def _fixed(matter: Matter, hit: Hit, rest: tuple[int, ...], now: datetime) -> Matter:
    entry, job = hit.entry, hit.entry.job
    if matter.last is not None and (entry.when, job) <= (matter.last, matter.jobs[-1]):
        return replace(matter, late=rest) if job in matter.late else matter  # it ended before the last bad run
    needs_rows = [*matter.counts][-1:] == [EMPTY]
    if rest or needs_rows is not hit.rows:
        newest = replace(entry, name=matter.newest.name)
        return replace(matter, late=rest, newest=newest, heard=now) if job in matter.late else matter
    return replace(matter, late=(), heard=now, end=_end(How.FIXED, entry, rows=hit.rows))


def _vanished(matter: Matter, hit: Hit, rest: tuple[int, ...], now: datetime) -> Matter:
    # Of a job that is gone nobody knows the datastream: it is one of the late ones. Nor does anybody know how it ended.
    newest = replace(matter.newest, state="", brought="") if matter.newest.job == hit.entry.job else matter.newest
    left = replace(matter, late=rest, newest=newest, heard=now)
    return left if rest or matter.total else replace(left, end=replace(_end(How.GONE, hit.entry), took=""))


def belongs(matter: Matter, entry: Entry) -> bool:
    """Whether a bad run that is seen late is one of those that a matter which is over was about."""
    if matter.end is None or not matter.is_over or entry.when < matter.since:
        return False
    # Of one second the higher number is the later, as for what ends a matter: what failed behind that is another one.
    is_before = (entry.when, entry.job) < (matter.end.at, matter.end.job)
    return is_before and entry.job != matter.opens and is_of(matter, entry.job, entry.stream)


def counted_late(matter: Matter, entry: Entry, now: datetime) -> Matter:
    """A matter that is over with such a run."""
    return matter if entry.job in matter.jobs else _counted(matter, entry, now)


def without_news(matter: Matter, now: datetime) -> Matter:
    """An open matter of which nothing was heard for too long is over."""
    if matter.end is not None or now - matter.heard < KEPT:
        return matter
    return replace(matter, end=End(how=How.SILENT, at=now))


def without_alert(matter: Matter, alerts: Iterable[Alert]) -> Matter:
    """An open matter is over where none of the alerts is on any more that told it.

    One that was switched off and on again is on since then: it has told nothing yet.
    """
    if matter.end is not None or any(_tells_of(alert, matter) for alert in alerts):
        return matter
    return replace(matter, end=End(how=How.OFF, at=matter.heard))


def _tells_of(alert: Alert, matter: Matter) -> bool:
    if alert.since > matter.told or (alert.datastream or 0, alert.workspace or 0) not in matter.scopes:
        return False
    kinds = {Sign.EMPTY.value if one == EMPTY else one for one in matter.counts} | (
        {Sign.LATE.value} if matter.was_late else set()
    )
    return not kinds.isdisjoint({*alert.states, *alert.signs})

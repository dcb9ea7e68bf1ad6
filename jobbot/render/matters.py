"""A matter in words: one datastream's trouble in one channel, from the first bad run to the one that ends it. Pure.

A bad run did not succeed, or brought no rows. They are counted from the first that is told, also while it is snoozed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from jobbot.adverity.model import State
from jobbot.adverity.streak import Streak
from jobbot.render.alert_entry import EMPTY, LATE, Entry
from jobbot.render.around import FAR, streak_in_words
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.parts import joined
from jobbot.render.blockkit.text import foreign, moment, plural

_NUMBERS = 40
"""So many numbers of jobs are named in one row."""


class How(StrEnum):
    """How a matter ended.

    FIXED: a run succeeded, or brought rows. ENDED: a late job ended otherwise. GONE: Adverity does not know that job
    any more. SILENT: no news for too long. OFF: the alert was switched off. TOLD: it was no trouble, and is told once.
    """

    FIXED = "fixed"
    ENDED = "ended"
    GONE = "gone"
    SILENT = "silent"
    OFF = "off"
    TOLD = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The end of a matter: by ``job``, which ended ``at`` in ``state`` and ``took`` so long (words).

    ``rows``: it ended because that job brought rows.
    """

    how: How
    at: datetime
    job: int = 0
    state: str = ""
    took: str = ""
    rows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A matter. ``newest`` is what is known of its last run.

    ``counts`` are the bad runs by state, that of the last one last, ``errors`` the same by kind of error, ``jobs`` the
    last of them, the newest last; the first of them ended at ``since``, the last at ``last`` (Adverity's clock).
    ``streak`` are the failures up to the last one, those before the first that is told included, as far as known.
    ``late`` are jobs that run far longer than usual, and ``was_late`` says that there was one. ``told`` and ``heard``
    are when it was told, and when there was news, on our clock. ``scopes`` are the (datastream, workspace) of the
    alerts that told it, 0 for any; ``calls`` the user groups that they mention, by id the name. ``on_again``: who had
    snoozed it until it is fixed, which it is.
    """

    newest: Entry
    counts: dict[str, int] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    jobs: tuple[int, ...] = ()
    streak: Streak | None = None
    since: datetime
    last: datetime | None = None
    told: datetime
    heard: datetime
    late: tuple[int, ...] = ()
    was_late: bool = False
    scopes: tuple[tuple[int, int], ...] = ()
    calls: dict[str, str] = field(default_factory=dict)
    end: End | None = None
    on_again: str = ""

    @property
    def total(self) -> int:
        """How many bad runs."""
        return sum(self.counts.values())

    @property
    def longer(self) -> Streak | None:
        """Its failures in a row, where there were some before the first that is told."""
        found = self.streak
        return found if found is not None and found.failures > self.counts.get(State.FAILED, 0) else None

    @property
    def is_fixed(self) -> bool:
        """Whether it has ended well."""
        return self.end is not None and self.end.how is How.FIXED

    @property
    def is_over(self) -> bool:
        """Whether its message says that it has ended."""
        return self.end is not None and self.end.how not in (How.TOLD, How.OFF)

    @property
    def opens(self) -> int:
        """The job to look at: the one that ended it, or the last."""
        return self.end.job if self.end is not None and self.end.job else self.newest.job

    @property
    def mark(self) -> Mark:
        """As its line begins."""
        match self.end:
            case End(how=How.FIXED):
                return Mark.SUCCESS
            case End(how=How.ENDED, state=State.CANCELLED):
                return Mark.CANCELLED
            case End(how=How.ENDED | How.GONE | How.SILENT):
                return Mark.ENDED
            case _:
                return self.newest.mark


def head(matter: Matter, *, away: bool = False, again: bool = False) -> str:
    """The line that says how it stands. ``away``: it ended while no poller ran; ``again``: in an alert's thread."""
    newest, name = matter.newest, f"{matter.mark.code} *{foreign(matter.newest.name, 60)}*"
    match matter.end:
        case None | End(how=How.TOLD | How.OFF):
            pass
        case end:
            return _ended(matter, end, away=away)
    if newest.state == LATE:
        return joined([name, f"running {FAR}", newest.brought, _row(matter)])
    when = " while I was away" if away else ""
    once_more = " again" if again else ""
    often = _row(matter)
    last = newest.last if often else newest.streak
    return joined(
        [f"{name} {newest.verb}{once_more}{when}", often, "" if matter.longer else last, newest.brought],
    )


def _ended(matter: Matter, end: End, *, away: bool) -> str:
    name, mark = f"*{foreign(matter.newest.name, 60)}*", matter.mark.code
    ran = f"after {end.took}, {FAR}" if end.took else f"after it ran {FAR}"
    after = _after(matter) or ran
    match end.how:
        case How.FIXED:
            did = "brought rows" if end.rows else "succeeded"
            when = ", all while I was away" if away else ""
            return f"{mark} Recovered: {name} {did} {moment(end.at)} {after}{when}"
        case How.ENDED:
            return f"{mark} {name} {matter.newest.verb} {moment(end.at)} {after}"
        case How.GONE:
            return f"{mark} {name} was running {FAR}; Adverity does not know the job any more"
        case _:
            known = f", {after}" if matter.total else ""
            return f"{mark} {name}: no news since {moment(matter.heard)}{known}. It is not followed any more"


def _row(matter: Matter) -> str:
    """``3 failures in a row since 06:10``, or ``5th time in a row``; nothing for a first one that is told."""
    if matter.newest.job in matter.jobs:
        if matter.longer is not None:
            return streak_in_words(matter.longer) if matter.newest.state == State.FAILED else _after(matter)
        row = f"{bad_runs(matter.counts)} in a row since {moment(matter.since)}"
        return row if matter.total > 1 else ""
    return _after(matter)


def _after(matter: Matter) -> str:
    """``after 3 failures since 06:10``, or ``after 5 failures in a row``; nothing where there was no bad run."""
    if (found := matter.longer) is not None:
        return f"after {'' if found.whole else 'at least '}{plural(found.failures, 'failure')} in a row"
    return f"after {bad_runs(matter.counts)} since {moment(matter.since)}" if matter.total else ""


def bad_runs(counts: Mapping[str, int]) -> str:
    """``3 failures``, ``2 runs without rows``, ``4 bad runs (3 failed, 1 cancelled)``."""
    total = sum(counts.values())
    match [*counts]:
        case [State.FAILED.value]:
            return plural(total, "failure")
        case [state] if state == EMPTY:
            return f"{plural(total, 'run')} without rows"
        case [state]:
            return plural(total, f"{foreign(state.lower(), 30)} run")
        case _:
            each = [
                f"{count} {'without rows' if state == EMPTY else foreign(state.lower(), 30)}"
                for state, count in counts.items()
            ]
            return f"{total} bad runs ({', '.join(each)})"


def quiet(matter: Matter) -> list[str]:
    """The numbers of its jobs, and everything else that is known of the last; of what is over its datastream alone."""
    stream = f"datastream {matter.newest.stream}" if matter.newest.stream is not None else ""
    return [jobs_in_words(matter), stream if matter.is_over else matter.newest.quiet]


def jobs_in_words(matter: Matter) -> str:
    """The numbers of its jobs, the newest first."""
    ended = [matter.opens] if matter.end is not None else []
    found = [
        *dict.fromkeys([*ended, *([] if matter.jobs else [matter.newest.job]), *reversed(matter.jobs), *matter.late])
    ]
    return f"{'job' if len(found) == 1 else 'jobs'} {numbers(found)}"


def numbers(jobs: Sequence[int]) -> str:
    """Numbers of jobs, and how many more there are."""
    more = f" and {len(jobs) - _NUMBERS} more" if len(jobs) > _NUMBERS else ""
    return ", ".join(map(str, jobs[:_NUMBERS])) + more


def on_again_in_words(matter: Matter) -> str:
    """That its end has ended a snooze."""
    return (
        f"alerts of it are on again: <@{matter.on_again}> had snoozed them until it is fixed" if matter.on_again else ""
    )

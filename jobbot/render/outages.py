"""Renders the messages of an outage: that an instance cannot be followed, and that it can again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobbot.render.blockkit import parts
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.text import foreign, moment, plural

TOO_LONG = "TooLong"
"""The reason of an outage where a list was too long; other reasons are the names of Adverity's errors."""

_WHY = {
    "Busy": ("Adverity is busy", "Adverity was busy"),
    "Unreachable": ("Adverity does not answer", "Adverity did not answer"),
    "Unauthorised": ("Adverity refuses jobbot's key", "Adverity refused jobbot's key"),
    "Forbidden": ("jobbot's key is not allowed to list jobs", "jobbot's key was not allowed to list jobs"),
    "InvalidRequest": ("Adverity refuses the list of jobs", "Adverity refused the list of jobs"),
    "NotFound": ("Adverity has no list of jobs", "Adverity had no list of jobs"),
    TOO_LONG: (
        "there are more jobs than Adverity's list shows to jobbot",
        "there were more jobs than Adverity's list showed to jobbot",
    ),
}
"""By reason: what is said while it lasts, and once it is over."""
_TROUBLE = (
    "Adverity has an error of its own, or answers what jobbot cannot read",
    "Adverity had an error of its own, or answered what jobbot cannot read",
)
"""The same of every other reason."""
_WHAT_HELPS = {
    "Unauthorised": "Whoever runs jobbot can see what is wrong with the key: `jobbot doctor`.",
    "Forbidden": "Whoever runs jobbot can see what is wrong with the key: `jobbot doctor`.",
}


@dataclass(frozen=True, slots=True)
class CurrentOutage:
    """An instance that cannot be followed now, since when and why (an AdverityError's name, or ``TOO_LONG``)."""

    instance: str
    since: datetime
    why: str


def _said(mark: Mark, lines: Sequence[str]) -> Message:
    return parts.compose([parts.lines([f"{mark.code} {lines[0]}", *lines[1:]])])


def why(kind: str) -> str:
    """The reason of an outage, as a clause; ``kind`` as in CurrentOutage.why."""
    return _WHY.get(kind, _TROUBLE)[0]


def began(instance: str, kind: str, since: datetime, *, only_alerts: bool) -> Message:
    """The message that an outage began, to channels with alerts or watches. ``only_alerts``: watches still work."""
    what = "Alerts here may miss jobs" if only_alerts else "Nothing will be told here"
    lines = [
        f"*jobbot cannot follow the jobs of {foreign(instance, 40)}* since {moment(since)}: {why(kind)}.",
        f"{what} until that is over. This channel will be told when it is, and what ended meanwhile.",
    ]
    return _said(Mark.UNUSUAL, [*lines, _WHAT_HELPS[kind]] if kind in _WHAT_HELPS else lines)


def over(instance: str, kind: str, since: datetime, until: datetime, late: Sequence[int], *, lost: bool) -> Message:
    """The message that an outage is over. ``late``: the jobs that ended meanwhile and were told late."""
    _, was = _WHY.get(kind, _TROUBLE)
    lines = [
        f"*jobbot follows the jobs of {foreign(instance, 40)} again.* It could not from {moment(since)} to "
        f"{moment(until)}: {was}."
    ]
    if late:
        numbers = ", ".join(str(job) for job in late)
        lines.append(f"{plural(len(late), 'job')} that ended meanwhile {_were(late)} told here late: {numbers}.")
    else:
        lines.append("Nothing that this channel is waiting for ended meanwhile.")
    if lost:
        lines[-1] = lines[-1] if late else "Nothing that ended meanwhile was told here late."
        lines.append(
            "More had ended than a list holds, so some may never be told: `failed` with that range shows them."
        )
    return _said(Mark.SUCCESS, lines)


def _were(late: Sequence[int]) -> str:
    return "was" if len(late) == 1 else "were"


def in_a_list(one: CurrentOutage) -> str:
    """A current outage, as a line above a channel's alerts and watches."""
    return (
        f"*{foreign(one.instance, 40)} cannot be followed since {moment(one.since)}*: {why(one.why)}. "
        "What ends meanwhile is told late."
    )

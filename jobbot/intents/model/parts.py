"""What the intents share: ranges of time, a datastream by number or by name, how much longer than usual."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from jobbot.adverity.model import DatastreamId


@dataclass(frozen=True, slots=True)
class Last:
    """The time up to now, e.g. ``last 6h``. ``said`` is how the person put it, for the answer only."""

    duration: timedelta
    said: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Since:
    """From an instant (UTC) up to now. ``order`` is the order in which a date was read that has two."""

    start: datetime
    said: str = field(default="", compare=False)
    order: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Between:
    """Two instants (UTC), both included, to the second. ``order`` as for Since."""

    start: datetime
    end: datetime
    said: str = field(default="", compare=False)
    order: str = field(default="", compare=False)


Range = Last | Since | Between


Stream = DatastreamId | str
"""A datastream: its number, or a name that was typed and that a flow has still to find."""


Longer = timedelta | Literal["usual"]
"""For longer than this, or than is usual for its datastream by far."""

"""The answer to a list's question, before it is worded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from jobbot.adverity.around import Around, Upcoming
from jobbot.adverity.model import Job, JobId, State
from jobbot.render.asked import Asked
from jobbot.render.earlier_stops import EarlierStop
from jobbot.render.frozen import Frozen
from jobbot.render.jobs import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The answer to a list's question, before it is worded. ``jobs`` is the page, ``total`` all that matched.

    ``counts`` says of all that matched how many are in which state. ``unreadable`` counts entries of Adverity's answer
    that could not be read, whatever they were. ``around`` is what is known around some jobs; those that are far longer
    at it than usual stand first. ``waiting`` are by running job the scheduled ones behind it, whether they are on this
    page or not, ``stops`` the newest stops of those that go on. ``stream`` is the name of the datastream that was asked
    for; ``workspaces`` are the names of those that the answer is narrowed to, and ``unplaced`` counts jobs that are
    left out because nobody knows in which they are; ``among`` as for Scope, ``whole`` as for Reach. ``missing`` are the
    jobs that were asked for by number and that Adverity does not know, ``no_such_stream``: it does not know the
    datastream. ``undated`` counts jobs that wait now and are left out of a range to come, ``next_fetch`` is when the
    schedule of the datastream fetches next, where that was asked, or that it is off. ``frozen``: the freeze of the
    instance that is on.
    """

    asked: Asked
    instance: str
    jobs: tuple[Job, ...]
    page: int
    total: int
    complete: bool
    counts: Mapping[State | None, int] = field(default_factory=dict)
    unreadable: int = 0
    as_of: datetime
    names: Names
    around: Mapping[JobId, Around] = field(default_factory=dict)
    waiting: Mapping[JobId, tuple[JobId, ...]] = field(default_factory=dict)
    stops: Mapping[int, EarlierStop] = field(default_factory=dict)
    stream: str = ""
    workspaces: tuple[str, ...] = ()
    unplaced: int = 0
    among: int | None = None
    whole: bool = True
    missing: tuple[JobId, ...] = ()
    undated: int = 0
    next_fetch: Upcoming | None = None
    no_such_stream: bool = False
    frozen: Frozen | None = None

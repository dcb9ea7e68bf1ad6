"""What a timeline is made of, and how it is grouped: what is about one matter stands together. Pure.

A matter is one datastream's trouble: its failures, what people did about it, its recovery. The next bad run after a
recovery is a matter of its own; so are outages of an instance, and whatever is about a job without a datastream.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from jobbot.intents.model import Timeline

OPENS = frozenset({"blind", "away", "freeze"})
"""What begins a matter of an instance's own; the one behind it in :data:`CLOSES` ends it."""
CLOSES = frozenset({"recovered", "seeing", "back", "unfreeze"})
_FAMILY: Mapping[str, str] = {"seeing": "blind", "back": "away", "unfreeze": "freeze"}
_GOOD = frozenset({"Success"})
DEEDS = frozenset({"freeze", "unfreeze", "asked", "withdrawn", "discarded", "expired", "untold"})
"""What people have done that is no act: they froze an instance, or asked that somebody else does an act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened: an act, or what jobbot has seen and told.

    ``what`` is the ledger's kind of an act (``stop``), else the state in which a job has ended (``Failed``), what was
    seen of it (``late``, ``recovered``) or of the instance (``blind``), or what somebody did (``freeze``, ``asked``).
    ``state`` and ``outcome`` are the ledger's of an act, ``state`` is empty for anything else. ``name`` is the
    datastream's, ``said`` a reason or a cause: these as they came. ``about`` is the kind of the act that is asked for,
    ``asked_by`` who had asked for an act that somebody else confirmed, ``until`` when a freeze or a pause is to end,
    ``planned`` whether jobbot did an act by itself at an hour that somebody had named.
    ``message_ts`` is that of the message that tells it, in ``channel_id``.
    """

    at: datetime
    what: str
    instance: str
    state: str = ""
    outcome: str = ""
    name: str = ""
    said: str = ""
    job: int | None = None
    datastream: int | None = None
    user_id: str = ""
    channel_id: str = ""
    message_ts: str | None = None
    closed_at: datetime | None = None
    about: str = ""
    asked_by: str | None = None
    until: datetime | None = None
    planned: bool = False

    @property
    def is_act(self) -> bool:
        """Whether it is one of the ledger's."""
        return bool(self.state)

    @property
    def is_deed(self) -> bool:
        """Whether people did it, so that ``said`` is the reason that they typed in ``channel_id``."""
        return self.is_act or self.what in DEEDS

    @property
    def is_bad(self) -> bool:
        """Whether it is trouble of a job's."""
        return not self.is_act and self.what not in CLOSES | OPENS | DEEDS | _GOOD and self.what != "gone"

    @property
    def message(self) -> tuple[str, str] | None:
        """The channel and the ts of its message."""
        return (self.channel_id, self.message_ts) if self.channel_id and self.message_ts else None


@dataclass(frozen=True, slots=True)
class TimelineMatter:
    """What belongs together, in its order: never empty."""

    happenings: tuple[Happening, ...]

    @property
    def first(self) -> Happening:
        """The first of it."""
        return self.happenings[0]

    @property
    def name(self) -> str:
        """What its datastream is called, as it was said last; empty where nobody said it."""
        return next((one.name for one in reversed(self.happenings) if one.name), "")

    @property
    def datastream(self) -> int | None:
        """The number of its datastream."""
        return next((one.datastream for one in self.happenings if one.datastream is not None), None)

    @property
    def job(self) -> int | None:
        """The last job that it is about."""
        return next((one.job for one in reversed(self.happenings) if one.job is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePage:
    """The answer to the question. ``matters`` are those of the page, of ``total``; ``entries`` how many things.

    ``start`` and ``end`` are the range, None for all that is kept; ``zone`` is the asking person's. ``cut``: there was
    more than is read, and only the newest of it is here. ``links`` are to messages, by channel and ts, ``people`` what
    somebody is called, by id. The rest is as for HistoryPage.
    """

    asked: Timeline
    instance: str
    matters: tuple[TimelineMatter, ...]
    page: int
    total: int
    entries: int
    as_of: datetime
    start: datetime | None
    end: datetime | None
    zone: str | None
    links: Mapping[tuple[str, str], str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    stream: str = ""
    workspaces: tuple[str, ...] = ()
    among: int | None = None
    whole: bool = True


def in_order(happenings: Iterable[Happening]) -> list[Happening]:
    """The oldest first. Adverity writes times to the second: within one, trouble comes first, then what was done about
    it, then what ended it."""
    return sorted(happenings, key=_when)


def _when(one: Happening) -> tuple[object, ...]:
    is_done = one.is_act or one.what in DEEDS
    turn = 1 if is_done else 2 if one.what in CLOSES | _GOOD else 0
    return one.at.replace(microsecond=0), turn, one.at, one.instance, one.what, one.job or 0, one.user_id


def once(happenings: Iterable[Happening], channel_id: str | None) -> list[Happening]:
    """Without what the same job or instance says twice: told in several channels, or in other words.

    What was told in ``channel_id`` stays, then what has a message. That a job succeeded is said by its recovery.
    """
    found: dict[tuple[object, ...], Happening] = {}
    acts: list[Happening] = []
    for one in happenings:
        if one.is_act or one.what in DEEDS:
            acts.append(one)
            continue
        what = "Success" if one.what in ("recovered", "empty") else one.what
        about = (one.instance, what, one.job if one.job is not None else one.at)
        found[about] = max(found.get(about, one), one, key=lambda it: _worth(it, channel_id))
    return [*acts, *found.values()]


def _worth(one: Happening, channel_id: str | None) -> tuple[bool, bool, bool, bool, str]:
    is_ours = one.channel_id == channel_id
    return one.what not in _GOOD, is_ours, one.message is not None, bool(one.said), one.channel_id


def grouped(happenings: Iterable[Happening]) -> tuple[TimelineMatter, ...]:
    """By matter, the matters in the order of what was first in each; all that is given is in exactly one of them."""
    ordered = in_order(happenings)
    streams = {(one.instance, one.job): one.datastream for one in ordered if one.job and one.datastream is not None}
    matters: list[list[Happening]] = []
    last: dict[tuple[str, str, int | str], list[Happening]] = {}
    for one in ordered:
        if one.datastream is None and one.job is not None:
            one = replace(one, datastream=streams.get((one.instance, one.job)))  # noqa: PLW2901 - the same, placed
        key = _key(one)
        matter = last.get(key)
        if matter is None or (_is_closed(matter) and (one.is_bad or one.what in OPENS)):
            matter = last[key] = []
            matters.append(matter)
        matter.append(one)
    return tuple(TimelineMatter(tuple(matter)) for matter in matters)


def _key(one: Happening) -> tuple[str, str, int | str]:
    if one.datastream is not None:
        return one.instance, "datastream", one.datastream
    if one.job is not None:
        return one.instance, "job", one.job
    return one.instance, "instance", _FAMILY.get(one.what, one.what)


def _is_closed(matter: list[Happening]) -> bool:
    """Whether the last of it that is no act, and no request for one, ended it."""
    seen = next((one for one in reversed(matter) if one.what in CLOSES | OPENS or one.is_bad), None)
    return seen is not None and seen.what in CLOSES

"""An alert message that was posted, with its matters, as a round changes them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from jobbot.render.matters import Matter
from jobbot.store.following.model import AlertGroup

GROUP_WINDOW = timedelta(minutes=1)
"""For so long after it was posted bad runs of other datastreams join a message."""

_MATTERS = TypeAdapter(tuple[Matter, ...])


@dataclass(slots=True)
class Group:
    """A message, by its row, with the matters of it that the channel sees.

    ``is_changed``: the row is written again; ``is_edited``: so is the message. ``fixed`` are the matters that have
    ended well in this round.
    """

    row: AlertGroup
    matters: list[Matter]
    is_changed: bool = False
    is_edited: bool = False
    fixed: list[Matter] = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        """Whether it was posted for jobs that run far longer than usual."""
        return any(one.was_late for one in self.matters)

    def is_young(self, now: datetime) -> bool:
        """Whether others may join it. ``now`` is on our clock."""
        return now - self.row.opened_at <= GROUP_WINDOW

    def put(self, number: int, after: Matter) -> None:
        """Replace a matter, and have the message edited where it is another one now."""
        before = self.matters[number]
        if after is before or after == before:
            return
        self.matters[number], self.is_changed, self.is_edited = after, True, True
        if after.is_fixed and not before.is_fixed:
            self.fixed.append(after)

    def written(self, now: datetime) -> AlertGroup:
        """The row, with the matters as they are now."""
        kept = _MATTERS.dump_json(tuple(self.matters)).decode()
        is_open = any(one.end is None for one in self.matters)
        return replace(self.row, last_at=now, entries=kept, is_open=is_open)


def matters_in(row: AlertGroup) -> list[Matter]:
    """The matters of a row; none where another version wrote it."""
    try:
        return list(_MATTERS.validate_json(row.entries))
    except ValidationError:
        return []


def open_streams(groups: Iterable[AlertGroup]) -> set[int | None]:
    """The datastreams of all matters that go on."""
    return {one.newest.stream for row in groups if row.is_open for one in matters_in(row) if one.end is None}

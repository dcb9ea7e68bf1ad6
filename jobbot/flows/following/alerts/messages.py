"""The alert messages of a round, with the rows that change by them and the jobs that they tell of. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import uuid4

from jobbot.access.policy import Need
from jobbot.render import alerts as words
from jobbot.render.blockkit.blocks import dump_message
from jobbot.render.matters import Matter
from jobbot.store.events import Event
from jobbot.store.following.model import AlertGroup, AlertMessage, Notification, workspaces_of

_T = TypeVar("_T", bound=AlertGroup | AlertMessage)


def changed(before: Iterable[_T], after: Sequence[_T]) -> list[_T]:
    """The first ones, with those of ``after`` last and in place of the same ones."""
    ids = {one.id for one in after}
    return [*(one for one in before if one.id not in ids), *after]


@dataclass(frozen=True, slots=True)
class AlertMessages:
    """The messages and changed groups of one round; ``jobs`` are (channel, job) of every job that is told.

    ``kept`` are the messages with buttons, ``mentioning`` by (channel, job) the post that mentions who watches it.
    ``fixed`` are by group the matters that ended well in messages that stand there already. ``events`` are what is
    told, with Adverity's times.
    """

    notifications: tuple[Notification, ...] = ()
    groups: tuple[AlertGroup, ...] = ()
    jobs: tuple[tuple[str, int], ...] = ()
    kept: tuple[AlertMessage, ...] = ()
    mentioning: Mapping[tuple[str, int], str] = field(default_factory=dict)
    fixed: Mapping[str, tuple[Matter, ...]] = field(default_factory=dict)
    events: tuple[Event, ...] = ()

    def __add__(self, other: "AlertMessages") -> "AlertMessages":
        """Both; a group or message that ``other`` changes again is as it says, with one edit."""
        edited = {one.under for one in other.notifications if one.edits}
        stay = tuple(one for one in self.notifications if not one.edits or one.under not in edited)
        both = self.fixed.keys() | other.fixed.keys()
        return AlertMessages(
            stay + other.notifications,
            (*changed(self.groups, other.groups),),
            self.jobs + other.jobs,
            (*changed(self.kept, other.kept),),
            {**self.mentioning, **other.mentioning},
            {id_: (*self.fixed.get(id_, ()), *other.fixed.get(id_, ())) for id_ in both},
            self.events + other.events,
        )


def recovered_reply(group: AlertGroup, fixed: Sequence[Matter], people: Sequence[str]) -> Notification:
    """For the thread of an alert whose matters ended well: it mentions who is on it."""
    jobs = "+".join(str(one.opens) for one in fixed)
    return Notification(
        id=uuid4().hex,
        key=f"recovered:{group.id}:{jobs}",
        need=Need.ALERTS,
        instance=group.instance,
        channel_id=group.channel_id,
        message=dump_message(words.recovered(fixed, people)),
        under=group.id,
        workspaces=workspaces_of(one.newest.workspace for one in fixed),
    )

"""What is written with the poller's state after a round: notifications, edits of cards, ended watches. Types alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jobbot.flows.following.live_cards import Change
from jobbot.store.events import Event
from jobbot.store.following.model import AlertGroup, AlertMessage, Notification


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What is written with a round's state in one transaction; most fields as of RoundResult.

    ``changes`` are the edits of cards; ``late`` the jobs that channels are told of in this round, as (channel, job, end
    on our clock), which an outage that is over counts.
    """

    notifications: Sequence[Notification] = ()
    watches: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    changes: Sequence[Change] = ()
    endings: Sequence[int] = ()
    succeeded: Mapping[int, tuple[int, datetime]] = field(default_factory=dict)
    woken: Sequence[tuple[str, int, datetime]] = ()
    groups: Sequence[AlertGroup] = ()
    alert_messages: Sequence[AlertMessage] = ()
    alerts: Sequence[str] | None = None
    late: Sequence[tuple[str, int, datetime | None]] = ()
    events: Sequence[Event] = ()


NO_EFFECTS = Effects()

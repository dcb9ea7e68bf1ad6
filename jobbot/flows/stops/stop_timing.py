"""How long the steps of a stop take, and are tried again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StopTiming:
    """How often, and for how long at most, the job is read after a stop; seconds.

    A stop that got no answer is followed for a shorter time: while it is, nobody else can ask for it again. ``store``
    is how long a write is tried again while the database is away; ``record`` how long Slack's ack waits for the record.
    """

    first: float = 1.0
    longest: float = 5.0
    accepted: float = 300.0
    unanswered: float = 60.0
    store: float = 3600.0
    record: float = 1.5

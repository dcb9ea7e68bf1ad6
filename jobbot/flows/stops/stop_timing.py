"""The intervals and time limits of a stop."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StopTiming:
    """Seconds. After a stop the job is read every ``first`` seconds, growing to ``longest``.

    Reading ends after ``accepted``, or after ``unanswered`` where Adverity did not answer the stop: until then nobody
    else can stop the job. ``store``: how long a write is retried while the database is unavailable. ``record``: how
    long the ack of a submitted modal waits for the row. ``ask``: how long a modal waits for all that it shows, and a
    submission for where its job is; ``note``: after how long somebody who waits is told that it takes longer.
    """

    first: float = 1.0
    longest: float = 5.0
    accepted: float = 300.0
    unanswered: float = 60.0
    store: float = 3600.0
    record: float = 1.5
    ask: float = 15.0
    note: float = 2.0

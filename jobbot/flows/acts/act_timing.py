"""The intervals and time limits of an act."""

from dataclasses import dataclass

from jobbot.flows.instances import NOTE_SECONDS


@dataclass(frozen=True, slots=True)
class ActTiming:
    """Seconds. After its request an act is read back every ``first`` seconds, growing to ``longest``.

    Reading ends after ``accepted``, or after ``unanswered`` where Adverity did not answer the request: until then
    nobody else can begin an act of the same subject. ``store``: how long a write is retried while the database is
    unavailable. ``record``: how long the ack of a submitted window waits for the row; ``decide``: before that, where it
    confirms a review request, for who it is: Slack gives 3 seconds for both. ``ask``: how long a window waits
    for all that it shows, and a submission for what access rests on; ``note``: after how long somebody who waits is
    told that it takes longer. ``last_look``: how long Adverity's turn is held for the question of the database that is
    asked right before a request leaves; where it takes longer the turn is given back, and the request waits anew.
    """

    first: float = 1.0
    longest: float = 5.0
    accepted: float = 300.0
    unanswered: float = 60.0
    store: float = 3600.0
    record: float = 1.5
    decide: float = 1.2
    ask: float = 15.0
    note: float = NOTE_SECONDS
    last_look: float = 1.0

"""All intervals, timeouts and retry settings of a running jobbot, in one object.

Production uses the defaults; tests pass shorter ones, and a timer of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import stamina

from jobbot.adverity.call_policy import OPTIONAL_SECONDS, patient_retries
from jobbot.flows.acts.act_timing import ActTiming
from jobbot.flows.following.schedule import PollSchedule
from jobbot.flows.instances import NEEDED, PATIENCE
from jobbot.flows.recovery import ROUND_EVERY_SECONDS
from jobbot.slack.transport.watchdog import WatchdogSettings
from jobbot.store.acts.ledger import LEASE
from jobbot.store.database.best_effort import LIMIT_SECONDS
from jobbot.store.database.retry import REAL_TIMER, Timer

DRAIN_SECONDS = 20.0
"""How long a shutdown waits for what runs; platforms kill after about 30."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Three groups of settings, each described in its class: ``act_timing`` of stops, ``schedule`` of poller and
    dispatcher, ``watchdog`` of Slack's connection.

    ``lease`` is how long a dead process keeps what it had claimed; ``recovery`` the seconds between two rounds of it
    at most; ``drain`` the seconds that a shutdown waits for what runs. An answer waits in all ``patience`` seconds for
    what it can do without, ``extra`` for each of that in the database, and ``needed`` for what it rests on beside its
    jobs; ``optional`` is how long Adverity is asked for what it can do without. ``retries`` makes what repeats reads of
    Adverity. ``timer`` measures its breaker and its caches, and waits: between two looks at the database, and before a
    call of Slack's is repeated.
    """

    act_timing: ActTiming = field(default_factory=ActTiming)
    schedule: PollSchedule = field(default_factory=PollSchedule)
    watchdog: WatchdogSettings = field(default_factory=WatchdogSettings)
    lease: timedelta = LEASE
    recovery: float = ROUND_EVERY_SECONDS
    drain: float = DRAIN_SECONDS
    patience: float = PATIENCE
    needed: float = NEEDED
    extra: float = LIMIT_SECONDS
    optional: float = OPTIONAL_SECONDS
    retries: Callable[[], stamina.AsyncRetryingCaller] = patient_retries
    timer: Timer = REAL_TIMER

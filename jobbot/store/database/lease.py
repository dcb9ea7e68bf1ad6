"""The clock of leases (ledger, poll rounds, outbox): the database's own time.

The processes that share a PostgreSQL may run on machines whose clocks differ; by its own clock, one that is ahead would
take over what another one works on. A SQLite file is shared by processes of one machine, whose clock is the file's too.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Interval, func, literal

from jobbot.store.database.engine import Database
from jobbot.store.database.tables import UtcDateTime

NO_TIME = timedelta()

MISSED = timedelta(seconds=6)
"""A process that was not seen, and renewed nothing, for so long may be declared dead; two rounds of recovery.

Less than a lease. So before an action outside of the database (a stop), a process that may have been frozen for so long
checks its claim again.
"""


def now_in(database: Database, clock: Callable[[], datetime], plus: timedelta = NO_TIME) -> ColumnElement[datetime]:
    """SQL for the time at which a statement begins, ``plus`` a while; ``clock`` is this process's, for SQLite."""
    if database.is_postgresql and not database.time_is_held:
        return func.statement_timestamp(type_=UtcDateTime()) + literal(plus, Interval())
    return literal(clock() + plus, UtcDateTime())

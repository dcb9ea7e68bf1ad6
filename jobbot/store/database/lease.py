"""The clock that leases are counted in, by the ledger, the rounds and the outbox: the database's.

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
"""Two rounds of maintenance: so long a process is not seen, and renews nothing, before it may be taken for dead.

Less than a lease. Who acts on a lease outside of the database, and was not there for that long, asks first.
"""


def now_in(database: Database, clock: Callable[[], datetime], plus: timedelta = NO_TIME) -> ColumnElement[datetime]:
    """The time when a statement begins, ``plus`` a while, in SQL; ``clock`` is this machine's."""
    if database.is_postgresql and not database.time_is_held:
        return func.statement_timestamp(type_=UtcDateTime()) + literal(plus, Interval())
    return literal(clock() + plus, UtcDateTime())

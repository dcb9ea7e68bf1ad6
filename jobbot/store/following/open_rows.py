"""What the statements about watches, cards and alerts share: what is open in a table, and its rows."""

from typing import Any

from sqlalchemy import Row, Select, Table, Update, select, update
from sqlalchemy.ext.asyncio import AsyncConnection


def all_open(table: Table) -> Select[Any]:
    """What is open, the oldest first: PostgreSQL keeps no order of its own. Any: SQLAlchemy's row type of a table."""
    born = table.c.since if "since" in table.c else table.c.created_at
    return select(table).where(table.c.ended_at.is_(None)).order_by(born, table.c.id)


def change_open(table: Table) -> Update:
    """A change of what is open."""
    return update(table).where(table.c.ended_at.is_(None))


async def rows_of(connection: AsyncConnection, query: Select[Any]) -> list[Row[Any]]:
    """All rows of a query. Any: SQLAlchemy's row type of a table."""
    return list((await connection.execute(query)).all())

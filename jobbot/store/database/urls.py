"""A database's URL, read before anything connects: what cannot be used in it is one line, without the URL.

A parameter that is not known is called by its place, because a password that is written as it is may look like one.
"""

from collections.abc import Collection

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from jobbot.spelling import nearest

_SQLITE = frozenset({"uri", "mode", "cache", "immutable", "nolock", "psow", "modeof", "vfs"})
"""https://www.sqlite.org/uri.html; all but the first stand in a file's URI alone."""

_SEVERAL = frozenset({"host", "port", "hostaddr"})
"""Given once for each of several servers."""


class BadDatabaseUrl(Exception):
    """The URL cannot be used at all; the message is one line without the URL."""


def read_database_url(url: str) -> URL:
    """The URL's parts. Raises BadDatabaseUrl."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadDatabaseUrl("is not a database URL") from None
    match parsed.drivername:
        case "sqlite":
            known = _SQLITE if "uri" in parsed.query else frozenset({"uri"})
            _check(parsed, known, "SQLite")
        case "postgresql":
            _check(parsed, _of_postgresql(), "PostgreSQL")
        case _:
            raise BadDatabaseUrl("begins neither with sqlite:/// nor with postgresql://")
    return parsed


def _check(url: URL, known: Collection[str], kind: str) -> None:
    for place, (name, value) in enumerate(url.query.items(), start=1):
        if name not in known:
            meant = nearest(name, known)
            near = f"; did you mean {meant}?" if meant else ""
            raise BadDatabaseUrl(f"parameter {place} is none that {kind} knows{near}")
        if not isinstance(value, str) and name not in _SEVERAL:
            raise BadDatabaseUrl(f"{name} is given twice")


def _of_postgresql() -> frozenset[str]:
    """What libpq, the one that is installed, knows; but for what makes of the connection another than ours."""
    try:
        from psycopg import pq  # noqa: PLC0415 - not installed where SQLite is enough
    except ImportError:
        raise BadDatabaseUrl("is PostgreSQL, which needs: pip install 'jobbot[postgres]'") from None
    return frozenset(option.keyword.decode() for option in pq.Conninfo.get_defaults()) - {"replication"}

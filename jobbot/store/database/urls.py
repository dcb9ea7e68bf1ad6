"""Checks a database URL before anything connects. Errors are one line, without the URL.

An unknown parameter is called by its position, because a password with an unescaped ``&`` may look like one.
"""

from collections.abc import Collection

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from jobbot.spelling import nearest

_SQLITE = frozenset({"uri", "mode", "cache", "immutable", "nolock", "psow", "modeof", "vfs"})
"""https://www.sqlite.org/uri.html; all but the first stand in a file's URI alone."""

_SEVERAL = frozenset({"host", "port", "hostaddr"})
"""Parameters that may be given several times, once a server."""


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
            raise BadDatabaseUrl("must begin with sqlite:/// or postgresql://")
    return parsed


def _check(url: URL, known: Collection[str], kind: str) -> None:
    for place, (name, value) in enumerate(url.query.items(), start=1):
        if name not in known:
            meant = nearest(name, known)
            near = f"; did you mean {meant}?" if meant else ""
            raise BadDatabaseUrl(f"parameter {place} is not known to {kind}{near}")
        if not isinstance(value, str) and name not in _SEVERAL:
            raise BadDatabaseUrl(f"{name} is given twice")


def _of_postgresql() -> frozenset[str]:
    """The parameters that the installed libpq knows, without ``replication`` (another kind of connection)."""
    try:
        from psycopg import pq  # noqa: PLC0415 - not installed where SQLite is enough
    except ImportError:
        raise BadDatabaseUrl("is PostgreSQL, which needs: pip install 'jobbot[postgres]'") from None
    return frozenset(option.keyword.decode() for option in pq.Conninfo.get_defaults()) - {"replication"}

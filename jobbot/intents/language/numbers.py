"""Numbers of jobs and datastreams, and links to jobs."""

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

LARGEST_NUMBER = 2**63 - 1
"""What a database can still hold as a number."""

JOBS_MOST = 10
"""Jobs that can be asked for at once by their numbers."""

STOPS_MOST = 30
"""Jobs of which the window that stops several can ask."""

_NUMBER = re.compile(r"#?(\d{1,19})", re.ASCII)
_LIKE_ONE = re.compile(r"#?[-+]?\d[\d.,_'-]*|#\w+", re.ASCII)
_JOB = re.compile(r"/jobs/(\d{1,19})(?![\w.-])", re.ASCII)
_STREAM = re.compile(r"/api/datastreams/(\d{1,19})/?|/(?!(?:api|jobs)/)[^/]+/(?:[^/]*-)?(\d{1,19})(?:/.*)?", re.ASCII)
_LINK = re.compile(r"https?://|[\w-]+(\.[\w-]+)+(:\d+)?/", re.ASCII | re.IGNORECASE)
_LONGEST_LINK = 2_000


def number(word: str) -> int | None:
    """The positive number a word is, ``#`` or not."""
    shape = _NUMBER.fullmatch(word)
    found = int(shape[1]) if shape else 0
    return found if 0 < found <= LARGEST_NUMBER else None


def like_number(word: str) -> bool:
    """Whether a word was meant as a number: zero, negative, too long or with separators."""
    return _LIKE_ONE.fullmatch(word) is not None


def is_link(word: str) -> bool:
    """Whether a word that Slack has not wrapped is a link all the same."""
    return _LINK.match(word) is not None


def job_link(url: str) -> int | None:
    """The job a link leads to, None unless there is exactly one ``/jobs/NUMBER`` in its path (or else its fragment)."""
    parts = _split(url)
    for part in (parts.path, parts.fragment) if parts else ():
        jobs = [job for found in _JOB.findall(part) if (job := number(found)) is not None]
        if jobs:
            return jobs[0] if len(jobs) == 1 else None
    return None


def datastream_link(url: str) -> int | None:
    """The datastream to whose page a link leads: ``/WORKSPACE/NAME-42/``, ``/TYPE/42/NAME/`` or that of the API."""
    parts = _split(url)
    found = _STREAM.fullmatch(parts.path) if parts is not None and job_link(url) is None else None
    return number(found[1] or found[2]) if found is not None else None


def is_on(url: str, base_url: str) -> bool:
    """Whether a link leads to exactly this instance: the same scheme, host and port, and nobody's name before them."""
    try:
        given, own = ((one.scheme, one.hostname, one.port) for one in map(urlsplit, (url, base_url)))
    except ValueError:
        return False
    return len(url) <= _LONGEST_LINK and "@" not in urlsplit(url).netloc and _with_port(*given) == _with_port(*own)


def instance_of_link(url: str, base_urls: Mapping[str, str]) -> str | None:
    """The instance to which a link leads. ``base_urls``: by name where the instances are."""
    return next((name for name, base_url in base_urls.items() if is_on(url, base_url)), None)


def hosts(url: str) -> tuple[str, ...]:
    """What an instance on a link's host may be called, the most exact name first: host and port, host, first label."""
    parts = _split(url)
    host = parts.hostname if parts else None
    return (parts.netloc.lower(), host, host.split(".")[0]) if parts and host else ()


def _with_port(scheme: str, host: str | None, port: int | None) -> tuple[str, str | None, int | None]:
    return scheme, host, port or {"https": 443, "http": 80}.get(scheme)


def _split(url: str) -> SplitResult | None:
    if len(url) > _LONGEST_LINK:
        return None
    try:
        return urlsplit(url if "://" in url else f"https://{url}")
    except ValueError:
        return None

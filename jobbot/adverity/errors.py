"""The errors of the jobs API.

    AdverityError
     |- Unauthorised (401)   |- Forbidden (403)   |- NotFound (404)
     |- NotStoppable (a stop: another 4xx)        |- InvalidRequest (anything else: another 4xx)
     |- Busy (429, 503)      |- Unreachable (no answer)
     |- Unexpected (5xx, no JSON ...)             |- CutShort, of Unexpected (the body broke off)

``render/errors.py`` turns each into words with a next step. Adverity's client errors carry ``detail`` always and
``errors`` on validation failures (Adverity's documentation); server errors carry anything, often HTML.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum


class OptionalRead(StrEnum):
    """The reads beside the jobs themselves, which an answer can do without: what each path tells."""

    DATASTREAM = "datastream"
    DATASTREAMS = "datastreams"
    WORKSPACES = "workspaces"
    ISSUES = "issues"
    EXTRACTS = "extracts"
    RUNS = "past runs"


class AdverityError(Exception):
    """The root of the tree. ``status`` is the HTTP status, if there was an answer; ``detail`` Adverity's own words.

    ``not_before``: when the instance is asked again, where the breaker refused to ask it now.
    """

    not_before: datetime | None = None

    @property
    def is_transient(self) -> bool:
        """True where the instance, not the question, is at fault, so that asking again may be answered."""
        return False

    def __init__(self, detail: str = "", *, status: int | None = None) -> None:
        super().__init__(detail or type(self).__name__)
        self.detail = detail
        self.status = status


class Unauthorised(AdverityError):
    """401: the key is wrong, revoked, or sent with the other authorisation word."""


class Forbidden(AdverityError):
    """403: the key is known but may not do this; or it was sent with the other authorisation word."""


class NotFound(AdverityError):
    """404: no such job or datastream, or none that this key can see."""


class NotReadable(AdverityError):
    """An optional read was answered with 403 or 404: the key may not, or the instance has no such path.

    A 404 of one datastream concerns that datastream alone. Nothing is asked again within the hour.
    """

    def __init__(self, kind: OptionalRead, status: int | None) -> None:
        super().__init__(f"{kind.value}: status {status}", status=status)
        self.kind = kind
        self.args = kind, status  # what a copy is made with

    def __str__(self) -> str:
        return self.detail


class NotStoppable(AdverityError):
    """A stop was answered with another 4xx: the job is not in the stage in which jobs can be stopped."""


class InvalidRequest(AdverityError):
    """A read, or a write that is no stop, was answered with another 4xx.

    ``errors`` names the fields that Adverity did not accept.
    """

    def __init__(
        self,
        detail: str = "",
        *,
        status: int | None = None,
        errors: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(detail, status=status)
        self.errors = dict(errors or {})

    @property
    def words(self) -> str:
        """All of Adverity's own words: ``detail``, and what it says of each field."""
        return f"{self.detail} {'; '.join(' '.join(said) for said in self.errors.values())}".strip()


class Busy(AdverityError):
    """429 or 503, or our own breaker. ``retry_after`` is in seconds, where it was said."""

    def __init__(self, detail: str = "", *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(detail, status=status)
        self.retry_after = retry_after

    @property
    def is_transient(self) -> bool:
        """Always."""
        return True


class Unreachable(AdverityError):
    """No answer: DNS, refused, TLS, cut, timed out.

    ``maybe_received`` is False only when the request certainly never reached the instance (no connection was made).
    """

    def __init__(self, detail: str = "", *, maybe_received: bool = True) -> None:
        super().__init__(detail)
        self.maybe_received = maybe_received

    @property
    def is_transient(self) -> bool:
        """Always."""
        return True


class Unexpected(AdverityError):
    """An unusable answer: a 5xx, HTML where JSON was due, a truncated or a huge body, a foreign ``next`` link."""

    @property
    def is_transient(self) -> bool:
        """True for a 5xx alone: HTML or a foreign link will come again."""
        return self.status is not None and self.status >= 500


class CutShort(Unexpected):
    """An answer whose body broke off."""

    @property
    def is_transient(self) -> bool:
        """Always."""
        return True

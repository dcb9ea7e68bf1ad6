"""The record of every Web API call and every post to a response URL, without its secrets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_SECRET = frozenset({"token", "ticket"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One call, when it is answered. ``method`` is ``response_url`` for posts to one; ``at`` is Slack's time.

    ``status`` is HTTP's; ``error`` Slack's code, None for an answer that is ok.
    """

    number: int
    at: datetime
    method: str
    args: Mapping[str, Any]
    status: int
    error: str | None
    ms: float

    @property
    def ok(self) -> bool:
        """Whether Slack did it."""
        return self.error is None


class CallLog:
    """All calls, in the order in which they were answered."""

    def __init__(self) -> None:
        self._calls: list[ApiCall] = []

    def all(self) -> tuple[ApiCall, ...]:
        """Every call so far."""
        return tuple(self._calls)

    def add(
        self, method: str, args: Mapping[str, Any], *, at: datetime, status: int, error: str | None, ms: float
    ) -> ApiCall:
        """Record one."""
        call = ApiCall(
            number=len(self._calls), at=at, method=method, args=redacted(args), status=status, error=error, ms=ms
        )
        self._calls.append(call)
        return call


def redacted(args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments without tokens."""
    return {name: "***" if name in _SECRET else value for name, value in args.items()}

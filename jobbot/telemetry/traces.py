"""Spans, behind a protocol so small that nothing of OpenTelemetry is imported while traces are off."""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

Attribute = str | int | float | bool


class Span(Protocol):
    """A piece of work that is being traced."""

    def set(self, name: str, value: Attribute) -> None:
        """Set an attribute: from a closed set or a number, never a person's id, a text or a secret."""
        ...


class Traces(Protocol):
    """Opens spans, and sends them."""

    def span(self, name: str) -> AbstractContextManager[Span]:
        """Around a piece of work; within another one it is its child. An exception marks it as failed."""
        ...

    def close(self) -> None:
        """Send what is still to be sent, within a bound."""
        ...


class _NoSpan:
    def set(self, name: str, value: Attribute) -> None:
        """Does nothing."""


class NoTraces:
    """Traces that are off."""

    def __init__(self) -> None:
        self._nothing = nullcontext(_NoSpan())

    def span(self, name: str) -> AbstractContextManager[Span]:
        """See :meth:`Traces.span`."""
        return self._nothing

    def close(self) -> None:
        """See :meth:`Traces.close`."""

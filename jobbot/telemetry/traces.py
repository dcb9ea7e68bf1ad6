"""Spans, behind a protocol so small that nothing of OpenTelemetry is imported while traces are off."""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from jobbot.config import TraceSettings
from jobbot.logs import get_logger

log = get_logger(__name__)

Attribute = str | int | float | bool


class Span(Protocol):
    """A piece of work that is being traced."""

    def set(self, name: str, value: Attribute) -> None:
        """Say something of it: from a closed set or a number, never an id of somebody, a text or a secret."""
        ...


class Traces(Protocol):
    """Where spans go."""

    def span(self, name: str) -> AbstractContextManager[Span]:
        """Around a piece of work; within another one it is its child. An exception marks it as failed."""
        ...

    def close(self) -> None:
        """Send what is still to be sent, within a bound."""
        ...


class _NoSpan:
    def set(self, name: str, value: Attribute) -> None:
        """Nobody listens."""


class NoTraces:
    """Traces that are off."""

    def __init__(self) -> None:
        self._nothing = nullcontext(_NoSpan())

    def span(self, name: str) -> AbstractContextManager[Span]:
        """See :meth:`Traces.span`."""
        return self._nothing

    def close(self) -> None:
        """See :meth:`Traces.close`."""


def open_traces(wanted: TraceSettings | None, version: str) -> Traces:
    """Traces as the settings want them. OpenTelemetry is imported here at the earliest."""
    if wanted is None:
        return NoTraces()
    try:
        from jobbot.telemetry import otel  # noqa: PLC0415

        to_console = wanted.exporter == "console"
        exporter = otel.console() if to_console else otel.otlp(wanted.endpoint, wanted.headers.get_secret_value())
    except ImportError:
        # A missing extra is no reason to leave a channel without its bot.
        log.warning("traces are configured, but OpenTelemetry is not installed: pip install 'jobbot[otel]'")
        return NoTraces()
    return otel.OtelTraces(otel.batched(exporter), service=wanted.service, version=version)

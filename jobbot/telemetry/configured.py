"""Opens traces as configured; none where they are not, or OpenTelemetry is not installed."""

from jobbot.config import TraceSettings
from jobbot.logs import get_logger
from jobbot.telemetry.traces import NoTraces, Traces

log = get_logger(__name__)


def open_traces(wanted: TraceSettings | None, version: str) -> Traces:
    """The traces for these settings. OpenTelemetry is imported only where they are wanted."""
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

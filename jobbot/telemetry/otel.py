"""Traces over OpenTelemetry: the extra ``jobbot[otel]``, imported only where traces are configured.

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/. Exceptions are not recorded: their
messages may hold what people wrote.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import Status, StatusCode

from jobbot.telemetry.traces import Attribute, Span


class _Span:
    def __init__(self, span: OtelSpan) -> None:
        self._span = span

    def set(self, name: str, value: Attribute) -> None:
        """See :meth:`Span.set`."""
        self._span.set_attribute(name, value)


class OtelTraces:
    """Traces of one provider, which belongs to nobody else and is not made global."""

    def __init__(self, processor: SpanProcessor, *, service: str, version: str) -> None:
        # Not Resource.create(), which would add what the environment and the machine say of themselves.
        self._provider = TracerProvider(
            resource=Resource({SERVICE_NAME: service, SERVICE_VERSION: version}), shutdown_on_exit=False
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("jobbot", version)

    @contextmanager
    def span(self, name: str) -> Iterator[Span]:
        """See :meth:`Traces.span`."""
        with self._tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as span:
            try:
                yield _Span(span)
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR))
                span.set_attribute("error.type", type(error).__name__)
                raise

    def close(self) -> None:
        """See :meth:`Traces.close`."""
        self._provider.shutdown()


def console() -> SpanExporter:
    """Spans as JSON on stdout."""
    return ConsoleSpanExporter()


def otlp(endpoint: str, headers: str) -> SpanExporter:
    """Spans over OTLP on HTTP. ``endpoint`` is the whole URL; ``headers`` are ``name=value,name=value``."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.util.re import parse_env_headers  # noqa: PLC0415

    return OTLPSpanExporter(endpoint=endpoint, headers=parse_env_headers(headers, liberal=True), timeout=5)


def batched(exporter: SpanExporter) -> SpanProcessor:
    """In a thread of its own, a few seconds after they ended."""
    return BatchSpanProcessor(exporter)

"""Traces: off without a setting, and on only spans of closed words."""

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from pydantic import SecretStr

from jobbot.config import TraceSettings
from jobbot.telemetry import NoTraces, ObservedInteraction, Outcome, Telemetry
from jobbot.telemetry.otel import OtelTraces
from jobbot.telemetry.traces import open_traces


class Recorded:
    """Telemetry whose spans are kept."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        traces = OtelTraces(SimpleSpanProcessor(self.exporter), service="jobbot", version="1")
        self.telemetry = Telemetry(traces=traces)

    @property
    def spans(self) -> dict[str, dict[str, object]]:
        """The attributes of the spans that ended, by their names."""
        return {span.name: dict(span.attributes or {}) for span in self.exporter.get_finished_spans()}


def test_a_span_an_interaction_with_its_calls_within() -> None:
    it, seen = Recorded(), ObservedInteraction("typed")
    with it.telemetry.interaction(seen, "7f3a21"):
        seen.intent = "show_job"
        with it.telemetry.upstream("/api/jobs/{id}/") as exchange:
            exchange.status = 404
        with it.telemetry.slack("chat.postMessage"):
            pass
        seen.outcome = Outcome.UPSTREAM_FAILED
    assert it.spans == {
        "adverity /api/jobs/{id}/": {"url.template": "/api/jobs/{id}/", "jobbot.status": "404"},
        "slack chat.postMessage": {"slack.method": "chat.postMessage"},
        "interaction": {
            "jobbot.did": "typed",
            "jobbot.intent": "show_job",
            "jobbot.outcome": "upstream_failed",
            "jobbot.reference": "7f3a21",
        },
    }
    call, message, whole = it.exporter.get_finished_spans()
    assert call.parent is not None
    assert message.parent is not None
    assert call.parent.span_id == message.parent.span_id == whole.context.span_id
    assert whole.parent is None


def test_a_failure_is_a_kind_and_no_text() -> None:
    it = Recorded()
    with pytest.raises(ValueError, match="pl4nted"), it.telemetry.slack("chat.update"):
        raise ValueError("pl4nted")
    (span,) = it.exporter.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["error.type"] == "ValueError"
    assert not span.events
    assert "pl4nted" not in span.to_json()


def test_without_a_setting_there_are_none() -> None:
    assert isinstance(open_traces(None, "1"), NoTraces)


@pytest.mark.slow
def test_without_a_setting_nothing_is_imported() -> None:
    script = "import sys, jobbot.app; print(*(name for name in sys.modules if name.startswith('opentelemetry')))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_without_the_packages_there_are_none_and_a_line_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    monkeypatch.delitem(sys.modules, "jobbot.telemetry.otel")
    monkeypatch.delattr("jobbot.telemetry.otel")
    assert isinstance(open_traces(TraceSettings(exporter="otlp"), "1"), NoTraces)
    assert "pip install 'jobbot[otel]'" in caplog.text


@pytest.mark.parametrize("exporter", ["otlp", "console"])
def test_with_a_setting_there_are_some(exporter: str) -> None:
    wanted = TraceSettings.model_validate({"exporter": exporter, "headers": SecretStr("x-key=pl4nted")})
    traces = open_traces(wanted, "1")
    assert isinstance(traces, OtelTraces)
    assert "pl4nted" not in repr(wanted)
    traces.close()

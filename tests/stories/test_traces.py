"""A span an interaction, with those of its calls to Adverity and Slack within, and nobody in any of them."""

from datetime import timedelta
from pathlib import Path

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from jobbot.telemetry.otel import OtelTraces
from tests.stories.world import Transport, world

ATTRIBUTES = {
    *("jobbot.did", "jobbot.intent", "jobbot.outcome", "jobbot.reference", "jobbot.status"),
    *("url.template", "slack.method", "error.type"),
}


def within(spans: tuple[ReadableSpan, ...], root: ReadableSpan) -> list[str]:
    """The names of the spans of a trace, but for its root, in the order in which they ended."""
    of_it = [span for span in spans if span.context.trace_id == root.context.trace_id and span is not root]
    return [span.name for span in of_it]


async def test_what_a_stop_looks_like(transport: Transport, tmp_path: Path) -> None:
    exporter = InMemorySpanExporter()
    traces = OtelTraces(SimpleSpanProcessor(exporter), service="jobbot", version="1")
    async with world(transport, tmp_path, traces=traces) as it:
        it.adverity.has_job(987).stop_takes(timedelta(seconds=0.1))
        await it.asks_to_stop(it.ana, why="runaway")
        await it.ana.submits(reason="runaway fetch")
        await it.said("*Stopped Facebook Ads EU (job 987)")
        people = [it.ana.id, it.inc.id, it.ana.name, "987", "Facebook", "runaway", it.slack.bot_token]
    spans = exporter.get_finished_spans()
    asked, stopped = (span for span in spans if span.name == "interaction")
    assert asked.attributes is not None
    assert stopped.attributes is not None
    assert (asked.attributes["jobbot.intent"], asked.attributes["jobbot.outcome"]) == ("stop_job", "asked")
    assert (stopped.attributes["jobbot.intent"], stopped.attributes["jobbot.outcome"]) == ("submit_stop", "act_ended")
    assert within(spans, asked)[0] == "slack views.open"
    assert {"adverity /api/jobs/{id}/imported/", "slack views.update"} <= set(within(spans, asked))
    assert within(spans, stopped).count("adverity /api/jobs/{id}/stop/") == 1
    assert {"slack chat.postMessage", "slack chat.update"} <= set(within(spans, stopped))

    for span in spans:
        attributes = dict(span.attributes or {})
        assert set(attributes) <= ATTRIBUTES
        attributes.pop("jobbot.reference", None)  # random digits
        said = f"{span.name} {attributes} {span.events} {dict(span.resource.attributes)} {span.status.description}"
        assert not [word for word in people if word in said]

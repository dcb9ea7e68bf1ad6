"""Telemetry as context managers around a piece of work: each records a count, a latency and a span."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from jobbot.telemetry.labels import Outcome
from jobbot.telemetry.metrics import Metrics
from jobbot.telemetry.traces import NoTraces, Traces


@dataclass(slots=True)
class ObservedInteraction:
    """One interaction's labels: handlers set ``intent`` and ``outcome`` when they are known."""

    did: str
    intent: str = "unread"
    outcome: Outcome = Outcome.CRASHED
    began: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """Since the ack."""
        return time.perf_counter() - self.began


@dataclass(slots=True)
class ObservedCall:
    """One request to Adverity as it is observed: its HTTP status, or why there is none."""

    status: int | str = "cancelled"


class Telemetry:
    """The metrics and traces of a process. Without arguments it exports nothing."""

    def __init__(self, metrics: Metrics | None = None, traces: Traces | None = None) -> None:
        self.metrics = metrics or Metrics()
        self._traces = traces or NoTraces()

    def close(self) -> None:
        """Send what is still to be sent."""
        self._traces.close()

    @contextmanager
    def interaction(self, seen: ObservedInteraction, reference: str) -> Iterator[None]:
        """Around the work after an ack."""
        with self._traces.span("interaction") as span:
            try:
                yield
            finally:
                self.metrics.interaction(seen.intent, seen.outcome, seen.seconds)
                span.set("jobbot.did", seen.did)
                span.set("jobbot.intent", seen.intent)
                span.set("jobbot.outcome", seen.outcome.value)
                span.set("jobbot.reference", reference)

    @contextmanager
    def upstream(self, endpoint: str) -> Iterator[ObservedCall]:
        """Around one request to Adverity; ``endpoint`` is its template."""
        exchange, began = ObservedCall(), time.perf_counter()
        with self._traces.span(f"adverity {endpoint}") as span:
            try:
                yield exchange
            finally:
                self.metrics.upstream_call(endpoint, exchange.status, time.perf_counter() - began)
                span.set("url.template", endpoint)
                span.set("jobbot.status", str(exchange.status))

    @contextmanager
    def slack(self, method: str) -> Iterator[None]:
        """Around one call of Slack's."""
        began = time.perf_counter()
        with self._traces.span(f"slack {method}") as span:
            span.set("slack.method", method)
            try:
                yield
            finally:
                self.metrics.slack_call(method, time.perf_counter() - began)

"""What the doors tell, each as a context manager around the piece of work: a count, a latency and a span at once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from jobbot.telemetry.known import Outcome
from jobbot.telemetry.metrics import Metrics
from jobbot.telemetry.traces import NoTraces, Traces


@dataclass(slots=True)
class ObservedInteraction:
    """One interaction as it is observed: whoever finds out what was wanted, and what became of it, says so here."""

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
    """One for a process. Without arguments it counts for nobody and traces nothing."""

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

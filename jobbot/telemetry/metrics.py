"""The metrics of one process, and their text for Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/).

Names begin with ``jobbot_`` and end in their unit. Labels come from closed sets and hold no ids: what comes from
outside (a status, an error code) is "other" unless it is known.
"""

import platform
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from jobbot.telemetry.labels import Cache, Outcome, Queue, Transport, status_label
from jobbot.telemetry.labels import slack_code as known_code

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

_ACK = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)
"""Slack waits 3 seconds for an ack."""
_ANSWER = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
_CALL = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)


class Metrics:
    """The counters, gauges and histograms, in a registry of their own. ``version`` is jobbot's."""

    content_type = CONTENT_TYPE

    def __init__(self, version: str = "") -> None:
        # Prometheus' text format has no place for the time of a series' first count but another series.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry(auto_describe=True)
        self._interactions = self._counter(
            "jobbot_interactions_total", "What people did in Slack, by what they wanted and what became of it.",
            "intent", "outcome",
        )  # fmt: skip
        acks = self._histogram("jobbot_ack_seconds", "From a payload's arrival to its ack.", _ACK, "transport")
        self._acks = {transport: acks.labels(transport.value) for transport in Transport}
        self._answers = self._histogram(
            "jobbot_answer_seconds", "From the ack to the end of the work behind it.", _ANSWER, "intent"
        )
        self._refusals = self._counter("jobbot_refusals_total", "Who may not do what where, by the reason.", "reason")
        self._acts = self._counter("jobbot_acts_total", "Acts that ended, by their kind and how.", "kind", "outcome")
        self._reviews = self._counter(
            "jobbot_review_requests_total", "Requests that others do an act: open, and what became of them.",
            "kind", "state",
        )  # fmt: skip
        self._upstream = self._counter(
            "jobbot_upstream_calls_total",
            "Requests to Adverity (cache: miss), and questions that needed none (hit, joined).",
            "endpoint", "status", "cache",
        )  # fmt: skip
        self._upstream_seconds = self._histogram(
            "jobbot_upstream_call_seconds", "One request to Adverity, without its waiting in the line.", _CALL,
            "endpoint",
        )  # fmt: skip
        self._slack_seconds = self._histogram("jobbot_slack_call_seconds", "One call of Slack's.", _CALL, "method")
        self._slack_errors = self._counter(
            "jobbot_slack_errors_total", "Calls that Slack did not take, by its error code.", "method", "code"
        )
        self._rate_limits = self._counter("jobbot_slack_rate_limits_total", "Calls that came too fast.", "method")
        self._reconnects = self._counter(
            "jobbot_socket_reconnects_total", "Connections to Slack that were renewed, or could not be.", "outcome"
        )
        self._rejected = self._counter(
            "jobbot_requests_rejected_total", "Requests over HTTP that were no payload of Slack's.", "reason"
        )
        self._depths = Gauge("jobbot_queue_depth", "What waits or runs right now.", ["queue"], registry=self._registry)
        self._watches = Gauge("jobbot_watches", "Watches that are kept.", registry=self._registry)
        self._outages = Gauge(
            "jobbot_instances_not_followed",
            "Adverity instances with alerts or watches whose jobs could not be looked at for minutes.",
            registry=self._registry,
        )
        self._ready = Gauge("jobbot_ready", "1 while /readyz says so.", registry=self._registry)
        build = Info("jobbot_build", "This jobbot.", registry=self._registry)
        build.info({"version": version, "python": platform.python_version()})
        for queue in Queue:
            self._depths.labels(queue.value).set(0)

    def acked(self, transport: Transport, seconds: float) -> None:
        """Count an ack, ``seconds`` after the payload came."""
        self._acks[transport].observe(seconds)

    def interaction(self, intent: str, outcome: Outcome, seconds: float | None = None) -> None:
        """Count an interaction that ended ``seconds`` after its ack; None where there was no work after it."""
        self._interactions.labels(intent, outcome.value).inc()
        if seconds is not None:
            self._answers.labels(intent).observe(seconds)

    def refused(self, reason: str) -> None:
        """Count a refusal by the gate."""
        self._refusals.labels(reason).inc()

    def act_ended(self, kind: str, outcome: str) -> None:
        """Count an act whose row was closed."""
        self._acts.labels(kind, outcome).inc()

    def reviewed(self, kind: str, state: str) -> None:
        """Count a request for an act of a kind that was made (``open``), or came into another state."""
        self._reviews.labels(kind, state).inc()

    def upstream_call(self, endpoint: str, status: int | str, seconds: float) -> None:
        """Count a request to Adverity. ``endpoint`` is a template, ``status`` HTTP's or why there is none."""
        self._upstream.labels(endpoint, status_label(status), Cache.MISS.value).inc()
        self._upstream_seconds.labels(endpoint).observe(seconds)

    def upstream_spared(self, endpoint: str, status: int | str, cache: Cache) -> None:
        """Count a read that needed no request of its own."""
        self._upstream.labels(endpoint, status_label(status), cache.value).inc()

    def slack_call(self, method: str, seconds: float) -> None:
        """Count a call of Slack's Web API, whether it succeeded or not."""
        self._slack_seconds.labels(method).observe(seconds)

    def slack_error(self, method: str, code: str) -> None:
        """Count a call that Slack refused. ``code`` is Slack's."""
        self._slack_errors.labels(method, known_code(code)).inc()
        if code == "ratelimited":
            self._rate_limits.labels(method).inc()

    def reconnected(self, *, renewed: bool) -> None:
        """Count a renewal of Socket Mode's connection, or a failed one."""
        self._reconnects.labels("renewed" if renewed else "failed").inc()

    def rejected(self, reason: str) -> None:
        """Count a request that is no payload of Slack's: ``signature``, ``unusable``, ``too_large`` or ``too_slow``.

        Or a connection: too much of a header (``headers``), no HTTP (``unreadable``), one too many (``crowd``).
        """
        self._rejected.labels(reason).inc()

    def measure(self, queue: Queue, depth: Callable[[], float]) -> None:
        """Export ``depth()`` as this queue's depth."""
        self._depths.labels(queue.value).set_function(depth)

    def count_watches(self, count: Callable[[], float]) -> None:
        """Export ``count()`` as the number of watches."""
        self._watches.set_function(count)

    def count_outages(self, count: Callable[[], float]) -> None:
        """Export ``count()`` as the number of instances with an outage."""
        self._outages.set_function(count)

    def watch_readiness(self, not_ready: Callable[[], Iterable[str]]) -> None:
        """Export readiness: 1 while ``not_ready()`` is empty."""
        self._ready.set_function(lambda: 0.0 if list(not_ready()) else 1.0)

    def text(self) -> bytes:
        """What /metrics shows."""
        return generate_latest(self._registry)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(name, about, labels, registry=self._registry)

    def _histogram(self, name: str, about: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, about, labels, buckets=buckets, registry=self._registry)

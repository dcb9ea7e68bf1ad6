"""Metrics for Prometheus, and OpenTelemetry traces where they are configured.

One :class:`Telemetry` is passed to everything that receives from or calls Slack and Adverity. Labels hold no ids and no
text: each comes from a closed set.
"""

from jobbot.telemetry.labels import Outcome
from jobbot.telemetry.metrics import Metrics
from jobbot.telemetry.telemetry import ObservedInteraction, Telemetry
from jobbot.telemetry.traces import NoTraces, Span, Traces

__all__ = ["Metrics", "NoTraces", "ObservedInteraction", "Outcome", "Span", "Telemetry", "Traces"]

"""What jobbot tells about itself: counts and latencies for Prometheus, and spans where traces are switched on.

One :class:`Telemetry` goes through the constructors of everything that has a door to the outside; the rooms between
the doors know nothing of it. Nothing here holds an id or a text: every label comes from a closed set.
"""

from jobbot.telemetry.known import Outcome
from jobbot.telemetry.metrics import Metrics
from jobbot.telemetry.telemetry import ObservedInteraction, Telemetry
from jobbot.telemetry.traces import NoTraces, Span, Traces

__all__ = ["Metrics", "NoTraces", "ObservedInteraction", "Outcome", "Span", "Telemetry", "Traces"]

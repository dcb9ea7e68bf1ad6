"""OpenTelemetry's own variables, of which jobbot reads those that say where spans go.

https://opentelemetry.io/docs/specs/otel/protocol/exporter/ - traces are off unless one of them asks for them.
"""

from typing import Annotated, Literal
from urllib.parse import unquote

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr

from jobbot.config.problems import wrong
from jobbot.config.values import read_url

TraceExporter = Literal["otlp", "console", "none"]
LOCAL_COLLECTOR = "http://localhost:4318"


def _trace_url(value: str) -> str:
    """Plain http too: a collector stands beside its application, and no key of ours travels there."""
    parts = read_url(value)
    if parts is None or parts.scheme not in ("http", "https"):
        raise wrong("is not the URL of a collector, like http://localhost:4318")
    return value.rstrip("/")


TraceUrl = Annotated[str, AfterValidator(_trace_url)]


class TraceSettings(BaseModel):
    """Where spans go. ``endpoint`` is the whole URL; ``headers`` may hold the key of whoever takes them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exporter: Literal["otlp", "console"]
    endpoint: str = f"{LOCAL_COLLECTOR}/v1/traces"
    headers: SecretStr = SecretStr("")
    service: str = "jobbot"

    def secrets(self) -> list[str]:
        """The headers' values, as they are written and as they are sent."""
        pairs = self.headers.get_secret_value().split(",")
        values = [pair.partition("=")[2].strip() for pair in pairs]
        return [*values, *map(unquote, values)]


def trace_settings(
    exporter: TraceExporter | None, base: str | None, endpoint: str | None, headers: SecretStr, service: str
) -> TraceSettings | None:
    """What the variables come to. ``base`` is a collector's URL, ``endpoint`` that of its traces alone, which wins."""
    if exporter == "none" or not (exporter or base or endpoint):
        return None
    whole = endpoint or f"{base or LOCAL_COLLECTOR}/v1/traces"
    return TraceSettings(exporter=exporter or "otlp", endpoint=whole, headers=headers, service=service)

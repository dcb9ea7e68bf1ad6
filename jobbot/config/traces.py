"""OpenTelemetry's own variables, of which jobbot reads those that say where spans go.

https://opentelemetry.io/docs/specs/otel/protocol/exporter/ - traces are off unless one of them asks for them.
"""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, SecretStr

from jobbot.config.values import read_url

_KNOWN: tuple[Literal["otlp", "console"], ...] = ("otlp", "console")
LOCAL_COLLECTOR = "http://localhost:4318"


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


def trace_settings(variables: Mapping[str, str], notes: list[str]) -> TraceSettings | None:
    """What the variables come to. Other programs use them too: what jobbot cannot use is noted, and stops nothing.

    OTEL_TRACES_EXPORTER may be a list, of which the first that jobbot has is taken.
    """
    said = [word.strip().lower() for word in variables.get("OTEL_TRACES_EXPORTER", "").split(",") if word.strip()]
    exporter = next((known for word in said for known in _KNOWN if word == known), None)
    if said and exporter is None:
        if said != ["none"]:
            notes.append("OTEL_TRACES_EXPORTER: must be otlp, console or none; no traces are sent")
        return None
    base, endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
    name = next((one for one in (endpoint, base) if variables.get(one)), None)
    if exporter is None and name is None:
        return None
    whole = f"{LOCAL_COLLECTOR}/v1/traces"
    if name is not None and exporter != "console":
        url = variables[name].rstrip("/")
        if not _is_collector(url):
            notes.append(f"{name}: is not the URL of a collector, like {LOCAL_COLLECTOR}; no traces are sent")
            return None
        whole = url if name == endpoint else f"{url}/v1/traces"
    return TraceSettings(
        exporter=exporter or "otlp",
        endpoint=whole,
        headers=SecretStr(variables.get("OTEL_EXPORTER_OTLP_HEADERS", "")),
        service=variables.get("OTEL_SERVICE_NAME", "jobbot"),
    )


def _is_collector(url: str) -> bool:
    """Plain http too: a collector stands beside its application, and no key of ours travels there."""
    parts = read_url(url)
    return parts is not None and parts.scheme in ("http", "https")

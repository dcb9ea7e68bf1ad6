"""OpenTelemetry's variables: traces are off unless one of them asks for them, and their keys are secrets."""

import pytest

from tests.unit.config.world import Machine

LOCAL = "http://localhost:4318/v1/traces"


def test_without_any_there_are_none(machine: Machine) -> None:
    assert machine.has().starts().traces is None


@pytest.mark.parametrize(
    ("variables", "exporter", "endpoint"),
    [
        ({"OTEL_TRACES_EXPORTER": "otlp"}, "otlp", LOCAL),
        ({"OTEL_TRACES_EXPORTER": "console"}, "console", LOCAL),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, "otlp", "http://collector:4318/v1/traces"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "https://api.example/otlp/"}, "otlp", "https://api.example/otlp/v1/traces"),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://b/taken"},
            "otlp",
            "http://b/taken",
        ),
    ],
)
def test_each_asks_for_them(machine: Machine, variables: dict[str, str], exporter: str, endpoint: str) -> None:
    traces = machine.has(**variables).starts().traces
    assert traces is not None
    assert (traces.exporter, traces.endpoint, traces.service) == (exporter, endpoint, "jobbot")


def test_none_means_none_whatever_else_is_set(machine: Machine) -> None:
    variables = {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}
    assert machine.has(**variables).starts().traces is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "unix:///run/collector"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://collector:4317"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector:4317"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "nonsense"),
    ],
)
def test_what_others_read_is_nobodys_problem_without_traces(machine: Machine, name: str, value: str) -> None:
    """The variables are everybody's on a host: where jobbot sends no traces, it has nothing to say about them."""
    assert machine.has(OTEL_TRACES_EXPORTER="none", **{name: value}).starts().traces is None


def test_an_endpoint_that_another_one_overrides_is_nobodys_problem(machine: Machine) -> None:
    found = machine.has(OTEL_EXPORTER_OTLP_ENDPOINT="grpc://a", OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="http://b/taken")
    traces = found.starts().traces
    assert traces is not None
    assert traces.endpoint == "http://b/taken"


def test_traces_on_the_console_need_no_endpoint(machine: Machine) -> None:
    traces = machine.has(OTEL_TRACES_EXPORTER="console", OTEL_EXPORTER_OTLP_ENDPOINT="grpc://a").starts().traces
    assert traces is not None
    assert traces.exporter == "console"


@pytest.mark.parametrize(
    ("value", "exporter"),
    [
        ("otlp,prometheus", "otlp"),
        ("prometheus,console", "console"),
        ("zipkin", None),
        ("jaeger", None),
        ("None", None),
    ],
)
def test_of_several_exporters_the_one_that_is_known(machine: Machine, value: str, exporter: str | None) -> None:
    """A list is what the specification allows. Others' exporters are no reason not to start."""
    traces = machine.has(OTEL_TRACES_EXPORTER=value).starts().traces
    assert (traces.exporter if traces is not None else None) == exporter


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://pl4nted"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://user:pl4nted@collector"),
    ],
)
def test_what_cannot_be_used_is_a_line_without_its_value(machine: Machine, name: str, value: str) -> None:
    found = machine.has(**{name: value}).starts()
    (line,) = found.notes
    assert found.traces is None
    assert line.startswith(f"{name}: ")
    assert "pl4nted" not in line


def test_a_key_among_the_headers_is_a_secret(machine: Machine) -> None:
    found = machine.has(
        OTEL_TRACES_EXPORTER="otlp", OTEL_EXPORTER_OTLP_HEADERS="x-key=pl4nted-1, authorization=Basic%20pl4nted-2"
    ).starts()
    assert {"pl4nted-1", "Basic%20pl4nted-2", "Basic pl4nted-2"} <= set(found.secrets())
    assert "pl4nted" not in repr(found) + found.model_dump_json()

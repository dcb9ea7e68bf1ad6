"""A value is never shown, whatever is set to whatever."""

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobbot.config import ConfigError, Settings
from tests.unit.config.world import POLICY, SOUND, Machine

MARK = "q7Z"
"""Stands in every value that is planted."""


class TestSecrets:
    """A value is never shown: not in a problem, not in what the settings look like."""

    def test_they_are_not_in_what_the_settings_look_like(self, machine: Machine) -> None:
        found = (
            machine.has(
                SLACK_SIGNING_SECRET="pl4nted-1",
                SLACK_BOT_TOKEN="xoxb-pl4nted-2",
                SLACK_APP_TOKEN="xapp-pl4nted-3",
                JOBBOT_DATABASE_URL="postgresql://u:pl4nted-4@db/x",
                ACME_KEY="pl4nted-5",
                STAGING_KEY="pl4nted-6",
            )
            .policy(POLICY.replace("[channels", "\n[channels"))
            .starts()
        )
        assert "pl4nted" not in repr(found) + str(found) + found.model_dump_json()
        assert sum("pl4nted" in secret for secret in found.secrets()) == 6

    @pytest.mark.parametrize("key", ["PL4NTED", "pl4nted", "PL4NTED_KEY", "Pl4nted key"])
    def test_a_key_in_the_place_of_its_variable(self, machine: Machine, key: str) -> None:
        text = f'[instances.a]\nhost = "a.example"\nkey = "{key}"\n'
        (line,) = machine.has().policy(text).problems()
        assert line.startswith("policy.toml line 3: instances.a.key: ")
        assert "pl4nted" not in line.lower()

    SECRET = st.text(string.ascii_letters + string.digits + " /:@#?[]\\\"'=%\u00fc\n", min_size=6, max_size=30)
    VARIABLES = (
        *("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL", "ADVERITY_INSTANCE"),
        *("ADVERITY_API_KEY", "ADVERITY_AUTH_SCHEME", "JOBBOT_CHANNELS", "JOBBOT_STOP_CHANNELS", "JOBBOT_STOP_USERS"),
        *("JOBBOT_STOP_USERGROUPS", "JOBBOT_DATABASE_URL", "JOBBOT_CONFIG", "PORT", "JOBBOT_LOG_FORMAT"),
        "JOBBOT_LOG_LEVEL",
    )
    BEFORE = ("", "xoxb-", "xapp-", "C0", "U0", "S0", "https://", "postgresql://u:", "http://127.0.0.1/")

    @given(
        planted=st.dictionaries(st.sampled_from(VARIABLES), st.tuples(st.sampled_from(BEFORE), SECRET), min_size=1),
        after=st.sampled_from(["", "@db/x", ",C0AAA"]),
    )
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_whatever_is_set_to_whatever_no_value_is_shown(
        self, tmp_path: Path, planted: dict[str, tuple[str, str]], after: str
    ) -> None:
        values = {name: before + MARK + secret + after for name, (before, secret) in planted.items()}
        with pytest.MonkeyPatch.context() as monkeypatch:
            problems, found = outcome(Machine(tmp_path, monkeypatch).has({**SOUND, **values}))
        assert MARK not in "\n".join(problems)
        assert all("\n" not in line for line in problems)
        assert {re.split("[: ]", line)[0] for line in problems} <= {*SOUND, "SLACK_SIGNING_SECRET", *values}
        if found is not None:
            # Slack's address is no secret; it alone may be shown as it was given.
            assert MARK not in repr(found.model_copy(update={"slack_api_url": ""}))

    TOML = st.recursive(
        SECRET.map(lambda text: MARK + text) | st.integers() | st.booleans() | st.just("ACME_KEY"),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["acme", "C0AAA", "host", "key", "may", "instance", "stop_users", "scheme", "answers"]),
                inner,
                max_size=3,
            )
        ),
        max_leaves=6,
    )

    @given(tables=st.dictionaries(st.sampled_from(["instances", "channels", "other"]), TOML, min_size=1))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_whatever_the_policy_says_no_value_is_shown(self, tmp_path: Path, tables: dict[str, object]) -> None:
        with pytest.MonkeyPatch.context() as monkeypatch:
            problems, _ = outcome(Machine(tmp_path, monkeypatch).has().policy("".join(in_toml(tables))))
        assert MARK not in "\n".join(problems)
        assert all(re.match(r"policy\.toml line \d+: ", line) for line in problems)


def outcome(machine: Machine) -> tuple[list[str], Settings | None]:
    """The problems, or the settings."""
    try:
        return [], machine.starts()
    except ConfigError as error:
        return error.problems, None


def in_toml(tables: dict[str, object]) -> Iterator[str]:
    """Top-level keys with inline values."""
    for name, value in tables.items():
        yield f"{name} = {toml_value(value)}\n"


def toml_value(value: object) -> str:
    """A value as TOML writes it inline."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(max(-(2**63), min(value, 2**63 - 1)))
        case list():
            return f"[{', '.join(map(toml_value, value))}]"
        case dict():
            return f"{{{', '.join(f'{key} = {toml_value(inner)}' for key, inner in value.items())}}}"
        case _:
            escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            return f'"{escaped}"'

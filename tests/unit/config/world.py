"""Where jobbot is started, and settings that are sound."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jobbot.config import ConfigError, Settings, load_settings

SOUND = {
    "SLACK_BOT_TOKEN": "xoxb-1-abc",
    "SLACK_APP_TOKEN": "xapp-1-abc",
    "ADVERITY_INSTANCE": "acme.datatap.adverity.com",
    "ADVERITY_API_KEY": "0123456789abcdef",
    "JOBBOT_CHANNELS": "C0AAA,C0BBB",
}
OURS = ("SLACK_", "ADVERITY_", "JOBBOT_", "PORT", "ACME_", "STAGING_")


class Machine:
    """Where jobbot is started: an environment, a .env and a policy file."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.dotenv = folder / ".env"
        self.policy_file = folder / "policy.toml"
        self._monkeypatch = monkeypatch

    def has(self, variables: Mapping[str, str] | None = None, /, **more: Any) -> "Machine":
        """Sound settings with changes; None for one that is not there at all."""
        for name, value in {**(SOUND if variables is None else variables), **more}.items():
            if value is None:
                self._monkeypatch.delenv(name, raising=False)
            else:
                self._monkeypatch.setenv(name, value)
        return self

    def policy(self, text: str | bytes) -> "Machine":
        self.policy_file.write_bytes(text if isinstance(text, bytes) else text.encode())
        self._monkeypatch.setenv("JOBBOT_CONFIG", str(self.policy_file))
        return self

    def starts(self, **options: object) -> Settings:
        return load_settings(env_file=self.dotenv, **options)  # type: ignore[arg-type]

    def problems(self, **options: object) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            self.starts(**options)
        assert str(caught.value) == "\n".join(caught.value.problems)
        assert all(line.isprintable() for line in caught.value.problems)
        return caught.value.problems

    def names(self, **options: object) -> list[str]:
        """The names that the problems begin with."""
        return [line.partition(":")[0] for line in self.problems(**options)]


def bare_machine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """One on which none of our variables is set."""
    for name in os.environ:
        if name.upper().startswith(OURS):
            monkeypatch.delenv(name)
    return Machine(folder, monkeypatch)


POLICY = """
[instances.acme]
host = "acme.datatap.adverity.com"
key = "ACME_KEY"

[instances.staging]
host = "acme-staging.datatap.adverity.com"
key = "STAGING_KEY"
scheme = "Bearer"
cache_seconds = 0
concurrency = 2

[channels.C0123ABCD]
reason_required = true

[channels.C0456EFGH]
instance = "staging"
may = ["view"]
answers = "ephemeral"
external = true
guests_may_stop = true
stop_users = ["U0ANA"]
stop_usergroups = ["S0ONCALL"]
"""
SLACK = {name: value for name, value in SOUND.items() if name.startswith("SLACK")}
KEYS = {"ACME_KEY": "acme-key-0001", "STAGING_KEY": "staging-key-0002"}

"""SIGHUP: the rules of a running jobbot are those of the file, or those of before."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import SecretStr

from jobbot.access import Policy
from jobbot.config import ChannelSettings, ConfigError, InstanceSettings, Settings
from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.slack import LocalSlack
from jobbot.reload import Reload, waits_for_restart
from tests.stories.world import settings_for

INC, READ_ONLY = "C0INCDATA1", "C0READONLY"


@dataclass
class Running:
    """``jobbot run`` as a process, with its policy file."""

    slack: LocalSlack
    policy: Path
    process: asyncio.subprocess.Process
    log: list[str] = field(default_factory=list)
    said: asyncio.Event = field(default_factory=asyncio.Event)

    async def read_log(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log.append(line.decode())
            self.said.set()

    async def logs(self, words: str) -> str:
        """Wait for a line with these words."""
        async with asyncio.timeout(30):
            while not (found := [line for line in self.log if words in line]):
                self.said.clear()
                await self.said.wait()
        return found[-1]

    async def reloads(self, text: str, *, until: str) -> str:
        """Write the file anew, send the signal, wait for the line."""
        self.policy.write_text(text, encoding="utf-8")
        self.process.send_signal(signal.SIGHUP)
        return await self.logs(until)

    async def answers(self, channel: str, words: str) -> None:
        """Somebody types /jobs there, and is answered with these words."""
        place = self.slack.channel(channel)
        before = len(place.seen_by(self.slack.ana))
        await self.slack.ana.types("/jobs", in_=place)
        seen = await self.slack.until(lambda: place.seen_by(self.slack.ana)[before:])
        assert words in seen[-1].text, seen[-1].text


@asynccontextmanager
async def running(folder: Path, policy: str) -> AsyncIterator[Running]:
    async with LocalAdverity() as adverity, LocalSlack() as slack:
        (folder / "policy.toml").write_text(policy.replace("ADVERITY", adverity.url), encoding="utf-8")
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        environment = kept | {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "ADVERITY_INSTANCE": adverity.url,
            "ADVERITY_API_KEY": adverity.api_key,
            "JOBBOT_CONFIG": "policy.toml",
            "JOBBOT_DATABASE_URL": "sqlite:///run.db",
            "JOBBOT_HOST": "127.0.0.1",
            "PORT": "0",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "jobbot", "run", env=environment, cwd=folder, stderr=asyncio.subprocess.PIPE
        )
        it = Running(slack, folder / "policy.toml", process)
        reading = asyncio.create_task(it.read_log())
        try:
            await slack.until(lambda: slack.connections == 1)
            await it.logs("ready")
            yield it
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), 30)
            await reading


@pytest.mark.slow
async def test_the_rules_are_read_again_and_a_bad_file_keeps_those_of_before(tmp_path: Path) -> None:
    async with running(tmp_path, f"[channels.{INC}]\n") as it:
        await it.answers(INC, "No running or scheduled jobs")
        await it.answers(READ_ONLY, "Jobs are not shown in this channel")

        line = await it.reloads(f"[channels.{INC}]\n\nmya = []\n", until="not reloaded")
        assert "policy.toml line 3: channels.C0INCDATA1.mya: is not a setting jobbot knows; did you mean may?" in line
        await it.answers(INC, "No running or scheduled jobs")

        await it.reloads(f"[channels.{READ_ONLY}]\n", until="reloaded: the rules of the channels")
        await it.answers(READ_ONLY, "No running or scheduled jobs")
        await it.answers(INC, "Jobs are not shown in this channel")
        assert it.process.returncode is None
    assert it.process.returncode == 0


class Told(logging.Handler):
    """What the log was told."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, dict[str, object]]] = []

    def emit(self, record: logging.LogRecord) -> None:
        fields = next((value for value in vars(record).values() if isinstance(value, dict)), {})
        self.lines.append((record.getMessage(), fields))


@pytest.fixture
def told() -> Iterator[Told]:
    handler = Told()
    logger = logging.getLogger("jobbot.reload")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


@pytest.fixture
async def settings(tmp_path: Path) -> AsyncIterator[Settings]:
    async with LocalAdverity() as adverity, LocalSlack() as slack:
        yield settings_for(slack, adverity, "socket", tmp_path)


def test_a_whole_policy_takes_the_place_of_a_whole_one(settings: Settings, told: Told) -> None:
    obeyed: list[Policy] = []
    new = settings.model_copy(update={"channels": {"C0AAA": ChannelSettings(external=True)}})
    assert Reload(settings, lambda: new, obeyed.append)()
    (policy,) = obeyed
    assert list(policy.channels) == ["C0AAA"]
    assert policy.channels["C0AAA"].external
    assert [line for line, _ in told.lines] == ["reloaded: the rules of the channels"]


def test_settings_that_are_wrong_change_nothing(settings: Settings, told: Told) -> None:
    def read() -> Settings:
        raise ConfigError(["policy.toml line 1: a", "PORT: b"])

    obeyed: list[Policy] = []
    assert not Reload(settings, read, obeyed.append)()
    assert obeyed == []
    assert [fields["problem"] for _, fields in told.lines] == ["policy.toml line 1: a", "PORT: b"]


@pytest.mark.parametrize("setting", ["instance", "instances"])
def test_a_channel_of_an_instance_that_does_not_run_yet_changes_nothing(
    setting: str, settings: Settings, told: Told
) -> None:
    rule = ChannelSettings(instance="staging") if setting == "instance" else ChannelSettings(instances=("staging",))
    more = {**settings.instances, "staging": InstanceSettings(url="http://127.0.0.1:1", key=SecretStr("k"))}
    new = settings.model_copy(update={"instances": more, "channels": {"C0AAA": rule}})
    obeyed: list[Policy] = []
    assert not Reload(settings, lambda: new, obeyed.append)()
    assert obeyed == []
    ((_, fields),) = told.lines
    assert fields["problem"] == f"channels.C0AAA.{setting}: staging is not running yet, restart jobbot for it"


def test_what_waits_for_a_restart_is_named_and_no_value_is(settings: Settings, told: Told) -> None:
    other = InstanceSettings(url="http://127.0.0.1:1", key=SecretStr("pl4nted"))
    new = settings.model_copy(
        update={"instances": {"staging": other}, "bot_token": SecretStr("xoxb-pl4nted"), "port": 1}
    )
    obeyed: list[Policy] = []
    assert Reload(settings, lambda: new, obeyed.append)()
    assert len(obeyed) == 1
    assert told.lines[0] == (
        "changed, and waits for a restart",
        {"settings": "bot_token, port, instances.acme, instances.staging"},
    )
    assert "pl4nted" not in str(told.lines)


def test_the_order_of_instances_counts_because_the_first_is_the_default(settings: Settings) -> None:
    other = InstanceSettings(url="http://127.0.0.1:1", key=SecretStr("k"))
    both = {**settings.instances, "b": other}
    one = settings.model_copy(update={"instances": both})
    two = settings.model_copy(update={"instances": dict(reversed(both.items()))})
    assert waits_for_restart(one, two) == ["instances (their order)"]
    assert waits_for_restart(one, one) == []

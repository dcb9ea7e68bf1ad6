"""Connections that break, tokens that are wrong, and the beginning and the end of a process."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from jobbot.app import Jobbot, StartFailed
from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.slack import LocalSlack
from jobbot.slack.transport.watchdog import SocketLost, WatchdogSettings
from jobbot.timing import Timing
from tests.stories.world import Transport, World, settings_for, world
from tests.support.loopback import loopback_client

pytestmark = pytest.mark.slow

IMPATIENT = WatchdogSettings(look=0.05, stale=10.0, give_up=0.5, pause=0.01, pause_most=0.1)


async def ready(it: World) -> httpx.Response:
    async with loopback_client() as client:
        return await client.get(f"http://127.0.0.1:{it.bot.port}/readyz")


async def answers(it: World) -> None:
    it.adverity.has_job(987)
    await it.ana.types("/jobs 987", in_=it.inc)
    await it.said("*Job 987: Running*")


@pytest.mark.both_transports
async def test_both_ways_serve_the_health_endpoints(it: World) -> None:
    async with loopback_client(base_url=f"http://127.0.0.1:{it.bot.port}") as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).json() == {"ready": True, "reasons": []}
        events = await client.post("/slack/events", content=b"{}")
    assert events.status_code == (401 if it.settings.mode == "http" else 404)


async def test_a_connection_that_is_lost_is_renewed(tmp_path: Path) -> None:
    async with world("socket", tmp_path) as it:
        it.slack.faults.drop_sockets()
        await it.slack.until(lambda: [one.number for one in it.slack.open_connections] == [2])
        await answers(it)


async def test_a_connection_that_was_closed_is_none_however_young_its_last_pong(tmp_path: Path) -> None:
    async with world("socket", tmp_path, watchdog=WatchdogSettings(look=0.1, stale=600, give_up=600)) as it:
        it.slack.faults.refuse_connections()
        it.slack.faults.drop_sockets()
        async with asyncio.timeout(20):
            while (await ready(it)).status_code != 503:
                pass
        it.slack.faults.clear()
        it.slack.forgive()
        await it.slack.until(lambda: it.slack.connections > 0)
        await answers(it)
        assert (await ready(it)).status_code == 200


async def test_while_there_is_no_connection_it_is_not_ready_and_in_the_end_it_gives_up(tmp_path: Path) -> None:
    async with world("socket", tmp_path, watchdog=IMPATIENT) as it:
        it.slack.faults.refuse_connections()
        it.slack.faults.drop_sockets()
        with pytest.raises(SocketLost, match="no live connection to Slack"):
            async with asyncio.timeout(20):
                await it.running
        response = await ready(it)
        assert response.status_code == 503
        assert response.json()["reasons"] == ["no live connection to Slack"]
        it.slack.forgive()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("bot_token", "xoxb-wrong", r"SLACK_BOT_TOKEN: Slack refused it \(invalid_auth\)"),
        ("app_token", "xapp-wrong", r"SLACK_APP_TOKEN: Slack refused it \(invalid_auth\)"),
    ],
)
async def test_a_token_that_slack_does_not_take_stops_the_start(
    tmp_path: Path, field: str, value: str, says: str
) -> None:
    async with LocalAdverity() as adverity, LocalSlack() as slack:
        settings = settings_for(slack, adverity, "socket", tmp_path, **{field: SecretStr(value)})
        with pytest.raises(StartFailed, match=says) as failed:
            async with Jobbot(settings):
                pass
        assert value not in str(failed.value)


async def test_one_passing_failure_of_slack_does_not_end_the_start(tmp_path: Path) -> None:
    async with LocalSlack() as slack, LocalAdverity() as adverity:
        slack.faults.error("auth.test", "internal_error", times=1)
        slack.faults.cut("apps.connections.open", times=1)
        async with Jobbot(settings_for(slack, adverity, "socket", tmp_path), timing=Timing(watchdog=IMPATIENT)) as bot:
            assert bot.port
        assert [call.ok for call in slack.calls_of("auth.test")] == [False, True]
        assert len(slack.calls_of("apps.connections.open")) == 2


@pytest.mark.parametrize(("kind", "body"), [("text/plain", "ok"), ("application/json", '{"ok": true}')])
async def test_what_does_not_say_whose_token_it_is_stops_the_start(tmp_path: Path, kind: str, body: str) -> None:
    async def auth_test(request: web.Request) -> web.Response:
        return web.Response(text=body, content_type=kind)

    app = web.Application()
    app.router.add_post("/api/auth.test", auth_test)
    async with LocalAdverity() as adverity, LocalSlack() as slack, TestServer(app) as server:
        url = str(server.make_url("/api/"))
        settings = settings_for(slack, adverity, "http", tmp_path, slack_api_url=url)
        with pytest.raises(StartFailed, match="SLACK_API_URL"):
            async with Jobbot(settings):
                pass


async def test_a_start_has_nothing_to_warn_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-the-environment")
    async with world("http", tmp_path):
        assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.both_transports
@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_while_it_ends_that_is_the_only_reason(tmp_path: Path, transport: Transport) -> None:
    async with world(transport, tmp_path) as it:
        it.adverity.has_job(987)
        held = it.adverity.faults.hold()
        await it.ana.types("/jobs", in_=it.inc)
        await it.adverity.called("GET", "/jobs/")
        ending = asyncio.create_task(it.bot.__aexit__(None, None, None))
        async with asyncio.timeout(20):
            while (response := await ready(it)).status_code != 503 or it.slack.connections:
                pass
        assert response.json() == {"ready": False, "reasons": ["shutting down"]}
        held.release()
        await ending


async def test_what_runs_is_finished_before_the_end(tmp_path: Path) -> None:
    async with world("http", tmp_path) as it:
        it.adverity.has_job(987)
        held = it.adverity.faults.hold()
        await it.ana.types("/jobs", in_=it.inc)
        await it.adverity.called("GET", "/jobs/")
        asyncio.get_running_loop().call_later(0.3, held.release)
        inc = it.inc
    assert "1 job" in inc.public[0].text


def environment(slack: LocalSlack, adverity: LocalAdverity, folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return kept | {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        # These two would silently switch Bolt to another mode.
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "s3cret",
        "ADVERITY_INSTANCE": adverity.url,
        "ADVERITY_API_KEY": adverity.api_key,
        "JOBBOT_CHANNELS": slack.channel("inc-data").id,
        "JOBBOT_DATABASE_URL": f"sqlite:///{folder / 'run.db'}",
        "JOBBOT_HOST": "127.0.0.1",
        "PORT": "0",
    }


@pytest.mark.slow
async def test_the_command_serves_until_sigterm(tmp_path: Path) -> None:
    async with LocalAdverity() as adverity, LocalSlack() as slack:
        adverity.has_job(987)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "jobbot", "run",
            env=environment(slack, adverity, tmp_path), cwd=tmp_path, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        await slack.until(lambda: slack.connections == 1, seconds=30)
        inc = slack.channel("inc-data")
        await slack.ana.types("/jobs 987", in_=inc)
        await slack.until(lambda: any("Job 987" in message.text for message in inc.public))
        process.send_signal(signal.SIGTERM)
        _, said = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0
    for secret in (slack.bot_token, slack.app_token, adverity.api_key):
        assert secret.encode() not in said
    assert b"Traceback" not in said


@pytest.mark.slow
async def test_the_command_that_still_waits_for_slack_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    async with LocalAdverity() as adverity, LocalSlack() as slack:
        slack.faults.error("auth.test", "internal_error")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "jobbot", "run",
            env=environment(slack, adverity, tmp_path), cwd=tmp_path, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        await slack.until(lambda: slack.calls_of("auth.test"))
        process.send_signal(signal.SIGTERM)
        _, said = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0
    assert b"Traceback" not in said


@pytest.mark.slow
def test_wrong_settings_end_the_command_with_a_line_each(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "jobbot", "run", "--mode", "http"],
        env={"PATH": os.environ["PATH"], "SLACK_BOT_TOKEN": "xapp-this-is-the-other-one"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "ADVERITY_INSTANCE",
        "ADVERITY_API_KEY",
        "JOBBOT_CHANNELS",
    ]
    assert "xapp-this-is-the-other-one" not in done.stderr


async def test_a_scope_that_is_missing_is_said_at_the_start_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with LocalAdverity() as adverity, LocalSlack() as slack:
        slack.scopes.discard("usergroups:read")
        with caplog.at_level(logging.WARNING, "jobbot"):
            async with Jobbot(settings_for(slack, adverity, "socket", tmp_path)):
                pass
    (record,) = [one for one in caplog.records if "scopes are missing" in one.getMessage()]
    assert "usergroups:read" in str(vars(record))
    assert "users:read" not in str(vars(record))


async def test_what_cannot_be_used_of_the_environment_is_said_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "jobbot"):
        async with world("http", tmp_path, notes=("NO_PROXY (entry 2): is no host",)):
            pass
    assert [one.getMessage() for one in caplog.records if "setting" in one.getMessage()] == ["setting not used"]

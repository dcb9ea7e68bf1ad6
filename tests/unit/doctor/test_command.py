"""The command: its exit code, its two forms, and no secret in anything it writes."""

import asyncio
import json
import os
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.slack import LocalSlack
from tests.support.command import Ran, ran
from tests.unit.doctor.world import Practice

PASSWORD = "pl4nted/pass?word"


async def doctor(environment: dict[str, str], folder: Path, *arguments: str) -> Ran:
    return await asyncio.to_thread(ran, ("doctor", *arguments), environment, folder)


async def as_a_process(environment: dict[str, str], folder: Path, *arguments: str) -> Ran:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "jobbot", "doctor", *arguments,
        env=kept | environment, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return Ran(process.returncode, out.decode(), err.decode())


def environment(slack: LocalSlack, adverity: LocalAdverity, folder: Path) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "ADVERITY_INSTANCE": adverity.url,
        "ADVERITY_API_KEY": adverity.api_key,
        "JOBBOT_CHANNELS": slack.channel("inc-data").id,
        "JOBBOT_DATABASE_URL": f"sqlite:///{folder / 'doctor.db'}",
        "JOBBOT_HOST": "127.0.0.1",
        "PORT": "0",
    }


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_all_is_well(it: Practice, tmp_path: Path) -> None:
    ran = await doctor(environment(it.slack, it.adverity, tmp_path), tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert "#inc-data C0INCDATA1  yes   yes   yes    yes     no     no     no     everybody in it  nobody" in ran.out
    assert files(tmp_path) == []


@pytest.mark.slow
async def test_a_process_says_the_same(it: Practice, tmp_path: Path) -> None:
    for given, *form in ((environment(it.slack, it.adverity, tmp_path), "--json"), ({"PORT": "x"},)):
        assert await as_a_process(given, tmp_path, *form) == await doctor(given, tmp_path, *form)


async def test_for_machines(it: Practice, tmp_path: Path) -> None:
    it.slack.scopes.add("files:read")
    ran = await doctor(environment(it.slack, it.adverity, tmp_path), tmp_path, "--json")
    assert (ran.code, ran.err) == (0, "")
    found = json.loads(ran.out)
    assert all(list(one) == ["check", "subject", "outcome", "says", "next"] for one in found)
    assert {one["outcome"] for one in found} == {"ok", "warn", "skipped"}
    assert found[-1]["check"] == "access"


async def test_nothing_set_at_all_is_a_line_each(tmp_path: Path) -> None:
    ran = await doctor({"PORT": "0", "JOBBOT_HOST": "127.0.0.1"}, tmp_path)
    assert (ran.code, ran.err) == (1, "")
    wrong = [line.split()[2].rstrip(":") for line in ran.out.splitlines() if line.startswith("wrong")]
    assert wrong == [
        *("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "ADVERITY_INSTANCE", "ADVERITY_API_KEY", "JOBBOT_CHANNELS")
    ]
    assert ran.out.count("next: see `jobbot help settings`") == 1
    assert "Who may do what" not in ran.out


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_malformed_token_is_not_called_missing(it: Practice, tmp_path: Path, mode: str) -> None:
    given = environment(it.slack, it.adverity, tmp_path)
    name = {"socket": "SLACK_APP_TOKEN", "http": "SLACK_SIGNING_SECRET"}[mode]
    ran = await doctor(given | {name: "xyz 1"}, tmp_path, "--mode", mode)
    lines = [line for line in ran.out.splitlines() if f"{name}: " in line]
    assert [line.partition(" ")[0] for line in lines] == ["wrong", "skipped"]
    assert "is malformed" in lines[0]
    assert "missing" not in "".join(lines)


async def test_the_mode_that_is_asked_for(it: Practice, tmp_path: Path) -> None:
    ran = await doctor(environment(it.slack, it.adverity, tmp_path), tmp_path, "--mode", "http")
    assert ran.code == 0
    assert "app token" in ran.out
    assert "not used over HTTP" in ran.out
    assert not it.slack.calls_of("apps.connections.open")


async def test_a_variable_that_nothing_reads_and_that_was_probably_meant(it: Practice, tmp_path: Path) -> None:
    given = environment(it.slack, it.adverity, tmp_path)
    del given["ADVERITY_INSTANCE"], given["ADVERITY_API_KEY"]
    (tmp_path / "policy.toml").write_text(f'[instances.a]\nhost = "{it.adverity.url}"\nkey = "ADVERITY_API_KEYS"\n')
    (tmp_path / ".env").write_text("jobbot_keep_days=30\nJOBBOT_SOMETHING=1\n")
    given |= {
        "ADVERITY_API_KEYS": it.adverity.api_key,
        "JOBBOT_STOP_USER": "U0ANA00001",
        "JOBBOT_CONFIG": "policy.toml",
    }
    ran = await doctor(given, tmp_path, "--json")
    found = [one for one in json.loads(ran.out) if one["check"] == "settings"]
    assert ran.code == 0
    assert [(one["subject"], one["outcome"]) for one in found] == [
        ("JOBBOT_STOP_USER", "warn"),
        ("jobbot_keep_days", "warn"),
        ("environment, .env, policy", "ok"),
    ]
    assert found[0]["next"] == "rename it to JOBBOT_STOP_USERS"
    assert "JOBBOT_KEEP_DAYS" in found[1]["says"]


async def test_a_file_of_settings_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    ran = await doctor({}, tmp_path)
    assert ran.code == 1
    assert ".env: is not UTF-8 text" in ran.out


async def test_a_policy_file_that_is_not_there(it: Practice, tmp_path: Path) -> None:
    given = environment(it.slack, it.adverity, tmp_path) | {"JOBBOT_CONFIG": "polciy.toml"}
    ran = await doctor(given, tmp_path, "--json")
    (found,) = [one for one in json.loads(ran.out) if one["check"] == "settings"]
    assert (found["subject"], found["says"]) == (
        "JOBBOT_CONFIG",
        "the file cannot be read (No such file or directory)",
    )
    assert found["next"].startswith("set it to the policy file's path")


@pytest.mark.parametrize(("mode", "form"), [("socket", ()), ("http", ("--json",))])
@pytest.mark.parametrize("trouble", ["none", "refused", "broken", "gone", "settings"])
async def test_no_secret_is_in_anything_it_writes(
    it: Practice, tmp_path: Path, form: tuple[str, ...], mode: str, trouble: str
) -> None:
    given = environment(it.slack, it.adverity, tmp_path)
    given["JOBBOT_DATABASE_URL"] = f"postgresql://jobbot:{quote(PASSWORD, safe='')}@127.0.0.1:1/jobbot"
    match trouble:
        case "refused":
            it.slack.revoke(it.slack.bot_token)
            it.slack.revoke(it.slack.app_token)
            body = json.dumps({"detail": f"no {it.adverity.api_key}"}).encode()
            it.adverity.faults.replies(401, body)
        case "broken":
            it.slack.channel("inc-data").name = it.slack.bot_token
            it.adverity.faults.replies(200, it.adverity.api_key.encode())
        case "gone":
            given |= {"SLACK_API_URL": "http://127.0.0.1:1/api/", "ADVERITY_INSTANCE": "http://127.0.0.1:1"}
        case "settings":
            # Each of them in the place of another.
            given |= {"SLACK_APP_TOKEN": it.slack.bot_token, "PORT": it.slack.signing_secret}
            given |= {"JOBBOT_CHANNELS": it.adverity.api_key, "ADVERITY_AUTH_SCHEME": PASSWORD}
    ran = await doctor(given, tmp_path, "--mode", mode, *form)
    secrets = [it.slack.bot_token, it.slack.app_token, it.slack.signing_secret, it.adverity.api_key, PASSWORD]
    assert ran.code == 1
    for secret in (*secrets, quote(PASSWORD, safe="")):
        assert secret not in ran.out + ran.err
        assert json.dumps(secret)[1:-1] not in ran.out + ran.err
    assert "Traceback" not in ran.err

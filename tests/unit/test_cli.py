"""The command line: what is not needed is not imported, and what is asked for in the wrong way is one line."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobbot.playground import demo
from tests.support.command import ran
from tests.support.each import each

HEAVY = ("slack_bolt", "slack_sdk", "sqlalchemy", "alembic", "pydantic", "httpx", "aiohttp", "starlette", "uvicorn")
ASK = """
import sys
from jobbot.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print("imported:", *sorted({name.split(".")[0] for name in sys.modules}))
"""


@each(
    "arguments",
    [
        [],
        ["--help"],
        ["--version"],
        ["doctor", "--help"],
        ["manifest", "--help"],
        ["help"],
        ["help", "policy"],
        ["runn"],
    ],
)
def test_what_only_prints_imports_nothing_heavy(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", ASK, *arguments], capture_output=True, text=True, check=True)
    imported = done.stdout.splitlines()[-1].split()
    assert imported[0] == "imported:"
    assert "jobbot" in imported
    assert [name for name in HEAVY if name in imported] == []


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_every_command_is_in_the_help_and_what_to_try_first(arguments: list[str]) -> None:
    done = ran(arguments, {}, Path.cwd())
    assert (done.code, done.err) == (0, "")
    assert "Try it: jobbot demo" in done.out
    for command in ("run", "demo", "doctor", "manifest", "audit", "help"):
        assert f"\n    {command} " in done.out


@pytest.mark.parametrize(
    "arguments", [["manifest", "--mode", "carrier-pigeon"], ["doctor", "--mode", "x"], ["help", "a", "b"]]
)
def test_usage_that_is_wrong(arguments: list[str]) -> None:
    done = ran(arguments, {}, Path.cwd())
    assert done.code == 2
    assert "error:" in done.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        *((["--port", given], "argument --port: must be a whole number from 0 to 65535") for given in ("abc", "65536")),
        (["--port=-1"], "argument --port: must be a whole number from 0 to 65535"),
        (["--port", "9" * 5000], "argument --port: must be a whole number from 0 to 65535"),
        *((["--speed", given], "argument --speed: must be a number from 0.1 to 1000") for given in ("x", "0", "nan")),
    ],
    ids=lambda given: given[-1][:9] if isinstance(given, list) else "",
)
def test_a_demo_with_numbers_that_are_none(arguments: list[str], says: str) -> None:
    done = ran(["demo", *arguments], {}, Path.cwd())
    assert done.code == 2
    assert done.err.splitlines()[-1].startswith(f"jobbot demo: error: {says}")


@pytest.mark.parametrize(
    ("port", "number", "says"),
    [
        (8765, errno.EADDRINUSE, "port 8765 is taken; leave --port out for a free one"),
        (80, errno.EACCES, "port 80 cannot be opened (Permission denied); leave --port out for a free one"),
    ],
)
def test_a_demo_whose_port_cannot_be_opened(
    port: int, number: int, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def serve_page(**_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(demo, "serve_page", serve_page)
    assert demo.run_page(port=port, seed=7, speed=1.0, opens=False) == 1
    assert capsys.readouterr().err == f"{says}\n"

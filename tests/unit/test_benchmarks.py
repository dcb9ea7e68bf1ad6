"""The benchmarks: each name starts, and what is compared is the same thing."""

import subprocess
import sys
from pathlib import Path

import pytest

from jobbot.store.slack_retries import SlackRetries
from tests.benchmarks import rendering
from tests.benchmarks.__main__ import NAMES, main

SMALLEST = {
    "ack": ("0.001", "1"),
    "calls": ("0", "0.05"),
    "following": ("0",),
    "ledger": ("1", "1"),
    "rendering": ("1", "1"),
    "startup": ("4", "1"),
    "suggestions": ("0.01", "1", "100"),
    "whole": ("0.2", "1"),
}


def test_rendering_is_compared_with_the_same_message_by_hand() -> None:
    one = rendering.listing()
    message = rendering.rendered(one)
    assert rendering.by_hand(one) == {"text": message.text, "blocks": list(message.blocks)}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_starts_and_ends(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process, where most of what they import is there already."""
    monkeypatch.setattr("jobbot.app_resources.SlackRetries", SlackRetries)  # the ledger's puts one of its own there
    monkeypatch.setenv("SUGGESTED_NAMES", "")  # of the suggestions
    main(name, *SMALLEST[name])
    assert capsys.readouterr().out or name == "following"


@pytest.mark.slow
def test_a_name_that_is_none_is_answered_with_those_there_are() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "renderin"],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "rendering" in ended.stderr

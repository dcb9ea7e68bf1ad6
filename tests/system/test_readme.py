"""What README, CONTRIBUTING and .env.example say can be done, done."""

import re
import shlex
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jobbot.cli import build_parser
from jobbot.config.environment import Environment
from jobbot.intents import Misread, parse
from jobbot.manual import page, topics
from tests.unit.config.world import Machine, bare_machine


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return bare_machine(tmp_path, monkeypatch)


ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def spans(text: str) -> list[str]:
    """What stands between single backquotes, outside of fenced blocks."""
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def block(text: str, begins: str) -> str:
    """The indented block whose first line begins with these words, without its indent."""
    lines = text.splitlines()
    first = next(at for at, line in enumerate(lines) if line.strip().startswith(begins) and line.startswith("    "))
    indent = len(lines[first]) - len(lines[first].lstrip())
    rest = lines[first:]
    end = next((at for at, line in enumerate(rest) if not line.startswith(" " * indent)), len(rest))
    return "\n".join(line[indent:] for line in rest[:end])


def rows() -> list[list[str]]:
    """The commands of README's table, a row each; what follows the first of a row leaves the ``/jobs`` away."""
    lines = [line for line in README.splitlines() if line.startswith("| `/jobs")]
    return [re.findall(r"`([^`]+)`", line.split(" | ")[0]) for line in lines]


def meant(words: str) -> object:
    return parse(
        words.removeprefix("/jobs").replace("@ana", "<@U0ANA|ana>").replace("@data-oncall", "<!subteam^S0ONCALL>"),
        now=NOW,
        zone=ZoneInfo("Europe/Vienna"),
        instances=("acme", "staging"),
    )


def test_every_command_of_the_table_is_understood() -> None:
    said = [words for row in rows() for words in row]
    assert len(said) > 10
    assert [words for words in said if not is_understood(meant(words))] == []


def is_understood(intent: object) -> bool:
    """Also where it is so if there is a datastream of that name."""
    return not isinstance(intent, Misread) or intent.named is not None


def test_every_state_that_the_table_names_is_one() -> None:
    (row,) = [line for line in README.splitlines() if line.startswith("| `/jobs failed` |")]
    states = re.findall(r"`([a-z]+)`", row.split(" | ")[1])
    assert len(states) == 7
    assert [state for state in states if isinstance(meant(state), Misread)] == []


def test_the_policys_example_is_a_policy(machine: Machine) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", README, flags=re.DOTALL)
    given = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "ACME_KEY": "a-key", "STAGING_KEY": "b-key"}
    found = machine.has(given).policy(example).starts()
    assert list(found.instances) == list(tomllib.loads(example)["instances"])
    assert found.channels["C0123ABCD"].may == {"view", "stop", "watch", "alerts"}
    assert found.channels["C0456EFGH"].instance == "staging"


def test_the_settings_of_the_five_steps_start_jobbot(machine: Machine) -> None:
    machine.dotenv.write_text(block(README, "SLACK_BOT_TOKEN=").replace("…", "0123456789"), encoding="utf-8")
    found = machine.starts()
    assert (found.mode, list(found.channels), list(found.instances)) == ("socket", ["C0123ABCD"], ["acme"])


def test_the_examples_variables_are_settings() -> None:
    named = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(named) == len(set(named)) > 10
    assert set(named) <= set(Environment.model_fields)


TEXTS = {"README": README, "CONTRIBUTING": CONTRIBUTING, **{topic: page(topic) for topic in topics()}}


@pytest.mark.parametrize("name", TEXTS)
def test_every_command_of_jobbot_that_is_named_is_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = TEXTS[name]
    said = [words for words in spans(text) if words.startswith("jobbot ")]
    said += re.findall(
        r"^ {4,}(?:\.venv/bin/)?(jobbot (?:manifest|help|run|doctor|demo)[^\n>|]*)$", text, flags=re.MULTILINE
    )
    for words in said:
        arguments = shlex.split(words)[1:]
        chosen = build_parser().parse_args([word.replace("TOPIC", "policy") for word in arguments])
        assert chosen.command != "help" or chosen.topic is None or chosen.topic in topics(), words


def test_the_shell_commands_are_the_ones_that_are_run() -> None:
    """One starts the demo (a test of the wheel does), one runs the tests: the checks take that one from here."""
    commands = [line.strip() for line in README.splitlines() if re.match(r"^ +python3 -m venv", line)]
    assert len(commands) == 2
    assert commands[0] == "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/jobbot demo"
    checks = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r"grep -m 1 -E '(.*)' README\.md", checks)
    assert pattern is not None
    taken = subprocess.run(
        ["grep", "-m", "1", "-E", pattern[1], "README.md"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert taken.stdout.strip() == commands[1]


@pytest.mark.parametrize("file", ["README.md", ".github/CONTRIBUTING.md"])
def test_links_lead_to_files_that_are_there(file: str) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", (ROOT / file).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / file).parent.joinpath(link).exists()] == []


class TestContributing:
    def test_it_fits_on_two_screens(self) -> None:
        assert len(CONTRIBUTING.splitlines()) <= 120

    def test_every_path_that_it_names_is_there(self) -> None:
        """Also those of its pictures, which stand in indented blocks."""
        named = set(
            re.findall(r"(?<![\w/.-])(?:jobbot|tests)/[\w./]*\w|(?<![\w/.-])[\w]+\.(?:py|toml|txt)\b", CONTRIBUTING)
        )
        assert len(named) > 50
        modules = {file.name for file in (ROOT / "jobbot").rglob("*.py")}
        assert [path for path in named if not (ROOT / path).exists() and path not in modules] == []

    def test_every_room_has_its_line(self) -> None:
        rooms = [folder for folder in (ROOT / "jobbot").iterdir() if (folder / "__init__.py").exists()]
        parts = [part for room in rooms if room.name != "playground" for part in room.iterdir()]
        split = {part.parent for part in parts if (part / "__init__.py").exists()}
        lines = [*(room for room in rooms if room not in split), *(part for part in parts if part.parent in split)]
        named = [part for part in lines if (part / "__init__.py").exists()]
        assert len(named) > 15
        assert [part for part in named if f"`{part.relative_to(ROOT)}/`" not in CONTRIBUTING] == []

    def test_every_name_that_it_says_to_look_at_is_in_that_module(self) -> None:
        pairs = re.findall(r"`([\w/]+\.py)` \(`(\w+)`", CONTRIBUTING)
        assert len(pairs) > 5
        assert [pair for pair in pairs if pair[1] not in (ROOT / pair[0]).read_text(encoding="utf-8")] == []

    def arguments(self) -> list[str]:
        """Of the one test that it shows."""
        commands = [line.strip() for line in CONTRIBUTING.splitlines()]
        command = next(line for line in commands if line.startswith(".venv/bin/pytest"))
        return [word for word in shlex.split(command)[1:] if word != "-q"]

    def test_the_one_test_that_it_shows_is_there(self) -> None:
        file, flag, words = self.arguments()[-3:]
        assert flag == "-k"
        assert re.search(rf"^async def test_\w*{words}\w*\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)

    @pytest.mark.slow
    def test_the_one_test_that_it_shows_is_collected(self) -> None:
        command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *self.arguments()]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout

"""Who may import whom: DESIGN's table as data, and every module of jobbot held against it. There are no exceptions."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import jobbot
from tests.support.each import each

ROOT = Path(jobbot.__file__).parent

CLIENT = ("jobbot.adverity.client", "jobbot.adverity.AdverityClient", "httpx")
BOLT = ("slack_bolt",)
NETWORK = ("aiohttp", "httpx", "requests", "socket", "ssl", "starlette", "urllib.request", "uvicorn", "websockets")
FILES = ("io", "os", "pathlib", "shutil", "subprocess", "tempfile", "sqlite3", "sqlalchemy", "aiosqlite")

FORBIDDEN: Mapping[str, tuple[str, ...]] = {
    "config": ("jobbot",),
    "adverity": ("jobbot.slack", "jobbot.render", "jobbot.store", "jobbot.flows"),
    "intents": ("jobbot.slack", "jobbot.flows", *CLIENT),
    "access": (*BOLT, "jobbot.render"),
    "store": ("jobbot.slack", "jobbot.render", *CLIENT),
    "flows": (*BOLT, "slack_sdk", "jobbot.playground"),
    "render": (
        *("jobbot.config", "jobbot.slack", "jobbot.store", *CLIENT),
        *("slack_sdk", *BOLT, *NETWORK, *FILES, "asyncio", "logging", "time"),
    ),
    "slack": ("jobbot.store", *CLIENT),
    "telemetry": (
        *(f"jobbot.{room}" for room in ("adverity", "intents", "access", "store", "flows", "render", "slack")),
        *("jobbot.playground", "slack_sdk", *BOLT),
    ),
    "app": ("jobbot.playground",),
    "app_following": ("jobbot.playground",),
    "app_handlers": ("jobbot.playground",),
    "app_resources": ("jobbot.playground",),
    "doctor": ("jobbot.playground", "jobbot.flows", "jobbot.render", "jobbot.intents", *BOLT),
    "reload": ("jobbot.playground", "jobbot.slack", "jobbot.store", "jobbot.flows", "jobbot.render"),
    "manifest": ("jobbot",),
    "manual": ("jobbot",),
    "playground": ("jobbot.adverity", "jobbot.flows", "jobbot.render", "jobbot.slack", "jobbot.store"),
}
"""By room: what it must not import, nor anything within. A room may always import itself."""

LEAVES = frozenset({"jobbot.spelling"})
"""Modules that import nothing of ours and that every room may import."""

LAYERS: Mapping[str, tuple[str, ...]] = {
    "playground.slack": ("errors", "blockkit", "state", "delivery", "web_api", "client"),
    "intents": ("model", "times", "language", "grammar"),
    "flows": ("instances", "frozen", "jobs delivery", "acts following", "recovery"),
    "render": ("blockkit",),
    "slack": ("web", "handlers", "transport"),
    "store": ("database",),
}
"""Within a room, from the bottom: each imports only what stands before it, and what shares a line with another not that
other. What is not named stands above all of them."""


@dataclass(frozen=True)
class Import:
    """One name that a module imports, in full."""

    line: int
    name: str


@cache
def imports(source: str, package: str) -> tuple[Import, ...]:
    """Every import of a module of ``package``: within functions, under TYPE_CHECKING, relative, and by a string."""
    return tuple(_imports(source, package))


def _imports(source: str, package: str) -> Iterator[Import]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (Import(node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = _absolute(module, package, level)
                yield from (Import(node.lineno, f"{base}.{alias.name}") for alias in names)
            case ast.Call(func=func, args=[ast.Constant(value=str(name)), *rest]) if _imports_by_name(func):
                dots = len(name) - len(name.lstrip("."))
                given = next((one.value for one in rest if isinstance(one, ast.Constant)), package)
                yield Import(node.lineno, _absolute(name[dots:], str(given), dots))


def _imports_by_name(func: ast.expr) -> bool:
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    return name in ("import_module", "__import__")


def _absolute(module: str | None, package: str, level: int) -> str:
    if level == 0:
        return module or ""
    parents = package.split(".")
    base = parents[: len(parents) - level + 1]
    return ".".join([*base, *([module] if module else [])])


def package_of(path: Path, root: Path) -> str:
    """The package that a module's relative imports begin at."""
    return ".".join([root.name, *path.relative_to(root).parent.parts])


def room_of(path: Path, root: Path) -> str:
    """The room that a module belongs to: the first name under jobbot."""
    return path.relative_to(root).parts[0].removesuffix(".py")


def is_within(name: str, whole: str) -> bool:
    """Whether ``name`` is ``whole`` or something in it."""
    return name == whole or name.startswith(f"{whole}.")


def breaches(root: Path) -> list[str]:
    """Every import under ``root`` that the table forbids, one line each."""
    found = []
    for path in sorted(root.rglob("*.py")):
        room = room_of(path, root)
        for one in imports(path.read_text(encoding="utf-8"), package_of(path, root)):
            if is_within(one.name, f"{root.name}.{room}") or any(is_within(one.name, leaf) for leaf in LEAVES):
                continue
            if any(is_within(one.name, forbidden) for forbidden in FORBIDDEN.get(room, ())):
                found.append(f"{path.relative_to(root)}:{one.line} imports {one.name}")
    return found


def reads_the_clock_or_the_environment(source: str) -> list[str]:
    """Calls and names that ask the world something."""
    asks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic"}
    environment = {"os.environ", "os.getenv"}
    if not any(name in source for name in asks | environment):
        return []  # parsing all there is takes a second
    names = (ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute))
    return sorted(name for name in names if name in asks | environment)


def test_no_room_imports_what_it_must_not() -> None:
    assert breaches(ROOT) == []


def layer_breaches(root: Path) -> list[str]:
    """Every import within a room that points upwards or aside, one line each."""
    found = []
    for room, lines in LAYERS.items():
        layers = {name: at for at, line in enumerate(lines) for name in line.split()}
        base = f"{root.name}.{room}"
        folder = root.joinpath(*room.split("."))
        for path in sorted(folder.rglob("*.py")):
            own = path.relative_to(folder).parts[0].removesuffix(".py")
            for one in imports(path.read_text(encoding="utf-8"), package_of(path, root)):
                other = one.name.removeprefix(base).lstrip(".").partition(".")[0]
                if own not in layers or not is_within(one.name, base) or other == own:
                    continue
                if layers.get(other, len(lines)) >= layers[own]:
                    found.append(f"{path.relative_to(root)}:{one.line} imports {one.name}")
    return found


def test_no_import_within_a_room_points_upwards() -> None:
    assert layer_breaches(ROOT) == []


@each("room", LAYERS)
def test_every_layer_is_there(room: str) -> None:
    folder = ROOT.joinpath(*room.split("."))
    names = [name for line in LAYERS[room] for name in line.split()]
    assert [one for one in names if not ((folder / one).is_dir() or (folder / f"{one}.py").is_file())] == []


@each("leaf", sorted(LEAVES))
def test_what_all_may_import_imports_nothing_of_ours(leaf: str) -> None:
    path = ROOT.parent.joinpath(*leaf.split(".")).with_suffix(".py")
    assert [one for one in imports(path.read_text("utf-8"), "jobbot") if is_within(one.name, "jobbot")] == []


@each("room", FORBIDDEN)
def test_every_room_of_the_table_is_there(room: str) -> None:
    assert (ROOT / room).is_dir() or (ROOT / f"{room}.py").is_file()


@pytest.mark.parametrize("room", ["intents", "access", "render"])
def test_a_pure_room_asks_neither_the_clock_nor_the_environment(room: str) -> None:
    asked = {
        str(path.relative_to(ROOT)): reads_the_clock_or_the_environment(path.read_text(encoding="utf-8"))
        for path in (ROOT / room).rglob("*.py")
    }
    assert asked
    assert {path: names for path, names in asked.items() if names} == {}


def test_nothing_reads_the_environment_but_the_settings() -> None:
    readers = {
        room_of(path, ROOT)
        for path in ROOT.rglob("*.py")
        if {"os.environ", "os.getenv"} & set(reads_the_clock_or_the_environment(path.read_text(encoding="utf-8")))
    }
    assert readers == {"config"}


BROKEN = {
    "config.py": "import jobbot.access\n",
    "adverity/client.py": "from jobbot.slack import bolt\n",
    "adverity/deep/er.py": "from ...render.text import escape\n",
    "intents/words.py": "from jobbot.adverity import AdverityClient\n",
    "intents/parts.py": "def late():\n    import jobbot.adverity.client as c\n    return c\n",
    "access/decide.py": "from slack_bolt.async_app import AsyncApp\n",
    "access/gather.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from jobbot.render import text\n",
    "store/ledger.py": "from .. import slack\n",
    "flows/listing.py": "async def run():\n    from slack_sdk.web.async_client import AsyncWebClient\n",
    "flows/watch.py": "import importlib\nimportlib.import_module('jobbot.playground.slack')\n",
    "render/text.py": "import time\n",
    "render/jobs.py": "from ..config import Settings\n",
    "slack/reply.py": "import jobbot.store.ledger\n",
    "slack/bolt.py": "from jobbot import store, render\n",
    "telemetry/metrics.py": "from jobbot.intents.model import Intent\n",
    "app.py": "from jobbot.playground.slack import LocalSlack\n",
    "doctor/upstream.py": "from jobbot.flows.jobs.listing import ListingFlow\n",
    "reload.py": "from jobbot.slack.handlers.gate import Gate\n",
    "manifest.py": "from jobbot.render.help import COMMANDS\n",
    "manual/__init__.py": "import jobbot.config\n",
    "playground/__init__.py": "__import__('jobbot.flows')\n",
    "playground/adverity/api.py": "from jobbot.adverity.model import Job\n",
    "playground/slack.py": "from importlib import import_module\nimport_module('..slack.bolt', 'jobbot.playground')\n",
}


@pytest.mark.parametrize("module", BROKEN)
def test_a_broken_rule_is_found(module: str, tmp_path: Path) -> None:
    path = tmp_path / "jobbot" / module
    path.parent.mkdir(parents=True)
    path.write_text(BROKEN[module], encoding="utf-8")
    found = breaches(tmp_path / "jobbot")
    assert len(found) == 1, found
    assert found[0].startswith(f"{module}:")


KEPT = {
    "config/load.py": "from jobbot.config.values import Key\nfrom .problems import line\nimport os\n",
    "adverity/gateway.py": "from jobbot.adverity.client import AdverityClient\nimport httpx\n",
    "intents/model.py": "from jobbot.adverity.query import JobQuery\nfrom jobbot.adverity.model import State\n",
    "playground/adverity/server.py": "from jobbot.playground.adverity.api import build\nfrom ..clock import Clock\n",
    "slack/stop.py": "from jobbot.flows.acts.acting import ActFlow\nimport slack_bolt\nimport jobbot.storey\n",
    "app.py": "import jobbot.store\nimport jobbot.slack\n",
    "cli.py": "import jobbot.playground.console\n",
    "doctor/machine.py": "import httpx\nfrom jobbot.store.database import inspect\nimport jobbot.adverity.client\n",
}


@pytest.mark.parametrize("module", KEPT)
def test_what_is_permitted_is_not_found(module: str, tmp_path: Path) -> None:
    path = tmp_path / "jobbot" / module
    path.parent.mkdir(parents=True)
    path.write_text(KEPT[module], encoding="utf-8")
    assert breaches(tmp_path / "jobbot") == []


UPWARDS = {
    "store/database/engine.py": "from jobbot.store.acts import ledger\n",
    "flows/acts/acting.py": "from ..following.watching import WatchingFlow\n",
    "intents/model.py": "from jobbot.intents import parse\n",
    "playground/slack/state/people.py": "def late():\n    import jobbot.playground.slack.client\n",
}


@pytest.mark.parametrize("module", UPWARDS)
def test_an_import_upwards_is_found(module: str, tmp_path: Path) -> None:
    path = tmp_path / "jobbot" / module
    path.parent.mkdir(parents=True)
    path.write_text(UPWARDS[module], encoding="utf-8")
    (found,) = layer_breaches(tmp_path / "jobbot")
    assert found.startswith(f"{module}:")


@pytest.mark.parametrize(
    "source", ["now = datetime.now(UTC)\n", "def f():\n    return time.time()\n", "import os\nos.environ['X']\n"]
)
def test_asking_the_world_is_found(source: str) -> None:
    assert len(reads_the_clock_or_the_environment(source)) == 1

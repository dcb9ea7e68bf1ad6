"""What is true for all tests: which of the two steps they belong to, how many examples, and databases.

The first step (``pytest``) needs nothing but Python. A test is of the second one (``pytest -m 'slow or examples'``)
when it says so (``slow``), when it needs PostgreSQL or a browser, and when it tells a story of the first step again
over the other transport. Stories of the second step are told over one transport and on one database, which their name
decides, but for those that are marked; what is asked of a database, the tests of the store ask of both. Properties are
in both steps: the second one tries more examples, by the profile of hypothesis that ``HYPOTHESIS_PROFILE`` names
(``quick``, ``ci`` or ``many``).
"""

import gc
import os
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.databases import (
    begin_sharing,
    drop_spare,
    end_sharing,
    folder_in_memory,
    fresh_database,
    postgres_url,
    sqlite_url,
)

# Workers, and the hundreds of processes that tests start, import the same modules: what one has compiled the others
# read, also where the environment says that nothing is to be kept (it does in images, for the sake of their size).
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Imports and collection leave hardly any garbage, and looking for it takes a fifth of their time.
gc.disable()

EXAMPLES = {"quick": 30, "ci": 200, "many": 5_000}
"""Examples a property, by profile. The time one takes says nothing on a machine that is busy: no deadline.

``quick`` and ``ci`` try the same examples in every run, so that what they say depends on the code alone; ``many`` looks
for new ones.
"""

for _profile, _examples in EXAMPLES.items():
    settings.register_profile(
        _profile,
        max_examples=_examples,
        deadline=None,
        derandomize=_profile != "many",
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


SLOW_MODULE = re.compile(r"^pytestmark = \[?\s*pytest\.mark\.slow\b", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave a module whose tests are all slow unread in the first step: it may import what only the second one has.

    Importing all of them would also take a tenth of each worker's start. One that is named is read.
    """
    if config.option.markexpr != "not slow" or not collection_path.match("test_*.py"):
        return None
    named = {config.invocation_params.dir / argument.partition("::")[0] for argument in config.args}
    if collection_path in named or not SLOW_MODULE.search(collection_path.read_text(encoding="utf-8")):
        return None
    return True


@pytest.hookimpl(trylast=True)  # hypothesis draws nothing before its own
def pytest_sessionstart(session: pytest.Session) -> None:
    """Let each worker import from another module on: rewriting their assertions takes seconds, and is done once."""
    config = session.config
    if not hasattr(config, "workerinput"):
        return
    folders = [path for argument in config.args if (path := config.rootpath / argument).is_dir()]
    files = [file for folder in folders for file in sorted(folder.rglob("test_*.py"))]
    files = [file for file in files if not pytest_ignore_collect(file, config)]
    worker, workers = int(config.workerinput["workerid"].removeprefix("gw")), config.workerinput["workercount"]
    if worker == 0 and Path(__file__).parent in folders:
        with suppress(Exception):  # as below
            prepare_hypothesis()
    begin = len(files) * worker // workers
    for file in files[begin:] + files[:begin]:
        with suppress(Exception, pytest.skip.Exception):  # to be reported when it is collected
            import_module(".".join(file.relative_to(config.rootpath).with_suffix("").parts))


def prepare_hypothesis() -> None:
    """Let hypothesis keep, in ``.hypothesis``, what it reads there ever after: every character, and jobbot's constants.

    Finding them takes four seconds where that folder is not there, and workers that get there at once do it each. It
    looks for constants when a value is to be one, which is one in twenty: hence some hundred of them.
    """
    import_module("tests.stories.world")  # nearly all of jobbot, which each worker imports anyway
    some = st.lists(st.text(max_size=1), min_size=20, max_size=20)
    settings(max_examples=20, database=None)(given(some)(lambda _: None))()


def pytest_collection_finish() -> None:
    """What is there now stays: nobody looks through it again and again for garbage, and seldom for that of tests.

    With Python's own 700 objects in the place of 50,000, looking takes a fifth of the tests that make many.
    """
    gc.freeze()
    gc.set_threshold(50_000)
    gc.enable()


STORIES = Path(__file__).with_name("stories")


def is_the_other(item: pytest.Function, parameter: str, values: tuple[str, str], both: str) -> bool:
    """Whether a test has that of two values which its name does not choose; never where it is marked ``both``."""
    value = item.callspec.params.get(parameter) if hasattr(item, "callspec") else None
    if value is None or item.get_closest_marker(both):
        return False
    name = item.nodeid.replace(f"{value}", "")
    return bool(value != values[zlib.crc32(name.encode()) % 2])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort the tests into the two steps, before ``-m`` chooses."""
    again: set[pytest.Item] = set()
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        if getattr(item.obj, "is_hypothesis_test", False):
            item.add_marker(pytest.mark.examples)
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        if "postgresql" in parameters.values() or {"postgres", "chromium"} & set(item.fixturenames):
            item.add_marker(pytest.mark.slow)
        if is_the_other(item, "transport", ("socket", "http"), "both_transports"):
            if item.get_closest_marker("slow"):
                again.add(item)
            item.add_marker(pytest.mark.slow)
        other_database = is_the_other(item, "database_url", ("sqlite", "postgresql"), "both_databases")
        if other_database and item.path.is_relative_to(STORIES):
            again.add(item)
    if again and not any("::" in argument for argument in config.args):  # what is named is run
        items[:] = [item for item in items if item not in again]
        config.hook.pytest_deselected(items=list(again))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many as processors; one more in the second step, where tests wait. A start takes ten seconds of one."""
    return (os.cpu_count() or 1) + int(config.option.markexpr != "not slow")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        begin_sharing()


def pytest_unconfigure(config: pytest.Config) -> None:
    drop_spare()
    if not hasattr(config, "workerinput"):
        end_sharing()


@pytest.fixture(scope="session")
def postgres() -> str:
    """The URL of a PostgreSQL in which databases can be made."""
    return postgres_url()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with nothing in it but the schema, one kind after the other."""
    if request.param == "sqlite":
        with folder_in_memory() as folder:
            yield sqlite_url(folder / "jobbot.db")
        return
    with fresh_database(request.getfixturevalue("postgres")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without even the schema, one kind after the other."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'jobbot.db'}"
        return
    with fresh_database(request.getfixturevalue("postgres"), empty=True) as url:
        yield url


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Figures that tests record under that name, whether they passed or not."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", []):
                if name == "figures":
                    terminalreporter.write_line(f"figures: {value}")

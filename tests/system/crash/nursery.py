"""Many processes of ``tests/system/crash/bot``, each by a fork: a tenth of the time that importing takes.

``python -m tests.system.crash.nursery FD`` imports once and accepts connections on that socket, each in a fork of its
own. That reads a line of JSON a process and writes what became of each; :class:`Nursery` is the other end. When its
input ends it kills what is left.
"""

import asyncio
import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

BOUND = 60.0
"""Seconds that anything here may take at most: far above what is usual, on a machine that is busy with other things."""


class Bot:
    """One process, from outside."""

    def __init__(self, pid: int, log: Path) -> None:
        self.pid = pid
        self._log = log
        self.is_frozen = asyncio.Event()
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def log(self) -> str:
        """What it wrote to its standard error so far."""
        return self._log.read_text()

    def signal(self, number: int) -> None:
        """Send a signal; nothing happens when it is dead already."""
        if not self.ended.done():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        await self.end()

    async def end(self, seconds: float = BOUND) -> int:
        """Wait until it is gone; the exit code, negative for a signal. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            return await asyncio.shield(self.ended)


class Nursery:
    """``async with Nursery(folder) as nursery: bot = await nursery.start(environment)``. Logs go to ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bots: dict[int, Bot] = {}
        self._asked: list[tuple[asyncio.Future[Bot], Path]] = []
        self._number = 0

    async def __aenter__(self) -> "Nursery":
        address, _ = _imported()
        self._reader, self._writer = await asyncio.open_unix_connection(address)
        self._hearing = asyncio.create_task(self._hear())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.write_eof()
        await self._hearing
        self._writer.close()
        await self._writer.wait_closed()

    async def start(self, environment: Mapping[str, str], step: str = "") -> Bot:
        """A new process. Raises RuntimeError where the one that bears them has ended."""
        if self._hearing.done():
            raise RuntimeError("the nursery has ended")
        self._number += 1
        log = self.folder / f"bot{self._number}.log"
        asked: asyncio.Future[Bot] = asyncio.get_running_loop().create_future()
        self._asked.append((asked, log))
        order = {"environment": dict(environment), "step": step, "log": str(log)}
        self._writer.write(json.dumps(order).encode() + b"\n")
        return await asked

    async def _hear(self) -> None:
        try:
            async for line in self._reader:
                self._heard(json.loads(line))
        finally:
            for asked, _ in self._asked:
                asked.set_exception(RuntimeError("the nursery has ended before it started the process"))

    def _heard(self, said: dict[str, Any]) -> None:
        match said["what"]:
            case "started":
                asked, log = self._asked.pop(0)
                self._bots[said["pid"]] = bot = Bot(said["pid"], log)
                asked.set_result(bot)
            case "frozen":
                self._bots[said["pid"]].is_frozen.set()
            case "ended":
                self._bots.pop(said["pid"]).ended.set_result(said["code"])


@cache
def _imported() -> tuple[str, subprocess.Popen[bytes]]:
    """The process that has imported everything, once for all tests of this one; it ends when this one does.

    The abstract address at which it listens, which Linux chooses (unix(7), autobind), and the process, whose input must
    stay open.
    """
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("")
        address: str = door.getsockname().decode()
        door.listen()
        command = [sys.executable, "-m", "tests.system.crash.nursery", str(door.fileno())]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[door.fileno()])
    atexit.register(process.communicate)  # closes its input, and waits for its end
    return address, process


def _say(**what: object) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


def _bear(order: dict[str, object], inherited: tuple[int, ...]) -> int:
    """Fork; the child serves and never returns."""
    if pid := os.fork():
        return pid
    from tests.system.crash import bot  # noqa: PLC0415 - imported before, by the parent

    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number in inherited:
            os.close(number)
        log = os.open(str(order["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        nothing = os.open(os.devnull, os.O_RDWR)
        for source, target in ((nothing, 0), (nothing, 1), (log, 2)):
            os.dup2(source, target)
        environment = order["environment"]
        assert isinstance(environment, dict)
        os.environ.clear()
        os.environ.update(environment)
        bot.main(str(order["step"]))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _tell_of_children(alive: set[int]) -> None:
    while alive:
        pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
        if not pid:
            return
        if os.WIFSTOPPED(status):
            _say(what="frozen", pid=pid)
        else:
            alive.discard(pid)
            _say(what="ended", pid=pid, code=os.waitstatus_to_exitcode(status))


def main(door: str) -> None:
    """Serve each connection in a fork, until the input ends."""
    import jobbot.slack.transport.socket_supervisor  # noqa: F401, PLC0415 - for the children, once
    import tests.system.crash.bot  # noqa: F401, PLC0415

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    with socket.socket(fileno=int(door)) as listening:
        while True:
            ready, _, _ = select.select([0, listening.fileno()], [], [])
            if 0 in ready:
                return
            connection, _ = listening.accept()
            with connection:
                if not os.fork():
                    listening.close()
                    _serve(connection)


def _serve(connection: socket.socket) -> NoReturn:
    """As a process whose input and output are the connection."""
    code = 1
    try:
        for number in (0, 1):
            os.dup2(connection.fileno(), number)
        connection.close()
        _bear_until_the_input_ends()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _bear_until_the_input_ends() -> None:
    wake, woken = os.pipe()
    for number in (wake, woken):
        os.set_blocking(number, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    alive: set[int] = set()
    unread = b""
    while True:
        ready, _, _ = select.select([0, wake], [], [])
        if wake in ready:
            with suppress(BlockingIOError):
                os.read(wake, 4096)
            _tell_of_children(alive)
        if 0 in ready:
            chunk = os.read(0, 65_536)
            if not chunk:
                break
            *lines, unread = (unread + chunk).split(b"\n")
            for line in lines:
                pid = _bear(json.loads(line), (wake, woken))
                alive.add(pid)
                _say(what="started", pid=pid)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
    while alive:
        pid, _ = os.waitpid(-1, 0)
        alive.discard(pid)
        _say(what="ended", pid=pid, code=-signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])

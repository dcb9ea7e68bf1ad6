"""A local Adverity over real HTTP, inside the running event loop: ``async with LocalAdverity() as adverity: ...``."""

import asyncio
from collections import Counter
from collections.abc import Callable
from email.utils import format_datetime
from typing import Self

import uvicorn
from uvicorn.server import ServerState

from jobbot.playground.adverity.api import Api
from jobbot.playground.adverity.calls import Call, CallLog
from jobbot.playground.adverity.clock import FastClock, Now, utc_now
from jobbot.playground.adverity.door import Door
from jobbot.playground.adverity.faults import Faults
from jobbot.playground.adverity.instance import JobChanged
from jobbot.playground.adverity.keys import Key, KeyRing, Permission, Resource, Word
from jobbot.playground.adverity.line import LineProtocol
from jobbot.playground.adverity.scripted import ScriptedInstance
from jobbot.playground.adverity.wire import Quirks


class LocalAdverity(ScriptedInstance):
    """An instance on 127.0.0.1, on ``port`` or (0) a free one.

    ``speed`` is how much faster than ``now`` its time passes. ``api_key`` is a key that may do everything, made for
    the word ``Token``; ``make_key`` makes others. What it has is said with ``has_job`` and its like, how it
    misbehaves with ``faults`` and ``quirks``; what it was asked is in ``calls``. Left and entered again, it has
    the same port and everything that it had.
    """

    def __init__(self, *, now: Now = utc_now, speed: float = 1.0, seed: int = 0, port: int = 0) -> None:
        super().__init__(now=now if speed == 1.0 else FastClock(now, speed))
        self.faults = Faults()
        self._keys = KeyRing(seed)
        self._log = CallLog(self.now)
        self._api = Api(self, self._keys, Quirks())
        self._state = ServerState()
        self._port = port
        self._server: asyncio.Server | None = None
        self.api_key = self._keys.make("Token").secret

    async def __aenter__(self) -> Self:
        config = uvicorn.Config(
            Door(self._api.app(), self.faults, self._log, self._date), http=LineProtocol, ws="none", lifespan="off",
            log_config=None, access_log=False,
        )  # fmt: skip
        config.load()
        # uvicorn.Server would take over the process's signals and poll; its protocol needs neither.
        self._server = await asyncio.get_running_loop().create_server(
            lambda: LineProtocol(config=config, server_state=self._state, app_state={}), "127.0.0.1", self._port
        )
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is None:
            return
        self._server.close()
        for connection in tuple(self._state.connections):
            connection.transport.abort()
        await asyncio.gather(*self._state.tasks, return_exceptions=True)
        await asyncio.sleep(0)  # a transport that was aborted closes its socket at the loop's next turn
        await self._server.wait_closed()
        self._server = None

    def _date(self) -> bytes | None:
        ahead = self.quirks.clock_ahead
        return None if ahead is None else format_datetime(self.now() + ahead, usegmt=True).encode()

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``; the port is known once the instance runs."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def quirks(self) -> Quirks:
        """How this instance differs from others; may be replaced at any time."""
        return self._api.quirks

    @quirks.setter
    def quirks(self, quirks: Quirks) -> None:
        self._api.quirks = quirks

    def make_key(
        self,
        word: Word = "Token",
        *,
        jobs: Permission = "write",
        datastreams: Permission = "write",
        workspaces: Permission = "write",
        issues: Permission = "write",
        extracts: Permission = "write",
    ) -> Key:
        """A further key, with its word and its permissions."""
        may_do: dict[Resource, Permission] = {
            "jobs": jobs,
            "datastreams": datastreams,
            "workspaces": workspaces,
            "issues": issues,
            "extracts": extracts,
        }
        return self._keys.make(word, may_do)

    def has_user(self, name: str, password: str) -> None:
        """Somebody who can get a key for their password."""
        self._keys.has_user(name, password)

    def revoke_key(self, key: Key) -> None:
        """From now on the key is unknown."""
        self._keys.revoke(key)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call so far, in the order in which they came."""
        return self._log.all()

    def count(self, method: str = "", path: str = "") -> int:
        """How many calls came, e.g. ``count("POST", "/stop/")``."""
        return self._log.count(method, path)

    @property
    def writes(self) -> Counter[str]:
        """How often each write came, open ones included: "POST /api/jobs/987/stop/", with its body where it has one."""
        return self._log.writes()

    @property
    def max_in_flight(self) -> int:
        """The most calls that were ever open at once."""
        return self._log.max_in_flight

    async def called(self, method: str = "", path: str = "", *, times: int = 1, within: float = 30.0) -> None:
        """Wait until that many calls came, open ones included. Raises TimeoutError after ``within`` seconds."""
        await self._log.until(lambda log: log.count(method, path) >= times, within=within)

    async def until(self, condition: Callable[[tuple[Call, ...]], object], *, within: float = 30.0) -> None:
        """Wait until ``condition`` is true of all calls so far. Raises TimeoutError after ``within`` seconds."""
        await self._log.until(lambda log: bool(condition(log.all())), within=within)

    async def idle(self, *, within: float = 30.0) -> None:
        """Wait until no call is open. Raises TimeoutError after ``within`` seconds."""
        await self._log.until(lambda log: log.in_flight == 0, within=within)

    def subscribe(self, watcher: Callable[[Call | JobChanged], None]) -> Callable[[], None]:
        """Tell ``watcher`` of each call, as it comes and when it is over, and of changes of jobs.

        The answer, called, ends that.
        """
        ends = self._log.watch(watcher), self.watch_jobs(watcher)

        def unsubscribe() -> None:
            for end in ends:
                end()

        return unsubscribe

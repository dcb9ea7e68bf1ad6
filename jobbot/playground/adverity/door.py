"""The door before an instance's API: every call is recorded, and meets the faults that hold for it."""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from starlette.types import ASGIApp, Receive, Scope, Send

from jobbot.playground.adverity.api import LOG_IN
from jobbot.playground.adverity.calls import CallLog
from jobbot.playground.adverity.faults import Cut, Delay, Drip, Fault, Faults, Reply, Silence, Truncation
from jobbot.playground.adverity.line import Answer, Line


class Door:
    """Stands before the API: records each call, and does to it what the faults say."""

    def __init__(self, app: ASGIApp, faults: Faults, log: CallLog, date: Callable[[], bytes | None]) -> None:
        self._app = app
        self._date = date
        self._faults = faults
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        line = Line(scope, receive, send)
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        call = self._log.comes(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers)
        delays, fault = self._faults.take(call.method, call.path)
        try:
            await line.read()
            if call.path != LOG_IN:
                call = self._log.brings(call, line.body)
            for delay in delays:
                await line.wait(delay.seconds, delay.over)
            await self._serve(line, fault)
        finally:
            self._log.goes(call, line.status)

    async def _serve(self, line: Line, fault: Fault | None) -> None:
        """Answer, or do not, as the fault has it."""
        match fault:
            case None | Delay():
                answer = await line.ask(self._app)
                said = () if (date := self._date()) is None else ((b"date", date),)
                await line.answer(replace(answer, headers=answer.headers + said))
            case Reply():
                await line.answer(_reply(fault))
            case Truncation():
                await line.truncate(await line.ask(self._app))
            case Drip(seconds):
                await line.drip(await line.ask(self._app), seconds)
            case Cut(after_effect) | Silence(after_effect):
                if after_effect:
                    await line.ask(self._app)
                await (line.cut() if isinstance(fault, Cut) else line.gone())
            case _:
                assert_never(fault)


def _reply(reply: Reply) -> Answer:
    headers = {"content-type": reply.content_type, "content-length": str(len(reply.body)), **reply.headers}
    return Answer(reply.status, tuple((name.encode(), value.encode()) for name, value in headers.items()), reply.body)

"""The note about a slow piece of work, and whoever ends the work meanwhile."""

import asyncio
from typing import Any

import pytest

from jobbot.interaction import Interaction, Typed
from jobbot.render.blockkit.blocks import Message
from jobbot.slack.web.outbound import Outbound
from jobbot.slack.web.reply import Reply

TYPED = Interaction(
    did=Typed("987", "/jobs"), key="1", user_id="U0ANA", channel_id="C0INC", response_url="https://hooks.slack.com/x"
)


class Dawdling(Outbound):
    """Is in the middle of a call, and takes a while to end it when it is cancelled."""

    def __init__(self) -> None:
        self.said, self.ending, self.may_end = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def respond(self, *_: Any, **__: Any) -> None:
        self.said.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ending.set()
            await self.may_end.wait()

    async def withdraw(self, url: str) -> None:
        raise AssertionError("nobody goes on with what was cancelled")


async def test_who_is_cancelled_while_the_note_ends_is_cancelled() -> None:
    outbound = Dawdling()

    async def work() -> None:
        async with Reply(outbound, TYPED).note_when_slow(Message("Asking ...", []), 0):
            await outbound.said.wait()
        raise AssertionError("it went on")

    working = asyncio.create_task(work())
    async with asyncio.timeout(30):
        await outbound.ending.wait()
        working.cancel()
        outbound.may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await working

"""The note about a slow piece of work, and whoever ends the work meanwhile."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from jobbot.interaction import Clicked, Interaction, Typed
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
        await outbound.said.wait()
        await asyncio.sleep(0)  # the work is over, and waits for the note
        working.cancel()
        await outbound.ending.wait()
        outbound.may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await working


class Recording(Outbound):
    """A Slack that takes its time to show a note, and knows in which order it was asked."""

    def __init__(self) -> None:
        self.asked, self.may_show, self.did = asyncio.Event(), asyncio.Event(), list[str]()

    async def respond(self, *_: Any, **__: Any) -> None:
        self.asked.set()
        await self.may_show.wait()
        self.did.append("shown")

    async def withdraw(self, url: str) -> None:
        self.did.append("withdrawn")


async def test_a_note_that_is_on_its_way_is_shown_before_it_is_withdrawn() -> None:
    """Given up on its way, it could be shown after it was withdrawn, and nothing would take it away again."""
    outbound = Recording()
    async with asyncio.timeout(30):
        async with Reply(outbound, TYPED).note_when_slow(Message("Asking ...", []), 0):
            await outbound.asked.wait()
            asyncio.get_running_loop().call_soon(outbound.may_show.set)
        assert outbound.did == ["shown", "withdrawn"]


async def test_a_note_that_was_not_begun_is_neither_shown_nor_withdrawn() -> None:
    outbound = Recording()
    async with Reply(outbound, TYPED).note_when_slow(Message("Asking ...", []), 30):
        await asyncio.sleep(0)
    assert outbound.did == []


MENTION = replace(TYPED, did=Typed("987", None), response_url=None, message_ts="1.000100")
CLICK = replace(TYPED, did=Clicked("job_show", "{}"), message_ts="1.000100")


class Posting(Outbound):
    """A Slack that takes everything, and notes what it was asked."""

    def __init__(self) -> None:
        self.did, self.asked = list[str](), asyncio.Event()

    async def post(self, *_: Any, **__: Any) -> str:
        return self._noted("posted", "2.000200")

    async def delete(self, channel: str, ts: str) -> None:
        self._noted(f"deleted {ts}")

    async def post_ephemeral(self, *_: Any, **__: Any) -> None:
        self._noted("whispered")

    async def respond(self, *_: Any, **__: Any) -> None:
        self._noted("responded")

    async def withdraw(self, url: str) -> None:
        self._noted("withdrawn")

    def _noted(self, what: str, ts: str = "") -> str:
        self.did.append(what)
        self.asked.set()
        return ts


@pytest.mark.parametrize(
    ("who", "visible", "did"),
    [
        (TYPED, True, ["responded", "withdrawn"]),
        (TYPED, False, ["responded", "withdrawn"]),
        (MENTION, True, ["posted", "deleted 2.000200"]),
        (CLICK, True, ["posted", "deleted 2.000200"]),
        (MENTION, False, ["whispered"]),
        (CLICK, False, ["responded"]),
    ],
    ids=["command", "command, quiet channel", "mention", "click", "mention, quiet channel", "click, quiet channel"],
)
async def test_a_note_gives_way_to_the_answer_however_it_was_asked_for(
    who: Interaction, visible: bool, did: list[str]
) -> None:
    outbound = Posting()
    async with asyncio.timeout(30), Reply(outbound, who).note_when_slow(Message("Asking ...", []), 0, visible=visible):
        await outbound.asked.wait()
    assert outbound.did == did

"""The note about a slow piece of work, and whoever ends the work meanwhile."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from jobbot.interaction import Clicked, Interaction, Typed
from jobbot.render.blockkit.blocks import Message
from jobbot.slack.web.outbound import Outbound, SlackRefused
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
OWN = replace(CLICK, is_ephemeral=True)
IN_A_THREAD = replace(CLICK, thread_ts="0.000100")
NOTE, ANSWER = Message("Asking ...", []), Message("1 job", [])


class Posting(Outbound):
    """A Slack that takes everything, and notes what it was asked. ``refuses`` is what it does not take."""

    def __init__(self, refuses: str = "") -> None:
        self.did, self.asked, self._refuses = list[str](), asyncio.Event(), refuses

    async def post(self, channel: str, message: Message, *, thread_ts: str | None = None, **_: Any) -> str:
        self._noted("posted", message, f" under {thread_ts}" if thread_ts else "")
        return "2.000200"

    async def edit(self, channel: str, ts: str, message: Message, **_: Any) -> None:
        self._noted(f"edited {ts}", message)

    async def delete(self, channel: str, ts: str) -> None:
        self._noted(f"deleted {ts}")

    async def post_ephemeral(self, channel: str, user: str, message: Message, **_: Any) -> None:
        self._noted("whispered", message)

    async def respond(self, url: str, message: Message, *, replace_original: bool = False, **_: Any) -> None:
        self._noted("replaced with" if replace_original else "responded", message)

    async def withdraw(self, url: str) -> None:
        self._noted("withdrawn")

    def _noted(self, what: str, message: Message | None = None, then: str = "") -> None:
        self.did.append(f"{what}{f' {message.text}' if message is not None else ''}{then}")
        self.asked.set()
        if self._refuses and what.startswith(self._refuses):
            raise SlackRefused("chat.update", "message_not_found")


async def is_slow(outbound: Posting, reply: Reply, *, visible: bool, redraws: bool) -> None:
    async with asyncio.timeout(30), reply.note_when_slow(NOTE, 0, visible=visible, redraws=redraws):
        await outbound.asked.wait()


@pytest.mark.parametrize(
    ("who", "visible", "did"),
    [
        (TYPED, True, ["responded Asking ...", "withdrawn", "responded 1 job"]),
        (TYPED, False, ["responded Asking ...", "withdrawn", "responded 1 job"]),
        (MENTION, True, ["posted Asking ... under 1.000100", "edited 2.000200 1 job"]),
        (CLICK, True, ["posted Asking ...", "edited 2.000200 1 job"]),
        (MENTION, False, ["whispered Asking ...", "whispered 1 job"]),
        (CLICK, False, ["responded Asking ...", "responded 1 job"]),
    ],
    ids=["command", "command, quiet channel", "mention", "click", "mention, quiet channel", "click, quiet channel"],
)
async def test_the_note_becomes_the_answer_or_gives_way_to_it(who: Interaction, visible: bool, did: list[str]) -> None:
    outbound = Posting()
    reply = Reply(outbound, who)
    await is_slow(outbound, reply, visible=visible, redraws=False)
    await reply.answer(ANSWER, visible=visible)
    assert outbound.did == did


@pytest.mark.parametrize(
    ("who", "visible", "did"),
    [
        (CLICK, True, ["posted Asking ... under 1.000100", "deleted 2.000200", "replaced with 1 job"]),
        (IN_A_THREAD, True, ["posted Asking ... under 0.000100", "deleted 2.000200", "replaced with 1 job"]),
        (OWN, True, ["replaced with Asking ...", "replaced with 1 job"]),
        (OWN, False, ["replaced with Asking ...", "replaced with 1 job"]),
    ],
    ids=["of the channel", "in a thread", "one's own", "one's own, quiet channel"],
)
async def test_a_message_that_is_redrawn_keeps_its_face_unless_it_is_ones_own(
    who: Interaction, visible: bool, did: list[str]
) -> None:
    outbound = Posting()
    reply = Reply(outbound, who)
    await is_slow(outbound, reply, visible=visible, redraws=True)
    await reply.redraw(ANSWER)
    assert outbound.did == did


@pytest.mark.parametrize(
    ("who", "redraws", "did"),
    [
        (MENTION, False, ["posted Asking ... under 1.000100", "deleted 2.000200", "whispered 1 job"]),
        (OWN, True, ["replaced with Asking ...", "replaced with 1 job"]),
    ],
)
async def test_where_the_answer_is_for_one_person_no_note_is_left(
    who: Interaction, redraws: bool, did: list[str]
) -> None:
    outbound = Posting()
    reply = Reply(outbound, who)
    await is_slow(outbound, reply, visible=True, redraws=redraws)
    await reply.post_ephemeral(ANSWER)
    assert outbound.did == did


async def test_a_card_that_was_a_note_can_be_edited_later() -> None:
    outbound = Posting()
    reply = Reply(outbound, CLICK)
    await is_slow(outbound, reply, visible=True, redraws=False)
    assert await reply.post(ANSWER) == "2.000200"
    assert outbound.did[1:] == ["edited 2.000200 1 job"]


async def test_a_note_that_cannot_be_edited_is_no_loss() -> None:
    outbound = Posting(refuses="edited")
    reply = Reply(outbound, CLICK)
    await is_slow(outbound, reply, visible=True, redraws=False)
    await reply.answer(ANSWER, visible=True)
    assert outbound.did[2:] == ["deleted 2.000200", "responded 1 job"]


async def test_whatever_goes_wrong_meanwhile_no_note_is_left() -> None:
    outbound = Posting()

    async def fails() -> None:
        async with asyncio.timeout(30), Reply(outbound, MENTION).note_when_slow(NOTE, 0, visible=True):
            await outbound.asked.wait()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert outbound.did[1:] == ["deleted 2.000200"]

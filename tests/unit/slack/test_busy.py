"""Where more is asked than can be served: whoever is not served is told, and stops are served all the same."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.access import Home, Need
from jobbot.intents.button import encode
from jobbot.intents.model import Intent, ListJobs, StopJob
from jobbot.interaction import Interaction, Submitted
from jobbot.render import notices
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.buttons import ActionId
from jobbot.slack.handlers.listeners import Listeners
from jobbot.slack.handlers.modal_ack import Submission
from jobbot.slack.handlers.urgency import IS_URGENT
from jobbot.slack.transport.background import BackgroundTasks
from jobbot.slack.transport.bolt import build_bolt, dispatch
from jobbot.telemetry import Metrics, Outcome, Telemetry
from tests.unit.slack import payloads
from tests.unit.slack.test_buttons import JOB, Open
from tests.unit.slack.world import until

BUSY = notices.too_busy()


async def first(key: str) -> bool:
    return True


class Served:
    """In the place of the answers and the stop's dialogue: what reaches them, and where what is said waits."""

    def __init__(self) -> None:
        self.served: list[str] = []
        self.urgent: list[bool] = []
        """Of each that was served, whether it comes first."""
        self.said: list[Message] = []
        self.hold = asyncio.Event()
        """What is served, and said, waits for it."""

    def read(self, text: str) -> Intent:
        return StopJob(job=JOB) if text.startswith("stop") else ListJobs()

    async def typed(self, interaction: Interaction, text: str, read: Intent) -> Outcome:
        self.urgent.append(IS_URGENT.get())
        await self.hold.wait()
        self.served.append(text)
        return Outcome.ANSWERED

    async def serve(self, interaction: Interaction, intent: Intent, way: object) -> Outcome:
        return await self.typed(interaction, "button", intent)

    def need_of(self, intent: Intent) -> Need | None:
        return Need.STOP if isinstance(intent, StopJob) else None

    def label_of(self, submitted: Submitted) -> str:
        return "submit_stop"

    async def asks(self, interaction: Interaction, wish: StopJob, text: str = "") -> Outcome:
        self.urgent.append(IS_URGENT.get())
        self.served.append("stop's window")
        return Outcome.ASKED

    def submits(self, interaction: Interaction) -> Submission:
        answer: asyncio.Future[dict[str, Any] | None] = asyncio.get_running_loop().create_future()

        async def obey() -> Outcome:
            answer.set_result(None)
            self.served.append("stop")
            return Outcome.ACT_ENDED

        return Submission(work=(interaction, obey()), answer=answer)

    def command(self, interaction: Interaction) -> str:
        return "/jobs"

    def reply(self, interaction: Interaction) -> "Served":
        return self

    async def post_ephemeral(self, message: Message) -> None:
        await self.hold.wait()
        self.said.append(message)


class Bot:
    """Everything from a payload to the listeners, with room for so many pieces of work."""

    def __init__(self, room: int) -> None:
        self.served, self.metrics = Served(), Metrics()
        self.work = BackgroundTasks(most=room, most_of_one=room, urgent_more=1)
        listeners = Listeners(
            gate=Open(),  # type: ignore[arg-type]
            answers=self.served,  # type: ignore[arg-type]
            dialogue=self.served,  # type: ignore[arg-type]
            anywhere=None,  # type: ignore[arg-type]
            is_first=first,
            telemetry=Telemetry(self.metrics),
        )
        client = AsyncWebClient(base_url="http://127.0.0.1:1/api/")
        self.app: AsyncApp = build_bolt(client, Home(payloads.OUR_TEAM, None, "U0JOBBOT"), listeners, self.work)

    async def gets(self, payload: dict[str, Any]) -> BoltResponse:
        return await dispatch(self.app, payload)

    async def types(self, text: str, trigger: str) -> BoltResponse:
        return await self.gets(payloads.slash_command(text=text, trigger_id=trigger))

    async def ends(self) -> None:
        self.served.hold.set()
        await until(lambda: len(self.work) == 0)


def press(act: ActionId, value: str, trigger: str) -> dict[str, Any]:
    return payloads.block_actions(action_id=act, value=value, trigger_id=trigger)


LIST = encode(ListJobs())


async def test_a_command_is_told_in_its_ack() -> None:
    bot = Bot(room=1)
    assert (await bot.types("running", "1")).body == ""
    answer = await bot.types("failed", "2")
    assert (answer.status, BUSY.text in answer.body, '"ephemeral"' in answer.body) == (200, True, True)
    await bot.ends()
    assert bot.served.served == ["running"]
    assert bot.metrics.text().count(b'outcome="busy"') == 1


async def test_what_was_not_served_may_be_asked_again() -> None:
    """The same delivery too: Slack repeats some, and the one before was not served."""
    bot = Bot(room=1)
    await bot.types("running", "1")
    await bot.types("failed", "2")
    await bot.ends()
    assert (await bot.types("failed", "2")).body == ""
    await bot.ends()
    assert bot.served.served == ["running", "failed"]


async def test_a_press_is_told_with_a_message_once_at_a_time() -> None:
    bot = Bot(room=1)
    await bot.types("running", "1")
    for number in range(20):
        assert (await bot.gets(press(ActionId.LIST_REFRESH, LIST, f"2.{number}"))).body == ""
    assert len(bot.work) == 2, "the command, and one message"
    await bot.ends()
    assert bot.served.said == [BUSY]


async def test_where_nothing_could_be_answered_nothing_is_said() -> None:
    bot = Bot(room=0)
    for payload in (
        payloads.link_shared(payloads.ANA, payloads.INC, "https://acme.test/x/facebook-42/"),
        payloads.app_home_opened(),
    ):
        answer = await bot.gets(payload)
        assert (answer.status, answer.body) == (200, "")
    assert len(bot.work) == 0
    assert bot.metrics.text().count(b'outcome="busy"') == 2


async def test_each_time_it_is_busy_it_says_so_again() -> None:
    bot = Bot(room=0)
    bot.served.hold.set()
    for number in range(2):
        await bot.gets(press(ActionId.LIST_REFRESH, LIST, f"{number}"))
        await bot.ends()
    assert bot.served.said == [BUSY, BUSY]


@pytest.mark.parametrize(
    "ask",
    [
        lambda bot: bot.types("stop 987", "9"),
        lambda bot: bot.gets(press(ActionId.JOB_STOP, encode(StopJob(job=JOB)), "9")),
        lambda bot: bot.gets(press(ActionId.RUN, encode(StopJob(job=JOB)), "9")),
    ],
)
async def test_a_stop_s_window_opens_where_there_is_no_room(
    ask: Callable[[Bot], Coroutine[None, None, BoltResponse]],
) -> None:
    bot = Bot(room=1)
    await bot.types("running", "1")
    assert (await ask(bot)).body == ""
    await until(lambda: bot.served.served == ["stop's window"])
    await bot.ends()


@pytest.mark.parametrize(("text", "urgent"), [("stop 987", True), ("which retry failed", False), ("running", False)])
async def test_words_that_ask_for_no_act_come_first_until_they_are_read(text: str, urgent: bool) -> None:
    bot = Bot(room=1)
    await bot.types(text, "1")
    await bot.ends()
    assert bot.served.urgent == [urgent]


async def test_a_submission_is_always_served() -> None:
    """Its ack says that the stop is recorded: it is neither refused nor kept waiting."""
    bot = Bot(room=0)
    for number in range(5):
        answer = await bot.gets(payloads.view_submission(trigger_id=f"{number}"))
        assert (answer.status, answer.body) == (200, "")
    assert bot.served.served == ["stop"] * 5
    await bot.ends()

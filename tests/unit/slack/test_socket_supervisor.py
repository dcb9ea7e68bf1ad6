"""The supervisor of Socket Mode against a real WebSocket server that goes wrong in every way Slack does."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse

from jobbot.playground.slack import LocalSlack
from jobbot.playground.slack.delivery.action import Action
from jobbot.slack.transport.socket_supervisor import SocketSupervisor
from jobbot.slack.transport.watchdog import NotConnected, SocketLost, WatchdogSettings
from jobbot.telemetry import Metrics
from tests.playground.slack.world import client_of
from tests.support.each import each
from tests.unit.slack.world import until

WATCHDOG = WatchdogSettings(
    look=0.05, stale=30, give_up=60, handshake=30, pause=0.001, pause_most=0.002, steady=0, linger=60
)
"""Generous where a busy machine could make it fail, and short between attempts."""


class Served(AsyncMiddleware):
    """Acknowledges every payload, once it is let."""

    def __init__(self) -> None:
        self.payloads: list[dict[str, Any]] = []
        self.body: str | dict[str, Any] = ""
        self.status = 200
        self.error: Exception | None = None
        self.go = asyncio.Event()
        self.go.set()

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt passes it by this name
    ) -> BoltResponse:
        self.payloads.append(req.context["jobbot.payload"])
        await self.go.wait()
        if self.error is not None:
            raise self.error
        return BoltResponse(status=self.status, body=self.body)


@dataclass
class Bot:
    """A supervisor that runs, and what it served. ``slept`` is how long it was to wait before each attempt."""

    supervisor: SocketSupervisor
    served: Served
    watching: asyncio.Task[None]
    slept: list[float] = field(default_factory=list)


def app_of(slack: LocalSlack, served: Served) -> AsyncApp:
    return AsyncApp(
        name="tests",
        logger=logging.getLogger("tests.unit.slack.socket.bolt"),
        client=client_of(slack),
        before_authorize=served,
        process_before_response=True,
        request_verification_enabled=False,
    )


@asynccontextmanager
async def running(
    slack: LocalSlack, watchdog: WatchdogSettings = WATCHDOG, *, held: bool = False
) -> AsyncIterator[Bot]:
    """Connected and watched. ``held``: it does not really wait between attempts, and chance is always at its most."""
    served, slept = Served(), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0 if held else seconds)

    supervisor = SocketSupervisor(
        app_of(slack, served), slack.app_token, client_of(slack), watchdog, Metrics(), sleep=sleep, chance=lambda: 1.0
    )
    await supervisor.start()
    watching = asyncio.create_task(supervisor.watch())
    try:
        yield Bot(supervisor, served, watching, slept)
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError, SocketLost):
            await watching
        await supervisor.close()


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(rates="off", ack_seconds=30) as slack:
        yield slack


async def types(slack: LocalSlack, text: str = "/jobs") -> Action:
    return await slack.ana.types(text, in_=slack.channel("inc-data"))


async def lost(bot: Bot) -> str:
    with pytest.raises(SocketLost) as raised:
        async with asyncio.timeout(30):
            await bot.watching
    return str(raised.value)


async def test_an_envelope_is_acknowledged_with_what_bolt_answers(slack: LocalSlack) -> None:
    async with running(slack) as bot:
        assert bot.supervisor.is_live
        assert (await types(slack)).body is None
        bot.served.body = {"response_action": "clear"}
        assert (await types(slack)).body == {"response_action": "clear"}
        assert [payload["command"] for payload in bot.served.payloads] == ["/jobs", "/jobs"]
    assert not bot.supervisor.is_live
    await slack.until(lambda: slack.connections == 0)


async def test_what_is_no_envelope_and_what_fails_holds_nothing_up(
    slack: LocalSlack, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(slack) as bot:
        for words in ("no json", "[]", '{"type": 5}', '{"envelope_id": 1, "payload": {}}', "[" * 100_000):
            await slack.raw_bytes(words.encode())
        bot.served.error = ValueError("näh")
        failing = asyncio.create_task(types(slack))
        await slack.until(lambda: slack.connections == 1)
        async with asyncio.timeout(30):
            while "näh" not in caplog.text:  # noqa: ASYNC110 - what is waited for tells nobody
                await asyncio.sleep(0)
        bot.served.error = None
        assert (await types(slack)).is_ok
        failing.cancel()


@pytest.mark.parametrize("status", [404, 503])
async def test_what_bolt_does_not_take_is_not_acknowledged(status: int) -> None:
    async with LocalSlack(rates="off", ack_seconds=0.05) as slack, running(slack) as bot:
        bot.served.status = status
        assert (await types(slack)).outcome == "operation_timeout"


async def test_the_new_connection_is_up_before_the_old_one_goes_and_the_old_one_is_served(slack: LocalSlack) -> None:
    async with running(slack) as bot:
        [old] = slack.open_connections
        slack.faults.slow_handshakes(3600)
        slack.faults.ask_to_refresh("warning")
        await slack.until(lambda: len(slack.calls_of("apps.connections.open")) == 2)
        assert (await types(slack)).is_ok, "on the old one, while the handshake of the new one takes its time"
        bot.served.go.clear()
        under_way = asyncio.create_task(types(slack))
        slack.faults.clear()
        await slack.until(lambda: len(slack.open_connections) == 2)
        bot.served.go.set()
        assert (await under_way).is_ok, "acknowledged on the connection on which it came"
        assert [(await types(slack)).is_ok for _ in range(12)] == [True] * 12, "on either"
        old.leave()
        await slack.until(lambda: slack.connections == 1)
        assert old not in slack.open_connections
        assert (await types(slack)).is_ok


async def test_an_old_connection_that_slack_does_not_close_is_closed_in_the_end(slack: LocalSlack) -> None:
    async with running(slack, WatchdogSettings(look=0.05, pause=0.001, steady=0, linger=0.01)):
        [old] = slack.open_connections
        slack.faults.ask_to_refresh("warning")
        await slack.until(lambda: slack.connections == 1 and old not in slack.open_connections)
        assert (await types(slack)).is_ok


async def test_handshakes_that_take_too_long_leave_nothing_behind(slack: LocalSlack) -> None:
    async with running(
        slack, WatchdogSettings(look=0.05, handshake=0.2, pause=0.001, pause_most=0.002, steady=0)
    ) as bot:
        [old] = slack.open_connections
        slack.faults.slow_handshakes(3600, times=2)
        slack.faults.ask_to_refresh()
        await slack.until(lambda: slack.connections == 1 and old not in slack.open_connections)
        slack.faults.clear()
        assert len(bot.slept) >= 3
        assert [(await types(slack)).is_ok for _ in range(12)] == [True] * 12
        assert slack.connections == 1
        assert len(bot.served.payloads) == 12


@pytest.mark.parametrize("how", ["cut", "closed", "silent"])
async def test_a_connection_that_is_lost_is_renewed(slack: LocalSlack, how: str) -> None:
    async with running(slack, WatchdogSettings(look=0.02, stale=0.2 if how == "silent" else 30, pause=0.001)) as bot:
        match how:
            case "cut":
                slack.faults.drop_sockets()
            case "closed":
                slack.open_connections[0].leave()
            case _:
                slack.faults.freeze_sockets()
        await slack.until(lambda: any(not one.is_frozen and one.number > 1 for one in slack.open_connections))
        async with asyncio.timeout(30):
            while not bot.supervisor.is_live:  # noqa: ASYNC110 - what is waited for tells nobody
                await asyncio.sleep(0)


async def test_told_to_go_on_every_new_connection_it_waits_longer_each_time(slack: LocalSlack) -> None:
    async with running(slack, WatchdogSettings(pause=1, pause_most=8, steady=3600), held=True) as bot:
        slack.faults.send_away(times=7)
        slack.faults.ask_to_refresh()
        await slack.until(lambda: [connection.number for connection in slack.open_connections] == [9])
        assert bot.slept == [1, 2, 4, 8, 8, 8, 8, 8]
        assert (await types(slack)).is_ok


async def test_a_connection_that_has_lived_for_a_while_is_renewed_at_once(slack: LocalSlack) -> None:
    async with running(slack, WatchdogSettings(pause=1, pause_most=8, steady=0), held=True) as bot:
        for number in range(1, 4):
            slack.faults.ask_to_refresh()
            await slack.until(lambda: [one.number for one in slack.open_connections] == [number + 1])  # noqa: B023
        assert bot.slept == [0, 0, 0]


async def test_failures_in_a_row_make_it_wait_longer_and_slacks_own_word_counts(slack: LocalSlack) -> None:
    async with running(slack, WatchdogSettings(pause=1, pause_most=8, steady=0), held=True) as bot:
        slack.faults.error("apps.connections.open", "internal_error", times=1)
        slack.faults.ratelimit("apps.connections.open", 7)
        slack.faults.cut("apps.connections.open", times=1)
        slack.faults.drop_sockets()
        await slack.until(lambda: [connection.number for connection in slack.open_connections] == [2])
        assert bot.slept == [0, 1, 7, 4]


async def test_a_long_retry_after_does_not_outlast_the_bound(slack: LocalSlack) -> None:
    async with running(slack, WatchdogSettings(look=0.01, give_up=0.2, steady=0)) as bot:
        slack.faults.ratelimit("apps.connections.open", 86_400, times=None)
        slack.faults.drop_sockets()
        assert "no live connection to Slack for 0 s (ratelimited)" in await lost(bot)


async def test_a_handshake_without_end_does_not_outlast_the_bound(slack: LocalSlack) -> None:
    async with running(slack, WatchdogSettings(look=0.01, give_up=0.2, handshake=3600)) as bot:
        slack.faults.slow_handshakes(3600)
        slack.faults.drop_sockets()
        assert "no live connection" in await lost(bot)


async def test_while_the_old_connection_is_served_nothing_is_given_up(slack: LocalSlack) -> None:
    async with running(slack, WatchdogSettings(look=0.01, give_up=0.05, pause=0.001, pause_most=0.01)) as bot:
        slack.faults.error("apps.connections.open", "internal_error")
        slack.faults.ask_to_refresh("warning")
        await slack.until(lambda: len(bot.slept) > 30)
        assert not bot.watching.done()
        assert (await types(slack)).is_ok
        slack.open_connections[0].cut()
        assert "(internal_error)" in await lost(bot)


async def test_a_token_that_slack_does_not_take_any_more_ends_it_at_once(slack: LocalSlack) -> None:
    async with running(slack) as bot:
        slack.revoke(slack.app_token)
        slack.faults.drop_sockets()
        assert "refuses the app token now (token_revoked)" in await lost(bot)


async def test_where_socket_mode_is_off_there_is_no_connection() -> None:
    async with LocalSlack(transport="http") as slack:
        with pytest.raises(NotConnected, match="link_disabled"):
            async with running(slack):
                pass
        await slack.until(lambda: slack.connections == 0)


async def test_a_close_finishes_the_acks_that_are_under_way(slack: LocalSlack) -> None:
    async with running(slack) as bot:
        bot.served.go.clear()
        typing = asyncio.create_task(types(slack))
        async with asyncio.timeout(30):
            while not bot.served.payloads:  # noqa: ASYNC110 - what is waited for tells nobody
                await asyncio.sleep(0)
        closing = asyncio.create_task(bot.supervisor.close())
        await asyncio.sleep(0)
        bot.served.go.set()
        assert (await typing).is_ok
        await closing


async def test_what_cannot_be_acknowledged_any_more_is_said_in_the_log_and_the_next_is_served(
    slack: LocalSlack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with running(slack) as bot:
        bot.served.go.clear()
        typing = asyncio.create_task(types(slack))
        await until(lambda: bool(bot.served.payloads))
        slack.faults.drop_sockets()
        await until(lambda: not bot.supervisor.is_live)
        bot.served.go.set()
        said = "the connection was closed before an envelope was acknowledged"
        await until(lambda: said in caplog.messages)
        typing.cancel()
        await slack.until(lambda: [one.number for one in slack.open_connections] == [2])
        assert (await types(slack)).is_ok
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


async def test_a_start_that_is_cancelled_leaves_no_connection(slack: LocalSlack) -> None:
    slack.faults.slow_handshakes(3600)
    opened: list[str] = []
    slack.subscribe(lambda change: opened.append(change.kind))
    supervisor = SocketSupervisor(app_of(slack, Served()), slack.app_token, client_of(slack), WATCHDOG, Metrics())
    starting = asyncio.create_task(supervisor.start())
    await slack.until(lambda: slack.calls_of("apps.connections.open"))
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    slack.faults.clear()
    assert not supervisor.is_live
    assert slack.connections == 0


async def test_two_replicas_are_renewed_again_and_again_and_no_command_is_lost(slack: LocalSlack) -> None:
    async with running(slack) as one, running(slack) as other:
        done = 0
        for _ in range(10):
            old = slack.open_connections
            typing = [asyncio.create_task(types(slack)) for _ in range(4)]
            slack.faults.ask_to_refresh("warning")
            await slack.until(lambda: len(slack.open_connections) == 4)
            typing += [asyncio.create_task(types(slack)) for _ in range(4)]
            outcomes = [action.outcome for action in await asyncio.gather(*typing)]
            assert outcomes == ["ok"] * 8
            done += 8
            for connection in old:
                connection.leave()
            await slack.until(lambda: len(slack.open_connections) == 2)
        assert len(one.served.payloads) + len(other.served.payloads) == done
        assert one.served.payloads
        assert other.served.payloads


@each(("failures", "least", "most"), [(0, 0, 0), (1, 0.25, 0.5), (2, 0.5, 1), (5, 4, 8), (7, 15, 30), (10_000, 15, 30)])
def test_the_wait_doubles_up_to_its_bound_and_is_spread(failures: int, least: float, most: float) -> None:
    assert (WatchdogSettings().backoff(failures, 0.0), WatchdogSettings().backoff(failures, 1.0)) == (least, most)

"""Socket Mode: tickets, connections, and what can happen to them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets
from slack_bolt.async_app import AsyncAck
from websockets.asyncio.client import ClientConnection

from jobbot.playground.slack import LocalSlack
from tests.playground.slack.world import bolt_app, client_of, connected


async def ticket(slack: LocalSlack) -> str:
    return str((await client_of(slack).apps_connections_open(app_token=slack.app_token))["url"])


@asynccontextmanager
async def connection(slack: LocalSlack) -> AsyncIterator[ClientConnection]:
    """A WebSocket that has heard its hello."""
    async with websockets.connect(await ticket(slack), ping_interval=None, proxy=None) as socket:
        assert (await heard(socket))["type"] == "hello"
        yield socket


async def heard(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(30):
        return dict(json.loads(await socket.recv()))


async def ends(socket: ClientConnection) -> None:
    async with asyncio.timeout(30):
        await socket.wait_closed()


async def test_an_envelope_and_its_acknowledgement(slack: LocalSlack) -> None:
    async with connection(slack) as socket:
        typing = asyncio.create_task(slack.ana.types("/jobs", in_=slack.channel("inc-data")))
        envelope = await heard(socket)
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
        assert envelope["payload"]["command"] == "/jobs"
        await socket.send(json.dumps({"envelope_id": "another"}))
        await socket.send("not json")
        await socket.send("[]")
        assert not typing.done()
        await socket.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {"text": "hi"}}))
        assert (await typing).body == {"text": "hi"}
    assert await slack.until(lambda: slack.connections == 0) is True


async def test_a_ticket_is_good_for_one_connection(slack: LocalSlack) -> None:
    url = await ticket(slack)
    async with websockets.connect(url, proxy=None):
        with pytest.raises(websockets.InvalidStatus):
            await websockets.connect(url, proxy=None)
    with pytest.raises(websockets.InvalidStatus):
        await websockets.connect(url.replace("ticket=", "ticket=x"), proxy=None)


async def test_ten_connections_and_no_more(slack: LocalSlack) -> None:
    sockets = [await websockets.connect(await ticket(slack), proxy=None) for _ in range(11)]
    assert [(await heard(socket)).get("num_connections") for socket in sockets[:10]] == list(range(1, 11))
    assert (await heard(sockets[10]))["reason"] == "too_many_websockets"
    await ends(sockets[10])
    assert slack.connections == 10
    for socket in sockets:
        await socket.close()


async def test_each_envelope_goes_to_any_one_connection(slack: LocalSlack) -> None:
    app = bolt_app(slack)

    async def jobs(ack: AsyncAck) -> None:
        await ack()

    app.command("/jobs")(jobs)
    got = []
    async with connection(slack) as one, connection(slack) as other:
        for _ in range(12):
            typing = asyncio.create_task(slack.ana.types("/jobs", in_=slack.channel("inc-data")))
            waits = {asyncio.create_task(socket.recv()): socket for socket in (one, other)}
            [first], rest = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for task in rest:
                task.cancel()
            await waits[first].send(json.dumps({"envelope_id": json.loads(first.result())["envelope_id"]}))
            assert (await typing).is_ok
            got.append(waits[first])
    assert set(got) == {one, other}


async def test_an_app_that_is_set_to_http_has_no_socket_mode() -> None:
    async with LocalSlack(transport="http") as slack:
        socket = await websockets.connect(await ticket(slack), proxy=None)
        assert (await heard(socket))["reason"] == "link_disabled"
        await ends(socket)


async def test_slack_asks_to_refresh(slack: LocalSlack) -> None:
    async with connection(slack) as socket:
        slack.faults.ask_to_refresh("warning")
        assert (await heard(socket))["reason"] == "warning"
        slack.faults.ask_to_refresh()
        assert await heard(socket) == {
            "type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "applink-local-1"}
        }  # fmt: skip
        await ends(socket)
        assert socket.close_code == 1000


async def test_the_sockets_are_cut(slack: LocalSlack) -> None:
    async with connection(slack) as socket:
        slack.faults.drop_sockets()
        await ends(socket)
        assert socket.close_code == 1006
    assert await slack.until(lambda: slack.connections == 0) is True


async def test_a_cut_while_an_acknowledgement_is_due(slack: LocalSlack) -> None:
    async with connection(slack) as socket:
        typing = asyncio.create_task(slack.ana.types("/jobs", in_=slack.channel("inc-data")))
        await heard(socket)
        slack.faults.drop_sockets()
        assert (await typing).outcome == "dispatch_failed"


async def test_an_event_that_was_lost_with_its_connection_goes_to_the_next() -> None:
    async with LocalSlack(event_retries=(0.0, 0.01, 5.0)) as slack:
        async with connection(slack) as socket:
            action = await slack_mention(slack, socket)
            assert action.outcome == "dispatch_failed"
        async with connection(slack) as socket:
            envelope = await heard(socket)
            assert envelope["retry_attempt"] >= 1
            assert envelope["retry_reason"] == "connection_failed"
            assert envelope["payload"] == action.payload
            await socket.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
            assert await slack.until(lambda: action.is_ok)


async def slack_mention(slack: LocalSlack, socket: ClientConnection) -> Any:
    mentioning = asyncio.create_task(slack.ana.mentions("@jobbot hi", in_=slack.channel("inc-data")))
    first = await heard(socket)
    assert (first["type"], first["accepts_response_payload"], first["retry_attempt"], first["retry_reason"]) == (
        "events_api", False, 0, ""
    )  # fmt: skip
    slack.faults.drop_sockets()
    return await mentioning


async def test_a_frozen_socket_is_open_and_silent() -> None:
    async with LocalSlack(ack_seconds=0.05) as slack, connection(slack) as socket:
        async with asyncio.timeout(30):
            await (await socket.ping())
        slack.faults.freeze_sockets()
        pong = asyncio.ensure_future(await socket.ping())
        action = await slack.ana.types("/jobs", in_=slack.channel("inc-data"))
        assert action.outcome == "operation_timeout"
        assert not pong.done()
        assert slack.connections == 1
        async with connection(slack) as fresh:
            async with asyncio.timeout(30):
                await (await fresh.ping())
        slack.faults.clear()
        async with asyncio.timeout(30):
            await pong


async def test_handshakes_are_refused_until_cleared(slack: LocalSlack) -> None:
    slack.faults.refuse_connections()
    url = await ticket(slack)
    with pytest.raises(websockets.InvalidStatus):
        await websockets.connect(url, proxy=None)
    slack.faults.clear()
    async with connection(slack):
        assert slack.connections == 1


async def test_slacks_own_client_comes_back_after_a_refresh(slack: LocalSlack) -> None:
    app = bolt_app(slack)

    async def jobs(ack: AsyncAck) -> None:
        await ack()

    app.command("/jobs")(jobs)
    async with connected(slack, app, "socket"):
        opened: list[str] = []
        slack.subscribe(lambda change: opened.append(change.kind))
        slack.faults.ask_to_refresh(close=False)
        assert await slack.until(lambda: "connection_opened" in opened)
        assert (await slack.ana.types("/jobs", in_=slack.channel("inc-data"))).is_ok


async def test_leaving_with_a_socket_open(slack: LocalSlack) -> None:
    socket = await websockets.connect(await ticket(slack), proxy=None)
    await heard(socket)
    await slack.__aexit__()
    await ends(socket)


async def test_a_handshake_that_is_slow_and_one_that_nobody_waits_for(slack: LocalSlack) -> None:
    slack.faults.slow_handshakes(3600)
    with pytest.raises(TimeoutError):
        await websockets.connect(await ticket(slack), proxy=None, open_timeout=0.05)
    slow = asyncio.create_task(websockets.connect(await ticket(slack), proxy=None).__aenter__())
    assert await slack.until(lambda: len(slack.calls_of("apps.connections.open")) == 2)
    assert slack.connections == 0
    assert not slow.done()
    slack.faults.clear()
    socket = await slow
    assert (await heard(socket))["type"] == "hello"
    assert slack.connections == 1
    await socket.close()


async def test_new_connections_are_told_to_go(slack: LocalSlack) -> None:
    slack.faults.send_away("warning", times=1)
    async with connection(slack) as socket:
        assert (await heard(socket))["reason"] == "warning"
        await ends(socket)
    async with connection(slack) as socket:
        typing = asyncio.create_task(slack.ana.types("/jobs", in_=slack.channel("inc-data")))
        await socket.send(json.dumps({"envelope_id": (await heard(socket))["envelope_id"]}))
        assert (await typing).is_ok


async def test_a_connection_is_pinged() -> None:
    async with LocalSlack(ping_seconds=0.01) as slack, connection(slack) as socket:
        [there] = slack.open_connections
        async with asyncio.timeout(30):
            while there.pongs < 3:  # noqa: ASYNC110 - a pong is no change of Slack's
                await asyncio.sleep(0.001)
            slack.faults.freeze_sockets()
            frozen = there.pongs
            slack.faults.clear()
            while there.pongs == frozen:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        assert socket.close_code is None

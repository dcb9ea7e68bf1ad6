"""Why Slack was not reached, in words for whoever starts jobbot or asks the doctor."""

import asyncio
import errno
import socket
import struct
from typing import Any, cast

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.slack.transport.start import StartFailed, ask_home
from jobbot.slack.transport.watchdog import WatchdogSettings
from jobbot.slack.web.errors import why_not_reached

NOBODY = cast("Any", None)
UNREACHABLE = OSError(errno.EHOSTUNREACH, "No route to host")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (aiohttp.ConnectionTimeoutError(), "no connection in time"),
        (aiohttp.SocketTimeoutError(), "no answer in time"),
        (TimeoutError(), "no answer in time"),
        (aiohttp.ServerDisconnectedError(), "the connection was cut"),
        (aiohttp.ClientPayloadError(), "the connection was cut"),
        (aiohttp.ClientOSError(errno.EPIPE, "Broken pipe"), "the connection was cut"),
        (aiohttp.ClientConnectionResetError("Cannot write to closing transport"), "the connection was cut"),
        (aiohttp.ClientConnectorError(NOBODY, UNREACHABLE), "no connection"),
        (AttributeError("'list' object has no 'get'"), "what answered is not Slack's API (unreadable_answer)"),
    ],
)
def test_each_way_not_to_be_reached_has_its_words(error: Exception, says: str) -> None:
    assert why_not_reached(error) == says


async def test_a_connection_that_the_other_side_resets_was_cut() -> None:
    async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        at_once = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        writer.close()

    async with await asyncio.start_server(resets, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/"
        with pytest.raises(StartFailed) as failed:
            await ask_home(AsyncWebClient("xoxb-1", base_url=url, retry_handlers=[]), WatchdogSettings(start=0))
    assert str(failed.value) == "Slack cannot be reached at SLACK_API_URL: the connection was cut"

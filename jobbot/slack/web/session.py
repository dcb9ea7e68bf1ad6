"""HTTP and WebSocket connections to Slack with one proxy and TLS configuration.

The SDK would take a proxy from the environment by itself, knowing neither NO_PROXY nor this machine, and websockets in
yet another reading (executed and seen, slack_sdk 3.47, websockets 17.4): so both are told, and read nothing.
"""

import ssl
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient


@dataclass(frozen=True, slots=True, repr=False)
class ConnectionSettings:
    """Proxy and TLS. ``proxy``: a URL, which may hold a password, or None; ``tls``: the trusted certificates."""

    proxy: str | None
    tls: ssl.SSLContext

    def session(self, seconds: float) -> aiohttp.ClientSession:
        """An aiohttp session; ``seconds`` is the timeout of a call. To be made in the loop, and closed."""
        timeout = aiohttp.ClientTimeout(total=seconds)
        if self.proxy is None or not self.proxy.startswith("socks"):
            return aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self.tls), timeout=timeout, proxy=self.proxy
            )
        from aiohttp_socks import ProxyConnector  # noqa: PLC0415 - an extra

        url = self.proxy.replace("socks5h:", "socks5:", 1)
        return aiohttp.ClientSession(connector=ProxyConnector.from_url(url, rdns=True, ssl=self.tls), timeout=timeout)

    def websocket(self, url: str) -> dict[str, Any]:
        """The keyword arguments of ``websockets.connect`` for ``url``."""
        told: dict[str, Any] = {"proxy": self.proxy}
        if url.startswith("wss:"):
            told["ssl"] = self.tls
        if self.proxy is not None and self.proxy.startswith("https:"):
            told["proxy_ssl"] = self.tls
        return told


def web_client(token: str | None, base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """The SDK's Web API client on this session, without retries of its own."""
    client = AsyncWebClient(token, base_url=base_url, session=session, retry_handlers=[])
    client.proxy = None  # what it found in the environment
    return client


def webhook_client(url: str, session: aiohttp.ClientSession) -> AsyncWebhookClient:
    """The SDK's client for a response URL, on this session, without retries of its own."""
    client = AsyncWebhookClient(url, session=session, retry_handlers=[])
    client.proxy = None
    return client

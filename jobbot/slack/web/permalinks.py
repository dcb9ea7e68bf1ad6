"""Links to messages (``chat.getPermalink``), looked up when somebody reads them, and remembered: they never change.

It needs no scope, and Slack takes hundreds of calls a minute
(https://docs.slack.dev/reference/methods/chat.getPermalink).
"""

import asyncio
from collections.abc import Collection, Mapping

from jobbot.slack.web.lookup_cache import LookupCache
from jobbot.slack.web.outbound import Outbound, SlackRefused

SECONDS = 1.5
"""For how long an answer waits for all of its links."""

_DAY = 86_400.0
_NONE = frozenset({"message_not_found", "channel_not_found", "invalid_ts"})
"""Of a message with one of these there is no link, today and tomorrow."""


class Permalinks:
    """Looks links up. What does not come in time is in the next answer."""

    def __init__(self, outbound: Outbound, *, seconds: float = SECONDS) -> None:
        self._outbound = outbound
        self._seconds = seconds
        self._links = LookupCache[str](self._ask, size=5_000, seconds=_DAY)

    async def of(self, messages: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        """The links of these messages (channel, ts) that are known in a moment."""
        asked = {asyncio.create_task(self._links.get(":".join(one))): one for one in dict.fromkeys(messages)}
        if not asked:
            return {}
        done, late = await asyncio.wait(asked, timeout=self._seconds)
        for task in late:
            task.cancel()  # the look-up itself goes on: see LookupCache
        return {asked[task]: url for task in done if (url := task.result())}

    async def _ask(self, key: str) -> str | None:
        channel, _, ts = key.partition(":")
        try:
            return await self._outbound.permalink(channel, ts)
        except SlackRefused as refused:
            return "" if refused.code in _NONE else None

"""Reads Slack's events about channels (shared, archived, left ...), after which cached facts are dropped.

https://docs.slack.dev/reference/events/channel_shared and its neighbours. Slack sends an event to any one process, and
may lose one; cached facts expire after some seconds in any case (``web/directory``).
"""

from collections.abc import Mapping
from typing import Any

from jobbot.manifest import EVENTS


def changed_channels(body: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the channels that a payload says have changed; none for any other payload. Any: foreign JSON."""
    event = body.get("event")
    if body.get("type") != "event_callback" or not isinstance(event, Mapping):
        return frozenset()
    kind = event.get("type")
    if not isinstance(kind, str) or kind not in EVENTS or kind == "app_mention":
        return frozenset()
    named = (event.get(name) for name in ("channel", "old_channel_id", "new_channel_id"))
    return frozenset(channel for channel in named if isinstance(channel, str) and channel)

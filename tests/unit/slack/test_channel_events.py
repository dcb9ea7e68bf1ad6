"""Slack's events about channels, and which channels they are about."""

from typing import Any

from jobbot.manifest import EVENTS
from jobbot.slack.transport.payloads import changed_channels
from tests.support.each import each


@each(
    ("event", "channels"),
    [
        ({"type": "channel_shared", "connected_team_id": "T0GLOBEX", "channel": "C0INC"}, {"C0INC"}),
        ({"type": "channel_unshared", "channel": "C0INC", "is_ext_shared": False}, {"C0INC"}),
        ({"type": "channel_archive", "channel": "C0INC", "user": "U0ANA"}, {"C0INC"}),
        ({"type": "channel_unarchive", "channel": "C0INC", "user": "U0ANA"}, {"C0INC"}),
        ({"type": "group_archive", "channel": "G0INC"}, {"G0INC"}),
        ({"type": "group_unarchive", "channel": "G0INC"}, {"G0INC"}),
        ({"type": "channel_left", "channel": "C0INC"}, {"C0INC"}),
        ({"type": "group_left", "channel": "G0INC"}, {"G0INC"}),
        ({"type": "channel_id_changed", "old_channel_id": "G0INC", "new_channel_id": "C0NEW"}, {"G0INC", "C0NEW"}),
        ({"type": "channel_shared"}, set()),
        ({"type": "channel_shared", "channel": {"id": "C0INC"}}, set()),
        ({"type": "app_mention", "channel": "C0INC"}, set()),
        ({"type": ["channel_shared"], "channel": "C0INC"}, set()),
        ("channel_shared", set()),
        (None, set()),
    ],
)
def test_the_channels_of_an_event(event: Any, channels: set[str]) -> None:
    assert changed_channels({"type": "event_callback", "event": event}) == channels
    assert changed_channels({"type": "block_actions", "event": event}) == set()


def test_everything_that_the_manifest_asks_for_is_heard() -> None:
    for kind in EVENTS.keys() - {"app_mention", "app_home_opened", "link_shared"}:
        event = {"type": kind, "channel": "C0INC", "old_channel_id": "C0INC", "new_channel_id": "C0INC"}
        assert changed_channels({"type": "event_callback", "event": event}) == {"C0INC"}

"""What people do in the benchmarks of whole interactions: Slack's payloads, each answered to the sink by a number."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, cycle

from jobbot.playground.slack import LocalSlack

Fields = dict[str, object]


@dataclass(slots=True)
class Payloads:
    """What people do: a command and a press in turns, each answered to the sink under its number."""

    slack: LocalSlack
    sink: int
    message: Fields = field(default_factory=dict)
    """The list that is pressed: the answer to a command."""
    numbers: Iterator[int] = field(default_factory=count)

    def _url(self, number: int) -> str:
        return f"http://127.0.0.1:{self.sink}/response/{number}"

    def command(self) -> tuple[int, Fields]:
        """``/jobs``."""
        number, channel = next(self.numbers), self.slack.channel("inc-data")
        person = (self.slack.ana, self.slack.ben)[number % 2]
        return number, {
            "token": "legacy",
            "team_id": "T0ACME0001",
            "team_domain": "acme",
            "channel_id": channel.id,
            "channel_name": channel.name,
            "user_id": person.id,
            "user_name": person.name,
            "command": "/jobs",
            "text": "",
            "api_app_id": "A0JOBBOT01",
            "is_enterprise_install": "false",
            "response_url": self._url(number),
            "trigger_id": f"{number}.{time.time_ns()}.secret",
        }

    def press(self) -> tuple[int, Fields]:
        """Refresh, with the whole message, as Slack sends it."""
        number, command = self.command()
        user, channel = command["user_id"], command["channel_id"]
        return number, {
            "type": "block_actions",
            "user": {"id": user, "username": command["user_name"], "team_id": "T0ACME0001"},
            "api_app_id": "A0JOBBOT01",
            "token": "legacy",
            "container": {
                "type": "message", "message_ts": "1792.0001", "channel_id": channel, "is_ephemeral": False,
            },
            "trigger_id": command["trigger_id"],
            "team": {"id": "T0ACME0001", "domain": "acme"},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": channel, "name": command["channel_name"]},
            "message": {"type": "message", "user": "U0JOBBOT01", "ts": "1792.0001", **self.message},
            "state": {"values": {}},
            "response_url": command["response_url"],
            "actions": [{**_button(self.message, "list_refresh"), "action_ts": f"{time.time():.6f}"}],
        }  # fmt: skip

    def commands(self) -> Iterator[tuple[int, Fields]]:
        """Commands, for ever."""
        while True:
            yield self.command()

    def mixed(self) -> Iterator[tuple[int, Fields]]:
        """Commands and presses in turns, for ever."""
        for make in cycle((self.command, self.press)):
            yield make()


def _button(content: object, action_id: str) -> Fields:
    """The button of this action, wherever in a message it is."""
    if isinstance(content, dict):
        if content.get("action_id") == action_id:
            return content
        content = list(content.values())
    for part in content if isinstance(content, list) else ():
        with suppress(LookupError):
            return _button(part, action_id)
    raise LookupError(action_id)

"""Slack's half of the world's panel: a connection that drops, clicks that come twice, calls that are too many."""

from jobbot.playground.page.protocol import Json
from jobbot.playground.page.slack_side import SlackWorkspace
from jobbot.playground.slack import LocalSlack

_LIMITED = ("chat.postMessage", "chat.update", "chat.postEphemeral")
_RETRY_AFTER = 2


class SlackPanel:
    """The troubles that hold at Slack now."""

    acts = frozenset({"drop", "twice", "ratelimit"})

    def __init__(self, slack: LocalSlack, workspace: SlackWorkspace) -> None:
        self._slack = slack
        self._workspace = workspace
        self._is_limited = False

    def shown(self) -> Json:
        """The panel's part of ``world``."""
        return {"twice": self._workspace.delivers_twice, "ratelimit": self._is_limited}

    async def act(self, act: str, fields: Json) -> None:
        """Do one of them."""
        match act:
            case "drop":
                self._slack.faults.drop_sockets()
            case "twice":
                self._workspace.delivers_twice = fields.get("on") is True
            case "ratelimit":
                self._limit(fields.get("on") is True)

    def _limit(self, is_limited: bool) -> None:
        self._is_limited = is_limited
        self._slack.faults.clear()
        if is_limited:
            for method in _LIMITED:
                self._slack.faults.ratelimit(method, _RETRY_AFTER, times=None)

"""One thing that a person did, as it was delivered to the bot, and what the bot answered.

The words of a failure are those that people see in Slack after ``/jobs failed with the error``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from jobbot.playground.slack.errors import ApiError
from jobbot.playground.slack.state.people import Person

Envelope = Literal["slash_commands", "interactive", "events_api"]
Failure = Literal[
    "operation_timeout",
    "dispatch_failed",
    "http_client_error",
    "http_service_error",
    "dispatch_unknown_error",
]
"""Not in time; not reachable, or the connection lost; a 4xx; any other status; an answer that Slack cannot use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """The bot's answer to one delivery. ``seconds`` is how long it took.

    ``status`` is HTTP's; over Socket Mode 200 for what was acknowledged. None where there was no answer.
    ``body`` is the answer's JSON, or its text where it is none; None when it was empty.
    """

    seconds: float
    status: int | None = None
    body: Any = None
    failure: Failure | None = None
    no_retry: bool = False

    @property
    def in_json(self) -> Mapping[str, Any]:
        """The answer where it is an object, else nothing."""
        return self.body if isinstance(self.body, dict) else {}


@dataclass(eq=False, kw_only=True)
class Action:
    """What somebody did. ``payload`` went to the bot; ``attempts`` are its answers, one a delivery, oldest first.

    ``trouble`` is what the person is told when it came to nothing; ``refusal`` why Slack could not use an answer.
    ``redelivered`` counts how often the same was delivered again on demand. ``offered`` are the options with which the
    bot answered a search.
    """

    kind: str
    envelope: Envelope
    person: Person
    payload: dict[str, Any] | None = None
    attempts: list[Ack] = field(default_factory=list)
    trouble: str | None = None
    refusal: ApiError | None = None
    redelivered: int = 0
    offered: tuple[dict[str, Any], ...] = ()

    @property
    def ack(self) -> Ack:
        """The latest answer. Raises IndexError when nothing was delivered."""
        return self.attempts[-1]

    @property
    def outcome(self) -> str:
        """``ok``, the kind of failure, or ``not_sent`` for what concerned no bot."""
        return (self.ack.failure or "ok") if self.attempts else "not_sent"

    @property
    def is_ok(self) -> bool:
        """Whether the bot took it."""
        return self.outcome == "ok"

    @property
    def status(self) -> int | None:
        """HTTP's status; over Socket Mode 200 for what was acknowledged."""
        return self.ack.status

    @property
    def body(self) -> Any:
        """What the bot answered."""
        return self.ack.body

    @property
    def seconds(self) -> float:
        """How long it took to answer."""
        return self.ack.seconds

"""What a method of the Web API is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jobbot.playground.slack.state.workspace import Workspace
from jobbot.playground.slack.web_api.arguments import Arguments
from jobbot.playground.slack.web_api.rates import Tier

Fields = dict[str, Any]
Serve = Callable[[Workspace, Arguments], Fields]


@dataclass(frozen=True, slots=True)
class Method:
    """One method. ``scopes`` are needed, all of them; ``per`` names an argument whose values are counted apart."""

    name: str
    serve: Serve
    tier: Tier
    scopes: tuple[str, ...] = ()
    per: str | None = None

"""How Socket Mode's connection is watched, and what is raised when it is lost: known without the connection itself.

``slack/socket`` brings websockets, which is 2 MB and 60 ms that a jobbot over HTTP has no use for (executed and seen).
"""

from dataclasses import dataclass


class SocketLost(Exception):
    """There has been no live connection for too long, or there can be none any more."""


@dataclass(frozen=True, slots=True)
class Vigil:
    """How the connection is watched; seconds."""

    look: float = 2.0
    stale: float = 20.0
    give_up: float = 120.0

"""The watchdog settings of Socket Mode's connection, and its exceptions.

Apart from ``socket_mode``, which imports websockets: 2 MB and 60 ms that a jobbot over HTTP has no use for (executed
and seen).
"""

from dataclasses import dataclass


class SocketLost(Exception):
    """There has been no live connection for too long, or there can be none any more."""


class NotConnected(Exception):
    """One attempt at a WebSocket failed. The message is Slack's reason, or the kind of the failure, in one word."""


@dataclass(frozen=True, slots=True)
class WatchdogSettings:
    """Timeouts of Slack's connection and waits between reconnects; seconds.

    ``look``: between two pings. ``stale``: after a ping that gets no pong for so long the connection is dead.
    ``give_up``: without a live connection for so long the supervisor raises SocketLost. ``handshake``: for a WebSocket
    handshake, and again for Slack's hello. ``pause`` is the wait after one failure; it doubles with each further one,
    up to ``pause_most``, until a connection has lived for ``steady``. ``linger``: how long a connection that was
    replaced is still served, unless Slack closes it. ``start``: how long the first calls of a start are tried again.
    """

    look: float = 2.0
    stale: float = 20.0
    give_up: float = 120.0
    handshake: float = 10.0
    pause: float = 0.5
    pause_most: float = 30.0
    steady: float = 60.0
    linger: float = 30.0
    start: float = 60.0

    def backoff(self, failures: int, chance: float) -> float:
        """Seconds to wait after so many failures in a row; ``chance`` (0 to 1) spreads those who wait together."""
        if failures <= 0:
            return 0.0
        whole = min(self.pause_most, self.pause * 2.0 ** min(failures - 1, 60))
        return whole * (0.5 + chance / 2)

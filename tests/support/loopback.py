"""What talks with servers on this machine: a free port for one, a client of one."""

import socket
from typing import Any

import httpx


def loopback_client(**given: Any) -> httpx.AsyncClient:
    """Speaks plain HTTP only: no certificates are read (50 ms each), no proxy of the environment is asked.

    An answer may take as long as it does on a machine that is busy.
    """
    return httpx.AsyncClient(**{"verify": False, "trust_env": False, "timeout": 30.0, **given})


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

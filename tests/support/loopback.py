"""A client for servers on this machine."""

from typing import Any

import httpx


def loopback_client(**given: Any) -> httpx.AsyncClient:
    """Speaks plain HTTP only: no certificates are read (50 ms each), no proxy of the environment is asked."""
    return httpx.AsyncClient(verify=False, trust_env=False, **given)

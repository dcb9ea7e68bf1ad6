"""Who calls: the bot's token for everything but Socket Mode, the app's for that alone.

https://docs.slack.dev/authentication/tokens
"""

import random
from collections.abc import Mapping

from jobbot.playground.slack.errors import ApiError

OF_THE_APP = frozenset({"apps.connections.open"})
OPEN_TO_ALL = frozenset({"api.test"})


class Tokens:
    """The secrets of one app, made from a seed, and whether they still count."""

    def __init__(self, rng: random.Random) -> None:
        self.bot = f"xoxb-{rng.randrange(10**11, 10**12)}-{rng.getrandbits(96):024x}"
        self.app = f"xapp-1-A0JOBBOT01-{rng.randrange(10**11, 10**12)}-{rng.getrandbits(128):032x}"
        self.signing_secret = f"{rng.getrandbits(128):032x}"
        self._refused: dict[str, str] = {}

    def refuse(self, token: str, code: str = "token_revoked") -> None:
        """From now on this token is refused with this code."""
        self._refused[token] = code

    def check(self, method: str, headers: Mapping[str, str], args: Mapping[str, object]) -> None:
        """Raises ApiError for a call without the right token. The app's counts in the header only."""
        word, _, secret = headers.get("authorization", "").partition(" ")
        token = secret.strip() if word.lower() == "bearer" else ""
        if not token and method not in OF_THE_APP:
            token = str(args.get("token") or "")
        if not token:
            if method in OPEN_TO_ALL:
                return
            raise ApiError("not_authed")
        if token in self._refused:
            raise ApiError(self._refused[token])
        if token not in (self.bot, self.app):
            raise ApiError("invalid_auth")
        if (token == self.app) != (method in OF_THE_APP) and method not in OPEN_TO_ALL:
            raise ApiError("invalid_auth" if method in OF_THE_APP else "not_allowed_token_type")

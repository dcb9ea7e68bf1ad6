"""Encrypts the response URL of an act in the database.

A response URL lets anybody who has it write into its channel as jobbot, five times within 30 minutes
(https://docs.slack.dev/interactivity/handling-user-interaction). Whoever takes an act over needs it where jobbot is no
member of the channel: nothing else reaches that channel then. So it is in the row, encrypted with a key that is made
of the bot token: whoever has that can write as jobbot anyway.
"""

from base64 import urlsafe_b64encode
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from hmac import digest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

URL_SECONDS = 30 * 60
"""How long a response URL is valid (Slack's documentation)."""


class UrlCipher:
    """Fernet (https://cryptography.io/en/latest/fernet/) with a key derived from ``secret``, a long random string."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def encrypt(self, plain: str, now: datetime) -> str:
        """Encrypt a URL, with the time."""
        return self._fernet.encrypt_at_time(plain.encode(), int(now.timestamp())).decode()

    def decrypt(self, sealed: str, now: datetime) -> str | None:
        """Decrypt a URL; None where it is older than 30 minutes, or was encrypted with another secret."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as below

        try:
            return self._fernet.decrypt_at_time(sealed, URL_SECONDS, int(now.timestamp())).decode()
        except InvalidToken:
            return None

    @cached_property
    def _fernet(self) -> "Fernet":
        from cryptography.fernet import Fernet  # noqa: PLC0415 - 35 ms, which a start need not wait for

        return Fernet(urlsafe_b64encode(digest(self._secret.encode(), b"jobbot response URL", sha256)))

"""Who may call the API: keys, the authorisation word each is made for, and what each may do.

A key from ``POST /api/auth/token/`` goes with the word ``Token``; one made in the user interface with ``Bearer``, and
carries a permission per resource. The wrong word is refused (Adverity's documentation).
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from jobbot.playground.adverity.errors import Refused

Word = Literal["Token", "Bearer"]
Permission = Literal["none", "read", "write"]
Resource = Literal["jobs", "datastreams", "workspaces", "issues", "extracts"]


@dataclass(frozen=True, slots=True)
class Key:
    """A key: its secret, its word, and its permission for each resource (all, unless said). ``user`` made it."""

    secret: str
    word: Word
    may_do: Mapping[Resource, Permission] = field(default_factory=dict)
    user: str = "ana@acme.example"

    def may(self, resource: Resource, *, write: bool) -> bool:
        """True when the key's permission for the resource suffices."""
        permission = self.may_do.get(resource, "write")
        return permission == "write" or (permission == "read" and not write)


class KeyRing:
    """The keys of an instance, and the people who can have one made. The same seed makes the same keys."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(f"keys {seed}")  # noqa: S311 - keys to a playground, the same every time
        self._keys: dict[str, Key] = {}
        self._passwords = {"ana@acme.example": "correct horse"}

    def make(
        self,
        word: Word = "Token",
        may_do: Mapping[Resource, Permission] | None = None,
        *,
        user: str = "ana@acme.example",
    ) -> Key:
        """Make a key."""
        key = Key(f"{self._random.getrandbits(160):040x}", word, dict(may_do or {}), user)
        self._keys[key.secret] = key
        return key

    def revoke(self, key: Key) -> None:
        """From now on the key is unknown."""
        del self._keys[key.secret]

    def has_user(self, name: str, password: str) -> None:
        """Add a person, or change their password."""
        self._passwords[name] = password

    def log_in(self, name: str, password: str) -> Key:
        """A new Token key for a person. Raises Refused (400)."""
        if self._passwords.get(name) != password:
            raise Refused(400, "Unable to log in with provided credentials.")
        return self.make("Token", user=name)

    def check(
        self, authorization: str | None, resource: Resource, *, write: bool, wrong_word: Literal[401, 403] = 401
    ) -> Key:
        """The key that an ``Authorization`` header carries, if it may do this. Raises Refused (401 or 403)."""
        if not authorization:
            raise Refused(401, "Authentication credentials were not provided.")
        word, _, secret = authorization.partition(" ")
        key = self._keys.get(secret)
        if key is None:
            raise Refused(401, "Invalid token.")
        if key.word != word:
            raise Refused(wrong_word, "Invalid token.")
        if not key.may(resource, write=write):
            raise Refused(403, "You do not have permission to perform this action.")
        return key

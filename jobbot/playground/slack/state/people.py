"""Who there is: teams, and the people in them.

A person's ``team`` is their own workspace, wherever they are a guest
(https://docs.slack.dev/reference/objects/user-object). What people do is the client's: see ``client/actors.py``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A company on Enterprise Grid."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace."""

    id: str
    name: str
    domain: str
    enterprise: Enterprise | None = None


@dataclass(eq=False, kw_only=True)
class Person:
    """Somebody with a user id: a colleague, a guest, somebody of elsewhere, or a bot.

    ``name`` is what follows the ``@``; ``tz`` an IANA zone. ``is_restricted`` is a guest, ``is_ultra_restricted`` a
    guest of a single channel, ``is_deactivated`` somebody who has left.
    """

    id: str
    name: str
    real_name: str
    team: Team
    tz: str = "Europe/Vienna"
    title: str = ""
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    is_deactivated: bool = False
    bot_id: str | None = None

    def __str__(self) -> str:
        return f"@{self.name}"

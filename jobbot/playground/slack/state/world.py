"""The people, channels and user groups of a workspace, found by name or id."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from jobbot.playground.slack.state.messages import Channel
from jobbot.playground.slack.state.people import Person, Team

APP_ID = "A0JOBBOT01"
"""The one app that is installed."""


@dataclass(eq=False, kw_only=True)
class UserGroup:
    """``@data-oncall`` and its like; ``users`` are user ids."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut of the app, as its manifest names it: for messages, or global, which is for everywhere."""

    callback_id: str
    name: str
    type: Literal["global", "message"]
    description: str = ""


_Found = TypeVar("_Found", Person, Channel, UserGroup)


class World:
    """Who and what there is. ``home`` is the workspace the bot is installed in, ``bot`` its own user."""

    def __init__(self, home: Team, bot: Person, slackbot: Person) -> None:
        self.home = home
        self.bot = bot
        self.slackbot = slackbot
        self.people: dict[str, Person] = {bot.id: bot, slackbot.id: slackbot}
        self.channels: dict[str, Channel] = {}
        self.usergroups: dict[str, UserGroup] = {}

    def person(self, name: str) -> Person:
        """By name (``ana`` or ``@ana``) or id. Raises KeyError."""
        return _find(name.removeprefix("@"), self.people, lambda person: person.name)

    def channel(self, name: str) -> Channel:
        """By name (``inc-data`` or ``#inc-data``) or id. Raises KeyError."""
        return _find(name.removeprefix("#"), self.channels, lambda channel: channel.name)

    def usergroup(self, handle: str) -> UserGroup:
        """By handle (``data-oncall`` or ``@data-oncall``) or id. Raises KeyError."""
        return _find(handle.removeprefix("@"), self.usergroups, lambda group: group.handle)

    def add_person(self, person: Person) -> None:
        """Somebody more."""
        if person.id in self.people:
            raise ValueError(f"there is a {person.id} already")
        self.people[person.id] = person

    def is_of_home(self, person: Person) -> bool:
        """Whether this is their workspace, as a member or as a guest."""
        return person.team.id == self.home.id

    def is_stranger(self, person: Person) -> bool:
        """Whether they are of another organisation."""
        mine, theirs = self.home.enterprise, person.team.enterprise
        return not self.is_of_home(person) and (mine is None or theirs is None or mine.id != theirs.id)

    def dm(self, person: Person) -> Channel:
        """The direct message between a person and the bot. Raises KeyError where there is none."""
        for channel in self.channels.values():
            if channel.im_with is person:
                return channel
        raise KeyError(person.name)

    def members(self, channel: Channel) -> Iterator[Person]:
        """Who is in a channel."""
        return (person for person in self.people.values() if person.id in channel.members)


def _find(name: str, there: dict[str, _Found], called: Callable[[_Found], str]) -> _Found:
    if name in there:
        return there[name]
    for found in there.values():
        if called(found) == name:
            return found
    raise KeyError(name)

"""Leave to answer a person: trigger ids (3 seconds, one use) and response URLs (30 minutes, five uses).

https://docs.slack.dev/interactivity/handling-user-interaction
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from jobbot.playground.slack.errors import ApiError
from jobbot.playground.slack.state.clock import Now
from jobbot.playground.slack.state.messages import Channel, Message
from jobbot.playground.slack.state.people import Person

TRIGGER_LIVES = timedelta(seconds=3)
URL_LIVES = timedelta(minutes=30)
URL_USES = 5

UrlKind = Literal["commands", "actions", "app"]
"""What a response URL's path begins with: of a command, of a press or a choice, of a message shortcut."""


@dataclass(slots=True)
class Trigger:
    """Leave to open a modal for ``person``; ``viewing`` is the conversation that they looked at, if any."""

    person: Person
    made: datetime
    viewing: Channel | None = None
    used: bool = False


class Triggers:
    """Issues trigger ids and takes them back. ``lives`` is how long one can be used."""

    def __init__(self, now: Now, rng: random.Random) -> None:
        self._now = now
        self._rng = rng
        self._issued: dict[str, Trigger] = {}
        self.lives = TRIGGER_LIVES

    def issue(self, person: Person, viewing: Channel | None = None) -> str:
        """A new one, for something this person just did where they look at ``viewing``."""
        numbers = self._rng.randrange(10**12, 10**13), self._rng.randrange(10**10, 10**11)
        trigger_id = f"{numbers[0]}.{numbers[1]}.{self._rng.getrandbits(128):032x}"
        self._issued[trigger_id] = Trigger(person, self._now(), viewing)
        return trigger_id

    def redeem(self, trigger_id: str) -> Trigger:
        """The trigger of that id; it cannot be used again. Raises ApiError."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self._now() - trigger.made > self.lives:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """Where to answer one thing that ``person`` did in ``channel``.

    ``original`` is the message that was clicked; after a command, the last one that was posted here. After a message
    shortcut (``app``) there is none: the message is not the bot's.
    """

    kind: UrlKind
    person: Person
    channel: Channel
    original: Message | None
    made: datetime
    used: int = 0


class ResponseUrls:
    """Issues response URLs and takes posts to them."""

    def __init__(self, now: Now, rng: random.Random) -> None:
        self._now = now
        self._rng = rng
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, kind: UrlKind, person: Person, channel: Channel, original: Message | None = None) -> str:
        """The path of a new one."""
        path = f"/{kind}/{person.team.id}/{self._rng.randrange(10**12, 10**13)}/{self._rng.getrandbits(96):024x}"
        self._issued[path] = ResponseUrl(kind=kind, person=person, channel=channel, original=original, made=self._now())
        return path

    def use(self, path: str) -> ResponseUrl:
        """Use it once more. Raises ApiError with the code that goes with a 404."""
        url = self._issued.get(path)
        if url is None:
            raise ApiError("no_service")
        if self._now() - url.made > URL_LIVES:
            raise ApiError("expired_url")
        if url.used >= URL_USES:
            raise ApiError("used_url")
        url.used += 1
        return url

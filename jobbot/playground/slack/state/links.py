"""Links in messages: which of them the app registered for, and what the bot was told of them.

https://docs.slack.dev/reference/events/link_shared: a link counts where its host is one of the ``unfurl_domains`` of
the manifest, or below one. The bot may unfurl only what it was told of, also before it is posted: in the composer.
"""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

from jobbot.playground.slack.state.messages import Channel, Message, Unfurl
from jobbot.playground.slack.state.people import Person

_WRAPPED = re.compile(r"<(https?://[^<>|]+)(?:\|[^<>]*)?>")
COMPOSER = "COMPOSER"
"""What stands for the channel of a link that was not posted yet."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link as the event has it: ``url`` as it stands in the message, with ``&amp;``; ``domain`` as registered."""

    domain: str
    url: str


@dataclass(eq=False, kw_only=True)
class Draft:
    """What somebody writes in a channel's composer and has not sent. ``unfurls`` are the previews, by address."""

    person: Person
    channel: Channel
    unfurls: dict[str, Unfurl] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Announced:
    """What the bot was told of the links of a message or of a draft."""

    unfurl_id: str
    of: Message | Draft
    links: tuple[Link, ...]

    @property
    def channel(self) -> str:
        """The channel's id, or COMPOSER."""
        return self.of.channel.id if isinstance(self.of, Message) else COMPOSER

    @property
    def message_ts(self) -> str:
        """The message's ts; of a draft its ``unfurl_id``."""
        return self.of.ts if isinstance(self.of, Message) else self.unfurl_id


class Links:
    """The app's domains, and everything that was announced."""

    def __init__(self, rng: random.Random) -> None:
        self.domains: Sequence[str] = ()
        self._rng = rng
        self._announced: list[Announced] = []

    def among(self, text: str) -> tuple[Link, ...]:
        """The links of a message's text that the app registered for, each once."""
        found = {url: domain for url in addresses(text) if (domain := self._domain(url)) is not None}
        return tuple(Link(domain, url) for url, domain in found.items())

    def announce(self, of: Message | Draft, links: Iterable[Link]) -> Announced:
        """The bot is told of these links now."""
        token = f"{self._rng.getrandbits(128):032x}"
        if isinstance(of, Message):
            unfurl_id = f"{of.channel.id}.{of.ts}.{token}"
        else:
            unfurl_id = f"{of.person.id}-{UUID(int=self._rng.getrandbits(128), version=4)}-{token}"
        announced = Announced(unfurl_id, of, tuple(links))
        self._announced.append(announced)
        return announced

    def by_id(self, unfurl_id: str) -> Announced | None:
        """What was announced under this id."""
        return next((one for one in self._announced if one.unfurl_id == unfurl_id), None)

    def by_place(self, channel: str, ts: str) -> list[Announced]:
        """What was announced of this message, or (COMPOSER and an id) of this draft."""
        return [one for one in self._announced if (one.channel, one.message_ts) == (channel, ts)]

    def _domain(self, url: str) -> str | None:
        host = urlsplit(url).hostname or ""
        fitting = (one for one in self.domains if host == one or host.endswith(f".{one}"))
        return max(fitting, key=len, default=None)


def addresses(text: str) -> list[str]:
    """Every address in a message's text, as it stands there."""
    return [url for url in _WRAPPED.findall(text) if _is_address(url)]


def _is_address(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False

"""Where a person may see jobs, for what has no channel: a global shortcut, the options of its window, the Home tab.

Only channels in which Slack says the person is. What was looked up is remembered for some minutes, for the options of a
select: they are answered while somebody types, from memory alone. The policy is always that of now.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from cachetools import TTLCache

from jobbot.access import Channel, Directory, Facts, Need, Person, Refused
from jobbot.access.anywhere import places_seen, rights_of
from jobbot.interaction import Interaction
from jobbot.slack.handlers.gate import Gate

REMEMBERED_SECONDS = 300.0


class PeopleAndPlaces(Directory, Protocol):
    """A directory that knows in which channels people are."""

    async def channels_of(self, user_id: str, *, fresh: bool = False) -> Mapping[str, Channel] | None:
        """The channels of a person, by id; None: unknown."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """What Slack says of a person, and of the channels in which they are; ``channels`` is None where it does not."""

    person: Person
    channels: Mapping[str, Channel] | None


class Whereabouts:
    """The look-ups, and what is remembered of them."""

    def __init__(self, gate: Gate, directory: PeopleAndPlaces) -> None:
        self._gate = gate
        self._directory = directory
        self._seen: TTLCache[str, Seen] = TTLCache(1_000, REMEMBERED_SECONDS)

    async def look(self, who: Interaction) -> Seen | Refused:
        """Look the person up, and remember it; Refused where they are refused wherever they ask."""
        if early := self._gate.refuse_anywhere(who):
            return early
        person, channels = await asyncio.gather(
            self._directory.person(who.user_id), self._directory.channels_of(who.user_id)
        )
        if refused := self._gate.refuse_person(who, person):
            self._seen.pop(who.user_id, None)
            return refused
        assert person is not None  # noqa: S101 - else it is refused
        seen = Seen(person, channels)
        if channels is None:
            self._seen.pop(who.user_id, None)
        else:
            self._seen[who.user_id] = seen
        return seen

    def remembered(self, who: Interaction) -> Seen | None:
        """What was looked up a short while ago."""
        return self._seen.get(who.user_id)

    def places(self, who: Interaction, seen: Seen) -> tuple[str, ...]:
        """The ids of the channels in which this person is and may see jobs."""
        gate = self._gate
        return places_seen(who, gate.policy, gate.home, seen.person, seen.channels or {})

    async def rights(self, who: Interaction, seen: Seen, place: str) -> frozenset[Need]:
        """What this person may do in one of :meth:`places`."""
        gate, facts = self._gate, Facts(person=seen.person, channel=(seen.channels or {}).get(place))
        return await rights_of(replace(who, channel_id=place), gate.policy, gate.home, facts, self._directory)

"""Gathers the facts for a decision and for a refusal, concurrently, through a Directory."""

import asyncio

from jobbot.access.decide import Refused, places_of, with_places
from jobbot.access.facts import Directory, Facts
from jobbot.access.policy import Limit, Need, Policy
from jobbot.interaction import Interaction

PLACES_ASKED = 8
"""Of how many channels a refusal asks Slack before it names them: each costs a call, and five are named."""


async def gather_facts(
    who: Interaction, need: Need, policy: Policy, directory: Directory, *, fresh: bool = False
) -> Facts:
    """The facts for ``decide``. ``fresh`` bypasses the cache: before anything is sent to Adverity."""
    if who.channel_id is None:
        return Facts()
    rule = policy.rule(who.channel_id)
    person, channel = await asyncio.gather(
        directory.person(who.user_id, fresh=fresh), directory.channel(who.channel_id, fresh=fresh)
    )
    member: bool | None = None
    limit = rule.limit(need) if rule is not None else Limit()
    if limit.usergroups and who.user_id not in limit.users:
        member = await directory.is_in_usergroups(who.user_id, limit.usergroups, fresh=fresh)
    return Facts(person=person, channel=channel, in_usergroup=member)


async def open_places(refused: Refused, policy: Policy, directory: Directory) -> Refused:
    """The refusal without the places where everybody would be refused too, as Slack tells of their channels."""
    ids = places_of(refused)[:PLACES_ASKED]
    channels = await asyncio.gather(*(directory.channel(id_) for id_ in ids))
    return with_places(refused, policy, zip(ids, channels, strict=True))

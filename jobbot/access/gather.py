"""Gathers the facts for a decision, concurrently, through the :class:`~jobbot.access.facts.Directory`."""

import asyncio

from jobbot.access.facts import Directory, Facts
from jobbot.access.policy import Limit, Need, Policy
from jobbot.interaction import Interaction


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

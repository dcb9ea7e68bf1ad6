"""Gathers the facts for a decision, concurrently, through the :class:`~jobbot.access.facts.Directory`."""

import asyncio

from jobbot.access.facts import Directory, Facts
from jobbot.access.policy import Need, Policy
from jobbot.interaction import Interaction


async def gather_facts(
    who: Interaction, need: Need, policy: Policy, directory: Directory, *, fresh: bool = False
) -> Facts:
    """The facts for ``decide``. ``fresh`` bypasses the cache: before a stop."""
    if who.channel_id is None:
        return Facts()
    rule = policy.rule(who.channel_id)
    person, channel = await asyncio.gather(
        directory.person(who.user_id, fresh=fresh), directory.channel(who.channel_id, fresh=fresh)
    )
    member: bool | None = None
    if need is Need.STOP and rule is not None and rule.stop_usergroups and who.user_id not in rule.stop_users:
        member = await directory.is_in_usergroups(who.user_id, rule.stop_usergroups, fresh=fresh)
    return Facts(person=person, channel=channel, in_stop_usergroup=member)

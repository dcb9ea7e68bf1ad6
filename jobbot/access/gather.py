"""Gathers the facts for a decision and for a refusal, concurrently, through a Directory."""

import asyncio
from collections.abc import Iterable, Mapping

from jobbot.access.decide import is_colleague
from jobbot.access.facts import Directory, Facts, Home
from jobbot.access.places import open_among, places_of, with_places, without_places
from jobbot.access.policy import Limit, Need, Policy, Where
from jobbot.access.reasons import Refused
from jobbot.interaction import Interaction

PLACES_ASKED = 8
"""Of how many channels a refusal asks Slack before it names them: each costs a call, and five are named."""


async def gather_facts(
    who: Interaction, need: Need, policy: Policy, directory: Directory, *, fresh: bool = False
) -> Facts:
    """The facts for ``decide``. ``fresh`` bypasses the cache: before anything is sent to Adverity."""
    return (await gather_all_facts(who, (need,), policy, directory, fresh=fresh))[need]


async def gather_all_facts(
    who: Interaction, needs: Iterable[Need], policy: Policy, directory: Directory, *, fresh: bool = False
) -> Mapping[Need, Facts]:
    """The same for several needs at once; nothing is looked up twice."""
    if who.channel_id is None:
        return dict.fromkeys(needs, Facts())
    rule = policy.rule(who.channel_id)
    limits = {need: rule.limit(need) if rule is not None else Limit() for need in needs}
    wanted = {
        limit.usergroups: None for limit in limits.values() if limit.usergroups and who.user_id not in limit.users
    }
    person, channel = await asyncio.gather(
        directory.person(who.user_id, fresh=fresh), directory.channel(who.channel_id, fresh=fresh)
    )
    asked = (directory.is_in_usergroups(who.user_id, groups, fresh=fresh) for groups in wanted)
    members = dict(zip(wanted, await asyncio.gather(*asked), strict=True))
    return {
        need: Facts(person=person, channel=channel, in_usergroup=members.get(limit.usergroups))
        for need, limit in limits.items()
    }


async def open_places(refused: Refused, who: Interaction, policy: Policy, home: Home, directory: Directory) -> Refused:
    """The refusal with those places alone that the person may know of, and where not everybody would be refused too."""
    if refused == without_places(refused):
        return refused
    ids = places_of(refused)[:PLACES_ASKED]
    person, channels = await asyncio.gather(
        directory.person(who.user_id), asyncio.gather(*(directory.channel(id_) for id_ in ids))
    )
    if not is_colleague(who, person, home):
        return without_places(refused)
    return with_places(refused, policy, zip(ids, channels, strict=True))


async def open_where(
    need: Need, policy: Policy, directory: Directory, *, but: str | None = None, instance: str | None = None
) -> tuple[Where, ...]:
    """Where something can be done, and by whom; see ``Policy.where``."""
    places = policy.where(need, but=but, instance=instance)[:PLACES_ASKED]
    channels = await asyncio.gather(*(directory.channel(one.channel_id) for one in places))
    return open_among(places, need, policy, zip((one.channel_id for one in places), channels, strict=True))

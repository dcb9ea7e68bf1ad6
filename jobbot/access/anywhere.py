"""Decides where no channel is at hand: whether somebody is refused wherever they ask, and where they may do what.

By the one decision of ``decide``: a person as in a channel that permits everything, a channel as if they asked in it.
"""

from collections.abc import Mapping
from dataclasses import replace

from jobbot.access.decide import decide, refuse_early
from jobbot.access.facts import Channel, Directory, Facts, Home, Person
from jobbot.access.policy import ChannelRule, Need, Policy
from jobbot.access.reasons import Allowed, Refused
from jobbot.interaction import Interaction

_OPEN = "C0OPEN"
_PERMITS_ALL = Policy({_OPEN: ChannelRule()})


def refuse_anywhere(who: Interaction, home: Home) -> Refused | None:
    """Refuse a bot, or a person of another organisation, by the payload alone."""
    return refuse_early(replace(who, channel_id=_OPEN), Need.VIEW, _PERMITS_ALL, home)


def refuse_person(who: Interaction, home: Home, person: Person | None) -> Refused | None:
    """Refuse by what Slack says of the person; None for ``person``: the look-up failed, which refuses too."""
    asked = replace(who, channel_id=_OPEN)
    decision = decide(asked, Need.VIEW, _PERMITS_ALL, home, Facts(person=person, channel=Channel()))
    return decision if isinstance(decision, Refused) else None


def places_seen(
    who: Interaction, policy: Policy, home: Home, person: Person | None, channels: Mapping[str, Channel]
) -> tuple[str, ...]:
    """In which of ``channels``, by id, this person may see jobs; in the policy's order."""
    return tuple(
        place
        for place in policy.places_of(None)
        if (channel := channels.get(place)) is not None
        and not channel.is_archived
        and _may(replace(who, channel_id=place), Need.VIEW, policy, home, Facts(person=person, channel=channel))
    )


async def rights_of(
    who: Interaction, policy: Policy, home: Home, facts: Facts, directory: Directory
) -> frozenset[Need]:
    """What this person may do in the channel at hand; ``directory`` is asked for user groups alone, from its cache."""
    rule, found = policy.rule(who.channel_id), set[Need]()
    if rule is None:
        return frozenset()
    for need in rule.may:
        limit, member = rule.limit(need), None
        if limit.usergroups and who.user_id not in limit.users:
            member = await directory.is_in_usergroups(who.user_id, limit.usergroups)
        if _may(who, need, policy, home, replace(facts, in_usergroup=member)):
            found.add(need)
    return frozenset(found)


def _may(who: Interaction, need: Need, policy: Policy, home: Home, facts: Facts) -> bool:
    return isinstance(decide(who, need, policy, home, facts), Allowed)

"""Builds the policy from the settings."""

from collections.abc import Mapping

from jobbot.access.policy import ChannelRule, Need, Policy
from jobbot.config import ChannelSettings, DatastreamSettings


def policy_of(
    channels: Mapping[str, ChannelSettings],
    aliases: Mapping[str, Mapping[str, int]] | None = None,
    datastreams: Mapping[str, Mapping[int, DatastreamSettings]] | None = None,
    *,
    default: str | None = None,
) -> Policy:
    """The policy for these channels' settings, by channel id; ``aliases`` and ``datastreams`` are by instance.

    ``default`` is the instance that is meant where none is named.
    """
    return Policy(
        {
            channel: ChannelRule(
                may=frozenset(Need(power) for power in rule.may),
                instance=rule.instance or next(iter(rule.instances), None),
                instances=rule.instances or ((rule.instance,) if rule.instance else ()),
                workspaces=rule.workspaces,
                external=rule.external,
                quiet=rule.answers == "ephemeral",
                stop_users=rule.stop_users,
                stop_usergroups=rule.stop_usergroups,
                act_users=rule.act_users,
                act_usergroups=rule.act_usergroups,
                guests_may_stop=rule.guests_may_stop,
                reason_required=rule.reason_required,
                two_people=rule.two_people,
            )
            for channel, rule in channels.items()
        },
        {
            instance: {alias.casefold(): number for alias, number in given.items()}
            for instance, given in (aliases or {}).items()
        },
        {
            instance: frozenset(number for number, one in given.items() if one.two_people)
            for instance, given in (datastreams or {}).items()
        },
        default,
    )

"""Which conversations a person can choose in a ``conversations_select`` or ``channels_select``.

https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element,
.../composition-objects/conversation-filter-object
"""

from typing import Any

from jobbot.playground.slack.state.messages import Channel
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.world import World


def conversations_for(person: Person, element: dict[str, Any], world: World) -> list[Channel]:
    """Those that the menu offers to this person: what they can see, as far as the element's filter lets it through.

    Members of the workspace see every public channel, guests and people of elsewhere those that they are in.
    """
    wanted = {"public"} if element["type"].endswith("channels_select") else None
    conditions = element.get("filter", {})
    include = wanted or set(conditions.get("include", ("public", "private", "im", "mpim")))
    return [
        channel
        for channel in world.channels.values()
        if _kind(channel) in include
        and _sees(person, channel, world)
        and not channel.is_archived
        and not (channel.is_ext_shared and conditions.get("exclude_external_shared_channels"))
        and not (channel.is_im and conditions.get("exclude_bot_users"))
    ]


def _kind(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "private" if channel.is_private else "public"


def _sees(person: Person, channel: Channel, world: World) -> bool:
    is_guest = person.is_restricted or person.is_ultra_restricted
    is_open = _kind(channel) == "public" and world.is_of_home(person) and not is_guest
    return channel.has(person) or is_open

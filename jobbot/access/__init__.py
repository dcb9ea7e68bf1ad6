"""Access control: who may do what in which channel, decided from policy and Slack's facts. Pure."""

from jobbot.access.decide import (
    Allowed,
    Reason,
    Refused,
    decide,
    decide_by_facts,
    may_ask,
    may_offer,
    places_of,
    refuse_early,
    refuse_workspace,
    with_places,
)
from jobbot.access.facts import Channel, ChannelGone, Directory, Facts, Home, Person
from jobbot.access.gather import gather_facts, open_places
from jobbot.access.policy import ACTS, ChannelRule, Need, Policy
from jobbot.access.workspaces import Reach

__all__ = [
    "ACTS",
    "Allowed",
    "Channel",
    "ChannelGone",
    "ChannelRule",
    "Directory",
    "Facts",
    "Home",
    "Need",
    "Person",
    "Policy",
    "Reach",
    "Reason",
    "Refused",
    "decide",
    "decide_by_facts",
    "gather_facts",
    "may_ask",
    "may_offer",
    "open_places",
    "places_of",
    "refuse_early",
    "refuse_workspace",
    "with_places",
]

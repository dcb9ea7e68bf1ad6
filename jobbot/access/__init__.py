"""Access control: who may do what in which channel, decided from policy and Slack's facts. Pure."""

from jobbot.access.decide import (
    Allowed,
    Reason,
    Refused,
    decide,
    decide_by_facts,
    may_offer_stop,
    may_offer_watch,
    refuse_early,
    refuse_workspace,
)
from jobbot.access.facts import Channel, ChannelGone, Directory, Facts, Home, Person
from jobbot.access.gather import gather_facts
from jobbot.access.policy import ChannelRule, Need, Policy
from jobbot.access.workspaces import Reach

__all__ = [
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
    "may_offer_stop",
    "may_offer_watch",
    "refuse_early",
    "refuse_workspace",
]

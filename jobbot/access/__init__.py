"""Who may do what where: decides from facts that others look up; pure, and every doubt is a no."""

from jobbot.access.decide import (
    Allowed,
    Reason,
    Refused,
    decide,
    may_offer_stop,
    may_offer_watch,
    refuse_early,
    refuse_workspace,
)
from jobbot.access.facts import Channel, Directory, Facts, Gone, Home, Person
from jobbot.access.gather import gather_facts
from jobbot.access.policy import ChannelRule, Need, Policy
from jobbot.access.workspaces import Reach

__all__ = [
    "Allowed",
    "Channel",
    "ChannelRule",
    "Directory",
    "Facts",
    "Gone",
    "Home",
    "Need",
    "Person",
    "Policy",
    "Reach",
    "Reason",
    "Refused",
    "decide",
    "gather_facts",
    "may_offer_stop",
    "may_offer_watch",
    "refuse_early",
    "refuse_workspace",
]

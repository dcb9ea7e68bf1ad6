"""Access control: who may do what in which channel, decided from policy and Slack's facts. Pure."""

from jobbot.access.decide import decide, is_colleague, may_ask, may_offer, refuse_early, refuse_workspace
from jobbot.access.facts import Channel, ChannelGone, Directory, Facts, Home, Person
from jobbot.access.gather import gather_all_facts, gather_facts, open_places, open_where
from jobbot.access.met import Met
from jobbot.access.places import places_of, with_places, without_places
from jobbot.access.policy import ACTS, ChannelRule, Need, Policy, Where
from jobbot.access.reasons import Allowed, Line, Reason, Refused, Trace
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
    "Line",
    "Met",
    "Need",
    "Person",
    "Policy",
    "Reach",
    "Reason",
    "Refused",
    "Trace",
    "Where",
    "decide",
    "gather_all_facts",
    "gather_facts",
    "is_colleague",
    "may_ask",
    "may_offer",
    "open_places",
    "open_where",
    "places_of",
    "refuse_early",
    "refuse_workspace",
    "with_places",
    "without_places",
]

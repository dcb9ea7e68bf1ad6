"""A believable Adverity on loopback: real HTTP, no account, no network. For ``jobbot demo``, for the tests, for anyone.

It knows nothing of jobbot. What it does and how it answers rests on Adverity's Management API documentation, and where
that is silent on what independent clients of it read.
"""

from jobbot.playground.adverity.calls import Call
from jobbot.playground.adverity.clock import HandClock
from jobbot.playground.adverity.faults import Faults
from jobbot.playground.adverity.instance import JobChanged
from jobbot.playground.adverity.jobs import DatastreamAs, Schedule, Sight
from jobbot.playground.adverity.keys import Key
from jobbot.playground.adverity.scripted import ScriptedJob
from jobbot.playground.adverity.server import LocalAdverity
from jobbot.playground.adverity.timeline import Issue, Stage
from jobbot.playground.adverity.wire import Quirks

__all__ = [
    "Call",
    "DatastreamAs",
    "Faults",
    "HandClock",
    "Issue",
    "JobChanged",
    "Key",
    "LocalAdverity",
    "Quirks",
    "Schedule",
    "ScriptedJob",
    "Sight",
    "Stage",
]

"""The command language: text or button in, intent out; pure.

``parse`` reads what was typed (the language is written down in ``words.py``), ``canonical`` writes it, ``button`` packs
an intent into a button's value.
"""

from jobbot.intents.model import (
    Alerts,
    AlertsDo,
    BadNumber,
    BadRange,
    Between,
    DoesNotFit,
    Help,
    History,
    Intent,
    Last,
    ListJobs,
    Misread,
    MissingName,
    MissingNumber,
    MissingSwitch,
    Problem,
    Range,
    SaidTwice,
    ShowJob,
    Since,
    StopJob,
    UnknownInstance,
    UnknownPerson,
    UnknownWord,
    UnwatchJob,
    Watches,
    WatchJob,
)
from jobbot.intents.parsing import parse
from jobbot.intents.wording import canonical

__all__ = [
    "Alerts",
    "AlertsDo",
    "BadNumber",
    "BadRange",
    "Between",
    "DoesNotFit",
    "Help",
    "History",
    "Intent",
    "Last",
    "ListJobs",
    "Misread",
    "MissingName",
    "MissingNumber",
    "MissingSwitch",
    "Problem",
    "Range",
    "SaidTwice",
    "ShowJob",
    "Since",
    "StopJob",
    "UnknownInstance",
    "UnknownPerson",
    "UnknownWord",
    "UnwatchJob",
    "WatchJob",
    "Watches",
    "canonical",
    "parse",
]

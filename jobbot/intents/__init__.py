"""The command language: text or button in, intent out; pure.

``parse`` reads what was typed (the language is written down in ``words.py``), ``canonical`` writes it, ``button`` packs
an intent into a button's value.
"""

from jobbot.intents.model import (
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
    MissingNumber,
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
    WatchJob,
)
from jobbot.intents.parsing import parse
from jobbot.intents.wording import canonical

__all__ = [
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
    "MissingNumber",
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
    "canonical",
    "parse",
]

"""The closed union ``Intent`` and its parts, ``Misread`` for words that make none, and what is asked of any of them."""

from dataclasses import dataclass, field

from jobbot.adverity.model import DatastreamId
from jobbot.intents.model.acts import (
    Acknowledge,
    FetchAgain,
    Freeze,
    OnReview,
    PauseSchedule,
    ResumeSchedule,
    Retry,
    StopJob,
    StopNoMore,
    StopSeveral,
    Unfreeze,
)
from jobbot.intents.model.following import Alerts, AlertsDo, MarkAlert, UnwatchJob, Watches, WatchJob
from jobbot.intents.model.parts import Between, Since, Stream
from jobbot.intents.model.problems import Problem, UnknownWord
from jobbot.intents.model.questions import (
    Handover,
    Help,
    History,
    Issues,
    ListJobs,
    NoQuestion,
    Paused,
    ShowJob,
    Timeline,
    WhoAmI,
)


@dataclass(frozen=True, slots=True)
class Misread:
    """Words that do not make an intent.

    ``understood`` are the parts that did, as the person put them; ``suggestion`` is what follows ``/jobs`` in the
    nearest thing that would have been understood (it parses without a problem, and only looks), or None. ``named`` is
    what was meant if the words that nobody knows are a datastream's name. ``offers`` are one to three intents that were
    probably meant, the suggestion among them, the likeliest first; an act only where its word was typed, or nearly.
    """

    understood: tuple[str, ...]
    problems: tuple[Problem, ...]
    suggestion: str | None = None
    named: "Narrowed | None" = field(default=None, compare=False)
    offers: "tuple[Offered, ...]" = field(default=(), compare=False)


OnDatastream = FetchAgain | PauseSchedule | ResumeSchedule | StopSeveral
"""Acts that a datastream's name may be said of."""


Act = StopJob | Retry | Acknowledge | OnDatastream
"""What changes something in Adverity: each opens a window that asks."""


Freezing = Freeze | Unfreeze
"""What holds all acts on an instance back, or lets them go on: it changes nothing in Adverity, and is never a guess."""


Narrowed = ListJobs | Alerts | History | Timeline | Issues | OnDatastream
"""What may be about one datastream or one workspace."""


Recorded = History | Timeline
"""What is read from the record."""


Reported = Paused | Handover | Watches | Alerts | Recorded | Issues | WhoAmI
"""What is asked about no one job."""


Offered = ListJobs | ShowJob | Act | WatchJob | UnwatchJob | Reported | Help
"""What can be typed, and so be offered as the next thing to press."""


OfAMessage = MarkAlert | StopNoMore | OnReview
"""What only a button of one message says."""


Intent = Offered | Freezing | OfAMessage | NoQuestion | Misread


def instance_of(intent: Intent) -> str | None:
    """The instance that is named; None where none is.

    Words that make no intent may be a datastream's name, and are answered then, of the instance that stands there.
    """
    match intent:
        case Help() | NoQuestion() | Misread(named=None):
            return None
        case Misread(named=named):
            return named.instance if named is not None else None
        case _:
            return intent.instance


def rests_on_zone(intent: Intent) -> bool:
    """Whether words that mean this may mean something else in another time zone: days, times of day, and mistakes."""
    match intent:
        case Misread():
            return True
        case ListJobs(range=within) | History(range=within) | Timeline(range=within):
            return isinstance(within, Since | Between)
        case FetchAgain(days=days):
            return days is not None
        case PauseSchedule(until=until) | Freeze(until=until):
            return until is not None
        case Alerts():
            return intent.does is AlertsDo.SNOOZE
        case _:
            return False


def is_named(act: Act) -> bool:
    """Whether a datastream or a workspace is said by what it is called, and has to be found first."""
    return isinstance(act, OnDatastream) and (isinstance(act.datastream, str) or act.workspace is not None)


def number_of(datastream: Stream | None) -> DatastreamId | None:
    """The number of a datastream, where a name would be a mistake of ours: names are resolved before."""
    if isinstance(datastream, str):
        raise TypeError("a datastream's name that was not resolved")
    return datastream


def nearly_known(misread: Misread) -> bool:
    """Whether a word that nobody knows is nearly one of the language: then a name must have the whole of it."""
    return any(isinstance(problem, UnknownWord) and problem.nearest is not None for problem in misread.problems)

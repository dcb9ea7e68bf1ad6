"""An intent in a button's ``value`` and back: JSON of at most 2,000 characters (Slack's limit), with a version.

Slack signs what comes back, but a button may be years old, or of another deployment, or have lost a part on its way:
each value is written whole and taken whole, so that nothing that is missing is read as "all" or as "now". ``said`` of a
range is not carried, since "yesterday" is wrong a day later; the instants are.
"""

from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

from jobbot.intents.button.values import ANY_VALUE
from jobbot.intents.language.slack_text import whole
from jobbot.intents.model import (
    Acknowledge,
    Act,
    Alerts,
    FetchAgain,
    Freeze,
    Freezing,
    Handover,
    Help,
    History,
    Issues,
    ListJobs,
    MarkAlert,
    OfAMessage,
    Offered,
    OnReview,
    Paused,
    PauseSchedule,
    ResumeSchedule,
    Retry,
    ShowJob,
    StopJob,
    StopNoMore,
    StopSeveral,
    Timeline,
    Unfreeze,
    UnwatchJob,
    Watches,
    WatchJob,
    WhoAmI,
)

LONGEST_VALUE = 2_000
_LONGEST_REASON = 500

Carried = Offered | Freezing | OfAMessage
"""What a button may carry."""
_INTENTS: dict[str, type[Carried]] = {
    "list": ListJobs,
    "show": ShowJob,
    "stop": StopJob,
    "retry": Retry,
    "acknowledge": Acknowledge,
    "fetch": FetchAgain,
    "pause": PauseSchedule,
    "resume": ResumeSchedule,
    "paused": Paused,
    "handover": Handover,
    "freeze": Freeze,
    "unfreeze": Unfreeze,
    "stop_several": StopSeveral,
    "stop_no_more": StopNoMore,
    "on_review": OnReview,
    "watch": WatchJob,
    "unwatch": UnwatchJob,
    "watches": Watches,
    "alerts": Alerts,
    "mark": MarkAlert,
    "history": History,
    "timeline": Timeline,
    "issues": Issues,
    "whoami": WhoAmI,
    "help": Help,
}


_NAMES = {intent: name for name, intent in _INTENTS.items()}
_CARRIED = {intent: tuple(field.name for field in fields(intent) if field.compare) for intent in _NAMES}
"""By intent the fields that its value carries: those that count when intents are compared, so not ``said``."""


def encode(intent: Carried) -> str:
    """The value. A reason is cut to what fits. Raises ValueError for what no button can carry."""
    if isinstance(intent, Act | Freezing) and intent.reason:
        intent = replace(intent, reason=whole(intent.reason)[:_LONGEST_REASON])
    value = _written(intent)
    while isinstance(intent, Act | Freezing) and intent.reason and len(value) > LONGEST_VALUE:
        # A character takes up to six in JSON.
        intent = replace(intent, reason=intent.reason[: -max(1, (len(value) - LONGEST_VALUE) // 6)])
        value = _written(intent)
    return value


def decode(value: str) -> Carried | None:
    """The intent, or None for anything that :func:`encode` of this version does not write. Never raises."""
    if len(value) > LONGEST_VALUE:
        return None
    try:
        found = dict(ANY_VALUE.validate_json(value))
    except ValueError:  # pydantic's own, and what it makes of half a surrogate pair
        return None
    del found["v"]
    return _INTENTS[found.pop("do")](**found)


def _written(intent: Carried) -> str:
    # The jobs of a list are written again each time that it is drawn.
    return _written_once(intent) if isinstance(intent, ShowJob | StopJob | WatchJob) else _write(intent)


def _write(intent: Carried) -> str:
    given: dict[str, Any] = {name: getattr(intent, name) for name in _CARRIED[type(intent)]}
    return ANY_VALUE.validate_python({"v": 1, "do": _NAMES[type(intent)], **given}).model_dump_json()


_written_once = lru_cache(maxsize=2048)(_write)

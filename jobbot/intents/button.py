"""An intent in a button's ``value`` and back: compact JSON with a version, at most 2,000 characters (Slack's limit).

Slack signs what comes back, but a button may be years old, or of another deployment: everything is checked again, and
what does not fit exactly is nothing. ``said`` of a range is not carried, since "yesterday" is wrong a day later; the
instants are.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import assert_never

from jobbot.adverity.model import DatastreamId, JobId, State
from jobbot.intents.instants import LONGEST
from jobbot.intents.model import (
    Alerts,
    AlertsDo,
    Between,
    Help,
    History,
    Last,
    ListJobs,
    Range,
    ShowJob,
    Since,
    StopJob,
    UnwatchJob,
    Watches,
    WatchJob,
)
from jobbot.intents.numbers import MOST
from jobbot.intents.slacktext import whole

VERSION = 1
LONGEST_VALUE = 2_000
_LONGEST_REASON = 500
_LONGEST_INSTANCE = 300
_LAST_PAGE = 100_000
_USER = re.compile(r"[UW][A-Z0-9]{1,40}", re.ASCII)
_LAST_SECOND = 253_402_300_799
"""Of the year 9999."""

Carried = ListJobs | ShowJob | StopJob | WatchJob | UnwatchJob | Watches | Alerts | History | Help
"""What a button may carry."""

Fields = Mapping[str, object]

_WRITE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Made once: ``json.dumps`` makes an encoder a call, which was a quarter of what a list cost to render."""


class _Foreign(Exception):
    """Not what this version writes."""


def encode(intent: Carried) -> str:
    """The value. A reason is cut to what fits. Raises ValueError for an instance's name of more than 300 characters."""
    match intent:
        case ListJobs(states=states, datastream=datastream, range=within, instance=instance, page=page):
            fields = {
                "states": [state.value for state in State if state in states],
                "datastream": datastream,
                "range": _packed(within),
                "in": instance,
                "page": page if page != 1 else None,
            }
            return _written("list", fields)
        case ShowJob(job=job, instance=instance):
            return _written("show", {"job": job, "in": instance})
        case StopJob(job=job, reason=reason, instance=instance):
            return _with_reason(whole(reason)[:_LONGEST_REASON], {"job": job, "in": instance})
        case WatchJob(job=job, instance=instance):
            return _written("watch", {"job": job, "in": instance})
        case UnwatchJob(job=job, instance=instance):
            return _written("unwatch", {"job": job, "in": instance})
        case Watches(instance=instance):
            return _written("watches", {"in": instance})
        case Alerts(does=does, states=states, datastream=datastream, instance=instance, length=length):
            fields = {"does": does, "states": [state.value for state in State if state in states]}
            fields |= {"datastream": datastream, "seconds": int(length.total_seconds()) if length else None}
            return _written("alerts", {**fields, "in": instance})
        case History(range=within, by=by, job=job, instance=instance, page=page):
            fields = {"job": job, "by": by, "range": _packed(within), "in": instance}
            return _written("history", {**fields, "page": page if page != 1 else None})
        case Help():
            return _written("help", {})
        case _:
            assert_never(intent)


def decode(value: str) -> Carried | None:
    """The intent, or None for anything that :func:`encode` of this version does not write. Never raises."""
    if len(value) > LONGEST_VALUE:
        return None
    try:
        fields = json.loads(value)
        return _read(fields) if isinstance(fields, dict) and _number(fields.get("v"), VERSION) == VERSION else None
    except (_Foreign, ValueError, RecursionError):
        return None


def _written(does: str, fields: Fields) -> str:
    name = fields.get("in")
    if isinstance(name, str) and len(name) > _LONGEST_INSTANCE:
        raise ValueError("an instance's name that no button can carry")
    kept = {key: field for key, field in fields.items() if field not in (None, [], "")}
    return _WRITE({"v": VERSION, "do": does, **kept})


def _with_reason(reason: str, fields: Fields) -> str:
    value = _written("stop", {**fields, "why": reason})
    while len(value) > LONGEST_VALUE:
        # A character takes up to six in JSON.
        reason = reason[: -max(1, (len(value) - LONGEST_VALUE) // 6)]
        value = _written("stop", {**fields, "why": reason})
    return value


def _packed(within: Range | None) -> list[str | int] | None:
    match within:
        case Last(duration):
            return ["last", int(duration.total_seconds())]
        case Since(start):
            return ["since", int(start.timestamp())]
        case Between(start, end):
            return ["between", int(start.timestamp()), int(end.timestamp())]
        case None:
            return None
        case _:
            assert_never(within)


def _read(fields: Fields) -> Carried:
    does, known = fields.get("do"), {"v", "do"}
    intent: Carried
    match does:
        case "list":
            known |= {"states", "datastream", "range", "in", "page"}
            datastream = _number(fields["datastream"]) if "datastream" in fields else None
            intent = ListJobs(
                states=_states(fields.get("states", [])),
                datastream=None if datastream is None else DatastreamId(datastream),
                range=_unpacked(fields["range"]) if "range" in fields else None,
                instance=_instance(fields),
                page=_number(fields.get("page", 1), _LAST_PAGE),
            )
        case "show":
            known |= {"job", "in"}
            intent = ShowJob(job=_job(fields), instance=_instance(fields))
        case "watch":
            known |= {"job", "in"}
            intent = WatchJob(job=_job(fields), instance=_instance(fields))
        case "unwatch":
            known |= {"job", "in"}
            intent = UnwatchJob(job=_job(fields), instance=_instance(fields))
        case "stop":
            known |= {"job", "in", "why"}
            intent = StopJob(job=_job(fields), reason=_text(fields, "why") or "", instance=_instance(fields))
        case "watches":
            known |= {"in"}
            intent = Watches(instance=_instance(fields))
        case "alerts":
            known |= {"does", "states", "datastream", "seconds", "in"}
            intent = Alerts(
                does=AlertsDo(_text(fields, "does") or ""),
                states=_states(fields.get("states", [])),
                datastream=DatastreamId(_number(fields["datastream"])) if "datastream" in fields else None,
                instance=_instance(fields),
                length=_length(fields["seconds"]) if "seconds" in fields else None,
            )
        case "history":
            known |= {"job", "by", "range", "in", "page"}
            intent = History(
                range=_unpacked(fields["range"]) if "range" in fields else None,
                by=_user(fields),
                job=_job(fields) if "job" in fields else None,
                instance=_instance(fields),
                page=_number(fields.get("page", 1), _LAST_PAGE),
            )
        case "help":
            intent = Help()
        case _:
            raise _Foreign
    if fields.keys() - known:
        raise _Foreign
    return intent


def _number(field: object, most: int = MOST) -> int:
    if type(field) is not int or not 0 < field <= most:
        raise _Foreign
    return field


def _job(fields: Fields) -> JobId:
    return JobId(_number(fields.get("job")))


def _text(fields: Fields, key: str) -> str | None:
    field = fields.get(key)
    if field is None:
        return None
    if not isinstance(field, str) or not field or whole(field) != field:
        raise _Foreign
    return field


def _instance(fields: Fields) -> str | None:
    name = _text(fields, "in")
    if name is not None and (len(name) > _LONGEST_INSTANCE or not name.isprintable()):
        raise _Foreign
    return name


def _user(fields: Fields) -> str | None:
    user = _text(fields, "by")
    if user is not None and not _USER.fullmatch(user):
        raise _Foreign
    return user


def _states(field: object) -> frozenset[State]:
    if not isinstance(field, list) or not all(isinstance(state, str) for state in field):
        raise _Foreign
    return frozenset(State(state) for state in field)


def _unpacked(field: object) -> Range:
    match field:
        case ["last", seconds]:
            return Last(_length(seconds))
        case ["since", start]:
            return Since(_instant(start))
        case ["between", start, end] if _instant(start) <= _instant(end):
            return Between(_instant(start), _instant(end))
        case _:
            raise _Foreign


def _length(field: object) -> timedelta:
    return timedelta(seconds=_number(field, int(LONGEST.total_seconds())))


def _instant(field: object) -> datetime:
    return datetime.fromtimestamp(_number(field, _LAST_SECOND), UTC)

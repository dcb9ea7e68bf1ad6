"""A sentence in, an intent out: the words are read, put together, and what does not go together is told.

The language itself is written down in ``words.py``.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from jobbot.adverity.model import JobId
from jobbot.intents.instants import Instants
from jobbot.intents.model import (
    DoesNotFit,
    Help,
    History,
    Intent,
    ListJobs,
    Misread,
    MissingNumber,
    Problem,
    ShowJob,
    StopJob,
    UnwatchJob,
    WatchJob,
)
from jobbot.intents.parts import MOST_FAULTS, Parts
from jobbot.intents.reader import read
from jobbot.intents.slacktext import whole
from jobbot.intents.tokens import Token, peel, tokens
from jobbot.intents.wording import as_said
from jobbot.intents.words import BROWSING, TURNING, Verb

_MINUS = re.compile(r"-[a-z]")
_OF_A_LIST = ("states", "datastream", "range")
_NOT_OF_HISTORY = ("states", "now", "datastream")


def parse(text: str, *, now: datetime, zone: ZoneInfo, instances: Sequence[str]) -> Intent:
    """What a person wants who typed ``text``, which is what Slack sent: wrapped, escaped, with whatever was copied.

    ``now`` is aware; ``zone`` is the person's, in which days and times without an offset are read; ``instances`` are
    the configured names. Answers every text, in a bounded time, and never raises.
    """
    text = peel(whole(text))
    words = tokens(text)
    instants = Instants(now, zone)
    parts = read(text, words, instants, instances)
    intent, problems = _settle(parts)
    if intent is not None and not problems:
        return intent
    suggestion = _suggest(text, words, parts, instants, instances)
    return Misread(_understood(parts, problems), tuple(problems[:MOST_FAULTS]), suggestion)


def _settle(parts: Parts) -> tuple[Intent | None, list[Problem]]:
    """The intent that the parts make, what does not fit left out, and every problem."""
    problems = [fault.problem for fault in parts.faults]
    if parts.help:
        return Help(), []
    if parts.verb is Verb.HISTORY or (parts.verb is None and parts.person is not None):
        return _history(parts, problems)
    list_said = [shown for kind, shown in parts.said if kind in _OF_A_LIST]
    if parts.person is not None:
        problems.append(DoesNotFit(parts.shown("person"), parts.shown("verb")))
    if parts.job is not None:
        beside = parts.shown("verb") or parts.shown("job")
        return _about(parts.job, parts), problems + [DoesNotFit(shown, beside) for shown in list_said]
    if parts.wants is not None and not _is_list(parts, listed=bool(list_said)):
        if not parts.has_bad_number(parts.wants):
            problems.append(MissingNumber(parts.wants))
        return None, problems
    states = parts.states or parts.weak_states
    return ListJobs(states=states, datastream=parts.datastream, range=parts.range, instance=parts.instance), problems


def _is_list(parts: Parts, *, listed: bool) -> bool:
    """Whether a word that may have a number behind it was only a word: "show failed", "status yesterday", "show"."""
    browsing = parts.wants is not None and parts.wants.lower() in BROWSING
    return (parts.verb is None or parts.verb is Verb.SHOW) and (listed or browsing)


def _history(parts: Parts, problems: list[Problem]) -> tuple[Intent | None, list[Problem]]:
    beside = parts.shown("verb") or parts.shown("person")
    problems += [DoesNotFit(shown, beside) for kind, shown in parts.said if kind in _NOT_OF_HISTORY]
    if parts.job is None and parts.wants is not None and not parts.has_bad_number(parts.wants):
        problems.append(MissingNumber(parts.wants))
    return History(range=parts.range, by=parts.person, job=parts.job, instance=parts.instance), problems


def _about(job: JobId, parts: Parts) -> Intent:
    instance = parts.instance
    match parts.verb:
        case None | Verb.SHOW | Verb.HISTORY:
            return ShowJob(job=job, instance=instance)
        case Verb.STOP:
            return StopJob(job=job, reason=parts.reason, instance=instance)
        case Verb.WATCH:
            return WatchJob(job=job, instance=instance)
        case Verb.UNWATCH:
            return UnwatchJob(job=job, instance=instance)
        case _:
            assert_never(parts.verb)


def _understood(parts: Parts, problems: Sequence[Problem]) -> tuple[str, ...]:
    misfits = {problem.word for problem in problems if isinstance(problem, DoesNotFit)}
    return tuple(dict.fromkeys(shown for _, shown in parts.said if shown not in misfits))


def _suggest(
    text: str, words: Sequence[Token], parts: Parts, instants: Instants, instances: Sequence[str]
) -> str | None:
    """The sentence without its faults, where that says something. Never a stop: who meant one looks at the job first.

    It is read again before it is offered, so that what it says is certain.
    """
    if any(token.word in TURNING or _MINUS.match(token.word) for token in words):
        return None
    mended = read(text, _mended(words, parts), instants, instances)
    meant, _ = _settle(mended)
    if isinstance(meant, StopJob):
        meant = ShowJob(job=meant.job, instance=meant.instance)
    if meant is None or not (mended.said or mended.help):
        return None
    wording = as_said(meant)
    again, problems = _settle(read(wording, tokens(wording), instants, instances))
    return wording if again == meant and not problems else None


def _mended(words: Sequence[Token], parts: Parts) -> list[Token]:
    faults = {fault.first: fault for fault in parts.faults}
    mended: list[Token] = []
    at = 0
    while at < len(words):
        fault = faults.get(at)
        if fault is None:
            mended.append(words[at])
            at += 1
        else:
            end = words[fault.behind - 1].end if fault.behind <= len(words) else words[at].end
            mended += [Token(word, word, word, end) for word in fault.instead]
            at = max(fault.behind, at + 1)
    return mended

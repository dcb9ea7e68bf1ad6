"""A sentence in, an intent out: the words are read, put together, and what does not go together is told.

The language itself is written down in ``words.py``.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from jobbot.intents.grammar.parts import MOST_FAULTS, Parts
from jobbot.intents.grammar.reader import read
from jobbot.intents.grammar.resolve import settle
from jobbot.intents.language.slack_text import whole
from jobbot.intents.language.tokens import Token, peel, tokens
from jobbot.intents.language.vocabulary import TURNING
from jobbot.intents.model import DoesNotFit, Intent, Misread, Problem, ShowJob, StopJob
from jobbot.intents.times.instants import Instants
from jobbot.intents.wording import as_said

_MINUS = re.compile(r"-[a-z]")


def parse(text: str, *, now: datetime, zone: ZoneInfo, instances: Sequence[str]) -> Intent:
    """What a person wants who typed ``text``, which is what Slack sent: wrapped, escaped, with whatever was copied.

    ``now`` is aware; ``zone`` is the person's, in which days and times without an offset are read; ``instances`` are
    the configured names. Answers every text, in a bounded time, and never raises.
    """
    text = peel(whole(text))
    words = tokens(text)
    instants = Instants(now, zone)
    parts = read(text, words, instants, instances)
    intent, problems = settle(parts)
    if intent is not None and not problems:
        return intent
    suggestion = _suggest(text, words, parts, instants, instances)
    return Misread(_understood(parts, problems), tuple(problems[:MOST_FAULTS]), suggestion)


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
    meant, _ = settle(mended)
    if isinstance(meant, StopJob):
        meant = ShowJob(job=meant.job, instance=meant.instance)
    if meant is None or not (mended.said or mended.help):
        return None
    wording = as_said(meant)
    again, problems = settle(read(wording, tokens(wording), instants, instances))
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

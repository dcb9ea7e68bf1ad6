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
from jobbot.intents.grammar.sentence import unquoted
from jobbot.intents.language.numbers import like_number
from jobbot.intents.language.slack_text import whole
from jobbot.intents.language.tokens import LONGEST_NAME, Token, name_token, peel, plain, tokens
from jobbot.intents.language.vocabulary import FILLERS, TURNING
from jobbot.intents.model import (
    BadNumber,
    DoesNotFit,
    Intent,
    Misread,
    Narrowed,
    Problem,
    ShowJob,
    StopJob,
    UnknownWord,
)
from jobbot.intents.times.instants import Instants
from jobbot.intents.wording import as_said

_MINUS = re.compile(r"-[a-z]")


def parse(text: str, *, now: datetime, zone: ZoneInfo, instances: Sequence[str]) -> Intent:
    """What a person wants who typed ``text``, which is what Slack sent: wrapped, escaped, with whatever was copied.

    ``now`` is aware; ``zone`` is the person's, in which days and times without an offset are read; ``instances`` are
    the configured names. Answers every text, in a bounded time, and never raises.
    """
    text = peel(whole(text))
    instants = Instants(now, zone)
    words = unquoted(tokens(text), instants)
    parts = read(text, words, instants, instances)
    intent, problems = settle(parts)
    if intent is not None and not problems:
        return intent
    suggestion = _suggest(text, words, parts, instants, instances)
    named = _named(text, words, parts, instants, instances)
    return Misread(_understood(parts, problems), tuple(problems[:MOST_FAULTS]), suggestion, named)


def _understood(parts: Parts, problems: Sequence[Problem]) -> tuple[str, ...]:
    misfits = {problem.word for problem in problems if isinstance(problem, DoesNotFit)}
    return tuple(dict.fromkeys(shown for _, shown in parts.said if shown not in misfits))


def _suggest(
    text: str, words: Sequence[Token], parts: Parts, instants: Instants, instances: Sequence[str]
) -> str | None:
    """The sentence without its faults, where that says something. Never a stop: who meant one looks at the job first.

    It is read again before it is offered, so that what it says is certain.
    """
    if _turns(words):
        return None
    mended = read(text, _mended(words, parts), instants, instances)
    meant, _ = settle(mended)
    if isinstance(meant, StopJob):
        meant = ShowJob(job=meant.job, instance=meant.instance)
    if meant is None or not (mended.said or mended.help):
        return None
    wording = as_said(meant)
    again, problems = settle(read(wording, unquoted(tokens(wording), instants), instants, instances))
    return wording if again == meant and not problems else None


def _turns(words: Sequence[Token]) -> bool:
    """Whether a word turns a meaning round: without it, or with it in a name, the sentence would say the opposite."""
    return any(token.word in TURNING or _MINUS.match(token.word) for token in words)


def _named(
    text: str, words: Sequence[Token], parts: Parts, instants: Instants, instances: Sequence[str]
) -> Narrowed | None:
    """The sentence if the words that nobody knows are a datastream's name; None where they stand apart.

    Whether there is such a datastream is not known here.
    """
    faults = sorted(parts.faults, key=lambda fault: fault.first)
    if not faults or len(faults) == MOST_FAULTS or _turns(words):
        return None
    first, behind = faults[0].first, faults[-1].behind
    known = {place for fault in faults for place in range(fault.first, fault.behind)}
    run = words[first:behind]
    stand_apart = any(
        place not in known and words[place].word not in FILLERS for place in range(first, min(behind, len(words)))
    )
    if stand_apart or not run or not all(_may_be_name(fault.problem) for fault in faults):
        return None
    name = " ".join(token.name for token in run).strip()
    if not name or len(name) > LONGEST_NAME or any(token.mention or token.quoted for token in run):
        return None
    as_name = [*words[:first], plain("datastream", 0), name_token(name, run[-1].end), *words[behind:]]
    meant, problems = settle(read(text, as_name, instants, instances))
    return meant if isinstance(meant, Narrowed) and not problems else None


def _may_be_name(problem: Problem) -> bool:
    match problem:
        case UnknownWord(_, nearest):
            return nearest is None or not nearest.startswith("in ")
        case BadNumber(_, given):
            return not like_number(given)
        case _:
            return False


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
            mended += [plain(word, end) for word in fault.instead]
            at = max(fault.behind, at + 1)
    return mended

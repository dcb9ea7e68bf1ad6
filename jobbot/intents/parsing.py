"""A sentence in, an intent out: the words are read, put together, and what does not go together is told.

The language itself is written down in ``words.py``.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from jobbot.intents.grammar.offers import other_offers
from jobbot.intents.grammar.parts import MOST_FAULTS, Parts
from jobbot.intents.grammar.reader import read
from jobbot.intents.grammar.resolve import settle
from jobbot.intents.grammar.sentence import spoken
from jobbot.intents.language.numbers import like_number
from jobbot.intents.language.slack_text import whole
from jobbot.intents.language.tokens import LONGEST_NAME, Token, joined, name_token, peel, plain, tokens
from jobbot.intents.language.vocabulary import COURTESY, FILLERS, GREETINGS, THANKS, TURNING, Verb
from jobbot.intents.model import (
    BadNumber,
    DoesNotFit,
    Help,
    Intent,
    ListJobs,
    MarkAlert,
    Misread,
    Narrowed,
    NoQuestion,
    Offered,
    Problem,
    ShowJob,
    StopJob,
    UnknownWord,
)
from jobbot.intents.times.instants import Instants
from jobbot.intents.wording import as_said

OFFERS_MOST = 3
_MINUS = re.compile(r"-[a-z]")


def parse(text: str, *, now: datetime, zone: ZoneInfo, instances: Sequence[str]) -> Intent:
    """What a person wants who typed ``text``, which is what Slack sent: wrapped, escaped, with whatever was copied.

    ``now`` is aware; ``zone`` is the person's, in which days and times without an offset are read; ``instances`` are
    the configured names. Answers every text, in a bounded time, and never raises.
    """
    text = peel(whole(text))
    typed, instants = tokens(text), Instants(now, zone)
    if is_courtesy(typed):
        return NoQuestion()
    words = spoken(typed, instants, instances)
    parts = read(text, words, instants, instances)
    intent, problems = settle(parts, now)
    if intent is not None and not problems:
        return intent
    meant, offers = None, list[Offered]()
    if not _turns(words):
        meant = _meant(text, words, parts, instants, instances)
        stop = _nearly_stop(text, words, parts, instants, instances)
        offers = [*([stop] if stop is not None else []), *other_offers(parts, problems, meant)]
    elif parts.job is not None:
        offers = [ShowJob(job=parts.job, instance=parts.instance)]
    return Misread(
        _understood(parts, problems),
        tuple(problems[:MOST_FAULTS]),
        None if meant is None else as_said(meant),
        _named(text, words, parts, instants, instances),
        tuple(dict.fromkeys(offers or (ListJobs(instance=parts.instance), Help())))[:OFFERS_MOST],
    )


def is_greeting(text: str) -> bool:
    """Whether a text says nothing, or "hello"."""
    return GREETINGS.issuperset(token.word for token in tokens(peel(whole(text))) if not token.mention)


def is_courtesy(typed: Sequence[Token]) -> bool:
    """Whether a sentence is a thank-you and nothing else."""
    words = [token.word for token in typed if not token.mention and token.word != "?"]
    return bool(THANKS.intersection(words)) and COURTESY.issuperset(words)


def _understood(parts: Parts, problems: Sequence[Problem]) -> tuple[str, ...]:
    misfits = {problem.word for problem in problems if isinstance(problem, DoesNotFit)}
    return tuple(dict.fromkeys(shown for _, shown in parts.said if shown not in misfits))


def _meant(
    text: str, words: Sequence[Token], parts: Parts, instants: Instants, instances: Sequence[str]
) -> Offered | None:
    """The sentence without its faults, where that says something. Never a stop: who meant one looks at the job first.

    It is said and read again before it is offered, so that what it says is certain.
    """
    mended = read(text, _mended(words, parts), instants, instances)
    meant, _ = settle(mended, instants.now)
    if isinstance(meant, StopJob):
        meant = ShowJob(job=meant.job, instance=meant.instance)
    if meant is None or isinstance(meant, Misread | NoQuestion | MarkAlert) or not (mended.said or mended.help):
        return None
    wording = as_said(meant)
    again, problems = settle(
        read(wording, spoken(tokens(wording), instants, instances), instants, instances), instants.now
    )
    return meant if again == meant and not problems else None


def _nearly_stop(
    text: str, words: Sequence[Token], parts: Parts, instants: Instants, instances: Sequence[str]
) -> StopJob | None:
    """``stp 987``: the stop that was probably meant, to be offered: the window asks before anything is stopped."""
    slip = next((fault for fault in parts.faults if fault.nearly_stop), None)
    if slip is None or len(parts.faults) == MOST_FAULTS:
        return None
    mended = [plain(Verb.STOP, word.end) if at == slip.first else word for at, word in enumerate(words)]
    meant, problems = settle(read(text, mended, instants, instances), instants.now)
    return meant if isinstance(meant, StopJob) and not problems else None


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
    name = joined(run).strip()
    if not name or len(name) > LONGEST_NAME or any(token.mention or token.quoted for token in run):
        return None
    as_name = [*words[:first], plain("datastream", 0), name_token(name, run[-1].end), *words[behind:]]
    meant, problems = settle(read(text, as_name, instants, instances), instants.now)
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

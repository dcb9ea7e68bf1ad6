"""A sentence that was not understood: what of it was, and what was probably meant.

Whatever is offered has been said and read again before, so that what it says is certain.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jobbot.intents.grammar.offers import other_offers
from jobbot.intents.grammar.parts import MOST_FAULTS, Parts, Settled
from jobbot.intents.grammar.reader import read
from jobbot.intents.grammar.resolve import settle
from jobbot.intents.grammar.sentence import spoken
from jobbot.intents.language.numbers import JOBS_MOST, like_number
from jobbot.intents.language.spelling import is_negated
from jobbot.intents.language.tokens import LONGEST_NAME, Token, joined, name_token, plain, tokens
from jobbot.intents.language.vocabulary import FEWER, FILLERS, KNOWN, TURNING
from jobbot.intents.model import (
    Acknowledge,
    Act,
    Alerts,
    AlertsDo,
    BadNumber,
    BadRange,
    DoesNotFit,
    FetchAgain,
    Freezing,
    Help,
    ListJobs,
    Misread,
    MissingDatastream,
    Narrowed,
    NoQuestion,
    OfAMessage,
    Offered,
    PauseSchedule,
    Problem,
    ResumeSchedule,
    Retry,
    SaidTwice,
    ShowJob,
    StopJob,
    StopSeveral,
    UnknownInstance,
    UnknownWord,
    Wondered,
)
from jobbot.intents.times.instants import Instants
from jobbot.intents.wording import as_said

OFFERS_MOST = 3
_PRONOUNS = frozenset({"it", "its", "this", "that", "them", "him", "her", "one"})
"""Small, they are hardly a datastream's name: ``kill it``."""
_MINUS = re.compile(r"-[a-z]")
_CERTAIN = (BadRange, DoesNotFit, SaidTwice, UnknownInstance)
"""Mistakes whatever the words are that nobody knows."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What was typed, its ``words``, and in what it was read."""

    text: str
    words: Sequence[Token]
    instants: Instants
    instances: Sequence[str]
    base_urls: Mapping[str, str]

    def read(self, words: Sequence[Token]) -> Parts:
        """Other words in the place of those that were typed."""
        return read(self.text, words, self.instants, self.instances, self.base_urls)

    def settle(self, words: Sequence[Token]) -> Settled:
        """What they come to."""
        return settle(self.read(words), self.instants.now)

    def holds(self, intent: Offered) -> bool:
        """Whether an intent that is said is the same when it is read again."""
        said = as_said(intent)
        words = spoken(tokens(said), self.instants, self.instances)
        return settle(read(said, words, self.instants, self.instances, self.base_urls), self.instants.now) == (
            intent,
            [],
        )


def misread(typed: Mistake, parts: Parts, problems: Sequence[Problem]) -> Misread:
    """The answer. ``parts`` and ``problems`` are what the words came to."""
    meant, offers = None, list[Offered]()
    if not _turns(typed.words):
        meant = _meant(typed, parts)
        act = _act(typed, parts, problems) or _nearly(typed, parts)
        others = [one for one in other_offers(parts, problems) if typed.holds(one)]
        # A place that is no instance may be a workspace: its jobs come before those of every place.
        is_place = parts.verb is None and any(isinstance(one, UnknownInstance) for one in problems)
        likely = [*others, meant] if is_place else [meant, *others]
        offers = [one for one in (act, *likely) if one is not None]
    elif parts.job is not None:
        offers = [ShowJob(job=parts.job, instance=parts.instance)]
    return Misread(
        _understood(parts, problems),
        tuple(_told(typed, problems)[:MOST_FAULTS]),
        None if meant is None else as_said(meant),
        _named(typed, parts),
        tuple(dict.fromkeys(offers or (ListJobs(instance=parts.instance), Help())))[:OFFERS_MOST],
    )


def _told(typed: Mistake, problems: Sequence[Problem]) -> Sequence[Problem]:
    """Without the words that may be a name where another mistake is certain: nobody has looked the name up."""
    if _turns(typed.words) or not any(isinstance(one, _CERTAIN) for one in problems):
        return problems
    return [
        one
        for one in problems
        if not isinstance(one, UnknownWord) or one.nearest is not None or one.word.lower() in KNOWN
    ]


def _understood(parts: Parts, problems: Sequence[Problem]) -> tuple[str, ...]:
    misfits = {problem.word for problem in problems if isinstance(problem, DoesNotFit)}
    return tuple(dict.fromkeys(shown for _, shown in parts.said if shown not in misfits))


def _meant(typed: Mistake, parts: Parts) -> Offered | None:
    """The sentence without its faults, where that says something. Never an act: who meant one looks first."""
    mended = typed.read(_mended(typed.words, parts))
    meant, _ = settle(mended, typed.instants.now)
    if (
        meant is None
        or isinstance(meant, Misread | NoQuestion | OfAMessage | Freezing)
        or not (mended.said or mended.help)
    ):
        return None
    meant = _look(meant) if isinstance(meant, Act) else meant
    return meant if typed.holds(meant) and not _is_wider(meant, parts) else None


def _is_wider(meant: Offered, parts: Parts) -> bool:
    """Whether more would be changed than was said: ``snooze tiktok 2h`` is not meant for all alerts of a channel."""
    changes = isinstance(meant, Alerts) and meant.does is not AlertsDo.SHOW
    faults = (fault.problem for fault in parts.faults)
    return changes and any(
        (isinstance(one, UnknownWord) and one.nearest is None) or isinstance(one, BadRange | UnknownInstance)
        for one in faults
    )


def _look(act: Act) -> Offered:
    """The job, the jobs or the datastream that an act is about."""
    job = None if isinstance(act, PauseSchedule | ResumeSchedule | StopSeveral) else act.job
    if job is not None:
        return ShowJob(job=job, instance=act.instance)
    if isinstance(act, StopJob | Retry | Acknowledge):
        raise AssertionError("an act on a job without one")
    if not isinstance(act, StopSeveral):
        return ListJobs(datastream=act.datastream, workspace=act.workspace, instance=act.instance)
    if act.jobs:
        return ListJobs(jobs=act.jobs[:JOBS_MOST], instance=act.instance)
    return ListJobs(states=act.states, datastream=act.datastream, workspace=act.workspace, instance=act.instance)


def _act(typed: Mistake, parts: Parts, problems: Sequence[Problem]) -> Act | None:
    """The act that was only asked about, or whose days have no meaning, to be offered: the window asks about it."""
    meant, _ = settle(parts, typed.instants.now)
    if meant is None and any(isinstance(fault.problem, BadRange) for fault in parts.faults):
        return _act_on_a_name(typed, parts)
    if not isinstance(meant, Act) or (isinstance(meant, StopJob) and not parts.wondered):
        return None
    is_offered = all(isinstance(problem, BadRange | Wondered | MissingDatastream) for problem in problems)
    meant = _ending(meant, parts)
    return meant if is_offered and typed.holds(meant) else None


def _ending(act: Act, parts: Parts) -> Act:
    """A pause whose beginning was said, with an end: it would last until somebody resumes it."""
    if not isinstance(act, PauseSchedule) or act.until is not None or parts.ends is None:
        return act
    until, said = parts.ends
    return replace(act, until=until, said=said)


def _act_on_a_name(typed: Mistake, parts: Parts) -> Act | None:
    """``pause facebook at 22:00 for 2h``: the same, of what the words that nobody knows may be the name of."""
    taken = {
        place
        for fault in parts.faults
        if isinstance(fault.problem, BadRange)
        for place in range(fault.first, fault.behind)
    }
    unknown = [fault.first for fault in parts.faults if isinstance(fault.problem, UnknownWord)]
    if taken and any(place < min(taken) for place in unknown):
        # A name is not said in two halves: "pause trade desk until someone looks at it".
        rest = range(max(taken) + 1, max(unknown) + 1)
        taken |= {place for place in rest if place in unknown or typed.words[place].word in FILLERS}
    kept = replace(typed, words=[word for place, word in enumerate(typed.words) if place not in taken])
    named = _named(kept, kept.read(kept.words))
    if not isinstance(named, FetchAgain | PauseSchedule):
        return None
    meant = _ending(named, parts)
    return meant if typed.holds(meant) else None


def _nearly(typed: Mistake, parts: Parts) -> Offered | None:
    """``stp 987``, ``pasue facebook``: the act that was probably meant, to be offered: the window asks first.

    Of a stop by a name, the jobs that it would be chosen from. Whether there is such a name is not known here.
    """
    slip = next((fault for fault in parts.faults if fault.nearly is not None), None)
    if slip is None or slip.nearly is None or len(parts.faults) == MOST_FAULTS:
        return None
    words = [plain(slip.nearly, word.end) if at == slip.first else word for at, word in enumerate(typed.words)]
    mended = replace(typed, words=words)
    meant, problems = mended.settle(words)
    if problems:
        parts = mended.read(words)
        meant = _act(mended, parts, problems) or _named(mended, parts)
    if isinstance(meant, Act) or (isinstance(meant, ListJobs) and meant.wanted):
        return meant if typed.holds(meant) else None
    return None


def _turns(words: Sequence[Token]) -> bool:
    """Whether a word turns a meaning round: without it, or with it in a name, the sentence would say the opposite."""
    return any(_turns_one(token.word, [one.word for one in words[at + 1 : at + 3]]) for at, token in enumerate(words))


def _turns_one(word: str, behind: Sequence[str]) -> bool:
    if word in FEWER:
        return any(one == "than" or like_number(one[:1]) for one in behind)
    return word in TURNING or _MINUS.match(word) is not None or is_negated(word)


def _named(typed: Mistake, parts: Parts) -> Narrowed | None:
    """The sentence if the words that nobody knows are a datastream's name; None where they stand apart.

    Whether there is such a datastream is not known here.
    """
    words, faults = typed.words, sorted(parts.faults, key=lambda fault: fault.first)
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
    if _PRONOUNS.issuperset(token.name for token in run):
        return None
    name = joined(run).strip()
    if not name or len(name) > LONGEST_NAME or any(token.mention or token.quoted for token in run):
        return None
    meant, problems = typed.settle([*words[:first], _noun(run[0]), name_token(name, run[-1].end), *words[behind:]])
    return meant if isinstance(meant, Narrowed) and meant.datastream is not None and not problems else None


def _noun(first: Token) -> Token:
    """``datastream`` before a name, behind the words that say nothing and stand before its first word."""
    return replace(plain("datastream", 0), before=first.before)


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
    before: tuple[str, ...] = ()
    at = 0
    while at < len(words):
        fault = faults.get(at)
        if fault is None:
            mended.append(replace(words[at], before=(*before, *words[at].before)) if before else words[at])
            before = ()
            at += 1
        else:
            end = words[fault.behind - 1].end if fault.behind <= len(words) else words[at].end
            mended += [plain(word, end) for word in fault.instead]
            # Who asks "why did it stop" does so without "it" as well.
            before = () if fault.instead else (*before, *words[at].before)
            at = max(fault.behind, at + 1)
    return mended

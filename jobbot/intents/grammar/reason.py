"""What stands behind ``stop 987``: the instance, where one is named directly behind the number, and the reason.

The reason is taken as it was typed, Slack's wrappings made readable; only the blanks, commas, colons and dashes between
it and the number are left out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from jobbot.intents.language.numbers import hosts, instance_of_link, number
from jobbot.intents.language.slack_text import normal, readable
from jobbot.intents.language.spelling import nearest
from jobbot.intents.language.tokens import bare
from jobbot.intents.language.vocabulary import FILLERS, LONG, STATES

_LEAD = re.compile(r"(?:[\s,;:|–—…]|[-.]++(?=\s|$))*+")
_IN = re.compile(r"(?:in|on)\s+(\S+)", re.IGNORECASE)
_NUMBERS = re.compile(r"(?:(?:and|or|jobs?|please|too|[&+]|#?\d++)(?:[\s,;]++|$))++", re.IGNORECASE)
_MORE_JOBS = re.compile(r"(?:(?:(?:and|&|\+)\s+(?:jobs?\s+)?#?\d{4,19}|#?\d{5,19})(?:[\s,;]++|$))++", re.IGNORECASE)
_JOBS = frozenset({"jobs", "runs", "fetches", "tasks", "ones"})
_WORD = re.compile(r"[a-z-]{1,20}", re.ASCII)
_FEW = 100
"""Numbers below this are hardly ever a job's."""
_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Why:
    """``nearly``: a name that no instance has, but almost; ``numbers``: further jobs that stand there, and ``rest``
    what stands behind them."""

    reason: str
    instance: str | None = None
    nearly: str | None = None
    numbers: tuple[int, ...] = ()
    rest: str = ""


def read_reason(rest: str, instances: Sequence[str]) -> Why:
    """Read what follows the number. ``stop 987 in the night`` names no instance, ``stop 987 in stagin`` nearly does."""
    words = _led(readable(rest))
    instance = None
    if place := _IN.match(words):
        name = normal(place[1][:_LONGEST_NAME]).lower()
        instance = named(instances, name, bare(name), *(hosts(name) if "://" in name else ()))
        if instance is None and bare(name) not in FILLERS and nearest(bare(name), _lower(instances)):
            return Why(words, nearly=bare(name))
        if instance is not None:
            words = _led(words[place.end() :])
    words = words.strip()
    more = _NUMBERS.fullmatch(words) or _MORE_JOBS.match(words)
    found = re.findall(r"\d+", more[0]) if more else []
    numbers = tuple(one for word in found if (one := number(word)) is not None)
    return Why(words, instance, numbers=numbers, rest=words[more.end() :].strip() if more else words)


def is_count(job: int, rest: str, *, of_a_stop: bool = False) -> bool:
    """Whether a number is how many, by what stands behind it: ``3 running jobs``, of a stop also ``3 running``."""
    words = (word.strip(".,!?").lower() for word in rest[:200].split())
    behind = list(takewhile(_WORD.fullmatch, words))
    states = next((at for at, word in enumerate(behind) if word not in STATES and word not in LONG), len(behind))
    is_of_jobs = _JOBS.intersection(behind[states : states + 1])
    return bool(is_of_jobs or (of_a_stop and states)) if job < _FEW else bool(is_of_jobs and of_a_stop)


def named(instances: Sequence[str], *words: str) -> str | None:
    """The configured instance that one of the words names."""
    return next((name for word in words for name in instances if word and name.lower() == word), None)


def linked(instances: Sequence[str], base_urls: Mapping[str, str], url: str) -> str | None:
    """The configured instance to which a link leads, by its address or by what its host is called."""
    return instance_of_link(url, base_urls) or named(instances, *hosts(url))


def nearest_instance(word: str, instances: Sequence[str]) -> str | None:
    """The configured instance that was probably meant."""
    near = nearest(word, _lower(instances))
    return None if near is None else named(instances, near)


def _lower(instances: Sequence[str]) -> list[str]:
    return [name.lower() for name in instances]


def _led(words: str) -> str:
    lead = _LEAD.match(words)
    return words[lead.end() :] if lead else words

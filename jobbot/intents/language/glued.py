"""The words in one that was typed without blanks: ``ds:42``, ``failed/stale``, ``10:30-12:00``, ``48319,48320``."""

import re

from jobbot.intents.language.vocabulary import DATASTREAM, JOB, KEYS, KNOWN, NOUNS, VERBS
from jobbot.intents.times import moments

_KEY = re.compile(r"([a-z]+)[:=#-]+(.+)")
_GLUED = re.compile(r"([a-z]+)(\d[\d.,]*)", re.ASCII)
_NUMBERS = re.compile(r"#?\d{4,}(?:[,/+&;]#?\d{4,})+", re.ASCII)
"""Several numbers, which no thousands' separators can make one."""
_HOURS = re.compile(r"(\d{1,2})-(\d{1,2})(am|pm)", re.ASCII)
_LONG = 4
"""Digits of a number that may be glued to a verb: ``stop48319``."""
_VERBS = VERBS.keys() - NOUNS
_SEVERAL = re.compile(r"[a-z]+(?:[/+&;][a-z]+)+", re.ASCII)


def unglued(word: str) -> list[str]:
    """The words in it, none where it is only one."""
    if moments.is_one(word):
        return []
    key, glued = _KEY.fullmatch(word), _GLUED.fullmatch(word)
    if key and key[1] in KEYS and word not in KNOWN:
        return [key[1], key[2]]
    if glued and (glued[1] in DATASTREAM | {JOB} or (glued[1] in _VERBS and len(glued[2]) >= _LONG)):
        return [glued[1], glued[2]]
    if _NUMBERS.fullmatch(word):
        return re.split(r"[,/+&;]", word)
    if _SEVERAL.fullmatch(word) and KNOWN.issuperset(several := re.split(r"[/+&;]", word)):
        return several  # "C&A" and "facebook/instagram" are names
    if hours := _HOURS.fullmatch(word):
        return [f"{hours[1]}{hours[3]}", "..", f"{hours[2]}{hours[3]}"]
    hyphen = _hyphen(word)
    return [word[:hyphen], "..", word[hyphen:].lstrip("-")] if hyphen else []


def _hyphen(word: str) -> int:
    """Where the hyphen between two moments is; 0 where there is none."""
    places = (at for at, letter in enumerate(word) if letter == "-")
    return next((at for at in places if moments.is_one(word[:at]) and moments.is_one(word[at:].lstrip("-"))), 0)

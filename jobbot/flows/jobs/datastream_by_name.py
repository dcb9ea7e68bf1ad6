"""Which datastreams a name means that somebody typed: exactly, or as a part of what they are called. Pure."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from jobbot.store.datastreams import KnownDatastream

NEAREST_MOST = 3
_BEGINNING = 3
"""Letters from which on a beginning stands for a word."""
_CLOSE = 0.6


@dataclass(frozen=True, slots=True)
class Match:
    """The datastreams that are meant, best known first; where there are none, those that are called nearly so."""

    found: tuple[KnownDatastream, ...]
    nearest: tuple[KnownDatastream, ...] = ()


def match(name: str, known: Sequence[KnownDatastream], aliases: Mapping[str, int], *, beginnings: bool = True) -> Match:
    """An alias before any name; a name as it stands before one that differs in case; whole words before beginnings.

    ``aliases`` are in lower case. ``beginnings``: whether the beginning of a word is enough: not for what is nearly a
    word of the language.
    """
    named = [one for one in known if one.name.strip()]
    if (number := aliases.get(name.casefold())) is not None:
        of_alias = [one for one in known if one.id == number]
        return Match(tuple(of_alias[:1]))
    wanted = _words(name)
    if not wanted:
        return Match(())
    words = {one.id: _words(one.name) for one in named}
    tiers = (
        lambda one: one.name.split() == name.split(),
        lambda one: words[one.id] == wanted,
        lambda one: set(wanted) <= set(words[one.id]),
        lambda one: beginnings and _begin(wanted, words[one.id]),
    )
    for is_meant in tiers:
        if found := [one for one in named if is_meant(one)]:
            return Match(tuple(found))
    return Match((), _nearest(wanted, named, words))


def _words(name: str) -> tuple[str, ...]:
    """The letters and digits of a name, word by word, as they are compared; what has none is taken as it is."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    kept = "".join(letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in plain)
    return tuple(kept.split()) or tuple(plain.split())


def _begin(wanted: Iterable[str], words: Sequence[str]) -> bool:
    return all(
        any(word.startswith(part) if len(part) >= _BEGINNING else word == part for word in words) for part in wanted
    )


def _nearest(
    wanted: tuple[str, ...], named: Sequence[KnownDatastream], words: Mapping[int, tuple[str, ...]]
) -> tuple[KnownDatastream, ...]:
    """By the whole name, and then by single words of it."""
    whole = " ".join(wanted)[:60]
    spelt: dict[str, list[KnownDatastream]] = {}
    for one in named:
        for form in {" ".join(words[one.id])[:60], *words[one.id]}:
            spelt.setdefault(form, []).append(one)
    forms = [form for form in (whole, *wanted[:5]) if len(form) >= _BEGINNING]
    near = [close for form in forms for close in get_close_matches(form, spelt, NEAREST_MOST, _CLOSE)]
    found = {one.id: one for form in near for one in spelt[form]}
    return tuple(found.values())[:NEAREST_MOST]

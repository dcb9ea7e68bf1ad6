"""What a typed name means, of datastreams and of workspaces alike: exactly, or as a part of a name. Pure."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

NEAREST_MOST = 3
_BEGINNING = 3
"""Letters from which on a beginning stands for a word."""
_CLOSE = 0.6
_SPARE = 1_000
_TELLING, _WORDS_MOST = 4, 12
"""Letters and words of a name that is looked for in somebody's text."""


Form = tuple[str, ...]
"""A name as it is compared, word by word."""


class Forms:
    """The forms of names, made once for each: of ten thousand names that takes longer than all that is asked of them.

    What is asked for some time ago makes way once there are twice as many as were asked for at once.
    """

    def __init__(self) -> None:
        self._of: dict[str, Form] = {}

    def of(self, known: Mapping[int, Sequence[str]]) -> Mapping[int, list[Form]]:
        """By number the forms of what each is called, but for what is empty."""
        of, found = self._of, dict[int, list[Form]]()
        if len(of) > 2 * len(known) + _SPARE:
            of.clear()
        for id_, names in known.items():
            forms = found[id_] = []
            for name in names:
                form = of.get(name)
                if form is None:
                    form = of[name] = _words(name)
                if form:
                    forms.append(form)
        return found


@dataclass(frozen=True, slots=True)
class Match:
    """The numbers of what is meant, best known first; where nothing is, of what is called nearly so."""

    found: tuple[int, ...]
    nearest: tuple[int, ...] = ()


def match(
    name: str,
    known: Mapping[int, Sequence[str]],
    *,
    beginnings: bool = True,
    nearly: bool = True,
    forms: Forms | None = None,
) -> Match:
    """A name as it stands before one that differs in case; whole words before beginnings.

    ``known``: by number what each is called. ``beginnings``: whether the beginning of a word is enough: not for what is
    nearly a word of the language. ``nearly``: whether what is called nearly so is looked for where nothing is meant,
    which takes longer than all else. ``forms`` keeps what names look like from one question to the next.
    """
    wanted = _words(name)
    if not wanted:
        return Match(())
    words = (forms or Forms()).of(known)
    tiers: tuple[Callable[[int], bool], ...] = (
        lambda id_: any(form.split() == name.split() for form in known[id_]),
        lambda id_: wanted in words[id_],
        lambda id_: any(set(wanted) <= set(form) for form in words[id_]),
        lambda id_: beginnings and any(_begin(wanted, form) for form in words[id_]),
    )
    for is_meant in tiers:
        if found := [id_ for id_ in known if words[id_] and is_meant(id_)]:
            return Match(tuple(found))
    return Match((), _nearest(wanted, words) if nearly else ())


def mentioned(text: str, known: Mapping[int, Sequence[str]], *, forms: Forms | None = None) -> tuple[int, ...]:
    """Those whose whole name stands in a text, word by word, in the text's order. ``forms`` as for :func:`match`.

    A name within a longer one that was meant there is not meant itself: of "Facebook Ads EU" not also "Facebook Ads".
    """
    words, at = _words(text), dict[tuple[str, ...], list[int]]()
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + _WORDS_MOST) + 1):
            at.setdefault(words[start:end], []).append(start)
    called: dict[tuple[str, ...], list[int]] = {}
    for id_, names in (forms or Forms()).of(known).items():
        for form in {form for form in names if form in at and _is_telling(form)}:
            called.setdefault(form, []).append(id_)
    found: dict[int, int] = {}
    taken: set[int] = set()
    for form in sorted(called, key=len, reverse=True):
        spans = [range(start, start + len(form)) for start in at.get(form, ())]
        free = [span.start for span in spans if taken.isdisjoint(span)]
        if free:
            found |= {id_: min(free[0], found.get(id_, free[0])) for id_ in called[form]}
            taken.update(*spans)
    return tuple(sorted(found, key=lambda id_: (found[id_], id_)))


def _is_telling(form: Sequence[str]) -> bool:
    """Whether a name is long enough to be meant wherever it stands: not ``eu``, and no number."""
    letters = "".join(form)
    return len(letters) >= _TELLING and not letters.isdecimal() and len(form) <= _WORDS_MOST


_BLANKS = {number: " " for number in range(128) if not chr(number).isalnum()}
"""Of ASCII what is neither a letter nor a digit."""


def _words(name: str) -> tuple[str, ...]:
    """The letters and digits of a name, word by word, as they are compared; what has none is taken as it is."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    if plain.isascii():  # as nearly all are: letter by letter takes twenty times as long
        return tuple(plain.translate(_BLANKS).split()) or tuple(plain.split())
    kept = "".join(letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in plain)
    return tuple(kept.split()) or tuple(plain.split())


def _begin(wanted: Iterable[str], words: Sequence[str]) -> bool:
    return all(
        any(word.startswith(part) if len(part) >= _BEGINNING else word == part for word in words) for part in wanted
    )


def _nearest(wanted: tuple[str, ...], words: Mapping[int, Sequence[tuple[str, ...]]]) -> tuple[int, ...]:
    """By the whole name, and then by single words of it."""
    whole = " ".join(wanted)[:60]
    spelt: dict[str, list[int]] = {}
    for id_, forms in words.items():
        for form in {part for one in forms for part in (" ".join(one)[:60], *one)}:
            spelt.setdefault(form, []).append(id_)
    wanted_forms = [form for form in (whole, *wanted[:5]) if len(form) >= _BEGINNING]
    near = [close for form in wanted_forms for close in get_close_matches(form, spelt, NEAREST_MOST, _CLOSE)]
    return tuple(dict.fromkeys(id_ for form in near for id_ in spelt[form]))[:NEAREST_MOST]

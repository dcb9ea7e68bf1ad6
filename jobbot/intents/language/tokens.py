"""What was typed, cut into words that each know where they ended, so that a reason can be taken as it was typed.

People copy commands with their backticks, phones change quotes, dashes and dots, Slack wraps ids and links: none of it
is left in ``Token.word``. The work is bounded: no more than TOKENS_MOST words are cut, whatever follows them.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from jobbot.intents.language.glued import unglued
from jobbot.intents.language.numbers import is_link
from jobbot.intents.language.slack_text import group, normal, person, unwrapped
from jobbot.intents.language.vocabulary import KNOWN

TOKENS_MOST = 100
"""Words in a sentence that are read; nobody means more."""
_LONGEST = 64
_LONGEST_PIECE = 300
LONGEST_NAME = 300
"""Characters of a datastream's or a workspace's name; Adverity's are shorter."""
_SHOWN = 40

_QUOTED = r"[\"“”„«»][^\"“”„«»]{1,2000}[\"“”«»]"
_DOUBLE_QUOTES = re.compile(r"[\"“”„«»]")
_WRAPPED = re.compile(r"<([^<>]+)>")
_PIECE = re.compile(
    rf"(?P<quoted>{_QUOTED})"
    r"|<[^<>]+>"
    r"|\d{4}[‒–]\d\d?[‒–]\d\d?(?!\d)"  # a date whose hyphens a word processor has lengthened
    r"|(?P<joint>\.{2,}|[…‥]+|[‒–—―]+)"
    r"|(?:[^\s,|<.‒–—―…‥]|\.(?!\.)|(?<=\d),(?=\d))+"
)
_AROUND = " &\"'`´*_~“”„‟‘’‚‛«»‹›()[]{}<>•"
_BEHIND = ".,:;!?" + _AROUND
_LONGER = re.compile(r">=?\s*\d")
_COMMAND = re.compile(r"/[a-z][\w-]*")
_QUOTES = {'"': '"', "'": "'", "`": "`", "*": "*", "_": "_", "“": "”", "‘": "’", "„": "“", "«": "»"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word. ``word`` is lower case and bare, ``typed`` lower case with its brackets (a host may have some).

    ``shown`` is for people, and cut; ``end`` is where it ended in the text; ``url`` where a link leads; ``person`` the
    id of the person and ``group`` of the user group that Slack has made it a mention of. ``name`` is the word in its
    own case, not cut. What stood between double quotes is one token, ``quoted``, with the words ``within``: which of
    the two it is depends on them. ``before`` are words that stood before it and say nothing, for where they are a part
    of a name.
    """

    word: str
    typed: str
    shown: str
    end: int
    url: str = ""
    mention: bool = False
    person: str = ""
    group: str = ""
    name: str = ""
    quoted: bool = False
    within: tuple["Token", ...] = ()
    before: tuple[str, ...] = ()


def plain(word: str, end: int) -> Token:
    """A token for a word of ours."""
    return Token(word, word, word, end, name=word)


def name_token(name: str, end: int) -> Token:
    """A token for a name, as if it stood between quotes."""
    return Token(name.lower(), name.lower(), show(name), end, name=name, quoted=True)


def peel(text: str) -> str:
    """The text without the blanks and the quotes around the whole of it."""
    text = text.strip()
    while len(text) > 1 and _QUOTES.get(text[0]) == text[-1] and text.count(text[-1]) <= 1 + (text[0] == text[-1]):
        text = text[1:-1].strip()
    return text.strip("`").strip() if text.startswith("```") else text


def tokens(text: str) -> tuple[Token, ...]:
    """The first words of the text, at most one more than TOKENS_MOST, so that it can be seen that there were more."""
    found = list(islice(_all(_with_blanks(text)), TOKENS_MOST + 1))
    while found and (found[0].mention or _COMMAND.fullmatch(found[0].word)):
        first = found[0]
        if first.word[1:] in KNOWN:
            # "/stop 987" behind "/jobs": the slash was only too much.
            return (replace(first, word=first.word[1:]), *found[1:])
        if first.mention and len(found) == 1:
            break
        found = found[1:]
    return tuple(found)


def _with_blanks(text: str) -> str:
    """The text with blanks for letters that nobody can see, as they are read in a name."""
    if text.isascii():
        return text
    return "".join(" " if unicodedata.category(letter) in ("Cn", "Co") else letter for letter in text)


def show(typed: str) -> str:
    """A word for people, cut."""
    return typed if len(typed) <= _SHOWN else typed[: _SHOWN - 1] + "…"


def bare(word: str) -> str:
    """A normalised word without what may stand around it: quotes, brackets, the marks behind it."""
    return word.lstrip(_AROUND).rstrip(_BEHIND)


def _all(text: str) -> Iterator[Token]:
    for piece in _PIECE.finditer(text):
        if piece["quoted"]:
            yield from _quoted(text, piece)
        else:
            yield from _unquoted(piece)


def _unquoted(piece: re.Match[str]) -> Iterator[Token]:
    if piece["joint"]:
        yield plain("-" if piece[0][0] in "‒–—―" else "..", piece.end())
    else:
        yield from _words(piece[0], piece.end())


def _quoted(text: str, phrase: re.Match[str]) -> Iterator[Token]:
    """What stands between quotes, or its words where it is no name for its length or for whom it mentions."""
    pieces = _PIECE.finditer(text, phrase.start() + 1, phrase.end() - 1)
    within = [token for piece in pieces for token in _unquoted(piece)]
    if not within:
        return
    within[-1] = replace(within[-1], end=phrase.end())
    name = name_of(_WRAPPED.sub(lambda wrapped: unwrapped(wrapped[1])[0], phrase[0]))
    if not name or len(name) > LONGEST_NAME or any(token.mention for token in within):
        yield from within
    else:
        yield replace(name_token(name, phrase.end()), within=tuple(within))


def joined(tokens: Sequence[Token]) -> str:
    """The tokens as one name, with the words that say nothing between them."""
    words = (word for at, token in enumerate(tokens) for word in (*(token.before if at else ()), token.name))
    return " ".join(filter(None, words))  # of invisible letters alone no name is left


def name_of(words: str) -> str:
    """A name as it is compared and said again: on one line, without what nobody sees, and without double quotes."""
    seen = "".join(letter if letter.isprintable() else " " for letter in normal(words))
    return " ".join(_DOUBLE_QUOTES.sub(" ", seen).split())


def _words(piece: str, end: int) -> Iterator[Token]:
    url = mentioned = team = ""
    if piece[:1] == "<":
        mentioned, team = person(piece[1:-1]), group(piece[1:-1])
        piece, url = unwrapped(piece[1:-1])
    if len(piece) > _LONGEST_PIECE:
        # Cut, and marked as cut: half a number must not become another job's.
        piece = piece[:_LONGEST_PIECE] + "…etc"
    typed = normal(piece)
    if all(map(_is_mark, typed)):
        if typed.startswith(">"):
            yield plain("over", end)
        elif "?" in typed:
            yield plain("?", end)
        elif typed.strip(_BEHIND) == "-":
            yield plain("-", end)
        return
    if _LONGER.match(typed):
        yield plain("over", end)
    stripped = bare(typed)
    is_mention = stripped.startswith("@")
    token = Token(stripped.lower(), typed.lower(), show(stripped), end, url, mention=is_mention, name=name_of(stripped))
    if mentioned or team:
        token = replace(token, mention=True, person=mentioned, group=team)
    if token.mention or is_link(stripped):
        whole = len(piece) <= _LONGEST_PIECE
        yield replace(token, url=url or (stripped if whole else ""))
    else:
        parts = [] if len(token.word) > _LONGEST else unglued(token.word)
        yield from (Token(part, part, show(part), token.end, name=part) for part in parts) if parts else (token,)


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PZ" or letter in "+|=~^<>`"

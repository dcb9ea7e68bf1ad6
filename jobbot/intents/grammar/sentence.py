"""A sentence while it is read: its words, what they came to so far, and what every rule may ask."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from jobbot.intents.grammar.parts import Parts
from jobbot.intents.grammar.reason import named, nearest_instance
from jobbot.intents.language.numbers import like_number, number
from jobbot.intents.language.tokens import TOKENS_MOST, Token
from jobbot.intents.language.vocabulary import (
    ASKING,
    BROWSING,
    BY,
    DATASTREAM,
    FILLERS,
    GIVING,
    HELP,
    JOB,
    LONG,
    METHODS,
    SILENT,
    STATES,
    TIME_WORDS,
    TOLD_BY,
    VERBS,
    WEAK_STATES,
    WHO,
    WORKSPACE,
    Verb,
)
from jobbot.intents.model import UnknownInstance
from jobbot.intents.times import moments, ranges
from jobbot.intents.times.instants import Instants


def says(words: Sequence[str], at: int, instants: Instants) -> int:
    """How many words at a place say something by themselves; 0 where nobody knows the first one."""
    word = words[at]
    tables: tuple[Set[str], ...] = (
        *(VERBS.keys(), STATES.keys(), WEAK_STATES.keys()),
        *(HELP, DATASTREAM, WORKSPACE, FILLERS, LONG),
    )
    if any(word in table for table in tables) or word in (JOB, BY, WHO, "..", "-", "?"):
        return 1
    found = ranges.find(words, at, instants)
    return 0 if found is None else found.words


def spoken(tokens: Sequence[Token], instants: Instants, instances: Sequence[str]) -> tuple[Token, ...]:
    """The tokens that say something, with the words for a phrase between quotes that says something in the language.

    A name never outranks a word: only behind ``datastream`` and ``workspace`` any phrase is one.
    """
    found: list[Token] = []
    silent: list[str] = []
    said = _unquoted(tokens, instants)
    for token, behind in zip(said, [*(one.word for one in said[1:]), ""][: len(said)], strict=True):
        # An instance may be called like any word; a sentence that is too long is not made shorter.
        before = {*silent, *(token.word for token in found[-1:])}
        if len(tokens) <= TOKENS_MOST and _is_silent(token, before, behind) and named(instances, token.word) is None:
            silent.append(token.name)
        else:
            found.append(replace(token, before=tuple(silent)) if silent else token)
            silent = []
    return tuple(found)


def _is_silent(token: Token, before: Set[str], behind: str) -> bool:
    """``its been running`` means "it's"; ``stop all its running jobs`` says whose."""
    if token.quoted or token.mention or token.url:
        return False
    if any(moments.ends_an_hour(token.word, word) for word in before):
        return False
    if token.word == "us":
        return not GIVING.isdisjoint(word.lower() for word in before)
    return token.word.replace("’", "'") in SILENT or (token.word == "its" and behind in ("been", "taking"))


def _unquoted(tokens: Sequence[Token], instants: Instants) -> list[Token]:
    found: list[Token] = []
    for token in tokens:
        wants_name = bool(found) and found[-1].word in DATASTREAM | WORKSPACE and not found[-1].quoted
        is_number = len(token.within) == 1 and number(token.within[0].word) is not None
        if token.quoted and token.within and (is_number or not (wants_name or _is_name(token, instants))):
            found += token.within
        else:
            found.append(token)
    return found


def _is_name(token: Token, instants: Instants) -> bool:
    words, at = [one.word for one in token.within], 0
    while at < len(words):
        known = says(words, at, instants) or int(like_number(words[at]))
        if not known:
            return True
        at += known
    return False


class Sentence:
    """``text`` is what the tokens were cut from, ``base_urls`` by name where links to the instances lead; ``done`` is
    set by the rule behind which nothing is read any more."""

    def __init__(
        self,
        text: str,
        tokens: Sequence[Token],
        instants: Instants,
        instances: Sequence[str],
        base_urls: Mapping[str, str],
    ) -> None:
        self.text = text
        self.tokens = tokens[:TOKENS_MOST]
        self.beyond = tokens[TOKENS_MOST].shown if len(tokens) > TOKENS_MOST else None
        # A name is no word, whatever it is called.
        self.words = ["" if token.quoted else token.word for token in self.tokens]
        self.instants = instants
        self.instances = tuple(instances)
        self.base_urls = base_urls
        self.parts = Parts()
        self.done = False

    def behind(self, at: int, skipped: Set[str]) -> int | None:
        """The next word's place, some left out."""
        return next((place for place in range(at + 1, len(self.words)) if self.words[place] not in skipped), None)

    def shown(self, at: int, behind: int) -> str:
        """Some words, as they were put."""
        words = " ".join(token.shown for token in self.tokens[at:behind])
        return words.replace(" ..", "..").replace(".. ", "..")

    def is_known(self, at: int) -> bool:
        """Whether the word there says something by itself; what stands between quotes does not."""
        return not self.tokens[at].quoted and says(self.words, at, self.instants) > 0

    def asks_about_the_past(self, at: int) -> bool:
        """Whether "did" stands before the word there."""
        return any(word.lower() == "did" for token in self.tokens[: at + 1] for word in token.before)

    def before(self, at: int) -> list[str]:
        """The words before a place, also those that say nothing, back to the end of a question."""
        found: list[str] = []
        for place, token in enumerate(self.tokens[: at + 1]):
            found += (word.lower().replace("’", "'") for word in token.before)
            if place < at:
                found = [] if token.typed.endswith(("?", "!")) else [*found, self.words[place]]
        return found

    def asks(self, at: int) -> bool:
        """Whether a question word stands before the word there, so that it asks for nothing to be done."""
        before = ""
        for word in self.before(at):
            if word in ASKING and before not in TOLD_BY:
                return True
            before = before if word in SILENT and word not in TOLD_BY | ASKING else word
        return False

    def asks_how(self, at: int) -> bool:
        """Whether "how do i" or the like stands before the word there."""
        words = self.before(at)
        return "how" in words and not METHODS.isdisjoint(words[words.index("how") :])

    def all_words(self) -> list[str]:
        """All words, also those that say nothing."""
        return [word.lower() for token in self.tokens for word in (*token.before, token.word)]

    def has_number(self, at: int) -> bool:
        """Whether a job's number stands anywhere behind that place."""
        return any(number(word) is not None for word in self.words[at:])

    def may_be_name(self, at: int) -> bool:
        """Whether what stands there may be a part of a name: words that nobody knows."""
        if at >= len(self.words) or self.words[at] in TIME_WORDS:
            return False
        return not (self.is_known(at) or like_number(self.words[at]))

    def instance_at(self, at: int) -> str | None:
        """The configured instance that the word there names."""
        return named(self.instances, self.tokens[at].typed, self.words[at])

    def put_instance(self, name: str, at: int, behind: int) -> None:
        """Note the instance that these words name."""
        if self.parts.once("instance", (self.parts.instance, name), f"in {name}", at, behind):
            self.parts.instance = name

    def put_report(self, verb: Verb, at: int, behind: int) -> None:
        """Note a verb that tells of no one job. In ``show history`` the verb before it says nothing."""
        parts = self.parts
        if parts.job is None and parts.wants is not None and parts.wants.lower() in BROWSING | {"why"}:
            parts.verb = parts.wants = None
            parts.said = [(kind, how) for kind, how in parts.said if kind != "verb"]
        if parts.once("verb", (parts.verb, verb), self.shown(at, behind), at, behind):
            parts.verb = verb

    def unknown_instance(self, word: str, shown: str, at: int, behind: int) -> None:
        """Note that these words name an instance that is not configured."""
        near = nearest_instance(word, self.instances)
        instead = ("in", near.lower()) if near else ()
        self.parts.fault(UnknownInstance(shown, near, self.instances), at, behind, instead)

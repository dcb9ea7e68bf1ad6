"""A sentence while it is read: its words, what they came to so far, and what every rule may ask."""

from collections.abc import Sequence, Set

from jobbot.intents.grammar.parts import Parts
from jobbot.intents.grammar.reason import named, nearest_instance
from jobbot.intents.language.tokens import TOKENS_MOST, Token
from jobbot.intents.language.vocabulary import (
    BROWSING,
    BY,
    DATASTREAM,
    FILLERS,
    HELP,
    JOB,
    STATES,
    VERBS,
    WEAK_STATES,
    Verb,
)
from jobbot.intents.model import UnknownInstance
from jobbot.intents.times import ranges
from jobbot.intents.times.instants import Instants


class Sentence:
    """``text`` is what the tokens were cut from; ``done`` is set by the rule behind which nothing is read any more."""

    def __init__(self, text: str, tokens: Sequence[Token], instants: Instants, instances: Sequence[str]) -> None:
        self.text = text
        self.tokens = tokens[:TOKENS_MOST]
        self.beyond = tokens[TOKENS_MOST].shown if len(tokens) > TOKENS_MOST else None
        self.words = [token.word for token in self.tokens]
        self.instants = instants
        self.instances = tuple(instances)
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
        """Whether the word there says something by itself."""
        word = self.words[at]
        tables: tuple[Set[str], ...] = (VERBS.keys(), STATES.keys(), WEAK_STATES.keys(), HELP, DATASTREAM, FILLERS)
        return (
            any(word in table for table in tables)
            or word in (JOB, BY, "..", "-", "?")
            or ranges.find(self.words, at, self.instants) is not None
        )

    def instance_at(self, at: int, *more: str) -> str | None:
        """The configured instance that the word there names, or one of ``more``."""
        return named(self.instances, self.tokens[at].typed, self.words[at], *more)

    def put_instance(self, name: str, at: int, behind: int) -> None:
        """Note the instance that these words name."""
        if self.parts.once("instance", (self.parts.instance, name), f"in {name}", at, behind):
            self.parts.instance = name

    def put_report(self, verb: Verb, at: int, behind: int) -> None:
        """Note a verb that tells of no one job. In ``show history`` the verb before it says nothing."""
        parts = self.parts
        if parts.job is None and parts.wants is not None and parts.wants.lower() in BROWSING:
            parts.verb = parts.wants = None
            parts.said = [(kind, how) for kind, how in parts.said if kind != "verb"]
        if parts.once("verb", (parts.verb, verb), self.shown(at, behind), at, behind):
            parts.verb = verb

    def unknown_instance(self, word: str, shown: str, at: int, behind: int) -> None:
        """Note that these words name an instance that is not configured."""
        near = nearest_instance(word, self.instances)
        instead = ("in", near.lower()) if near else ()
        self.parts.fault(UnknownInstance(shown, near, self.instances), at, behind, instead)

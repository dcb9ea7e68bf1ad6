"""A sentence in, an intent out: the words are read, put together, and what does not go together is told.

The language itself is written down in ``language/vocabulary.py``.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from jobbot.intents.grammar.reader import read
from jobbot.intents.grammar.resolve import settle
from jobbot.intents.grammar.sentence import spoken
from jobbot.intents.grammar.whoami_rules import asked_for_rights
from jobbot.intents.language.slack_text import whole
from jobbot.intents.language.tokens import Token, peel, tokens
from jobbot.intents.language.vocabulary import COURTESY, GREETINGS, HELP, NODS, THANKS
from jobbot.intents.mistakes import Mistake, misread
from jobbot.intents.model import Intent, NoQuestion
from jobbot.intents.times.instants import Instants


def parse(
    text: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    instances: Sequence[str],
    base_urls: Mapping[str, str] = MappingProxyType({}),
) -> Intent:
    """What a person wants who typed ``text``, which is what Slack sent: wrapped, escaped, with whatever was copied.

    ``now`` is aware; ``zone`` is the person's, in which days and times without an offset are read; ``instances`` are
    the configured names, ``base_urls`` by name where links to them lead. Answers every text, in a bounded time, and
    never raises.
    """
    text = peel(whole(text))
    typed, instants = tokens(text), Instants(now, zone)
    if is_courtesy(typed):
        return NoQuestion()
    words = spoken(asked_for_rights(typed), instants, instances)
    parts = read(text, words, instants, instances, base_urls)
    intent, problems = settle(parts, now)
    if intent is not None and not problems:
        return intent
    return misread(Mistake(text, words, instants, instances, base_urls), parts, problems)


def is_greeting(text: str) -> bool:
    """Whether a text says nothing, or "hello"."""
    return GREETINGS.issuperset(token.word for token in tokens(peel(whole(text))) if not token.mention)


def is_courtesy(typed: Sequence[Token]) -> bool:
    """Whether a sentence is a thank-you and nothing else."""
    words = [token.word for token in typed if not token.mention and token.word != "?"]
    is_asked = any(token.typed.endswith("?") for token in typed) or not HELP.isdisjoint(words)
    said = THANKS if is_asked else THANKS | NODS
    return bool(said.intersection(words)) and COURTESY.issuperset(words)

"""Reads a sentence word by word: the first rule that knows a place takes it."""

from collections.abc import Callable, Mapping, Sequence

from jobbot.intents.grammar import (
    act_rules,
    freeze_rules,
    job_rules,
    list_rules,
    name_rules,
    question_rules,
    report_rules,
    snooze_rules,
    start_rules,
    whoami_rules,
    why_rules,
)
from jobbot.intents.grammar.parts import Parts
from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.language.tokens import TOKENS_MOST, Token
from jobbot.intents.model import UnknownWord
from jobbot.intents.times.instants import Instants

Rule = Callable[[Sentence, int], int]

RULES: tuple[Rule, ...] = (
    whoami_rules.read_need,
    freeze_rules.read_freeze,
    why_rules.read_why,
    name_rules.read_quoted,
    question_rules.read_question,
    job_rules.read_help,
    snooze_rules.read_snooze,
    report_rules.read_alerts,
    report_rules.read_timeline,
    start_rules.read_start,
    act_rules.read_change,
    list_rules.read_instance,
    job_rules.read_link,
    name_rules.read_page,
    act_rules.read_act,
    job_rules.read_error,
    job_rules.read_verb,
    job_rules.read_noun,
    report_rules.read_group,
    report_rules.read_person,
    name_rules.read_datastream,
    name_rules.read_workspace,
    job_rules.read_number_of_an_act,
    act_rules.read_until,
    act_rules.read_days,
    list_rules.read_longer,
    question_rules.read_newest,
    list_rules.read_range,
    job_rules.read_number,
    list_rules.read_state,
    list_rules.read_filler,
    list_rules.read_unknown,
)
"""The order decides what a word means that could mean two things: ``in last``, where an instance is called so."""


def read(
    text: str, tokens: Sequence[Token], instants: Instants, instances: Sequence[str], base_urls: Mapping[str, str]
) -> Parts:
    """What the words came to. ``text`` is what the tokens were cut from: a reason is taken from there."""
    sentence = Sentence(text, tokens, instants, instances, base_urls)
    at = 0
    while at < len(sentence.words) and not sentence.done:
        at += next(taken for rule in RULES if (taken := rule(sentence, at)))
    if sentence.beyond is not None and not sentence.done:
        sentence.parts.fault(UnknownWord(sentence.beyond), TOKENS_MOST, TOKENS_MOST + 1)
    act_rules.note_wondered(sentence)
    question_rules.note_question(sentence)
    return sentence.parts

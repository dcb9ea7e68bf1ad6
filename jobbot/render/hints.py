"""What else may be asked where a list is empty: the same question with one thing changed, so that it stays narrowed."""

from dataclasses import replace
from datetime import timedelta

from jobbot.adverity.model import State
from jobbot.intents.model import Last, ListJobs
from jobbot.intents.wording import as_said
from jobbot.render.asked import Asked
from jobbot.render.blockkit.text import code

GOING_ON = ListJobs()
FAILED = ListJobs(states=frozenset({State.FAILED}))
_DAY = Last(timedelta(hours=24), "last 24h")
_LATELY = Last(timedelta(hours=6), "last 6h")
_LONGER = Last(timedelta(days=7), "last 7 days")

Hint = tuple[str, ListJobs]
"""A button's words, and what it asks for."""


def hints(asked: Asked, *, nowhere: bool = False) -> list[Hint]:
    """Questions near the one that found nothing, of the same datastream, workspace and instance.

    ``nowhere``: there is no such datastream.
    """
    intent = replace(asked.intent, page=1, wanted="")
    if nowhere:
        return [("Running and scheduled", replace(GOING_ON, instance=intent.instance))]
    if intent.jobs:
        return [("Running and scheduled", ListJobs(instance=intent.instance))]
    anything = replace(intent, states=frozenset(), longer=None)
    now = ("Running and scheduled", replace(anything, range=None))
    if asked.start is None:
        ended = ("All of the last 6 h", replace(anything, range=_LATELY))
        failed = ("Failed, last 24 h", replace(anything, states=FAILED.states))
        plain = [] if intent == anything else [now]
        return [*plain, ended, failed][:3]
    if asked.to_come:
        waiting = replace(intent, range=None)
        return [("Scheduled now", waiting)] if waiting == now[1] else [("Scheduled now", waiting), now]
    if intent.states or intent.longer is not None:
        within = _DAY if asked.assumed_range else intent.range
        longer = [("Last 7 days", replace(intent, range=_LONGER))] if asked.assumed_range else []
        if intent.states == frozenset(State) and intent.longer is None:
            return [*longer, now]
        return [*longer, ("The same in every state", replace(anything, range=within)), now]
    return [now, ("Last 7 days", replace(anything, range=_LONGER))]


def hints_in_words(asked: Asked, command: str) -> str:
    """The same, to be typed."""
    return " ".join(f"{words}: {code(f'{command} {as_said(intent)}'.strip(), 200)}." for words, intent in hints(asked))

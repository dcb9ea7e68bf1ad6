"""Words of "Find Adverity jobs": its window, the options of its select, and what is wrong with what was chosen.

The range is chosen as words of the command language, so that it means the same as if it had been typed.
"""

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache

from jobbot.access.reasons import NotThisInstance, Reason
from jobbot.adverity.model import DatastreamId, State
from jobbot.intents.button import encode
from jobbot.intents.language.numbers import number
from jobbot.intents.model import ListJobs
from jobbot.render.acts.window import notice
from jobbot.render.blockkit.blocks import OPTION_TEXT, OPTION_VALUE, Message, Modal, modal, option
from jobbot.render.blockkit.buttons import choose
from jobbot.render.blockkit.inputs import (
    channel_field,
    choice_field,
    choices_field,
    suggested_field,
)
from jobbot.render.blockkit.parts import compose, small, text
from jobbot.render.blockkit.text import cut, foreign
from jobbot.render.home import IF_IT_STAYS_SO

FIND_JOBS = "find_jobs"
"""The callback_id of the shortcut, and of its window."""

JOBS_NAMED_HERE = "jobs_named_here"
"""The callback_id of the shortcut of a message."""

CHANNEL, DATASTREAM, STATES, RANGE = "channel", "datastream", "states", "range"
"""The fields, whose elements are called the same."""

NAMED_MOST = 5

RANGES = {
    "last 6h": "The last 6 hours",
    "last 24h": "The last 24 hours",
    "today": "Today",
    "yesterday": "Yesterday",
    "last 7 days": "The last 7 days",
}
"""What can be chosen, as it would be typed, and how it is offered."""

_TITLE = "Find Adverity jobs"


def find_window() -> Modal:
    """The window: nothing in it is of any job."""
    states = [option(state.value, state.value) for state in State]
    ranges = [option(words, typed) for typed, words in RANGES.items()]
    fields = [
        channel_field(CHANNEL, "Show them in", hint="A channel in which jobbot may show jobs, and in which you are."),
        suggested_field(DATASTREAM, "Datastream", "All, or type part of a name", optional=True),
        choices_field(STATES, "States", "Running and scheduled", states, optional=True),
        choice_field(RANGE, "When", ranges, placeholder="Now", optional=True),
    ]
    return modal(FIND_JOBS, _TITLE, fields, metadata="", close="Cancel", submit="Show jobs")


def find_refused(words: str) -> Modal:
    """The window of somebody who may not find anything."""
    return notice(FIND_JOBS, _TITLE, words)


def nowhere() -> str:
    """For a person who is in no channel in which jobs are shown."""
    return (
        "*You are in no channel in which jobbot may show jobs.* Ask whoever runs jobbot to permit one of yours, or to "
        "invite you."
    )


def whereabouts_not_told() -> str:
    """Where Slack does not say in which channels somebody is."""
    return (
        f"*Slack did not say in which channels you are, so nothing is shown.* Try again in a moment. {IF_IT_STAYS_SO}"
    )


SuggestedOption = tuple[str, int, str]
"""An instance, the number of a datastream of it, and its name as it came."""


def options_in_json(found: Iterable[SuggestedOption]) -> str:
    """The answer to a select that asks for its options: each option is written once, however often it is offered."""
    written = (_written_once(*one) for one in found)
    return f'{{"options": [{", ".join(option for option in written if option)}]}}'


def _write(instance: str, datastream: int, name: str) -> str:
    value = encode_stream(instance, datastream)
    if len(value) > OPTION_VALUE:
        return ""
    # Of a name that nobody sees nothing is left, and Slack takes no option without words.
    words = cut(name, OPTION_TEXT) or f"Datastream {datastream}"
    return json.dumps(option(words, value, f"datastream {datastream} on {cut(instance, 40)}"))


_written_once = lru_cache(maxsize=4_096)(_write)


def encode_stream(instance: str, datastream: int) -> str:
    """The value of an option."""
    return f"{datastream} {instance}"


def decode_stream(value: str) -> tuple[str, int] | None:
    """The instance and the number in the value of an option; None for anything else."""
    digits, _, instance = value.partition(" ")
    found = number(digits)
    return (instance, found) if instance and found is not None else None


def named_streams(named: Sequence[tuple[int, str]], instance: str) -> Message:
    """Several datastreams that a message names, or some beside jobs: each with a button for what goes on of it."""
    rows = []
    for stream, name in named[:NAMED_MOST]:
        called = f"*{foreign(name, 60)}* (datastream {stream})" if name else f"*Datastream {stream}*"
        asked = ListJobs(datastream=DatastreamId(stream), instance=instance)
        rows.append(text(called, choose(name or f"Datastream {stream}", encode(asked))))
    more = f"and {len(named) - NAMED_MOST} more" if len(named) > NAMED_MOST else ""
    what, then = "These datastreams are", "Choose one to see its jobs."
    if len(named) == 1:
        what, then = "A datastream is", "Press the button to see its jobs."
    return compose([text(f"*{what} named in the message.* {then}"), *rows, small(more)])


def nothing_named() -> Message:
    """A message that names nothing that jobbot knows."""
    return compose(
        [
            text("*That message names no job and no datastream that jobbot knows here.*"),
            small("Looked for: job numbers, links to datastreams, and names of datastreams."),
        ]
    )


def not_there(reason: Reason) -> str:
    """At the channel, where it is refused. Slack shows errors of fields as plain text."""
    match reason:
        case NotThisInstance(instance=instance):
            return f"That channel does not show jobs of {cut(instance, 40)}. Choose another channel or datastream."
        case _:
            return "jobbot may not show you jobs there. Choose a channel in which it may."


def no_member_there() -> str:
    """At the channel, where jobbot is not in it."""
    return "jobbot is not in that channel. Invite it there (/invite), or choose another channel."


def you_are_not_there() -> str:
    """At the channel, where the person is not known to be in it."""
    return "Slack does not say that you are in that channel. Choose one of yours."


def not_decided() -> str:
    """At the channel, where Slack did not answer in time."""
    return "Slack did not say in time what may be shown there. Press Show jobs again."


def no_channel() -> str:
    """At the channel, where none is chosen."""
    return "Choose a channel."


def choose_again() -> str:
    """At a field that holds nothing of what was offered."""
    return "This is none of the choices. Choose again."

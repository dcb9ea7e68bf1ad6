"""The marks of states: an emoji before the word that says the same. They stand in blocks only, never in fallback text.

In mrkdwn a mark is written by its name (``:red_circle:``), in plain text, as headers have it, as the character.
"""

import re
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from jobbot.adverity.model import State


class Mark(Enum):
    """A mark; its value is its name in Slack and the character."""

    RUNNING = ("large_blue_circle", "\U0001f535")
    SCHEDULED = ("hourglass_flowing_sand", "\u23f3")
    SUCCESS = ("large_green_circle", "\U0001f7e2")
    FAILED = ("red_circle", "\U0001f534")
    CANCELLED = ("no_entry_sign", "\U0001f6ab")
    ENDED = ("white_circle", "\u26aa")
    UNKNOWN = ("grey_question", "\u2754")
    UNUSUAL = ("warning", "\u26a0\ufe0f")
    STOPPED = ("octagonal_sign", "\U0001f6d1")
    FROZEN = ("snowflake", "\u2744\ufe0f")
    MAY = ("white_check_mark", "\u2705")
    MAY_NOT = ("x", "\u274c")

    @property
    def code(self) -> str:
        """As mrkdwn has it: ``:warning:``."""
        return f":{self.value[0]}:"

    @property
    def sign(self) -> str:
        """The character, for plain text."""
        return self.value[1]


_OF_STATE: Mapping[State, Mark] = MappingProxyType(
    {
        State.SCHEDULED: Mark.SCHEDULED,
        State.RUNNING: Mark.RUNNING,
        State.SUCCESS: Mark.SUCCESS,
        State.CANCELLED: Mark.CANCELLED,
        State.FAILED: Mark.FAILED,
        State.DISCARDED: Mark.ENDED,
        State.STALE: Mark.ENDED,
    }
)
_MARKS = re.compile(f"(?:{'|'.join(mark.code for mark in Mark)}) ")


def mark_of(state: State | None, *, unusual: bool = False) -> Mark:
    """The mark of a job's state; ``unusual``: the job takes far longer than usual."""
    if unusual:
        return Mark.UNUSUAL
    return _OF_STATE.get(state, Mark.UNKNOWN) if state is not None else Mark.UNKNOWN


def without_marks(mrkdwn: str) -> str:
    """Our own mrkdwn without marks: foreign text cannot hold one, as its colons are literal."""
    return _MARKS.sub("", mrkdwn) if ": " in mrkdwn else mrkdwn

"""Builds the windows of acts: how they stand while they are read, when they ask, and when there is nothing to press.

A window's title asks only where there is something to press, so that it never says the opposite of its text.
"""

from collections.abc import Sequence

from jobbot.render.blockkit import parts
from jobbot.render.blockkit.blocks import Block, Modal, modal
from jobbot.render.blockkit.inputs import text_field
from jobbot.render.blockkit.text import an, plural

REASON_BLOCK = "reason"
REASON_MOST = 300

CALLED_MOST = 24
"""Characters that Slack gives a title, and each of the two buttons."""


def window(
    callback_id: str,
    title: str,
    body: Sequence[parts.Part],
    metadata: str = "",
    *,
    submit: str | None = None,
    close: str,
) -> Modal:
    """A window of an act. A title or a button that is longer than ``CALLED_MOST`` is cut."""
    blocks: list[Block] = [block for part in body for block in part.blocks]
    return modal(callback_id, title, blocks, metadata=metadata, submit=submit, close=close)


def notice(callback_id: str, title: str, words: str) -> Modal:
    """The window without a submit button: a refusal, an error, nothing to do any more."""
    return window(callback_id, title, [parts.text(words)], close="Close")


def reason_field(reason: str, *, required: bool) -> parts.Part:
    """The field for the reason, filled with what was typed."""
    label = "Reason, shown in the channel"
    return parts.Part([text_field(REASON_BLOCK, label, initial=reason, most=REASON_MOST, optional=not required)])


def too_old(seconds: float) -> str:
    """For a window that stood open too long. Slack shows field errors as plain text."""
    ago = "" if seconds == float("inf") else f" {plural(int(seconds // 60), 'minute')} ago"
    when = ago or " at another time"
    return f"This was asked{when}. Open it again so that you see it as it is now. Nothing was sent."


def too_slow(seconds: float) -> str:
    """For a window that could not be filled in time."""
    return f"Adverity did not answer within {seconds:g} s, so nothing was asked or sent. Close this and ask again."


def reason_wanted(request: str) -> str:
    """For a window without a reason where the policy wants one; ``request`` is what is asked for: ``stop``."""
    return f"In this channel {an(request)} needs a reason."

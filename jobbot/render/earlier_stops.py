"""Words about an earlier stop of the same job by somebody else."""

from datetime import datetime

from jobbot.render.blockkit.blocks import Message, section
from jobbot.render.blockkit.text import clock, to_plain


def second(job: int, user_id: str, at: datetime, *, worked: bool) -> Message:
    """The message for the person whose stop came second."""
    text = second_in_words(job, user_id, at, worked=worked)
    return Message(text=to_plain(text), blocks=[section(text)])


def second_in_words(job: int, user_id: str, at: datetime, *, worked: bool) -> str:
    """A sentence: who was first, and that nothing was sent."""
    doing = "has already stopped" if worked else "is already stopping"
    return f"<@{user_id}> {doing} job {job} ({clock(at)}). No second request was sent."


def stopped_before(user_id: str, at: datetime, *, worked: bool) -> str:
    """A sentence for the modal of a job that is going on: an earlier stop that worked, or has no known outcome."""
    did, but = ("stopped it", "yet it is going on") if worked else ("sent a stop", "and its outcome is not known")
    return f"<@{user_id}> {did} at {clock(at)}, {but}."

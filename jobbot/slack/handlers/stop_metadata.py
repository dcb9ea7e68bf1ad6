"""The stop modal's ``private_metadata``: what it carries from opening to submission (at most 3,000 characters).

A modal knows no channel, so the channel goes with it, and everything is checked again on submit: Slack signs the
metadata, but it may be stale.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jobbot.intents.language.numbers import LARGEST_NUMBER

EXPIRES_SECONDS = 15 * 60
"""A modal older than this is refused: it does not show the job as it is now."""


FOLLOWUPS_MOST = 25
"""So many follow-up jobs are carried by their numbers, as the metadata must stay within Slack's limit."""

_Number = Annotated[int, Field(gt=0, le=LARGEST_NUMBER)]


class StopMetadata(BaseModel):
    """Version 1. ``asked_at`` is in seconds since the epoch; ``name`` is that of the job's datastream.

    ``datastream`` and what follows it are for the record and the message alone: access asks again where the job is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    v: Literal[1] = 1
    instance: Annotated[str, Field(max_length=100)]
    job: _Number
    name: Annotated[str, Field(max_length=400)]
    channel: Annotated[str, Field(max_length=40)]
    user: Annotated[str, Field(max_length=40)]
    asked_at: float
    thread_ts: str | None = None
    response_url: Annotated[str, Field(max_length=500)] | None = None
    datastream: _Number | None = None
    workspace: _Number | None = None
    followups: Annotated[tuple[_Number, ...], Field(max_length=FOLLOWUPS_MOST)] | None = None
    range_start: date | None = None
    range_end: date | None = None

    def encode(self) -> str:
        """As Slack carries it."""
        return self.model_dump_json(exclude_none=True)

    def age(self, now: float) -> float:
        """Seconds since it was asked; infinite for one from the future, which is none of ours."""
        age = now - self.asked_at
        return age if age > -60 else float("inf")


def carried(followups: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """The follow-up jobs, or None where they are too many: of some of them an ending would speak as if of all."""
    return followups if followups is not None and len(followups) <= FOLLOWUPS_MOST else None


def decode(metadata: str) -> StopMetadata | None:
    """The metadata, or None for anything else: another version, another app's, damaged."""
    try:
        return StopMetadata.model_validate_json(metadata)
    except ValidationError:
        return None

"""The ``private_metadata`` of an act's window: what it carries from opening to submission (at most 3,000 characters).

A modal knows no channel, so the channel goes with it, and everything is checked again on submit: Slack signs the
metadata, but it may be stale.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jobbot.flows.acts.acting import Kind
from jobbot.intents.language.numbers import LARGEST_NUMBER

EXPIRES_SECONDS = 15 * 60
"""A window older than this is refused: it does not show what is so now."""

NAME_MOST = 100
"""Characters of a datastream's name that are carried: Adverity sets names no limit that is known."""

_Number = Annotated[int, Field(gt=0, le=LARGEST_NUMBER)]


class About(BaseModel):
    """What a window asks about, for the record and the message: access asks again where a job is.

    The fields are as of ``store/acts/model``'s ActRequest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    job: _Number | None = None
    datastream: _Number | None = None
    workspace: _Number | None = None
    range_start: date | None = None
    range_end: date | None = None
    details: Annotated[str, Field(max_length=1_500)] = ""


class ActMetadata(About):
    """Version 1. ``asked_at`` is in seconds since the epoch; ``name`` is cut.

    ``asks``: the window asks others to do it; ``review`` is the id of the request that it confirms.
    """

    v: Literal[1] = 1
    kind: Annotated[Kind, Field(strict=False)]
    instance: Annotated[str, Field(max_length=100)]
    name: Annotated[str, Field(max_length=NAME_MOST)]
    channel: Annotated[str, Field(max_length=40)]
    user: Annotated[str, Field(max_length=40)]
    asked_at: float
    thread_ts: Annotated[str, Field(max_length=40)] | None = None
    response_url: Annotated[str, Field(max_length=500)] | None = None
    asks: bool = False
    review: Annotated[str, Field(max_length=32)] | None = None

    def encode(self) -> str:
        """As Slack carries it."""
        return self.model_dump_json(exclude_none=True, exclude=None if self.asks else {"asks"})

    def age(self, now: float) -> float:
        """Seconds since it was asked; infinite for one from the future, which is none of ours."""
        age = now - self.asked_at
        return age if age > -60 else float("inf")


def decode(metadata: str) -> ActMetadata | None:
    """The metadata, or None for anything else: another version, another app's, damaged."""
    try:
        return ActMetadata.model_validate_json(metadata)
    except ValidationError:
        return None

"""The row of a live card: what was drawn in its message, as JSON, and the earliest time of its next edit. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from jobbot.access.policy import Need
from jobbot.adverity.around import NOTHING, Around
from jobbot.adverity.model import Datastream, DatastreamId, Job
from jobbot.render.card import Card, what_people_see
from jobbot.render.earlier_stops import EarlierStop
from jobbot.render.frozen import Frozen
from jobbot.render.jobs import Names
from jobbot.store.following.model import LiveCard

LIVE = timedelta(hours=24)
"""A card older than this gets one last edit and is not kept up to date any more."""


_GAPS = (
    (timedelta(minutes=1), timedelta(seconds=3)),
    (timedelta(minutes=10), timedelta(seconds=10)),
    (timedelta(hours=1), timedelta(seconds=60)),
    (LIVE, timedelta(minutes=5)),
)
"""(age below, shortest time between two edits). The first is also Slack's rate for edits of one message."""


class Drawn(BaseModel):
    """The job as the card showed it last: what is needed to render the card again without asking Adverity.

    ``offers``: what the card may have buttons for where it is. ``workspace`` is the number of the job's workspace,
    where it is known. ``awaits``: the job is over, and one more look is taken at why it failed or what it brought.
    """

    model_config = ConfigDict(frozen=True)

    workspace: int | None = None
    job: Job
    as_of: AwareDatetime
    stream: Datastream | None = None
    around: Around = Around()
    offers: frozenset[Need] = frozenset()
    stop: EarlierStop | None = None
    head: str = ""
    awaits: bool = False

    @classmethod
    def of(
        cls,
        job: Job,
        as_of: datetime,
        names: Names,
        *,
        offers: frozenset[Need],
        around: Around = NOTHING,
        stop: EarlierStop | None = None,
    ) -> "Drawn":
        """With what is known of its datastream, around it, and of an earlier stop."""
        stream = names.datastreams.get(job.datastream.id) if job.datastream else None
        place = names.workspace_of(job)
        return cls(
            job=job,
            as_of=as_of,
            stream=stream,
            around=around,
            offers=offers,
            workspace=place,
            stop=stop,
        )

    @classmethod
    def load(cls, kept: str) -> "Drawn | None":
        """From the JSON in the database; None where another version wrote it."""
        try:
            return cls.model_validate_json(kept)
        except ValidationError:
            return None

    def dump(self) -> str:
        """For the database."""
        return self.model_dump_json(by_alias=True)

    def card(self, instance: str, base_url: str) -> Card:
        """As ``render/card`` takes it."""
        streams: Mapping[DatastreamId, Datastream] = {self.stream.id: self.stream} if self.stream else {}
        names = Names(base_url, streams)
        return Card(job=self.job, instance=instance, as_of=self.as_of, names=names, around=self.around, stop=self.stop)


class ActMessage(BaseModel):
    """What is kept in a card's row of a message that is an act's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def load(cls, kept: str) -> Self | None:
        """From the JSON in the database; None where the row is another's."""
        try:
            return cls.model_validate_json(kept)
        except ValidationError:
            return None

    def dump(self) -> str:
        """For the database."""
        return self.model_dump_json()


class StopMessage(ActMessage):
    """The channel message of a stop with an unknown outcome, as posted (dumped); the job's end is added to it.

    ``name`` is what the job is called in it.
    """

    message: str
    name: str
    workspace: int | None = None


class StartedMessage(ActMessage):
    """The channel message of an act that has started a job, as posted (dumped): the job's card is drawn below it."""

    head: str
    workspace: int | None = None


def gap(age: timedelta) -> timedelta:
    """The shortest time between two edits of a card of this age."""
    return next((wait for most, wait in _GAPS if age < most), _GAPS[-1][1])


def fingerprint(lines: Sequence[str]) -> str:
    """SHA-256 of a card's visible lines: equal means that no edit is needed."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def new_card(
    drawn: Drawn | StopMessage | StartedMessage,
    *,
    job: int,
    instance: str,
    base_url: str,
    channel_id: str,
    ts: str,
    user_id: str,
    now: datetime,
    frozen: Frozen | None = None,
) -> LiveCard:
    """The database row of a card (or a stop's message) that was just posted as ``ts``. ``frozen``: as it says."""
    seen: Sequence[str] = []
    if isinstance(drawn, Drawn):
        seen = what_people_see(replace(drawn.card(instance, base_url), frozen=frozen), now=now)
    return LiveCard(
        id=uuid4().hex,
        instance=instance,
        job=job,
        channel_id=channel_id,
        message_ts=ts,
        user_id=user_id,
        created_at=now,
        next_edit_at=now + gap(timedelta(0)),
        drawn=drawn.dump(),
        shown=fingerprint(seen),
    )

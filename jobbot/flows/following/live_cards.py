"""Live cards: builds the edits that keep a job's card up to date, until the job ends or the card is 24 hours old. Pure.

A card is edited only when its visible text changes, never twice within 3 seconds, and more rarely as it gets older. The
channel message of a stop with an unknown outcome is stored as a card too: it is edited once, when the job ends.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from jobbot.access.policy import Need
from jobbot.adverity.around import NOTHING, Around, Waiting
from jobbot.adverity.model import Datastream, DatastreamId, Job, JobId
from jobbot.adverity.waiting import waiting_behind
from jobbot.flows.following.sights import UNBOUND, Sight
from jobbot.render import watching as words
from jobbot.render.acts.stop import ended_since
from jobbot.render.asked import Asker
from jobbot.render.blockkit.blocks import Message, dump_message, load_message
from jobbot.render.card import Card, render_card, render_card_below, what_people_see
from jobbot.render.earlier_stops import EarlierStop
from jobbot.render.frozen import Frozen
from jobbot.render.jobs import Names
from jobbot.render.offered import fetched_days, subjects_of
from jobbot.store.following.model import CardChange, LiveCard, Notification, Watch, workspaces_of

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


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known by now around a job that is going on, and of its datastream."""

    around: Around = NOTHING
    stream: Datastream | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One edit: the notification for the outbox, and the change of the card's row."""

    card: CardChange
    notification: Notification


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


class CardUpdates:
    """Builds the edits of one instance's cards. ``watches`` are its open watches; ``now`` is the round's time.

    ``recovered``: Adverity answers again, so cards that say otherwise are edited at once. ``stops`` are the newest
    stops of the cards' jobs, as far as they could be read. ``awaited`` are ended jobs whose cards wait for more.
    ``frozen``: the freeze of the instance that is on, by channel.
    """

    def __init__(
        self,
        *,
        instance: str,
        base_url: str,
        watches: Iterable[Watch],
        now: datetime,
        recovered: bool = False,
        sight: Sight = UNBOUND,
        stops: Mapping[int, EarlierStop] | None = None,
        frozen: Mapping[str, Frozen] | None = None,
    ) -> None:
        self._sight = sight
        self._frozen = frozen or {}
        self._stops = stops or {}
        self._instance = instance
        self._base_url = base_url
        self._now = now
        self._recovered = recovered
        self._waiting: Mapping[JobId, tuple[JobId, ...]] | None = None
        self._facts: Mapping[int, Facts] = {}
        self.awaited: set[int] = set()
        self._watchers: dict[tuple[int, str], list[str]] = {}
        for one in watches:
            self._watchers.setdefault((one.job, one.channel_id), []).append(one.user_id)

    def learn_waiting(self, jobs: Iterable[Job]) -> None:
        """Of all jobs that are going on: which wait behind another one, so that cards say it as of now."""
        self._waiting = waiting_behind(jobs)

    def learn_facts(self, facts: Mapping[int, Facts]) -> None:
        """By job that is going on, for cards that lack something."""
        self._facts = facts

    def going_on(self, card: LiveCard, job: Job) -> Change | None:
        """The edit for a job that is going on; None where nothing visible changed or the last edit is too recent."""
        if StopMessage.load(card.drawn) is not None:
            return None
        if self._now - card.created_at >= LIVE:
            return self._draw(card, self._with(card, job), note=words.no_longer_live(), end_reason="24 hours old")
        if self._now < card.next_edit_at and not self._recovered:
            return None
        return self._draw(card, self._with(card, job))

    def over(
        self, card: LiveCard, job: Job | None, around: Around = NOTHING, *, incomplete: bool = False
    ) -> Change | None:
        """The last edit: how it ended, and why or with what. None for the job: Adverity does not know it any more.

        ``incomplete``: what ``around`` lacks may come within a moment. Then there is one more edit, and the job is
        ``awaited``: it is to be read once more.
        """
        if told := StopMessage.load(card.drawn):
            return self._ended_since(card, told, job)
        if job is None:
            return self._as_it_was(card, words.forgotten(), end_reason="not found")
        drawn = self._with(card, job)
        ends = not incomplete or drawn.awaits
        if not ends:
            self.awaited.add(card.job)
        drawn = drawn.model_copy(update={"around": drawn.around.updated(around), "awaits": True})
        return self._draw(card, drawn, end_reason=(job.state_label or "over") if ends else "", always=True)

    def as_last_seen(self, card: LiveCard) -> Change | None:
        """Adverity answers again, but not about this job yet: remove the line that says it does not answer."""
        return self._as_it_was(card, "")

    def trouble(self, card: LiveCard, kind: str, since: datetime) -> Change | None:
        """Add the line that Adverity cannot be asked. It stays the same until it can, so it costs one edit."""
        return self._as_it_was(card, words.trouble(kind, since))

    def _as_it_was(self, card: LiveCard, note: str, *, end_reason: str = "") -> Change | None:
        drawn = Drawn.load(card.drawn)
        if drawn is not None:
            return self._draw(card, drawn, note=note, end_reason=end_reason)
        if end_reason and (told := StartedMessage.load(card.drawn)) is not None:
            # It was never read: the message stays as it is.
            return self._change(
                card, told.dump(), card.shown, load_message(told.head), told.workspace, end_reason=end_reason
            )
        return None

    def _with(self, card: LiveCard, job: Job) -> Drawn:
        before, place = Drawn.load(card.drawn), self._sight.place(job)
        if before is None:
            told = StartedMessage.load(card.drawn)
            stop, head = self._stops.get(card.job), told.head if told is not None else ""
            return Drawn(job=job, as_of=self._now, workspace=place, stop=stop, head=head)
        place = before.workspace if place is None else place
        stop = self._stops.get(card.job, before.stop)
        facts = self._facts.get(card.job, Facts())
        around = before.around.caught_up(facts.around)
        if self._waiting is not None:
            around = around.model_copy(update={"waiting": Waiting(jobs=self._waiting.get(job.id, ()))})
        new = {"job": job, "as_of": self._now, "workspace": place, "stop": stop, "around": around}
        return before.model_copy(update={**new, "stream": before.stream or facts.stream})

    def _ended_since(self, card: LiveCard, told: StopMessage, job: Job | None) -> Change:
        message = ended_since(load_message(told.message), told.name, job, now=self._now)
        reason = "not found" if job is None else job.state_label or "over"
        return self._change(card, told.dump(), card.shown, message, told.workspace, end_reason=reason)

    def _draw(
        self, card: LiveCard, drawn: Drawn, *, note: str = "", end_reason: str = "", always: bool = False
    ) -> Change | None:
        # Elapsed time is counted up to when the job was read, not to now.
        shown, at = drawn.card(self._instance, self._base_url), drawn.as_of
        if not end_reason and not drawn.job.is_over:  # as for what it offers: it is not drawn again when that ends
            shown = replace(shown, frozen=self._frozen.get(card.channel_id))
        watchers = self._watchers.get((card.job, card.channel_id), [])
        mark = fingerprint(what_people_see(shown, now=at, watchers=watchers, note=note))
        if mark == card.shown and not end_reason and not always:
            return None
        if drawn.head:
            message = render_card_below(load_message(drawn.head), shown, now=at, watchers=watchers, note=note)
            return self._change(
                card, drawn.dump(), mark, message, drawn.workspace, end_reason=end_reason, job=drawn.job
            )
        message = render_card(
            shown,
            now=at,
            asker=Asker(card.user_id),
            offers=drawn.offers if drawn.job.is_over or not end_reason else frozenset(),
            offer_share=False,
            watchers=watchers,
            note=note,
        )
        return self._change(card, drawn.dump(), mark, message, drawn.workspace, end_reason=end_reason, job=drawn.job)

    def _change(
        self,
        card: LiveCard,
        drawn: str,
        mark: str,
        message: Message,
        workspace: int | None,
        *,
        end_reason: str,
        job: Job | None = None,
    ) -> Change:
        row = CardChange(
            id=card.id,
            drawn=drawn,
            shown=mark,
            next_edit_at=self._now + gap(self._now - card.created_at),
            end_reason=end_reason,
        )
        notification_id = uuid4().hex
        notification = Notification(
            id=notification_id,
            key=f"card:{card.id}:{notification_id}",
            need=Need.VIEW,
            instance=self._instance,
            channel_id=card.channel_id,
            message_ts=card.message_ts,
            edits=True,
            message=dump_message(message),
            workspaces=workspaces_of([workspace]),
            # While it goes on, its card is drawn again and again from what Adverity says.
            offers=subjects_of(message, fetched_days(job)) if job is not None and job.is_over else (),
        )
        return Change(card=row, notification=notification)

"""Live cards: builds the edits that keep a job's card up to date, until the job ends or the card is 24 hours old. Pure.

A card is edited only when its visible text changes, never twice within 3 seconds, and more rarely as it gets older. The
channel message of a stop with an unknown outcome is stored as a card too: it is edited once, when the job ends.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from jobbot.access.policy import Need
from jobbot.adverity.around import NOTHING, Around, Waiting
from jobbot.adverity.model import Job, JobId
from jobbot.adverity.waiting import waiting_behind
from jobbot.flows.following.card_facts import Facts
from jobbot.flows.following.card_row import LIVE, Drawn, StartedMessage, StopMessage, fingerprint, gap
from jobbot.flows.following.sights import UNBOUND, Sight
from jobbot.render import watching as words
from jobbot.render.acts.stop import ended_since
from jobbot.render.asked import Asker
from jobbot.render.blockkit.blocks import Message, dump_message, load_message
from jobbot.render.card import render_card, render_card_below, what_people_see
from jobbot.render.earlier_stops import EarlierStop
from jobbot.render.frozen import Frozen
from jobbot.render.offered import fetched_days, subjects_of
from jobbot.store.following.model import CardChange, LiveCard, Notification, Watch, workspaces_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One edit: the notification for the outbox, and the change of the card's row."""

    card: CardChange
    notification: Notification


class CardUpdates:
    """Builds the edits of one instance's cards. ``watches`` are its open watches; ``now`` is the round's time.

    ``recovered``: Adverity answers again, so cards that say otherwise are edited at once. ``stops`` are the newest
    stops by job and channel, as far as they could be read. ``awaited`` are ended jobs whose cards wait for more.
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
        stops: Mapping[tuple[int, str], EarlierStop] | None = None,
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
            stop, head = self._stops.get((card.job, card.channel_id)), told.head if told is not None else ""
            return Drawn(job=job, as_of=self._now, workspace=place, stop=stop, head=head)
        place = before.workspace if place is None else place
        stop = self._stops.get((card.job, card.channel_id), before.stop)
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
        else:
            asker, offers = Asker(card.user_id), drawn.offers if drawn.job.is_over or not end_reason else frozenset()
            message = render_card(
                shown, now=at, asker=asker, offers=offers, offer_share=False, watchers=watchers, note=note
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

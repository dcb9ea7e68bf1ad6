"""Job cards, and other answers that are edited later: read, posted, and kept, so that they stay true."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from jobbot.adverity.model import Job, JobId
from jobbot.flows.acts.offered import OfferedActs
from jobbot.flows.following.keeping import CannotKeep, Subscriber, keeping
from jobbot.flows.following.watching import WatchingFlow
from jobbot.flows.frozen import FreezeLine
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.card import read_card
from jobbot.flows.jobs.earlier_stops import EarlierStops
from jobbot.interaction import Clicked, Interaction
from jobbot.logs import get_logger
from jobbot.render.asked import Asker
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.buttons import ActionId
from jobbot.render.card import Card, render_card
from jobbot.render.earlier_stops import DoneAbout
from jobbot.render.offered import fetched_days, has_offers
from jobbot.slack.handlers.gate import Gate, Passed
from jobbot.slack.web.reply import Reply, thread_of

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """An answer that can be redrawn: the ``card`` that it is, the ``workspaces`` of what it tells of (None: one is not
    known), and when that was read (``since``)."""

    message: Message
    since: datetime
    card: Card | None = None
    workspaces: frozenset[int] | None = None

    @property
    def is_live(self) -> bool:
        """Whether it is the card of a job that goes on."""
        return self.card is not None and self.card.job.is_going_on


class JobCards:
    """Draws cards and keeps what was posted. ``clock`` gives the time, aware."""

    def __init__(
        self,
        *,
        gate: Gate,
        watching: WatchingFlow,
        stops: EarlierStops,
        offered: OfferedActs,
        frozen: FreezeLine,
        clock: Callable[[], datetime],
    ) -> None:
        self._gate = gate
        self._watching = watching
        self._stops = stops
        self._offered = offered
        self._frozen = frozen
        self._clock = clock

    async def card(
        self, interaction: Interaction, job: JobId, instance: Instance, passed: Passed, *, again: bool, share: bool
    ) -> Drawn:
        """Read and render one job's card, with who watches it in this channel. Raises AdverityError, OutOfReach."""
        since = self._clock()

        async def see(found: Job) -> None:
            await self._gate.place(interaction, instance, found)

        card = await read_card(job, instance, see)
        watchers, stops, done, frozen = await asyncio.gather(
            self._watching.watchers(job, instance, interaction.channel_id or ""),
            self._stops.of(instance, [job]),
            self._done_about(card.job, instance),
            self._frozen.of(instance, interaction.channel_id),
        )
        stop = stops.get(job)
        if stop is not None and passed.is_shared:
            stop = stop.told_in(interaction.channel_id)
        card = replace(card, stop=stop, done=done, frozen=frozen)
        message = render_card(
            card,
            now=self._clock(),
            asker=Asker(interaction.user_id, again=again),
            offers=passed.offers,
            offer_share=share,
            watchers=watchers,
        )
        place = card.names.workspace_of(card.job)
        workspaces = None if place is None else frozenset({place})
        return Drawn(message=message, since=since, card=card, workspaces=workspaces)

    async def _done_about(self, job: Job, instance: Instance) -> DoneAbout | None:
        return (await self._stops.done_about(instance, [job.id])).get(job.id) if job.is_over else None

    async def post(
        self, interaction: Interaction, drawn: Drawn, instance: Instance, passed: Passed, *, reply: Reply
    ) -> bool:
        """Post an answer that is edited later: the card of a job that goes on, or what offers acts.

        False where it is neither, or could not be posted, so that it must be answered otherwise: a response URL tells
        no ts, without which nothing can be edited later, and to post jobbot must be a member of the channel.
        """
        if not (drawn.is_live or has_offers(drawn.message)):
            return False
        ts = await reply.post(drawn.message)
        if ts is None:
            return False
        await self._keep(interaction, drawn, instance, passed, ts=ts)
        return True

    async def redrawn(self, interaction: Interaction, drawn: Drawn, instance: Instance, passed: Passed) -> None:
        """Follow a message that was refreshed in its place as it is now, also where it offers nothing any more.

        The refresh may have overwritten a later edit of the poller's, even the last one; so the card of a job that goes
        on is followed again, and the next round edits it.
        """
        ts = None if interaction.is_ephemeral else interaction.message_ts
        if ts is not None and passed.is_member and (passed.visible or passed.may_share):
            await self._keep(interaction, drawn, instance, passed, ts=ts)

    async def _keep(
        self, interaction: Interaction, drawn: Drawn, instance: Instance, passed: Passed, *, ts: str
    ) -> None:
        """While the database is unavailable the message stays as it was posted."""
        if drawn.card is not None and drawn.is_live:
            subscriber, url = subscriber_of(interaction), instance.base_url
            await self._watching.live.keep_live(drawn.card, url, ts=ts, subscriber=subscriber, offers=passed.offers)
            return
        with suppress(CannotKeep):
            async with keeping():
                await self._offered.keep(
                    drawn.message,
                    instance=instance.name,
                    channel_id=interaction.channel_id or "",
                    ts=ts,
                    workspaces=drawn.workspaces,
                    days=fetched_days(drawn.card.job) if drawn.card is not None else None,
                    since=drawn.since,
                )


def subscriber_of(interaction: Interaction) -> Subscriber:
    """Who asked, and where they are told: for a card or a mention its thread, for a command the channel."""
    thread = thread_of(interaction)
    if thread is None and is_on_a_card(interaction):
        thread = interaction.message_ts
    return Subscriber(interaction.channel_id or "", thread, interaction.user_id)


def is_on_a_card(interaction: Interaction) -> bool:
    """Whether a card's own button was pressed, and so its message must be redrawn."""
    match interaction.did:
        case Clicked(action_id=ActionId.JOB_WATCH | ActionId.JOB_UNWATCH | ActionId.JOB_REFRESH):
            return not interaction.is_ephemeral and interaction.message_ts is not None
        case _:
            return False

"""Renders a job's card: its state, times, issues, links into Adverity, and buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.around import NOTHING, Around
from jobbot.adverity.model import Job
from jobbot.intents.button import encode
from jobbot.intents.model import ShowJob
from jobbot.render.asked import Asker, by
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Message, actions, context, paragraphs
from jobbot.render.blockkit.text import clock, escape, fit_bytes, to_plain
from jobbot.render.jobs import Names, card_lines, may_be_stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A job as it was read at ``as_of``."""

    job: Job
    instance: str
    as_of: datetime
    names: Names
    around: Around = NOTHING


def render_card(
    card: Card,
    *,
    now: datetime,
    asker: Asker,
    offer_stop: bool,
    offer_share: bool,
    offer_watch: bool = False,
    watchers: Sequence[str] = (),
    note: str = "",
) -> Message:
    """The message. Stop and Watch are offered only on a job that is going on.

    ``watchers`` are the ids of those who wait for it here; ``note`` is a line about the card itself.
    """
    lines = what_people_see(card, now=now, watchers=watchers, note=note)
    small = f"{escape(card.instance)} – as of {clock(card.as_of)} – {by(asker)}"
    job, instance = card.job, card.instance
    row = [buttons.refresh_job(job.id, instance)]
    if offer_watch and job.is_going_on:
        row.append(buttons.watch(job.id, instance))
    if watchers and job.is_going_on:
        row.append(buttons.unwatch(job.id, instance))
    if offer_stop and may_be_stopped(job):
        row.append(buttons.stop(job.id, instance))
    if offer_share:
        row.append(buttons.share(encode(ShowJob(job=job.id, instance=instance))))
    return Message(
        text=fit_bytes([to_plain(line) for line in [*lines, small]]),
        blocks=[*paragraphs(lines), context(small), actions(row)],
    )


def what_people_see(card: Card, *, now: datetime, watchers: Sequence[str] = (), note: str = "") -> list[str]:
    """The lines of a card: where none of them changes, nobody needs a new one."""
    lines = card_lines(card.job, card.names, now, card.around)
    if watchers and card.job.is_going_on:
        lines.append(f"Watched by {people(watchers)}")
    return [*lines, note] if note else lines


def people(users: Sequence[str], most: int = 10) -> str:
    """Mentions, each person once."""
    once = list(dict.fromkeys(users))
    more = f" and {len(once) - most} more" if len(once) > most else ""
    return ", ".join(f"<@{user}>" for user in once[:most]) + more

"""One job as a message: everything that is known, links into Adverity, and what can be done."""

from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.model import Job
from jobbot.intents.button import encode
from jobbot.intents.model import ShowJob
from jobbot.render import buttons
from jobbot.render.asked import Asker, by
from jobbot.render.blocks import Message, actions, context, section
from jobbot.render.jobs import Names, card_lines
from jobbot.render.text import clock, escape, fit_bytes, to_plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A job as it was read at ``as_of``."""

    job: Job
    instance: str
    as_of: datetime
    names: Names


def render_card(card: Card, *, now: datetime, asker: Asker, offer_stop: bool, offer_share: bool) -> Message:
    """The message. Stop is offered only on a job that is going on."""
    lines = card_lines(card.job, card.names, now)
    small = f"{escape(card.instance)} – as of {clock(card.as_of)} – {by(asker)}"
    row = [buttons.refresh_job(card.job.id, card.instance)]
    if offer_stop and card.job.is_going_on:
        row.append(buttons.stop(card.job.id, card.instance))
    if offer_share:
        row.append(buttons.share(encode(ShowJob(job=card.job.id, instance=card.instance))))
    return Message(
        text=fit_bytes([to_plain(line) for line in [*lines, small]]),
        blocks=[section("\n".join(lines)), context(small), actions(row)],
    )

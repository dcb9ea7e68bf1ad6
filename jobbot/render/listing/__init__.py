"""Renders a list of jobs: the question, how many, as of when, asked by whom; 15 a page, with paging buttons.

What is unusual stands first with buttons of its own; jobs that wait behind another one share a row.
"""

from collections.abc import Collection
from datetime import datetime

from jobbot.access.policy import Need
from jobbot.render.asked import Asker
from jobbot.render.blockkit import parts
from jobbot.render.blockkit.blocks import Message
from jobbot.render.frozen import frozen_part
from jobbot.render.listing.foot import foot_buttons
from jobbot.render.listing.head import head_part, hint_parts, remarks, to_come_part
from jobbot.render.listing.model import Listing
from jobbot.render.listing.rows import job_row, row_parts

__all__ = ["Listing", "job_row", "render_listing"]


def render_listing(
    listing: Listing,
    *,
    now: datetime,
    asker: Asker,
    offers: Collection[Need],
    offer_share: bool,
    command: str,
) -> Message:
    """The message. ``offers``: what it may have buttons for in this channel; ``command``: the slash command."""
    return parts.compose(
        [
            head_part(listing, now, asker),
            frozen_part(listing.frozen, unfreeze=Need.STOP in offers),
            to_come_part(listing, command, now, pause=Need.PAUSE in offers),
            *hint_parts(listing, command, offers),
            *row_parts(listing, now, offers),
            *(parts.small(remark) for remark in remarks(listing)),
            parts.controls(
                foot_buttons(listing, now, share=offer_share, stop=Need.STOP in offers, watch=Need.WATCH in offers)
            ),
        ]
    )

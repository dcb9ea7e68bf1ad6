"""Paging of lists: page size and the Newer and Older buttons.

15 a page because Slack takes 50 blocks and about 12,000 characters a message, and a row with buttons is two blocks.
"""

from dataclasses import replace

from jobbot.intents.button import encode
from jobbot.intents.model import History, ListJobs
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block

PAGE = 15


def within(page: int, total: int, size: int = PAGE) -> int:
    """The page that is shown when ``page`` is asked for: one behind the last is the last."""
    return min(max(1, page), max(1, -(-total // size)))


def first_to_last(page: int, shown: int, size: int = PAGE) -> str:
    """``16-30``; of one alone its number."""
    first = (page - 1) * size + 1
    return f"{first}-{first + shown - 1}" if shown > 1 else str(first)


def paging(question: ListJobs | History, *, page: int, total: int, offer_share: bool) -> list[Block]:
    """The last row of a list. ``question`` is what is asked again."""
    row: list[Block] = []
    if page > 1:
        row.append(buttons.newer(replace(question, page=page - 1)))
    if page * PAGE < total:
        row.append(buttons.older(replace(question, page=page + 1)))
    row.append(buttons.refresh_list(question))
    if offer_share:
        row.append(buttons.share(encode(question)))
    return row

"""The answer to a submitted modal: the body of its ack (``response_action``), or the work from which the body comes."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from jobbot.interaction import Interaction
from jobbot.render.blockkit.blocks import Modal
from jobbot.telemetry import Outcome

Body = dict[str, Any]
"""The body of the ack of a submitted modal. Any: it holds Block Kit."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What Slack gets at once, or the work from which it comes, with who is answered.

    ``answer`` is there with ``work``, which sets it: None closes the window. Without work, ``outcome`` says what became
    of it. ``follows``: once the work has ended, what is served then, in its turn, if anything.
    """

    body: Body | None = None
    work: tuple[Interaction, Coroutine[None, None, Outcome]] | None = None
    answer: asyncio.Future[Body | None] | None = None
    outcome: Outcome = Outcome.STALE
    follows: Callable[[], Callable[[], Coroutine[None, None, Outcome]] | None] | None = None


def replaced_by(modal: Modal) -> Body:
    """Show this modal in place of the submitted one."""
    return {"response_action": "update", "view": modal.view}


def errors_at(fields: Mapping[str, str]) -> Body:
    """Keep the modal open, with what is wrong below each of these fields (by ``block_id``)."""
    return {"response_action": "errors", "errors": dict(fields)}

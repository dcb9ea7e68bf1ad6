"""The listeners: the ack of each interaction, and the work that follows it.

Each interaction is handled in two steps. :meth:`Listeners.acknowledge` does no I/O and returns what Slack gets within
its 3 seconds, with the work that follows. For a submitted modal the ack comes from the work itself, within a time
limit: an empty ack closes the modal and means that the act is recorded. The work (``serving``) calls intents, access,
flows and render in this order, ends in a reply, and runs behind ``guard``.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, assert_never

from cachetools import TTLCache

from jobbot.intents.language.vocabulary import ACT_WORDS
from jobbot.intents.model import ListJobs
from jobbot.interaction import (
    Clicked,
    HomeOpened,
    Interaction,
    LinksShared,
    MessageShortcut,
    Shortcut,
    Submitted,
    Suggestion,
    Typed,
)
from jobbot.logs import get_logger
from jobbot.logs.throttled import ThrottledLog
from jobbot.render.blockkit.buttons import ActionId
from jobbot.render.finding import FIND_JOBS
from jobbot.render.notices import too_busy
from jobbot.slack.handlers.acts.dialogue import ActDialogue
from jobbot.slack.handlers.answers import Answers
from jobbot.slack.handlers.anywhere import Anywhere
from jobbot.slack.handlers.gate import Gate
from jobbot.slack.handlers.guard import UNASKED, Guard
from jobbot.slack.handlers.serving import Serving
from jobbot.telemetry import ObservedInteraction, Outcome, Telemetry
from jobbot.telemetry.labels import label_of

log = get_logger(__name__)

_ACT = re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, ACT_WORDS))})(?![a-z])")

_NO_OPTIONS: dict[str, Any] = {"options": []}


@dataclass(frozen=True, slots=True)
class Ack:
    """The ack: its body (a str is JSON already; None: an empty 200), and the work that follows, if any.

    With ``decided`` the body is what the work sets it to. ``is_urgent``: the work may open a window, for which
    Slack gives 3 seconds; it says itself when it is not to any more. ``follows``: asked once the work has ended, what
    is to be offered then, and for whom.
    """

    body: dict[str, Any] | str | None = None
    then: Coroutine[None, None, None] | None = None
    decided: asyncio.Future[dict[str, Any] | None] | None = None
    is_urgent: bool = False
    follows: Callable[[], tuple[Interaction, Coroutine[None, None, None]] | None] | None = None

    async def answer(self) -> dict[str, Any] | str | None:
        """The ack's body; waits for ``decided``."""
        # Shielded: several may wait for it, and one of them may hang up.
        return self.body if self.decided is None else await asyncio.shield(self.decided)


class Listeners:
    """Acknowledges every interaction. ``is_first``: whether a key of Slack's is new in all processes."""

    def __init__(
        self,
        *,
        gate: Gate,
        answers: Answers,
        dialogue: ActDialogue,
        anywhere: Anywhere,
        is_first: Callable[[str], Awaitable[bool]],
        telemetry: Telemetry,
    ) -> None:
        self._answers = answers
        self._dialogue = dialogue
        self._anywhere = anywhere
        self._telemetry = telemetry
        self._serving = Serving(gate, answers, dialogue, anywhere)
        self._guard = Guard(answers, is_first, telemetry)
        # Slack delivers again, for some minutes, what it believes lost: the same key is answered once. Each weighs half
        # a kilobyte; what drops out of it in a rush is still known to the database, where it matters.
        self._seen: TTLCache[str, Ack] = TTLCache(5_000, 15 * 60)
        self._told_busy: set[tuple[str, str | None]] = set()
        busy = too_busy()
        # Written out once: of a flood most acks are this one.
        self._busy = Ack(json.dumps({"response_type": "ephemeral", "text": busy.text, "blocks": list(busy.blocks)}))
        self._busy_log = ThrottledLog(log, "too busy to serve")

    def acknowledge(self, interaction: Interaction) -> Ack:
        """The ack of an interaction, without I/O; a repeated delivery gets the ack of the first."""
        seen = ObservedInteraction(label_of(interaction.did))
        before = self._seen.get(interaction.key) if interaction.key else None
        if before is not None:
            self._telemetry.metrics.interaction(seen.intent, Outcome.REPEATED)
            log.info("delivered again, and answered before", did=seen.did)
            return before
        match interaction.did:
            case Typed(text):
                work = self._guard.run(interaction, seen, lambda: self._serving.types(interaction, text, seen))
                ack = Ack(then=work, is_urgent=_may_act(text))
            case Clicked() as click:
                work = self._guard.run(interaction, seen, lambda: self._serving.presses(interaction, click, seen))
                opens = click.action_id == ActionId.REVIEW or _may_act(click.action_id + click.value)
                ack = Ack(then=work, is_urgent=opens)
            case Submitted():
                ack = self._submits(interaction, seen)
            case Shortcut() | MessageShortcut() | LinksShared() | HomeOpened():
                work = self._guard.run(interaction, seen, lambda: self._serving.comes_from_anywhere(interaction, seen))
                ack = Ack(then=work, is_urgent=isinstance(interaction.did, Shortcut))
            case Suggestion():
                return self._suggests(interaction, seen)
            case _:
                assert_never(interaction.did)
        if interaction.key and ack.then is not None:
            self._seen[interaction.key] = Ack(ack.body, decided=ack.decided)
        return ack

    def _submits(self, interaction: Interaction, seen: ObservedInteraction) -> Ack:
        assert isinstance(interaction.did, Submitted)  # noqa: S101 - narrows for the type checker
        if interaction.did.callback_id == FIND_JOBS:
            seen.intent, submission = "submit_find_jobs", self._anywhere.finding.submits(interaction)
        else:
            seen.intent, submission = self._dialogue.label_of(interaction.did), self._dialogue.submits(interaction)
        if submission.work is None:
            self._telemetry.metrics.interaction(seen.intent, submission.outcome)
            return Ack(submission.body)
        who, work = submission.work

        def follows() -> tuple[Interaction, Coroutine[None, None, None]] | None:
            rest = submission.follows() if submission.follows is not None else None
            if rest is None:
                return None
            return who, self._guard.run(who, ObservedInteraction(seen.did, label_of(ListJobs())), rest)

        return Ack(then=self._guard.run(who, seen, lambda: work), decided=submission.answer, follows=follows)

    def _suggests(self, interaction: Interaction, seen: ObservedInteraction) -> Ack:
        seen.intent = "suggestion"
        options, learns = self._anywhere.finding.suggests(interaction)
        if learns is not None:
            return Ack(options, then=self._guard.run(interaction, seen, learns))
        self._telemetry.metrics.interaction(seen.intent, Outcome.ANSWERED)
        return Ack(options)

    def refuse_busy(self, interaction: Interaction) -> Ack:
        """The ack of an interaction for which there is no room: it is not served, and the person is told.

        A command is told in its ack. For anything else an answer is posted: one at a time to a person, as the next one
        would say the same.
        """
        self._seen.pop(interaction.key, None)
        self._telemetry.metrics.interaction(label_of(interaction.did), Outcome.BUSY)
        self._busy_log.warn(label_of(interaction.did))
        if interaction.is_command:
            return self._busy
        if isinstance(interaction.did, UNASKED):
            return Ack(_NO_OPTIONS if isinstance(interaction.did, Suggestion) else None)
        to = (interaction.user_id, interaction.channel_id)
        if to in self._told_busy or interaction.is_bot:
            return Ack()
        self._told_busy.add(to)
        return Ack(then=self._tell_busy(interaction, to))

    async def _tell_busy(self, interaction: Interaction, to: tuple[str, str | None]) -> None:
        try:
            await self._answers.reply(interaction).post_ephemeral(too_busy())
        finally:
            self._told_busy.discard(to)


def _may_act(words: str) -> bool:
    """Whether words, or a button, may ask for an act; not read as a command is, as an ack waits for it."""
    return _ACT.search(words.lower()) is not None

"""The listeners: what happens when somebody types, clicks or submits; named after what the user did.

Each interaction is handled in two steps. :meth:`Listeners.acknowledge` does no I/O and returns what Slack gets within
its 3 seconds, with the work that follows. For a submitted modal the ack comes from the work itself, within a time
limit: an empty ack closes the modal and means that the act is recorded. The work calls intents, access, flows and
render in this order, and ends in a reply. Its outermost wrapper alone catches everything, logs it with a reference, and
shows the reference to the person.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, assert_never

from cachetools import TTLCache

from jobbot.access import Need
from jobbot.adverity.errors import AdverityError
from jobbot.flows.acts.acting import CannotRecord
from jobbot.flows.acts.history import CannotRead
from jobbot.flows.following.watching import CannotKeep
from jobbot.intents.button import decode
from jobbot.intents.language.vocabulary import ACT_WORDS
from jobbot.intents.model import Act, Intent, ListJobs, NoQuestion, OnReview
from jobbot.intents.parsing import is_greeting
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
from jobbot.logs import get_logger, new_reference
from jobbot.logs.throttled import ThrottledLog
from jobbot.render.blockkit.buttons import CARRIES, ActionId
from jobbot.render.errors import render_error
from jobbot.render.finding import FIND_JOBS, JOBS_NAMED_HERE
from jobbot.render.notices import stale_button, too_busy
from jobbot.slack.handlers.act_dialogue import ActDialogue
from jobbot.slack.handlers.answers import AnswerMode, Answers
from jobbot.slack.handlers.anywhere import Anywhere
from jobbot.slack.handlers.gate import Gate
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.slack.handlers.urgency import IS_URGENT
from jobbot.telemetry import ObservedInteraction, Outcome, Telemetry
from jobbot.telemetry.labels import label_of

log = get_logger(__name__)

_ACT = re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, ACT_WORDS))})(?![a-z])")

Listener = Callable[[Interaction, Intent], Coroutine[None, None, Outcome]]

_NO_OPTIONS: dict[str, Any] = {"options": []}
_UNASKED = (Shortcut, Suggestion, LinksShared, HomeOpened)
"""What has no place where a message could be answered, or was asked by nobody."""


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
    """Dispatches every interaction to its listener. ``is_first``: whether a key of Slack's is new in all processes."""

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
        self._gate = gate
        self._answers = answers
        self._dialogue = dialogue
        self._anywhere = anywhere
        self._is_first = is_first
        self._telemetry = telemetry
        # Slack delivers again, for some minutes, what it believes lost: the same key is answered once. Each weighs half
        # a kilobyte; what drops out of it in a rush is still known to the database, where it matters.
        self._seen: TTLCache[str, Ack] = TTLCache(5_000, 15 * 60)
        self._told_busy: set[tuple[str, str | None]] = set()
        busy = too_busy()
        # Written out once: of a flood most acks are this one.
        self._busy = Ack(json.dumps({"response_type": "ephemeral", "text": busy.text, "blocks": list(busy.blocks)}))
        self._busy_log = ThrottledLog(log, "too busy to serve")
        self.clicks: dict[str, Listener] = {
            ActionId.LIST_REFRESH: self.redraws,
            ActionId.LIST_NEWER: self.redraws,
            ActionId.LIST_OLDER: self.redraws,
            ActionId.JOB_REFRESH: self.redraws,
            ActionId.JOB_SHOW: self.wants,
            ActionId.JOB_STOP: self.wants,
            ActionId.JOB_WATCH: self.wants,
            ActionId.JOB_UNWATCH: self.wants,
            ActionId.ALERT_ON_IT: self.wants,
            ActionId.ALERT_NOT_ON_IT: self.wants,
            ActionId.ALERT_SNOOZE: self.wants,
            ActionId.ALERT_WAKE: self.wants,
            ActionId.LIST_WATCH: self.wants,
            ActionId.ACT: self.wants,
            ActionId.STOP_NO_MORE: self.wants,
            ActionId.ASK_FOR: self.wants,
            ActionId.REVIEW: self.wants,
            ActionId.REVIEW_WITHDRAW: self.wants,
            ActionId.REVIEW_DISCARD: self.wants,
            ActionId.JOB_MENU: self.wants,
            ActionId.JOB_OPEN: self.wants,
            ActionId.RUN: self.wants,
            ActionId.SHARE: self.shares,
            ActionId.TIMELINE_COPY: self.copies,
            ActionId.WHY: self.wants,
        }

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
                work = self._guard(interaction, seen, lambda: self.types(interaction, text, seen))
                ack = Ack(then=work, is_urgent=_may_act(text))
            case Clicked() as click:
                work = self._guard(interaction, seen, lambda: self.presses(interaction, click, seen))
                opens = click.action_id == ActionId.REVIEW or _may_act(click.action_id + click.value)
                ack = Ack(then=work, is_urgent=opens)
            case Submitted():
                ack = self._submits(interaction, seen)
            case Shortcut() | MessageShortcut() | LinksShared() | HomeOpened():
                work = self._guard(interaction, seen, lambda: self.comes_from_anywhere(interaction, seen))
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
            return who, self._guard(who, ObservedInteraction(seen.did, label_of(ListJobs())), rest)

        return Ack(then=self._guard(who, seen, lambda: work), decided=submission.answer, follows=follows)

    def _suggests(self, interaction: Interaction, seen: ObservedInteraction) -> Ack:
        seen.intent = "suggestion"
        options, learns = self._anywhere.finding.suggests(interaction)
        if learns is not None:
            return Ack(options, then=self._guard(interaction, seen, learns))
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
        if isinstance(interaction.did, Typed) and interaction.did.command is not None:
            return self._busy
        if isinstance(interaction.did, _UNASKED):
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

    async def types(self, interaction: Interaction, text: str, seen: ObservedInteraction) -> Outcome:
        """Serve words after the slash command or an @mention."""
        # Read without the person's zone: a stop opens its modal within 3 seconds, before any look-up.
        intent = self._answers.read(text)
        IS_URGENT.set(isinstance(intent, Act))
        seen.intent = label_of(intent)
        match intent:
            case _ if isinstance(intent, Act):
                return await self._answers.asks(interaction, intent, text)
            case NoQuestion():
                return await self._answers.thanked(interaction)
            case _ if _is_mention(interaction) and is_greeting(text):
                return await self._answers.greeted(interaction)
            case _:
                return await self._answers.typed(interaction, text, intent)

    async def presses(self, interaction: Interaction, click: Clicked, seen: ObservedInteraction) -> Outcome:
        """A click; where the button or its value is not understood, the person is told that it is stale."""
        intent, listener = decode(click.value), self.clicks.get(click.action_id)
        IS_URGENT.set(isinstance(intent, Act | OnReview))
        if intent is None or listener is None or not isinstance(intent, CARRIES[click.action_id]):
            if early := await self._gate.refuse_at_once(interaction, Need.VIEW):
                return await self._answers.refuse(interaction, early)
            await self._answers.reply(interaction).post_ephemeral(stale_button(self._answers.command(interaction)))
            return Outcome.STALE
        seen.intent = label_of(intent)
        return await listener(interaction, intent)

    async def wants(self, interaction: Interaction, intent: Intent) -> Outcome:
        """A complete intent: typed, or carried by a button of a row or a suggestion."""
        if isinstance(intent, Act):
            return await self._answers.asks(interaction, intent)
        if isinstance(intent, OnReview):
            # Its window opens at once, before any look-up.
            return await self._dialogue.reviews(interaction, intent)
        return await self._answers.serve(interaction, intent, AnswerMode.NEW)

    async def redraws(self, interaction: Interaction, intent: Intent) -> Outcome:
        """Newer, Older, Refresh: redraw the message that was clicked. Only reads."""
        return await self._answers.serve(interaction, intent, AnswerMode.REDRAW)

    async def shares(self, interaction: Interaction, intent: Intent) -> Outcome:
        """Share here: post an answer that one person saw for the whole channel."""
        return await self._answers.serve(interaction, intent, AnswerMode.SHARE)

    async def copies(self, interaction: Interaction, intent: Intent) -> Outcome:
        """Copy as Markdown: whisper what a message says in a form that can be pasted elsewhere."""
        return await self._answers.serve(interaction, intent, AnswerMode.COPY)

    async def comes_from_anywhere(self, interaction: Interaction, seen: ObservedInteraction) -> Outcome:
        """A shortcut, links in a message, an opened Home tab. A shortcut of another version is not served."""
        seen.intent = label_of(interaction.did)
        match interaction.did:
            case Shortcut(callback_id) if callback_id == FIND_JOBS:
                return await self._anywhere.finding.opens(interaction)
            case MessageShortcut(callback_id) if callback_id == JOBS_NAMED_HERE:
                return await self._anywhere.named_here.reads(interaction)
            case LinksShared():
                return await self._anywhere.previews.shows(interaction)
            case HomeOpened():
                return await self._anywhere.home_tab.draws(interaction)
            case _:
                return Outcome.STALE

    async def _guard(
        self, interaction: Interaction, seen: ObservedInteraction, serve: Callable[[], Awaitable[Outcome]]
    ) -> None:
        reference = new_reference()
        with self._telemetry.interaction(seen, reference):
            try:
                if await self._is_repeated(interaction):
                    seen.outcome = Outcome.REPEATED
                else:
                    seen.outcome = await serve()
            except AlreadyReported as told:
                seen.outcome = _failed(interaction, seen, told.__cause__)
            except Exception as error:
                seen.outcome = _failed(interaction, seen, error)
                if not isinstance(interaction.did, _UNASKED):
                    await self._answers.reply(interaction).post_ephemeral(render_error(error, reference))
            else:
                log.info("served", **_fields(interaction, seen), outcome=seen.outcome.value, seconds=seen.seconds)

    async def _is_repeated(self, interaction: Interaction) -> bool:
        """Whether another process has handled this delivery: Slack repeats what it believes lost, to any process.

        Slack sends no command twice: one that changes something is checked where it is done (``handlers/following``),
        and of a submission the ledger itself knows whether it is a repeated one.
        """
        is_command = isinstance(interaction.did, Typed) and interaction.did.command is not None
        if not interaction.key or is_command or isinstance(interaction.did, Submitted):
            return False
        return not await self._is_first(interaction.key)


def _may_act(words: str) -> bool:
    """Whether words, or a button, may ask for an act; not read as a command is, as an ack waits for it."""
    return _ACT.search(words.lower()) is not None


def _is_mention(interaction: Interaction) -> bool:
    """Whether words were said behind a mention, and not behind the slash command."""
    return isinstance(interaction.did, Typed) and interaction.did.command is None


def _fields(interaction: Interaction, seen: ObservedInteraction) -> dict[str, str | None]:
    """What log lines say of an interaction: ids, never texts."""
    return {"did": seen.did, "intent": seen.intent, "user": interaction.user_id, "channel": interaction.channel_id}


def _failed(interaction: Interaction, seen: ObservedInteraction, error: BaseException | None) -> Outcome:
    if isinstance(error, AdverityError | CannotRecord | CannotRead | CannotKeep):
        log.warning("failed", **_fields(interaction, seen), error=type(error).__name__, said=str(error))
        return Outcome.UPSTREAM_FAILED if isinstance(error, AdverityError) else Outcome.STORE_FAILED
    log.error("failed", **_fields(interaction, seen), exc_info=error)
    return Outcome.CRASHED

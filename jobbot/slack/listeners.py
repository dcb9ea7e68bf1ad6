"""What happens when somebody types, clicks or submits: named after what the user did.

Each interaction is taken in two steps. :meth:`Listeners.acknowledge` does no I/O and returns at once what Slack gets
within its 3 seconds, with the work that follows. The work crosses the rooms in their order - intents, access, flows,
render - and ends in a reply. Its outermost wrapper alone catches everything, logs it with a reference, and shows the
reference to the person.
"""

import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, assert_never

from cachetools import TTLCache

from jobbot.access import Need
from jobbot.adverity.errors import AdverityError
from jobbot.flows.history import CannotRead
from jobbot.flows.stopping import CannotRecord
from jobbot.flows.watching import CannotKeep
from jobbot.intents.button import decode
from jobbot.intents.model import Intent, StopJob
from jobbot.interaction import Clicked, Interaction, Submitted, Typed
from jobbot.logs import new_reference
from jobbot.render.buttons import Act
from jobbot.render.errors import render_error
from jobbot.render.notices import stale_button, unknown_instance
from jobbot.slack.answers import Answers, Way
from jobbot.slack.gate import Gate
from jobbot.slack.stop_dialogue import StopDialogue
from jobbot.slack.told import Told

log = logging.getLogger(__name__)

Listener = Callable[[Interaction, Intent], Coroutine[None, None, str]]


@dataclass(frozen=True, slots=True)
class Ack:
    """What Slack gets at once (None: an empty 200), and what is done afterwards, if anything."""

    body: dict[str, Any] | None = None
    then: Coroutine[None, None, None] | None = None


class Listeners:
    """Takes every interaction."""

    def __init__(
        self, *, gate: Gate, answers: Answers, dialogue: StopDialogue, is_first: Callable[[str], Awaitable[bool]]
    ) -> None:
        self._gate = gate
        self._answers = answers
        self._dialogue = dialogue
        self._is_first = is_first
        # Slack delivers again, for some minutes, what it believes lost: the same key is answered once.
        self._seen: TTLCache[str, None] = TTLCache(20_000, 15 * 60)
        self.clicks: dict[str, Listener] = {
            Act.LIST_REFRESH: self.redraws,
            Act.LIST_NEWER: self.redraws,
            Act.LIST_OLDER: self.redraws,
            Act.JOB_REFRESH: self.redraws,
            Act.JOB_SHOW: self.wants,
            Act.JOB_STOP: self.wants,
            Act.JOB_WATCH: self.wants,
            Act.JOB_UNWATCH: self.wants,
            Act.RUN: self.wants,
            Act.SHARE: self.shares,
        }

    def acknowledge(self, interaction: Interaction) -> Ack:
        """Decide what Slack gets at once. No I/O."""
        if interaction.key and interaction.key in self._seen:
            log.info("delivered again, and answered before: a %s", type(interaction.did).__name__.lower())
            return Ack()
        match interaction.did:
            case Typed(text):
                ack = Ack(then=self._guard(interaction, self.types(interaction, text)))
            case Clicked() as click:
                ack = Ack(then=self._guard(interaction, self.presses(interaction, click)))
            case Submitted():
                submission = self._dialogue.submits(interaction)
                ack = Ack(submission.body, self._guard(*submission.work) if submission.work is not None else None)
            case _:
                assert_never(interaction.did)
        if interaction.key and ack.then is not None:
            self._seen[interaction.key] = None
        return ack

    async def types(self, interaction: Interaction, text: str) -> str:
        """Words after the slash command or an @mention."""
        # Read once without the person's zone: a stop opens its modal within 3 seconds, before any look-up.
        intent = self._answers.read(interaction, text)
        if isinstance(intent, StopJob):
            return await self.wants(interaction, intent)
        return await self._answers.typed(interaction, text)

    async def presses(self, interaction: Interaction, click: Clicked) -> str:
        """A button: one of ours, or any other, which never hangs and gets a friendly answer."""
        intent, listener = decode(click.value), self.clicks.get(click.action_id)
        if intent is None or listener is None:
            if early := self._gate.refuse_early(interaction, Need.VIEW):
                return await self._answers.refuse(interaction, early)
            await self._answers.reply(interaction).whisper(stale_button(self._answers.command(interaction)))
            return "stale button"
        return await listener(interaction, intent)

    async def wants(self, interaction: Interaction, intent: Intent) -> str:
        """A wish that is complete: typed, from a row, or from a suggestion."""
        if not isinstance(intent, StopJob):
            return await self._answers.serve(interaction, intent, Way.NEW)
        instance = self._answers.instance(interaction, intent.instance)
        if instance is None:
            if early := self._gate.refuse_early(interaction, Need.STOP):
                return await self._answers.refuse(interaction, early)
            await self._answers.reply(interaction).whisper(unknown_instance(self._answers.instance_names))
            return "unknown instance"
        return await self._dialogue.asks(interaction, intent, instance)

    async def redraws(self, interaction: Interaction, intent: Intent) -> str:
        """Newer, Older, Refresh: the message that was pressed, drawn anew. It only ever reads."""
        if isinstance(intent, StopJob):
            return await self.wants(interaction, intent)
        return await self._answers.serve(interaction, intent, Way.REDRAW)

    async def shares(self, interaction: Interaction, intent: Intent) -> str:
        """Share here: what one person saw, for the whole channel."""
        if isinstance(intent, StopJob):
            return await self.wants(interaction, intent)
        return await self._answers.serve(interaction, intent, Way.SHARE)

    async def _guard(self, interaction: Interaction, work: Coroutine[None, None, str]) -> None:
        reference = new_reference()
        did = type(interaction.did).__name__.lower()
        try:
            if await self._is_repeated(interaction):
                work.close()
                outcome = "delivered again, and answered by another process"
            else:
                outcome = await work
        except Told as told:
            _log_failure(did, interaction, told.__cause__)
        except Exception as error:
            _log_failure(did, interaction, error)
            await self._answers.reply(interaction).whisper(render_error(error, reference))
        else:
            log.info("%s by %s in %s: %s", did, interaction.user_id, interaction.channel_id, outcome)

    async def _is_repeated(self, interaction: Interaction) -> bool:
        """Whether another process has this already: Slack delivers again what it believes lost, to any of them.

        Slack sends no command twice; and of a submission the ledger itself knows whether it is a repeated one.
        """
        is_command = isinstance(interaction.did, Typed) and interaction.did.command is not None
        if not interaction.key or is_command or isinstance(interaction.did, Submitted):
            return False
        return not await self._is_first(interaction.key)


def _log_failure(did: str, interaction: Interaction, error: BaseException | None) -> None:
    if isinstance(error, AdverityError | CannotRecord | CannotRead | CannotKeep):
        log.warning("%s by %s: %s: %s", did, interaction.user_id, type(error).__name__, error)
    else:
        log.error("%s by %s failed", did, interaction.user_id, exc_info=error)

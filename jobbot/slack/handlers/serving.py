"""Serves what somebody typed, pressed or opened; the methods are named after what they did."""

from collections.abc import Callable, Coroutine, Mapping

from jobbot.access import Need
from jobbot.intents.button import decode
from jobbot.intents.model import Act, Intent, NoQuestion, OnReview
from jobbot.intents.parsing import is_greeting
from jobbot.interaction import Clicked, HomeOpened, Interaction, LinksShared, MessageShortcut, Shortcut
from jobbot.render.blockkit.buttons import CARRIES, ActionId
from jobbot.render.finding import FIND_JOBS, JOBS_NAMED_HERE
from jobbot.render.notices import stale_button
from jobbot.slack.handlers.acts.dialogue import ActDialogue
from jobbot.slack.handlers.answers import Answers
from jobbot.slack.handlers.anywhere import Anywhere
from jobbot.slack.handlers.gate import Gate
from jobbot.slack.handlers.reports.drawing import AnswerMode
from jobbot.slack.handlers.urgency import IS_URGENT
from jobbot.telemetry import ObservedInteraction, Outcome
from jobbot.telemetry.labels import label_of

Listener = Callable[[Interaction, Intent], Coroutine[None, None, Outcome]]


class Serving:
    """Understands an interaction and hands it to its handler. Each method answers what became of it (for metrics)."""

    def __init__(self, gate: Gate, answers: Answers, dialogue: ActDialogue, anywhere: Anywhere) -> None:
        self._gate = gate
        self._answers = answers
        self._dialogue = dialogue
        self._anywhere = anywhere
        # What is not named here is served as it is: see wants.
        self._clicks: Mapping[str, Listener] = {
            ActionId.LIST_REFRESH: self.redraws,
            ActionId.LIST_NEWER: self.redraws,
            ActionId.LIST_OLDER: self.redraws,
            ActionId.JOB_REFRESH: self.redraws,
            ActionId.SHARE: self.shares,
            ActionId.TIMELINE_COPY: self.copies,
        }

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
            case _ if interaction.is_mention and is_greeting(text):
                return await self._answers.greeted(interaction)
            case _:
                return await self._answers.typed(interaction, text, intent)

    async def presses(self, interaction: Interaction, click: Clicked, seen: ObservedInteraction) -> Outcome:
        """A click; where the button or its value is not understood, the person is told that it is stale."""
        intent = decode(click.value)
        IS_URGENT.set(isinstance(intent, Act | OnReview))
        if not isinstance(intent, CARRIES.get(click.action_id, ())):
            if early := await self._gate.refuse_at_once(interaction, Need.VIEW):
                return await self._answers.refuse(interaction, early)
            await self._answers.reply(interaction).post_ephemeral(stale_button(self._answers.command(interaction)))
            return Outcome.STALE
        seen.intent = label_of(intent)
        return await self._clicks.get(click.action_id, self.wants)(interaction, intent)

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
        """Copy as Markdown: post what a message says for the person alone, in a form that can be pasted elsewhere."""
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

"""Serves what only reads - lists, cards, the record, issues - with a message that can be redrawn and shared."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import assert_never

from jobbot.adverity.errors import AdverityError, NotFound
from jobbot.flows.acts.history import CannotRead
from jobbot.flows.jobs.narrowing import Meant
from jobbot.intents.model import Handover, History, Issues, ListJobs, Paused, ShowJob, Timeline
from jobbot.logs import REFERENCE
from jobbot.render import notices
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.mentions import mentioned, without_mentions
from jobbot.render.errors import render_error
from jobbot.render.refusals import render_refusal
from jobbot.slack.handlers.gate import OutOfReach
from jobbot.slack.handlers.misreading import datastream_of_number
from jobbot.slack.handlers.naming import Naming
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.slack.handlers.reports.drawing import AnswerMode, Drawing, Showing, Shown
from jobbot.slack.handlers.reports.job_cards import Drawn, JobCards
from jobbot.slack.web.reply import Reply
from jobbot.telemetry import Outcome

_AboutPeople = Handover | Timeline | History | Paused
"""What tells of many people who did something: nobody looks there for a mention, so it has names when redrawn too."""

_Edited = ShowJob | Issues | Paused | Handover
"""What offers acts, and is edited once one was done. A list of jobs is asked for anew: it goes on by itself."""


class Reports:
    """Shows them. ``names``: what people are called, by id; ``patience``: seconds that an answer waits for that."""

    def __init__(
        self,
        *,
        drawing: Drawing,
        naming: Naming,
        cards: JobCards,
        names: Callable[[Collection[str]], Awaitable[Mapping[str, str]]],
        patience: float,
    ) -> None:
        self._drawing = drawing
        self._naming = naming
        self._cards = cards
        self._names, self._patience = names, patience

    async def show(self, intent: Shown, on: Showing, reply: Reply, meant: Meant | None = None) -> Outcome:
        """Draw the answer and deliver it. ``meant``: what was found out of the intent already.

        Raises AlreadyReported where it failed and the person has been told.
        """
        try:
            note, redraws = _still_asking(intent), on.mode is AnswerMode.REDRAW
            async with reply.note_when_slow(note, visible=on.passed.visible, redraws=redraws):
                found = await self._narrowed(intent, on, meant)
                if isinstance(found, Message):
                    await reply.post_ephemeral(found)
                    return Outcome.MISREAD
                intent, on = found
                if on.mode is AnswerMode.COPY and isinstance(intent, Timeline):
                    for part in await self._drawing.copy(intent, on):
                        await reply.post_ephemeral(part)
                    return Outcome.ANSWERED
                drawn = await self._drawing.draw(intent, on)
        except OutOfReach as out:
            await reply.post_ephemeral(render_refusal(out.refused))
            return Outcome.REFUSED
        except CannotRead as error:
            await reply.post_ephemeral(notices.cannot_read_record())
            raise AlreadyReported from error
        except AdverityError as error:
            about = {ShowJob: f"job {getattr(intent, 'job', '')}", Issues: "open issues"}.get(type(intent), "jobs")
            about = f"{about} on {on.instance.name}"
            perhaps = None
            if isinstance(error, NotFound) and isinstance(intent, ShowJob):
                perhaps = await datastream_of_number(int(intent.job), on.interaction, on.instance, self._naming)
            message = render_error(error, REFERENCE.get(), about=about, again=intent, perhaps=perhaps)
            await reply.post_ephemeral(message)
            raise AlreadyReported from error
        await self._deliver(intent, drawn, on, reply)
        return Outcome.ANSWERED

    async def _narrowed(self, intent: Shown, on: Showing, meant: Meant | None) -> tuple[Shown, Showing] | Message:
        """The intent with names resolved, in its scope; or what the person is told where a name is not certain."""
        if isinstance(intent, ShowJob | Paused):
            return intent, on
        asked = ListJobs(instance=intent.instance) if isinstance(intent, Handover) else intent
        found = meant or await self._naming.meant(on.interaction, asked, on.instance)
        if isinstance(found, Message):
            return found
        assert isinstance(found.intent, ListJobs | History | Timeline | Issues)  # noqa: S101 - for mypy
        return intent if isinstance(intent, Handover) else found.intent, replace(on, scope=found.scope)

    async def _deliver(self, intent: Shown, drawn: Drawn, on: Showing, reply: Reply) -> None:
        interaction, passed, redraws = on.interaction, on.passed, on.mode is AnswerMode.REDRAW
        visible = passed.visible or (on.mode is AnswerMode.SHARE and passed.may_share)
        is_public = not interaction.is_ephemeral if redraws else visible
        if is_public and (not redraws or isinstance(intent, _AboutPeople)):
            # Whoever asks calls nobody: a new message notifies all whom it mentions, an edit does not.
            drawn = replace(drawn, message=await self._without_mentions(drawn.message, but=interaction.user_id))
        if redraws and (interaction.is_ephemeral or passed.visible or passed.may_share):
            await reply.redraw(drawn.message)
            if isinstance(intent, _Edited):
                await self._cards.redrawn(interaction, drawn, on.instance, passed)
            return
        # A message that everybody sees is not redrawn where answers are not for everybody (any more).
        visible = visible and not redraws
        is_kept = visible and isinstance(intent, _Edited)
        if not (is_kept and await self._cards.post(interaction, drawn, on.instance, passed, reply=reply)):
            await reply.answer(drawn.message, visible=visible)

    async def _without_mentions(self, message: Message, *, but: str) -> Message:
        """The same for a whole channel, with the names that Slack tells in a moment."""
        names: Mapping[str, str] = {}
        if people := mentioned(message, but=but):
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience):
                    names = await self._names(people)
        return without_mentions(message, names, but=but)


def _still_asking(intent: Shown) -> Message:
    """What a person reads while an answer takes longer than a moment."""
    match intent:
        case ShowJob(job=job):
            return notices.asking_job(job)
        case ListJobs() | Handover():
            return notices.asking_list()
        case History() | Paused():
            return notices.asking_record()
        case Timeline():
            return notices.asking_timeline()
        case Issues():
            return notices.asking_issues()
        case _:
            assert_never(intent)

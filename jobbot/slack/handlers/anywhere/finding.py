"""Serves the global shortcut "Find Adverity jobs": its window, what that offers, and the list where it is wanted.

The shortcut has no channel, and so shows nothing of any job: the list is posted in the channel that is chosen, as if
the person had typed the command there, under the same decision and in the same turns. Options are answered within a
keystroke, from memory: what is not remembered is learned behind the ack, for the next keystroke.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from jobbot.access import Need, Refused
from jobbot.access.reasons import Outsider
from jobbot.access.workspaces import Bound
from jobbot.adverity.model import DatastreamId, State
from jobbot.flows.instances import Instances
from jobbot.flows.jobs.suggested_names import SuggestedNames
from jobbot.intents.model import ListJobs
from jobbot.interaction import Interaction, Submitted, Suggestion
from jobbot.logs import get_logger
from jobbot.render import finding as words
from jobbot.render.refusals import refusal_in_words
from jobbot.slack.handlers.answers import Answers
from jobbot.slack.handlers.anywhere.whereabouts import Seen, Whereabouts
from jobbot.slack.handlers.gate import Gate, Passed
from jobbot.slack.handlers.modal_ack import Body, Submission, errors_at
from jobbot.slack.handlers.reports.drawing import AnswerMode
from jobbot.slack.handlers.urgency import IS_URGENT
from jobbot.slack.web.outbound import Outbound, SlackRefused
from jobbot.telemetry import Outcome

log = get_logger(__name__)

DECIDE_SECONDS = 2.0
"""For so long a submission waits for what Slack says of the person and the channel: its ack is due after 3 seconds."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was chosen in the window: the range as words of the command language."""

    states: frozenset[State]
    range: str
    datastream: DatastreamId | None
    instance: str | None


class Finding:
    """The handlers of the shortcut, its window and the window's select."""

    def __init__(
        self,
        *,
        gate: Gate,
        whereabouts: Whereabouts,
        names: SuggestedNames,
        instances: Instances,
        answers: Answers,
        outbound: Outbound,
    ) -> None:
        self._gate = gate
        self._whereabouts = whereabouts
        self._names = names
        self._instances = instances
        self._answers = answers
        self._outbound = outbound

    async def opens(self, interaction: Interaction) -> Outcome:
        """Open the window at once; then learn what its select may offer this person."""
        early = self._gate.refuse_anywhere(interaction)
        if interaction.trigger_id is None or (early and not isinstance(early.reason, Outsider)):
            return Outcome.REFUSED if early else Outcome.STALE  # two bots could answer each other for ever
        window = words.find_refused(refusal_in_words(early.reason)) if early else words.find_window()
        try:
            view = await self._outbound.open_modal(interaction.trigger_id, window)
        except SlackRefused as refused:
            # A shortcut has no channel and no response URL: there is nowhere to say it.
            log.warning("modal did not open", about="find jobs", error=refused.code)
            return Outcome.NO_WINDOW
        IS_URGENT.set(False)
        if early:
            return Outcome.REFUSED
        why_not = await self._learn(interaction)
        if not why_not:
            return Outcome.ASKED
        if view:
            try:
                await self._outbound.update_modal(view, words.find_refused(why_not))
            except SlackRefused as refused:
                log.info("modal not updated", about="find jobs", **refused.as_fields())
        return Outcome.REFUSED

    async def _learn(self, who: Interaction) -> str:
        """Remember what this person may be offered; in words why nothing, empty where there is something."""
        seen = await self._whereabouts.look(who)
        if isinstance(seen, Refused):
            return refusal_in_words(seen.reason)
        if seen.channels is None:
            return words.whereabouts_not_told()
        sight = self._sight(who, seen)
        for name, bounds in sight.items():
            if (instance := self._instances.get(name)) is not None:
                await self._names.learn(instance.for_answer(), bounds)
        return "" if self._whereabouts.places(who, seen) else words.nowhere()

    def _sight(self, who: Interaction, seen: Seen) -> Mapping[str, list[Bound]]:
        """By instance how much of it the channels show in which this person is and may see jobs."""
        sight: dict[str, list[Bound]] = {}
        for place in self._whereabouts.places(who, seen):
            rule = self._gate.rule(place)
            for name in (rule.instances or self._instances.names) if rule is not None else ():
                sight.setdefault(name, []).append(rule.workspaces if rule is not None else ())
        return sight

    def suggests(self, interaction: Interaction) -> tuple[str, Callable[[], Coroutine[Any, Any, Outcome]] | None]:
        """The options for what was typed, in JSON, without any I/O; and where none are remembered what learns them."""
        did, nothing = interaction.did, words.options_in_json([])
        if not isinstance(did, Suggestion) or (did.action_id, did.callback_id) != (words.DATASTREAM, words.FIND_JOBS):
            return nothing, None
        if self._gate.refuse_anywhere(interaction):
            return nothing, None
        seen = self._whereabouts.remembered(interaction)
        if seen is None:
            return nothing, lambda: self._learned(interaction)
        found = self._names.find(did.typed, self._sight(interaction, seen))
        return words.options_in_json((one.instance, one.id, one.name) for one in found), None

    async def _learned(self, interaction: Interaction) -> Outcome:
        return Outcome.REFUSED if await self._learn(interaction) else Outcome.ANSWERED

    def submits(self, interaction: Interaction) -> Submission:
        """Handle the submitted window: the list, or an error at the field. No I/O here."""
        did = interaction.did
        assert isinstance(did, Submitted)  # noqa: S101 - narrows for the type checker
        wanted = self._wanted(did)
        channel = did.text(words.CHANNEL)
        if isinstance(wanted, Mapping):
            return Submission(errors_at(wanted), outcome=Outcome.STALE)
        if not channel:
            return Submission(errors_at({words.CHANNEL: words.no_channel()}), outcome=Outcome.REFUSED)
        # The trigger is of the window's person alone; nothing further is opened.
        who = replace(interaction, channel_id=channel, thread_ts=None, message_ts=None, trigger_id=None)
        if early := self._gate.refuse_early(who, Need.VIEW, wanted.instance):
            return Submission(errors_at({words.CHANNEL: words.not_there(early.reason)}), outcome=Outcome.REFUSED)
        answer: asyncio.Future[Body | None] = asyncio.get_running_loop().create_future()
        passed: list[Passed] = []
        return Submission(
            work=(who, self._settle(who, wanted, answer, passed)),
            answer=answer,
            follows=lambda: partial(self._show, who, wanted, passed[0]) if passed else None,
        )

    def _wanted(self, did: Submitted) -> _Wanted | Mapping[str, str]:
        """What was chosen; else what is wrong, by field."""
        ranges, chosen = did.text(words.RANGE), did.text(words.DATASTREAM)
        ticked = did.ticked(words.STATES)
        states = frozenset(state for state in State if state.value in ticked)
        stream = words.decode_stream(chosen) if chosen else None
        wrong = {
            words.RANGE: bool(ranges) and ranges not in words.RANGES,
            words.STATES: len(states) != len(ticked),
            words.DATASTREAM: bool(chosen) and (stream is None or stream[0] not in self._instances.names),
        }
        if any(wrong.values()):
            return {field: words.choose_again() for field, is_wrong in wrong.items() if is_wrong}
        instance, number = stream or (None, None)
        return _Wanted(states, ranges, None if number is None else DatastreamId(number), instance)

    async def _settle(
        self, who: Interaction, wanted: _Wanted, answer: "asyncio.Future[Body | None]", passed: list[Passed]
    ) -> Outcome:
        """Decide within the ack, and no more: ``passed`` gets the decision by which the list is shown."""
        try:
            decided = await self._decide(who, wanted)
        except BaseException:
            # An empty ack would close the window without a word.
            answer.set_result(errors_at({words.CHANNEL: words.not_decided()}))
            raise
        if isinstance(decided, str):
            answer.set_result(errors_at({words.CHANNEL: decided}))
            return Outcome.REFUSED
        passed.append(decided)
        answer.set_result(None)
        return Outcome.ASKED

    async def _show(self, who: Interaction, wanted: _Wanted, passed: Passed) -> Outcome:
        # In the person's zone; what is chosen is always a list.
        read = self._answers.read(wanted.range, passed.zone)
        asked = read if isinstance(read, ListJobs) else ListJobs()
        asked = replace(asked, states=wanted.states, datastream=wanted.datastream, instance=wanted.instance)
        return await self._answers.serve(who, asked, AnswerMode.NEW)

    async def _decide(self, who: Interaction, wanted: _Wanted) -> Passed | str:
        """Whether the list may be shown there to this person; in words why not."""
        try:
            async with asyncio.timeout(DECIDE_SECONDS):
                passed, seen = await asyncio.gather(
                    self._gate.decide(who, Need.VIEW, wanted.instance), self._whereabouts.look(who)
                )
        except TimeoutError:
            return words.not_decided()
        if isinstance(passed, Refused):
            return words.not_there(passed.reason)
        if isinstance(seen, Refused) or seen.channels is None:
            return words.not_decided()
        if who.channel_id not in seen.channels:
            return words.you_are_not_there()
        return passed if passed.is_member else words.no_member_there()

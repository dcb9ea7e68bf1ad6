"""Filling, submitting and closing modals (https://docs.slack.dev/surfaces/modals)."""

import copy
from collections.abc import Mapping

from jobbot.playground.slack.blockkit import controls as find
from jobbot.playground.slack.blockkit.values import filled, is_empty
from jobbot.playground.slack.client.outcomes import Outcomes
from jobbot.playground.slack.delivery.action import Action
from jobbot.playground.slack.delivery.dispatch import Dispatcher
from jobbot.playground.slack.delivery.payloads import Payloads
from jobbot.playground.slack.errors import NotPossible
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.views import Values, View
from jobbot.playground.slack.state.workspace import Workspace

REQUIRED = "Please complete this required field."


class Forms:
    """What a person does with a modal as a whole."""

    def __init__(self, workspace: Workspace, payloads: Payloads, dispatcher: Dispatcher, outcomes: Outcomes) -> None:
        self._in = workspace
        self._payloads = payloads
        self._dispatcher = dispatcher
        self._outcomes = outcomes

    def fill(self, view: View, values: Mapping[str, object]) -> Values:
        """Enter values, and answer all that the view now holds. Raises NotPossible."""
        for name, given in values.items():
            control = find.input_named(view.blocks, name)
            view.values[control.block_id][control.action_id] = filled(control.element, given)
            view.errors.pop(control.block_id, None)
        return copy.deepcopy(view.values)

    async def submit(self, person: Person, view: View, values: Mapping[str, object]) -> Action:
        """Press the submit button. Raises NotPossible where the client itself refuses."""
        if view.submit is None:
            raise NotPossible(f"{view.title!r} has no submit button")
        held = self.fill(view, values)
        missing = [control for control in find.inputs(view.blocks) if _is_missing(control, held)]
        if missing:
            self._in.say_in_view(view, errors={control.block_id: REQUIRED for control in missing})
            raise NotPossible(f"{missing[0].label}: {REQUIRED}")
        payload = self._payloads.submission(person, view, held)
        action = Action(kind="view_submission", envelope="interactive", person=person, payload=payload)
        await self._dispatcher.send(action)
        self._outcomes.of_submission(action, view)
        return action

    async def close(self, person: Person, view: View) -> Action:
        """Press the close button; the bot is told if it wanted to be."""
        action = Action(kind="view_closed", envelope="interactive", person=person)
        whole = bool(view.definition.get("clear_on_close"))
        if view.definition.get("notify_on_close"):
            action.payload = self._payloads.closed(person, view, is_cleared=whole)
        if whole:
            self._in.clear_views(person)
        else:
            self._in.close_view(view)
        return await self._dispatcher.send(action) if action.payload is not None else action


def _is_missing(control: find.Control, held: Values) -> bool:
    return not control.block.get("optional") and is_empty(held[control.block_id][control.action_id])

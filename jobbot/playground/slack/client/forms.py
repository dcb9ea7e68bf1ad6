"""Filling, submitting and closing modals (https://docs.slack.dev/surfaces/modals)."""

import copy
from collections.abc import Mapping, Sequence

from jobbot.playground.slack.blockkit import controls as find
from jobbot.playground.slack.blockkit.values import offers, ticked, what_is_wrong
from jobbot.playground.slack.client.choices import Choices
from jobbot.playground.slack.client.outcomes import Outcomes
from jobbot.playground.slack.delivery.action import Action
from jobbot.playground.slack.delivery.dispatch import Dispatcher
from jobbot.playground.slack.delivery.payloads import Payloads
from jobbot.playground.slack.errors import NotPossible
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.views import Values, View
from jobbot.playground.slack.state.workspace import Workspace


class Forms:
    """What a person does with a modal as a whole."""

    def __init__(
        self,
        workspace: Workspace,
        payloads: Payloads,
        dispatcher: Dispatcher,
        outcomes: Outcomes,
        choices: Choices,
    ) -> None:
        self._in = workspace
        self._choices = choices
        self._payloads = payloads
        self._dispatcher = dispatcher
        self._outcomes = outcomes

    def fill(self, view: View, values: Mapping[str, object]) -> Values:
        """Enter values, and answer all that the view now holds. Raises NotPossible."""
        for name, given in values.items():
            control = find.input_named(view.blocks, name)
            held = self._choices.filled(view.person, view, control, given)
            view.values[control.block_id][control.action_id] = held
            view.errors.pop(control.block_id, None)
        return copy.deepcopy(view.values)

    def tick(self, view: View, boxes: Sequence[str], at: str | None, *, on: bool) -> None:
        """Tick check boxes, or not ``on`` untick them, in whichever group they are. Raises NotPossible."""
        groups = find.fields_of(view.blocks, "checkboxes", at)
        for box in boxes:
            control = next((group for group in groups if offers(group.element, box)), groups[0])
            held = view.values[control.block_id]
            held[control.action_id] = ticked(control.element, held[control.action_id], box, on=on)
            view.errors.pop(control.block_id, None)

    def pick_date(self, view: View, day: object, at: str | None) -> None:
        """Pick a day in the first date picker, or in the one of this name. Raises NotPossible."""
        self.fill(view, {find.fields_of(view.blocks, "datepicker", at)[0].block_id: day})

    async def submit(self, person: Person, view: View, values: Mapping[str, object]) -> Action:
        """Press the submit button. Raises NotPossible where the client itself refuses."""
        if view.submit is None:
            raise NotPossible(f"{view.title!r} has no submit button")
        held = self.fill(view, values)
        wrong = [(control, words) for control in find.inputs(view.blocks) if (words := _wrong(control, held))]
        if wrong:
            self._in.say_in_view(view, errors={control.block_id: words for control, words in wrong})
            raise NotPossible(f"{wrong[0][0].label}: {wrong[0][1]}")
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


def _wrong(control: find.Control, held: Values) -> str | None:
    value = held[control.block_id][control.action_id]
    return what_is_wrong(control.element, value, optional=bool(control.block.get("optional")))

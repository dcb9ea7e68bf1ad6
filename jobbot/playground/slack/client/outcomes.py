"""What becomes of the bot's answer to what somebody did, on the screen of whoever did it.

https://docs.slack.dev/interactivity/implementing-slash-commands, https://docs.slack.dev/surfaces/modals
("response_action"). The words of a failure are Slack's tone, not its letter.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jobbot.playground.slack.blockkit.check import problems_in_suggestions
from jobbot.playground.slack.blockkit.controls import inputs
from jobbot.playground.slack.blockkit.values import options
from jobbot.playground.slack.delivery.action import Ack, Action
from jobbot.playground.slack.errors import ApiError, invalid
from jobbot.playground.slack.state.messages import Channel, Message
from jobbot.playground.slack.state.triggers import ResponseUrl
from jobbot.playground.slack.state.views import View
from jobbot.playground.slack.state.workspace import Workspace
from jobbot.playground.slack.web_api.arguments import Arguments
from jobbot.playground.slack.web_api.methods.views import read_view
from jobbot.playground.slack.web_api.responses import answer

TROUBLE = "We had some trouble connecting. Try again?"


class Outcomes:
    """Shows people what came of what they did."""

    def __init__(self, workspace: Workspace) -> None:
        self._in = workspace

    def of_command(self, action: Action, channel: Channel) -> None:
        """The answer is a message; a failure is told by Slackbot."""
        said = action.body
        if action.is_ok and said:
            fields = said if isinstance(said, dict) else {"text": str(said)}
            url = ResponseUrl(
                kind="commands", person=action.person, channel=channel, original=None, made=self._in.now()
            )
            try:
                answer(self._in, url, Arguments(fields))
            except ApiError as refused:
                self._spoil(action, refused)
        if not action.is_ok:
            command = (action.payload or {}).get("command")
            action.trouble = f'{command} failed with the error "{action.outcome}"'
            self._in.post(channel, self._in.world.slackbot, action.trouble, ephemeral_for=action.person)

    def of_shortcut(self, action: Action, name: str) -> None:
        """The answer is not looked at; of a failure the person is told."""
        if not action.is_ok:
            action.trouble = f'{name} failed with the error "{action.outcome}"'

    def of_search(self, action: Action) -> None:
        """The answer is the menu's options; one that Slack cannot use is none."""
        if action.is_ok:
            problems = problems_in_suggestions(action.body)
            if problems:
                self._spoil(action, invalid("invalid_options", problems))
            else:
                action.offered = tuple(options(action.ack.in_json))
        if not action.is_ok:
            action.trouble = f"Options could not be loaded ({action.outcome})."

    def of_click(self, action: Action, on: Message | View | None) -> None:
        """The answer is not looked at; a failure is a sign beside the message, or a line in the modal."""
        if action.is_ok:
            return
        action.trouble = f"This app did not respond ({action.outcome})."
        if isinstance(on, Message):
            self._in.warn(on, action.trouble)
        elif isinstance(on, View):
            self._in.say_in_view(on, trouble=action.trouble)

    def of_submission(self, action: Action, view: View) -> None:
        """The answer says what becomes of the modal; none at all closes it."""
        if action.is_ok:
            try:
                self._obey(action.ack, view)
            except ApiError as refused:
                self._spoil(action, refused)
        if not action.is_ok:
            action.trouble = TROUBLE
            self._in.say_in_view(view, trouble=TROUBLE)

    def _obey(self, ack: Ack, view: View) -> None:
        fields = ack.in_json
        match fields.get("response_action"):
            case None:
                if ack.body not in (None, "", {}):
                    raise ApiError("invalid_response_action")
                self._in.close_view(view)
            case "clear":
                self._in.clear_views(view.person)
            case "errors":
                self._in.say_in_view(view, errors=_errors(fields, view))
            case "update":
                definition = read_view(fields.get("view"), "modal")
                if self._in.views.find(view.id) is not None:
                    self._in.update_view(view, definition)
            case "push":
                self._in.push_view(view.person, read_view(fields.get("view"), "modal"))
            case _:
                raise ApiError("invalid_response_action")

    def _spoil(self, action: Action, refused: ApiError) -> None:
        """An answer that came in time and cannot be used."""
        action.attempts[-1] = replace(action.ack, failure="dispatch_unknown_error")
        action.refusal = refused
        self._in.changes.tell("answer_refused", action)


def _errors(fields: Mapping[str, Any], view: View) -> dict[str, str]:
    """Words at fields. Raises ApiError where a block is none of the modal's fields."""
    errors = fields.get("errors")
    blocks = {control.block_id for control in inputs(view.blocks)}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= blocks:
        raise ApiError("invalid_response_action")
    return {block_id: str(words) for block_id, words in errors.items()}

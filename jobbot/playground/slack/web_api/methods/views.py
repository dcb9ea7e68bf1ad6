"""``views.*``: modals by trigger, and the Home view (https://docs.slack.dev/surfaces/modals)."""

import json
from typing import Any

from jobbot.playground.slack.blockkit.check import problems_in_view
from jobbot.playground.slack.errors import ApiError, bad_arguments, invalid
from jobbot.playground.slack.state.objects import view_object
from jobbot.playground.slack.state.triggers import Trigger
from jobbot.playground.slack.state.views import View
from jobbot.playground.slack.state.workspace import Workspace
from jobbot.playground.slack.web_api.arguments import Arguments
from jobbot.playground.slack.web_api.methods.method import Fields, Method
from jobbot.playground.slack.web_api.rates import TIER_4

VIEW_BYTES = 250_000


def open_(workspace: Workspace, args: Arguments) -> Fields:
    """``views.open``."""
    definition = read_view(args.parsed("view"), "modal")
    trigger = _redeem(workspace, args)
    _check_external_id(workspace, definition, None)
    return _answer(workspace, workspace.open_view(trigger.person, definition, trigger.viewing))


def push(workspace: Workspace, args: Arguments) -> Fields:
    """``views.push``: the trigger is that of something done in a modal."""
    definition = read_view(args.parsed("view"), "modal")
    trigger = _redeem(workspace, args)
    if workspace.views.top(trigger.person) is None:
        raise ApiError("not_found")
    _check_external_id(workspace, definition, None)
    return _answer(workspace, workspace.push_view(trigger.person, definition, trigger.viewing))


def update(workspace: Workspace, args: Arguments) -> Fields:
    """``views.update``, by ``view_id`` or ``external_id``; ``hash`` must be the view's where it is given."""
    definition = read_view(args.parsed("view"), "modal")
    view_id, external_id = args.text("view_id"), args.text("external_id")
    if view_id is None and external_id is None:
        raise bad_arguments("missing required field: view_id")
    view = workspace.views.find(view_id) if view_id else workspace.views.by_external_id(external_id or "")
    if view is None:
        raise ApiError("not_found")
    if args.text("hash") not in (None, view.hash):
        raise ApiError("hash_conflict")
    _check_external_id(workspace, definition, view)
    workspace.update_view(view, definition)
    return _answer(workspace, view)


def publish(workspace: Workspace, args: Arguments) -> Fields:
    """``views.publish``: somebody's Home; ``hash`` must be that of the view it replaces where it is given."""
    if not workspace.has_home_tab:
        raise ApiError("not_enabled")
    person = workspace.world.people.get(args.needed("user_id"))
    if person is None:
        raise ApiError("user_not_found")
    definition = read_view(args.parsed("view"), "home")
    home = workspace.views.home(person)
    if home is not None and args.text("hash") not in (None, home.hash):
        raise ApiError("hash_conflict")
    return _answer(workspace, workspace.publish_home(person, definition))


def read_view(view: Any, kind: str) -> dict[str, Any]:
    """A view that Slack takes. Raises ApiError."""
    if len(json.dumps(view)) > VIEW_BYTES:
        raise ApiError("view_too_large")
    problems = problems_in_view(view)
    if not problems and view["type"] != kind:
        problems = [f"must be {kind} [json-pointer:/view/type]"]
    if problems:
        raise invalid("invalid_arguments", problems)
    return dict(view)


def _redeem(workspace: Workspace, args: Arguments) -> Trigger:
    return workspace.triggers.redeem(args.needed("trigger_id"))


def _check_external_id(workspace: Workspace, definition: dict[str, Any], own: View | None) -> None:
    external_id = definition.get("external_id")
    if external_id and workspace.views.by_external_id(external_id) not in (None, own):
        raise ApiError("duplicate_external_id")


def _answer(workspace: Workspace, view: View) -> Fields:
    return {"view": view_object(view, workspace.world, workspace.app_id)}


VIEWS = (
    Method("views.open", open_, TIER_4),
    Method("views.push", push, TIER_4),
    Method("views.update", update, TIER_4),
    Method("views.publish", publish, TIER_4),
)

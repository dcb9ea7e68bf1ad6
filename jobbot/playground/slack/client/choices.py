"""What a person can choose where an element does not say so: suggested options, people, conversations.

https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
"""

from collections.abc import Iterable, Sequence
from typing import Any

from jobbot.playground.slack.blockkit.controls import Control
from jobbot.playground.slack.blockkit.values import filled
from jobbot.playground.slack.errors import NotPossible
from jobbot.playground.slack.state.conversations import conversations_for
from jobbot.playground.slack.state.messages import Message
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.views import View
from jobbot.playground.slack.state.workspace import Workspace

Option = dict[str, Any]
LEAST_TYPED = 3
"""``min_query_length``: so many characters are typed before the bot is asked, unless the element says otherwise."""


class Choices:
    """The choices of everybody in a workspace. What the bot suggested to somebody is theirs to choose from then on."""

    def __init__(self, workspace: Workspace) -> None:
        self._in = workspace
        self._suggested: dict[tuple[str, str, str, str], list[Option]] = {}

    def suggest(self, person: Person, of: Message | View, control: Control, offered: Sequence[Option]) -> None:
        """The bot answered these options to what a person typed into this menu."""
        self._suggested.setdefault(_key(person, of, control), []).extend(offered)

    def filled(self, person: Person, of: Message | View, control: Control, given: object) -> dict[str, Any]:
        """What the element holds after ``given`` was chosen or typed. Raises NotPossible for what is not offered."""
        if control.type.endswith("external_select"):
            return filled({**control.element, "options": self._options(person, of, control)}, given)
        if control.type.endswith(("conversations_select", "channels_select")):
            there = conversations_for(person, control.element, self._in.world)
            names = {**{channel.id: channel.id for channel in there}, **{str(channel): channel.id for channel in there}}
            return filled(control.element, _among(names, given))
        if control.type.endswith("users_select"):
            people = [one for one in self._in.world.people.values() if not one.is_deactivated]
            names = {**{one.id: one.id for one in people}, **{str(one): one.id for one in people}}
            return filled(control.element, _among(names, given))
        return filled(control.element, given)

    def _options(self, person: Person, of: Message | View, control: Control) -> list[Option]:
        """Newest first, as the menu shows them; then what is chosen already."""
        held = of.values[control.block_id][control.action_id] if isinstance(of, View) and control.is_input else {}
        initial = [control.element.get("initial_option"), *control.element.get("initial_options", [])]
        chosen = [held.get("selected_option"), *held.get("selected_options", []), *initial]
        suggested = self._suggested.get(_key(person, of, control), [])
        return [*reversed(suggested), *(option for option in chosen if option is not None)]


def control_to_search(found: Iterable[Control], typed: str) -> Control:
    """The first menu of these whose options the bot supplies. Raises NotPossible where too little was typed for it."""
    control = next((one for one in found if one.type.endswith("external_select")), None)
    if control is None:
        raise NotPossible("there is no menu to search in")
    least = int(control.element.get("min_query_length", LEAST_TYPED))
    if len(typed) < least:
        raise NotPossible(f"{least} characters have to be typed before anything is searched for")
    return control


def _key(person: Person, of: Message | View, control: Control) -> tuple[str, str, str, str]:
    place = of.id if isinstance(of, View) else f"{of.channel.id}/{of.ts}"
    return person.id, place, control.block_id, control.action_id


def _among(names: dict[str, str], given: object) -> object:
    """Ids for what was chosen by id or name: one, or a list of them."""
    if given is None:
        return None
    if isinstance(given, (list, tuple, set, frozenset)):
        return [_among(names, one) for one in given]
    if str(given) not in names:
        raise NotPossible(f"{given!r} is not among the choices: {', '.join(sorted(set(names.values())))}")
    return names[str(given)]

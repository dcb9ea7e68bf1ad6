"""Modals and Home views: who looks at which, what was filled in, and what became of it.

A person has one stack of at most three modals (https://docs.slack.dev/surfaces/modals).
"""

from dataclasses import dataclass, field
from typing import Any

from jobbot.playground.slack.blockkit.controls import buttons_of, inputs
from jobbot.playground.slack.blockkit.values import initial_value
from jobbot.playground.slack.errors import ApiError
from jobbot.playground.slack.state.people import Person

MOST_ON_STACK = 3

Values = dict[str, dict[str, dict[str, Any]]]
"""``view.state.values``: block id, action id, value."""


@dataclass(eq=False, kw_only=True)
class View:
    """A modal, or somebody's Home.

    ``definition`` is what the bot sent, completed as Slack completes it. ``errors`` are the words at fields (by block
    id) after a submission that was not taken; ``trouble`` says that a submission or click came to nothing.
    """

    id: str
    person: Person
    definition: dict[str, Any]
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Values = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None

    def __post_init__(self) -> None:
        self._keep_values()

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """Its blocks."""
        return list(self.definition["blocks"])

    @property
    def is_home(self) -> bool:
        """Whether it is somebody's Home, and no modal."""
        return self.definition.get("type") == "home"

    @property
    def title(self) -> str:
        """The words at its top."""
        return self._words("title") or ""

    @property
    def submit(self) -> str | None:
        """The words on its submit button, None when it has none."""
        return self._words("submit")

    @property
    def close(self) -> str:
        """The words on its close button."""
        return self._words("close") or "Cancel"

    @property
    def buttons(self) -> list[str]:
        """The words on the buttons in its body."""
        return buttons_of(self.blocks)

    @property
    def fields(self) -> list[str]:
        """The labels of its fields."""
        return [control.label for control in inputs(self.blocks)]

    @property
    def private_metadata(self) -> str:
        """What it carries."""
        return str(self.definition.get("private_metadata", ""))

    def become(self, definition: dict[str, Any], new_hash: str) -> None:
        """Be another view in the same place. What was filled in stays in fields that keep both ids."""
        self.definition, self.hash = definition, new_hash
        self.errors, self.trouble = {}, None
        self._keep_values()

    def _keep_values(self) -> None:
        kept: Values = {}
        for control in inputs(self.blocks):
            before = self.values.get(control.block_id, {}).get(control.action_id)
            same = before is not None and before.get("type") == control.type
            kept.setdefault(control.block_id, {})[control.action_id] = (
                before if before is not None and same else initial_value(control.element)
            )
        self.values = kept

    def _words(self, name: str) -> str | None:
        part = self.definition.get(name)
        return str(part["text"]) if isinstance(part, dict) else None


class Views:
    """Every view that is open."""

    def __init__(self) -> None:
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def top(self, person: Person) -> View | None:
        """What the person looks at."""
        stack = self._stacks.get(person.id)
        return stack[-1] if stack else None

    def open(self) -> list[View]:
        """Every open modal."""
        return [view for stack in self._stacks.values() for view in stack]

    def home(self, person: Person) -> View | None:
        """The person's Home view."""
        return self._homes.get(person.id)

    def set_home(self, view: View) -> None:
        """Publish a Home view."""
        self._homes[view.person.id] = view

    def find(self, view_id: str) -> View | None:
        """An open view, or a published Home, by its id."""
        return next((view for view in [*self.open(), *self._homes.values()] if view.id == view_id), None)

    def by_external_id(self, external_id: str) -> View | None:
        """An open view by the id the bot gave it."""
        return next((view for view in self.open() if view.definition.get("external_id") == external_id), None)

    def start(self, view: View) -> list[View]:
        """Open a modal over everything; whatever was open is closed, and answered."""
        before = self._stacks.get(view.person.id, [])
        self._stacks[view.person.id] = [view]
        return before

    def push(self, view: View) -> None:
        """Put a modal on top. Raises ApiError when that is one too many."""
        stack = self._stacks.setdefault(view.person.id, [])
        if len(stack) >= MOST_ON_STACK:
            raise ApiError("push_limit_reached")
        stack.append(view)

    def close(self, view: View) -> bool:
        """Close one; what was under it shows again. False when it was closed already."""
        stack = self._stacks.get(view.person.id, [])
        if view not in stack:
            return False
        stack.remove(view)
        return True

    def clear(self, person: Person) -> list[View]:
        """Close all of a person's modals, and answer them."""
        return self._stacks.pop(person.id, [])

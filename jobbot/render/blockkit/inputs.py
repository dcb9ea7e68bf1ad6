"""Input blocks of modals: a text, a date, a choice, check boxes, a whole number.

What was filled in is in :class:`~jobbot.interaction.Submitted`, under the ``block_id`` that is given here; an answer
names it to show an error at the field. Limits: https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Collection, Sequence
from datetime import date

from jobbot.render.blockkit.blocks import SELECT_OPTIONS, Block, plain

LABEL = 2_000
PLACEHOLDER = 150
CHECK_BOXES = 10
"""In one group."""


def text_field(block_id: str, label: str, *, most: int, initial: str = "", optional: bool = False) -> Block:
    """A line of text, of at most ``most`` characters."""
    element: Block = {"type": "plain_text_input", "max_length": most, "multiline": False}
    if initial:
        element["initial_value"] = initial[:most]
    return _input(block_id, label, element, "", optional=optional)


def date_field(
    block_id: str, label: str, *, initial: date | None = None, hint: str = "", optional: bool = False
) -> Block:
    """A date picker. Slack sends a day without a zone."""
    element: Block = {"type": "datepicker"}
    if initial is not None:
        element["initial_date"] = initial.isoformat()
    return _input(block_id, label, element, hint, optional=optional)


def choice_field(
    block_id: str,
    label: str,
    options: Sequence[Block],
    *,
    initial: str = "",
    placeholder: str = "",
    hint: str = "",
    optional: bool = False,
) -> Block:
    """A select of one of at least one and at most a hundred options; ``initial`` is the value of one of them."""
    offered = list(options[:SELECT_OPTIONS])
    element: Block = {"type": "static_select", "options": offered}
    if placeholder:
        element["placeholder"] = plain(placeholder, PLACEHOLDER)
    if chosen := [one for one in offered if one["value"] == initial][:1]:
        element["initial_option"] = chosen[0]
    return _input(block_id, label, element, hint, optional=optional)


def choices_field(
    block_id: str, label: str, placeholder: str, options: Sequence[Block], *, optional: bool = False
) -> Block:
    """A select of several of at most a hundred options."""
    element: Block = {"type": "multi_static_select", "options": list(options[:SELECT_OPTIONS])}
    return _input(block_id, label, {**element, "placeholder": plain(placeholder, PLACEHOLDER)}, "", optional=optional)


def suggested_field(block_id: str, label: str, placeholder: str, *, optional: bool = False) -> Block:
    """A select whose options Slack asks for while somebody types, and once it is opened."""
    element: Block = {"type": "external_select", "min_query_length": 0}
    return _input(block_id, label, {**element, "placeholder": plain(placeholder, PLACEHOLDER)}, "", optional=optional)


def channel_field(block_id: str, label: str, *, hint: str = "") -> Block:
    """A select of one of the person's channels, public or private; at first that from which the window was opened."""
    among = {"include": ["public", "private"], "exclude_bot_users": True}
    element: Block = {"type": "conversations_select", "default_to_current_conversation": True, "filter": among}
    return _input(block_id, label, element, hint, optional=False)


def check_boxes(
    block_id: str, label: str, options: Sequence[Block], *, ticked: Collection[str] | None = None, hint: str = ""
) -> list[Block]:
    """Check boxes. ``ticked`` are the values of those that are ticked at first: all of them where it is None.

    Slack takes ten a group: more are several groups, named ``jobs``, ``jobs.2`` and so on. Each of several may be left
    empty; in a group alone Slack itself asks for at least one tick.
    """
    groups = [list(options[first : first + CHECK_BOXES]) for first in range(0, len(options), CHECK_BOXES)]
    blocks: list[Block] = []
    for number, group in enumerate(groups, start=1):
        element: Block = {"type": "checkboxes", "options": group}
        if initial := [one for one in group if ticked is None or one["value"] in ticked]:
            element["initial_options"] = initial
        is_only, first = len(groups) == 1, (number - 1) * CHECK_BOXES + 1
        last = f"-{first + len(group) - 1}" if len(group) > 1 else ""
        blocks.append(
            _input(
                block_id if number == 1 else f"{block_id}.{number}",
                label if is_only else f"{label}, {first}{last}",
                element,
                hint if number == len(groups) else "",
                optional=not is_only,
            )
        )
    return blocks


def number_field(
    block_id: str,
    label: str,
    *,
    least: int | None = None,
    most: int | None = None,
    initial: int | None = None,
    hint: str = "",
    optional: bool = False,
) -> Block:
    """A field for a whole number, within bounds that Slack's client holds."""
    given = {"min_value": least, "max_value": most, "initial_value": initial}
    numbers = {name: str(number) for name, number in given.items() if number is not None}
    return _input(
        block_id, label, {"type": "number_input", "is_decimal_allowed": False, **numbers}, hint, optional=optional
    )


def _input(block_id: str, label: str, element: Block, hint: str, *, optional: bool) -> Block:
    """The block around an element, whose ``action_id`` is the block's: a block has one."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "optional": optional,
        "label": plain(label, LABEL),
        "element": {**element, "action_id": block_id},
    }
    small = plain(hint, LABEL)
    return {**block, "hint": small} if small["text"] else block

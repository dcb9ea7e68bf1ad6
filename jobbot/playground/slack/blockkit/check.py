"""Whether Slack takes these blocks, or this view: every rule that reaches over more than one block, and all the others.

https://docs.slack.dev/reference/block-kit, https://docs.slack.dev/reference/views
"""

from collections.abc import Sequence
from typing import Any

from jobbot.playground.slack.blockkit.blocks import BLOCK, MARKDOWN, MOST, Surface
from jobbot.playground.slack.blockkit.controls import controls
from jobbot.playground.slack.blockkit.parts import OPTION, OPTION_GROUP, plain
from jobbot.playground.slack.blockkit.shapes import (
    Check,
    Problems,
    Shape,
    exactly_one,
    flag,
    many,
    one_of,
    shaped,
    words,
)

_CARRIED = {"private_metadata": words(3_000, 0), "callback_id": words(255, 0), "external_id": words(255, 0)}


def problems_in_blocks(blocks: object, surface: Surface) -> list[str]:
    """What is wrong with a message's blocks."""
    problems = Problems()
    _blocks(surface)(blocks, "/blocks", problems)
    return problems.found


def problems_in_view(view: object) -> list[str]:
    """What is wrong with a view."""
    problems = Problems()
    if not isinstance(view, dict):
        problems.add("must provide an object", "/view")
    elif view.get("type") == "modal":
        _MODAL.check(view, "/view", problems)
        if not problems.found and "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
            problems.add("missing required field: submit", "/view")
    elif view.get("type") == "home":
        _HOME.check(view, "/view", problems)
    else:
        one_of("modal", "home")(view.get("type"), "/view/type", problems)
    return problems.found


def problems_in_suggestions(answer: object) -> list[str]:
    """What is wrong with the answer to a search: it is ``options`` or ``option_groups``, at most 100, perhaps none.

    https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
    """
    problems = Problems()
    shaped(_SUGGESTIONS)(answer, "", problems)
    return problems.found


def length_of_text(part: Any) -> int:
    """The characters of all text in some blocks."""
    if isinstance(part, list):
        return sum(length_of_text(inner) for inner in part)
    if isinstance(part, dict):
        own = part.get("text")
        return (len(own) if isinstance(own, str) else 0) + sum(
            length_of_text(inner) for inner in part.values() if isinstance(inner, (dict, list))
        )
    return 0


def _blocks(surface: Surface) -> Check:
    every = many(BLOCK[surface], 0 if surface == "message" else 1, MOST[surface])

    def check(value: object, at: str, problems: Problems) -> None:
        every(value, at, problems)
        if isinstance(value, list) and not problems.found:
            _ids(value, at, problems)
            _sums(value, at, problems)

    return check


_MODAL = Shape(
    {"title": plain(24), "blocks": _blocks("modal")},
    {
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
        **_CARRIED,
    },
)
_SUGGESTIONS = Shape(
    optional={"options": many(shaped(OPTION), 0, 100), "option_groups": many(shaped(OPTION_GROUP), 0, 100)},
    rules=(exactly_one("options", "option_groups"),),
)
_HOME = Shape({"blocks": _blocks("home")}, _CARRIED)


def _ids(blocks: Sequence[dict[str, Any]], at: str, problems: Problems) -> None:
    """Block ids are one of a kind in the whole, action ids in their block."""
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen:
            problems.add(f"`block_id` {block_id} already exists", f"{at}/{number}/block_id")
        seen |= {block_id} if block_id else set()
        actions: set[str] = set()
        for control in controls([block]):
            if control.action_id in actions:
                problems.add(f"`action_id` {control.action_id} already exists in the block", f"{at}/{number}")
            actions |= {control.action_id} if control.action_id else set()


def _sums(blocks: Sequence[dict[str, Any]], at: str, problems: Problems) -> None:
    tables = [number for number, block in enumerate(blocks) if block["type"] == "table"]
    for number in tables[1:]:
        problems.add("only_one_table_allowed", f"{at}/{number}")
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN:
        problems.add(f"must be less than {MARKDOWN + 1} characters in all markdown blocks", at)
    focused = [control for control in controls(blocks) if control.element.get("focus_on_load")]
    if len(focused) > 1:
        problems.add("only one element can have `focus_on_load`", at)

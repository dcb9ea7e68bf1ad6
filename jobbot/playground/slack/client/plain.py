"""Blocks drawn as plain text, for a console and for pictures in words: buttons as ``[Stop job]``."""

from collections.abc import Sequence
from datetime import UTC, date, tzinfo
from typing import Any

from jobbot.playground.slack.client.emoji import with_emoji
from jobbot.playground.slack.client.mrkdwn import mrkdwn_to_plain
from jobbot.playground.slack.state.world import World

Block = dict[str, Any]

TICKED, UNTICKED = "☑", "☐"

COLUMN = 44
"""Characters of the first of two columns."""


def render_plain(
    blocks: Sequence[Block], world: World | None = None, zone: tzinfo = UTC, *, today: date | None = None
) -> str:
    """What somebody in ``zone`` reads on the day ``today``; ``world`` knows the names behind ids."""
    return _Drawing(world, zone, today).blocks(blocks)


class _Drawing:
    def __init__(self, world: World | None, zone: tzinfo, today: date | None) -> None:
        self._world = world
        self._zone = zone
        self._today = today

    def blocks(self, blocks: Sequence[Block]) -> str:
        return "\n".join(line for block in blocks for line in self._block(block))

    def _block(self, block: Block) -> list[str]:
        match block.get("type"):
            case "section":
                return self._section(block)
            case "header":
                return [self._text(block.get("text"))]
            case "context":
                return ["  ".join(self._element(element) for element in block.get("elements", []))]
            case "divider":
                return ["-" * 40]
            case "actions":
                return ["  ".join(self._element(element) for element in block.get("elements", []))]
            case "input":
                return [f"{self._text(block.get('label'))}: {self._element(block.get('element', {}))}"]
            case "image":
                return [f"({block.get('alt_text', '')})"]
            case "markdown":
                return str(block.get("text", "")).split("\n")
            case "table":
                return [" | ".join(self._cell(cell) for cell in row) for row in block.get("rows", [])]
            case "rich_text":
                return "".join(self._rich(element) for element in block.get("elements", [])).split("\n")
            case kind:
                return [f"({kind})"]

    def _section(self, block: Block) -> list[str]:
        lines = self._text(block["text"]).split("\n") if "text" in block else []
        lines += _in_two_columns([self._text(field) for field in block.get("fields", [])])
        if "accessory" in block and lines:
            lines[-1] += f"  {self._element(block['accessory'])}"
        return lines

    def _element(self, element: Block) -> str:
        match element.get("type"):
            case "button" | "workflow_button":
                return f"[{self._text(element.get('text'))}]"
            case "mrkdwn" | "plain_text":
                return self._text(element)
            case "image":
                return f"({element.get('alt_text', '')})"
            case "overflow":
                return f"[... {' / '.join(self._text(option['text']) for option in element.get('options', []))}]"
            case "plain_text_input" | "number_input" | "email_text_input" | "url_text_input":
                return f"[{element.get('initial_value') or '________'}]"
            case "checkboxes" | "radio_buttons":
                return "  ".join(self._box(option, element) for option in element.get("options", []))
            case _:
                chosen = self._text(element.get("initial_option", {}).get("text")) or element.get("initial_date")
                return f"[{chosen or self._text(element.get('placeholder')) or element.get('type')} v]"

    def _box(self, option: Block, element: Block) -> str:
        is_ticked = option in element.get("initial_options", []) or option == element.get("initial_option")
        small = self._text(option.get("description"))
        return f"{TICKED if is_ticked else UNTICKED} {self._text(option.get('text'))}{f' ({small})' if small else ''}"

    def _text(self, part: object) -> str:
        if not isinstance(part, dict):
            return ""
        words = str(part.get("text", ""))
        if part.get("type") == "mrkdwn":
            return self._mrkdwn(words)
        return words if part.get("emoji") is False else with_emoji(words)

    def _mrkdwn(self, words: str) -> str:
        return mrkdwn_to_plain(words, self._zone, self._world, today=self._today)

    def _cell(self, cell: Block) -> str:
        return self._rich(cell).strip() if cell.get("type") == "rich_text" else str(cell.get("text", ""))

    def _rich(self, part: Block) -> str:
        match part.get("type"):
            case "text":
                return str(part.get("text", ""))
            case "link":
                return str(part.get("text") or part.get("url", ""))
            case "user" | "channel" | "usergroup":
                sign = {"user": "@", "channel": "#", "usergroup": "!subteam^"}[part["type"]]
                return self._mrkdwn(f"<{sign}{part.get(part['type'] + '_id', '')}>")
            case "broadcast":
                return f"@{part.get('range', '')}"
            case "emoji":
                return with_emoji(f":{part.get('name', '')}:")
            case "date":
                words = f"<!date^{part.get('timestamp', 0)}^{part.get('format', '')}|{part.get('fallback', '')}>"
                return self._mrkdwn(words)
            case "rich_text_quote":
                inner = "".join(self._rich(element) for element in part.get("elements", []))
                return "".join(f"│ {line}\n" for line in inner.split("\n"))
            case "rich_text_list":
                return "".join(f"- {self._rich(item)}\n" for item in part.get("elements", []))
            case _:
                inner = "".join(self._rich(element) for element in part.get("elements", []))
                return inner if part.get("type") == "rich_text_section" else f"{inner}\n"


def _in_two_columns(fields: Sequence[str]) -> list[str]:
    """Fields side by side, a row of two on one line; a field's own lines are joined: ``Job: 48319``."""
    cells = [": ".join(field.split("\n")) for field in fields]
    rows = [cells[place : place + 2] for place in range(0, len(cells), 2)]
    return ["  ".join([row[0].ljust(COLUMN), *row[1:]]) if len(row) == 2 else row[0] for row in rows]

"""A message and a modal drawn as text, their buttons numbered."""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from jobbot.playground.slack import LocalSlack, render_plain
from jobbot.playground.slack.blockkit.controls import PRESSED, controls
from jobbot.playground.slack.state.messages import Block, Message
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.views import View

WIDTH = 110


@dataclass(frozen=True, slots=True)
class Pressable:
    """A button that has a number: of what, its ``action_id``, and which one of several with it."""

    of: Message | View
    action_id: str
    nth: int = 0


Number = Callable[[Pressable], int]


def draw_message(message: Message, slack: LocalSlack, viewer: Person, number: Number) -> str:
    """As ``viewer`` sees it, times in their zone."""
    zone = ZoneInfo(viewer.tz)
    at = datetime.fromtimestamp(float(message.ts), UTC).astimezone(zone)
    marks = [
        "only visible to you" if message.ephemeral_for is not None else "",
        "edited" if message.edited else "",
        "in a thread" if message.is_reply else "",
    ]
    shown = ", ".join(mark for mark in marks if mark)
    head = f"{message.user.name} {at:%H:%M}" + (f" ({shown})" if shown else "")
    lines = _blocks(message.blocks, slack, zone, message, number) if message.blocks else [message.text]
    if message.warning:
        lines.append(f"⚠ {message.warning}")
    return head + "\n" + "\n".join(_wrapped(lines)) + "\n"


def draw_modal(view: View, slack: LocalSlack, viewer: Person, number: Number) -> str:
    """In a frame, with its fields as they are filled."""
    lines = [f"── {view.title} " + "─" * max(0, 60 - len(view.title))]
    lines += _blocks(view.blocks, slack, ZoneInfo(viewer.tz), view, number)
    for block_id, words in view.errors.items():
        lines.append(f"! {block_id}: {words}")
    if view.trouble:
        lines.append(f"! {view.trouble}")
    for field in view.fields:
        lines.append(f"{field}: {_filled(view) or '(type it and press Enter)'}")
    buttons = [f"[{number(Pressable(view, 'submit'))}] {view.submit}"] if view.submit else []
    buttons.append(f"[{number(Pressable(view, 'close'))}] {view.close}")
    lines += ["   ".join(buttons), "─" * 64]
    return "\n".join(_wrapped(lines)) + "\n"


def _filled(view: View) -> str:
    values = [value for block in view.values.values() for value in block.values()]
    return str(values[0].get("value") or "") if values else ""


def _blocks(
    blocks: Sequence[Block], slack: LocalSlack, zone: ZoneInfo, of: Message | View, number: Number
) -> list[str]:
    lines: list[str] = []
    seen: dict[str, int] = {}
    for block in blocks:
        if block["type"] == "input":
            continue
        bare = {name: part for name, part in block.items() if name != "accessory"}
        if block["type"] != "actions":
            lines += render_plain([bare], slack.world, zone).split("\n")
        buttons = []
        for control in controls([block]):
            if control.type in PRESSED:
                nth = seen.get(control.action_id, 0)
                seen[control.action_id] = nth + 1
                buttons.append(f"[{number(Pressable(of, control.action_id, nth))}] {control.label}")
        if buttons:
            lines.append("    " + "   ".join(buttons))
    return lines


def _wrapped(lines: list[str]) -> list[str]:
    return [
        "  " + part
        for line in lines
        for part in (textwrap.wrap(line, WIDTH, subsequent_indent="    ", break_long_words=False) or [""])
    ]

"""A message and a modal drawn as text, all that can be pressed or chosen in them numbered."""

import shutil
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from jobbot.playground.slack import LocalSlack, mrkdwn_to_plain, render_plain
from jobbot.playground.slack.blockkit.controls import PRESSED, Control, controls, inputs
from jobbot.playground.slack.blockkit.values import options
from jobbot.playground.slack.client.emoji import with_emoji
from jobbot.playground.slack.client.plain import TICKED, UNTICKED
from jobbot.playground.slack.state.messages import Block, Message
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.views import View
from jobbot.playground.slack.state.world import World

MOST_WIDE, LEAST_WIDE = 110, 40
_KEPT = "\N{NO-BREAK SPACE}"
"""Stands in for the blanks within what is not broken over two lines."""


@dataclass(frozen=True, slots=True)
class Pressable:
    """What a number stands for: a button, a check box, an entry (``option``) of a menu or select, or a whole select.

    Of which message or modal, its ``action_id``, and which one of several with it; ``choices`` are the words and values
    that a select offers; ``ticked`` is whether a check box is so, None for what is none.
    """

    of: Message | View
    action_id: str
    nth: int = 0
    option: str | None = None
    choices: tuple[tuple[str, str], ...] = ()
    ticked: bool | None = None


Number = Callable[[Pressable], int]
_EXAMPLES = {"datepicker": "2026-03-04", "conversations_select": "#inc-data", "external_select": "a few letters"}


@dataclass(frozen=True, slots=True)
class _Pen:
    """How something is drawn: for a reader in ``zone``; ``seen`` counts the elements of one name that were drawn."""

    slack: LocalSlack
    zone: ZoneInfo
    number: Number
    seen: dict[tuple[bool, str], int] = field(default_factory=dict)


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
    said = mrkdwn_to_plain(message.text, zone, slack.world).split("\n")
    pen = _Pen(slack, zone, number)
    lines = _blocks(message.blocks, message, pen) if message.blocks else said
    for unfurl in message.unfurls.values():
        drawn = _blocks(unfurl.blocks, message, pen)
        lines += [f"│ {line.strip()}" for line in drawn or [str(unfurl.definition.get("text", ""))]]
    if message.warning:
        lines.append(f"⚠ {message.warning}")
    return head + "\n" + "\n".join(wrapped(lines)) + "\n"


def draw_view(view: View, slack: LocalSlack, viewer: Person, number: Number) -> str:
    """A modal or a Home in a frame, with its fields as they are filled."""
    title = view.title or f"{slack.bot.name}: Home"
    lines = [f"── {title} " + "─" * max(0, 60 - len(title))]
    lines += _blocks(view.blocks, view, _Pen(slack, ZoneInfo(viewer.tz), number))
    if view.trouble:
        lines.append(f"! {view.trouble}")
    if view.is_home:
        return "\n".join(wrapped([*lines, "─" * 64])) + "\n"
    buttons = [_numbered(number(Pressable(view, "submit")), view.submit)] if view.submit else []
    buttons.append(_numbered(number(Pressable(view, "close")), view.close))
    lines += ["   ".join(buttons), "─" * 64]
    return "\n".join(wrapped(lines)) + "\n"


def draw_choices(select: Pressable, number: Number) -> str:
    """What a select offers, a line each."""
    entries = [Pressable(select.of, select.action_id, select.nth, value) for _, value in select.choices]
    return "\n".join(
        wrapped([_numbered(number(entry), words) for entry, (words, _) in zip(entries, select.choices, strict=True)])
    )


def wrapped(lines: Sequence[str], indent: str = "  ", hang: int | None = None) -> list[str]:
    """The lines indented, and broken between words where it is too narrow for them; ``hang`` indents the rest."""
    width = max(LEAST_WIDE, min(MOST_WIDE, shutil.get_terminal_size((MOST_WIDE, 24)).columns)) - len(indent) - 1
    broken = []
    for line in lines:
        stands_in = _hang(line) if hang is None else " " * min(hang, width // 3)
        broken += textwrap.wrap(line, width, subsequent_indent=stands_in, break_on_hyphens=False) or [""]
    return [indent + part.replace(_KEPT, " ").rstrip() for part in broken]


def _hang(line: str) -> str:
    """How far what goes on in the next line stands in: as far as the line itself, or as its quote."""
    return "│ " if line.startswith("│ ") else " " * (len(line) - len(line.lstrip(" ")))


def _numbered(number: int, words: str) -> str:
    return f"[{number}] {words}".replace(" ", _KEPT)


def field_of_bare_words(view: View) -> Control | None:
    """The field that words without a field's name are for: the only one, or the only one for text."""
    fields = inputs(view.blocks)
    written = [field for field in fields if field.type == "plain_text_input"]
    return next((one[0] for one in (fields, written) if len(one) == 1), None)


def _field(control: Control, view: View, pressable: Pressable, pen: _Pen) -> Iterator[str]:
    """A field as it is filled, and what is wrong with it."""
    held = view.values[control.block_id][control.action_id]
    label = control.label + (" (optional)" if control.block.get("optional") else "")
    values = {str(one.get("value")) for one in [held.get("selected_option"), *held.get("selected_options", [])] if one}
    if control.type == "checkboxes":
        yield f"{label}:"
        for words, value in _offered(control):
            box = replace(pressable, option=value, ticked=value in values)
            yield f"    {TICKED if box.ticked else UNTICKED}{_KEPT}[{pen.number(box)}]{_KEPT}{words}"
    elif offered := _offered(control):
        chosen = ", ".join(words for words, value in offered if value in values)
        yield f"{label}: {chosen}   {_numbered(pen.number(replace(pressable, choices=offered)), 'Choose ▾')}"
    else:
        shown = next((_held(value, pen.slack.world) for name, value in held.items() if name != "type" and value), "")
        yield f"{label}: {shown or _how_to_fill(control, view)}"
    if "hint" in control.block:
        yield f"    {control.block['hint']['text']}"
    if control.block_id in view.errors:
        yield f"! {view.errors[control.block_id]}"


def _held(value: object, world: World) -> str:
    """What is chosen or typed, in words: an option's, a channel's or a person's name."""
    if isinstance(value, list):
        return ", ".join(_held(one, world) for one in value)
    if isinstance(value, dict):
        return _words_of(value)
    return str(world.channels.get(str(value)) or world.people.get(str(value)) or value)


def _how_to_fill(control: Control, view: View) -> str:
    bare = field_of_bare_words(view)
    if bare is not None and bare.block_id == control.block_id:
        return "(type it and press Enter)"
    example = _EXAMPLES.get(control.type, "…")
    return f"(type {control.label.split(',')[0].lower()}: {example})"


def _offered(control: Control) -> tuple[tuple[str, str], ...]:
    """The words and the value of each option; behind the words the small print of one that has some."""
    return tuple((_words_of(one), str(one.get("value", ""))) for one in options(control.element))


def _words_of(option: Block) -> str:
    words = with_emoji(option["text"]["text"])
    return f"{words} · {with_emoji(option['description']['text'])}" if "description" in option else words


def _blocks(blocks: Sequence[Block], of: Message | View, pen: _Pen) -> list[str]:
    lines: list[str] = []
    zone = pen.zone
    for block in blocks:
        if block["type"] == "input":
            if isinstance(of, View):
                [control] = controls([block])
                lines += _field(control, of, Pressable(of, control.action_id, _nth(control, pen)), pen)
            continue
        bare = {name: part for name, part in block.items() if name != "accessory"}
        if block["type"] != "actions":
            lines += render_plain([bare], pen.slack.world, zone, today=datetime.now(zone).date()).split("\n")
        parts = [
            _numbered(pen.number(pressable), words)
            for control in controls([block])
            for words, pressable in _pressables(control, of, pen)
        ]
        if parts:
            lines.append("    " + "   ".join(parts))
    return lines


def _pressables(control: Control, of: Message | View, pen: _Pen) -> Iterator[tuple[str, Pressable]]:
    """What of a control gets a number, with its words."""
    nth, offered = _nth(control, pen), _offered(control)
    if control.type in PRESSED:
        yield with_emoji(control.label), Pressable(of, control.action_id, nth)
    elif control.type == "overflow":
        for words, value in offered:
            yield words, Pressable(of, control.action_id, nth, value)
    elif offered:
        yield f"{with_emoji(control.label)} ▾", Pressable(of, control.action_id, nth, choices=offered)


def _nth(control: Control, pen: _Pen) -> int:
    """Which one it is of those of its name, over all blocks of a message or view."""
    kind = (control.type in PRESSED, control.action_id)
    pen.seen[kind] = pen.seen.get(kind, -1) + 1
    return pen.seen[kind]

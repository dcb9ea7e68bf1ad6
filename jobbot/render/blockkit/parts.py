"""A message from parts: each is its blocks and the same in words, so that the fallback text misses nothing.

The look: a title as header, its circumstances as small print, rows of two lines (the mark of the state and the name in
bold, then state and number; everything else in the second line), what a machine or a person said as a quote.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jobbot.render.blockkit.blocks import Block, Message, actions, columns, context, header, paragraphs, section
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.text import cut, escape, fit_bytes, to_plain

BETWEEN = " · "


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message; ``lines`` are mrkdwn, and say all that ``blocks`` say."""

    blocks: Sequence[Block] = ()
    lines: Sequence[str] = ()


NOTHING = Part()


def compose(parts: Iterable[Part]) -> Message:
    """The message: the parts' blocks in their order, and their lines without marks as fallback text."""
    known = [*parts]
    lines = [to_plain(line) for part in known for line in part.lines if line]
    return Message(text=fit_bytes(lines), blocks=[block for part in known for block in part.blocks])


def joined(facts: Iterable[str]) -> str:
    """Facts in one line, without those that are empty."""
    return BETWEEN.join(fact for fact in facts if fact)


def title(words: str, mark: Mark | None = None, *, spoken: str = "") -> Part:
    """A title. ``words`` are plain text, names in them as they came; ``spoken`` is the line of mrkdwn for the fallback,
    where that says more."""
    shown = f"{mark.sign} {words}" if mark is not None else words
    return Part([header(shown)], [spoken or f"*{escape(cut(words, 150))}*"])


def small(*facts: str) -> Part:
    """Small print in mrkdwn: the circumstances under a title, or a remark; nothing where no fact says anything."""
    words = joined(facts)
    return Part([context(words)], [words]) if words else NOTHING


def row_in_words(
    name: str,
    facts: Iterable[str],
    quiet: Iterable[str] = (),
    *,
    mark: Mark | None = None,
    said: Iterable[str] = (),
) -> str:
    """A row of mrkdwn: ``mark``, ``name`` in bold and ``facts`` in its first line, ``quiet`` in its second; then what
    was ``said``, quoted. ``name`` may be empty; all of it is escaped already."""
    first = joined([f"*{name}*" if name else "", *facts])
    lines = [f"{mark.code} {first}" if mark is not None else first, joined(quiet), *(quoted(words) for words in said)]
    return "\n".join(line for line in lines if line)


def text(words: str, accessory: Block | None = None) -> Part:
    """A section of mrkdwn, with a button, menu or select at its side."""
    return Part([section(words, accessory)], [words])


def lines(words: Sequence[str]) -> Part:
    """Lines of mrkdwn, in as few sections as hold them."""
    return Part(paragraphs(words), words) if words else NOTHING


def quoted(words: str) -> str:
    """A line of mrkdwn as a quote. It stays one line: what came from outside has no line ends (``text.foreign``)."""
    return f">{words}"


def facts(pairs: Iterable[tuple[str, str]]) -> Part:
    """Names and values (mrkdwn) in two columns, without those that have no value."""
    known = [(name, value) for name, value in pairs if value]
    return Part(columns(known), [f"{name}: {value}" for name, value in known])


def controls(elements: Sequence[Block]) -> Part:
    """A row of buttons, menus and selects; they have no words in the fallback."""
    return Part([actions(elements)]) if elements else NOTHING

"""Renders a timeline as Markdown for a post-mortem, and as messages from which it can be copied.

Markdown takes a backslash before any punctuation as that character and nothing else
(https://spec.commonmark.org/0.31.2/#backslash-escapes). In Slack it stands in preformatted rich text, in which nothing
is formatted (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block): what is copied is what was written.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType

from jobbot.render.blockkit import parts
from jobbot.render.blockkit.blocks import Block, Message
from jobbot.render.blockkit.parts import Part
from jobbot.render.blockkit.text import cut, escape, fit_bytes, plural
from jobbot.render.timeline.model import Happening, TimelineMatter, TimelinePage
from jobbot.render.timeline.words import Phrase, line_of, title_of, written

PART = 7_500
"""Characters of a part; Slack takes 12,000 in a message, and an emoji is two of its characters."""

PARTS_MOST = 4
"""So many messages: a response URL takes five."""

_REST = "Ask for less time, or for one datastream; `jobbot audit timeline` writes all of it."
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>()#+!|~$&^=@]|:(?=//|(?!(?<=\d:)\d\d(?!\d))[\w+'-]+:)|(?<=www)\.")
_LINK = re.compile(r"https?://[^\s<>|()\[\]\\]+")


def as_markdown(text: str, most: int = 300) -> str:
    """A string from outside as one line of Markdown that shows it as it stands: it formats and links nothing."""
    return _MARKDOWN.sub(lambda found: f"\\{found[0]}", cut(text, most))


def timeline_lines(
    matters: Iterable[TimelineMatter],
    *,
    about: Sequence[str],
    start: datetime | None,
    end: datetime | None,
    zone: tzinfo,
    zone_name: str,
    links: Mapping[tuple[str, str], str] = MappingProxyType({}),
    names: Mapping[str, str] = MappingProxyType({}),
    several: bool = False,
) -> list[str]:
    """The document, line by line. ``about`` says what it is of, as it came.

    Times are in ``zone``, and in UTC behind it. ``names`` are of people, by id. ``several``: of more than one instance,
    which each matter then names.
    """
    is_utc = zone_name == "UTC"
    lines = [f"# Timeline: {', '.join(as_markdown(one, 100) for one in about)}", ""]
    if start is not None and end is not None:
        span = f"{start.astimezone(zone):%Y-%m-%d %H:%M:%S} to {end.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        utc = (
            ""
            if is_utc
            else f" ({start.astimezone(UTC):%Y-%m-%d %H:%M:%S} to {end.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)"
        )
        lines.append(f"{span} {as_markdown(zone_name)}{utc}")
    lines.append("Times are UTC." if is_utc else f"Times are those of {as_markdown(zone_name)}, with UTC in brackets.")
    for matter in matters:
        words, number = title_of(matter)
        where = f", {as_markdown(matter.first.instance, 60)}" if several else ""
        lines += ["", f"## {_written(words, names)}{f' ({number})' if number else ''}{where}", ""]
        lines += [_line(one, zone, links, names, is_utc=is_utc) for one in matter.happenings]
    return lines


def _line(
    one: Happening, zone: tzinfo, links: Mapping[tuple[str, str], str], names: Mapping[str, str], *, is_utc: bool
) -> str:
    line = line_of(one)
    here, utc = one.at.astimezone(zone), one.at.astimezone(UTC)
    pattern = "%H:%M:%S" if here.date() == utc.date() else "%Y-%m-%d %H:%M:%S"
    at = f"{here:%Y-%m-%d %H:%M:%S}" + ("" if is_utc else f" ({utc.strftime(pattern)} UTC)")
    url = links.get(one.message) if one.message is not None else None
    facts = [_written(fact, names) for fact in line.facts]
    if line.said:
        facts.append(f"“{as_markdown(line.said)}”")
    if url is not None and _LINK.fullmatch(url):
        facts.append(f"[message]({url})")
    return f"- {at}: {', '.join([f'**{_written(line.what, names)}**', *facts])}"


def _written(phrase: Phrase, names: Mapping[str, str]) -> str:
    return written(
        phrase, lambda text: as_markdown(text, 100), lambda id_: as_markdown(names.get(id_, id_), 60), as_markdown
    )


def render_copy(found: TimelinePage, zone: tzinfo) -> list[Message]:
    """All of a timeline in the messages from which it can be copied. ``zone``: the asking person's."""
    about = [found.instance, *found.workspaces]
    if found.asked.datastream is not None:
        about.append(f"datastream {found.asked.datastream} {found.stream}".rstrip())
    if found.asked.job is not None:
        about.append(f"job {found.asked.job}")
    lines = timeline_lines(
        found.matters,
        about=about,
        start=found.start,
        end=found.end,
        zone=zone,
        zone_name=found.zone or "UTC",
        links=found.links,
        names=found.people,
    )
    if found.cut:
        lines += ["", f"There is more: only the newest {plural(found.entries, 'entry', 'entries')} are here."]
    return markdown_messages(lines)


def markdown_messages(lines: Sequence[str]) -> list[Message]:
    """A document in messages, as many as it needs and at most four."""
    chunks: list[list[str]] = [[]]
    for line in lines:
        if sum(len(one.encode("utf-16-le")) // 2 + 1 for one in (*chunks[-1], line)) > PART and chunks[-1]:
            chunks.append([])
        chunks[-1].append(line)
    shown, left = chunks[:PARTS_MOST], sum(map(len, chunks[PARTS_MOST:]))
    messages = []
    for number, chunk in enumerate(shown, 1):
        head = "Timeline as Markdown" + (f", part {number} of {len(shown)}" if len(shown) > 1 else "")
        more = f"{plural(left, 'more line')} do not fit here. {_REST}" if left and number == len(shown) else ""
        text = "\n".join(chunk)
        code = Part([_preformatted(text)], [])
        message = parts.compose([parts.small(head), code, parts.small(more)])
        messages.append(Message(fit_bytes([*message.text.splitlines(), *map(escape, chunk)]), message.blocks))
    return messages


def _preformatted(text: str) -> Block:
    inner = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [inner]}

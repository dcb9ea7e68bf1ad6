"""Renders a timeline as Markdown for a post-mortem, and as messages from which it can be copied.

Markdown takes a backslash before any punctuation as that character and nothing else
(https://spec.commonmark.org/0.31.2/#backslash-escapes). In Slack it stands in preformatted rich text, in which nothing
is formatted (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block): what is copied is what was written.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType

from jobbot.render.blockkit import parts
from jobbot.render.blockkit.blocks import Block, Message
from jobbot.render.blockkit.parts import Part
from jobbot.render.blockkit.text import cut, escape, fit_bytes, plural
from jobbot.render.timeline.model import Happening, TimelineMatter, TimelinePage
from jobbot.render.timeline.words import MADE_OF, Phrase, line_of, title_of, written

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
    here: str | None = None,
) -> list[str]:
    """The document, line by line. ``about`` says what it is of, as it came.

    Times are in ``zone``, and in UTC behind it. ``names`` are of people, by id. ``several``: of more than one instance,
    which each matter then names. ``here`` is the channel that it is for, which is not named.
    """
    is_utc = zone_name == "UTC"

    def when(at: datetime) -> str:
        local, utc = at.astimezone(zone), at.astimezone(UTC)
        pattern = "%H:%M:%S" if local.date() == utc.date() else "%Y-%m-%d %H:%M:%S"
        return f"{local:%Y-%m-%d %H:%M:%S}" + ("" if is_utc else f" ({utc.strftime(pattern)} UTC)")

    def place(id_: str) -> str:
        return "" if id_ == here else f" in {as_markdown(id_)}"

    def write(phrase: Phrase) -> str:
        return written(
            phrase,
            lambda text: as_markdown(text, 100),
            lambda id_: as_markdown(names.get(id_, id_), 60),
            place,
            when,
        )

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
    lines.append(f"This timeline is {MADE_OF}.")
    for matter in matters:
        words, number = title_of(matter)
        where = f", {as_markdown(matter.first.instance, 60)}" if several else ""
        lines += ["", f"## {write(words)}{f' ({number})' if number else ''}{where}", ""]
        lines += [_line(one, write, when, links) for one in matter.happenings]
    return lines


def _line(
    one: Happening,
    write: Callable[[Phrase], str],
    when: Callable[[datetime], str],
    links: Mapping[tuple[str, str], str],
) -> str:
    line = line_of(one)
    url = links.get(one.message) if one.message is not None else None
    facts = [write(fact) for fact in line.facts]
    if line.said:
        facts.append(f"“{as_markdown(line.said)}”")
    if url is not None and _LINK.fullmatch(url):
        facts.append(f"[message]({url})")
    return f"- {when(one.at)}: {', '.join([f'**{write(line.what)}**', *facts])}"


def render_copy(found: TimelinePage, zone: tzinfo, *, here: str | None = None) -> list[Message]:
    """All of a timeline in the messages from which it can be copied.

    ``zone`` is the asking person's, ``here`` the channel in which they ask.
    """
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
        here=here,
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

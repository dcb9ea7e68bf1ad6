"""mrkdwn as plain text: no signs of emphasis, links as their label, mentions as names, dates in one reader's zone.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from jobbot.playground.slack.client.emoji import EMOJI
from jobbot.playground.slack.state.world import World

_TOKEN = re.compile(r"`(?P<code>[^`\n]+)`|<(?P<angle>[^<>\n]+)>|:(?P<name>[a-z0-9_+'-]+):|[*_~]")
_QUOTED = re.compile(r"^(?:&gt;|>) ?")
_FORMAT = re.compile(r"\{(\w+)\}")
_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_FORMATS: dict[str, Callable[[datetime], str]] = {
    "date_num": lambda at: f"{at:%Y-%m-%d}",
    "date": lambda at: f"{at:%B} {at.day}, {at.year}",
    "date_short": lambda at: f"{at:%b} {at.day}, {at.year}",
    "date_long": lambda at: f"{at:%A, %B} {at.day}, {at.year}",
    "date_pretty": lambda at: f"{at:%B} {at.day}, {at.year}",
    "date_short_pretty": lambda at: f"{at:%b} {at.day}, {at.year}",
    "date_long_pretty": lambda at: f"{at:%A, %B} {at.day}, {at.year}",
    "time": lambda at: f"{at:%H:%M}",
    "time_secs": lambda at: f"{at:%H:%M:%S}",
}


@dataclass(frozen=True, slots=True)
class _Reader:
    zone: tzinfo
    world: World | None
    today: date | None


def mrkdwn_to_plain(text: str, zone: tzinfo, world: World | None = None, *, today: date | None = None) -> str:
    """What ``text`` says, read as Slack draws it: emphasis without its signs, quotes after a bar, emoji as characters.

    ``world`` knows who ``<@U…>`` is; dates are told in ``zone``, those near ``today`` as "yesterday" and its like where
    their format asks for that. Code, links' words and names stand as they are.
    """
    reader = _Reader(zone, world, today)
    parts = text.split("```")
    drawn = [
        part.strip("\n") if place % 2 and place < len(parts) - 1 else _lines(part, reader)
        for place, part in enumerate(parts)
    ]
    return "".join(drawn).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _lines(text: str, reader: _Reader) -> str:
    return "\n".join(_inline(_QUOTED.sub("│ ", line), reader) for line in text.split("\n"))


def _inline(text: str, reader: _Reader) -> str:
    """One line. What is escaped in it stays so."""
    drawn, done = [], 0
    while found := _TOKEN.search(text, done):
        drawn.append(text[done : found.start()])
        done = found.end()
        if found["code"]:
            drawn.append(found["code"])
        elif found["angle"]:
            drawn.append(_angled(found["angle"], reader))
        elif found["name"]:
            # A colon that ends no emoji's name may begin the next.
            known = found["name"] in EMOJI
            drawn.append(EMOJI[found["name"]] if known else found[0][:-1])
            done -= 0 if known else 1
        elif (end := _closing(text, found.start())) is not None:
            drawn.append(_inline(text[done:end], reader))
            done = end + 1
        else:
            drawn.append(found[0])
    return "".join(drawn) + text[done:]


def _closing(text: str, start: int) -> int | None:
    """Where the emphasis that opens at ``start`` closes; None where it does not. Code and angles are skipped whole."""
    mark, before, after = text[start], text[start - 1 : start], text[start + 1 : start + 2]
    if before.isalnum() or before == mark or not after.strip() or after == mark:
        return None
    place = start + 1
    while place < len(text):
        if text[place] in "`<":
            place = max(place, text.find(">" if text[place] == "<" else "`", place + 1))
        elif text[place] == mark and not text[place - 1].isspace():
            following = text[place + 1 : place + 2]
            if not (following.isalnum() or following == mark):
                return place
        place += 1
    return None


def _angled(inner: str, reader: _Reader) -> str:
    world = reader.world
    target, _, label = inner.partition("|")
    if target.startswith("!date^"):
        return _date(target, label, reader)
    if target.startswith("@"):
        return _name(label, target[1:], "@", {} if world is None else {p.id: p.name for p in world.people.values()})
    if target.startswith("#"):
        return _name(label, target[1:], "#", {} if world is None else {c.id: c.name for c in world.channels.values()})
    if target.startswith("!subteam^"):
        groups = {} if world is None else {group.id: group.handle for group in world.usergroups.values()}
        return _name(label.removeprefix("@"), target.removeprefix("!subteam^"), "@", groups)
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}"
    return label or target.removeprefix("mailto:")


def _name(label: str, target: str, sign: str, names: dict[str, str]) -> str:
    return sign + names.get(target, label or target)


def _date(target: str, fallback: str, reader: _Reader) -> str:
    parts = target.split("^")
    if len(parts) < 3 or not parts[1].lstrip("-").isdigit():
        return fallback
    if not _FORMATS.keys() >= set(_FORMAT.findall(parts[2])):
        return fallback  # a format that Slack does not know
    at = datetime.fromtimestamp(int(parts[1]), reader.zone)
    near = None if reader.today is None else _NEAR.get((at.date() - reader.today).days)
    return _FORMAT.sub(
        lambda token: near if near is not None and token[1].endswith("_pretty") else _FORMATS[token[1]](at), parts[2]
    )

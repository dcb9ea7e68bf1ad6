"""mrkdwn as plain text: links as their label, mentions as names, dates in one reader's zone.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Callable
from datetime import datetime, tzinfo

from jobbot.playground.slack.state.world import World

_ANGLED = re.compile(r"<([^<>]*)>")
_FORMAT = re.compile(r"\{(\w+)\}")
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


def mrkdwn_to_plain(text: str, zone: tzinfo, world: World | None = None) -> str:
    """What ``text`` says. Bold and its like keep their signs; ``world`` knows who ``<@U…>`` is."""
    plain = _ANGLED.sub(lambda found: _angled(found[1], zone, world), text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _angled(inner: str, zone: tzinfo, world: World | None) -> str:
    target, _, label = inner.partition("|")
    if target.startswith("!date^"):
        return _date(target, label, zone)
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


def _date(target: str, fallback: str, zone: tzinfo) -> str:
    parts = target.split("^")
    if len(parts) < 3 or not parts[1].lstrip("-").isdigit():
        return fallback
    if not _FORMATS.keys() >= set(_FORMAT.findall(parts[2])):
        return fallback  # a format that Slack does not know
    at = datetime.fromtimestamp(int(parts[1]), zone)
    return _FORMAT.sub(lambda token: _FORMATS[token[1]](at), parts[2])

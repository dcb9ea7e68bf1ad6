"""mrkdwn as plain text: links as their label, mentions as names, dates in one reader's zone.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from datetime import datetime, tzinfo

from jobbot.playground.slack.world import World

_ANGLED = re.compile(r"<([^<>]*)>")
_FORMATS = {
    "date_num": "%Y-%m-%d",
    "date": "%B %-d, %Y",
    "date_short": "%b %-d, %Y",
    "date_long": "%A, %B %-d, %Y",
    "date_pretty": "%B %-d, %Y",
    "date_short_pretty": "%b %-d, %Y",
    "date_long_pretty": "%A, %B %-d, %Y",
    "time": "%H:%M",
    "time_secs": "%H:%M:%S",
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
    at = datetime.fromtimestamp(int(parts[1]), zone)
    return re.sub(
        r"\{(\w+)\}", lambda token: at.strftime(_FORMATS[token[1]]) if token[1] in _FORMATS else token[0], parts[2]
    )

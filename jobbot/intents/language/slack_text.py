"""Text as Slack sends it, made readable: wrapped ids and links, three entities, characters nobody sees.

Where the facts come from: https://docs.slack.dev/messaging/formatting-message-text - what people type arrives with
``&``, ``<`` and ``>`` escaped, so an angle bracket always is Slack's own: ``<@U1|ana>``, ``<https://…|words>``.
"""

import re
import unicodedata
from datetime import UTC, datetime

from jobbot.visible import visible

_WRAPPED = re.compile(r"<([^<>]+)>")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_DATE = re.compile(r"!date\^(\d{1,10})\^")
_PERSON = re.compile(r"@([UW][A-Z0-9]{1,40})(?:\|.*)?")
_GROUP = re.compile(r"!subteam\^(S[A-Z0-9]{1,40})(?:\|.*)?")
_BREAKS = re.compile(r"[\t\n\x0b\x0c\r\x1c-\x1f\x85\u2028\u2029]")
_PLAIN_DASHES = str.maketrans({"\u2010": "-", "\u2012": "-", "\u2013": "-", "\u2212": "-"})


def whole(text: str) -> str:
    """Half surrogate pairs are replaced: valid in JSON, but nothing that could be written out again."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def escape(text: str) -> str:
    """As Slack would send it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def readable(text: str) -> str:
    """Words for people, as they were typed: unwrapped, without what nobody sees, otherwise untouched."""
    words = _unescape(_WRAPPED.sub(lambda wrapped: _in_full(wrapped[1]), text))
    return visible(_BREAKS.sub(" ", words))


def unwrapped(inner: str) -> tuple[str, str]:
    """What stands between ``<`` and ``>``, as the words that were seen and, for a link, where it leads."""
    target, _, label = inner.partition("|")
    if stamp := _DATE.match(target):
        return f"{datetime.fromtimestamp(int(stamp[1]), UTC):%Y-%m-%dT%H:%M:%SZ}", ""
    if target.startswith(("@", "#", "!")):
        return _in_full(inner), ""
    if _SCHEME.match(target):
        return label or _without_scheme(target), _unescape(target)
    return inner, ""


def person(inner: str) -> str:
    """The id of the person whom ``<`` … ``>`` mentions, or nothing."""
    mention = _PERSON.fullmatch(inner)
    return mention[1] if mention else ""


def group(inner: str) -> str:
    """The id of the user group that ``<`` … ``>`` mentions, or nothing."""
    mention = _GROUP.fullmatch(inner)
    return mention[1] if mention else ""


def normal(piece: str) -> str:
    """One word as it would have been typed on a plain keyboard; its case is kept."""
    piece = _unescape(piece)
    if piece.isascii() and piece.isprintable():
        return piece
    plain = unicodedata.normalize("NFKC", piece).translate(_PLAIN_DASHES)
    seen = (c for c in plain if unicodedata.category(c) not in ("Cc", "Cf"))
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in seen)


def _in_full(inner: str) -> str:
    target, _, label = inner.partition("|")
    if target.startswith(("@", "#")):
        return target[0] + (label.lstrip("@#") or target[1:])
    if target.startswith("!"):
        return label or "@" + target[1:].rpartition("^")[2]
    if _SCHEME.match(target):
        short = _without_scheme(target)
        return target.removeprefix("mailto:") if label in ("", target, short) else f"{label} ({target})"
    return f"<{inner}>"


def _without_scheme(target: str) -> str:
    return target.removeprefix("mailto:").partition("://")[2] or target.removeprefix("mailto:")


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

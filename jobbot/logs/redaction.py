"""Redacts secrets from log lines and reports: known secrets by value, others by their shape.

Shapes: Slack's tokens (https://docs.slack.dev/authentication/tokens), whatever stands behind an authorisation word,
response URLs, Socket Mode's addresses with their tickets, passwords in URLs.
"""

import json
import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote, quote_plus

_PLAIN = (
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|xoxe\.[\w.-]+"
    r"|(?<=Token )[\w.~+/=-]{8,}|(?<=Bearer )[\w.~+/=-]{8,}"
    r"|https?://[^\s\"'<>]{0,2000}?(?:hooks\.slack\.com|/commands/|/actions/|response)[^\s\"'<>]*"
    r"|hooks\.slack\.com/[^\s\"'<>]*"
    r"|wss?://[^\s\"'<>]+"
    r"|(?<=ticket=)[\w.%-]+"
    r"|(?<=://)[^\s/@:]*:[^\s/]+(?=@)"
)
_IN_A_URL = (
    r"|(?:(?<=Token%20)|(?<=Token\+)|(?<=Bearer%20)|(?<=Bearer\+))[\w.~%+-]{8,}"
    r"|hooks\.slack\.com%(?:25)*2[Ff][^\s\"'<>&]*"
    r"|https?%3[Aa][^\s\"'<>&]{0,300}?response[^\s\"'<>&]*"
    r"|wss?%3[Aa][^\s\"'<>&]+"
    r"|(?<=%3A%2F%2F)[^\s&%]{0,200}%3[Aa][^\s&]{1,300}%40"
)
"""The same, percent-encoded inside another URL or a form."""

_SHAPES = re.compile(_PLAIN + _IN_A_URL)


class Redaction:
    """Replaces known secrets, and whatever has a secret's shape, by ``[secret]``."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        words = sorted({form for word in known if len(word) >= 6 for form in _forms(word)}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, words))) if words else None

    def __call__(self, text: str) -> str:
        """The redacted text."""
        if self._known is not None:
            text = self._known.sub("[secret]", text)
        return _SHAPES.sub("[secret]", text)


def _forms(secret: str) -> set[str]:
    """A secret as it is, and as it looks inside a repr, JSON (of JSON, too), a URL, a form, and Slack's markup."""
    in_json = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    escaped = {repr(secret)[1:-1], *in_json}
    twice = {json.dumps(form)[1:-1] for form in escaped} | {repr(form)[1:-1] for form in escaped}
    in_urls = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    in_small_letters = {re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), form) for form in in_urls}
    return {secret, escape(secret), escape(secret, quote=False)} | escaped | twice | in_urls | in_small_letters

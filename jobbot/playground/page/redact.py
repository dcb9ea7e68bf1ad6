"""What may not be seen on the wire: tokens, keys, the signing secret, response URLs, Socket Mode tickets.

Known secrets are struck out wherever they stand, in whichever encoding a form or a URL has them; and what looks like
a secret is struck out by its shape or its name, in case one was never told.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote_plus

STRUCK = "***"

_SHAPES = (
    re.compile(r"\bxox[a-z](?:\.xox[a-z])?-[\w-]+"),
    re.compile(r"\bxapp-[\w-]+"),
    re.compile(r"\b(?P<keep>Bearer|Token) +[\w.~+/=-]{8,}"),
)
_NAMED = re.compile(
    r"""(?P<keep>"(?:token|[a-z_]*secret|password|api_key|response_url|ticket|authorization)"\s*:\s*)"(?:[^"\\]|\\.)*\"""",
    re.IGNORECASE,
)
_IN_FORM = re.compile(r"(?P<keep>\b(?:token|password|api_key|ticket|app_id_secret)=)[^&\s\"]+", re.IGNORECASE)


class Redaction:
    """Strikes secrets out of text. ``known`` are those that are known by value."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        spellings = {spelling for secret in known if secret for spelling in (secret, quote_plus(secret))}
        self._known = sorted(spellings, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._known:
            text = text.replace(secret, STRUCK)
        text = _NAMED.sub(rf'\g<keep>"{STRUCK}"', text)
        text = _IN_FORM.sub(rf"\g<keep>{STRUCK}", text)
        for shape in _SHAPES:
            keep = r"\g<keep> " if "keep" in shape.groupindex else ""
            text = shape.sub(f"{keep}{STRUCK}", text)
        return text

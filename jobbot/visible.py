"""Removes invisible characters from foreign text: control characters, direction marks, zero-width ones.

Control characters (a terminal obeys them), what turns the direction of a line
(https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing), and what takes no room: a name that holds them is
another name than the one that is read. Line ends and tabs stay, and so do the two joiners that some scripts and many
emoji are written with.
"""

import re

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u070f\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")


def visible(text: str) -> str:
    """``text`` without them; it can be encoded as UTF-8, and every line end is a line feed."""
    if text.isascii() and text.isprintable():
        return text
    whole = text.encode("utf-8", "replace").decode()  # half a surrogate pair is valid JSON, and no text
    return _INVISIBLE.sub("", _LINE_ENDS.sub("\n", whole))

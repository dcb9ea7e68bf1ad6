"""People who are mentioned in a message, which notifies each of them, and the same message with their names."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from jobbot.render.blockkit.blocks import SECTION_TEXT, Message
from jobbot.render.blockkit.text import fit_bytes, foreign

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)>")

_NAME_MOST = (30, 10, 0)
"""Characters of a name: the first with which the message fits; 0 for none at all, which is shorter than a mention."""

_BLOCKS_MOST = 12_000
_UNKNOWN = "somebody"


def mentioned(message: Message, *, but: str) -> list[str]:
    """The ids of those who are mentioned, ``but`` one, each once."""
    found: list[str] = []
    for words in (message.text, *_texts(message)):
        found += _MENTION.findall(words)
    return [user for user in dict.fromkeys(found) if user != but]


def without_mentions(message: Message, names: Mapping[str, str], *, but: str) -> Message:
    """The message with ``names`` (by id, as Slack has them) in the place of mentions, ``but`` of one person.

    Whose name is not known is "somebody".
    """
    drawn = message
    for most in _NAME_MOST:
        called = {user: foreign(name, most) for user, name in names.items()} if most else {}
        drawn = _written(message, called | {but: f"<@{but}>"})
        texts = _texts(drawn)
        if max(map(len, texts), default=0) <= SECTION_TEXT and sum(map(len, texts)) <= _BLOCKS_MOST:
            break
    return drawn


def _written(message: Message, called: Mapping[str, str]) -> Message:
    def write(words: str) -> str:
        return _MENTION.sub(lambda found: called.get(found[1]) or _UNKNOWN, words)

    return Message(fit_bytes(write(message.text).split("\n")), [_with(block, write) for block in message.blocks])


def _texts(message: Message) -> list[str]:
    found: list[str] = []

    def read(words: str) -> str:
        found.append(words)
        return words

    for block in message.blocks:
        _with(block, read)
    return found


def _with(value: Any, write: Callable[[str], str]) -> Any:  # Any: JSON
    """A piece of Block Kit with other words in its mrkdwn."""
    if isinstance(value, Mapping):
        if value.get("type") == "mrkdwn":
            return {**value, "text": write(value["text"])}
        return {key: _with(one, write) for key, one in value.items()}
    return [_with(one, write) for one in value] if isinstance(value, list) else value

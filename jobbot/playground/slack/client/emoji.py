"""Emoji by their names in Slack, as characters: those that bots mark states with, for plain text.

The page has more of them (``page/static/emoji.js``); a test compares the two.
"""

import re

EMOJI = {
    "+1": "👍",
    "arrows_counterclockwise": "🔄",
    "bell": "🔔",
    "black_square_for_stop": "⏹️",
    "bulb": "💡",
    "double_vertical_bar": "⏸️",
    "eyes": "👀",
    "fire": "🔥",
    "grey_question": "❔",
    "hourglass_flowing_sand": "⏳",
    "information_source": "ℹ️",
    "large_blue_circle": "🔵",
    "large_green_circle": "🟢",
    "large_orange_circle": "🟠",
    "large_yellow_circle": "🟡",
    "lock": "🔒",
    "mag": "🔍",
    "no_bell": "🔕",
    "no_entry": "⛔",
    "no_entry_sign": "🚫",
    "octagonal_sign": "🛑",
    "red_circle": "🔴",
    "rotating_light": "🚨",
    "snowflake": "❄️",
    "tada": "🎉",
    "warning": "⚠️",
    "white_check_mark": "✅",
    "white_circle": "⚪",
    "x": "❌",
}
_NAME = re.compile(r":([a-z0-9_+'-]+):")


def with_emoji(text: str) -> str:
    """The text with ``:warning:`` and its like as characters; a name that is not known stays as it is."""
    return _NAME.sub(lambda found: EMOJI.get(found[1], found[0]), text)

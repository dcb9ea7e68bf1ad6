"""Text for mrkdwn: escaping, links, times, durations, cutting. Pure.

Facts: Slack asks for exactly three characters to be escaped in mrkdwn
(https://docs.slack.dev/messaging/formatting-message-text), and shows ``<!date^…>`` in each reader's own zone.

Slack has no escape for what formats (``*``, ``_``, ``~``, backticks, ``:fire:``), and a zero-width space beside such a
character does not stop it. The fallback of a date whose format is unknown is always shown as it stands, without
formatting and without decoding entities, and is copied as it stands (https://github.com/yhatt/jsx-slack,
docs/about-escape-and-exact-mode.md). So those characters, and only those, are written as such fallbacks.
"""

import re
from datetime import UTC, datetime, timedelta

from jobbot.render.blockkit.marks import without_marks
from jobbot.visible import visible

_FORMATTING = re.compile(
    "__+|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])"  # Slack leaves fb_ads_eu alone
    "|[*~`\uff0a\uff3f\uff5e\uff40]+"
    r"|:(?=[^\s:]+:)"
)
_LITERAL_RUNS = 8
"""A name with more of them is drawn with look-alikes: each takes 17 characters of what Slack takes a message."""
_LOOK_ALIKES = str.maketrans("*_~`:\uff0a\uff3f\uff5e\uff40", "\u2217\u02cd\u223c\u02cb\ua789\ufe61\u02cd\u223c\u02cb")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
"""The blocks of right-to-left scripts (https://www.unicode.org/Public/UCD/latest/ucd/extracted/DerivedBidiClass.txt)."""
_PLAIN = re.compile("[0-9A-Za-z .,;()/+#@%-]*")
"""What most names are made of, and Slack reads nothing in."""


def escape(foreign: str) -> str:
    """``&``, ``<`` and ``>`` of a string that came from outside, so that it can neither ping nor link nor format."""
    return foreign.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, most: int) -> str:
    """At most ``most`` characters, on one line, without invisible ones; what was cut ends in an ellipsis, between words
    where there is a space near the end."""
    flat = " ".join(visible(text).split())
    if len(flat) <= most:
        return flat
    kept = flat[: most - 1]
    space = kept.rfind(" ", most * 3 // 4) if flat[most - 1] != " " else -1
    return (kept if space == -1 else kept[:space]).rstrip() + "…"


def foreign(text: str, most: int = 80) -> str:
    """A string from outside, fit for a line of mrkdwn: flat, cut, escaped; it formats nothing and turns nothing round.

    What is read and copied is the string itself, but for one with many formatting characters.
    """
    return literal(cut(text, most))


def literal(flat: str) -> str:
    """One line of plain text as mrkdwn that shows it as it stands."""
    if _PLAIN.fullmatch(flat):
        return flat
    runs = len(_FORMATTING.findall(flat))
    if runs > _LITERAL_RUNS:
        words = escape(_FORMATTING.sub(lambda run: run[0].translate(_LOOK_ALIKES), flat))
    else:
        words = _FORMATTING.sub(lambda run: f"<!date^0^{{_}}|{run[0]}>", escape(flat)) if runs else escape(flat)
    if flat[:1] in (">", "\uff1e"):
        words = f"\xad{words}"  # at the beginning of a line it would quote
    return isolated(words)


def isolated(words: str) -> str:
    """With the direction of right-to-left letters kept to themselves, so that what follows stays where it is."""
    return f"\u2068{words}\u2069" if _RIGHT_TO_LEFT.search(words) else words


def code(text: str, most: int = 60) -> str:
    """Something a person typed, shown as code."""
    return "`" + escape(cut(text, most).replace("`", "ˋ")) + "`"


def link(url: str, words: str) -> str:
    """A mrkdwn link. ``words`` are ours or already escaped; a URL that would break out of the link is left out."""
    if not re.fullmatch(r"https?://[^\s<>|]+", url):
        return words
    return f"<{url.replace('&', '&amp;')}|{words}>"


def clock(at: datetime) -> str:
    """A time of day with seconds, in each reader's zone; the fallback says UTC."""
    return _date(at, "{time_secs}", f"{at.astimezone(UTC):%H:%M:%S} UTC")


def moment(at: datetime) -> str:
    """A day and a time, in each reader's zone."""
    return _date(at, "{date_short_pretty} {time}", f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")


def _date(at: datetime, pattern: str, fallback: str) -> str:
    return f"<!date^{int(at.timestamp())}^{pattern}|{fallback}>"


def duration(span: timedelta) -> str:
    """How long, in at most two units: ``45 s``, ``12 min``, ``3 h 5 min``, ``2 d 4 h``."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if hours < 1:
        return f"{minutes} min"
    if days < 1:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{days} d {hours % 24} h" if hours % 24 else f"{days} d"


def duration_seconds(seconds: float) -> str:
    """The same, from seconds."""
    return duration(timedelta(seconds=seconds))


def plural(count: int, one: str, many: str | None = None) -> str:
    """``1 job``, ``2 jobs``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def an(noun: str) -> str:
    """``a stop``, ``an acknowledgement``."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def to_plain(mrkdwn: str) -> str:
    """Our own mrkdwn for a message's fallback text: no marks, dates as their words in UTC, links as their words."""
    text = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", without_marks(mrkdwn))
    return re.sub(r"<https?://[^|>]*\|([^>]*)>", r"\1", text)


def to_words(mrkdwn: str) -> str:
    """Our own mrkdwn of one line as the plain text that it shows, with what came from outside as it came."""
    text = to_plain(mrkdwn).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return re.sub("[\u2068\u2069\xad]", "", text)


def undated(mrkdwn: str) -> str:
    """Our own mrkdwn without "since" a date: kept as plain text, a date would be in UTC for everybody."""
    return re.sub(r",? since <!date[^>]*>", "", mrkdwn)


def fit_bytes(lines: list[str], most: int = 3_800) -> str:
    """Lines joined, at most ``most`` bytes in UTF-8; what does not fit is counted in a last line."""
    kept: list[str] = []
    used = 0
    for number, line in enumerate(lines):
        size = len(line.encode()) + 1
        rest = len(lines) - number
        if used + size > most - (60 if rest > 1 else 0):
            return "\n".join([*kept, f"… and {plural(rest, 'more line')}, see the message itself."])
        kept.append(line)
        used += size
    return "\n".join(kept)

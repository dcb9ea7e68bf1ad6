"""Log lines: one stream, text for people or JSON for machines, each with the reference of its interaction.

Secrets do not reach a line: whatever looks like a Slack token, a key behind an authorisation word, a response URL or a
database password is cut out of messages and tracebacks alike.
"""

import json
import logging
import re
import secrets
import sys
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

REFERENCE: ContextVar[str] = ContextVar("jobbot_reference", default="-")
"""The reference of the interaction that the running task serves: in its log lines, and in what people are shown."""

_SHAPES = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|xoxe\.[\w.-]+"
    r"|(?<=Token )[\w.~+/=-]{8,}|(?<=Bearer )[\w.~+/=-]{8,}"
    r"|https?://[^\s\"'<>]*(?:hooks\.slack\.com|/commands/|/actions/|response)[^\s\"'<>]*"
    r"|wss?://[^\s\"'<>]+"
    r"|(?<=://)[^\s/@:]+:[^\s/@]+(?=@)"
)


def new_reference() -> str:
    """Six hexadecimal digits for the interaction that begins in this task."""
    reference = secrets.token_hex(3)
    REFERENCE.set(reference)
    return reference


class Redaction:
    """Cuts the known secrets, and whatever has a secret's shape, out of a text."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        words = sorted({word for word in known if len(word) >= 6}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, words))) if words else None

    def __call__(self, text: str) -> str:
        """The text without them."""
        if self._known is not None:
            text = self._known.sub("[secret]", text)
        return _SHAPES.sub("[secret]", text)


class _Line(logging.Formatter):
    def __init__(self, redact: Redaction) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """One record, redacted as a whole: its message, its arguments, its traceback."""
        return self._redact(self._lay_out(record))

    def _lay_out(self, record: logging.LogRecord) -> str:
        at = f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
        line = f"{at} {record.levelname:<7} {REFERENCE.get()} {record.name}: {_one_line(record.getMessage())}"
        return line + (f"\n{self.formatException(record.exc_info)}" if record.exc_info else "")


class _JsonLine(_Line):
    def _lay_out(self, record: logging.LogRecord) -> str:
        fields = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "reference": REFERENCE.get(),
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False)


def _one_line(message: str) -> str:
    return message.replace("\n", "\\n").replace("\r", "\\r")


def set_up_logging(style: Literal["text", "json"], level: str, *, known_secrets: Iterable[str] = ()) -> None:
    """Send everything to stderr. Libraries speak from WARNING on: at DEBUG, Bolt and the SDK print whole payloads."""
    redact = Redaction(known_secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLine(redact) if style == "json" else _Line(redact))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("jobbot").setLevel(level)

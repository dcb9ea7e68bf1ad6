"""Log lines: one stream, text for people or JSON for machines, each with the reference of its interaction.

Secrets do not reach a line: whatever looks like a Slack token, a key behind an authorisation word, a response URL or a
database password is cut out of messages and tracebacks alike. What was logged cannot look like a line of its own.
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
from urllib.parse import quote, quote_plus

REFERENCE: ContextVar[str] = ContextVar("jobbot_reference", default="-")
"""The reference of the interaction that the running task serves: in its log lines, and in what people are shown."""

_SHAPES = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|xoxe\.[\w.-]+"
    r"|(?<=Token )[\w.~+/=-]{8,}|(?<=Bearer )[\w.~+/=-]{8,}"
    r"|https?://[^\s\"'<>]{0,2000}?(?:hooks\.slack\.com|/commands/|/actions/|response)[^\s\"'<>]*"
    r"|hooks\.slack\.com(?:/|%2F)[^\s\"'<>]*"
    r"|wss?://[^\s\"'<>]+"
    r"|(?<=://)[^\s/@:]*:[^\s/]+(?=@)"
)


def new_reference() -> str:
    """Six hexadecimal digits for the interaction that begins in this task."""
    reference = secrets.token_hex(3)
    REFERENCE.set(reference)
    return reference


class Redaction:
    """Cuts the known secrets, and whatever has a secret's shape, out of a text."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        words = sorted({form for word in known if len(word) >= 6 for form in _forms(word)}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, words))) if words else None

    def __call__(self, text: str) -> str:
        """The text without them."""
        if self._known is not None:
            text = self._known.sub("[secret]", text)
        return _SHAPES.sub("[secret]", text)


def _forms(secret: str) -> set[str]:
    """A secret as it is, and as it looks inside a repr, inside JSON and inside a URL."""
    return {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret)}


class _Line(logging.Formatter):
    def __init__(self, redact: Redaction) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """One record, its message and its traceback redacted before anything is laid out, or escaped, around them."""
        trace = self._redact(self.formatException(record.exc_info)) if record.exc_info else ""
        return self._lay_out(record, self._redact(_message(record)), trace)

    def _lay_out(self, record: logging.LogRecord, message: str, trace: str) -> str:
        at = f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
        line = f"{at} {record.levelname:<7} {REFERENCE.get()} {record.name}: {_one_line(message)}"
        # Indented, so that no line but a record's first begins with a time, whatever an exception says.
        return line + "".join(f"\n    {_one_line(part)}" for part in trace.split("\n") if part)


class _JsonLine(_Line):
    def _lay_out(self, record: logging.LogRecord, message: str, trace: str) -> str:
        fields = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "reference": REFERENCE.get(),
            "message": message,
        }
        if trace:
            fields["exception"] = trace
        return json.dumps(fields)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:
        # logging's own answer to this prints the arguments, whatever they hold.
        return f"{record.msg!r} does not go with its arguments ({type(error).__name__})"


def _one_line(text: str) -> str:
    """With everything escaped that a terminal or a log reader takes for more than a letter."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def set_up_logging(style: Literal["text", "json"], level: str, *, known_secrets: Iterable[str] = ()) -> None:
    """Send everything to stderr. Libraries speak from WARNING on: at DEBUG, Bolt and the SDK print whole payloads."""
    redact = Redaction(known_secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLine(redact) if style == "json" else _Line(redact))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("jobbot").setLevel(level)

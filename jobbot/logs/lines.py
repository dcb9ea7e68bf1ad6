"""Formats a log record: a line of text, or JSON.

Whatever was logged is redacted piece by piece before anything is laid out, or escaped, around it; and what was logged
cannot look like a line of its own.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType

from structlog.typing import EventDict

from jobbot.logs.redaction import Redaction

FIELDS = "jobbot_fields"
"""The attribute of a record that holds what was said beside the message."""

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class LogLine:
    """One record, with its secrets cut out. ``fields`` are what was said beside the message."""

    at: datetime
    level: str
    logger: str
    reference: str
    message: str
    fields: Mapping[str, Plain] = field(default_factory=dict)
    trace: str = ""


def read_record(event: EventDict, reference: str, redact: Redaction) -> LogLine:
    """What structlog's ProcessorFormatter hands over of a record."""
    record: logging.LogRecord = event["_record"]
    fields: Mapping[str, object] = getattr(record, FIELDS, {})
    return LogLine(
        at=datetime.fromtimestamp(record.created, UTC),
        level=record.levelname,
        logger=record.name,
        reference=reference,
        message=redact(_message(event["event"], event.get("positional_args"))),
        fields={name: _plain(value, redact) for name, value in fields.items()},
        trace=redact(_trace(event.get("exc_info"))),
    )


def as_text(line: LogLine) -> str:
    """``TIME LEVEL REFERENCE LOGGER: message name=value ...``; a traceback follows indented."""
    at = f"{line.at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
    said = " ".join([_one_line(line.message), *(f"{name}={_value(value)}" for name, value in line.fields.items())])
    first = f"{at} {line.level:<7} {line.reference} {line.logger}: {said}"
    # Indented, so that no line but a record's first begins with a time, whatever an exception says.
    return first + "".join(f"\n    {_one_line(part)}" for part in line.trace.split("\n") if part)


def as_json(line: LogLine) -> str:
    """One object: ``at``, ``level``, ``logger``, ``reference``, ``message``, the fields, and ``exception``."""
    said = {
        "at": line.at.isoformat(timespec="milliseconds"),
        "level": line.level.lower(),
        "logger": line.logger,
        "reference": line.reference,
        "message": line.message,
    }
    trace = {"exception": line.trace} if line.trace else {}
    return json.dumps({**said, **line.fields, **said, **trace})


def _message(message: object, arguments: object) -> str:
    try:
        return str(message) % arguments if arguments else str(message)
    except Exception as error:
        # logging's own answer to this prints the arguments, whatever they hold.
        return f"{message!r} does not go with its arguments ({type(error).__name__})"


def _plain(value: object, redact: Redaction) -> Plain:
    if value is None or isinstance(value, bool | int | float):
        # A key may consist of digits.
        return value if redact(str(value)) == str(value) else "[secret]"
    return redact(_safely(str, value))


def _safely(show: Callable[[object], str], value: object) -> str:
    try:
        return show(value)
    except Exception as error:
        return f"a {type(value).__name__} that cannot be shown ({type(error).__name__})"


def _trace(exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | None) -> str:
    return logging.Formatter().formatException(exc_info) if exc_info and exc_info[0] else ""


def _value(value: Plain) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if not isinstance(value, str):
        return str(value).lower()
    shown = _one_line(value)
    return shown if shown and not set(shown) & set(' ="') else json.dumps(shown, ensure_ascii=False)


def _one_line(text: str) -> str:
    """With everything escaped that a terminal or a log reader takes for more than a letter."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)

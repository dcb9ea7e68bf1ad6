"""Logging: one stream of lines, text or JSON, each with the reference of its interaction.

structlog over the standard library: ours and every library's records go through one formatter (``lines``), which cuts
out secrets (``redaction``). An event is a few fixed words, what varies stands in fields beside it: ids, never texts.
"""

import logging
import secrets
import sys
import threading
from collections.abc import Iterable
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Literal, cast

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.typing import EventDict

from jobbot.logs.lines import FIELDS, as_json, as_text, read_record
from jobbot.logs.redaction import Redaction

__all__ = ["REFERENCE", "Redaction", "get_logger", "new_reference", "set_up_logging"]

REFERENCE: ContextVar[str] = ContextVar("jobbot_reference", default="-")
"""The reference of the interaction that the running task serves: in its log lines, and in what people are shown."""


def new_reference() -> str:
    """Six hexadecimal digits for the interaction that begins in this task."""
    reference = secrets.token_hex(3)
    REFERENCE.set(reference)
    return reference


def get_logger(name: str) -> BoundLogger:
    """A logger that takes an event and fields: ``log.info("stop ended", job=987)``.

    It needs no set-up of structlog's own, which would be global: its records are the standard library's.
    """
    wrapped = structlog.wrap_logger(
        logging.getLogger(name),
        processors=[structlog.stdlib.filter_by_level, _as_record],
        wrapper_class=BoundLogger,
        cache_logger_on_first_use=True,
    )
    return cast("BoundLogger", wrapped)


def _as_record(_logger: Any, _method: str, event: EventDict) -> tuple[tuple[Any], dict[str, Any]]:
    """An ordinary record, so that any other handler can read_record it, with its fields beside it."""
    known = {name: event.pop(name) for name in ("exc_info", "stack_info") if name in event}
    return (event.pop("event"),), {**known, "extra": {FIELDS: event}}


def set_up_logging(style: Literal["text", "json"], level: str, *, known_secrets: Iterable[str] = ()) -> None:
    """Configure logging to stderr: records, warnings, and uncaught exceptions.

    Libraries speak from WARNING on: at DEBUG, Bolt and the SDK print whole payloads, and aiohttp tickets.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(style, Redaction(known_secrets)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("jobbot").setLevel(level)
    logging.captureWarnings(True)
    # For libraries that speak through structlog where it is installed (stamina does): left alone, it prints to stdout.
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, _as_record],
        wrapper_class=BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def _formatter(style: Literal["text", "json"], redact: Redaction) -> logging.Formatter:
    lay_out = as_json if style == "json" else as_text

    def render(_logger: Any, _method: str, event: EventDict) -> str:
        return lay_out(read_record(event, REFERENCE.get(), redact))

    # The arguments come apart from the message, because filling them in may fail; see ``lines``.
    return ProcessorFormatter(processors=[render], use_get_message=False, pass_foreign_args=True)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    said = get_logger("jobbot")
    if issubclass(kind, KeyboardInterrupt):
        # Somebody asked for it. Where it was meanwhile may have secrets in it, as any other trace.
        said.warning("ended by an interrupt", exc_info=(kind, error, trace))
        return
    said.critical("ended by an error that nobody caught", exc_info=(kind, error, trace))


def _uncaught_in_thread(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None and not isinstance(failed.exc_value, SystemExit):  # by which a thread may end
        get_logger("jobbot").critical("a thread ended by an error that nobody caught", exc_info=failed.exc_value)

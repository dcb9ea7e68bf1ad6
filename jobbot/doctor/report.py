"""Formats the doctor's report: lines and a table, or JSON, with secrets redacted. Pure.

A finding may repeat what another server answered, so everything is redacted and made printable here.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict

from jobbot.doctor.finding import Finding, Verdict

MARKS: tuple[Verdict, ...] = ("ok", "wrong", "warn", "skipped")
"""Words, because colours are lost in a log and on some eyes."""

_MARK = max(map(len, MARKS))


def report_as_json(findings: Sequence[Finding], redact: Callable[[str], str]) -> str:
    """A list of ``{check, subject, outcome, says, next}``."""
    return json.dumps([{name: redact(text) for name, text in asdict(one).items()} for one in findings], indent=1)


def report_as_text(
    findings: Sequence[Finding], table: Sequence[Sequence[str]], redact: Callable[[str], str], *, title: str
) -> str:
    """A line for each check, the next step below it (once for several in a row that share it); counts; the table."""
    lines = [title, ""]
    width = max((len(one.check) for one in findings), default=0)
    for at, one in enumerate(findings):
        lines.append(f"{one.outcome:<{_MARK}}  {one.check:<{width}}  {one.subject}: {one.says}")
        following = findings[at + 1] if at + 1 < len(findings) else None
        if one.next and (following is None or following.next != one.next):
            lines.append(f"{'':<{_MARK}}  {'':<{width}}  next: {one.next}")
    counted = Counter(one.outcome for one in findings)
    lines += ["", ", ".join(f"{counted[outcome]} {outcome}" for outcome in MARKS if counted[outcome])]
    if table:
        lines += ["", "Who may do what where", "", *aligned(table)]
    return "\n".join(_printable(redact(line)) for line in lines)


def aligned(table: Sequence[Sequence[str]]) -> list[str]:
    """Rows with their columns below each other; the first row is the head."""
    cells = [[_printable(cell) for cell in row] for row in table]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)

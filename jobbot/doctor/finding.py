"""Findings of checks, and the time limit of a check."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "wrong", "warn", "skipped"]

CHECK_SECONDS = 10.0
"""For one check, which makes one call or a few."""

SEE_SETTINGS = "not checked, see settings above"
"""Why something is skipped whose setting is missing or malformed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. ``check`` is what was looked at, ``subject`` which of them; ``next`` is what to do, empty when ok."""

    check: str
    subject: str
    outcome: Verdict
    says: str
    next: str = ""


def ok(check: str, subject: str, says: str) -> Finding:
    """A finding: as it should be."""
    return Finding(check, subject, "ok", says)


def wrong(check: str, subject: str, says: str, next_: str) -> Finding:
    """A finding: jobbot, or a part of it, does not work like this. ``next_``: what to do."""
    return Finding(check, subject, "wrong", says, next_)


def warn(check: str, subject: str, says: str, next_: str) -> Finding:
    """A finding: it works, but perhaps not as intended. ``next_``: what to do."""
    return Finding(check, subject, "warn", says, next_)


def skipped(check: str, subject: str, why: str) -> Finding:
    """A finding: not checked, and why."""
    return Finding(check, subject, "skipped", why)


async def in_time(
    check: str, subject: str, work: Awaitable[Sequence[Finding]], *, seconds: float = CHECK_SECONDS
) -> list[Finding]:
    """What a check finds; that it took too long, or that it broke, is a finding as well."""
    try:
        async with asyncio.timeout(seconds):
            return list(await work)
    except TimeoutError:
        return [
            wrong(
                check,
                subject,
                f"no answer within {seconds:g} s",
                "try again; check the network in between",
            )
        ]
    except Exception as error:
        # The other findings must still be seen. An exception's own words may repeat a secret: its kind is enough.
        return [wrong(check, subject, f"the check itself failed ({type(error).__name__})", "please report this")]

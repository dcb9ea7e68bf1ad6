"""What surrounds the demo's channel: the command as Slack completes it, and what is suggested in the first minute."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command as the message box offers it."""

    command: str
    description: str
    hint: str


JOBS = Command(
    "/jobs",
    "List, read, follow and stop Adverity jobs",
    "failed yesterday | datastream 42 | 987 | watch 987 | stop 987 why | help",
)
"""As manifest.yml registers it; a test compares."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to try: typed as ``person`` in ``channel``."""

    title: str
    text: str
    person: str
    channel: str


def first_minute(runaway: int | None, *, person: str, channel: str) -> Sequence[Suggestion]:
    """The three things to try first. ``runaway`` is the job to stop; without one there are two."""
    steps = [("See what is going on", "/jobs"), ("What failed last night?", "/jobs failed last 6h")]
    if runaway is not None:
        steps.append(("Stop the runaway job", f"/jobs stop {runaway} runaway fetch"))
    return [Suggestion(title, text, person, channel) for title, text in steps]


ROLES = {
    "ana": "data engineer, on call",
    "ben": "may look, not stop",
    "olga": "of another organisation",
    "gus": "guest",
}
"""Who one may be in the demo, by name."""

NOTES = {
    "inc-data": "The incident channel: everybody may look, @data-oncall may stop.",
    "data-read-only": "Jobs are shown here, and stopped elsewhere.",
    "random": "jobbot is not permitted here.",
    "acme-shared": "Shared with another organisation: what is asked here is shown to the asking person only.",
    "data-leads": "A private channel that jobbot is not permitted in.",
    "dm": "Between you and jobbot: no jobs are shown here, so that nothing goes round the channels.",
}
"""What a channel is there for, by name, as the policy of the demo has it."""

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
    "List, follow and stop Adverity jobs",
    "failed yesterday | datastream 42 | 987 | watch 987 | stop 987 why | help",
)
"""As manifest.yml registers it; a test compares."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to try: typed as ``person`` in ``channel``.

    It is done when something was typed that ``pattern`` (a regular expression of the browser's) finds; one with a
    ``job`` when that is over.
    """

    title: str
    text: str
    person: str
    channel: str
    pattern: str = ""
    job: int | None = None


def first_minute(runaway: int | None, *, person: str, channel: str) -> Sequence[Suggestion]:
    """The three things to try first. ``runaway`` is the job that the story says is to be stopped; without it, two."""
    asked = r"^(/jobs|@jobbot)\b"
    steps = [
        Suggestion(
            "What is running?", "/jobs", person, channel, rf"{asked}(?!.*(fail|stop))(\s*|.*\b(running|scheduled)\b.*)$"
        ),
        Suggestion("What failed last night?", "/jobs failed last 6h", person, channel, rf"{asked}.*\bfail"),
    ]
    if runaway is not None:
        text = f"/jobs stop {runaway} runaway fetch"
        steps.append(Suggestion("Stop the runaway", text, person, channel, job=runaway))
    return steps


ROLES = {
    "ana": "data engineer, on call",
    "mia": "also on call",
    "ben": "may look, not act",
    "olga": "of another organisation",
    "gus": "guest",
}
"""Who one may be in the demo, by name."""

NOTES = {
    "inc-data": "The incident channel: everybody may look, @data-oncall may stop and fetch.",
    "data-read-only": "Jobs are shown here, and stopped elsewhere.",
    "random": "jobbot is not permitted here.",
    "acme-shared": "Shared with another organisation: what is asked here is shown to the asking person only.",
    "data-leads": "A private channel that jobbot is not permitted in.",
    "dm": "Between you and jobbot: no jobs are shown here, so that nothing goes round the channels.",
}
"""What a channel is there for, by name, as the policy of the demo has it."""

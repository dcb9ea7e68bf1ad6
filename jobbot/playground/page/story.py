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
    ``job`` when that is over; one with a ``call`` when Adverity was asked what that finds (``POST /api/...``), by
    whichever words or buttons.
    """

    title: str
    text: str
    person: str
    channel: str
    pattern: str = ""
    job: int | None = None
    call: str = ""


def first_minute(
    runaway: int | None,
    *,
    person: str,
    channel: str,
    pauses: int | None = None,
    retries: int | None = None,
    fetches: int | None = None,
) -> Sequence[Suggestion]:
    """What to try first. ``runaway`` is the job that the story says is to be stopped, ``pauses`` the datastream whose
    schedule would start it again, ``retries`` a job that failed for a reason that has passed, ``fetches`` a datastream
    whose last run brought nothing. Without one of them there is no such step."""
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
    if pauses is not None:
        text, call = f"/jobs pause datastream {pauses} for 2h until it is mended", rf"^PATCH /api/datastreams/{pauses}/"
        steps.append(Suggestion("Pause its schedule", text, person, channel, call=call))
    if retries is not None:
        text, call = f"/jobs retry {retries} the source is back", r"^POST /api/errors/\d+/retry/"
        steps.append(Suggestion("Retry a failed one", text, person, channel, call=call))
    if fetches is not None:
        text, call = f"/jobs fetch datastream {fetches} yesterday it came back empty", r"^POST .*/fetch_fixed/"
        steps.append(Suggestion("Fetch a day again", text, person, channel, call=call))
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

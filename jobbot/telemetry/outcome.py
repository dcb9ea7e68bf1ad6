"""The outcomes of an interaction: a label of the metrics."""

from enum import StrEnum


class Outcome(StrEnum):
    """How an interaction ended, for the person."""

    ANSWERED = "answered"
    REFUSED = "refused"
    MISREAD = "misread"
    UNKNOWN_INSTANCE = "unknown_instance"
    STALE = "stale"
    """A button or a window that is not understood, or not obeyed, any more."""
    ASKED = "asked"
    """A stop: the window shows the job, or the button that opens the window."""
    NO_WINDOW = "no_window"
    NOTHING_TO_STOP = "nothing_to_stop"
    REASON_WANTED = "reason_wanted"
    SECOND = "second"
    """Somebody else had asked for the same stop."""
    STOP_ENDED = "stop_ended"
    """How it ended is counted with the stops."""
    HANDED_ON = "handed_on"
    REPEATED = "repeated"
    """Slack delivered it twice, and it was answered the first time."""
    UPSTREAM_FAILED = "upstream_failed"
    STORE_FAILED = "store_failed"
    CRASHED = "crashed"
    """A bug, or the process ended first."""

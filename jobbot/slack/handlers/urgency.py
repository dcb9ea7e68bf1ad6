"""Whether a piece of work is to open a window, for which Slack gives 3 seconds: then its steps come first."""

from contextvars import ContextVar

IS_URGENT: ContextVar[bool] = ContextVar("is_urgent", default=False)
"""Of the piece of work that runs in this context: set as it begins, and by itself once it knows better."""

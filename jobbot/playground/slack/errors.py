"""Refusals: those of the Web API, which are answers with a code, and those of a client, which has no such thing."""

from collections.abc import Mapping, Sequence


class ApiError(Exception):
    """``{"ok": false, "error": code}``. ``fields`` go into the answer; ``retry_after``, in seconds, makes it a 429."""

    def __init__(
        self, code: str, *, fields: Mapping[str, object] | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.fields = dict(fields or {})
        self.retry_after = retry_after


def invalid(code: str, problems: Sequence[str]) -> ApiError:
    """The refusal of blocks or of a view: what is wrong, each with its JSON pointer, the two ways Slack says it."""
    messages = [f"[ERROR] {problem}" for problem in problems]
    return ApiError(code, fields={"errors": list(problems), "response_metadata": {"messages": messages}})


def bad_arguments(*problems: str) -> ApiError:
    """The refusal of arguments that are missing or of a wrong shape."""
    messages = [f"[ERROR] {problem}" for problem in problems]
    return ApiError("invalid_arguments", fields={"response_metadata": {"messages": messages}})


class NotPossible(Exception):
    """Slack's own client offers no way to do this: no such button, no modal open, not in that channel. Says which."""

"""Refusals of the API: a status, ``detail`` always, ``errors`` only where fields were not valid.

That shape is documented by Adverity for all client errors.
"""

from collections.abc import Mapping


class Refused(Exception):
    """A client error that is answered as ``{"detail": ..., "errors": {field: [...]}}``."""

    def __init__(self, status: int, detail: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = dict(errors or {})

    @property
    def body(self) -> dict[str, object]:
        """The JSON object of the answer."""
        fields = {"errors": {field: [why] for field, why in self.errors.items()}} if self.errors else {}
        return {"detail": self.detail, **fields}


def invalid(errors: Mapping[str, str]) -> Refused:
    """The refusal of a request whose fields are not valid: what is wrong with each."""
    return Refused(400, "Invalid input.", errors)


def not_found() -> Refused:
    """The refusal of what is not there."""
    return Refused(404, "Not found.")

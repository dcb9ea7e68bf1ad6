"""The arguments of a Web API call: from a form, from JSON or from the query, each read as the type it should have."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from jobbot.playground.slack.errors import ApiError, bad_arguments


class Arguments:
    """Arguments by name. Every reader raises ApiError for what is not of its type."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given

    def text(self, name: str) -> str | None:
        """A string, None where it is missing or empty."""
        value = self.given.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, (dict, list)):
            raise bad_arguments(f"must provide a string [json-pointer:/{name}]")
        return str(value)

    def needed(self, name: str) -> str:
        """A string that must be there."""
        value = self.text(name)
        if value is None:
            raise bad_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        """A boolean, in any of the ways that forms have of saying one."""
        value = self.given.get(name)
        return value is True or str(value).lower() in {"1", "true", "t", "yes"}

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        try:
            return int(self.given.get(name) or default)
        except (TypeError, ValueError):
            raise bad_arguments(f"must provide an integer [json-pointer:/{name}]") from None

    def parsed(self, name: str) -> Any:
        """JSON: as it is where the call was in JSON, else out of a string. None where it is missing."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError("invalid_blocks_format" if name == "blocks" else "invalid_arguments") from None


def read_arguments(content_type: str, body: bytes, query: Mapping[str, str]) -> Arguments:
    """The arguments of a request. Raises ApiError for a body that cannot be read."""
    kind = content_type.partition(";")[0].strip().lower()
    if not body:
        return Arguments(dict(query))
    if kind == "application/json":
        try:
            given = json.loads(body)
        except ValueError:
            raise ApiError("invalid_json") from None
        if not isinstance(given, dict):
            raise ApiError("json_not_object")
        return Arguments({**query, **given})
    if kind == "application/x-www-form-urlencoded":
        try:
            return Arguments({**query, **dict(parse_qsl(body.decode(), keep_blank_values=True))})
        except ValueError:
            raise ApiError("invalid_form_data") from None
    raise ApiError("invalid_post_type" if kind else "missing_post_type")

"""The few kinds of rules that Block Kit is made of, and how Slack words what breaks them.

A problem reads ``must be less than 76 characters [json-pointer:/blocks/0/text/text]``: seen in many answers of Slack's.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


class Problems:
    """What is wrong, in the order in which it was found."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, words: str, at: str) -> None:
        """Something at this JSON pointer."""
        self.found.append(f"{words} [json-pointer:{at}]")


Check = Callable[[object, str, Problems], None]
"""Looks at a value, at a JSON pointer, and adds what is wrong with it."""

Rule = Callable[[Mapping[str, Any], str, Problems], None]
"""Looks at a whole object whose fields are all of the right shape."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of an object, beside its ``type``; no other is taken. ``rules`` go beyond single fields."""

    needed: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    rules: Sequence[Rule] = ()

    def check(self, value: Mapping[str, Any], at: str, problems: Problems, *, given: Sequence[str] = ("type",)) -> None:
        """Hold an object against the shape; ``given`` names fields that were looked at before."""
        before = len(problems.found)
        for name in self.needed:
            if name not in value:
                problems.add(f"missing required field: {name}", at)
        for name, inner in value.items():
            check = self.needed.get(name) or self.optional.get(name)
            if check is not None:
                check(inner, f"{at}/{name}", problems)
            elif name not in given:
                problems.add(f"invalid additional property: {name}", at)
        if len(problems.found) == before:
            for rule in self.rules:
                rule(value, at, problems)


def words(most: int, least: int = 1) -> Check:
    """A string of so many characters."""

    def check(value: object, at: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.add("must provide a string", at)
        elif len(value) < least:
            problems.add(f"must be more than {least - 1} characters", at)
        elif len(value) > most:
            problems.add(f"must be less than {most + 1} characters", at)

    return check


def like(pattern: str, wanted: str) -> Check:
    """A string of a certain form; ``wanted`` says what it should be."""
    form = re.compile(pattern)

    def check(value: object, at: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.add("must provide a string", at)
        elif form.fullmatch(value) is None:
            problems.add(wanted, at)

    return check


def url(most: int = 3_000) -> Check:
    """An address."""

    def check(value: object, at: str, problems: Problems) -> None:
        words(most)(value, at, problems)
        if isinstance(value, str) and value and re.match(r"[a-z][a-z0-9+.-]*:\S", value, re.IGNORECASE) is None:
            problems.add("invalid url", at)

    return check


def whole(least: int, most: int) -> Check:
    """A whole number within bounds."""

    def check(value: object, at: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            problems.add("must provide an integer", at)
        elif not least <= value <= most:
            problems.add(f"must be between {least} and {most}", at)

    return check


def flag(value: object, at: str, problems: Problems) -> None:
    """True or False."""
    if not isinstance(value, bool):
        problems.add("must provide a boolean", at)


def one_of(*choices: str) -> Check:
    """One of these words."""

    def check(value: object, at: str, problems: Problems) -> None:
        if value not in choices:
            problems.add(f"must be a valid enum value, one of {', '.join(choices)}", at)

    return check


def many(check_one: Check, least: int, most: int) -> Check:
    """A list of so many items."""

    def check(value: object, at: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.add("must provide an array", at)
            return
        if len(value) > most:
            problems.add(f"no more than {most} items allowed", at)
        if len(value) < least:
            problems.add(f"no less than {least} items allowed", at)
        for number, inner in enumerate(value):
            check_one(inner, f"{at}/{number}", problems)

    return check


def shaped(shape: Shape) -> Check:
    """An object without a ``type``."""

    def check(value: object, at: str, problems: Problems) -> None:
        if isinstance(value, dict):
            shape.check(value, at, problems, given=())
        else:
            problems.add("must provide an object", at)

    return check


def typed(shapes: Mapping[str, Shape]) -> Check:
    """An object whose ``type`` is one of these."""

    def check(value: object, at: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add("must provide an object", at)
        elif "type" not in value:
            problems.add("missing required field: type", at)
        elif not isinstance(value["type"], str) or value["type"] not in shapes:
            problems.add(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            shapes[value["type"]].check(value, at, problems)

    return check


def exactly_one(*names: str) -> Rule:
    """One of these fields, and not the others."""

    def rule(value: Mapping[str, Any], at: str, problems: Problems) -> None:
        there = [name for name in names if name in value]
        if len(there) != 1:
            quoted = " or ".join(f"`{name}`" for name in names)
            problems.add(f"must define either {quoted}{' but not both' if there else ''}", at)

    return rule


def at_least_one(*names: str) -> Rule:
    """One of these fields, or all."""

    def rule(value: Mapping[str, Any], at: str, problems: Problems) -> None:
        if not any(name in value for name in names):
            problems.add(f"must define either {' or '.join(f'`{name}`' for name in names)}", at)

    return rule

"""What is wrong with the settings, in lines that show no values: a key in the wrong place must not be printed."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import LiteralString

from pydantic_core import PydanticCustomError

from jobbot.spelling import nearest

_NAME_MOST = 40
_NAME = re.compile(r"[#@]?[a-z]{2,}[0-9]{0,4}(?:[-_.](?:[a-z]+[0-9]{0,4}|[0-9]{1,4}))*")
"""A channel's, a person's or a group's name: words and short numbers. Tokens and keys have more digits, or capitals."""
FEW = 0.6
"""How similar a name must be to be suggested among a few: there, less similarity is enough to tell what was meant."""

_NO_NUMBER = "is not a number"
_NO_BOOLEAN = "must be true or false"
_NO_TABLE = "must be a table"
_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "is missing",
        "extra_forbidden": "is not a setting jobbot knows",
        "int_parsing": "is not a whole number",
        "int_type": _NO_NUMBER,
        "float_parsing": _NO_NUMBER,
        "float_type": _NO_NUMBER,
        "int_from_float": "is not a whole number",
        "bool_parsing": _NO_BOOLEAN,
        "bool_type": _NO_BOOLEAN,
        "frozen_set_type": "must be a list",
        "dict_type": _NO_TABLE,
        "model_type": _NO_TABLE,
        "string_type": "must be text",
        "too_short": "is empty: leave it out if it means nothing",
    }
)


class ConfigError(Exception):
    """The settings cannot be used. ``problems`` are readable lines without any secret in them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def wrong(sentence: LiteralString, *, instead: str | None = None, word: str | None = None) -> PydanticCustomError:
    """To raise in a validator; ``sentence`` follows the name of the setting. Literal, so that no value gets in.

    ``instead`` is a name that the file itself gives to something, and that was probably meant. ``word`` is what was
    given instead of an id: it is quoted where it reads like a name, which no token or key does.
    """
    shown = word if word is not None and _NAME.fullmatch(word) and len(word) <= _NAME_MOST else None
    context = {name: value for name, value in (("instead", instead), ("word", shown)) if value}
    return PydanticCustomError("jobbot", sentence, context or None)


def line(where: tuple[int | str, ...], problem: Mapping[str, object], *, known: Iterable[str] = ()) -> str:
    """One problem as a line. pydantic's own message may quote the value, so only known kinds are worded here.

    ``known`` are the names that could have stood in the place of one that is not known.
    """
    name = "".join(_part(part) for part in where if part != "[key]").lstrip(".")
    instead = _limits(problem).get("instead")
    if problem["type"] == "extra_forbidden" and where:
        instead = nearest(str(where[-1]), known, cutoff=FEW)
    if problem["type"] == "literal_error":
        # The words themselves are ours; what was given is compared with them and not shown.
        words = re.findall(r"'([^']+)'", str(_limits(problem).get("expected")))
        instead = nearest(str(problem.get("input")), words, cutoff=FEW)
    return f"{name}: {_sentence(problem)}" + (f"; did you mean {printable(str(instead))}?" if instead else "")


def _part(part: int | str) -> str:
    return f" (entry {part + 1})" if isinstance(part, int) else f".{printable(part)}"


def printable(name: str) -> str:
    """A name for a line: cut, and without line ends; a quoted key of the policy file may hold anything."""
    shown = name if len(name) <= _NAME_MOST else name[:_NAME_MOST] + "..."
    return "".join(c if c.isprintable() else "?" for c in shown)


def _sentence(problem: Mapping[str, object]) -> str:
    limits = _limits(problem)
    kind = str(problem["type"])
    match kind:
        case "jobbot":
            word = limits.get("word")
            return (f'"{word}" ' if word else "") + str(problem["msg"])
        case "literal_error":
            return f"must be one of {limits.get('expected')}"
        case "greater_than_equal":
            return f"must be at least {limits.get('ge'):.0f}"
        case "less_than_equal":
            return f"must be at most {limits.get('le'):.0f}"
        case _:
            return _SENTENCES.get(kind) or f"is not acceptable ({kind.replace('_', ' ')})"


def _limits(problem: Mapping[str, object]) -> Mapping[str, object]:
    context = problem.get("ctx")
    return context if isinstance(context, dict) else {}

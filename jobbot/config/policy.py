"""The policy file, ``JOBBOT_CONFIG``: several instances, and rules for each channel, in TOML."""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo

from jobbot.config.environment import ENCODING
from jobbot.config.problems import FEW, line, printable, wrong
from jobbot.config.settings import ChannelSettings, DatastreamSettings, InstanceSettings, Strict
from jobbot.config.toml_lines import line_of
from jobbot.config.values import BaseUrl, ChannelId, DatastreamNumber, Key
from jobbot.spelling import nearest


def _of_variable(name: object, info: ValidationInfo) -> SecretStr:
    """The file names the variable that holds a key. The name is not repeated: it might be the key itself."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
        raise wrong("must be the name of a variable, like ACME_KEY; the variable holds the key")
    value = info.context["variables"].get(name) if info.context else None
    if not value:
        raise wrong("names a variable that is not set")
    return SecretStr(value)


def _instance_name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,29}", name):
        raise wrong("is not a name for an instance (lower-case letters, digits, - and _, at most 30 characters)")
    return name


def _by_instance(is_the_firsts: Callable[[str, object], bool]) -> BeforeValidator:
    """What stands in a table is that of the instance which it is called by, what ``is_the_firsts`` the first one's."""

    def sort(given: object, info: ValidationInfo) -> object:
        if not isinstance(given, dict):
            return given
        names = (info.context or {}).get("instances") or []
        found: dict[str, dict[Any, Any]] = {}
        for key, value in given.items():
            if is_the_firsts(key, value):
                if names:
                    _add({key: value}, found, names[0])
            elif names and key not in names:
                raise wrong(f"{printable(key)} is not one of the instances", instead=nearest(key, names, cutoff=FEW))
            elif isinstance(value, dict):
                _add(value, found, key)
            else:
                raise wrong("is for datastreams by their numbers, like [datastreams.42]")
        return found

    return BeforeValidator(sort)


def _add(more: dict[str, Any], found: dict[str, dict[Any, Any]], instance: str) -> None:
    """To what is the instance's already. Of two entries of one name neither wins: the other may be what guards.

    Names that differ in their case alone are one: people type them in any.
    """
    its = found.setdefault(instance, {})
    for key, value in more.items():
        if key.casefold() in {one.casefold() for one in its}:
            raise wrong(f"{printable(key)} is given twice for the instance {printable(instance)}")
        its[key] = value


def _key_of_datastream(key: object) -> object:
    # Nothing before its first digit: 42 and 042 would be one datastream, of which the last entry alone would hold.
    return int(key) if isinstance(key, str) and re.fullmatch(r"[1-9][0-9]{0,18}", key) else key


class PolicyInstance(InstanceSettings):
    """One instance as the file has it."""

    url: BaseUrl = Field(alias="host")
    key: Annotated[Key, BeforeValidator(_of_variable)]


class Policy(Strict):
    """Replaces the instance and the channels of the environment where it names any."""

    instances: dict[Annotated[str, AfterValidator(_instance_name)], PolicyInstance] = Field(default_factory=dict)
    channels: dict[ChannelId, ChannelSettings] = Field(default_factory=dict)
    # ``meta = 674`` is the first instance's, ``[aliases.staging]`` that of the instance ``staging``.
    aliases: Annotated[
        dict[str, dict[str, DatastreamNumber]], _by_instance(lambda _, value: not isinstance(value, dict))
    ] = Field(default_factory=dict)
    # ``[datastreams.42]`` is the first instance's, ``[datastreams.staging.42]`` that of the instance ``staging``.
    datastreams: Annotated[
        dict[str, dict[Annotated[DatastreamNumber, BeforeValidator(_key_of_datastream)], DatastreamSettings]],
        _by_instance(lambda key, _: key.isdecimal()),
    ] = Field(default_factory=dict)


def read_policy(path: Path, variables: Mapping[str, str], default: str | None, problems: list[str]) -> Policy | None:
    """The file, or None where it cannot be used, with the problems noted.

    ``variables`` hold the instances' keys; ``default`` is the environment's instance, for a file that names none.
    A problem begins with the file's name and the line of the key, or of the table that a key is missing in.
    """
    try:
        text = path.read_text(encoding=ENCODING)
        table = tomllib.loads(text)
    except OSError as error:
        problems.append(f"JOBBOT_CONFIG: the file cannot be read ({error.strerror})")
        return None
    except UnicodeDecodeError:
        problems.append("JOBBOT_CONFIG: the file is not UTF-8 text")
        return None
    except (ValueError, RecursionError) as error:
        # tomllib's messages quote the file; numbers beyond Python's limit are a ValueError of another kind.
        at = re.search(r"at line \d+, column \d+|at end of document", str(error))
        problems.append("JOBBOT_CONFIG: the file is not TOML" + (f" ({at[0]})" if at else ""))
        return None
    try:
        return Policy.model_validate(table, context={"variables": variables, "instances": _names(table, default)})
    except ValidationError as error:
        for fault in error.errors():
            place = _as_written(fault["loc"], table)
            number = line_of(place, text)
            where = printable(path.name) + (f" line {number}" if number else "")
            problems.append(f"{where}: {line(place, fault, known=_settings_at(fault['loc']))}")
        return None


def _as_written(place: tuple[int | str, ...], table: dict[str, Any]) -> tuple[int | str, ...]:
    """The place without the first instance's name, where what is that one's stands in the file without it."""
    match place:
        case ["aliases" | "datastreams" as part, name, key, *_]:
            there, its = table[part], table[part].get(name)
            is_the_ones = isinstance(its, dict) and key in its
            return (part, *place[2:]) if key in there and not is_the_ones else place
        case _:
            return place


def _settings_at(place: tuple[int | str, ...]) -> list[str]:
    """What could have stood at this place of the file, by its name there."""
    match place:
        case [_]:
            model: type[Strict] = Policy
        case ["instances", _, _]:
            model = PolicyInstance
        case ["channels", _, _]:
            model = ChannelSettings
        case ["datastreams", _, _, _]:
            model = DatastreamSettings
        case _:
            return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _names(table: dict[str, Any], default: str | None) -> list[str]:
    """Any: the file's TOML, not validated yet."""
    named = table.get("instances")
    return list(named) if isinstance(named, dict) and named else [default] if default else []

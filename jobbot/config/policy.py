"""The policy file, ``JOBBOT_CONFIG``: several instances, and rules for each channel, in TOML."""

import re
import tomllib
from collections.abc import Mapping
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


def _by_instance(given: object, info: ValidationInfo) -> object:
    """``meta = 674`` is the first instance's; what stands in a table is that of the instance which it is called by."""
    if not isinstance(given, dict):
        return given
    names = (info.context or {}).get("instances") or []
    found: dict[str, dict[str, Any]] = {}
    for key, value in given.items():
        if isinstance(value, dict) and names and key not in names:
            raise wrong(f"{printable(key)} is not one of the instances", instead=nearest(key, names, cutoff=FEW))
        if isinstance(value, dict):
            found.setdefault(key, {}).update(value)
        elif names:
            found.setdefault(names[0], {})[key] = value
    return found


def _datastreams_by_instance(given: object, info: ValidationInfo) -> object:
    """``[datastreams.42]`` is the first instance's, ``[datastreams.staging.42]`` that of the instance ``staging``."""
    if not isinstance(given, dict):
        return given
    names = (info.context or {}).get("instances") or []
    found: dict[str, dict[str, Any]] = {}
    for key, value in given.items():
        if key.isdecimal():
            if names:
                found.setdefault(names[0], {})[key] = value
        elif names and key not in names:
            raise wrong(f"{printable(key)} is not one of the instances", instead=nearest(key, names, cutoff=FEW))
        elif isinstance(value, dict):
            found.setdefault(key, {}).update(value)
        else:
            raise wrong("is for datastreams by their numbers, like [datastreams.42]")
    return found


def _key_of_datastream(key: object) -> object:
    return int(key) if isinstance(key, str) and key.isascii() and key.isdecimal() else key


class PolicyInstance(InstanceSettings):
    """One instance as the file has it."""

    url: BaseUrl = Field(alias="host")
    key: Annotated[Key, BeforeValidator(_of_variable)]


class Policy(Strict):
    """Replaces the instance and the channels of the environment where it names any."""

    instances: dict[Annotated[str, AfterValidator(_instance_name)], PolicyInstance] = Field(default_factory=dict)
    channels: dict[ChannelId, ChannelSettings] = Field(default_factory=dict)
    aliases: Annotated[dict[str, dict[str, DatastreamNumber]], BeforeValidator(_by_instance)] = Field(
        default_factory=dict
    )
    datastreams: Annotated[
        dict[str, dict[Annotated[DatastreamNumber, BeforeValidator(_key_of_datastream)], DatastreamSettings]],
        BeforeValidator(_datastreams_by_instance),
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
            number = line_of(fault["loc"], text)
            where = printable(path.name) + (f" line {number}" if number else "")
            problems.append(f"{where}: {line(fault['loc'], fault, known=_settings_at(fault['loc']))}")
        return None


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

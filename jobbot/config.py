"""Settings: the environment, ``.env`` and the policy file in, one frozen :class:`Settings` out.

Nothing else in jobbot reads the environment. Whatever is wrong is collected and said together, a line a problem,
naming the variable (or the file's key) and never its value: half of these are secrets.

Where the names come from: https://docs.slack.dev/authentication/tokens for Slack's tokens, Adverity's Management API
documentation for the two authorisation words.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, LiteralString
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Mode = Literal["socket", "http"]
Power = Literal["view", "stop", "watch"]


class ConfigError(Exception):
    """The settings cannot be used. ``problems`` are readable lines without any value in them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _wrong(sentence: LiteralString) -> PydanticCustomError:
    return PydanticCustomError("jobbot", sentence)


def _split(value: object) -> object:
    if isinstance(value, str):
        return [part for part in re.split(r"[,\s]+", value) if part]
    return value


def _prefixed(prefix: str, where: str) -> AfterValidator:
    def check(secret: SecretStr) -> SecretStr:
        text = secret.get_secret_value()
        if not text.startswith(prefix) or not text.isascii() or not text.isprintable() or " " in text:
            raise _wrong(f"is not such a token: it begins with {prefix} ({where})")
        return secret

    return AfterValidator(check)


def _no_blanks(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text.isascii() or not text.isprintable() or any(c.isspace() for c in text):
        raise _wrong("holds characters that no such key has (blanks, line ends or accents)")
    return secret


def is_loopback(host: str) -> bool:
    """Whether ``host`` (a name or an address, without port) certainly is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _base_url(value: str) -> str:
    """``HOST`` or a URL without path -> ``https://HOST``; plain http on loopback only, so that no key travels open."""
    url = value if "://" in value else f"https://{value}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _wrong("is not a host like acme.datatap.adverity.com") from None
    if not host or parts.username is not None or parts.query or parts.fragment or re.search(r"[\s%_]", parts.netloc):
        raise _wrong("is not a host like acme.datatap.adverity.com")
    if parts.path not in ("", "/"):
        raise _wrong("has a path: give the host alone, like acme.datatap.adverity.com")
    if parts.scheme == "http" and not is_loopback(host):
        raise _wrong("is plain http: that is accepted on loopback only, the key would travel in the open")
    if parts.scheme not in ("http", "https"):
        raise _wrong("is neither https nor, on loopback, http")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def _api_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return value.rstrip("/") + "/"
    raise _wrong("must be https (http on loopback only), like https://slack.com/api/")


def _database_url(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().startswith(("sqlite:///", "postgresql://")):
        raise _wrong("begins neither with sqlite:/// nor with postgresql://")
    return secret


ChannelId = Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]{1,30}$")]
UserId = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{1,30}$")]
UsergroupId = Annotated[str, StringConstraints(pattern=r"^S[A-Z0-9]{1,30}$")]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
Ids = BeforeValidator(_split)
Scheme = Literal["Token", "Bearer"]

_BotToken = Annotated[SecretStr, _prefixed("xoxb-", "your app's page, OAuth & Permissions, Bot User OAuth Token")]
_AppToken = Annotated[SecretStr, _prefixed("xapp-", "your app's page, Basic Information, App-Level Tokens")]
_Key = Annotated[SecretStr, AfterValidator(_no_blanks)]


class _Environment(BaseSettings):
    """The variables as they are named outside. Empty counts as not set: that is what an unfilled .env line means."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", env_file_encoding="utf-8")

    SLACK_BOT_TOKEN: _BotToken | None = None
    SLACK_APP_TOKEN: _AppToken | None = None
    SLACK_SIGNING_SECRET: _Key | None = None
    SLACK_API_URL: Annotated[str, AfterValidator(_api_url)] = "https://slack.com/api/"
    ADVERITY_INSTANCE: BaseUrl | None = None
    ADVERITY_API_KEY: _Key | None = None
    ADVERITY_AUTH_SCHEME: Scheme = "Token"
    JOBBOT_CHANNELS: Annotated[tuple[ChannelId, ...], NoDecode, Ids] = ()
    JOBBOT_STOP_CHANNELS: Annotated[tuple[ChannelId | Literal["none"], ...], NoDecode, Ids] | None = None
    JOBBOT_STOP_USERS: Annotated[tuple[UserId, ...], NoDecode, Ids] = ()
    JOBBOT_STOP_USERGROUPS: Annotated[tuple[UsergroupId, ...], NoDecode, Ids] = ()
    JOBBOT_DATABASE_URL: Annotated[SecretStr, AfterValidator(_database_url)] = SecretStr("sqlite:///jobbot.db")
    JOBBOT_CONFIG: Path | None = None
    PORT: Annotated[int, Field(ge=0, le=65535)] = 3000
    JOBBOT_HOST: str = "0.0.0.0"  # noqa: S104 - a Procfile host routes to it; only signed requests do anything
    JOBBOT_LOG_FORMAT: Literal["text", "json"] = "text"
    JOBBOT_LOG_LEVEL: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InstanceSettings(_Strict):
    """One Adverity instance. ``cache_seconds``: how long an answer may be shown again; ``concurrency``: calls."""

    url: BaseUrl
    key: _Key
    scheme: Scheme = "Token"
    cache_seconds: Annotated[float, Field(ge=0, le=60)] = 3.0
    concurrency: Annotated[int, Field(ge=1, le=8)] = 1


class ChannelSettings(_Strict):
    """What may be done in one channel, and by whom. Without ``stop_users`` and ``stop_usergroups``: by all in it."""

    may: frozenset[Power] = frozenset({"view", "stop", "watch"})
    instance: str | None = None
    external: bool = False
    answers: Literal["channel", "ephemeral"] = "channel"
    stop_users: frozenset[UserId] = frozenset()
    stop_usergroups: frozenset[UsergroupId] = frozenset()
    guests_may_stop: bool = False
    reason_required: bool = False


class _PolicyInstance(_Strict):
    host: BaseUrl
    key: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
    scheme: Scheme = "Token"
    cache_seconds: float = 3.0
    concurrency: int = 1


InstanceName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,29}$")]


class _PolicyFile(_Strict):
    """``JOBBOT_CONFIG``: replaces the instance and the channels of the environment where it names any."""

    instances: dict[InstanceName, _PolicyInstance] = {}
    channels: dict[ChannelId, ChannelSettings] = {}


class Settings(_Strict):
    """Everything jobbot was told. ``instances`` by name, the first one is the default; ``channels`` by id."""

    bot_token: SecretStr
    app_token: SecretStr | None
    signing_secret: SecretStr | None
    slack_api_url: str
    instances: dict[str, InstanceSettings]
    channels: dict[str, ChannelSettings]
    database_url: SecretStr
    mode: Mode
    host: str
    port: int
    log_format: Literal["text", "json"]
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"]

    def secrets(self) -> list[str]:
        """Every secret among them, for whoever cuts secrets out of what is written."""
        keys = [instance.key for instance in self.instances.values()]
        given = [self.bot_token, self.app_token, self.signing_secret, *keys]
        password = urlsplit(self.database_url.get_secret_value()).password
        return [secret.get_secret_value() for secret in given if secret is not None] + ([password] if password else [])


def load_settings(*, mode: Mode | None = None, env_file: Path | None = Path(".env")) -> Settings:
    """Read the environment (which wins), ``env_file`` and the policy file.

    ``mode`` is what the command line asked for; None means Socket Mode where SLACK_APP_TOKEN is set, else HTTP.
    Raises :class:`ConfigError` with every problem found.
    """
    problems: list[str] = []
    env = _read_environment(env_file, problems)
    wrong = frozenset(re.split("[: ]", line)[0] for line in problems)
    chosen: Mode = mode or ("socket" if env.SLACK_APP_TOKEN or "SLACK_APP_TOKEN" in wrong else "http")
    problems += _missing_for(chosen, env, wrong)
    policy = _read_policy(env.JOBBOT_CONFIG, problems) if env.JOBBOT_CONFIG else _PolicyFile()
    instances = _instances(env, policy, _variables(env_file), problems)
    channels = dict(policy.channels) or _channels(env, problems)
    for channel, rule in channels.items():
        if rule.instance is not None and instances and rule.instance not in instances:
            problems.append(f"policy: channels.{channel}.instance is none of: {', '.join(instances)}")
    if problems or env.SLACK_BOT_TOKEN is None:
        raise ConfigError(problems)
    return Settings(
        bot_token=env.SLACK_BOT_TOKEN,
        app_token=env.SLACK_APP_TOKEN,
        signing_secret=env.SLACK_SIGNING_SECRET,
        slack_api_url=env.SLACK_API_URL,
        instances=instances,
        channels=channels,
        database_url=env.JOBBOT_DATABASE_URL,
        mode=chosen,
        host=env.JOBBOT_HOST,
        port=env.PORT,
        log_format=env.JOBBOT_LOG_FORMAT,
        log_level=env.JOBBOT_LOG_LEVEL,
    )


def _read_environment(env_file: Path | None, problems: list[str]) -> _Environment:
    """The environment, with whatever is wrong noted and left at its default, so that one start names every problem."""
    try:
        return _Environment(_env_file=env_file)
    except ValidationError as error:
        faults = error.errors()
    except UnicodeDecodeError:
        raise ConfigError([f"{env_file}: is not UTF-8 text"]) from None
    problems += [_line(fault["loc"], fault) for fault in faults]
    names = {str(fault["loc"][0]) for fault in faults}
    return _Environment(_env_file=env_file, **{name: _Environment.model_fields[name].default for name in names})


def _missing_for(mode: Mode, env: _Environment, wrong: frozenset[str]) -> list[str]:
    wanted: list[tuple[str, str]] = [
        ("SLACK_BOT_TOKEN", "the Bot User OAuth Token of the installed app, it begins with xoxb-")
    ]
    if mode == "socket":
        wanted.append(("SLACK_APP_TOKEN", "Socket Mode needs the app-level token, it begins with xapp-"))
    else:
        why = "HTTP needs it to know Slack's requests from others (for Socket Mode set SLACK_APP_TOKEN)"
        wanted.append(("SLACK_SIGNING_SECRET", why))
    if env.JOBBOT_CONFIG is None:
        wanted.append(("ADVERITY_INSTANCE", "the host of your Adverity, like acme.datatap.adverity.com"))
        wanted.append(("ADVERITY_API_KEY", "the key that jobbot asks Adverity with"))
        wanted.append(("JOBBOT_CHANNELS", "jobs are shown only in channels named here (ids, like C0AAA)"))
    return [f"{name}: is missing, {why}" for name, why in wanted if not getattr(env, name) and name not in wrong]


def _instances(
    env: _Environment, policy: _PolicyFile, variables: Mapping[str, str], problems: list[str]
) -> dict[str, InstanceSettings]:
    found: dict[str, InstanceSettings] = {}
    for name, entry in policy.instances.items():
        key = variables.get(entry.key)
        if not key:
            problems.append(f"{entry.key}: is missing, the policy's instance {name} takes its key from it")
            continue
        fields = entry.model_dump() | {"url": entry.host, "key": key}
        fields.pop("host")
        try:
            found[name] = InstanceSettings.model_validate(fields)
        except ValidationError as error:
            problems += [f"policy: {_line(('instances', name, *fault['loc']), fault)}" for fault in error.errors()]
    if not policy.instances and env.ADVERITY_INSTANCE and env.ADVERITY_API_KEY:
        found[instance_name(env.ADVERITY_INSTANCE)] = InstanceSettings(
            url=env.ADVERITY_INSTANCE, key=env.ADVERITY_API_KEY, scheme=env.ADVERITY_AUTH_SCHEME
        )
    elif not policy.instances and env.JOBBOT_CONFIG and not problems:
        problems.append("policy: instances: is empty, and ADVERITY_INSTANCE with ADVERITY_API_KEY is not set either")
    return found


def instance_name(url: str) -> str:
    """What people call an instance: ``acme`` for acme.datatap.adverity.com; host and port for an address."""
    parts = urlsplit(url)
    host = parts.hostname or url
    return parts.netloc if is_loopback(host) else host.split(".")[0]


def _channels(env: _Environment, problems: list[str]) -> dict[str, ChannelSettings]:
    if env.JOBBOT_CONFIG and not env.JOBBOT_CHANNELS and not problems:
        problems.append("policy: channels: is empty, and JOBBOT_CHANNELS is not set either: nothing would be shown")
    stop = env.JOBBOT_CHANNELS if env.JOBBOT_STOP_CHANNELS is None else env.JOBBOT_STOP_CHANNELS
    for channel in set(stop) - set(env.JOBBOT_CHANNELS) - {"none"}:
        problems.append(f"JOBBOT_STOP_CHANNELS: {channel} is not among JOBBOT_CHANNELS")
    powers: dict[bool, frozenset[Power]] = {
        True: frozenset({"view", "watch", "stop"}),
        False: frozenset({"view", "watch"}),
    }
    return {
        channel: ChannelSettings(
            may=powers[channel in stop],
            stop_users=frozenset(env.JOBBOT_STOP_USERS),
            stop_usergroups=frozenset(env.JOBBOT_STOP_USERGROUPS),
        )
        for channel in env.JOBBOT_CHANNELS
    }


def _read_policy(path: Path, problems: list[str]) -> _PolicyFile:
    try:
        return _PolicyFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        problems.append(f"JOBBOT_CONFIG: {path} cannot be read ({error.strerror})")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"JOBBOT_CONFIG: {path} is not TOML ({error})")
    except ValidationError as error:
        problems += [f"policy: {_line(problem['loc'], problem)}" for problem in error.errors()]
    return _PolicyFile()


def _variables(env_file: Path | None) -> Mapping[str, str]:
    """The policy file names variables that no model knows: read them as pydantic-settings would, .env beneath."""
    from dotenv import dotenv_values  # noqa: PLC0415 - only where a policy file is used

    beneath = dotenv_values(env_file) if env_file is not None and env_file.is_file() else {}
    return {**{name: value for name, value in beneath.items() if value is not None}, **os.environ}


def _line(where: tuple[int | str, ...], problem: Mapping[str, object]) -> str:
    """One problem as a line. pydantic's own message may quote the value, so only known kinds are worded here."""
    name = "".join(
        f" (entry {part + 1})" if isinstance(part, int) else f".{part}" for part in where if not _is_member(part)
    ).lstrip(".")
    kind = str(problem["type"])
    match kind:
        case "missing":
            return f"{name}: is missing"
        case "extra_forbidden":
            return f"{name}: is not a setting jobbot knows"
        case "jobbot":
            return f"{name}: {problem['msg']}"
        case "literal_error":
            context = problem.get("ctx")
            expected = context.get("expected") if isinstance(context, dict) else None
            return f"{name}: must be one of {expected}"
        case "int_parsing" | "float_parsing":
            return f"{name}: is not a number"
        case "string_pattern_mismatch":
            return f"{name}: is not such a name or id (channels C0AAA, users U0AAA, user groups S0AAA; ids, not names)"
        case _:
            return f"{name}: is not acceptable ({kind.replace('_', ' ')})"


def _is_member(part: int | str) -> bool:
    """Parts of pydantic's path that name its own union members, not the reader's file."""
    return isinstance(part, str) and ("constrained-str" in part or part.startswith(("literal[", "function-")))

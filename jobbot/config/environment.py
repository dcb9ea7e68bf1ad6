"""The variables, from the environment and, beneath it, from ``.env``. Empty counts as not set."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from jobbot.config.problems import ConfigError, line
from jobbot.config.settings import LogFormat, LogLevel
from jobbot.config.traces import TraceExporter, TraceUrl
from jobbot.config.values import (
    ApiUrl,
    AppToken,
    BaseUrl,
    BotToken,
    ChannelId,
    DatabaseUrl,
    Key,
    Scheme,
    UsergroupId,
    UserId,
    Words,
    WordsOrNone,
)

ENCODING = "utf-8-sig"
"""UTF-8, with or without the mark that some editors put in front."""


class Environment(BaseSettings):
    """The variables as they are named outside. Empty counts as not set: that is what an unfilled .env line means."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True, case_sensitive=True, extra="ignore", env_file_encoding=ENCODING
    )

    SLACK_BOT_TOKEN: BotToken | None = None
    SLACK_APP_TOKEN: AppToken | None = None
    SLACK_SIGNING_SECRET: Key | None = None
    SLACK_API_URL: ApiUrl = "https://slack.com/api/"
    ADVERITY_INSTANCE: BaseUrl | None = None
    ADVERITY_API_KEY: Key | None = None
    ADVERITY_AUTH_SCHEME: Scheme = "Token"
    JOBBOT_CHANNELS: Annotated[tuple[ChannelId, ...], NoDecode, Words] = ()
    JOBBOT_STOP_CHANNELS: Annotated[tuple[ChannelId, ...], NoDecode, WordsOrNone] | None = None
    JOBBOT_STOP_USERS: Annotated[tuple[UserId, ...], NoDecode, Words] = ()
    JOBBOT_STOP_USERGROUPS: Annotated[tuple[UsergroupId, ...], NoDecode, Words] = ()
    JOBBOT_DATABASE_URL: DatabaseUrl = SecretStr("sqlite:///jobbot.db")
    JOBBOT_KEEP_DAYS: Annotated[int, Field(ge=1, le=36_500)] | None = None
    JOBBOT_CONFIG: Path | None = None
    PORT: Annotated[int, Field(ge=0, le=65535)] = 3000
    JOBBOT_HOST: str = "0.0.0.0"  # noqa: S104 - a Procfile host routes to it; only signed requests do anything
    JOBBOT_LOG_FORMAT: LogFormat = "text"
    JOBBOT_LOG_LEVEL: LogLevel = "INFO"
    OTEL_TRACES_EXPORTER: TraceExporter | None = None
    OTEL_EXPORTER_OTLP_ENDPOINT: TraceUrl | None = None
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: TraceUrl | None = None
    OTEL_EXPORTER_OTLP_HEADERS: SecretStr = SecretStr("")
    OTEL_SERVICE_NAME: str = "jobbot"


def read_environment(env_file: Path | None, problems: list[str]) -> Environment:
    """The environment, with whatever is wrong noted and left at its default, so that one start names every problem.

    Raises ConfigError where ``env_file`` is there and cannot be read at all.
    """
    try:
        return Environment(_env_file=env_file)
    except ValidationError as error:
        faults = error.errors()
    except UnicodeDecodeError:
        raise ConfigError([f"{env_file}: is not UTF-8 text"]) from None
    except OSError as error:
        raise ConfigError([f"{env_file}: cannot be read ({error.strerror})"]) from None
    problems += [line(fault["loc"], fault) for fault in faults]
    names = {str(fault["loc"][0]) for fault in faults}
    return Environment(_env_file=env_file, **{name: Environment.model_fields[name].default for name in names})


def all_variables(env_file: Path | None) -> Mapping[str, str]:
    """The policy file names variables that no model knows: read them as pydantic-settings would, .env beneath."""
    from dotenv import dotenv_values  # noqa: PLC0415 - only where a policy file is used

    beneath = dotenv_values(env_file, encoding=ENCODING) if env_file is not None and env_file.is_file() else {}
    return {name: value for source in (beneath, os.environ) for name, value in source.items() if value}

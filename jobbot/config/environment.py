"""The variables, from the environment and, beneath it, from ``.env``. Empty counts as not set."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from dotenv import dotenv_values
from pydantic import BaseModel, Field, SecretStr, ValidationError

from jobbot.config.problems import ConfigError, line
from jobbot.config.settings import LogFormat, LogLevel
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


class Environment(BaseModel):
    """The variables as they are named outside."""

    SLACK_BOT_TOKEN: BotToken | None = None
    SLACK_APP_TOKEN: AppToken | None = None
    SLACK_SIGNING_SECRET: Key | None = None
    SLACK_API_URL: ApiUrl = "https://slack.com/api/"
    ADVERITY_INSTANCE: BaseUrl | None = None
    ADVERITY_API_KEY: Key | None = None
    ADVERITY_AUTH_SCHEME: Scheme = "Token"
    JOBBOT_CHANNELS: Annotated[tuple[ChannelId, ...], Words] = ()
    JOBBOT_STOP_CHANNELS: Annotated[tuple[ChannelId, ...], WordsOrNone] | None = None
    JOBBOT_STOP_USERS: Annotated[tuple[UserId, ...], Words] = ()
    JOBBOT_STOP_USERGROUPS: Annotated[tuple[UsergroupId, ...], Words] = ()
    JOBBOT_DATABASE_URL: DatabaseUrl = SecretStr("sqlite:///jobbot.db")
    JOBBOT_KEEP_DAYS: Annotated[int, Field(ge=1, le=36_500)] | None = None
    JOBBOT_CONFIG: Path | None = None
    PORT: Annotated[int, Field(ge=0, le=65535)] = 3000
    JOBBOT_METRICS_PORT: Annotated[int, Field(ge=0, le=65535)] | None = None
    JOBBOT_HOST: str = "0.0.0.0"  # noqa: S104 - a Procfile host routes to it; only signed requests do anything
    JOBBOT_LOG_FORMAT: LogFormat = "text"
    JOBBOT_LOG_LEVEL: LogLevel = "INFO"


def read_environment(variables: Mapping[str, str], problems: list[str]) -> Environment:
    """The variables; what is wrong is noted and left at its default, so that one start names every problem."""
    try:
        return Environment.model_validate(variables)
    except ValidationError as error:
        faults = error.errors()
    problems += [line(fault["loc"], fault) for fault in faults]
    wrong = {str(fault["loc"][0]) for fault in faults}
    return Environment.model_validate({name: value for name, value in variables.items() if name not in wrong})


def all_variables(env_file: Path | None) -> Mapping[str, str]:
    """The environment, and beneath it ``env_file``. Empty counts as not set: that is what an unfilled line means.

    Raises ConfigError where ``env_file`` is there and cannot be read at all.
    """
    try:
        beneath = dotenv_values(env_file, encoding=ENCODING) if env_file is not None and env_file.is_file() else {}
    except UnicodeDecodeError:
        raise ConfigError([f"{env_file}: is not UTF-8 text"]) from None
    except OSError as error:
        raise ConfigError([f"{env_file}: cannot be read ({error.strerror})"]) from None
    return {name: value for source in (beneath, os.environ) for name, value in source.items() if value}

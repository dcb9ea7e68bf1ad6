"""Everything together: which settings are there, which are missing for the mode at hand, and what they come to."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from jobbot.config.environment import Environment, all_variables, read_environment
from jobbot.config.network import read_network
from jobbot.config.policy import Policy, read_policy
from jobbot.config.problems import ConfigError, printable
from jobbot.config.settings import ChannelSettings, Draft, InstanceSettings, Mode, Power, Settings
from jobbot.config.traces import trace_settings
from jobbot.config.values import is_address, is_loopback
from jobbot.spelling import nearest

LOOK_ONLY: frozenset[Power] = frozenset({"view", "watch", "alerts"})
AND_STOP: frozenset[Power] = LOOK_ONLY | {"stop"}
"""What the variables of one instance can permit. Fetch, retry and pause need the policy file: each is permitted for a
channel by its name, which a list of channels cannot say."""

DOT_ENV = Path(".env")

_OURS = ("JOBBOT_", "ADVERITY_", "SLACK_")


def load_settings(*, mode: Mode | None = None, env_file: Path | None = DOT_ENV) -> Settings:
    """Read the environment (which wins), ``env_file`` and the policy file.

    ``mode`` is what the command line asked for; None means HTTP where only SLACK_SIGNING_SECRET is
    set, else Socket Mode.
    Raises :class:`ConfigError` with every problem found.
    """
    draft, problems = draft_settings(mode=mode, env_file=env_file)
    if problems:
        raise ConfigError(problems)
    return Settings(**dict(draft))


def draft_settings(*, mode: Mode | None = None, env_file: Path | None = DOT_ENV) -> tuple[Draft, list[str]]:
    """The settings as far as they can be used, and every problem with the rest (for ``jobbot doctor``).

    What is wrong or missing is None or empty in the draft; a policy file that cannot be used leaves no channels.
    Raises :class:`ConfigError` where ``env_file`` is there and cannot be read.
    """
    problems: list[str] = []
    notes: list[str] = []
    variables = all_variables(env_file)
    env = read_environment(variables, problems)
    wrong = frozenset(re.split("[: ]", line)[0] for line in problems)
    chosen = mode or _mode(env, wrong)
    policy: Policy | None = Policy()
    if env.JOBBOT_CONFIG is not None:
        default = instance_name(env.ADVERITY_INSTANCE) if env.ADVERITY_INSTANCE else None
        policy = read_policy(env.JOBBOT_CONFIG, variables, default, problems)
    problems += _missing(mode, env, policy, wrong)
    if env.JOBBOT_METRICS_PORT and env.JOBBOT_METRICS_PORT == env.PORT:
        problems.append("JOBBOT_METRICS_PORT: is the same as PORT: choose another port, or leave it out")
    if policy is not None:
        problems += _contradictions(env, policy, wrong)
    draft = Draft(
        bot_token=env.SLACK_BOT_TOKEN,
        app_token=env.SLACK_APP_TOKEN,
        signing_secret=env.SLACK_SIGNING_SECRET,
        slack_api_url=env.SLACK_API_URL,
        instances=(dict(policy.instances) or _instance(env)) if policy is not None else {},
        channels=(policy.channels or _channels(env)) if policy is not None else {},
        aliases=policy.aliases if policy is not None else {},
        datastreams=policy.datastreams if policy is not None else {},
        database_url=env.JOBBOT_DATABASE_URL,
        keep_days=env.JOBBOT_KEEP_DAYS,
        mode=chosen,
        host=env.JOBBOT_HOST,
        port=env.PORT,
        metrics_port=env.JOBBOT_METRICS_PORT,
        log_format=env.JOBBOT_LOG_FORMAT,
        log_level=env.JOBBOT_LOG_LEVEL,
        traces=trace_settings(variables, notes),
        network=read_network(variables, notes),
        notes=tuple(notes),
    )
    return draft, problems


def nearly_named(draft: Draft, *, env_file: Path | None = DOT_ENV) -> list[tuple[str, str]]:
    """Variables that are set but not read, and whose names are close to a setting's: each with the one that was meant.

    A JOBBOT_STOP_USER that is not read leaves stopping to everybody. Not an error, because another program may own
    such a variable; the variables that hold the policy's keys are recognised by their values.
    """
    keys = {one.key.get_secret_value() for one in draft.instances.values()}
    names = [name for name in Environment.model_fields if name.startswith(_OURS)]
    found = []
    for name, value in all_variables(env_file).items():
        if name in names or not name.upper().startswith(_OURS) or value in keys:
            continue
        if meant := nearest(name.upper(), names, cutoff=0.85):
            found.append((printable(name), meant))
    return sorted(found)


def load_database_url(*, env_file: Path | None = DOT_ENV) -> SecretStr:
    """The database's URL alone, for reading the record without serving Slack. Raises ConfigError."""
    problems: list[str] = []
    env = read_environment(all_variables(env_file), problems)
    ours = [problem for problem in problems if problem.startswith("JOBBOT_DATABASE_URL")]
    if ours:
        raise ConfigError(ours)
    return env.JOBBOT_DATABASE_URL


def instance_hosts(*, env_file: Path | None = DOT_ENV) -> list[str]:
    """The hosts of the instances, for the manifest: as far as the settings tell them, whatever else is wrong there.

    Without addresses and this machine, which are no domains.
    """
    try:
        draft, _ = draft_settings(env_file=env_file)
        alone = read_environment(all_variables(env_file), []).ADVERITY_INSTANCE
    except ConfigError:
        return []
    urls = [one.url for one in draft.instances.values()] or ([alone] if alone is not None else [])
    hosts = [urlsplit(url).hostname or "" for url in urls]
    return [host for host in hosts if not is_loopback(host) and not is_address(host)]


def instance_name(url: str) -> str:
    """What people call an instance: ``acme`` for acme.datatap.adverity.com; host and port for an address."""
    parts = urlsplit(url)
    host = parts.hostname or url
    return parts.netloc if is_loopback(host) or is_address(host) else host.split(".")[0]


def _mode(env: Environment, wrong: frozenset[str]) -> Mode:
    """HTTP where only its secret is set. Where neither is, Socket Mode: it needs no address that Slack can reach."""
    socket = bool(env.SLACK_APP_TOKEN) or "SLACK_APP_TOKEN" in wrong
    http = bool(env.SLACK_SIGNING_SECRET) or "SLACK_SIGNING_SECRET" in wrong
    return "http" if http and not socket else "socket"


def _missing(asked: Mode | None, env: Environment, policy: Policy | None, wrong: frozenset[str]) -> list[str]:
    """``asked``: the mode of the command line, if any."""
    wanted: list[tuple[str, str]] = [
        ("SLACK_BOT_TOKEN", "the Bot User OAuth Token of the installed app (it begins with xoxb-)")
    ]
    if asked == "http":
        wanted.append(("SLACK_SIGNING_SECRET", "over HTTP it shows that a request comes from Slack"))
    elif asked == "socket":
        wanted.append(("SLACK_APP_TOKEN", "Socket Mode needs the app-level token (it begins with xapp-)"))
    elif _mode(env, wrong) == "socket":
        why = "set it for Socket Mode (recommended; it begins with xapp-), or set SLACK_SIGNING_SECRET for HTTP"
        wanted.append(("SLACK_APP_TOKEN", why))
    if policy is not None and not policy.instances:
        wanted.append(("ADVERITY_INSTANCE", "the host of your Adverity, like acme.datatap.adverity.com"))
        wanted.append(("ADVERITY_API_KEY", "the key for Adverity's API"))
    if policy is not None and not policy.channels:
        wanted.append(("JOBBOT_CHANNELS", "jobs are shown only in the channels listed here, by id (like C0123ABCD)"))
    return [f"{name}: is missing: {why}" for name, why in wanted if not getattr(env, name) and name not in wrong]


def _contradictions(env: Environment, policy: Policy, wrong: frozenset[str]) -> list[str]:
    """Limits that would not hold. Starting without them would permit what somebody meant to forbid."""
    if policy.channels:
        limits = {
            "JOBBOT_STOP_CHANNELS": env.JOBBOT_STOP_CHANNELS is not None,
            "JOBBOT_STOP_USERS": env.JOBBOT_STOP_USERS,
            "JOBBOT_STOP_USERGROUPS": env.JOBBOT_STOP_USERGROUPS,
        }
        why = "has no effect, because the policy file lists the channels: say there who may stop"
        return [f"{name}: {why}" for name, said in limits.items() if said]
    if "JOBBOT_CHANNELS" in wrong or not env.JOBBOT_CHANNELS:
        return []
    return [
        f"JOBBOT_STOP_CHANNELS (entry {at}): is not one of JOBBOT_CHANNELS"
        for at, channel in enumerate(env.JOBBOT_STOP_CHANNELS or (), start=1)
        if channel not in env.JOBBOT_CHANNELS
    ]


def _instance(env: Environment) -> dict[str, InstanceSettings]:
    if env.ADVERITY_INSTANCE is None or env.ADVERITY_API_KEY is None:
        return {}
    one = InstanceSettings(url=env.ADVERITY_INSTANCE, key=env.ADVERITY_API_KEY, scheme=env.ADVERITY_AUTH_SCHEME)
    return {instance_name(env.ADVERITY_INSTANCE): one}


def _channels(env: Environment) -> dict[str, ChannelSettings]:
    stop = env.JOBBOT_CHANNELS if env.JOBBOT_STOP_CHANNELS is None else env.JOBBOT_STOP_CHANNELS
    limits: dict[str, frozenset[str]] = {}
    if env.JOBBOT_STOP_USERS:
        limits["stop_users"] = frozenset(env.JOBBOT_STOP_USERS)
    if env.JOBBOT_STOP_USERGROUPS:
        limits["stop_usergroups"] = frozenset(env.JOBBOT_STOP_USERGROUPS)
    return {
        channel: ChannelSettings.model_validate({"may": AND_STOP if channel in stop else LOOK_ONLY, **limits})
        for channel in env.JOBBOT_CHANNELS
    }

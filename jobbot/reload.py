"""Reloads the policy on SIGHUP: the rules of channels, without a restart.

The rules are looked up at every interaction, so they can be replaced under a running jobbot.
Instances, tokens and the database are held by clients with calls on the wire: those wait for a restart, because two
clients of one instance would be two calls at a time, and a stop in progress must end where it began.
"""

from collections.abc import Callable

from jobbot.access import Policy
from jobbot.access.configured import policy_of
from jobbot.config import ConfigError, Settings
from jobbot.logs import get_logger

log = get_logger(__name__)

_RULES = ("channels", "aliases", "datastreams")


class Reload:
    """Reads the settings again and applies the channels' rules. Settings with a mistake change nothing.

    ``read`` raises ConfigError. ``obey`` gets the new rules. ``settings`` are those that jobbot runs with.
    """

    def __init__(self, settings: Settings, read: Callable[[], Settings], obey: Callable[[Policy], None]) -> None:
        self._running = settings
        self._read = read
        self._obey = obey

    def __call__(self) -> bool:
        """Reload; whether the new rules are in force. The result is logged."""
        try:
            new = self._read()
            _only_running(new, self._running)
        except ConfigError as error:
            for problem in error.problems:
                log.error("not reloaded: the rules of before stay in force", problem=problem)
            return False
        default = next(iter(self._running.instances))
        self._obey(policy_of(new.channels, new.aliases, new.datastreams, default=default))
        if waiting := waits_for_restart(self._running, new):
            log.warning("changed, and waits for a restart", settings=", ".join(waiting))
        log.info("reloaded: the rules of the channels", channels=len(new.channels))
        return True


def _only_running(new: Settings, running: Settings) -> None:
    """Check that the new rules name only instances that are running. Raises ConfigError."""
    problems = [
        f"channels.{channel}.{setting}: {name} is not running yet, restart jobbot for it"
        for channel, rule in new.channels.items()
        for setting, names in (("instance", [rule.instance] if rule.instance else []), ("instances", rule.instances))
        for name in names
        if name not in running.instances
    ]
    if problems:
        raise ConfigError(problems)


def waits_for_restart(old: Settings, new: Settings) -> list[str]:
    """The settings, by name, that differ and are no rules; the first instance is the default, so their order counts."""
    names = [name for name in type(old).model_fields if name not in _RULES and getattr(old, name) != getattr(new, name)]
    if "instances" in names or list(old.instances) != list(new.instances):
        both = {**old.instances, **new.instances}
        differ = [f"instances.{name}" for name in both if old.instances.get(name) != new.instances.get(name)]
        names = [name for name in names if name != "instances"] + (differ or ["instances (their order)"])
    return names

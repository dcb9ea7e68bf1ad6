"""Settings: the environment, ``.env`` and the policy file in, one frozen :class:`Settings` out.

Nothing else in jobbot reads the environment. Whatever is wrong is collected and said together, a line a problem,
naming the variable (or the file's key) and never its value: half of these are secrets.
"""

from jobbot.config.load import load_database_url, load_settings
from jobbot.config.problems import ConfigError
from jobbot.config.settings import ChannelSettings, InstanceSettings, Mode, Power, Settings
from jobbot.config.traces import TraceSettings

__all__ = [
    "ChannelSettings",
    "ConfigError",
    "InstanceSettings",
    "Mode",
    "Power",
    "Settings",
    "TraceSettings",
    "load_database_url",
    "load_settings",
]

"""Settings: the environment, ``.env`` and the policy file in, one frozen :class:`Settings` out.

Nothing else in jobbot reads the environment. Whatever is wrong is collected and said together, a line a problem,
naming the variable (or the file's key) and never its value: half of these are secrets.
"""

from jobbot.config.load import draft_settings, instance_hosts, load_database_url, load_settings, nearly_named
from jobbot.config.network import Network
from jobbot.config.problems import ConfigError
from jobbot.config.settings import ChannelSettings, DatastreamSettings, Draft, InstanceSettings, Mode, Power, Settings
from jobbot.config.traces import TraceSettings
from jobbot.config.values import Scheme

__all__ = [
    "ChannelSettings",
    "ConfigError",
    "DatastreamSettings",
    "Draft",
    "InstanceSettings",
    "Mode",
    "Network",
    "Power",
    "Scheme",
    "Settings",
    "TraceSettings",
    "draft_settings",
    "instance_hosts",
    "load_database_url",
    "load_settings",
    "nearly_named",
]

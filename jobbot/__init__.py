"""jobbot: a data team's Adverity jobs, in the Slack channel where the incident is worked on.

The rooms, in the order in which a request crosses them: ``slack`` (transport, handlers), ``intents``, ``access``,
``flows`` (with ``adverity`` and ``store``), ``render``, ``slack`` (web). ``app`` builds them, ``cli`` starts them.
"""

__version__ = "0.1.0"

"""jobbot: a data team's Adverity jobs, in the Slack channel where the incident is worked on.

The rooms, in the order in which a request crosses them: ``slack`` (inbound), ``intents``, ``access``, ``flows``
(with ``adverity`` and ``store``), ``render``, ``slack`` (outbound). ``app`` builds them, ``cli`` starts them.
"""

__version__ = "0.1.0"

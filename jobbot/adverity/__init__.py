"""The jobs API: models, query, client, errors, gateway.

The names that other rooms build with; the models, queries and errors are imported from their own modules.
"""

from jobbot.adverity.client import AdverityClient
from jobbot.adverity.gateway import Answer, Gateway
from jobbot.adverity.paging import Entries

__all__ = ["AdverityClient", "Answer", "Entries", "Gateway"]

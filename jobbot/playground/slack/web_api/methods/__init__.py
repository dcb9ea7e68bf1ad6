"""The methods of the Web API that a bot like jobbot calls, each with its scope and its rate tier.

https://docs.slack.dev/reference/methods. A method gets the workspace and its arguments, and answers the fields beside
``ok``, or raises ApiError.
"""

from jobbot.playground.slack.web_api.methods.chat import CHAT
from jobbot.playground.slack.web_api.methods.conversations import CONVERSATIONS
from jobbot.playground.slack.web_api.methods.links import LINKS
from jobbot.playground.slack.web_api.methods.method import Method
from jobbot.playground.slack.web_api.methods.users import USERS
from jobbot.playground.slack.web_api.methods.views import VIEWS

METHODS: dict[str, Method] = {method.name: method for method in (*CHAT, *CONVERSATIONS, *LINKS, *USERS, *VIEWS)}

__all__ = ["METHODS", "Method"]

"""The demo's page: in a browser, a Slack channel with the real bot in it, over the local Slack and Adverity."""

from jobbot.playground.page.demo import Page
from jobbot.playground.page.story import Command, Suggestion

__all__ = ["Command", "Page", "Suggestion"]

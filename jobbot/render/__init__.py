"""Renders results, refusals and errors as Slack messages and modals: text and Block Kit. Pure."""

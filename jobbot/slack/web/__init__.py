"""Calls to Slack's Web API: sending, replying, notifying, and looking up people and channels."""

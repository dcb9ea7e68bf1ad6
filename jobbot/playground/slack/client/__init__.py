"""The local Slack's people at work: typing, clicking, filling in forms, and reading what they see."""

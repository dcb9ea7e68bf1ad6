"""A local Slack and a local Adverity: real servers on loopback, for the demo and the tests."""

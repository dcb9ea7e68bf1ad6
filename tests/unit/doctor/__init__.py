"""``jobbot doctor`` against a local Slack and a local Adverity."""

"""What the local Slack holds: people, channels, messages, views and its clock."""

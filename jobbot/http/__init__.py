"""What the HTTP clients of Adverity and of Slack share: reading Retry-After, and why a connection failed. Pure."""

"""Block Kit and words from domain objects; pure."""

"""The alerts of a channel: what a round makes of them, and what people switch, snooze and press."""

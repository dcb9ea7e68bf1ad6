"""Watches, poll rounds and the outbox: what is followed, and which notifications are to be delivered."""

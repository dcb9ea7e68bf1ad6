"""Delivering the outbox: the dispatcher claims what is due, a notifier posts, replies or edits."""

"""The use cases\x27 decisions, without their world."""

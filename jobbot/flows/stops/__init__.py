"""Stopping a job: confirmation, claim, execution, outcome, the one channel message, and the history of it all."""

"""Moments and ranges of time as people write them, read in a time zone."""

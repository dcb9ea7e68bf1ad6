"""The record of what was asked and done."""

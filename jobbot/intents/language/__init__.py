"""Words and tokens: Slack's text, the vocabulary, numbers, and the nearest known spelling."""

"""Block Kit's parts: blocks, escaped text, buttons and paging, within Slack's limits."""

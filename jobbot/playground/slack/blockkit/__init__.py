"""Block Kit as Slack takes it: what is refused, in Slack's words, and how Slack completes what it takes."""

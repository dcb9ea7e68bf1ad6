"""The timeline: what happened, in its order, as a message of Slack's and as Markdown."""

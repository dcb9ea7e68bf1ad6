"""The one room that knows Bolt and Slack's Web API: payloads in, messages out."""

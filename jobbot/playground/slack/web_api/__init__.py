"""The local Slack's Web API: arguments, methods, rate limits, faults and the log of calls."""

"""Following jobs until they end: the poller's rounds, watches, live cards, alerts and outages."""

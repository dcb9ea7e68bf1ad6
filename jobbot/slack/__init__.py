"""Slack: receives payloads (``transport``), serves them (``handlers``), calls the Web API (``web``)."""

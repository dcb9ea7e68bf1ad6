"""How payloads arrive: Socket Mode or HTTP, the start, the watchdog, and work after the ack."""

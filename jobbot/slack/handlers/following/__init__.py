"""What follows jobs: watches, the alerts of a channel, and the buttons of an alert's message."""

"""The ledger of stops: its states, claims and leases, and the history that is read from it."""

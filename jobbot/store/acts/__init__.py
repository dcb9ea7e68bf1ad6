"""The ledger of acts: its states, claims and leases, and the history that is read from it."""

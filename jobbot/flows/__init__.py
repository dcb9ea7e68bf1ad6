"""Use cases: reading, stopping and following jobs, delivering notifications. Collaborators come by constructor."""

"""One module a use case; collaborators come through the constructor."""

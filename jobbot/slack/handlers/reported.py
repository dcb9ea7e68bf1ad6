"""The exception for a failure that the person has been told of already."""


class AlreadyReported(Exception):
    """Something failed, and whoever asked has been told so where they were looking. ``__cause__`` is what failed."""

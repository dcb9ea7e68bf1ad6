"""What an instance's answers said of jobbot's key so far: seen in passing, nothing is asked for it."""

from enum import StrEnum

from jobbot.adverity.errors import AdverityError, Forbidden, Unauthorised


class KeySeen(StrEnum):
    """What the last answer that says anything of the key said."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """401."""
    READS_ONLY = "reads only"
    """A write was answered with 403, and none went through since."""


def key_after(seen: KeySeen | None, method: str, error: AdverityError | None) -> KeySeen | None:
    """What is known of the key after one more answer: to a request with this HTTP ``method``; None: it was a good one.

    A 403 of a read says nothing: a key may be limited to a few resources.
    """
    writes = method != "GET"
    match error:
        case Unauthorised():
            return KeySeen.REFUSED
        case Forbidden() if writes:
            return KeySeen.READS_ONLY
        case None if writes or seen is not KeySeen.READS_ONLY:
            return KeySeen.ACCEPTED
        case _:
            return seen

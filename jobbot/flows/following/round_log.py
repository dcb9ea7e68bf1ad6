"""What the log says of rounds: that an instance cannot be followed, or can again, and that two clocks are apart."""

from datetime import timedelta

from jobbot.flows.following import outages
from jobbot.flows.following.poll_state import Outage, PollState
from jobbot.logs import get_logger

log = get_logger(__name__)

APART = timedelta(seconds=30)
"""So far apart two clocks are worth a line in the log."""


def say_turn(instance: str, assessed: outages.Assessed, seen: PollState) -> None:
    """By the process that wrote it: once, over all of them."""
    match assessed:
        case outages.Assessed(PollState(outage=Outage(since=since, why=why)), turn="began"):
            log.warning("instance cannot be followed", instance=instance, since=str(since), why=why)
        case outages.Assessed(turn="over") if seen.outage is not None:
            log.info("instance can be followed again", instance=instance, since=str(seen.outage.since))


def say_how_far_apart(instance: str, before: PollState, after: PollState) -> None:
    """Once, when they are found to be, and once when they are not any more."""
    was, is_ = (abs(seen.ahead) > APART for seen in (before, after))
    if was is not is_:
        seconds = int(after.ahead.total_seconds())
        log.warning("Adverity's clock and this one are apart", instance=instance, ahead_seconds=seconds, minded=is_)

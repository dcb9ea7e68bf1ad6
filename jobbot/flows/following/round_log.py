"""Log lines about rounds: the beginning and end of an outage, and a clock difference."""

from datetime import timedelta

from jobbot.flows.following import outages
from jobbot.flows.following.poll_state import Outage, PollState
from jobbot.logs import get_logger

log = get_logger(__name__)

APART = timedelta(seconds=30)
"""A clock difference above this is logged."""


def say_turn(instance: str, assessed: outages.Assessed, state: PollState) -> None:
    """Log the beginning or end of an outage; only the process that committed it does."""
    match assessed:
        case outages.Assessed(PollState(outage=Outage(since=since, why=why)), turn="began"):
            log.warning("instance cannot be followed", instance=instance, since=str(since), why=why)
        case outages.Assessed(turn="over") if state.outage is not None:
            log.info("instance can be followed again", instance=instance, since=str(state.outage.since))


def say_how_far_apart(instance: str, before: PollState, after: PollState) -> None:
    """Log that the clock difference exceeds ``APART``, or does no longer; not in every round."""
    was, is_ = (abs(state.ahead) > APART for state in (before, after))
    if was is not is_:
        seconds = int(after.ahead.total_seconds())
        log.warning("Adverity's clock and this one are apart", instance=instance, ahead_seconds=seconds, minded=is_)

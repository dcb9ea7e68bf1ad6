"""Holds the job for one stop: while that is under way, other stops of the job are refused as second."""

from collections.abc import Awaitable, Callable

from jobbot.adverity.errors import AdverityError
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import JobId
from jobbot.flows.stops.outcome import Denied, Ending, second_ending
from jobbot.render import stopping as words
from jobbot.render.blockkit.blocks import Message
from jobbot.store.stops.model import Claimed, Ledger, StopRecord, StopState

Permit = Callable[[], Awaitable[Denied | None]]
"""Decides access from fresh facts: None where the person may stop jobs there. Raises nothing but bugs."""

Follow = Callable[[StopRecord, str | None, Message], Awaitable[None]]
"""Waits for the job of a stop whose outcome is not known. Its message: the ts, where it has one, and what it says.

Raises StoreUnavailable, and may be repeated."""


async def hold_job(claimed: Claimed, stop: words.Stop, gateway: Gateway, ledger: Ledger) -> Ending | None:
    """Hold the job; the ending where somebody else is stopping it, or has stopped it. May be repeated.

    An earlier stop that worked counts only where Adverity says too that the job is over. Raises LostClaim,
    StoreUnavailable.
    """
    earlier = await ledger.earlier(claimed.record.instance, claimed.record.job)
    if earlier is not None and earlier.state is StopState.STOPPED and await _is_over(gateway, claimed.record.job):
        return second_ending(stop, earlier)
    held = await ledger.hold(claimed)
    return second_ending(stop, held.record) if held is not None else None


async def _is_over(gateway: Gateway, job: int) -> bool:
    """Whether Adverity says that the job is over; False where it cannot be asked, as the attempt will show why."""
    try:
        return (await gateway.job(JobId(job), fresh=True)).value.is_over
    except AdverityError:
        return False

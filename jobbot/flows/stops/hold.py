"""From a permitted submission to the hold on its job: only a stop that is under way holds others back."""

from collections.abc import Awaitable, Callable

from jobbot.adverity.errors import AdverityError
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import JobId
from jobbot.flows.stops.outcome import Denied, Ending, second
from jobbot.render import stopping as words
from jobbot.render.blockkit.blocks import Message
from jobbot.store.stops.model import Claimed, Ledger, StopRecord, StopState

Permit = Callable[[], Awaitable[Denied | None]]
"""Decides from fresh facts whether who asked may stop jobs where they did. Raises nothing that is foreseen."""

Follow = Callable[[StopRecord, str | None, Message], Awaitable[None]]
"""Waits for the job of a stop whose outcome is not known. Its message: the ts, where it has one, and what it says.

Raises StoreUnavailable, and may be repeated."""


async def hold_job(claimed: Claimed, stop: words.Stop, gateway: Gateway, ledger: Ledger) -> Ending | None:
    """Take hold of the job; the ending where somebody else is stopping it, or has stopped it. May be repeated.

    The record does not outvote Adverity: what it holds of a stop that worked counts where Adverity says so too. Raises
    LostClaim, StoreUnavailable.
    """
    earlier = await ledger.earlier(claimed.record.instance, claimed.record.job)
    if earlier is not None and earlier.state is StopState.STOPPED and await _is_over(gateway, claimed.record.job):
        return second(stop, earlier)
    held = await ledger.hold(claimed)
    return second(stop, held.record) if held is not None else None


async def _is_over(gateway: Gateway, job: int) -> bool:
    """As far as Adverity says; where it does not, the attempt to stop it will say why."""
    try:
        return (await gateway.job(JobId(job), fresh=True)).value.is_over
    except AdverityError:
        return False

"""What did not come in time when a card was drawn: looked for again while the card is live.

Nobody waits for it. What is in the gateway's caches by now is used, and of what is missing one call is begun for each
of a few cards; it takes its turn like all others, and a later round has its answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobbot.adverity.around import NOTHING, Around
from jobbot.adverity.model import Datastream, Job, State
from jobbot.flows.following.card_row import Drawn
from jobbot.flows.following.poll_state import Missing, PollState
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import look_around
from jobbot.flows.jobs.names_of_datastreams import known_names
from jobbot.store.following.model import LiveCard

MOST = 3
"""Cards of a round for which a call may be begun: the newest, which people look at."""

_AGAIN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known by now around a job that is going on, and of its datastream."""

    around: Around = NOTHING
    stream: Datastream | None = None


async def look_again(
    instance: Instance, cards: Iterable[LiveCard], going: Mapping[int, Job], now: datetime
) -> Mapping[int, Facts]:
    """By job, for jobs that are ``going`` on and have a card that lacks something. Never raises, never waits."""
    newest = sorted((card for card in cards if card.job in going), key=lambda card: card.created_at, reverse=True)
    lacking: dict[int, frozenset[str]] = {}
    for card in newest:
        if (drawn := Drawn.load(card.drawn)) is not None:
            # What waits behind a job is in the round's own list.
            lacking[card.job] = lacking.get(card.job, frozenset()) | drawn.around.late - {"waiting"}
    found: dict[int, Facts] = {}
    for number, late in [(number, late) for number, late in lacking.items() if late][:MOST]:
        job = going[number]
        around = await look_around(replace(instance, patience=0.0), job, now, only=late)
        known = known_names(instance, [job]).datastreams
        found[number] = Facts(around, known.get(job.datastream.id) if job.datastream is not None else None)
    return found


def is_incomplete(job: Job | None, around: Around) -> bool:
    """Whether it did not come in time why an ended job failed, or what it brought."""
    if job is None or job.datastream is None:
        return False
    return (job.state is State.FAILED and around.issues is None) or (
        job.state is State.SUCCESS and around.brought is None
    )


def to_read_again(state: PollState, jobs: Iterable[int], now: datetime) -> PollState:
    """The state in which these ended jobs are read once more, soon."""
    again = {job: Missing(again_at=now + _AGAIN, alone=True) for job in jobs}
    return state.model_copy(update={"missing": {**state.missing, **again}}) if again else state

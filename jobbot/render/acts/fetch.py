"""The words of a fetch's one message: its phrases, and the endings that only a fetch has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.model import DatastreamId, Days, Job, JobId, Priority
from jobbot.intents.model import FetchAgain, ListJobs
from jobbot.render.acts.message import SAID_MOST, ActFacts, Phrases, RequestFate, compose_act, fate_in_words
from jobbot.render.acts.window import REASON_MOST
from jobbot.render.around import days_in_words
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Message
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.text import clock, cut, foreign, plural
from jobbot.render.jobs import state_in_words

JOBS_SHOWN = 5

_NOT_READ = "as Adverity's answer says; not read since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch(ActFacts):
    """A fetch: which days of which datastream. ``name`` is the datastream's, as it came.

    ``job`` is the one from whose card it was asked for, None where the days were typed.
    """

    name: str
    datastream: int
    days: Days
    priority: Priority | None = None
    job: int | None = None

    @property
    def phrases(self) -> Phrases:
        """See :class:`ActFacts`."""
        it = f"{called(self.name, self.datastream)}, {days_in_words(self.days, self.asked_at)}"
        return Phrases(
            doing=f"fetching {it} again",
            does="fetching these days",
            did="fetched these days",
            whether=f"whether {it} is being fetched again",
            undone=f"Not fetched again: {it}",
            noun=f"fetch of {it}",
            request="fetch",
            thing="the datastream's jobs",
            reading="Its new jobs are being looked for",
        )

    @property
    def wanted(self) -> str:
        """See :class:`ActFacts`: in which turn; its days are in its noun."""
        return "Fetched *when nothing else is running*" if self.priority is Priority.BACKDATA else ""

    def hint(self, said: str) -> str:
        """Adverity's own words say what is wrong with the days."""
        return ""

    def facts(self, *, is_open: bool, is_done: bool) -> list[str]:
        """How it is fetched where that is not as usual, and what it repeats."""
        return [
            f"datastream {self.datastream}",
            "when nothing else is running" if self.priority is Priority.BACKDATA else "",
            f"the days of job {self.job}" if self.job is not None else "",
        ]

    def pressed(self, *, again: bool, look: bool) -> list[Block]:
        """The datastream's jobs, and the fetch once more."""
        stream = DatastreamId(self.datastream)
        pressed = []
        if look:
            going = ListJobs(datastream=stream, instance=self.instance)
            pressed.append(buttons.go_on("Its jobs", going, label=f"Jobs of datastream {stream} that are going on"))
        if again:
            wish = FetchAgain(
                datastream=stream, days=self.days, instance=self.instance, reason=cut(self.reason, REASON_MOST)
            )
            pressed.append(buttons.act(wish))
        return pressed


def called(name: str, datastream: int) -> str:
    """What a datastream is called: its name, or its number."""
    return foreign(name, 60) if name else f"datastream {datastream}"


def started(act: ActFacts, jobs: Sequence[Job | JobId], now: datetime) -> Message:
    """Adverity has begun, with a fetch or a retry: the new jobs, read or by their numbers alone."""
    named = [_job(job) for job in jobs[:JOBS_SHOWN]]
    more = f"and {len(jobs) - JOBS_SHOWN} more" if len(jobs) > JOBS_SHOWN else ""
    it = act.phrases.doing
    return compose_act(
        act,
        f"{it[:1].upper()}{it[1:]}",
        ", ".join(one for one in (*named, more) if one) if len(jobs) != 1 else "",
        # Of one job the card will stand below, with its state as it changes.
        beside=plural(len(jobs), "new job") if len(jobs) != 1 else _number(jobs[0]),
        small=[f"confirmed {clock(now)}" if any(isinstance(job, Job) for job in jobs) else _NOT_READ],
        is_done=True,
        look=len(jobs) != 1,
    )


def _number(job: Job | JobId) -> str:
    return f"job {job.id if isinstance(job, Job) else job}"


def _job(job: Job | JobId) -> str:
    return f"job {job.id} ({state_in_words(job)})" if isinstance(job, Job) else f"job {job}"


def not_seen(fetch: Fetch, fate: RequestFate, as_of: datetime, *, is_read: bool = True, said: str = "") -> Message:
    """No new job of these days was seen within the bound: it may have begun all the same.

    ``is_read``: whether its jobs could be read since; ``said`` are Adverity's own words where it accepted it.
    """
    seen = "no new job of these days was seen" if is_read else "the datastream's jobs could not be read"
    return compose_act(
        fetch,
        f"Not known to have started: the {fetch.phrases.noun}",
        f"{fate_in_words(fate, fetch)}, and {seen} until {clock(as_of)}. It was not asked twice. Look at the "
        "datastream's jobs, then ask again yourself.",
        said=foreign(said, SAID_MOST),
        mark=Mark.UNKNOWN,
        is_open=True,
        again=True,
    )

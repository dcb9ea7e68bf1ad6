"""The words of the one message of a retry, and of an acknowledgement: their phrases, and the endings of their own."""

from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.model import DatastreamId, JobId
from jobbot.intents.model import Acknowledge, Issues, ListJobs, Retry
from jobbot.render.acts.message import SAID_MOST, ActFacts, Phrases, RequestFate, compose_act, fate_in_words
from jobbot.render.acts.window import REASON_MOST
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Message
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.text import clock, cut, foreign
from jobbot.render.jobs import titled


@dataclass(frozen=True, slots=True, kw_only=True)
class OfIssue(ActFacts):
    """What is done about the issue of a failed job. ``name`` is its datastream's, as it came."""

    name: str
    job: int
    datastream: int | None = None

    @property
    def it(self) -> str:
        """The job, in words."""
        return titled(self.job, self.name, self.datastream)

    def hint(self, said: str) -> str:
        """Adverity's own words say what is wrong."""
        return ""

    def facts(self, *, is_open: bool, is_done: bool) -> list[str]:
        """Its datastream, which the name in the head does not number."""
        return [f"datastream {self.datastream}"] if self.datastream is not None and self.name else []


@dataclass(frozen=True, slots=True, kw_only=True)
class RetriedJob(OfIssue):
    """A retry."""

    @property
    def phrases(self) -> Phrases:
        """See :class:`ActFacts`."""
        return Phrases(
            doing=f"retrying {self.it}",
            does=f"retrying job {self.job}",
            did=f"retried job {self.job}",
            whether=f"whether {self.it} was retried",
            undone=f"Not retried: {self.it}",
            noun=f"retry of {self.it}",
            request="retry",
            thing="the datastream's jobs",
            reading="Its new job is being looked for",
        )

    def pressed(self, *, again: bool, look: bool) -> list[Block]:
        """The datastream's jobs, and the retry once more."""
        pressed = []
        if look and self.datastream is not None:
            stream = DatastreamId(self.datastream)
            going = ListJobs(datastream=stream, instance=self.instance)
            pressed.append(buttons.go_on("Its jobs", going, label=f"Jobs of datastream {stream} that are going on"))
        if again:
            wish = Retry(job=JobId(self.job), instance=self.instance, reason=cut(self.reason, REASON_MOST))
            pressed.append(buttons.act(wish))
        return pressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement(OfIssue):
    """An acknowledgement, of the issue alone."""

    @property
    def phrases(self) -> Phrases:
        """See :class:`ActFacts`."""
        return Phrases(
            doing=f"acknowledging the issue of {self.it}",
            does=f"acknowledging the issue of job {self.job}",
            did=f"acknowledged the issue of job {self.job}",
            whether=f"whether the issue of {self.it} was acknowledged",
            undone=f"Not acknowledged: the issue of {self.it}",
            noun=f"acknowledgement of the issue of {self.it}",
            request="acknowledgement",
            thing="the datastream's issues",
            reading="Its open issues are being read",
        )

    def pressed(self, *, again: bool, look: bool) -> list[Block]:
        """The datastream's issues, and the acknowledgement once more."""
        pressed = []
        if look and self.datastream is not None:
            left = Issues(datastream=DatastreamId(self.datastream), instance=self.instance)
            pressed.append(buttons.go_on("Its issues", left, label=f"Open issues of datastream {self.datastream}"))
        if again:
            wish = Acknowledge(job=JobId(self.job), instance=self.instance, reason=cut(self.reason, REASON_MOST))
            pressed.append(buttons.act(wish))
        return pressed


def no_job_yet(act: OfIssue, now: datetime) -> Message:
    """Adverity has closed the issue of what is retried, and its new job was not seen within the bound."""
    return compose_act(
        act,
        f"Retrying {act.it}",
        f"Adverity has closed its issue; a new job was not seen until {clock(now)}.",
        mark=Mark.SCHEDULED,
        small=[f"confirmed {clock(now)}"],
        is_done=True,
    )


def acknowledged(act: OfIssue, now: datetime) -> Message:
    """The issue is not open any more."""
    return compose_act(
        act,
        f"Acknowledged: the issue of {act.it}",
        "Nothing was fetched.",
        small=[f"confirmed {clock(now)}: it is not open any more"],
        is_done=True,
    )


def moot(act: OfIssue, *, is_open: bool) -> Message:
    """There was nothing to do any more right before sending; ``is_open``: the issue is, but Adverity offers no link."""
    why = (
        f"Adverity does not offer {_this(act)} for its issue any more."
        if is_open
        else "Its issue is not open any more: it was acknowledged or retried meanwhile, or a later job succeeded."
    )
    return compose_act(act, act.phrases.undone, f"{why} No request was sent.")


def not_seen(
    act: OfIssue,
    fate: RequestFate,
    as_of: datetime,
    *,
    is_gone: bool = False,
    is_read: bool = True,
    said: str = "",
) -> Message:
    """Nothing of it was seen within the bound: it may have been done all the same.

    ``is_gone``: the issue of what is retried is closed, which others may have done, and no new job was seen;
    ``is_read``: whether that could be read since; ``said`` are Adverity's own words where it accepted it.
    """
    is_retry = isinstance(act, RetriedJob)
    seen = "its issue was not seen to be closed" if is_read else f"{act.phrases.thing} could not be read"
    seen = "its issue is closed, but no new job was seen" if is_gone else seen
    done = f"retried: {act.it}" if is_retry else f"acknowledged: the issue of {act.it}"
    return compose_act(
        act,
        f"Not known to have been {done}",
        f"{fate_in_words(fate, act)}; {seen} until {clock(as_of)}. It was not asked twice. Look at "
        f"{act.phrases.thing}, then ask again yourself.",
        said=foreign(said, SAID_MOST),
        mark=Mark.UNKNOWN,
        is_open=True,
        again=True,
    )


def _this(act: OfIssue) -> str:
    return "a retry" if isinstance(act, RetriedJob) else "an acknowledgement"

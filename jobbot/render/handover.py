"""Renders what whoever takes over must know, as one short message: a few of each, with a button, and how many more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from jobbot.access.policy import Need
from jobbot.adverity.around import NOTHING
from jobbot.adverity.model import DatastreamId, Job, JobId, State
from jobbot.adverity.streak import Streak
from jobbot.adverity.usual_duration import FAR_AT_LEAST, Usual
from jobbot.intents.button import encode
from jobbot.intents.model import Alerts, AlertsDo, Handover, History, Last, ListJobs, Paused, Watches
from jobbot.render.acts.fetch import called
from jobbot.render.alert_settings import AlertSettings, alert_in_words, snoozes_in_words
from jobbot.render.around import is_far, streak_in_words
from jobbot.render.asked import Asker, by, place_in_words
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Block, Message
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.parts import Part
from jobbot.render.blockkit.text import clock, literal, moment
from jobbot.render.earlier_stops import DoneAbout, about_in_a_row
from jobbot.render.frozen import Frozen, frozen_part
from jobbot.render.history import PastAct, act_row
from jobbot.render.jobs import Names, issue_in_words, name_in_words
from jobbot.render.listing import Listing, job_row
from jobbot.render.outages import CurrentOutage, in_a_list
from jobbot.render.paused import PausedList, paused_row
from jobbot.render.refusals import untold_workspaces
from jobbot.render.watching import Waiting, watch_row

SHOWN = 3
"""So many of each: more would be no hand-over, and more than Slack takes in one message."""

PEOPLE = 2
"""So many of those who are on a failure are named; of more the first."""

NAMED = 350
"""Characters of a line that names the others."""

DAY = timedelta(hours=24)
"""For so long failures and acts that nobody has confirmed are looked back at."""


@dataclass(frozen=True, slots=True)
class Failing:
    """A datastream whose newest run failed: that run, how many in a row, and when the oldest of them ended.

    ``is_first``: that was the first; otherwise it has failed for at least as long. ``on_it`` are those who said so in
    the channel's alert of it, ``done`` is what somebody did about that run.
    """

    job: Job
    streak: Streak
    since: datetime | None
    is_first: bool = True
    on_it: Sequence[str] = ()
    done: DoneAbout | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverFacts:
    """All that is told. ``going`` is the list of what is going on, the unusual first, None with ``trouble`` (a
    sentence) where Adverity could not be asked. ``names`` are those of the failing; ``all_ended``: all that ended in
    that time was read. ``unknown`` are the newest acts of which nobody knows the outcome, of ``unknowns`` in all.
    ``workspaces`` and ``whole`` as for Listing.
    """

    instance: str
    as_of: datetime
    names: Names
    paused: PausedList
    going: Listing | None = None
    trouble: str = ""
    failing: Sequence[Failing] = ()
    all_ended: bool = True
    frozen: Frozen | None = None
    alerts: Sequence[AlertSettings] = ()
    outages: Sequence[CurrentOutage] = ()
    waiting: Sequence[Waiting] = ()
    unknown: Sequence[PastAct] = ()
    unknowns: int = 0
    workspaces: tuple[str, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Section:
    """One matter: its first rows, how many there are in all (or at least), and the button that shows all of them.

    ``rest`` names those without a row, as far as they are known.
    """

    title: str
    rows: Sequence[Part]
    count: int
    more: Block
    at_least: bool = False
    rest: Sequence[str] = ()

    @property
    def parts(self) -> Iterator[Part]:
        """Its heading, with the button where not all are shown, and its rows."""
        left = self.count - len(self.rows)
        count = f"{'at least ' if self.at_least else ''}{self.count}"
        heading = f"*{self.title}*" + (f" · {len(self.rows)} of {count} shown" if left else "")
        yield parts.text(heading, self.more if left else None)
        yield from self.rows
        if self.rest:
            lengths = list(accumulate(len(one) for one in self.rest))
            named = self.rest[: max(1, sum(length <= NAMED for length in lengths))]
            more = [f"{len(self.rest) - len(named):,} more"] if len(self.rest) > len(named) else []
            yield parts.small(f"not shown: {', '.join([*named, *more])}")


def render_handover(
    facts: HandoverFacts, *, now: datetime, asker: Asker, offers: frozenset[Need], offer_share: bool
) -> Message:
    """The message. ``offers``: what it may have buttons for in this channel."""
    sections = [one for one in _sections(facts, now, offers) if one.rows]
    is_quiet = not (sections or facts.frozen or facts.outages or facts.trouble)
    wish = Handover(instance=facts.instance)
    share = [buttons.share(encode(wish))] if offer_share else []
    going = ListJobs(instance=facts.instance)
    return parts.compose(
        [
            parts.title("Nothing to hand over" if is_quiet else "Hand-over"),
            parts.small(place_in_words(facts.instance, facts.workspaces), f"as of {clock(facts.as_of)}", by(asker)),
            frozen_part(facts.frozen, unfreeze=Need.STOP in offers),
            *(parts.text(f"{Mark.UNUSUAL.code} {in_a_list(one)}") for one in facts.outages[:1]),
            parts.text(_going_on(facts, now), buttons.go_on("All jobs", going, label="Running and scheduled jobs")),
            *(part for one in sections for part in one.parts),
            parts.small("" if facts.all_ended else "More has ended than a list holds: what fails may be missing here."),
            parts.small("" if facts.whole else untold_workspaces()),
            parts.controls([buttons.refresh_list(wish), *share]),
        ]
    )


def _going_on(facts: HandoverFacts, now: datetime) -> str:
    """How much is going on; what is unusual has rows of its own."""
    listing = facts.going
    if listing is None:
        return f"*What is going on, and what failed, is not known.* {facts.trouble}"
    counts = [(listing.counts.get(state, 0), state.value.lower()) for state in (State.RUNNING, State.SCHEDULED)]
    going = ", ".join(f"{count:,} {state}" for count, state in counts if count) or "nothing"
    at_least = "" if listing.complete else "at least "
    usual = _none_unusual(listing, now) if listing.total and not _unusual(listing, now) else ""
    return f"*Going on:* {at_least}{going}{usual}"


def _none_unusual(listing: Listing, now: datetime) -> str:
    """Of a job that could be far longer than usual it takes past runs to know that it is not."""
    long = [one for one in listing.jobs if one.state is State.RUNNING and one.start and now - one.start >= FAR_AT_LEAST]
    is_known = all(isinstance(listing.around.get(one.id, NOTHING).usual, Usual) for one in long)
    return f", none of it {'' if is_known else 'known to be '}unusual"


def _unusual(listing: Listing, now: datetime) -> list[Job]:
    return [job for job in listing.jobs if is_far(job, listing.around.get(job.id, NOTHING), now)]


def _sections(facts: HandoverFacts, now: datetime, offers: frozenset[Need]) -> Iterator[_Section]:
    name, listing = facts.instance, facts.going
    if listing is not None:
        unusual = _unusual(listing, now)
        far = ListJobs(longer="usual", states=frozenset({State.RUNNING}), instance=name)
        rows = [parts.text(job_row(job, listing, now), buttons.show(job.id, name)) for job in unusual[:SHOWN]]
        rest = [_named(job, listing.names) for job in unusual[SHOWN:]]
        yield _Section("Far longer than usual", rows, len(unusual), buttons.go_on("All of these", far), rest=rest)
    failed = ListJobs(states=frozenset({State.FAILED}), range=Last(DAY), instance=name)
    rows = [parts.text(_failing(one, facts.names), buttons.show(one.job.id, name)) for one in facts.failing[:SHOWN]]
    rest = [_named(one.job, facts.names) for one in facts.failing[SHOWN:]]
    yield _Section("Failing", rows, len(facts.failing), buttons.go_on("Failed last 24 h", failed), rest=rest)
    paused = facts.paused.schedules
    rows = [paused_row(one, name, now, offers=Need.PAUSE in offers) for one in paused[:SHOWN]]
    all_paused = buttons.go_on("All paused", Paused(instance=name))
    rest = [called(one.name, one.datastream) for one in paused[SHOWN:]]
    yield _Section("Paused", rows, len(paused), all_paused, at_least=facts.paused.more, rest=rest)
    yield _snoozed(facts.alerts, name, now)
    rows = [parts.text(watch_row(one), buttons.show(JobId(one.job), name)) for one in facts.waiting[:SHOWN]]
    rest = [f"job {one.job}" for one in facts.waiting[SHOWN:]]
    watches = buttons.go_on("All watches", Watches(instance=name))
    yield _Section("Watched", rows, len(facts.waiting), watches, rest=rest)
    rows = [parts.text(act_row(one), _about(one, name)) for one in facts.unknown[:SHOWN]]
    record = buttons.go_on("History", History(range=Last(DAY), instance=name))
    yield _Section("Not confirmed", rows, facts.unknowns, record)


def _named(job: Job, names: Names) -> str:
    return f"{literal(name_in_words(job, names))} (job {job.id})"


def _failing(one: Failing, names: Names) -> str:
    """A datastream's newest failed run."""
    job, stream = one.job, one.job.datastream
    least = "" if one.is_first else "at least "
    since = f"failing since {least}{moment(one.since)}" if one.since is not None else "failing"
    people = [f"<@{user}>" for user in one.on_it[: 1 if len(one.on_it) > PEOPLE else PEOPLE]]
    people += [f"{len(one.on_it) - 1} more"] if len(one.on_it) > PEOPLE else []
    on_it = f"{' and '.join(people)} {'is' if len(people) == 1 else 'are'} on it" if people else ""
    about = about_in_a_row(one.done) if one.done is not None else ""
    return parts.row_in_words(
        literal(name_in_words(job, names)),
        [since, streak_in_words(one.streak), *(f"*{words}*" for words in (on_it, about) if words)],
        [f"job {job.id}", f"datastream {stream.id}" if stream is not None else ""],
        mark=Mark.FAILED,
        said=[issue_in_words(issue, 60) for issue in job.issues[:1]],
    )


def _about(act: PastAct, instance: str) -> Block | None:
    """What shows whether an act was done: the job, or the schedule or the jobs of the datastream."""
    if act.job is not None:
        return buttons.show(JobId(act.job), instance)
    if act.datastream is None:
        return None
    switches = act.kind in ("pause", "resume")
    states = frozenset({State.SCHEDULED}) if switches else frozenset[State]()
    jobs = ListJobs(states=states, datastream=DatastreamId(act.datastream), instance=instance)
    what = "schedule" if switches else "jobs"
    return buttons.go_on(f"Its {what}", jobs, label=f"The {what} of datastream {act.datastream}")


def _snoozed(alerts: Sequence[AlertSettings], instance: str, now: datetime) -> _Section:
    """What the channel's alerts are silent about, with one button that shows the alerts."""
    whole = [one for one in alerts if one.is_snoozed(now)]
    lines = [*(alert_in_words(one, now) for one in whole), *snoozes_in_words(alerts, now)]
    show = buttons.go_on("Alerts", Alerts(does=AlertsDo.SHOW, instance=instance))
    beside = show if len(lines) <= SHOWN else None  # otherwise it is beside the heading
    rows = [parts.text(line, None if number else beside) for number, line in enumerate(lines[:SHOWN])]
    return _Section("Snoozed", rows, len(lines), show)

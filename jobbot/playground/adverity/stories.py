"""A story for the demo: acme's instance on a bad morning. The same seed tells the same story, relative to now.

Twelve days of jobs over a dozen datastreams in three workspaces; several failed last night, one of them for the third
time; one succeeded and brought nothing. One fetch of 90 days, which somebody starts by hand every second day and which
takes 20 minutes, has been running for hours with its datastream's next fetches waiting behind it. More jobs come up as
time passes, each datastream's next scheduled fetch among them.
"""

import random
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from jobbot.playground.adverity.instance import Instance
from jobbot.playground.adverity.jobs import Job, Schedule
from jobbot.playground.adverity.timeline import CANCELLED, DISCARDED, FAILED, SUCCESS, Climb, Issue, Plan

_RUNAWAY_NUMBER = 48_319
"""The number that the documentation's examples have, whatever comes before it."""


@dataclass(frozen=True, slots=True)
class _Stream:
    """A datastream, how long its fetches take, how many hours lie between them, and how many days they are of."""

    id: int
    name: str
    minutes: float
    every: int
    stack: str = "acme"
    days: int = 7


_STACKS = {"acme": (4, None), "acme CRM": (5, 4), "acme Retail": (6, None)}
"""The workspaces: their numbers, and the one that each lies in."""

_STREAMS = (
    _Stream(42, "Facebook Ads EU", 9, 12),
    _Stream(43, "Google Ads US", 6, 12),
    _Stream(44, "TikTok Ads DACH", 4, 12),
    _Stream(51, "Salesforce Opportunities", 14, 12, "acme CRM"),
    _Stream(52, "Google Analytics 4 - acme.example", 11, 12),
    _Stream(57, "LinkedIn Campaign Manager", 3, 12),
    _Stream(58, "The Trade Desk", 18, 24),
    _Stream(63, "Amazon Advertising UK", 7, 12),
    _Stream(64, "Brand <b>Lift</b> & Survey <!channel>", 2, 24),
    _Stream(70, "Microsoft Advertising", 5, 24),
    _Stream(71, "Weekly store sales (SFTP)", 1.5, 24, "acme Retail"),
    _Stream(77, "Snapchat Ads MENA", 4, 24),
)

_BY_HAND, _RAN = timedelta(days=2), timedelta(hours=5, minutes=21)
"""How often the runaway's like is started by hand, and for how long it has been running."""

_RUNAWAY, _LOADING, _NEARLY_DONE, _ABOUT_TO_FAIL = 58, 51, 57, 71
_TOM = "tom.keller@acme.example"
_OFTEN_FAILED, _EMPTY, _BY_HAND_ONLY, _PAUSED = 43, 70, 64, 77

_LAST_NIGHT = {
    42: Issue(
        "(#17) User request limit reached: gave up after 5 attempts, 3 of 14 days were fetched.",
        "API limit",
        cause="Quota exceeded",
        remedy="Fetch fewer days at once, or wait for the source's next hour",
    ),
    43: Issue(
        "AuthenticationError.OAUTH_TOKEN_REVOKED: the authorization <b>Google Ads US</b> was revoked.",
        "Authorization",
        "/acme/authorizations/17/",
        cause="Authorization invalid",
        remedy="Authorize again",
    ),
    44: Issue(
        "504 Gateway Time-out from the reporting API after 3 attempts; no data was fetched.",
        "Connection",
        cause="Source unavailable",
        remedy="Fetch again later",
    ),
    52: Issue(
        "Transformation 'Add ISO week' failed in line 12: no column 'campaign_start'.",
        "Transformation",
        stage="Transform",
        cause="Column missing",
        remedy="Correct the script",
    ),
    63: Issue(
        "Load into 'acme_dwh' failed: numeric value 'N/A' is not recognised, column SPEND, row 18,204.",
        "Load",
        stage="Load",
        cause="Data type mismatch",
        remedy="Map the column as text",
    ),
}
_NO_FILE = Issue(
    "No file in /outgoing matches 'store_sales_*.csv'.",
    "Connection",
    "/acme-retail/weekly-store-sales-sftp-71/",
    cause="File not found",
    remedy="Put the file there, and fetch again",
)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A job that has no number yet."""

    stream: int
    plan: Plan
    by: str | None = None
    follows: "_Draft | None" = None
    days: int | None = None
    extracts: tuple[int, ...] | None = None
    queues: bool = False

    def range(self) -> tuple[date, date]:
        """The days that it fetches: those before it was made, as many as are usual unless it is said."""
        usual = next(one.days for one in _STREAMS if one.id == self.stream)
        last = self.plan.created.date() - timedelta(days=1)
        return last - timedelta(days=(self.days or usual) - 1), last


def tell_incident(instance: Instance, *, seed: int = 7, at: datetime | None = None) -> int:
    """Put the story into the instance, from twelve days before ``at`` (its now) to six hours after.

    Answers the number of the job that never ends.
    """
    chance = random.Random(f"acme {seed}")  # noqa: S311 - a story, the same every time
    now = at or instance.now()
    for name, (number, parent) in _STACKS.items():
        instance.has_workspace(number, name, parent_id=parent)
    for place, stream in enumerate(_STREAMS):
        instance.has_datastream(
            stream.id,
            stream.name,
            stack=stream.stack,
            stack_id=_STACKS[stream.stack][0],
            schedule=None if stream.id == _BY_HAND_ONLY else _schedule(stream, place, now),
        )
    drafts = [*_until_today(chance, now), *_last_night(chance, now), *_this_morning(now), *_coming_up(chance, now)]
    drafts += _by_schedule(instance)
    drafts.sort(key=lambda draft: draft.plan.created)
    runaway = next(place for place, draft in enumerate(drafts) if draft.follows is None and _never_ends(draft.plan))
    numbers = {id(draft): _RUNAWAY_NUMBER + 3 * (place - runaway) for place, draft in enumerate(drafts)}
    for draft in drafts:
        follows = None if draft.follows is None else numbers[id(draft.follows)]
        instance.put(
            Job(
                id=numbers[id(draft)],
                datastream=draft.stream,
                plan=draft.plan,
                manual=draft.by is not None,
                by=draft.by,
                follows=follows,
                queues=draft.queues,
                days=draft.range(),
                extracts=draft.extracts,
            )
        )
    instance.switch(_PAUSED, enabled=False)
    return next(numbers[id(draft)] for draft in drafts if draft.plan.starts is not None and draft.plan.fetches is None)


def _never_ends(plan: Plan) -> bool:
    return plan.starts is not None and plan.fetches is None


def _schedule(stream: _Stream, place: int, now: datetime) -> Schedule:
    """At a quarter of an hour; that of the runaway comes soon."""
    quarter = timedelta(minutes=15)
    soon = now.replace(minute=0, second=0, microsecond=0) + (now.minute // 15 + 1) * quarter
    return Schedule(
        soon if stream.id == _RUNAWAY else soon + (4 + 3 * place) * quarter, timedelta(hours=stream.every), stream.days
    )


def _plan(
    starts: datetime, minutes: float, ends_as: str = SUCCESS, *, last: int = 100, issues: tuple[Issue, ...] = ()
) -> Plan:
    """Created a minute before it starts; a quarter of its time goes into transform and load."""
    total = timedelta(minutes=minutes)
    return Plan(
        created=starts - timedelta(minutes=1),
        starts=starts,
        fetches=total * 0.75,
        transforms=total * 0.1,
        loads=total * 0.15,
        ends_as=ends_as,
        climb=Climb(last=last),
        issues=issues,
    )


def _until_today(chance: random.Random, now: datetime) -> list[_Draft]:
    """What went as it should, what brought nothing, and the few that failed or that somebody cancelled."""
    drafts = []
    for place, stream in enumerate(_STREAMS):
        for back, hours in enumerate(range(11 + place % 3, 12 * 24, stream.every)):
            starts = now - timedelta(hours=hours, minutes=chance.uniform(0, 25))
            minutes = stream.minutes * chance.uniform(0.8, 1.4)
            if stream.id == _OFTEN_FAILED and back < 2:
                issue = _LAST_NIGHT[stream.id]
                drafts.append(_Draft(stream.id, _plan(starts, minutes, FAILED, last=4, issues=(issue,))))
            else:
                nothing = (0,) if stream.id == _EMPTY and back == 0 else None
                drafts.append(_Draft(stream.id, _plan(starts, minutes), extracts=nothing))
    by_hand = now - timedelta(hours=20, minutes=11)
    drafts.append(_Draft(77, _plan(by_hand, 2.5, CANCELLED, last=31), by="mia.okafor@acme.example"))
    drafts.append(_Draft(70, _plan(by_hand + timedelta(minutes=40), 5), by="mia.okafor@acme.example"))
    for before in range(1, 7):
        starts = now - _RAN - before * _BY_HAND + timedelta(minutes=chance.uniform(-20, 20))
        drafts.append(_Draft(_RUNAWAY, _plan(starts, chance.uniform(18, 24)), by=_TOM, days=90))
    return drafts


def _last_night(chance: random.Random, now: datetime) -> list[_Draft]:
    """The failures, and the jobs that were waiting behind two of them."""
    drafts = []
    for place, (stream, issue) in enumerate(_LAST_NIGHT.items()):
        starts = now - timedelta(hours=5, minutes=-23 * place + chance.uniform(0, 9))
        reached = chance.randint(8, 90)
        failed = _Draft(stream, _plan(starts, chance.uniform(2, 12), FAILED, last=reached, issues=(issue,)))
        drafts.append(failed)
        if stream in {42, 43}:
            drafts.append(_Draft(stream, Plan(created=starts + timedelta(seconds=30)), follows=failed))
    lost = Plan(
        created=now - timedelta(hours=7),
        starts=now - timedelta(hours=7),
        fetches=timedelta(minutes=4),
        ends_as=DISCARDED,
        climb=Climb(last=12),
    )
    return [*drafts, _Draft(64, lost, by=_TOM)]


def _this_morning(now: datetime) -> list[_Draft]:
    """What runs and waits now: among it the runaway, with two fetches behind it."""
    started = now - _RAN
    runaway = _Draft(
        _RUNAWAY,
        Plan(created=started, starts=started, climb=Climb(first=2, per_hour=1.6)),
        by=_TOM,
        days=90,
    )
    behind = [
        _Draft(
            _RUNAWAY,
            Plan(created=now - ago, fetches=timedelta(minutes=14), loads=timedelta(minutes=4)),
            follows=runaway,
        )
        for ago in (timedelta(hours=3), timedelta(minutes=35))
    ]
    going = [
        _Draft(42, _plan(now - timedelta(minutes=2), 9)),
        _Draft(_LOADING, _plan(now - timedelta(minutes=13), 16)),
        _Draft(_NEARLY_DONE, _plan(now - timedelta(minutes=2), 3.5)),
        _Draft(_ABOUT_TO_FAIL, _plan(now - timedelta(seconds=30), 3, FAILED, last=35, issues=(_NO_FILE,))),
    ]
    soon = [
        _Draft(44, _plan(now + timedelta(seconds=40), 4)),
        _Draft(63, _plan(now + timedelta(seconds=55), 7)),
    ]
    return [runaway, *behind, *going, *soon]


def _by_schedule(instance: Instance) -> list[_Draft]:
    """The next fetch of each datastream, when its schedule says; behind what the datastream has going on by then."""
    drafts = []
    for stream in _STREAMS:
        if (schedule := instance.datastreams[stream.id].schedule) is not None:
            plan = replace(_plan(schedule.first, stream.minutes), created=schedule.first)
            drafts.append(_Draft(stream.id, plan, queues=True))
    return drafts


def _coming_up(chance: random.Random, now: datetime) -> list[_Draft]:
    """What is scheduled in the next six hours, a job every ten minutes or so."""
    streams = [stream for stream in _STREAMS if stream.id != _RUNAWAY]
    return [
        _Draft(stream.id, _plan(now + timedelta(minutes=10 * place + chance.uniform(0, 6)), stream.minutes))
        for place in range(1, 36)
        for stream in (streams[place * 4 % len(streams)],)
    ]

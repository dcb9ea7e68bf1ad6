"""The kinds of acts: how each is asked for, where a process dies in one, and what is true of it in the end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from jobbot.playground.adverity import Issue
from jobbot.render.blockkit.blocks import load_message
from jobbot.store.acts.model import NOT_BEGUN, ActRecord, ActState, Kind
from tests.system.crash.crowd import part_is_true, posted_twice, tells_each
from tests.system.crash.world import World

STEPS = [
    f"kill:{when}:{method}"
    for method in ("submit", "hold", "posting", "announced", "sending", "answered", "close", "told")
    for when in ("before", "after")
]
WIRE = ["lost on its way", "done, no answer"]
POINTS = STEPS + WIRE
DATABASES = ["sqlite", "postgresql"]


def new_jobs(it: World) -> list[int]:
    """The jobs that an act has started."""
    return [one.job.id for one in it.adverity.sights() if one.job.manual]


@dataclass(frozen=True)
class Way:
    """How one kind is asked for: ``words`` are what Ana types, ``submit`` is the button of the window that asks.

    ``write`` is the request that Adverity gets, as its log counts writes; ``has_come`` whether it has done it.
    """

    kind: Kind
    words: str
    submit: str
    write: str
    has_come: Callable[[World], bool]


TOGETHER = [987, 988]
"""The jobs that are stopped as one act; the first of them alone by a stop."""

STREAM = "/api/datastreams/42/"
STOP = Way(
    Kind.STOP, "stop 987", "Stop job 987", "POST /api/jobs/", lambda it: it.adverity.job(987).state == "Cancelled"
)
WAYS = [
    Way(
        Kind.FETCH,
        "fetch datastream 42 2022-10-01..2022-10-27 gap",
        "Fetch again",
        f"POST {STREAM}fetch_fixed/",
        lambda it: bool(new_jobs(it)),
    ),
    Way(Kind.RETRY, "retry 987 gap", "Retry", "POST /api/errors/", lambda it: bool(new_jobs(it))),
    Way(
        Kind.ACKNOWLEDGE,
        "acknowledge 987 known",
        "Acknowledge",
        "POST /api/errors/",
        lambda it: not it.adverity.open_issues(),
    ),
    Way(
        Kind.PAUSE,
        "pause datastream 42 runaway",
        "Pause schedule",
        f"PATCH {STREAM}",
        lambda it: not it.adverity.datastreams[42].enabled,
    ),
    Way(
        Kind.RESUME,
        "resume datastream 42",
        "Resume schedule",
        f"PATCH {STREAM}",
        lambda it: it.adverity.datastreams[42].enabled,
    ),
    Way(
        Kind.STOP_SEVERAL,
        "stop all",
        "Stop these jobs",
        "POST /api/jobs/",
        lambda it: any(it.adverity.job(job).state == "Cancelled" for job in TOGETHER),
    ),
]


def prepare(it: World, way: Way) -> None:
    """What the act is about."""
    it.adverity.has_datastream(42, "Facebook Ads EU", enabled=way.kind is not Kind.RESUME)
    if way.kind in (Kind.RETRY, Kind.ACKNOWLEDGE):
        it.adverity.has_job(987, state="Failed", issues=[Issue("The token was revoked.")])
    if way.kind in (Kind.STOP, Kind.STOP_SEVERAL):
        for job in TOGETHER:
            it.adverity.has_job(job).stop_takes(timedelta(seconds=0.2))


def sent(it: World, way: Way) -> int:
    """How many requests of it came to Adverity."""
    return sum(count for write, count in it.adverity.writes.items() if write.startswith(way.write))


def sent_twice(it: World, way: Way) -> int:
    """How many requests of it too many; each job of a stop of several has one of its own."""
    return posted_twice(it) if way.kind is Kind.STOP_SEVERAL else max(0, sent(it, way) - 1)


def kills_of(ways: list[Way], points: list[str], count: int) -> list[tuple[int, Way, str, str]]:
    """The kinds one after the other, and the points evenly from first to last over all of them, with databases.

    The number that comes first is for what else varies: it goes through all remainders for each kind.
    """
    planned = []
    for number in range(count):
        turn = number + number // len(ways)
        way, point = ways[number % len(ways)], points[(2 * number + 1) * len(points) // (2 * count)]
        planned.append((turn, way, point, DATABASES[turn % len(DATABASES)]))
    return planned


async def is_told(it: World) -> list[ActRecord]:
    """The rows, once each act is closed and told; a part of one is told with it."""
    rows = await it.rows()
    return rows if all(row.told_at is not None for row in rows if row.part_of is None) else []


def is_true(it: World, rows: list[ActRecord], way: Way) -> None:
    """The record, the message and Adverity say the same."""
    if way.kind is Kind.STOP_SEVERAL:
        several_are_true(it, rows)
        return
    (row,) = rows
    assert row.kind is way.kind
    assert row.message is not None
    told = load_message(row.message).text
    if row.state in NOT_BEGUN:
        assert sent(it, way) == 0
        assert told in [message.text for message in it.inc.whispers(it.slack.world.people[row.user_id])]
        return
    said = it.inc.find(row.message_ts or "")
    assert said is not None
    assert said.text.startswith(told.split("\n")[0]), (told, said.text)
    has_come = way.has_come(it)
    assert has_come == (row.state is ActState.DONE), f"{row.state}, and Adverity says {has_come}"
    assert sent(it, way) == has_come or row.sent_at is not None
    ends = {ActState.DONE, ActState.REFUSED if row.sent_at is None else ActState.UNKNOWN}
    if it.is_frozen and not sent(it, way):
        # Held back right before its request leaves, it is recorded as sent already; who dies there does not know.
        ends.add(ActState.REFUSED)
    assert row.state in ends, row
    assert row.started == ",".join(map(str, new_jobs(it)))


def several_are_true(it: World, rows: list[ActRecord]) -> None:
    """The whole and its parts, the message and Adverity say the same."""
    (whole,) = [row for row in rows if row.part_of is None]
    stops = [row for row in rows if row.part_of == whole.id]
    assert sorted(row.job or 0 for row in stops) == TOGETHER
    if whole.state in NOT_BEGUN:
        assert it.posts() == 0
        assert all(row.state in NOT_BEGUN for row in stops), stops
        return
    for row in stops:
        if it.is_frozen and row.state in (ActState.REFUSED, *NOT_BEGUN):
            assert it.adverity.count("POST", f"/jobs/{row.job}/stop/") == 0, row
        else:
            part_is_true(it, row)
    if whole.state is ActState.REFUSED:
        assert it.posts() == 0
        return
    told = it.inc.find(whole.message_ts or "")
    assert told is not None
    tells_each(told, stops)

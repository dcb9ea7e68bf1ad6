"""What a channel may read of what happened: its instance, its workspaces, acts from anywhere there; with links."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import update

from jobbot.access.workspaces import Reach
from jobbot.adverity.model import DatastreamId, JobId
from jobbot.flows import timeline
from jobbot.flows.acts.history import CannotRead, past_act
from jobbot.flows.acts.kinds.schedule_plan import PauseDetails
from jobbot.flows.frozen import Audience
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.scope import EVERYTHING, Scope
from jobbot.flows.timeline import TimelineFlow
from jobbot.flows.timeline_record import TimelineRecord
from jobbot.intents.model import Since, Timeline
from jobbot.render.timeline.model import TimelinePage
from jobbot.store.acts.history import ActHistory, ActQuery
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.acts.model import ActRequest, ActState, Claimed, Kind
from jobbot.store.acts.review_history import ReviewHistory
from jobbot.store.acts.review_request import ReviewRequest, ReviewState
from jobbot.store.acts.reviews import ReviewStore
from jobbot.store.database.engine import Database, StoreUnavailable, make_engine
from jobbot.store.database.tables import review_requests
from jobbot.store.events import Event, EventHistory, Seen, keep_events
from jobbot.store.freezes import Freeze, Freezes
from tests.support.databases import sqlite_url
from tests.unit.flows.world import Named
from tests.unit.store.world import START, Clock, begin, ledgers, plan, wish

MINUTE = timedelta(minutes=1)


@dataclass
class Kept:
    """The record, the use case on it, and what it asked Slack for."""

    ledger: SqlLedger
    database: Database
    clock: Clock
    asked: list[tuple[str, str]] = field(default_factory=list)
    is_shared: bool = False

    def __post_init__(self) -> None:
        history, events = ActHistory(self.database), EventHistory(self.database)
        freezes, reviews = Freezes(self.database, self.clock), ReviewHistory(self.database)
        self.reviews = ReviewStore(self.database, self.clock)
        record = TimelineRecord(history, events, freezes, reviews)
        self.flow = TimelineFlow(record, self.links, self.names, self.clock, audience=self.audience)

    async def audience(self, channel_id: str | None) -> Audience:
        return Audience(self.is_shared, is_bound=False)

    async def links(self, messages: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        self.asked += messages
        return {one: f"https://acme.slack.com/{one[1]}" for one in messages}

    async def names(self, users: Collection[str]) -> Mapping[str, str]:
        return dict.fromkeys(users, "Ana")

    async def acted(self, job: int, *, minutes: float = 0, **changes: object) -> None:
        at = START + minutes * MINUTE
        claimed = await begin(self.ledger, wish(job=job, requested_at=at, **changes))
        assert isinstance(claimed, Claimed)
        await self.ledger.announced(claimed.claim, f"{job}.1")
        await self.ledger.close(claimed.claim, ActState.REFUSED, at, "not sent", "{}")

    async def requests(self, number: int) -> str:
        """Somebody asks for an act: the request's id."""
        asked = {one.name: getattr(wish(), one.name) for one in fields(ActRequest)}
        given = asked | {"id": f"{number}" * 32, "request_key": str(number), "subject": f"job {number}", "shown": ""}
        now = self.clock.now
        request = ReviewRequest(**(given | {"requested_at": now, "expires_at": now + 10 * MINUTE}))
        assert await self.reviews.ask(request, lambda _: "{}") == request
        return request.id

    async def saw(self, job: int | None, what: str = "Failed", *, minutes: float = 0, **more: object) -> None:
        given: dict[str, object] = {"key": f"{what}:{job}", "instance": "acme", "at": START + minutes * MINUTE}
        stream = {"datastream": 42, "workspace": 7} if job is not None else {}
        event = Event(**(given | {"what": what, "job": job} | stream | more))  # type: ignore[arg-type]
        async with self.database.writing() as connection:
            await keep_events(connection, [event])

    async def reads(self, asked: Timeline = Timeline(), scope: Scope = EVERYTHING) -> TimelinePage:  # noqa: B008
        here = cast("Instance", Named("acme"))
        return await self.flow.page(asked, here, "Europe/Vienna", scope, "C0INC")

    async def whole(self) -> TimelinePage:
        return await self.flow.whole(Timeline(), cast("Instance", Named("acme")), None, EVERYTHING, "C0INC")


def told(found: TimelinePage) -> list[tuple[str, int | None]]:
    return [(one.what, one.job) for matter in found.matters for one in matter.happenings]


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    url, clock = sqlite_url(tmp_path / "jobbot.db"), Clock()
    async with (
        ledgers(url, clock, "one") as [ledger],
        aclosing(Database(make_engine(url), time_is_held=True)) as database,
    ):
        yield Kept(ledger, database, clock)


async def test_acts_and_events_of_the_last_hours_by_matter_with_links(kept: Kept) -> None:
    await kept.acted(987, minutes=1, datastream=42)
    await kept.saw(987)
    await kept.saw(5, minutes=2, datastream=43)
    await kept.saw(986, minutes=-300)
    await kept.acted(986, minutes=-300)
    kept.clock.pass_(3_600)
    found = await kept.reads()
    assert told(found) == [("Failed", 987), ("stop", 987), ("Failed", 5)]
    assert (found.total, found.entries, found.cut) == (2, 3, False)
    assert found.links == {("C0INC", "987.1"): "https://acme.slack.com/987.1"}
    everything = await kept.reads(Timeline(range=Since(START - 400 * MINUTE)))
    assert everything.entries == 5


async def test_a_pause_has_the_end_that_its_row_keeps(kept: Kept) -> None:
    end = START + 90 * MINUTE
    details = PauseDetails(until=end).model_dump_json()
    await kept.acted(1, kind=Kind.PAUSE, subject="datastream 42", datastream=42, details=details)
    await kept.acted(2, kind=Kind.PAUSE, subject="datastream 43", datastream=43, details='{"odd": 1}')
    first, second = await ActHistory(kept.database).newest(ActQuery(instance="acme"), skip=0, most=2)
    assert {past_act(first).until, past_act(second).until} == {end, None}
    ends = {one.datastream: one.until for matter in (await kept.reads()).matters for one in matter.happenings}
    assert ends == {42: end, 43: None}


async def test_a_freeze_of_this_very_second_stands_in_it(kept: Kept) -> None:
    kept.clock.pass_(0.5)
    now = kept.clock.now
    one = Freeze(
        id="f" * 32,
        instance="acme",
        user_id="U0ANA",
        channel_id="C0INC",
        thread_ts=None,
        reason="deploy",
        since=now,
        until=now + 30 * MINUTE,
    )
    await Freezes(kept.database, kept.clock).begin(one)
    assert told(await kept.reads()) == [("freeze", None)], "a question is to the second, a row is not"


async def test_freezes_stand_in_it_with_their_ends_whoever_or_whatever_ended_them(kept: Kept) -> None:
    freezes, clock = Freezes(kept.database, kept.clock), kept.clock

    def freeze(letter: str, minutes: float, instance: str = "acme") -> Freeze:
        return Freeze(
            id=letter * 32,
            instance=instance,
            user_id="U0ANA",
            channel_id="C0OTHER",
            thread_ts=None,
            reason=letter,
            since=clock.now,
            until=clock.now + minutes * MINUTE,
        )

    await freezes.begin(freeze("x", 30, "staging"))
    await freezes.begin(freeze("a", 30))
    clock.pass_(60)
    await freezes.begin(freeze("b", 60))
    clock.pass_(60)
    await freezes.end("acme", only=None, by="U0BEN", reason="done")
    clock.pass_(60)
    await freezes.begin(freeze("c", 10))
    clock.pass_(1_200)
    await freezes.begin(freeze("d", 10))
    (first, second, third) = (await kept.reads()).matters
    assert [(one.what, one.said, one.user_id) for one in first.happenings] == [
        ("freeze", "a", "U0ANA"),
        ("freeze", "b", "U0ANA"),
        ("unfreeze", "done", "U0BEN"),
    ]
    assert [(one.what, one.user_id) for one in second.happenings] == [("freeze", "U0ANA"), ("unfreeze", "")]
    assert [one.what for one in third.happenings] == ["freeze"], "it is on"
    assert first.happenings[0].until == START + 30 * MINUTE
    kept.is_shared = True
    for found in (await kept.reads(), await kept.whole()):
        told_there = [one for matter in found.matters for one in matter.happenings]
        assert len(told_there) == 6
        assert {one.said for one in told_there} == {""}, "the reasons were typed among ourselves"


async def test_another_organisation_reads_no_reason_that_was_typed_elsewhere(kept: Kept) -> None:
    await kept.acted(1, channel_id="C0OTHER", reason="the client has not paid")
    await kept.acted(2, reason="typed here")
    await kept.saw(3, said="HTTP 500", channel_id="C0OTHER")

    async def said() -> dict[int | None, str]:
        found = await kept.reads()
        assert found.matters == (await kept.whole()).matters, "the copy tells as much"
        return {one.job: one.said for matter in found.matters for one in matter.happenings}

    assert await said() == {1: "the client has not paid", 2: "typed here", 3: "HTTP 500"}
    kept.is_shared = True
    assert await said() == {1: "", 2: "typed here", 3: "HTTP 500"}


async def test_never_of_another_instance_nor_of_a_workspace_that_is_not_seen(kept: Kept) -> None:
    await kept.acted(1, workspace=7)
    await kept.acted(2, workspace=8, channel_id="C0OTHER")
    await kept.acted(3)
    await kept.acted(4, instance="staging", workspace=7)
    await kept.saw(5, workspace=8, channel_id="C0OTHER")
    await kept.saw(6, instance="staging")
    await kept.saw(7, workspace=None, datastream=None)
    await kept.saw(None, Seen.BLIND)
    assert {job for _, job in told(await kept.reads())} == {1, 2, 3, 5, 7, None}
    bound = Scope(Reach(frozenset({7}), ("EMEA",)))
    assert told(await kept.reads(scope=bound)) == [("blind", None), ("stop", 1)]


async def test_of_one_job_all_that_is_kept_and_of_a_datastream_its_time_with_outages(kept: Kept) -> None:
    await kept.saw(987, minutes=-10_000)
    await kept.saw(None, Seen.BLIND, minutes=-10_000)
    await kept.acted(987, minutes=-9_000, datastream=42)
    await kept.saw(988, minutes=1)
    await kept.saw(5, minutes=1, datastream=43)
    await kept.saw(None, Seen.AWAY, minutes=2)
    kept.clock.pass_(3_600)
    found = await kept.reads(Timeline(job=JobId(987)))
    assert (told(found), found.start) == ([("Failed", 987), ("stop", 987)], None)
    assert told(await kept.reads(Timeline(datastream=DatastreamId(42)))) == [("Failed", 988), ("away", None)]


async def test_a_request_and_what_became_of_it(kept: Kept) -> None:
    reviews = ReviewStore(kept.database, kept.clock)
    asked = {one.name: getattr(wish(), one.name) for one in fields(ActRequest)}
    given = asked | {"workspace": 7, "datastream": 42, "shown": "", "expires_at": START + 10 * MINUTE}
    for number in ("a", "b"):
        request = ReviewRequest(**(given | {"id": number * 32, "request_key": number, "subject": f"job {number}"}))
        await reviews.ask(request, lambda _: "{}")
    kept.clock.pass_(60)
    await reviews.end("a" * 32, ReviewState.WITHDRAWN, "U0ANA", lambda _: "{}")
    (matter,) = (await kept.reads()).matters
    assert [(one.what, one.about, one.user_id) for one in matter.happenings] == [
        ("asked", "stop", "U0ANA"),
        ("asked", "stop", "U0ANA"),
        ("withdrawn", "stop", "U0ANA"),
    ]
    assert (await kept.reads(scope=Scope(Reach(frozenset({8}), ("EMEA",))))).matters == ()


async def test_what_was_planned_is_there_at_its_hour(kept: Kept) -> None:
    hour = START + 30 * MINUTE
    asked = {"kind": Kind.RESUME, "subject": "schedule 42", "job": None, "datastream": 42, "planned_for": hour}
    long_ago = START - 600 * MINUTE
    await plan(kept.ledger, wish(requested_at=long_ago, **asked), long_ago)
    kept.clock.pass_(3_600)
    assert ("resume", None) not in told(await kept.reads()), "nothing is done before somebody begins it"
    (claimed,) = [one for one in await kept.ledger.take_over(5) if one.record.planned_for is not None]
    await kept.ledger.hold(claimed)
    happened = [one for matter in (await kept.reads()).matters for one in matter.happenings]
    assert [(one.what, one.at) for one in happened if one.what == "resume"] == [("resume", hour)]


async def test_too_much_is_cut_where_all_of_it_is_known(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "READ_MOST", 3)
    for number in range(5):
        await kept.saw(number + 1, minutes=number, datastream=number + 1)
    await kept.acted(90, minutes=0.5)
    await kept.acted(91, minutes=3.5)
    kept.clock.pass_(3_600)
    found = await kept.reads()
    assert told(found) == [("Failed", 3), ("Failed", 4), ("stop", 91), ("Failed", 5)]
    assert found.cut


async def test_requests_and_freezes_are_cut_by_what_is_read_of_them(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each makes two of what happened: that it began, and that it ended."""
    monkeypatch.setattr(timeline, "READ_MOST", 3)
    freezes = Freezes(kept.database, kept.clock)
    for number in range(3):
        id_ = await kept.requests(number)
        await freezes.begin(
            Freeze(
                id=f"{number}" * 32,
                instance="acme",
                user_id="U0ANA",
                channel_id="C0INC",
                thread_ts=None,
                reason="",
                since=kept.clock.now,
                until=kept.clock.now + MINUTE,
            )
        )
        kept.clock.pass_(60)
        await kept.reviews.end(id_, ReviewState.WITHDRAWN, "U0ANA", lambda _: "{}")
    kept.clock.pass_(3_600)
    found = await kept.reads()
    assert (found.entries, found.cut) == (12, False), "of each kind no more than three were read"
    await kept.requests(4)
    kept.clock.pass_(60)
    found = await kept.reads()
    assert found.cut
    kinds = [one for one, _ in told(found)]
    assert (kinds.count("asked"), kinds.count("withdrawn")) == (2, 2), "all since the second was withdrawn"


async def test_a_request_of_a_kind_that_is_not_known_leaves_the_others_readable(kept: Kept) -> None:
    for number in range(3):
        await kept.requests(number)
    async with kept.database.writing() as connection:
        for number, change in enumerate(({"kind": "mow"}, {"state": "mown"})):
            theirs = review_requests.c.id == f"{number}" * 32
            await connection.execute(update(review_requests).where(theirs).values(change))
    assert [one for one, _ in told(await kept.reads())] == ["asked"]


async def test_links_are_asked_for_what_is_shown_and_not_for_more_than_some(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "LINKS_MOST", 3)
    for number in range(5):
        await kept.acted(number + 1, datastream=42, minutes=number / 10)
    kept.clock.pass_(3_600)
    await kept.reads()
    assert kept.asked == [("C0INC", f"{number}.1") for number in (1, 2, 3)]
    whole = await kept.whole()
    assert (whole.entries, whole.people) == (5, {"U0ANA": "Ana"})


async def test_pages_of_matters(kept: Kept) -> None:
    for number in range(20):
        await kept.saw(number + 1, minutes=number, datastream=number + 1)
    kept.clock.pass_(3_600)
    first, last = await kept.reads(), await kept.reads(Timeline(page=9))
    assert [job for _, job in told(first)] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert ([job for _, job in told(last)], last.page, last.total) == ([17, 18, 19, 20], 3, 20)


async def test_without_the_database_it_says_so(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise StoreUnavailable("gone")

    monkeypatch.setattr(EventHistory, "newest", fails)
    with pytest.raises(CannotRead):
        await kept.reads()

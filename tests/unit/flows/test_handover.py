"""What is handed over: gathered by the use cases of each part, on a real database and an Adverity that is scripted."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import cast
from uuid import uuid4

import pytest

from jobbot.access import Need, Reach
from jobbot.adverity.errors import Unreachable
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import DatastreamId, Issue, Job
from jobbot.flows.acts.history import CannotRead
from jobbot.flows.acts.paused import PausedFlow
from jobbot.flows.following import matters
from jobbot.flows.following.alerts.group import Group
from jobbot.flows.following.keeping import Subscriber
from jobbot.flows.following.matters import Hit
from jobbot.flows.following.schedule import PollSchedule
from jobbot.flows.following.watching import WatchingFlow
from jobbot.flows.frozen import Audience, FreezeLine, FreezesThere
from jobbot.flows.handover import HandoverFlow, failing_from, failing_of
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.flows.jobs.earlier_stops import EarlierStops
from jobbot.flows.jobs.listing import ListingFlow
from jobbot.flows.jobs.scope import EVERYTHING, Scope
from jobbot.intents.model import Alerts, AlertsDo
from jobbot.render.alert_entry import Entry
from jobbot.render.asked import Asker
from jobbot.render.blockkit.blocks import Message
from jobbot.render.handover import render_handover
from jobbot.render.matters import End, How
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.acts.model import ActState, Claimed, Kind
from jobbot.store.database.engine import Database, StoreUnavailable
from jobbot.store.database.tables import alert_groups
from jobbot.store.following.alert_messages import AlertMessageStore
from jobbot.store.following.model import AlertGroup, AlertMessage
from jobbot.store.following.poll_rounds import PollRounds
from jobbot.store.following.watches import WatchStore
from jobbot.store.freezes import Freeze, Freezes
from tests.support.databases import folder_in_memory, sqlite_url
from tests.support.inline_sqlite import make_inline_engine
from tests.unit.flows.world import NothingLearned, ScriptedGateway, job
from tests.unit.store.world import LEASE, START, Clock, wish

ANA, HERE = "U0ANA", "C0INC"


def runs(*states: str, stream: int = 42, first: int = 900) -> list[Job]:
    """Runs of a datastream, the oldest first, an hour apart; the last ended an hour ago."""
    return [
        job(first + number, state, ago=len(states) - number, took=0.0, stream=stream)
        for number, state in enumerate(states)
    ]


def test_what_is_failing_is_what_failed_last_and_since_when() -> None:
    found = failing_of(
        [
            *runs("Success", "Failed", "Failed"),
            *runs("Failed", "Success", stream=43, first=910),
            *runs("Failed", "Cancelled", "Failed", "Discarded", stream=44, first=920),
            *runs("Success", "Success", stream=45, first=930),
            job(940, "Running", stream=46),
        ]
    )
    assert [(one.job.id, one.streak.failures, one.streak.whole) for one in found] == [(902, 2, True), (922, 2, False)]
    assert [one.since for one in found] == [START - timedelta(hours=2), START - timedelta(hours=4)]
    assert [one.is_first for one in found] == [True, False]
    assert found[0].streak.last_success == START - timedelta(hours=3)
    assert failing_of([]) == []


class Placed(NothingLearned):
    """It knows where two datastreams are."""

    async def places(self, instance: Instance, refs: Iterable[object]) -> dict[DatastreamId, int]:
        """See Catalogue."""
        return {DatastreamId(42): 7, DatastreamId(43): 8}


class Shift:
    """Everything that is looked at, on one database."""

    def __init__(self, database: Database) -> None:
        self.clock, self.database = Clock(), database
        self.gateway = ScriptedGateway(())
        self.instance = Instance("acme", "https://acme.test", cast("Gateway", self.gateway))
        self.history, self.freezes = ActHistory(database), Freezes(database, self.clock)
        rounds = PollRounds(database, owner="one", clock=self.clock, lease=LEASE)
        self.watching = WatchingFlow(WatchStore(database, self.clock), rounds, self.clock, PollSchedule())
        self.alert_messages = AlertMessageStore(database, self.clock)
        self.ledger = SqlLedger(database, owner="one", clock=self.clock, lease=LEASE)
        self.flow = HandoverFlow(
            listing=ListingFlow(self.clock, cast("Catalogue", Placed())),
            paused=PausedFlow(self.history),
            watching=self.watching,
            history=self.history,
            stops=EarlierStops(self.history, extra=30.0),
            frozen=FreezeLine(FreezesThere(self.freezes, self.audience), extra=30.0),
            clock=self.clock,
        )

    async def audience(self, channel_id: str | None) -> Audience:
        return Audience(is_shared=False, is_bound=False)

    async def told(self, scope: Scope = EVERYTHING, offers: frozenset[Need] = frozenset()) -> str:
        return (await self.message(scope, offers)).text

    async def message(self, scope: Scope = EVERYTHING, offers: frozenset[Need] = frozenset()) -> Message:
        facts = await self.flow.run(self.instance, scope, HERE)
        asker = Asker(ANA)
        return render_handover(facts, now=self.clock.now, asker=asker, offers=offers, offer_share=False)

    async def tells_of(self, number: int, stream: int, since: datetime, *, is_over: bool = False) -> None:
        """The channel's alert of a datastream whose first bad run was this one."""
        entry = Entry(job=number, name="Ads", state="Failed", stream=stream, when=since)
        matter = matters.begin(Hit(entry=entry), since)
        if is_over:
            matter = replace(matter, end=End(how=How.FIXED, at=since))
        row = AlertGroup(
            id=f"m{stream}", instance="acme", channel_id=HERE, opened_at=since, last_at=since, entries="[]"
        )
        row = Group(row, [matter]).written(since)
        async with self.database.writing() as connection:
            await connection.execute(alert_groups.insert(), [asdict(row)])

    def message_of(self, stream: int) -> AlertMessage:
        """The message of that alert."""
        return AlertMessage(id=f"m{stream}", instance="acme", channel_id=HERE, message="{}", datastreams=(stream,))

    async def begins(self, kind: Kind, number: int) -> None:
        """An act about a job that is sent and not over."""
        claimed = await self.ledger.submit(wish(kind=kind, job=number, requested_at=self.clock.now))
        assert isinstance(claimed, Claimed)
        await self.ledger.hold(claimed)
        await self.ledger.sending(claimed.claim, self.clock.now)

    async def leaves_unknown(self, number: int | None, workspace: int | None = None, **changes: object) -> None:
        """A stop of which nobody knows the outcome."""
        asked = wish(job=number, requested_at=self.clock.now, workspace=workspace, **changes)
        claimed = await self.ledger.submit(asked)
        assert isinstance(claimed, Claimed)
        await self.ledger.hold(claimed)
        await self.ledger.sending(claimed.claim, self.clock.now)
        await self.ledger.close(claimed.claim, ActState.UNKNOWN, self.clock.now, "no answer: timed out", "{}")


@pytest.fixture
async def shift() -> AsyncIterator[Shift]:
    with folder_in_memory() as folder:
        database = Database(make_inline_engine(sqlite_url(folder / "jobbot.db")))
        yield Shift(database)
        await database.aclose()


async def test_nothing_is_one_line(shift: Shift) -> None:
    shift.gateway.all = [job(987, "Running"), job(988, "Scheduled")]
    told = await shift.told()
    assert told.startswith("*Nothing to hand over*\nacme")
    assert told.endswith("*Going on:* 1 running, 1 scheduled, none of it unusual")


async def test_of_what_nobody_knows_how_long_it_usually_takes_it_is_not_said_that_it_is_usual(shift: Shift) -> None:
    shift.gateway.all = [job(987, "Running", ago=5.0)]
    assert (await shift.told()).endswith("*Going on:* 1 running, none of it known to be unusual")


async def test_everything_that_matters_is_told_by_its_heading(shift: Shift) -> None:
    shift.gateway.all = [job(987, "Running", ago=5.0), *runs("Success", "Failed", "Failed", stream=43)]
    shift.gateway.runs_of = [job(100 + day, "Success", ago=24.0 * day, took=0.1) for day in range(1, 7)]
    here = Subscriber(HERE, None, "U0BEN")
    await shift.watching.wait_for(987, "987 (Ads)", "acme", here)
    await shift.watching.wait_for(988, "988 (Ads)", "staging", here)
    await shift.watching.alerts.switch_on(Alerts(does=AlertsDo.ON), "acme", here)
    await shift.watching.alerts.snooze(Alerts(does=AlertsDo.SNOOZE, length=timedelta(hours=2)), here)
    until = START + timedelta(minutes=30)
    given = {"user_id": "U0BEN", "channel_id": "C0OTHER", "thread_ts": None, "reason": "deploy", "since": START}
    await shift.freezes.begin(Freeze(id=uuid4().hex, instance="acme", until=until, **given))  # type: ignore[arg-type]
    await shift.leaves_unknown(986)
    told = await shift.told()
    assert told.startswith("*Hand-over*\nacme")
    for words in (
        "*Frozen* by <@U0BEN> until 2022-10-31 11:13 UTC – deploy",
        "*Going on:* 1 running\n",
        "*Far longer than usual*\n*Ads*",
        "*Failing*\n*Ads* · failing since 2022-10-31 08:43 UTC · 2nd time in a row, last success 2022-10-31 07:43 UTC",
        "*Snoozed*\n",
        "*snoozed until 2022-10-31 12:43 UTC* by <@U0BEN>",
        "*Watched*\n*987 (Ads)* · watched by <@U0BEN>",
        "*Not confirmed*\n*987 (Facebook Ads EU)* · Stop: outcome unknown",
    ):
        assert words in told, words
    assert "988 (Ads)" not in told, "of another instance"


async def test_every_row_has_something_to_press(shift: Shift) -> None:
    here = Subscriber(HERE, None, "U0BEN")
    await shift.watching.alerts.switch_on(Alerts(does=AlertsDo.ON), "acme", here)
    await shift.watching.alerts.snooze(Alerts(does=AlertsDo.SNOOZE, length=timedelta(hours=2)), here)
    of_one = Alerts(does=AlertsDo.SNOOZE, length=timedelta(hours=2), datastream=DatastreamId(42), instance="acme")
    await shift.watching.alerts.snooze(of_one, here)
    await shift.leaves_unknown(986)
    of_stream = [(Kind.PAUSE, "schedule 42"), (Kind.FETCH, "fetch 42 2022-10-01 2022-10-27")]
    for kind, subject in of_stream:
        await shift.leaves_unknown(None, kind=kind, subject=subject, datastream=42)
    told = await shift.message()
    words = ("snoozed until", "Snoozed by", "outcome unknown")
    rows = [one for one in told.blocks if any(word in str(one.get("text")) for word in words)]
    assert len(rows) == 5
    pressed = [one["accessory"]["text"]["text"] for one in rows if "accessory" in one]
    assert sorted(pressed) == ["Alerts", "Details", "Its jobs", "Its schedule"], "one for all snoozes"


async def test_it_counts_failures_as_an_alert_does(shift: Shift) -> None:
    shift.gateway.all = runs("Failed", "Failed", stream=43)
    shift.gateway.runs_of = [
        job(800, "Success", ago=60.0, took=0.0, stream=43),
        job(801, "Failed", ago=40.0, took=0.0, stream=43),
    ]
    told = await shift.told()
    assert "failing since at least 2022-10-31 08:43 UTC · 3rd time in a row, last success 2022-10-28 22:43 UTC" in told


async def test_who_is_on_a_failure_and_who_retries_it_is_told(shift: Shift) -> None:
    shift.gateway.all = [*runs("Success", "Failed"), *runs("Success", "Failed", stream=43, first=910)]
    await shift.tells_of(901, 42, START - timedelta(hours=1))
    for user in (ANA, "U0BEN"):
        await shift.alert_messages.put_on_it(shift.message_of(42), user, edits=False)
    await shift.begins(Kind.RETRY, 911)
    second, first = (await shift.told()).split("*Failing*\n")[1].split("\n*Ads*")
    assert "*<@U0ANA> and <@U0BEN> are on it*" in first
    assert "retrying" not in first
    assert "*<@U0ANA> is retrying it*" in second
    assert "on it" not in second


async def test_nobody_is_on_what_is_fixed_and_fails_anew(shift: Shift) -> None:
    shift.gateway.all = runs("Failed", "Success", "Failed")
    await shift.tells_of(900, 42, START - timedelta(hours=3), is_over=True)
    await shift.alert_messages.put_on_it(shift.message_of(42), ANA, edits=False)
    assert "on it" not in await shift.told()


async def test_what_is_failing_began_when_the_alert_says(shift: Shift) -> None:
    shift.gateway.all = runs("Failed", "Failed", stream=43)
    shift.gateway.runs_of = [job(800, "Failed", ago=40.0, stream=43)]
    await shift.tells_of(700, 43, START - timedelta(hours=30))
    assert "failing since at least 2022-10-30 04:43 UTC" in await shift.told()


@pytest.mark.parametrize(
    ("given", "since"),
    [
        ({"job_id": 901, "occurrences": 3}, "2022-10-30 04:43"),
        ({"job_id": 901, "occurrences": 2}, "at least 2022-10-30 04:43"),
        ({"job_id": 900, "occurrences": 3}, "at least 2022-10-31 08:43"),
        ({"job_id": 901, "type_label": "Warning"}, "at least 2022-10-31 08:43"),
    ],
    ids=["its own", "not of all", "another job's", "a warning"],
)
async def test_what_is_failing_began_when_its_issue_did(shift: Shift, given: dict[str, object], since: str) -> None:
    shift.gateway.all = runs("Failed", "Failed", stream=43)
    began = START - timedelta(hours=30)
    shift.gateway.runs_of = [job(800, "Failed", ago=30.0, stream=43)]
    shift.gateway.open_issues = [Issue.model_validate({"start": began, **given})]
    assert f"failing since {since} UTC" in await shift.told()


def test_a_first_failure_that_is_known_and_a_success_outvote_an_earlier_beginning() -> None:
    (known,) = failing_of(runs("Success", "Failed"))
    assert failing_from(known, START - timedelta(hours=30), 3) is known
    at_least = replace(known, is_first=False)
    assert failing_from(at_least, START - timedelta(hours=30), 3) is at_least, "a success came since"
    (unknown,) = failing_of(runs("Failed", "Failed"))
    assert unknown.since is not None
    assert failing_from(unknown, unknown.since + timedelta(seconds=1), 9) is unknown, "that begins later"


async def test_a_bound_channel_is_told_of_its_own_alone(shift: Shift) -> None:
    scope = Scope(Reach(frozenset({7}), ("emea",)))
    await shift.watching.wait_for(987, "987 (Ads)", "acme", Subscriber(HERE, None, ANA), 8)
    await shift.watching.wait_for(988, "988 (Ours)", "acme", Subscriber(HERE, None, ANA), 7)
    await shift.leaves_unknown(985, 8)
    await shift.leaves_unknown(986, 7)
    shift.gateway.all = [
        job(987, "Running", ago=5.0, stream=43),
        *runs("Failed", stream=43),
        *runs("Failed", first=950),
    ]
    told = await shift.told(scope)
    assert told.startswith("*Hand-over*\nacme / emea")
    for words in ("988 (Ours)", "job 950", "job 986", "*Going on:* nothing"):
        assert words in told, words
    for words in ("987 (Ads)", "job 900", "job 985", "Far longer"):
        assert words not in told, words


async def test_more_than_fits_is_counted(shift: Shift) -> None:
    for number in range(8):
        shift.clock.pass_(1)
        await shift.leaves_unknown(900 + number)
        await shift.watching.wait_for(900 + number, f"{900 + number}", "acme", Subscriber(HERE, None, ANA))
    told = await shift.told()
    assert "*Not confirmed* · 3 of 8 shown" in told
    assert "*Watched* · 3 of 8 shown" in told
    assert "not shown: job 903, job 904, job 905, job 906, job 907" in told


async def test_what_is_a_day_old_is_no_news(shift: Shift) -> None:
    await shift.leaves_unknown(986)
    shift.clock.pass_(86_401)
    assert (await shift.told()).startswith("*Nothing to hand over*")


async def test_without_adverity_the_rest_is_told(shift: Shift) -> None:
    async def silent(*_: object) -> None:
        raise Unreachable("timed out")

    shift.gateway.jobs = silent  # type: ignore[assignment, method-assign] # Adverity, for this question
    await shift.leaves_unknown(986)
    told = await shift.told()
    assert told.startswith("*Hand-over*")
    assert "*What is going on, and what failed, is not known.* Adverity did not answer" in told
    assert "*Not confirmed*" in told


async def test_without_the_database_it_cannot_be_read(shift: Shift) -> None:
    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("no connection")

    shift.history.newest = away  # type: ignore[assignment, method-assign] # the database, for this question
    with pytest.raises(CannotRead):
        await shift.told()

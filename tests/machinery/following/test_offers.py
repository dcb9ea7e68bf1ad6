"""What can be done about a job that is over stands where it is told: alert, card, watch; until it was done."""

from uuid import uuid4

from jobbot.access.policy import Need
from jobbot.adverity.errors import Unreachable
from jobbot.adverity.model import State
from jobbot.render.blockkit.blocks import Message, dump_message
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.acts.model import ActRecord, ActRequest, ActState, Claimed, Kind
from jobbot.store.database.tables import cards, offers
from tests.machinery.following.world import ANA, BEN, INC, OTHER, Process, Said, World, telling

STREAM = 42
NOTHING = Message("", [])


def labels(said: Said) -> list[str]:
    rows = [block["elements"] for block in said.blocks if block["type"] == "actions"]
    return [one["text"]["text"] for row in rows for one in row if one["type"] == "button"]


def begins(it: World, job: int) -> None:
    it.adverity.starts(job, before=0.5, stream=STREAM).days = ("2022-10-01", "2022-10-27")


async def fails(it: World, job: int) -> None:
    """It ends, with an issue that Adverity can repeat."""
    links = {"retry_url": f"/api/errors/{job}/retry/", "ack_url": f"/api/errors/{job}/ack/"}
    it.adverity.open[STREAM] = [{"id": job, "message": "Quota.", "job": {"id": job}} | links]
    it.clock.pass_(2)
    it.adverity.ends(job)
    await it.one.round_of("going", "past")
    await it.one.delivers_all()


async def is_done(
    it: World, process: Process, kind: Kind, job: int, *, user: str = BEN, started: str = "991"
) -> ActRecord:
    """Somebody has done it, on another way."""
    ledger = SqlLedger(process.database, owner="acts", clock=it.clock)
    now = it.clock()
    wish = ActRequest(
        request_key=uuid4().hex,
        kind=kind,
        instance="acme",
        subject=f"issue {job}",
        name="",
        user_id=user,
        team_id=None,
        channel_id="C0ELSE",
        thread_ts=None,
        reason="",
        opened_at=now,
        requested_at=now,
        job=job,
        datastream=STREAM,
    )
    claimed = await ledger.submit(wish)
    assert isinstance(claimed, Claimed)
    await ledger.hold(claimed)
    await ledger.sending(claimed.claim, now)
    await ledger.close(claimed.claim, ActState.DONE, now, "done", dump_message(NOTHING), started=started)
    done = await ledger.current(claimed.claim)
    await process.offered.ended(done, None, NOTHING)
    await process.delivers_all()
    return done


async def told_of(it: World) -> tuple[Said, Said, Said]:
    """A card, an alert and the message of a watch, of a job that has failed."""
    await it.one.alerts_on()
    await it.one.round_of("going", "past")
    begins(it, 987)
    card = await it.one.shows(987)
    await it.one.round_of("going")
    await it.one.watch(987, OTHER, user=BEN)
    await fails(it, 987)
    (alert,) = (one for one in it.slack.of(INC) if one is not card)
    (watched,) = it.slack.of(OTHER)
    return card, alert, watched


async def test_a_failed_job_is_acted_on_where_it_is_told(it: World) -> None:
    for said in await told_of(it):
        assert {"Retry", "Acknowledge", "Fetch again"} <= set(labels(said)), said.text


async def test_once_it_was_done_it_is_offered_nowhere(it: World) -> None:
    told = await told_of(it)
    edits = it.slack.edits
    await is_done(it, it.two, Kind.RETRY, 987)
    for said in told:
        assert "Fetch again" in labels(said)
        assert not {"Retry", "Acknowledge"} & set(labels(said))
        assert f"<@{BEN}> retried it" in said.text
        assert "(job 991)" in said.text
    assert it.slack.edits == edits + len(told), "each is edited once"
    await is_done(it, it.one, Kind.FETCH, 987, user=ANA)
    for said in told:
        assert "Fetch again" not in labels(said)
        assert f"<@{ANA}> fetched it again" in said.text
        assert f"<@{BEN}> retried it" in said.text


async def test_what_people_press_on_the_alert_brings_nothing_back(it: World) -> None:
    _, alert, _ = await told_of(it)
    await is_done(it, it.two, Kind.RETRY, 987)
    assert await it.one.presses("I'm on it", alert)
    assert (f"<@{ANA}> is on it" in alert.text, "Retry" in labels(alert)) == (True, False)
    await it.one.delivers_all()
    assert "Retry" not in labels(alert)
    assert "Not on it" in labels(alert)


async def test_the_next_failure_of_the_matter_can_be_acted_on_anew(it: World) -> None:
    _, alert, _ = await told_of(it)
    await is_done(it, it.two, Kind.RETRY, 987)
    begins(it, 991)
    await it.one.round_of("going")
    await fails(it, 991)
    assert "2 failures in a row" in alert.text
    assert {"Retry", "Acknowledge", "Fetch again"} <= set(labels(alert))
    assert "retried it" not in alert.text


async def test_what_a_channel_may_not_do_is_not_offered_there(it: World) -> None:
    it.slack.offers = frozenset({Need.VIEW, Need.WATCH, Need.ALERTS, Need.FETCH})
    card, alert, watched = await told_of(it)
    for said in (card, alert, watched):
        assert "Fetch again" in labels(said)
        assert not {"Retry", "Acknowledge"} & set(labels(said))
    assert await it.one.presses("Snooze 2 h", alert)
    assert "Retry" not in labels(alert)


async def test_a_job_that_goes_on_again_is_no_news_of_what_was_done(it: World) -> None:
    """Of a card of a job that goes on nothing is kept: Adverity says what it is."""
    begins(it, 987)
    await it.one.shows(987)
    await it.one.round_of("going")
    assert not await it.rows(offers)


async def test_old_ones_are_forgotten(it: World) -> None:
    await told_of(it)
    assert await it.rows(offers)
    it.clock.pass_(9 * 86_400)
    await it.one.offers.forget_old()
    assert not await it.rows(offers)


async def test_how_each_of_several_jobs_ends_that_an_act_has_started_is_told_in_its_thread(it: World) -> None:
    for job in (991, 992):
        begins(it, job)
    fetched = await is_done(it, it.two, Kind.FETCH, 987, started="991,992")
    message = it.slack.has(fetched.channel_id, "5.0", "the message of the act")
    await it.one.people.live.follow_started(fetched, message.ts, NOTHING)
    await it.one.round_of("going")
    for job, state in ((991, State.FAILED), (992, State.SUCCESS)):
        it.adverity.ends(job, state)
        await it.one.round_of("one")
        await it.one.delivers_all()
    told = it.slack.of(fetched.channel_id, f"<@{BEN}>")
    assert [[job for job in (991, 992) if [*telling([one], job)]] for one in told] == [[991], [992]]
    assert {one.thread for one in told} == {message.ts}
    assert not message.versions


async def test_the_message_of_an_act_stays_as_it_is_where_adverity_forgets_the_job_that_it_has_started(
    it: World,
) -> None:
    fetched = await is_done(it, it.two, Kind.FETCH, 987)
    head = Message("the message of the act", [{"type": "divider"}])
    message = it.slack.has(fetched.channel_id, "5.0", head.text)
    await it.one.people.live.follow_started(fetched, message.ts, head)
    it.adverity.fails["going"] = Unreachable("no answer")
    await it.one.round_of("going")
    it.adverity.fails.clear()
    for _ in range(30):
        await it.one.round()
    await it.one.delivers_all()
    assert {message.text, *message.versions} == {head.text}
    assert [row.end_reason for row in await it.rows(cards)] == ["not found"]

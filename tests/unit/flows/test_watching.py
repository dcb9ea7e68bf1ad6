"""What somebody asked for is kept or it is not, and the answer says which."""

from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

from jobbot.adverity.model import State
from jobbot.flows.following.keeping import Subscriber
from jobbot.flows.following.schedule import PollSchedule
from jobbot.flows.following.watching import WatchBegun, WatchingFlow
from jobbot.intents.model import Alerts, AlertsDo, Sign
from jobbot.render import alert_settings
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.following.poll_rounds import PollRounds
from jobbot.store.following.watches import WatchStore
from tests.support.databases import sqlite_url
from tests.unit.store.world import LEASE


def now() -> datetime:
    return datetime(2026, 3, 2, 10, tzinfo=UTC)


async def test_what_is_kept_is_begun_although_the_next_round_cannot_be_hastened(tmp_path: Path) -> None:
    """The database goes away between the two: here the rounds have one in which nothing was ever made."""
    database = Database(make_engine(sqlite_url(tmp_path / "kept.db")))
    away = Database(make_engine(f"sqlite:///{tmp_path}/empty.db"))
    watches = WatchStore(database, now)
    flow = WatchingFlow(watches, PollRounds(away, owner="one", clock=now, lease=LEASE), now, PollSchedule(), extra=30)
    subscriber = Subscriber("C0INC", None, "U0ANA")
    assert await flow.wait_for(987, "987", "acme", subscriber) == WatchBegun("987")
    await flow.alerts.switch_on(Alerts(does=AlertsDo.ON, states=frozenset({State.FAILED})), "acme", subscriber)
    kept = await watches.of_channel("C0INC")
    assert (len(kept.watches), len(kept.alerts)) == (1, 1)
    for one in (database, away):
        await one.aclose()


async def test_alerts_name_who_switched_each_of_them_on_and_not_who_changed_something_last(tmp_path: Path) -> None:
    async with aclosing(Database(make_engine(sqlite_url(tmp_path / "kept.db")))) as database:
        watches, rounds = WatchStore(database, now), PollRounds(database, owner="one", clock=now, lease=LEASE)
        flow = WatchingFlow(watches, rounds, now, PollSchedule(), extra=30)
        failed = Alerts(does=AlertsDo.ON, states=frozenset({State.FAILED}))
        late = Alerts(does=AlertsDo.ON, signs=frozenset({Sign.LATE, Sign.EMPTY}))
        ana, ben = (Subscriber("C0INC", None, user) for user in ("U0ANA", "U0BEN"))

        async def listed() -> str:
            _, found, _ = await flow.of_channel("C0INC", None)
            return alert_settings.listed(found, now=now()).text

        await flow.alerts.switch_on(failed, "acme", ana)
        now_on, _, already = await flow.alerts.switch_on(late, "acme", ben)
        assert (now_on.user_id, already) == ("U0BEN", False), "the answer is his"
        same, _, already = await flow.alerts.switch_on(failed, "acme", ana)
        assert (same, already) == (now_on, True), "who asks for what is on changes nothing of it"
        assert "<@U0ANA> (fail), <@U0BEN> (run far longer than usual or succeed without any rows), the first" in (
            await listed()
        )
        await flow.alerts.switch_off(Alerts(does=AlertsDo.OFF, signs=late.signs), ben)
        assert "<@U0BEN>" not in await listed()
        await flow.alerts.switch_off(Alerts(does=AlertsDo.OFF), ana)
        await flow.alerts.switch_on(failed, "acme", ben)
        assert "<@U0ANA>" not in await listed(), "it was off"

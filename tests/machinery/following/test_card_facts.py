"""A live card learns what did not come in time when it was drawn, and asks for no more than that."""

from collections import Counter

from jobbot.adverity.around import Around, NotKnown, Why
from jobbot.adverity.errors import Unreachable
from jobbot.adverity.model import State
from jobbot.store.database.tables import cards
from tests.machinery.following.world import Process, World

STREAM = 7000 + 987
LATE = NotKnown(why=Why.SLOW)


async def rounds(by: Process, times: int = 3) -> None:
    for _ in range(times):
        await by.round()
    await by.delivers_all()


async def test_what_came_late_is_on_the_card_soon_and_each_of_it_is_asked_for_until_it_is_there(it: World) -> None:
    it.adverity.took[STREAM] = [10] * 6
    it.adverity.starts(987, before=1800)
    said = await it.one.shows(987, around=Around(usual=LATE, next_fetch=LATE, waiting=LATE))
    it.adverity.slow = {"runs", "datastream"}
    await rounds(it.one, 2)
    assert "usually" not in said.text
    await rounds(it.one)
    assert "usually about 10 min (last 6 runs)" in said.text
    assert "Schedule: off" in said.text
    asked = Counter(it.adverity.calls)
    await rounds(it.one)
    assert Counter(it.adverity.calls) - asked == Counter(going=3)


async def test_a_card_that_lacks_nothing_asks_for_nothing(it: World) -> None:
    it.adverity.starts(987)
    await it.one.shows(987)
    await rounds(it.one)
    assert set(it.adverity.calls) == {"going"}


async def test_what_fails_meanwhile_is_not_asked_for_again(it: World) -> None:
    it.adverity.starts(987)
    said = await it.one.shows(987, around=Around(next_fetch=LATE))
    it.adverity.fails["datastream"] = Unreachable("no answer")
    await rounds(it.one)
    assert "Next scheduled fetch: not known, Adverity could not be asked" in said.text
    asked = it.adverity.calls.count("datastream")
    await rounds(it.one)
    assert it.adverity.calls.count("datastream") == asked


async def test_why_a_job_failed_is_on_its_card_although_it_came_late(it: World) -> None:
    it.patience = 0.0
    hasty = it.process("hasty")
    it.adverity.open[STREAM] = [{"id": 1, "error_cause_label": "Authorization invalid"}]
    it.adverity.starts(987)
    said = await hasty.shows(987)
    await rounds(hasty, 1)
    it.adverity.ends(987, State.FAILED)
    it.adverity.slow = {"issues"}
    await rounds(hasty)
    assert "*Job 987: Failed*" in said.text
    assert "Authorization invalid" not in said.text
    await rounds(hasty, 5)
    assert "Authorization invalid" in said.text
    assert it.adverity.calls.count("one") == 2
    assert not [row for row in await it.rows(cards) if row.ended_at is None]


async def test_a_card_is_drawn_for_the_last_time_after_one_more_look(it: World) -> None:
    it.patience = 0.0
    hasty = it.process("hasty")
    it.adverity.starts(987)
    said = await hasty.shows(987)
    await rounds(hasty, 1)
    it.adverity.ends(987, State.SUCCESS)
    for _ in range(8):
        it.adverity.slow = {"extracts"}
        await rounds(hasty, 1)
    assert "*Job 987: Success*" in said.text
    assert it.adverity.calls.count("one") == 2
    assert not [row for row in await it.rows(cards) if row.ended_at is None]

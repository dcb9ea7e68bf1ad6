"""What people press on an alert's message: who is on it stands there for all, and so does what is snoozed."""

from datetime import timedelta

import pytest

from jobbot.adverity.model import State
from jobbot.flows.following.keeping import Subscriber
from jobbot.intents.model import Alerts, AlertsDo, Sign
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.tables import alert_messages, on_it, outbox, snoozes
from tests.machinery.following.world import ANA, BEN, INC, OTHER, Killed, Said, World

STREAM = 42


async def fails(it: World, job: int, *, stream: int = STREAM) -> None:
    it.clock.pass_(2)
    it.adverity.starts(job, before=0.5, stream=stream)
    it.adverity.ends(job)
    await it.one.round_of("going", "past")
    await it.one.delivers_all()


async def succeeds(it: World, job: int, *, stream: int = STREAM) -> None:
    it.clock.pass_(2)
    it.adverity.starts(job, before=0.5, stream=stream)
    it.adverity.ends(job, State.SUCCESS)
    await it.one.round_of("going", "past")
    await it.one.delivers_all()


async def alert(it: World, job: int = 987) -> Said:
    """The message of a job that failed."""
    await it.one.alerts_on()
    await it.one.round_of("going", "past")
    await fails(it, job)
    return it.slack.of(INC)[-1]


def labels(said: Said) -> list[str]:
    (row,) = [block for block in said.blocks if block["type"] == "actions"]
    return [element["text"]["text"] for element in row["elements"] if element["type"] == "button"]


async def test_who_is_on_it_stands_in_the_message_until_they_take_it_back(it: World) -> None:
    told = await alert(it)
    assert labels(told) == ["Details", "I'm on it", "Snooze 2 h"]
    assert await it.one.presses("I'm on it", told)
    assert f"<@{ANA}> is on it" in told.text
    assert labels(told) == ["Details", "Not on it", "I'm on it too", "Snooze 2 h"]
    assert await it.two.presses("I'm on it too", told, user=BEN)
    assert await it.two.presses("I'm on it too", told, user=BEN), "pressed twice it is the same"
    assert [told.text.count(f"<@{user}> is on it") for user in (ANA, BEN)] == [1, 1]
    assert await it.one.presses("Not on it", told)
    assert f"<@{ANA}>" not in told.text
    assert f"<@{BEN}> is on it" in told.text
    assert not await it.one.presses("Not on it", told), "nobody takes back what another one said"
    assert await it.two.presses("Not on it", told, user=BEN)
    assert "is on it" not in told.text
    assert labels(told) == ["Details", "I'm on it", "Snooze 2 h"]


async def test_it_is_edited_too_so_that_it_stands_there_where_whoever_served_the_press_died(it: World) -> None:
    told = await alert(it)
    pressed = it.slack.edits
    await it.one.presses("I'm on it", told)
    told.text = "what the response URL has not drawn"
    await it.two.delivers_all()
    assert it.slack.edits == pressed + 1
    assert f"<@{ANA}> is on it" in told.text


async def test_who_is_on_it_stays_when_others_join_the_message(it: World) -> None:
    told = await alert(it)
    wish = told.button("I'm on it")
    await it.one.presses("I'm on it", told)
    it.adverity.starts(988, before=0.5)
    it.adverity.ends(988)
    await it.one.round_of("going", "past")
    # Whatever is written to the message from now on: the edit of the press, and that of the job that has joined.
    await it.two.delivers_all()
    assert "2 jobs failed" in told.text
    assert f"<@{ANA}> is on it" in told.text
    assert told.button("Not on it").alert == wish.alert


async def test_a_press_while_the_message_is_edited_is_not_lost(it: World) -> None:
    """Slack is about to take the edit of what has joined; meanwhile somebody presses."""
    told = await alert(it)
    it.adverity.starts(988, before=0.5)
    it.adverity.ends(988)
    await it.one.round_of("going", "past")

    async def meanwhile() -> None:
        await it.two.presses("I'm on it", told)

    it.slack.during.append(meanwhile)
    await it.one.delivers_all()
    assert f"<@{ANA}> is on it" in told.text
    assert "2 jobs failed" in told.text


async def test_where_the_message_was_deleted_what_was_pressed_on_it_is_posted_nowhere(it: World) -> None:
    told = await alert(it)
    await it.one.presses("I'm on it", told)
    it.slack.said.remove(told)
    await it.one.delivers_all()
    assert not it.slack.said
    assert [row.failed for row in await it.rows(outbox) if row.edits] == ["message_not_found"]


async def test_news_that_takes_the_place_of_such_an_edit_is_posted(it: World) -> None:
    """The edit of the press still waits when the datastream fails again, which it says from then on."""
    told = await alert(it)
    await it.one.presses("I'm on it", told)
    it.adverity.starts(988, before=0.5, stream=STREAM)
    it.adverity.ends(988)
    await it.one.round_of("going", "past")
    assert len([row for row in await it.rows(outbox) if row.edits]) == 1
    it.slack.said.remove(told)
    await it.one.delivers_all()
    (anew,) = it.slack.of(INC)
    assert "2 failures in a row" in anew.text
    assert f"<@{ANA}> is on it" in anew.text


async def test_a_button_is_for_its_own_channel(it: World) -> None:
    told = await alert(it)
    wish = told.button("I'm on it")
    assert await it.one.marks.find(wish.alert, OTHER) is None
    assert await it.one.marks.find("f" * 32, INC) is None


async def test_snoozed_for_two_hours_the_datastream_is_silent_in_that_channel_alone(it: World) -> None:
    await it.one.alerts_on(OTHER)
    told = await alert(it)
    assert await it.one.presses("Snooze 2 h", told, user=BEN)
    assert f"<@{BEN}> snoozed the alerts of datastream {STREAM} in this channel until" in told.text
    assert labels(told) == ["Details", "I'm on it", "End snooze"]
    it.clock.pass_(7000)
    await succeeds(it, 986)
    await fails(it, 988)
    await fails(it, 989, stream=43)
    assert not it.slack.of(INC, "988")
    assert it.slack.of(OTHER, "988")
    assert it.slack.of(INC, "989")
    it.clock.pass_(300)
    await fails(it, 990)
    assert it.slack.of(INC, "990")


async def test_what_a_message_tells_of_is_kept_true_in_it_while_it_is_snoozed(it: World) -> None:
    told = await alert(it)
    await it.one.presses("Snooze 2 h", told, user=BEN)
    await fails(it, 988)
    assert "2 failures in a row since" in told.text
    await succeeds(it, 989)
    assert "Recovered: *Stream ec* succeeded" in told.text
    assert len(it.slack.said) == 1


async def test_the_snooze_ends_by_the_same_button(it: World) -> None:
    told = await alert(it)
    await it.one.presses("Snooze 2 h", told, user=BEN)
    await it.one.presses("End snooze", told)
    assert "snoozed" not in told.text
    await fails(it, 988)
    assert it.slack.of(INC, "988")
    assert not await it.rows(snoozes)


async def test_late_jobs_are_snoozed_too(it: World) -> None:
    it.adverity.took[STREAM] = [1] * 6
    it.adverity.starts(986, before=3600, stream=STREAM)
    await it.one.alerts_on(states=frozenset(), signs=frozenset({Sign.LATE}))
    for _ in range(4):
        await it.one.round()
    await it.one.delivers_all()
    (told,) = it.slack.of(INC)
    await it.one.presses("Snooze 2 h", told)
    it.adverity.starts(987, before=3600, stream=STREAM)
    for _ in range(6):
        await it.one.round()
    await it.one.delivers_all()
    assert not it.slack.of(INC, "987")


async def test_switched_on_again_it_is_said_what_becomes_of_the_snoozes(it: World) -> None:
    told = await alert(it)
    await it.one.presses("Snooze 2 h", told, user=BEN)
    said = await it.one.alerts_on()
    assert "Still snoozed until" in said
    assert f"by <@{BEN}>: datastream {STREAM}" in said
    where = Subscriber(INC, None, BEN)
    count, _ = await it.one.people.alerts.snooze(Alerts(does=AlertsDo.SNOOZE, length=timedelta(hours=1)), where)
    assert count == 1
    assert f"This ended the snooze that <@{BEN}> began" in await it.one.alerts_on()
    said = await it.one.alerts_on(datastream=STREAM)
    assert f"This ended the snooze of datastream {STREAM} that <@{BEN}> began" in said
    await fails(it, 988)
    assert it.slack.of(INC, "988")


async def test_a_snooze_lasts_while_an_alert_covers_its_datastream(it: World) -> None:
    told = await alert(it)
    await it.one.presses("Snooze 2 h", told)
    await it.one.alerts_off(datastream=STREAM)
    assert await it.rows(snoozes), "there was no such alert"
    await it.one.alerts_on(datastream=43)
    await it.one.alerts_off(datastream=43)
    assert await it.rows(snoozes), "that of everything is left"
    await it.one.alerts_off()
    assert not await it.rows(snoozes)


async def test_a_snooze_ends_with_the_last_alert_that_covers_its_datastream(it: World) -> None:
    told = await alert(it)
    await it.one.alerts_on(datastream=STREAM)
    await it.one.presses("Snooze 2 h", told)
    await it.one.alerts_off(datastream=STREAM)
    assert await it.rows(snoozes), "that of everything is left"
    await it.one.alerts_off(states=frozenset({State.FAILED}))
    assert not await it.rows(snoozes), "nothing is left of it"


async def test_one_sign_of_several_is_taken_back_alone(it: World) -> None:
    await it.one.alerts_on(signs=frozenset({Sign.LATE, Sign.EMPTY}))
    said = await it.one.alerts_off(signs=frozenset({Sign.LATE}))
    assert "switched alerts of jobs that run far longer than usual off" in said
    assert "This channel is still told of jobs that fail or succeed without any rows" in said
    assert "There were no such alerts" in await it.one.alerts_off(signs=frozenset({Sign.LATE}))
    _, (left,), _ = await it.one.people.of_channel(INC, None)
    assert (left.states, left.signs) == (frozenset({State.FAILED}), frozenset({Sign.EMPTY}))


async def test_of_an_alert_of_which_nothing_is_left_nothing_is_told(it: World) -> None:
    await it.one.alerts_on(states=frozenset(), signs=frozenset({Sign.LATE}))
    await it.one.alerts_off(signs=frozenset({Sign.LATE}))
    assert await it.one.people.of_channel(INC, None) == ([], [], [])


@pytest.mark.parametrize("how", [StoreUnavailable, Killed])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_press_is_put_down_whole_or_not_at_all(it: World, when: str, how: type[BaseException]) -> None:
    told = await alert(it)
    it.two.database.fails(after=1, when=when, how=how)
    with pytest.raises(Exception if how is StoreUnavailable else Killed):
        await it.two.presses("I'm on it", told)
    await it.one.delivers_all()
    assert (f"<@{ANA}> is on it" in told.text) is (when == "after")


async def test_what_is_old_is_deleted(it: World) -> None:
    told = await alert(it)
    await it.one.presses("I'm on it", told)
    await it.one.presses("Snooze 2 h", told)
    it.clock.pass_(9 * 86_400)
    await it.one.alert_messages.forget_old()
    assert not [row for table in (alert_messages, on_it, snoozes) for row in await it.rows(table)]
    assert await it.one.marks.find(told.button("Not on it").alert, INC) is None

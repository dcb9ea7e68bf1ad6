"""Freezing an instance and ending that, as people do it: what is asked of them, and what the channel reads."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jobbot.access import Channel, ChannelRule, Need
from jobbot.intents.model import Freeze, Unfreeze
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.store.database.engine import StoreUnavailable
from jobbot.telemetry import Outcome
from tests.machinery.acts.world import ANA, BEN, Process, World

HALF = Freeze(length=timedelta(minutes=30), reason="deploy")


async def test_it_is_frozen_changed_and_unfrozen_before_everybody(it: World) -> None:
    one, two = it.starts("one"), it.starts("two")
    assert await one.freezes(HALF) is Outcome.ANSWERED
    assert it.slack.public[0].text.startswith(f"*<@{ANA}> froze acme until 2022-10-31 11:13 UTC*\n>deploy\n")
    assert one.hastened == ["acme"], "the live cards say it soon"
    it.time.pass_(60)
    await two.freezes(replace(HALF, length=timedelta(hours=1), reason="it takes longer"), BEN)
    changed = it.slack.public[1].text
    assert changed.startswith(f"*<@{BEN}> changed the freeze of acme: it is frozen until 2022-10-31 11:44 UTC*\n")
    assert f"it was frozen by <@{ANA}> until 2022-10-31 11:13 UTC – deploy" in changed
    assert await one.freezes(Unfreeze(reason="done")) is Outcome.ANSWERED
    ended = it.slack.public[2].text
    assert ended.startswith(f"*<@{ANA}> unfroze acme*\n>done\nstops, fetches, retries, pauses and resumes work")
    assert f" · it was frozen by <@{BEN}>" in ended
    assert await one.freezes(Unfreeze()) is Outcome.NOTHING_TO_DO
    assert it.slack.whispers(ANA) == ["*acme is not frozen.* Nothing was changed."]
    assert await two.freezing.current("acme") is None


async def test_the_button_of_an_earlier_freeze_does_not_end_a_later_one(it: World) -> None:
    one = it.starts("one")
    await one.freezes(HALF)
    first = await one.freezing.current("acme")
    await one.freezes(HALF, BEN)
    assert first is not None
    assert await one.freezes(Unfreeze(freeze=first.id)) is Outcome.STALE
    assert "This button is of an earlier freeze" in it.slack.whispers(ANA)[0]
    assert await one.freezing.current("acme") is not None


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Freeze(reason="deploy"), "*For how long?*"),
        (Freeze(), "*For how long?*"),
        (Freeze(length=timedelta(days=2), reason="deploy"), "*That is too long*: a freeze lasts 24 hours at most"),
        (Freeze(length=timedelta(minutes=30)), "*Why?*"),
    ],
)
async def test_what_lacks_something_is_asked_for_and_changes_nothing(it: World, wish: Freeze, words: str) -> None:
    one = it.starts("one")
    assert await one.freezes(wish) is Outcome.REASON_WANTED
    (said,) = it.slack.whispers(ANA)
    assert words in said
    assert "Nothing was changed." in said
    assert it.slack.public == []
    assert await one.freezing.current("acme") is None


async def test_an_end_that_is_over_by_now_freezes_nothing(it: World) -> None:
    one = it.starts("one")
    await one.freezes(Freeze(until=it.time.now - timedelta(seconds=1), reason="deploy"))
    assert "That time is over already" in it.slack.whispers(ANA)[0]
    assert await one.freezing.current("acme") is None


@pytest.mark.parametrize("wish", [HALF, Unfreeze()])
@pytest.mark.parametrize("why", ["rule", "shared", "guest", "list", "stranger"])
async def test_who_may_not_stop_there_may_neither(it: World, wish: Freeze | Unfreeze, why: str) -> None:
    one = it.starts("one")
    await one.freezes(HALF, BEN)
    match why:
        case "rule":
            one.forbids(ChannelRule(may=frozenset(Need) - {Need.STOP}))
        case "shared":
            it.slack.channel = Channel(is_shared_outside=True)
        case "guest":
            it.slack.people[ANA] = replace(it.slack.people[ANA], is_guest=True)
        case "list":
            one.forbids(ChannelRule(may=frozenset(Need), stop_users=frozenset({BEN})))
        case _:
            it.slack.people[ANA] = replace(it.slack.people[ANA], team_id="T0OTHER")
    assert await one.freezes(wish) is Outcome.REFUSED
    assert len(it.slack.public) == 1
    frozen = await one.freezing.current("acme")
    assert frozen is not None
    assert frozen.user_id == BEN


async def test_a_repeated_delivery_freezes_nothing_again(it: World) -> None:
    one = it.starts("one")

    async def seen(key: str) -> bool:
        return False

    one.freezer._is_first = seen
    one.freeze_key = "again"
    assert await one.freezes(HALF) is Outcome.REPEATED
    assert it.slack.messages == []


async def test_without_the_database_nothing_is_said_to_be_frozen(it: World) -> None:
    one = it.starts("one")
    await fails(one)
    with pytest.raises(AlreadyReported):
        await one.freezes(HALF)
    assert "jobbot cannot reach its database" in it.slack.whispers(ANA)[0]
    assert it.slack.public == []


async def fails(process: Process) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailable("no connection")

    process.freeze_store.begin = away  # type: ignore[method-assign, assignment] # the database, for this question

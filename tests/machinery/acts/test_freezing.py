"""Freezing an instance and ending that, as people do it: what is asked of them, and what the channel reads."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jobbot.access import Channel, ChannelRule, Need, Policy
from jobbot.intents.model import Freeze, Unfreeze
from jobbot.render.frozen import frozen_line, refused
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.store import freezes
from jobbot.store.database.engine import StoreUnavailable
from jobbot.telemetry import Outcome
from tests.machinery.acts.world import ANA, BEN, INC, Process, World

ALL = ChannelRule(may=frozenset(Need))
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


@pytest.mark.parametrize("wish", [HALF, Unfreeze()])
@pytest.mark.parametrize("why", ["bound", "shared"])
async def test_only_a_channel_that_sees_all_of_it_alone_freezes_it(
    it: World, wish: Freeze | Unfreeze, why: str
) -> None:
    one = it.starts("one")
    await one.freezes(HALF, BEN)
    if why == "bound":
        here, words = replace(ALL, workspaces=(7,)), "this channel shows some workspaces only"
    else:
        here, words = replace(ALL, external=True), "this channel is shared with another organisation"
        it.slack.channel = Channel(is_shared_outside=True)
        it.slack.others = {"C0OPS": Channel()}
    bound = replace(ALL, workspaces=(8,))
    one.gate.set_policy(Policy({INC: here, "C0OPS": ALL, "C0EMEA": bound}))
    assert await one.freezes(wish) is Outcome.REFUSED
    said = it.slack.whispers(ANA)[-1]
    assert said.startswith(f"*acme cannot be frozen or unfrozen from here*: a freeze holds for all of it, and {words}.")
    assert "That is done in <#C0OPS>. Nothing was changed." in said
    assert len(it.slack.public) == 1
    frozen = await one.freezing.current("acme")
    assert frozen is not None
    assert frozen.user_id == BEN


async def test_another_organisation_reads_who_and_until_when_and_not_why(it: World) -> None:
    one = it.starts("one")
    await one.freezes(HALF, BEN)
    it.runs()
    it.slack.channel = Channel(is_shared_outside=True)
    one.forbids(replace(ALL, external=True))
    await one.asks()
    window = str(it.slack.windows[-1].view)
    frozen = await one.freezes_there.current("acme", INC)
    assert frozen is not None
    assert (frozen.reason, frozen.can_end) == ("", False)
    for told in (window, frozen_line(frozen), refused(frozen).text):
        assert f"<@{BEN}> until" in told
        assert "deploy" not in told
    assert "Unfreeze" not in str(refused(frozen).blocks)


@pytest.mark.parametrize("wish", [HALF, Unfreeze()])
async def test_a_repeated_delivery_changes_nothing_again(it: World, wish: Freeze | Unfreeze) -> None:
    one, two = it.starts("one"), it.starts("two")
    await one.freezes(HALF, BEN)
    one.freeze_key = two.freeze_key = "again"
    assert await one.freezes(wish) is Outcome.ANSWERED
    assert await two.freezes(wish) is Outcome.REPEATED
    assert len(it.slack.messages) == 2


@pytest.mark.parametrize("wish", [HALF, Unfreeze()])
async def test_what_could_not_be_written_is_done_when_slack_delivers_it_again(
    it: World, monkeypatch: pytest.MonkeyPatch, wish: Freeze | Unfreeze
) -> None:
    one = it.starts("one")
    await one.freezes(HALF, BEN)
    one.freeze_key = "again"

    async def dies(*_: object) -> None:
        raise StoreUnavailable("at the last step")

    with monkeypatch.context() as patched:
        patched.setattr(freezes, "put", dies)
        with pytest.raises(AlreadyReported):
            await one.freezes(wish)
    frozen = await one.freezing.current("acme")
    assert frozen is not None
    assert frozen.user_id == BEN
    assert await one.freezes(wish) is Outcome.ANSWERED
    assert len(it.slack.public) == 2


@pytest.mark.parametrize("wish", [HALF, Unfreeze()])
async def test_its_channel_is_told_also_where_the_process_dies_then(it: World, wish: Freeze | Unfreeze) -> None:
    one, two = it.starts("one"), it.starts("two")
    await one.freezes(HALF, BEN)
    await one.freezes(wish, delivers=False)
    await one.kill()
    await two.delivers_all()
    assert it.slack.public[1].text.startswith((f"*<@{ANA}> changed the freeze of acme", f"*<@{ANA}> unfroze acme"))


async def test_where_jobbot_is_no_member_the_answer_tells(it: World) -> None:
    one = it.starts("one")
    it.slack.channel = Channel(is_member=False)
    await one.freezes(HALF)
    await one.freezes(Unfreeze(reason="done"), BEN)
    begun, ended = (said.text for said in it.slack.public)
    assert begun.startswith(f"*<@{ANA}> froze acme")
    assert ended.startswith(f"*<@{BEN}> unfroze acme*\n>done")


@pytest.mark.parametrize("wish", [HALF, Unfreeze()])
async def test_of_an_instance_that_there_is_not(it: World, wish: Freeze | Unfreeze) -> None:
    one = it.starts("one")
    assert await one.freezes(replace(wish, instance="staging")) is Outcome.UNKNOWN_INSTANCE
    (said,) = it.slack.whispers(ANA)
    assert "jobbot is not set up for that instance." in said
    assert it.slack.public == []


@pytest.mark.parametrize("wish", [Freeze(reason="deploy"), Unfreeze(), HALF])
async def test_without_the_database_nothing_is_said_to_be_frozen(it: World, wish: Freeze | Unfreeze) -> None:
    one = it.starts("one")
    await fails(one)
    with pytest.raises(AlreadyReported):
        await one.freezes(wish)
    assert "jobbot cannot reach its database" in it.slack.whispers(ANA)[0]
    assert it.slack.public == []


async def fails(process: Process) -> None:
    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("no connection")

    for question in ("begin", "end", "current"):
        setattr(process.freeze_store, question, away)  # the database, for these questions

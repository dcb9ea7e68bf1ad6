"""Who may do what where: in every channel, for everybody, on every way in."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from jobbot.config import ChannelSettings
from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.state.messages import Channel, Message
from tests.stories.together import assert_nothing_crossed, second
from tests.stories.world import Transport, World, world


@pytest.mark.both_transports
async def test_a_channel_that_is_not_permitted(it: World) -> None:
    it.adverity.has_job(987)
    await it.ana.types("/jobs", in_=it.random)
    whisper = await it.whispered("Jobs are not shown in this channel", it.ana, in_=it.random)
    assert it.random.id in whisper.text, "an administrator needs the id"
    assert f"<#{it.inc.id}>" in whisper.text, "and Ana a way on"
    assert "987" not in whisper.text
    assert it.adverity.count() == 0


async def test_help_is_given_everywhere(it: World) -> None:
    await it.ana.types("/jobs help", in_=it.random)
    whisper = await it.whispered("Jobs are not shown in this channel", it.ana, in_=it.random)
    assert "/jobs stop 987" in whisper.text


async def test_a_direct_message_would_go_round_the_channels(it: World) -> None:
    it.adverity.has_job(987)
    await it.ana.types("/jobs", in_=it.ana.dm)
    await it.whispered("not shown in direct messages", it.ana, in_=it.ana.dm)
    assert it.adverity.count() == 0


async def test_a_channel_for_looking_only(it: World) -> None:
    it.adverity.has_job(987)
    await it.ana.types("/jobs", in_=it.read_only)
    message = await it.said("1 job", in_=it.read_only)
    assert "Stop job" not in message.buttons
    await it.ana.types("/jobs stop 987", in_=it.read_only)
    whisper = await it.whispered("Jobs cannot be stopped in this channel", it.ana, in_=it.read_only)
    oncall = it.slack.usergroup("data-oncall").id
    assert f"Stop jobs in <#{it.inc.id}> (by <!subteam^{oncall}>)" in whisper.text
    assert it.read_only.id in whisper.text
    assert it.shared.id not in whisper.text, "nobody could do it there either"
    assert it.ana.modal is None


async def test_who_is_not_in_the_user_group_may_look_and_not_stop(it: World) -> None:
    it.adverity.has_job(987)
    await it.ben.types("/jobs stop 987", in_=it.inc)
    modal = await it.modal(it.ben, "you are not on the list")
    assert it.slack.usergroup("data-oncall").id in str(modal.blocks)
    assert modal.submit == "Ask"
    assert it.posts() == 0
    await it.ben.types("/jobs", in_=it.inc)
    await it.said("1 job")


@pytest.mark.slow
async def test_who_may_what_and_why_is_told_to_each_alone(both: World) -> None:
    it, (staging, there) = both, second(both)
    oncall = it.slack.usergroup("data-oncall").id

    async def asks(person: Actor, in_: Channel, words: str = "whoami") -> Message:
        await person.types(f"/jobs {words}", in_=in_)
        return await it.whispered("What you may do in this channel", person, in_=in_)

    # Each in each channel: who stops what is on one instance does not stop what is on the other.
    for person, in_, stops, instance in (
        (it.ana, it.inc, f"yes, you are in <!subteam^{oncall}>", "acme"),
        (it.ben, it.inc, f"no, only <!subteam^{oncall}> may", "acme"),
        (it.ana, there, f"no, only <@{it.ben.id}> may", "staging"),
        (it.ben, there, "yes, you are named", "staging"),
    ):
        told = await asks(person, in_)
        assert f"*Stop jobs*: {stops}" in told.text
        assert f"instance {instance}" in told.text
        other = ("staging", there.id) if instance == "acme" else ("acme", it.inc.id)
        assert not [word for word in other if word in str(told.blocks)], "where it is another instance's job"
    await it.ana.types("/jobs whoami in staging", in_=it.inc)
    why = await it.whispered("You may not look at jobs here", it.ana)
    assert "*No: This channel is for `acme`, not for `staging`*" in why.text
    assert f"Look at jobs in <#{there.id}>." in why.text

    # Whoever is refused sees why, and where else: not where nobody could do it, nor what is of the other instance.
    await it.ana.types("/jobs stop 987", in_=it.shared)
    await it.modal(it.ana, "in a channel that is shared with another organisation")
    await it.ana.mentions("@jobbot stop 987", in_=it.shared)
    refused = await it.whispered("in a channel that is shared with another organisation", it.ana, in_=it.shared)
    await it.ana.clicks("Why?", on=refused)
    why = await it.whispered("You may not stop jobs here", it.ana, in_=it.shared)
    assert "You belong to the workspace that runs jobbot\nJobs are shown in this channel\n" in why.text
    assert f"Stop jobs in <#{it.inc.id}> (by <!subteam^{oncall}>)" in why.text
    assert there.id not in why.text
    await it.ana.types("/jobs", in_=it.random)
    wrong = await it.whispered("Jobs are not shown in this channel", it.ana, in_=it.random)
    await it.ana.clicks("Why?", on=wrong)
    elsewhere = await it.whispered("You may not look at jobs here", it.ana, in_=it.random)
    assert f"<#{it.inc.id}>" in elsewhere.text

    # A guest and somebody of another organisation are told so, and of no other channel.
    await it.gus.mentions("@jobbot why can't i stop 987?", in_=it.inc)
    guest = await it.whispered("Guests can look at jobs here, but not stop them", it.gus)
    await it.olga.mentions("@jobbot what may i do", in_=it.shared, shape="bare")
    outsider = await it.whispered("Only members of the workspace that runs jobbot", it.olga, in_=it.shared)
    assert "<#" not in guest.text + outsider.text
    assert not [word for word in ("acme", "staging", oncall) if word in outsider.text]

    for channel in (it.inc, there, it.shared, it.random):
        assert not [message for message in channel.public if message.user.is_bot]
    assert it.adverity.count() == staging.count() == 0
    assert_nothing_crossed(it)
    # Whoever may look, and can ask others for it, sees the job beside the rules.
    await it.ben.types("/jobs stop 987", in_=it.inc)
    await it.modal(it.ben, "Checked before that")


async def test_who_leaves_the_user_group_while_the_modal_is_open_is_refused(it: World) -> None:
    it.adverity.has_job(987)
    await it.asks_to_stop(it.ana)
    it.slack.usergroup("data-oncall").users.remove(it.ana.id)
    await it.ana.submits(reason="x")
    await it.whispered("stopping them is for", it.ana)
    assert it.posts() == 0


async def test_a_guest_may_look_and_not_stop(it: World) -> None:
    it.adverity.has_job(987)
    it.slack.usergroup("data-oncall").users.append(it.gus.id)
    await it.gus.types("/jobs 987", in_=it.inc)
    card = await it.said("*Job 987: Running*")
    await it.gus.clicks("Stop job", on=card)
    await it.modal(it.gus, "Guests can look at jobs here, but not stop them")
    assert it.posts() == 0


@pytest.fixture
async def external(transport: Transport, tmp_path: Path) -> AsyncIterator[World]:
    """#acme-shared is permitted as if nobody from elsewhere were in it."""
    async with world(transport, tmp_path) as probe:
        channels = {probe.shared.id: ChannelSettings(external=True)}
    async with world(transport, tmp_path, channels=channels) as made:
        yield made


@pytest.mark.slow
@pytest.mark.both_transports
async def test_an_outsiders_click_is_refused(external: World) -> None:
    it = external
    it.adverity.has_job(987)
    await it.ana.types("/jobs", in_=it.shared)
    message = await it.said("1 job", in_=it.shared)
    calls = it.adverity.count()

    for button in ("Refresh", "Stop job"):
        await it.olga.clicks(button, on=message)
    await it.opens(it.olga, 987, on=message)
    await it.slack.until(lambda: len(it.shared.whispers(it.olga)) == 3)

    assert {whisper.text for whisper in it.shared.whispers(it.olga)} == {
        "*Only members of the workspace that runs jobbot can use it.* Ask somebody of that team in this channel."
    }
    assert it.olga.modal is None
    assert it.adverity.count() == calls
    assert len(it.shared.public) == 1


async def test_an_outsiders_submission_is_refused(external: World) -> None:
    it = external
    it.adverity.has_job(987)
    await it.ana.types("/jobs stop 987", in_=it.shared)
    modal = await it.modal(it.ana, "The channel will see who did it")
    action = await it.slack.submits_as(it.olga, modal, reason="x")
    assert "too old" in str(action.body) or "Only members" in str(action.body)
    assert it.posts() == 0


async def test_in_a_shared_channel_answers_are_for_the_asking_person_and_nothing_is_stopped(it: World) -> None:
    it.adverity.has_job(987)
    await it.ana.types("/jobs", in_=it.shared)
    whisper = await it.whispered("1 job", it.ana, in_=it.shared)
    assert whisper.buttons == ["Details", "Refresh", "Failed last 24 h"]
    assert not it.shared.public
    await it.ana.types("/jobs stop 987", in_=it.shared)
    await it.modal(it.ana, "in a channel that is shared with another organisation")
    assert it.posts() == 0


@pytest.mark.slow
async def test_a_reason_that_was_typed_elsewhere_is_not_told_where_another_organisation_reads(it: World) -> None:
    it.adverity.has_job(987).stop_takes(timedelta(0))
    await it.asks_to_stop(it.ana)
    await it.ana.submits(reason="Globex has not paid")
    await it.said("*Stopped Facebook Ads EU (job 987)*")
    await it.ben.types("/jobs 987", in_=it.shared)
    card = await it.whispered("*Job 987: ", it.ben, in_=it.shared)
    assert f"Stopped by <@{it.ana.id}>" in card.text
    assert "Globex" not in str(card.blocks) + card.text
    await it.ben.types("/jobs 987", in_=it.inc)
    assert "Globex has not paid" in (await it.said("*Job 987: ")).text


async def test_a_permitted_channel_that_becomes_shared(it: World) -> None:
    it.adverity.has_job(987)
    await it.asks_to_stop(it.ana)
    it.inc.is_ext_shared = True
    await it.ana.submits(reason="x")
    await it.whispered("in a channel that is shared with another organisation", it.ana)
    assert it.posts() == 0


async def test_a_channel_that_is_shared_shows_nothing_to_outsiders_from_then_on(it: World) -> None:
    it.adverity.has_job(987)
    await it.ana.types("/jobs", in_=it.inc)
    await it.said("1 job")
    await it.slack.shares(it.inc)
    await it.ana.types("/jobs", in_=it.inc)
    await it.whispered("1 job", it.ana)
    assert len(it.inc.public) == 1


@pytest.mark.parametrize("method", ["users.info", "conversations.info"])
async def test_a_look_up_that_fails_means_no(it: World, method: str) -> None:
    it.adverity.has_job(987)
    it.slack.faults.error(method, "internal_error")
    await it.ana.types("/jobs", in_=it.inc)
    await it.whispered("Slack did not", it.ana)
    assert it.adverity.count() == 0
    it.slack.faults.clear()
    await it.ana.types("/jobs", in_=it.inc)
    await it.said("1 job")
    it.slack.forgive()


async def test_a_user_group_that_cannot_be_looked_up_means_no(it: World) -> None:
    it.adverity.has_job(987)
    it.slack.faults.error("usergroups.users.list", "internal_error")
    await it.ana.types("/jobs stop 987", in_=it.inc)
    await it.modal(it.ana, "Slack did not say who is in the user groups")
    it.slack.forgive()


async def test_a_quiet_channel_whispers_and_shares_on_demand(transport: Transport, tmp_path: Path) -> None:
    async with world(transport, tmp_path) as probe:
        quiet = {probe.inc.id: ChannelSettings(answers="ephemeral", reason_required=True)}
    async with world(transport, tmp_path, channels=quiet) as it:
        it.adverity.has_job(987)
        await it.ana.types("/jobs", in_=it.inc)
        whisper = await it.whispered("1 job", it.ana)
        assert not it.inc.public
        await it.ana.clicks("Share here", on=whisper)
        shared = await it.said("1 job")
        assert "Share here" not in shared.buttons


async def test_a_reason_that_the_policy_wants(transport: Transport, tmp_path: Path) -> None:
    async with world(transport, tmp_path) as probe:
        strict = {probe.inc.id: ChannelSettings(reason_required=True)}
    async with world(transport, tmp_path, channels=strict) as it:
        it.adverity.has_job(987)
        modal = await it.asks_to_stop(it.ana)
        it.ana.fills(reason="   ")
        await it.ana.submits()
        assert modal.errors == {"reason": "In this channel a stop needs a reason."}
        assert it.posts() == 0

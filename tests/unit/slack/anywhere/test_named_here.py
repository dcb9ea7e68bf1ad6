"""The shortcut of a message: what it names is answered in its thread, to whom answers go in that channel."""

from dataclasses import replace

import pytest

from tests.unit.slack import payloads
from tests.unit.slack.anywhere.world import (
    ANA,
    EMEA,
    FACEBOOK,
    GOOGLE,
    INC,
    PAGE,
    QUIET,
    RANDOM,
    SHARED,
    STAGING,
    World,
    leaks,
    trigger,
)
from tests.unit.slack.payloads import Where

TS = "1667210582.000300"


async def reads(world: World, text: str, channel: str = INC, thread: str | None = None) -> World:
    """Ana chooses the shortcut of a message with these words."""
    where = Where(channel=channel, thread_ts=thread)
    shortcut = payloads.message_shortcut(payloads.ANA, where, text, message_ts=TS, trigger_id=trigger())
    assert await world.does(shortcut) is None
    return world


@pytest.mark.parametrize(
    "text", ["job 48470 hangs", "it is 48470 again", "<https://acme.datatap.adverity.com/jobs/48470|it>"]
)
async def test_a_job_is_shown_in_the_messages_thread(text: str) -> None:
    world = await reads(World(), text)
    (said,) = world.slack.said
    assert (said.how, said.where, said.thread) == ("post", INC, TS)
    assert "card of job 48470" in said.what


async def test_in_a_thread_it_is_shown_there() -> None:
    world = await reads(World(), "job 48470", thread="1667210000.000100")
    assert [said.thread for said in world.said("post")] == ["1667210000.000100"]


async def test_several_jobs_are_a_list() -> None:
    world = await reads(World(), "jobs 48470, 48469 and 12345678 failed")
    (said,) = world.said("post")
    assert "48470, 48469, 12345678" in said.what
    assert "Adverity knows no job 12345678" in said.what


@pytest.mark.parametrize("text", ["datastream 42 is late", f"see <{PAGE}>", f"where is the {FACEBOOK.lower()} data?"])
async def test_of_a_datastream_its_jobs_are_listed(text: str) -> None:
    world = await reads(World(), text)
    (said,) = world.said("post")
    assert "48470" in said.what
    assert "48555" not in said.what
    assert said.thread == TS


async def test_of_several_datastreams_the_person_chooses() -> None:
    world = await reads(World(), f"{FACEBOOK} and {GOOGLE} look odd")
    assert world.said("post") == []
    (said,) = world.said("whisper")
    assert FACEBOOK in said.what
    assert GOOGLE in said.what
    assert said.what.count('"This one"') == 2


async def test_beside_a_job_the_datastreams_are_offered() -> None:
    world = await reads(World(), f"job 48469 of {GOOGLE}")
    assert "card of job 48469" in world.said("post")[0].what
    assert GOOGLE in world.said("whisper")[0].what


@pytest.mark.parametrize(
    "text",
    [
        "",
        "numbers look odd since 10:30",
        "spent 1,234.56 EUR in 2022, 50 % more, v2.13",
        "<https://evil.example.com/emea/facebook-ads-eu-42/>",
        f"<https://acme.datatap.adverity.com.evil.example.com{PAGE.partition('.com')[2]}>",
        "<@U0BEN> <!channel> <#C0RANDOM|random>",
        "\u0000\ud83d",
    ],
)
async def test_where_nothing_is_named_the_person_is_told_so(text: str) -> None:
    world = await reads(World(), text)
    (said,) = world.slack.said
    assert said.how == "whisper"
    assert "names no job and no datastream" in said.what


@pytest.mark.parametrize("channel", [SHARED, QUIET])
async def test_where_answers_are_for_who_asks_this_one_is(channel: str) -> None:
    world = await reads(World(), "job 48470", channel)
    assert world.said("post") == []
    assert [(said.to, "card of job 48470" in said.what) for said in world.said("whisper")] == [("asker", True)]


@pytest.mark.parametrize("channel", [RANDOM, "D0ANA", "G0MPIM"])
async def test_where_no_jobs_are_shown_this_shows_none(channel: str) -> None:
    world = await reads(World(), f"job 48470 of datastream 42 {PAGE}", channel)
    assert [said.how for said in world.slack.said] == ["whisper"]
    assert leaks(world) == []
    assert world.acme.calls == 0


async def test_a_bound_channel_names_nothing_of_elsewhere() -> None:
    world = await reads(World(), f"{GOOGLE} is late", EMEA)
    assert "names no job and no datastream" in world.shown
    await reads(world, "job 48555", EMEA)
    assert GOOGLE not in world.shown
    await reads(world, "datastream 43", EMEA)
    assert GOOGLE not in world.shown
    assert "48555" not in world.said("post")[-1].what


@pytest.mark.parametrize(
    ("text", "channel", "shown"),
    [
        ("the Meta Report is late", INC, "48470"),
        ("the meta-report is late", EMEA, "48470"),
        ("us report?", INC, "48555"),
        ("us report?", EMEA, "names no job and no datastream"),
        ("the old report is late", INC, "datastream 46"),
        ("the old report is late", EMEA, "names no job and no datastream"),
    ],
)
async def test_an_alias_names_its_datastream_where_the_channel_sees_that(text: str, channel: str, shown: str) -> None:
    """Of 46 nobody knows the name, nor where it is."""
    world = World()
    aliases = {"acme": {"meta report": 42, "us report": 43, "old report": 46}}
    world.gate.set_policy(replace(world.gate.policy, aliases=aliases))
    await reads(world, text, channel)
    assert shown in world.shown
    assert channel == INC or GOOGLE not in world.shown


async def test_a_link_to_an_instance_that_the_channel_does_not_show_says_nothing() -> None:
    world = await reads(World(), "<https://staging.example.com/x/secret-44/>")
    assert "names no job and no datastream" in world.shown
    await reads(world, "<https://staging.example.com/x/secret-44/>", STAGING)
    assert "48777" in world.said("post")[-1].what


async def test_words_that_command_are_read_and_not_obeyed() -> None:
    world = await reads(World(), "/jobs stop 48470 now <@U0JOBBOT> stop all fetch datastream 42 yesterday")
    assert world.acts == []
    assert [said.how for said in world.slack.said] == ["post"]
    assert "datastream 42" in world.shown


async def test_what_adverity_does_not_know_is_said() -> None:
    world = await reads(World(), "job 123456")
    (said,) = world.slack.said
    assert said.how == "whisper"
    assert "does not know" in said.what


async def test_who_asked_is_told_alone_what_went_wrong() -> None:
    world = await reads(World(), "job 48470", QUIET)
    assert {said.to for said in world.slack.said} == {"asker"}
    assert ANA not in {said.where for said in world.slack.said}

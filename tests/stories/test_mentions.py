"""The same words after an @mention, in a channel and in a thread."""

from datetime import timedelta

import pytest

from tests.stories.world import World

pytestmark = pytest.mark.slow


@pytest.mark.both_transports
async def test_a_mention_in_a_thread_is_answered_in_the_thread(it: World) -> None:
    it.adverity.has_job(987)
    first = await it.slack.posts(it.ana, "What is going on?", in_=it.inc)

    await it.ben.mentions("@jobbot running", in_=it.inc, thread=first)

    message = await it.said("1 job: running")
    assert message.thread_ts == first.ts
    assert f"asked by <@{it.ben.id}>" in message.text


async def test_a_mention_in_the_channel_is_answered_under_it(it: World) -> None:
    it.adverity.has_job(987)
    await it.ana.mentions("hey @jobbot 987", in_=it.inc)
    whispers = it.inc.whispers(it.ana)
    message = await it.said("*Job 987: Running*") if not whispers else whispers[0]
    assert message.thread_ts is not None


async def test_what_is_said_to_somebody_else_is_no_command(it: World) -> None:
    it.adverity.has_job(987)
    await it.ana.mentions("@ben stop 987, cc @jobbot", in_=it.inc)
    await it.ana.mentions("@ben @jobbot 987", in_=it.inc)
    await it.said("*Job 987: Running*")
    assert not it.inc.whispers(it.ana)
    assert [message.user for message in it.inc.public].count(it.slack.bot) == 1


async def test_thanks_are_no_question_and_a_bare_mention_is_told_how_to_ask(it: World) -> None:
    it.adverity.has_job(987)
    await it.ana.mentions("thanks @jobbot", in_=it.inc)
    await it.ana.mentions("@jobbot thank you!", in_=it.inc)
    await it.ana.mentions("@jobbot", in_=it.inc)

    told = await it.whispered("Ask in words: `@jobbot running`", it.ana)
    assert told.buttons == ["Running and scheduled", "Run failed", "Help"]
    await it.ana.clicks("Running and scheduled", on=told)
    await it.said("1 job: running")
    assert [message.user for message in it.inc.public].count(it.slack.bot) == 1
    assert len(it.inc.whispers(it.ana)) == 1

    await it.ana.types("/jobs thanks", in_=it.inc)
    await it.whispered("You are welcome.", it.ana)


async def test_hints_in_a_thread_are_what_can_be_typed_there(it: World) -> None:
    first = await it.slack.posts(it.ana, "What is going on?", in_=it.inc)
    await it.ana.mentions("@jobbot faild datastream 42", in_=it.inc, thread=first)
    told = await it.whispered("Perhaps `@jobbot failed datastream 42`", it.ana)
    await it.ana.clicks("Run failed datastream 42", on=told)
    assert "`@jobbot datastream 42 last 24h`" in (await it.said("No failed jobs")).text


@pytest.mark.both_transports
async def test_an_event_delivered_again_is_answered_once(it: World) -> None:
    it.adverity.has_job(987)
    action = await it.ana.mentions("@jobbot 987", in_=it.inc)
    await it.said("*Job 987: Running*")
    await it.slack.redeliver(action)
    await it.slack.redeliver(action)
    await it.ana.types("/jobs help", in_=it.inc)
    await it.whispered("/jobs help", it.ana)
    assert len([message for message in it.inc.public if "Job 987" in message.text]) == 1


async def test_a_mistake_in_a_mention_is_whispered(it: World) -> None:
    await it.ana.mentions("@jobbot faild", in_=it.inc)
    await it.whispered("I do not know `faild`", it.ana)


async def test_a_mention_where_nothing_is_permitted(it: World) -> None:
    it.adverity.has_job(987)
    it.random.members.add(it.slack.bot.id)
    await it.ana.mentions("@jobbot", in_=it.random)
    await it.whispered("Jobs are not shown in this channel", it.ana, in_=it.random)


async def test_an_outsiders_mention_is_refused(it: World) -> None:
    it.adverity.has_job(987)
    await it.olga.mentions("@jobbot 987", in_=it.shared)
    await it.whispered("Only members of the workspace", it.olga, in_=it.shared)
    assert it.adverity.count() == 0


async def test_another_bot_gets_no_answer(it: World) -> None:
    robo = it.slack.person("robo")
    await robo.mentions("@jobbot", in_=it.inc)
    await it.ana.types("/jobs help", in_=it.inc)
    await it.whispered("/jobs", it.ana)
    assert len(it.inc.public) == 1, "the bot's own message, and no conversation of bots"
    assert not it.inc.whispers(robo)


async def test_a_stop_in_a_thread_is_told_in_the_thread_and_to_the_channel(it: World) -> None:
    it.adverity.has_job(987).stop_takes(timedelta(seconds=0.2))
    first = await it.slack.posts(it.ana, "What is going on?", in_=it.inc)
    await it.ana.mentions("@jobbot stop 987", in_=it.inc, thread=first)
    await it.ana.clicks("Stop job", on=await it.whispered("Nothing was stopped yet", it.ana))
    await it.modal(it.ana, "The channel will see who did it")
    await it.ana.submits(reason="x")
    message = await it.said("*Stopped Facebook Ads EU (job 987)")
    assert message.thread_ts == first.ts
    assert message.broadcast


async def test_a_reply_that_is_also_sent_to_the_channel_is_answered_in_its_thread(it: World) -> None:
    it.adverity.has_job(987)
    first = await it.slack.posts(it.ana, "What is going on?", in_=it.inc)
    await it.ben.mentions("@jobbot running", in_=it.inc, thread=first, broadcast=True)
    assert (await it.said("1 job: running")).thread_ts == first.ts


async def test_a_mention_that_is_added_by_editing_is_answered_once_however_often_it_is_edited(it: World) -> None:
    it.adverity.has_job(987)
    asked = await it.slack.posts(it.ana, "running?", in_=it.inc)
    first = await it.ana.edits(asked, "@jobbot 987")
    assert (await it.said("*Job 987: Running*")).thread_ts == asked.ts
    await it.ana.edits(asked, "@jobbot 987 please")
    await it.ana.edits(asked, "@jobbot running")
    await it.slack.redeliver(first)
    await it.ana.types("/jobs help", in_=it.inc)
    await it.whispered("/jobs help", it.ana)
    assert [message.user for message in it.inc.public].count(it.slack.bot) == 1

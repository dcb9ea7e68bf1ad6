"""Adverity and Slack misbehave: what people are told, and that nothing is lost."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest

from jobbot.playground.adverity import LocalAdverity
from tests.stories.world import World

pytestmark = pytest.mark.slow

FAULTS: dict[str, tuple[Callable[[LocalAdverity], object], str]] = {
    "401": (lambda adverity: adverity.faults.unauthorised(), "Adverity refused jobbot's key"),
    "403": (lambda adverity: adverity.faults.forbidden(), "jobbot's key is not allowed to do this in Adverity"),
    "404": (lambda adverity: adverity.faults.missing(), "Adverity does not know"),
    "429": (lambda adverity: adverity.faults.throttled(60), "Adverity is busy"),
    "503": (lambda adverity: adverity.faults.unavailable(60), "Adverity is busy"),
    "HTML": (lambda adverity: adverity.faults.html(), "Adverity's answer is not one that jobbot can read"),
    "huge": (lambda adverity: adverity.faults.huge(), "Adverity's answer is not one that jobbot can read"),
    "500": (lambda adverity: adverity.faults.broken(), "Adverity has an error of its own (HTTP 500)"),
    "cut": (lambda adverity: adverity.faults.cut(), "Adverity did not answer"),
    "truncated": (lambda adverity: adverity.faults.truncated(), "Adverity's answer broke off"),
}


@pytest.mark.parametrize("name", list(FAULTS))
async def test_each_fault_has_its_own_words_and_a_reference(it: World, name: str) -> None:
    fault, words = FAULTS[name]
    it.adverity.has_job(987)
    fault(it.adverity)
    await it.ana.types("/jobs", in_=it.inc)
    whisper = await it.whispered(words, it.ana)
    assert "Reference" in whisper.text
    assert not it.inc.public, "an error never takes the channel's place"

    it.adverity.faults.clear()


async def test_what_follows_a_job_that_cannot_be_read_is_not_begun(it: World) -> None:
    it.adverity.has_job(987)
    for words in ("watch 987", "mute 987 for 2h"):
        it.adverity.faults.forbidden()
        said = len(it.answers(it.ana))
        await it.ana.types(f"/jobs {words}", in_=it.inc)
        told = (await it.answer(it.ana, said)).text
        assert "jobbot's key is not allowed to do this in Adverity" in told
        assert "Nothing was changed." in told
        assert "job 987 on acme · Reference" in told
        it.adverity.faults.clear()
    await it.ana.types("/jobs watches", in_=it.inc)
    await it.whispered("Nothing is watched in this channel", it.ana)
    assert not it.inc.public


async def test_a_failed_click_leaves_the_message_usable(it: World) -> None:
    it.adverity.has_job(987)
    await it.ana.types("/jobs", in_=it.inc)
    message = await it.said("1 job")
    before = message.text
    it.adverity.faults.forbidden()
    await it.ana.clicks("Refresh", on=message)
    await it.whispered("jobbot's key is not allowed", it.ana)
    assert message.text == before
    it.adverity.faults.clear()
    await it.ana.clicks("Refresh", on=message)
    await it.said("refreshed by")


@pytest.mark.both_transports
async def test_a_slow_answer_is_announced_and_the_note_taken_back(it: World) -> None:
    it.adverity.has_job(987)
    held = it.adverity.faults.hold()
    action = await it.ana.types("/jobs", in_=it.inc)
    assert action.status == 200
    await it.whispered("Asking Adverity for jobs", it.ana)
    held.release()
    await it.said("1 job")
    await it.slack.until(lambda: not it.inc.whispers(it.ana))


async def test_after_a_mention_and_a_click_the_note_becomes_the_answer(it: World) -> None:
    it.adverity.has_job(987)

    async def is_slow_while(asks: Callable[[], Awaitable[object]], note: str, answer: str) -> None:
        held = it.adverity.faults.hold()
        await asks()
        noted = await it.said(note)
        held.release()
        await it.slack.until(lambda: answer in noted.text)

    await is_slow_while(lambda: it.ana.mentions("@jobbot running", in_=it.inc), "Asking Adverity for jobs", "1 job")
    await it.slack.until(lambda: it.inc.public)
    listed = await it.said("1 job")
    await is_slow_while(lambda: it.opens(it.ana, 987, on=listed), "Asking Adverity for job 987", "*Job 987")
    assert not it.inc.whispers(it.ana)


async def test_a_slow_watch_is_announced_and_the_note_taken_back(it: World) -> None:
    it.adverity.has_job(987)
    held = it.adverity.faults.hold()
    await it.ana.types("/jobs watch 987", in_=it.inc)
    await it.whispered("Asking Adverity for job 987", it.ana)
    held.release()
    await it.whispered("ends", it.ana)
    await it.slack.until(lambda: len(it.inc.whispers(it.ana)) == 1)


async def test_an_instance_that_is_down_is_not_asked_again_before_a_time(it: World) -> None:
    it.adverity.has_job(987)
    it.adverity.faults.broken()

    def has_told(times: int) -> bool:
        return len(it.inc.whispers(it.ana)) == times

    for number in range(1, 4):
        await it.ana.types("/jobs", in_=it.inc)
        await it.slack.until(partial(has_told, number))
    whisper = await it.whispered("It is not asked again before", it.ana)
    assert "Adverity has an error of its own (HTTP 500)" in whisper.text
    assert "Nothing was changed" not in whisper.text
    assert whisper.buttons == ["Try again"]
    it.adverity.faults.clear()


async def test_blocks_that_slack_rejects_go_out_as_text(it: World) -> None:
    it.adverity.has_job(987)
    it.slack.faults.error("chat.postMessage", "invalid_blocks", times=1)
    await it.ana.mentions("@jobbot 987", in_=it.inc)
    message = await it.said("*Job 987: Running*")
    assert not message.buttons
    it.slack.forgive()


async def test_slacks_rate_limit_is_waited_for(it: World) -> None:
    it.adverity.has_job(987)
    it.slack.faults.ratelimit("chat.postMessage", retry_after=1, times=1)
    await it.ana.mentions("@jobbot 987", in_=it.inc)
    await it.said("*Job 987: Running*")
    it.slack.forgive()


async def test_a_button_of_long_ago(it: World) -> None:
    old = await it.slack.says_as_bot(it.inc, "Old", [
        {"type": "actions", "elements": [
            {"type": "button", "text": {"type": "plain_text", "text": "Old"}, "action_id": "v0_stop", "value": "987"}
        ]}
    ])  # fmt: skip
    action = await it.ana.clicks("Old", on=old)
    assert action.status == 200
    await it.whispered("is too old to be used.* Nothing was done", it.ana)


async def test_a_window_that_slack_does_not_open(it: World) -> None:
    it.adverity.has_job(987)
    it.slack.faults.error("views.open", "expired_trigger_id", times=1)
    await it.ana.types("/jobs stop 987 why", in_=it.inc)
    whisper = await it.whispered("Slack did not open the window", it.ana)
    await it.ana.clicks("Stop job", on=whisper)
    await it.modal(it.ana, "The channel will see who did it")
    it.slack.forgive()


async def test_a_window_that_slack_opens_without_saying_which(it: World) -> None:
    it.adverity.has_job(987)
    it.slack.faults.bare("views.open", times=1)
    await it.ana.types("/jobs stop 987 why", in_=it.inc)
    await it.whispered("did not let jobbot fill its window", it.ana)
    assert not it.slack.calls_of("views.update")
    assert it.adverity.count() == 0
    await it.ana.closes()
    await it.asks_to_stop(it.ana)


async def test_an_ending_that_slack_does_not_take_is_told_when_it_does(it: World) -> None:
    it.adverity.has_job(987).stop_takes(timedelta(seconds=0.1))
    await it.asks_to_stop(it.ana)
    it.slack.faults.error("chat.postMessage", "internal_error")
    it.slack.faults.error("response_url", "no_service")
    await it.ana.submits(reason="x")
    await it.adverity.called("POST", "/stop/")
    # The beginning, and then the ending, in both ways that there are.
    await it.slack.until(lambda: sum(not call.ok for call in it.slack.calls_of("response_url")) == 2)
    assert not it.inc.public
    it.slack.faults.clear()
    it.slack.forgive()
    await it.slack.until(lambda: any("*Stopped Facebook Ads EU (job 987)" in message.text for message in it.inc.public))
    assert it.posts() == 1

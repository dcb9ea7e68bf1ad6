"""Stopping: asked first, once, in front of everybody, and told as it was."""

import asyncio
from datetime import timedelta

import pytest

from tests.stories.world import World
from tests.unit.slack import payloads

SOON = timedelta(seconds=0.2)
STOPPED = "*Stopped Facebook Ads EU (job 987)"


@pytest.mark.both_transports
async def test_stopped_with_a_reason(it: World) -> None:
    it.adverity.has_job(987, progress=62, manual=True).stop_takes(SOON)
    it.adverity.has_job(988, state="Scheduled", follows=987)

    await it.ana.types("/jobs stop 987 runaway", in_=it.inc)
    modal = await it.modal(it.ana, "The channel will see who did it")
    assert "Stopping also discards 1 follow-up job" in str(modal.blocks)
    assert (modal.submit, modal.close) == ("Stop job 987", "Keep running")
    assert not it.inc.public, "asking is between Ana and jobbot"

    await it.ana.submits(reason="runaway fetch")

    message = await it.said("*Stopped Facebook Ads EU (job 987)*")
    assert f"acme · <@{it.ana.id}> " in message.text
    assert "runaway fetch" in message.text
    assert "also discarded: 988" in message.text
    assert "is stopping Facebook Ads EU (job 987)" in message.history[0].text, (
        "the same message, from the beginning to the end"
    )
    assert it.inc.public == [message]
    assert it.posts() == 1
    assert it.adverity.job(988).state == "Discarded"


async def test_the_largest_number_there_is(it: World) -> None:
    it.adverity.has_job(2**63 - 1).stop_takes(SOON)
    await it.asks_to_stop(it.ana, 2**63 - 1)
    await it.ana.submits(reason="x")
    await it.said(f"*Stopped Facebook Ads EU (job {2**63 - 1})")


@pytest.mark.slow
async def test_half_a_character_in_the_reason_loses_no_stop(it: World) -> None:
    it.adverity.has_job(987).stop_takes(SOON)
    await it.asks_to_stop(it.ana)
    await it.ana.submits(reason="cut in the middle \ud83d")
    message = await it.said(STOPPED)
    assert "cut in the middle ?" in message.text


@pytest.mark.slow
async def test_a_discarded_job_was_stopped_too(it: World) -> None:
    it.adverity.has_job(987).stop_takes(SOON).stop_ends_as("Discarded")
    await it.asks_to_stop(it.ana)
    await it.ana.submits()
    message = await it.said(STOPPED)
    assert "no reason given" in message.text


async def test_declined(it: World) -> None:
    it.adverity.has_job(987)
    await it.asks_to_stop(it.ana)
    await it.ana.closes()
    await it.ana.types("/jobs help", in_=it.inc)
    await it.whispered("/jobs", it.ana)
    assert not it.inc.public
    assert it.posts() == 0


@pytest.mark.slow
async def test_the_reason_that_was_typed_is_in_the_field(it: World) -> None:
    it.adverity.has_job(987).stop_takes(SOON)
    await it.asks_to_stop(it.ana, why="because of <#C0INCDATA1|inc-data> & costs > 5")
    await it.ana.submits()
    message = await it.said(STOPPED)
    assert "because of #inc-data &amp; costs &gt; 5" in message.text


async def test_refused_by_adverity_in_its_own_words(it: World) -> None:
    it.adverity.has_job(987).refuses_stop("Job is in the <transform> stage.")
    await it.asks_to_stop(it.ana)
    await it.ana.submits(reason="x")
    message = await it.said(
        "*Not stopped: Facebook Ads EU (job 987)* · Adverity refused\n"
        "Adverity stops a job only while it is still fetching.\n"
        ">Adverity: Job is in the &lt;transform&gt; stage"
    )
    assert it.posts() == 1
    assert message.buttons == ["Details"], "it does not come back to fetching"


async def test_refused_because_of_the_key_is_not_blamed_on_the_job(it: World) -> None:
    it.adverity.has_job(987)
    it.adverity.faults.forbidden(method="POST")
    await it.asks_to_stop(it.ana)
    await it.ana.submits(reason="x")
    message = await it.said("*Not stopped: Facebook Ads EU (job 987)* · Adverity refused")
    assert "more permissions" in message.text
    assert "still fetching" not in message.text


async def test_a_window_that_cannot_be_filled_is_not_left_without_a_word(it: World) -> None:
    it.adverity.has_job(987)
    it.slack.faults.error("views.update", "fatal_error")
    await it.ana.types("/jobs stop 987", in_=it.inc)
    await it.whispered("did not let jobbot fill its window", it.ana)
    it.slack.faults.clear()
    it.slack.forgive()


@pytest.mark.slow
async def test_two_windows_under_one_id_are_two_stops(it: World) -> None:
    for job in (987, 988):
        it.adverity.has_job(job).stop_takes(SOON)
        window = await it.asks_to_stop(it.ana, job)
        payload = payloads.view_submission(
            payloads.Who(id=it.ana.id, team=it.ana.team.id),
            window.definition["callback_id"],
            window.definition["private_metadata"],
            view_id="V0SAME",
        )
        await it.ana.closes()
        for _ in range(2):
            await it.slack.raw_deliver(payload)
        await it.said(f"*Stopped Facebook Ads EU (job {job})")
    assert it.posts() == 2


async def test_a_job_that_is_over_has_nothing_to_press(it: World) -> None:
    it.adverity.has_job(987, state="Success")
    await it.ana.types("/jobs stop 987", in_=it.inc)
    modal = await it.modal(it.ana, "Job 987 ended (Success")
    assert modal.submit is None


async def test_a_job_that_ended_while_the_modal_was_open_is_not_stopped(it: World) -> None:
    job = it.adverity.has_job(987)
    await it.asks_to_stop(it.ana)
    job.ends()
    await it.ana.submits(reason="x")
    await it.said("was over already*\nIt ended as Success")
    assert it.posts() == 0


async def test_a_job_that_ends_by_itself_after_the_stop_was_sent(it: World) -> None:
    job = it.adverity.has_job(987).ignores_stop()
    await it.asks_to_stop(it.ana)
    await it.ana.submits(reason="x")
    await it.adverity.called("POST", "/stop/")
    job.ends()
    await it.said("(job 987) ended by itself*\nIt ended as Success")


@pytest.mark.both_transports
async def test_two_at_once_one_request_and_the_second_is_told_who_was_first(it: World) -> None:
    it.adverity.has_job(987).stop_takes(SOON)
    oncall = it.slack.usergroup("data-oncall")
    oncall.users.append(it.ben.id)
    await it.asks_to_stop(it.ana)
    await it.asks_to_stop(it.ben)

    await asyncio.gather(it.ana.submits(reason="a"), it.ben.submits(reason="b"))

    message = await it.said(STOPPED)
    first, second = (it.ana, it.ben) if "\n>a\n" in message.text else (it.ben, it.ana)
    whisper = await it.whispered("already", second)
    assert f"<@{first.id}>" in whisper.text
    assert "No second request was sent." in whisper.text
    assert it.posts() == 1


@pytest.mark.slow
async def test_whoever_asks_while_it_is_being_stopped_sees_who_was_first(it: World) -> None:
    it.adverity.has_job(987).ignores_stop()
    it.slack.usergroup("data-oncall").users.append(it.ben.id)
    await it.asks_to_stop(it.ana)
    await it.ana.submits(reason="x")
    await it.said("is stopping Facebook Ads EU (job 987)")
    await it.ben.types("/jobs stop 987", in_=it.inc)
    modal = await it.modal(it.ben, "is already stopping job 987")
    assert modal.submit is None


@pytest.mark.slow
async def test_what_was_stopped_and_goes_on_may_be_stopped_again_and_the_window_says_who_did(it: World) -> None:
    it.adverity.has_job(987).stop_takes(SOON)
    await it.asks_to_stop(it.ana)
    await it.ana.submits(reason="x")
    await it.said(STOPPED)
    it.adverity.has_job(987).stop_takes(SOON)
    modal = await it.asks_to_stop(it.ana)
    assert f"<@{it.ana.id}> stopped it at" in str(modal.blocks)
    assert "yet it is going on" in str(modal.blocks)
    await it.ana.submits(reason="again")
    message = await it.said("\n>again\n")
    await it.slack.until(lambda: message.text.startswith(STOPPED))
    assert it.posts() == 2


@pytest.mark.slow
async def test_accepted_is_not_stopped(it: World) -> None:
    it.adverity.has_job(987).ignores_stop()
    await it.asks_to_stop(it.ana)
    await it.ana.submits(reason="x")
    message = await it.said("Adverity accepted the stop at")
    assert "is still running" in message.text
    await it.ana.clicks("Details", on=message)
    await it.said("*Job 987: Running*")


@pytest.mark.slow
async def test_the_card_and_the_row_remember_who_asked_for_a_stop_and_why(it: World) -> None:
    job = it.adverity.has_job(987).ignores_stop()
    await it.ben.types("/jobs 987", in_=it.inc)
    card = await it.said("Job 987: Running")
    await it.asks_to_stop(it.ana)
    await it.ana.submits(reason="runaway <fetch>")
    await it.said("is still running")
    await it.ben.types("/jobs", in_=it.inc)
    await it.said("goes on after a stop")
    it.clock.advance(seconds=4)
    await it.slack.until(lambda: "yet it goes on" in card.text)
    assert f"<@{it.ana.id}> asked to stop it" in card.text
    assert "\n>runaway &lt;fetch&gt;\n" in card.text
    job.ends("Cancelled")
    await it.slack.until(lambda: f"Ended after <@{it.ana.id}> asked to stop it" in card.text)


@pytest.mark.parametrize("fault", ["cut_after_effect", "broken after effect"])
async def test_no_answer_is_read_again_and_never_sent_again(it: World, fault: str) -> None:
    it.adverity.has_job(987).stop_takes(SOON)
    await it.asks_to_stop(it.ana)
    match fault:
        case "cut_after_effect":
            it.adverity.faults.cut_after_effect(method="POST", path="/stop/")
        case _:
            it.adverity.faults.truncated(method="POST", path="/stop/")
    await it.ana.submits(reason="x")
    await it.said(STOPPED)
    assert it.posts() == 1


@pytest.mark.slow
async def test_an_answer_of_500_says_nothing_and_the_truth_is_read(it: World) -> None:
    it.adverity.has_job(987)
    await it.asks_to_stop(it.ana)
    it.adverity.faults.broken(method="POST", path="/stop/")
    await it.ana.submits(reason="x")
    message = await it.said("*Unknown whether Facebook Ads EU (job 987) was stopped*")
    assert any("does not say whether it was taken" in version.text for version in message.history)
    assert it.posts() == 1
    assert it.adverity.job(987).state == "Running"


async def test_adverity_down_before_anything_was_sent(it: World) -> None:
    it.adverity.has_job(987)
    await it.asks_to_stop(it.ana)
    it.adverity.faults.missing()
    await it.ana.submits(reason="x")
    await it.said("No request was sent.")
    assert it.posts() == 0


async def test_an_old_modal_is_not_obeyed(it: World) -> None:
    it.adverity.has_job(987)
    modal = await it.asks_to_stop(it.ana)
    it.clock.advance(minutes=20)
    await it.ana.submits(reason="x")
    assert modal.errors == {
        "reason": "This was asked 20 minutes ago. Open it again so that you see it as it is now. Nothing was sent."
    }
    assert it.posts() == 0


@pytest.mark.slow
@pytest.mark.both_transports
async def test_a_submission_delivered_twice_stops_once(it: World) -> None:
    it.adverity.has_job(987).stop_takes(SOON)
    await it.asks_to_stop(it.ana)
    action = await it.ana.submits(reason="x")
    await it.slack.redeliver(action)
    await it.said(STOPPED)
    await it.slack.redeliver(action)
    await it.ana.types("/jobs help", in_=it.inc)
    await it.whispered("/jobs help", it.ana)
    assert it.posts() == 1
    assert not [whisper for whisper in it.inc.whispers(it.ana) if "already" in whisper.text]


async def test_from_a_button_in_a_list(it: World) -> None:
    it.adverity.has_job(987).stop_takes(SOON)
    await it.ana.types("/jobs", in_=it.inc)
    await it.ana.clicks("Stop job", on=await it.said("1 job"))
    await it.modal(it.ana, "The channel will see who did it")
    await it.ana.submits(reason="x")
    await it.said(STOPPED)


async def test_a_mention_offers_the_button_that_opens_the_modal(it: World) -> None:
    it.adverity.has_job(987).stop_takes(SOON)
    await it.ana.mentions("@jobbot stop 987 runaway", in_=it.inc)
    whisper = await it.whispered("Nothing was stopped yet", it.ana)
    await it.ana.clicks("Stop job", on=whisper)
    await it.modal(it.ana, "runaway")
    await it.ana.submits()
    await it.said(STOPPED)


async def test_the_modal_opens_before_anything_is_looked_up(it: World) -> None:
    it.adverity.has_job(987)
    held = it.adverity.faults.hold()
    it.slack.faults.slow("users.info", 1.0)
    await it.ana.types("/jobs stop 987", in_=it.inc)
    await it.modal(it.ana, "Checking job 987")
    held.release()
    await it.modal(it.ana, "The channel will see who did it")


async def test_the_modal_says_what_went_wrong(it: World) -> None:
    it.adverity.has_job(987)
    it.adverity.faults.unauthorised()
    await it.ana.types("/jobs stop 987", in_=it.inc)
    modal = await it.modal(it.ana, "refused jobbot's key")
    assert modal.submit is None
    assert "Reference" in str(modal.blocks)

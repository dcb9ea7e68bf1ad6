"""Lists: what runs, what failed, page by page, in one's own time zone."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.stories.world import World


@pytest.mark.both_transports
async def test_a_list_shows_what_is_going_on_to_everybody(it: World) -> None:
    it.adverity.has_job(987, progress=62, manual=True, by="tom.keller@acme.example")
    it.adverity.has_job(988, state="Scheduled")
    it.adverity.has_job(989, state="Failed", issues=["no file"])

    action = await it.ana.types("/jobs", in_=it.inc)

    message = await it.said("2 jobs: running and scheduled")
    assert action.status == 200
    for words in ("acme", "as of", f"<@{it.ana.id}>", "*Facebook Ads EU* · Running 62 %", "job 987 · datastream 42",
                  "12 min", "waits for job 987 · job 988", "1 waiting",
                  "(1 running, 1 scheduled)"):  # fmt: skip
        assert words in message.text
    assert "989" not in message.text
    assert message.buttons == ["Stop job", "Stop job", "Refresh", "Stop several", "Failed last 24 h"]


async def test_a_list_is_paged_and_refreshed_in_its_own_message(it: World) -> None:
    for number in range(1, 38):
        it.adverity.has_job(number, started=it.clock() - timedelta(minutes=number))
    await it.ana.types("/jobs running", in_=it.inc)
    message = await it.said("1-15 of 37")
    assert "job 1 " in message.text
    assert "job 16 " not in message.text

    await it.ben.clicks("Older", on=message)
    await it.said("16-30 of 37")
    assert f"refreshed by <@{it.ben.id}>" in message.text
    await it.ben.clicks("Older", on=message)
    await it.said("31-37 of 37")
    assert message.buttons[-4:] == ["Newer", "Refresh", "Stop several", "Failed last 24 h"]
    await it.ana.clicks("Newer", on=message)
    await it.said("16-30 of 37")

    for number in range(16, 38):
        it.adverity.job(number).ends()
    await it.ana.clicks("Refresh", on=message)
    await it.slack.until(lambda: message.text.startswith("*15 jobs: running*"))
    assert "1-15 of 15" not in message.text, "one page is all of it"
    assert len(it.inc.public) == 1, "one matter, one message"


async def test_an_empty_list_says_what_was_asked(it: World) -> None:
    await it.ana.types("/jobs failed yesterday datastream 42", in_=it.inc)
    message = await it.said("No failed jobs: yesterday in Europe/Vienna")
    assert "datastream 42" in message.text


async def test_failed_means_the_last_day_and_says_so(it: World) -> None:
    it.adverity.has_job(1, state="Failed", issues=["no file"], ended=it.clock() - timedelta(hours=20))
    it.adverity.has_job(2, state="Failed", ended=it.clock() - timedelta(hours=30))
    it.adverity.has_job(3, state="Success")

    await it.ana.types("/jobs failed", in_=it.inc)

    message = await it.said("1 job: failed, last 24 hours (no range was given)")
    assert "no file" in message.text


async def test_ranges_are_read_in_the_asking_persons_time_zone(it: World) -> None:
    it.adverity.has_job(1, state="Success", started=datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
                        ended=datetime(2026, 3, 29, 0, 40, tzinfo=UTC))  # fmt: skip

    await it.ana.types("/jobs 2026-03-29", in_=it.inc)
    await it.said("1 job:")

    (query,) = {call.query for call in it.adverity.calls if "start=" in call.query}
    # The day on which Vienna goes from UTC+1 to UTC+2 has 23 hours.
    assert "start=2026-03-28T23:00:00Z" in query
    assert "end=2026-03-29T21:59:59Z" in query


async def test_one_datastream_and_several_states(it: World) -> None:
    it.adverity.has_datastream(43, "Google Ads US")
    it.adverity.has_job(1, datastream=42, state="Failed")
    it.adverity.has_job(2, datastream=42, state="Cancelled")
    it.adverity.has_job(3, datastream=42, state="Success")
    it.adverity.has_job(4, datastream=43, state="Failed")

    await it.ana.types("/jobs ds 42 failed cancelled last 2 days", in_=it.inc)

    message = await it.said("2 jobs: cancelled or failed, last 2 d")
    assert "job 1 " in message.text
    assert "job 2 " in message.text


async def test_names_from_outside_can_neither_ping_nor_link(it: World) -> None:
    it.adverity.has_datastream(66, "<!channel> *x* <https://evil.example|click> & co")
    it.adverity.has_job(7, datastream=66, issues=["<@U0BEN00001> look"])

    await it.ana.types("/jobs", in_=it.inc)

    message = await it.said("job 7")
    formatted = [block["text"]["text"] for block in message.blocks if block["type"] == "section"]
    assert "<!channel>" not in str(formatted) + message.text
    assert "&lt;!channel&gt; *x*" in message.text
    assert "<!date^0^{_}|*>x<!date^0^{_}|*>" in str(message.blocks), "it is not drawn in bold"
    assert "&lt;@U0BEN00001&gt; look" in message.text


async def test_a_mistake_is_answered_to_who_made_it_with_a_way_on(it: World) -> None:
    it.adverity.has_job(1, state="Failed")

    await it.ana.types("/jobs faild last 6h", in_=it.inc)
    whisper = await it.whispered("I do not know `faild`. Did you mean `failed`?", it.ana)
    assert "*last 6 h" in whisper.text or "*last 6h*" in whisper.text

    await it.ana.clicks("run", on=whisper)
    await it.said("1 job: failed, last 6 hours")


async def test_noise_is_answered_too(it: World) -> None:
    await it.ana.types("/jobs " + "?!💥 <x|y> \u202e" * 250, in_=it.inc)
    await it.whispered("I do not know", it.ana)


async def test_a_command_that_says_payload_is_answered(it: World) -> None:
    await it.ana.types("/jobs payload", in_=it.inc)
    await it.whispered("I do not know `payload`", it.ana)


async def test_help_and_the_same_words_from_a_phone(it: World) -> None:
    await it.ana.types("/jobs help", in_=it.inc)
    await it.whispered("`/jobs stop 987 [why]`", it.ana)
    await it.ana.types("/jobs “failed” 2026\u201103\u201101 – 2026\u201103\u201102", in_=it.inc)
    await it.said("No failed jobs: 2026-03-01")


async def test_many_who_ask_the_same_at_once_cost_one_call(it: World) -> None:
    it.adverity.has_job(987)
    held = it.adverity.faults.hold()
    for _ in range(5):
        await it.ana.types("/jobs", in_=it.inc)
        await it.ben.types("/jobs", in_=it.inc)
    held.release()
    await it.slack.until(lambda: len(it.inc.public) == 10)
    asked = [call.query for call in it.adverity.calls if call.path == "/api/jobs/"]
    assert ["datastream_id=42" in query for query in asked] == [False, True], "what is going on, and how long it takes"


async def test_the_job_that_was_nearly_stopped_is_asked_about(it: World) -> None:
    it.adverity.has_job(48472)
    await it.ana.types("/jobs stp 48472 it hangs", in_=it.inc)
    told = await it.whispered("I do not know `stp`. Did you mean `stop`?", it.ana)
    assert told.buttons == ["Stop job 48472 …", "Show job 48472"]
    await it.ana.clicks("Stop job 48472 …", on=told)
    await it.modal(it.ana, "Running 40 %")
    assert not [call for call in it.adverity.calls if call.method == "POST"]


async def test_several_numbers_are_a_list(it: World) -> None:
    it.adverity.has_job(48319)
    it.adverity.has_job(48320, state="Failed")
    await it.ana.types("/jobs watch 48319 48320", in_=it.inc)
    assert "Nothing is watched yet" in (await it.said("2 jobs: 48319, 48320")).text


async def test_a_datastream_that_does_not_exist(it: World) -> None:
    await it.ana.types("/jobs datastream 9999", in_=it.inc)
    await it.said("There is no datastream 9999")

"""A pause and a resume on the machinery of acts: switched once, read back; resumed by jobbot at the hour, once."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from jobbot.access import Channel, ChannelRule, Need, Reach
from jobbot.adverity.around import Off
from jobbot.adverity.errors import (
    AdverityError,
    Busy,
    Forbidden,
    InvalidRequest,
    NotFound,
    Unauthorised,
    Unexpected,
    Unreachable,
)
from jobbot.adverity.model import DatastreamId
from jobbot.flows.acts.kinds.schedule import END_CHANGED
from jobbot.flows.acts.kinds.schedule_plan import PausedBefore, PauseDetails, ResumeDetails
from jobbot.flows.acts.paused import PausedFlow
from jobbot.flows.jobs.around import read_next_fetch
from jobbot.intents.model import PauseSchedule
from jobbot.render.acts.schedule_window import UNTIL
from jobbot.render.asked import Asker
from jobbot.render.paused import render_paused
from jobbot.slack.web.outbound import SlackRefused
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.model import ActState, Kind
from tests.machinery.acts.pausing import HOUR, of, paused, resumed
from tests.machinery.acts.steps import Action, Do, Gate, Killed, answer_lost, away, done, done_and_raises, first, raises
from tests.machinery.acts.world import ANA, BEN, Process, World
from tests.unit.store.world import LEASE, START

SILENT = Unreachable("timed out")
KILLED_AT = ["hold", "posting", "post", "announced", "datastream", "sending", "switch", "answered", "close", "edit",
             "told"]  # fmt: skip
KILLED_AT_THE_HOUR = ["take_over", "hold", "datastream", "sending", "switch", "answered", "close", "edit", "told"]
KILLED_AT_A_CHANGE = ["hold", "posting", "post", "announced", "datastream", "close", "edit", "told"]


async def test_the_right_way(it: World) -> None:
    one = await paused(it, "open")
    (row,) = await it.rows(None)
    assert (row.state, row.subject, row.outcome) == (ActState.DONE, "schedule 42", "off")
    (said,) = it.slack.public
    assert said.texts[0].startswith(f"*<@{ANA}> is pausing the schedule of Facebook Ads EU*\n>runaway")
    assert said.text.startswith(
        f"*<@{ANA}> paused the schedule of Facebook Ads EU*\n"
        "The schedule is off (checked 10:43:02 UTC). Jobs that are running or waiting go on.\n>runaway"
    )
    it.adverity.next_run = "2022-10-31T11:00:00Z"
    await one.sends(it.resume())
    await one.ends()
    assert it.adverity.switches == [False, True]
    assert it.slack.public[1].text.startswith(
        f"*<@{BEN}> resumed the schedule of Facebook Ads EU*\n"
        "The schedule is on (checked 10:43:02 UTC). Next scheduled fetch: 2022-10-31 11:00 UTC (in 16 min).\n>fixed"
    )


async def test_at_its_hour_it_is_resumed_in_the_same_message(it: World) -> None:
    one = await paused(it)
    (said,) = it.slack.public
    assert f"<@{ANA}> paused the schedule of Facebook Ads EU until 2022-10-31 11:43 UTC" in said.text
    planned = await resumed(it)
    assert (planned.state, planned.message_ts) == (ActState.PLANNED, said.ts)
    it.time.pass_(HOUR - 60)
    await one.looks()
    assert it.adverity.switches == [False], "not before"
    it.time.pass_(61)
    await one.looks()
    assert it.adverity.switches == [False, True]
    assert (await resumed(it)).state is ActState.DONE
    assert [one.ts for one in it.slack.public] == [said.ts]
    assert said.text.startswith("*Resumed the schedule of Facebook Ads EU 2022-10-31 11:43 UTC, as planned*\n")
    assert f">runaway\nacme · paused by <@{ANA}> 10:43:02 UTC until 2022-10-31 11:43 UTC" in said.text
    it.time.pass_(HOUR)
    await one.looks()
    assert it.adverity.switches == [False, True], "once"


@pytest.mark.parametrize(
    ("step", "state", "sent", "words"),
    [
        (raises(SILENT), ActState.UNKNOWN, 0, "When it was last read it was on"),
        (raises(Unexpected("status 500", status=500)), ActState.UNKNOWN, 0, "This pause plans no resume."),
        (done_and_raises(SILENT), ActState.DONE, 1, "The schedule is off"),
    ],
)
async def test_what_adverity_says_or_does_not(it: World, step: Action, state: ActState, sent: int, words: str) -> None:
    one = it.starts("one")
    one.steps.at("switch", step)
    await one.sends(it.pause(until="1"))
    await one.ends()
    (row,) = await of(it, Kind.PAUSE)
    assert (row.state, len(it.adverity.switches), one.steps.taken.count("switch")) == (state, sent, 1)
    assert words in it.slack.public[0].text
    assert len(await of(it, Kind.RESUME)) == (state is ActState.DONE), "what is not known to be paused is not resumed"


async def test_accepted_and_yet_on(it: World) -> None:
    it.adverity.switches_work = False
    one = it.starts("one")
    await one.sends(it.pause())
    await one.ends()
    (row,) = await it.rows(None)
    assert (row.state, row.outcome) == (ActState.UNKNOWN, "accepted, and still on")
    assert "Adverity accepted the pause. When it was last read it was on" in it.slack.public[0].text


async def test_a_switch_that_is_not_told_afterwards_is_not_known(it: World) -> None:
    one = it.starts("one")

    async def without_a_word(do: Do) -> None:
        await do()
        it.adverity.changes(enabled=None)

    one.steps.at("switch", without_a_word)
    await one.sends(it.pause(until="1"))
    await one.ends()
    (row,) = await it.rows(None)
    assert (row.state, row.outcome) == (ActState.UNKNOWN, "accepted, and whether it is on was not read since")
    assert "Whether it is on could not be read since" in it.slack.public[0].text


async def test_what_was_read_before_it_was_sent_is_not_told_as_read_since(it: World) -> None:
    one = it.starts("one")
    one.steps.at("datastream", done)
    one.steps.always["datastream"] = raises(SILENT)
    one.steps.at("switch", raises(SILENT))
    await one.sends(it.pause())
    await one.ends()
    assert "Whether it is on could not be read since" in it.slack.public[0].text
    assert "last read it was on" not in it.slack.public[0].text


async def test_the_time_of_what_was_read_last_is_when_it_was_read(it: World) -> None:
    one = it.starts("one")
    one.steps.at("datastream", done, done)
    one.steps.always["datastream"] = raises(SILENT)
    one.steps.at("switch", raises(SILENT))
    await one.sends(it.pause())
    await one.ends()
    assert it.time.now > START + timedelta(seconds=15), "it was tried to be read for long"
    assert "When it was last read it was on (10:43:02 UTC)" in it.slack.public[0].text


async def test_refused_and_yet_off_plans_no_resume_and_says_so(it: World) -> None:
    one = it.starts("one")
    one.steps.at("switch", done_and_raises(InvalidRequest("Conflict.", status=409)))
    await one.sends(it.pause(until="1"))
    await one.ends()
    (row,) = await it.rows(None)
    assert row.state is ActState.ENDED_OTHERWISE
    assert "was switched off by somebody else" in it.slack.public[0].text
    assert "Adverity refused jobbot's request. This pause plans no resume." in it.slack.public[0].text


async def test_a_plan_whose_commit_nobody_learned_of_is_made_once_and_told_as_done(it: World) -> None:
    one, two = it.starts("one"), it.starts("two")
    one.steps.at("close", answer_lost)
    await one.sends(it.pause(until="1"))
    await one.ends()
    await it.heals(two)
    assert (await resumed(it)).state is ActState.PLANNED
    assert f"<@{ANA}> paused the schedule" in it.slack.public[0].text
    assert it.slack.whispers(ANA) == [], "nothing went wrong"
    it.time.pass_(HOUR)
    await two.looks()
    assert it.adverity.switches == [False, True]


@pytest.mark.parametrize("when", ["meanwhile", "before"])
async def test_who_comes_second_to_jobbot_is_told_that_it_was_jobbot(it: World, when: str) -> None:
    """The plan is Ana's, and at its hour she does nothing."""
    one, two = await paused(it), it.starts("two")
    it.time.pass_(HOUR + 1)

    async def ben_comes() -> None:
        await two.sends(it.resume(BEN, opened=60))
        await two.ends()

    if when == "meanwhile":
        one.steps.at("switch", first(ben_comes))
    await one.looks()
    if when == "before":
        await ben_comes()
    does = "is already pausing or resuming" if when == "meanwhile" else "has already resumed"
    assert it.slack.whispers(BEN) == [f"jobbot {does} this schedule (11:43:02 UTC). No second request was sent."]
    assert it.adverity.switches == [False, True]


async def test_where_adverity_has_too_many_requests_the_resume_is_tried_again(it: World) -> None:
    one = await paused(it)
    one.steps.at("switch", raises(Busy(status=429)))
    it.time.pass_(HOUR + 1)
    await one.looks()
    assert ((row := await resumed(it)).state, row.sent_at) == (ActState.PLANNED, None)
    assert "jobbot tries again every minute" in it.slack.public[0].text
    it.time.pass_(61)
    await one.looks()
    assert (await resumed(it)).state is ActState.DONE
    assert it.adverity.switches == [False, True]


@pytest.mark.parametrize(("enabled", "words"), [(False, "was paused already"), (None, "No request was sent")])
async def test_what_is_off_or_cannot_be_read_back_is_not_switched(it: World, enabled: bool | None, words: str) -> None:
    it.adverity.enabled = enabled
    one = it.starts("one")
    await one.sends(it.pause(until="1"))
    await one.ends()
    assert it.adverity.switches == []
    assert words in it.slack.public[0].text
    assert await of(it, Kind.RESUME) == []


@pytest.mark.slow
@pytest.mark.parametrize("step", KILLED_AT)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_at_every_step_it_is_paused_once_told_truly_and_resumed(it: World, step: str, when: str) -> None:
    one, two = it.starts("one"), it.starts("two")
    one.steps.at(step, one.steps.dies if when == "before" else one.steps.dies_after)
    await one.sends(it.pause(until="1"))
    await one.ends()
    assert one.steps.dead, "the step did not come"
    it.time.pass_(LEASE.total_seconds() + 1)
    await two.looks()
    (row,) = await of(it, Kind.PAUSE)
    was_paused = it.adverity.switches == [False]
    if row.state is ActState.DROPPED:
        assert it.adverity.switches == []
        return
    assert row.told_at is not None
    assert (row.state is ActState.DONE) == was_paused
    assert ("The schedule is off (checked" in it.slack.public[-1].text) == was_paused
    it.time.pass_(HOUR)
    await two.looks()
    assert it.adverity.switches == ([False, True] if was_paused else []), "resumed where it was paused, once"
    assert it.adverity.enabled is True


@pytest.mark.slow
@pytest.mark.parametrize("step", KILLED_AT_THE_HOUR)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_at_every_step_of_the_hour_it_is_resumed_once_and_told_truly(
    it: World, step: str, when: str
) -> None:
    await paused(it)
    two, three = it.starts("two"), it.starts("three")
    two.steps.at(step, two.steps.dies if when == "before" else two.steps.dies_after)
    it.time.pass_(HOUR + 1)
    with suppress(Killed):
        await two.looks()
    assert two.steps.dead, "the step did not come"
    await it.heals(three)
    row = await resumed(it)
    was_resumed = it.adverity.switches == [False, True]
    assert row.state is (ActState.DONE if was_resumed else ActState.UNKNOWN)
    assert was_resumed or step in ("sending", "switch"), "nobody knows whether it left, so it is not sent again"
    assert row.told_at is not None
    said, *replies = it.slack.public
    assert ("The schedule is on (checked" in said.text.splitlines()[1]) == was_resumed
    assert {reply.thread for reply in replies} == (set() if was_resumed else {said.ts})


async def test_who_goes_on_at_the_hour_asks_as_little_whether_it_is_still_permitted(it: World) -> None:
    one = await paused(it)
    one.steps.at("datastream", one.steps.dies)
    it.time.pass_(HOUR + 1)
    with suppress(Killed):
        await one.looks()
    it.rule = ChannelRule(may=frozenset({Need.VIEW}))
    await it.heals(it.starts("two"))
    assert it.adverity.switches == [False, True], "it only takes back what was done"
    assert it.slack.public[0].text.startswith("*Resumed the schedule")


async def test_an_earlier_pause_that_cannot_be_read_hinders_no_other(it: World) -> None:
    one = await paused(it, "open")
    await it.damages("{")
    it.time.pass_(60)
    await one.sends(it.pause(BEN, "4"))
    await one.ends()
    assert "was paused already*\nNo request was sent. This pause plans no resume." in it.slack.public[1].text


async def test_of_two_processes_at_the_hour_one_resumes(it: World) -> None:
    one = await paused(it)
    two = it.starts("two")
    it.time.pass_(HOUR + 1)
    await one.recovery.run_round()
    await two.recovery.run_round()
    await one.ends()
    await two.ends()
    assert it.adverity.switches == [False, True]


@pytest.mark.parametrize(
    ("enabled", "words"),
    [(True, "it was on already"), (False, "somebody changed the datastream since it was paused")],
)
async def test_what_somebody_changed_meanwhile_is_left_alone(it: World, enabled: bool, words: str) -> None:
    one = await paused(it)
    it.time.pass_(HOUR / 2)
    it.adverity.changes(enabled=enabled)
    it.time.pass_(HOUR)
    await one.looks()
    assert it.adverity.switches == [False]
    assert (await resumed(it)).state is ActState.ENDED_OTHERWISE
    said, reply = it.slack.public
    assert said.text.startswith("*The schedule of Facebook Ads EU was left alone*\n")
    assert words in said.text
    assert reply.thread == said.ts, "an edit notifies nobody"
    assert reply.text.startswith(
        f"*<@{ANA}>, the schedule of Facebook Ads EU was not resumed as planned* · 2022-10-31 11:43 UTC\n"
    )
    assert ("It is off." in said.text) is not enabled


async def test_what_may_have_been_changed_meanwhile_is_left_alone(it: World) -> None:
    one = await paused(it)
    it.adverity.tells_changes = False
    it.time.pass_(HOUR + 1)
    await one.looks()
    assert it.adverity.switches == [False]
    assert (await resumed(it)).outcome == "left alone: not known whether it was changed since it was paused"
    assert "Adverity does not say any more when the datastream was changed. It is off." in it.slack.public[0].text


async def test_where_changes_are_not_told_the_pause_says_what_that_means(it: World) -> None:
    it.adverity.tells_changes = False
    one = await paused(it)
    said = "Adverity does not say when it was changed: jobbot resumes it then whatever was decided meanwhile."
    assert said in it.slack.public[0].text
    it.time.pass_(HOUR + 1)
    await one.looks()
    assert it.adverity.switches == [False, True]


async def test_a_pause_without_an_end_says_nothing_of_changes(it: World) -> None:
    it.adverity.tells_changes = False
    await paused(it, "open")
    assert "whatever was decided" not in it.slack.public[0].text


async def test_a_datastream_that_is_gone_is_not_asked_for_for_ever(it: World) -> None:
    one = await paused(it)
    one.steps.at("datastream", raises(NotFound("Not found.", status=404)))
    it.time.pass_(HOUR + 1)
    await one.looks()
    assert (await resumed(it)).outcome == "left alone: not found"


async def test_whoever_resumes_before_makes_the_plan_superfluous(it: World) -> None:
    one = await paused(it)
    it.time.pass_(60)
    await one.sends(it.resume(BEN))
    await one.ends()
    by_ben, planned = sorted(await of(it, Kind.RESUME), key=lambda row: row.requested_at)
    assert (by_ben.state, by_ben.user_id) == (ActState.DONE, BEN)
    assert (planned.state, planned.outcome) == (ActState.ENDED_OTHERWISE, f"not needed: resumed by {BEN} before")
    assert it.slack.public[0].text.startswith(
        f"*Resumed since by <@{BEN}>* · 10:44:02 UTC\nTold before: *<@{ANA}> paused"
    )
    it.time.pass_(HOUR)
    await one.looks()
    assert it.adverity.switches == [False, True]


async def test_a_new_pause_takes_the_place_of_what_an_older_one_planned(it: World) -> None:
    one = await paused(it)
    it.time.pass_(60)
    it.adverity.changes(enabled=True)
    await one.sends(it.pause(BEN, "4"))
    await one.ends()
    it.time.pass_(HOUR)
    await one.looks()
    assert it.adverity.enabled is False, "the older plan is not done"
    it.time.pass_(HOUR * 3 + 1)
    await one.looks()
    assert it.adverity.switches == [False, False, True]


ANAS = PausedBefore(user_id=ANA, until=START + timedelta(hours=1), updated=START)
"""The pause of an hour, as a window shows it that is opened while it stands."""


@pytest.mark.parametrize(
    ("until", "ends"), [("4", "until 2022-10-31 14:44 UTC"), ("open", "until somebody resumes it")]
)
async def test_who_pauses_what_jobbot_has_paused_changes_its_end(it: World, until: str, ends: str) -> None:
    one = await paused(it)
    it.time.pass_(60)
    await one.sends(it.pause(BEN, until, before=ANAS))
    await one.ends()
    assert it.adverity.switches == [False]
    before, said = it.slack.public
    assert said.text.startswith(
        f"*<@{BEN}> changed how long the schedule of Facebook Ads EU is paused: {ends}*\n"
        f"<@{ANA}> had paused it, until 2022-10-31 11:43 UTC. The schedule is off already, so nothing was "
        "sent to Adverity."
    )
    assert before.text.startswith(f"*Changed since by <@{BEN}>: paused {ends}*\nTold before: *<@{ANA}> paused")
    assert [row.state for row in await of(it, Kind.RESUME)].count(ActState.PLANNED) == (until != "open")
    it.time.pass_(HOUR)
    await one.looks()
    assert it.adverity.switches == [False], "the older plan is not done"
    it.time.pass_(HOUR * 3 + 1)
    await one.looks()
    assert it.adverity.switches == ([False] if until == "open" else [False, True])


async def test_the_window_of_a_pause_that_stands_asks_until_when_it_is_to_be_instead(it: World) -> None:
    one = await paused(it)
    it.time.pass_(60)
    await one.asks(wish=PauseSchedule(datastream=DatastreamId(42)))
    view = it.slack.windows[-1].view
    assert view["title"]["text"] == "Paused until when?"
    await one.sends(it.fills(ANA, {UNTIL: "4", "reason": ""}))
    await one.ends()
    assert (await of(it, Kind.PAUSE))[0].outcome == END_CHANGED
    it.adverity.changes(enabled=False)
    await one.asks(wish=PauseSchedule(datastream=DatastreamId(42)))
    assert "Somebody changed the datastream since" in str(it.slack.windows[-1].view)
    it.adverity.enabled = True
    await one.asks(wish=PauseSchedule(datastream=DatastreamId(42)))
    assert it.slack.windows[-1].view["title"]["text"] == "Pause this schedule?"


async def test_an_end_that_was_asked_for_as_it_was_resumed_pauses_it_anew(it: World) -> None:
    one = await paused(it)
    it.time.pass_(HOUR - 10)
    asked = it.pause(BEN, "4", before=ANAS)
    it.time.pass_(20)
    await one.looks()
    await one.sends(asked)
    await one.ends()
    assert it.adverity.switches == [False, True, False]
    assert it.slack.public[1].text.startswith(f"*<@{BEN}> paused the schedule of Facebook Ads EU until")


async def test_what_somebody_else_has_switched_off_meanwhile_is_theirs(it: World) -> None:
    one = await paused(it)
    it.time.pass_(60)
    await one.asks(wish=PauseSchedule(datastream=DatastreamId(42)))
    it.adverity.changes(enabled=True)
    it.time.pass_(60)
    it.adverity.changes(enabled=False)
    await one.sends(it.fills(ANA, {UNTIL: "4", "reason": ""}))
    await one.ends()
    assert (await of(it, Kind.PAUSE))[0].outcome == "not sent, was paused already"
    assert "changed how long" not in it.slack.public[1].text
    it.time.pass_(HOUR * 5)
    await one.looks()
    assert it.adverity.switches == [False], "what an admin has switched off stays off"


@pytest.mark.slow
@pytest.mark.parametrize("step", KILLED_AT_A_CHANGE)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_at_every_step_of_a_change_one_of_both_ends_stands(it: World, step: str, when: str) -> None:
    await paused(it)
    one, two = it.starts("killed"), it.starts("two")
    one.steps.at(step, one.steps.dies if when == "before" else one.steps.dies_after)
    it.time.pass_(60)
    await one.sends(it.pause(BEN, "4", before=ANAS))
    await one.ends()
    assert one.steps.dead, "the step did not come"

    async def is_changed() -> bool:
        return (await of(it, Kind.PAUSE))[0].state is ActState.DONE

    def is_told() -> bool:
        return any("changed how long" in said.text for said in it.slack.public)

    assert await is_changed() or not is_told(), "told before it was so"
    it.time.pass_(LEASE.total_seconds() + 1)
    await two.looks()
    assert await is_changed() == is_told()
    assert await is_changed() or (await of(it, Kind.PAUSE))[0].state is ActState.DROPPED
    it.time.pass_(HOUR)
    await two.looks()
    assert it.adverity.switches == ([False] if is_told() else [False, True])
    it.time.pass_(HOUR * 3)
    await two.looks()
    assert it.adverity.switches == [False, True], "once, at the one hour or at the other"


async def test_of_two_who_change_an_end_at_once_one_does_and_one_end_stands(it: World) -> None:
    one, two = await paused(it), it.starts("two")
    it.time.pass_(60)
    bens, anas = it.pause(BEN, "4", before=ANAS), it.pause(ANA, "2", before=ANAS)
    gate = Gate()
    one.steps.at("datastream", gate)
    await one.sends(bens)
    await gate.reached.wait()
    await two.sends(anas)
    await two.ends()
    gate.open.set()
    await one.ends()
    assert "is already pausing or resuming this schedule" in it.slack.whispers(ANA)[-1]
    planned = [row for row in await of(it, Kind.RESUME) if row.state is ActState.PLANNED]
    assert [row.planned_for for row in planned] == [it.time.now + timedelta(hours=4)]
    await two.sends(it.pause(ANA, "2", before=ANAS, opened=30))
    await two.ends()
    assert "has already paused this schedule" in it.slack.whispers(ANA)[-1], "the window did not show that"
    assert it.adverity.switches == [False]


async def test_a_change_is_not_told_before_it_is_in_the_record(it: World) -> None:
    await paused(it)
    one, two = it.starts("killed"), it.starts("two")
    one.steps.at("close", away, away, one.steps.dies)
    it.time.pass_(60)
    await one.sends(it.pause(BEN, "4", before=ANAS))
    await one.ends()
    said = it.slack.public[1]
    assert said.text.startswith("*The pause of the schedule of Facebook Ads EU is waiting*")
    it.time.pass_(HOUR)
    await it.heals(two)
    assert not any("changed how long" in text for text in said.texts)
    assert said.text.startswith("*Not paused: the schedule of Facebook Ads EU*\nNo request was sent.")
    assert it.adverity.switches == [False, True], "the end that was told stands"


async def test_whatever_was_planned_before_a_pause_of_unknown_outcome_does_not_deny_it(it: World) -> None:
    one = await paused(it)
    it.adverity.enabled = True
    one.steps.at("switch", raises(SILENT))
    it.time.pass_(60)
    await one.sends(it.pause(BEN, "4"))
    await one.ends()
    assert "This pause plans no resume." in it.slack.public[1].text
    assert (await resumed(it)).state is ActState.PLANNED


async def test_a_resume_that_is_told_late_leaves_a_newer_pauses_plan_alone(it: World) -> None:
    one, two = await paused(it), it.starts("two")
    it.time.pass_(60)
    one.steps.at("told", one.steps.dies)
    await one.sends(it.resume(BEN))
    await one.ends()
    it.time.pass_(1)
    await two.sends(it.pause(ANA, "2"))
    await two.ends()
    await it.heals(two)
    it.time.pass_(HOUR * 2)
    await two.looks()
    assert it.adverity.switches == [False, True, False, True]


@pytest.mark.slow
async def test_while_adverity_is_away_it_is_tried_again_and_said_once(it: World) -> None:
    one = await paused(it)
    (said,) = it.slack.public
    one.steps.always["datastream"] = raises(Unreachable("connection refused", maybe_received=False))
    it.time.pass_(HOUR)
    texts = len(said.texts)
    for _ in range(60):
        it.time.pass_(61)
        await one.looks()
    assert [text.splitlines()[0] for text in said.texts[texts:]] == [
        "*The resume of the schedule of Facebook Ads EU is late*"
    ]
    assert one.steps.taken.count("switch") == 1, "that of the pause"
    del one.steps.always["datastream"]
    it.time.pass_(61)
    await one.looks()
    assert it.adverity.switches == [False, True]
    assert ", late*" in said.text
    assert "late: it was to be resumed 2022-10-31 11:43 UTC" in said.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Forbidden("You may not.", status=403), "jobbot's key is not allowed to do this in Adverity"),
        (Unauthorised("Invalid token.", status=401), "Adverity refused jobbot's key"),
        (None, "it does not say whether the schedule is on"),
    ],
)
async def test_what_will_not_pass_ends_the_plan_and_says_so(it: World, error: AdverityError | None, words: str) -> None:
    one = await paused(it)
    if error is not None:
        one.steps.always["datastream"] = raises(error)
    else:
        it.adverity.enabled = None
    it.time.pass_(HOUR + 1)
    await one.looks()
    row = await resumed(it)
    assert (row.state, row.told_at is not None) == (ActState.REFUSED, True)
    text = it.slack.public[0].text
    assert text.startswith("*Not resumed: the schedule of Facebook Ads EU*\nNo request was sent. ")
    assert words in text
    assert "every minute" not in text


async def test_who_paused_is_told_in_the_thread_that_nobody_knows_what_came_of_the_resume(it: World) -> None:
    one = await paused(it)
    one.steps.at("switch", raises(SILENT))
    it.time.pass_(HOUR + 1)
    await one.looks()
    assert (await resumed(it)).state is ActState.UNKNOWN
    said, reply = it.slack.public
    assert reply.thread == said.ts
    assert reply.text.startswith(f"*<@{ANA}>, it is not known whether the schedule of Facebook Ads EU is on again*")


async def test_while_slack_takes_no_edit_the_reply_waits_too(it: World) -> None:
    one = await paused(it)
    it.adverity.enabled = True
    one.steps.always["edit"] = raises(SlackRefused("chat.update", "rate_limited"))
    it.time.pass_(HOUR + 1)
    for _ in range(3):
        await one.looks()
        it.time.pass_(61)
    assert len(it.slack.public) == 1
    del one.steps.always["edit"]
    it.time.pass_(61)
    await one.looks()
    assert len(it.slack.public) == 2


@pytest.mark.parametrize("enabled", [False, True])
@pytest.mark.parametrize(
    ("rule", "channel", "why"),
    [
        (ChannelRule(may=frozenset()), Channel(), "the channel is not permitted any more"),
        (None, Channel(is_shared_outside=True), "the channel is shared with another organisation"),
        (ChannelRule(instances=("other",)), Channel(), "the channel is not for acme any more"),
    ],
)
async def test_a_channel_that_may_not_see_it_any_more_is_told_nothing_of_what_is_done(
    it: World, rule: ChannelRule | None, channel: Channel, why: str, enabled: bool
) -> None:
    one = await paused(it)
    it.adverity.enabled, it.slack.channel = enabled, channel
    it.rule = rule or it.rule
    (said,) = it.slack.public
    texts = list(said.texts)
    it.time.pass_(HOUR + 1)
    await one.looks()
    row = await resumed(it)
    assert (row.state, row.untold) == (ActState.ENDED_OTHERWISE if enabled else ActState.DONE, why)
    assert it.adverity.switches == ([False] if enabled else [False, True]), "it only takes back what was done"
    assert (it.slack.public, said.texts) == ([said], texts)


async def test_while_slack_does_not_say_what_the_channel_is_the_ending_waits(it: World) -> None:
    one = await paused(it)
    it.slack.channel = None
    it.time.pass_(HOUR + 1)
    await one.looks()
    assert (await resumed(it)).told_at is None
    it.slack.channel = Channel()
    it.time.pass_(61)
    await one.looks()
    assert (await resumed(it)).told_at is not None
    assert it.slack.public[0].text.startswith("*Resumed the schedule")


async def test_a_pause_is_not_told_as_resumed_where_its_channel_may_not_see_it_any_more(it: World) -> None:
    one = await paused(it)
    it.time.pass_(60)
    it.rule = ChannelRule(may=frozenset())  # the gate of the channel in which it is resumed is that of the start
    await one.sends(it.resume())
    await one.ends()
    assert it.adverity.switches == [False, True]
    assert it.slack.public[0].text.startswith(f"*<@{ANA}> paused the schedule")


async def test_what_is_told_anew_needs_no_reply(it: World) -> None:
    one = await paused(it)
    it.slack.messages.clear()
    it.adverity.enabled = True
    it.time.pass_(HOUR + 1)
    await one.looks()
    (said,) = it.slack.public
    assert said.text.startswith("*The schedule of Facebook Ads EU was left alone*")


async def test_what_adverity_does_not_answer_for_a_day_is_not_tried_for_ever(it: World) -> None:
    one = await paused(it)
    one.steps.always["datastream"] = raises(Unreachable("connection refused", maybe_received=False))
    it.time.pass_(HOUR + 1)
    for hours in (1, 22):
        await one.looks()
        assert (await resumed(it)).state is ActState.PLANNED
        said = it.slack.public[0].text
        assert "Adverity did not answer (connection refused). jobbot tries again every minute, for a day" in said
        assert "Try again" not in said
        it.time.pass_(HOUR * hours)
    it.time.pass_(HOUR + 1)
    await one.looks()
    assert (await resumed(it)).state is ActState.REFUSED
    assert it.slack.public[0].text.startswith("*Not resumed:")


async def test_what_ends_while_everything_is_down_is_resumed_at_the_next_start(it: World) -> None:
    one = await paused(it)
    await one.kill()
    it.time.pass_(HOUR * 12)
    await it.starts("two").looks()
    assert it.adverity.switches == [False, True]
    assert ", late*" in it.slack.public[0].text


async def test_a_message_that_cannot_be_edited_any_more_is_told_anew(it: World) -> None:
    one = await paused(it)
    it.slack.messages.clear()
    it.time.pass_(HOUR + 1)
    await one.looks()
    (said,) = it.slack.public
    assert said.text.startswith("*Resumed the schedule of Facebook Ads EU")
    assert it.adverity.switches == [False, True]


async def test_although_slack_is_away_the_resume_is_planned_and_done(it: World) -> None:
    one = it.starts("one")
    one.steps.always["edit"] = raises(SlackRefused("chat.update", "internal_error"))
    await one.sends(it.pause(until="1"))
    await one.ends()
    assert [row.state for row in await of(it, Kind.RESUME)] == [ActState.PLANNED]


async def test_the_database_goes_away_before_the_plan_and_comes_back(it: World) -> None:
    one = it.starts("one")
    one.steps.at("close", away, away)
    await one.sends(it.pause(until="1"))
    await one.ends()
    (pause,) = await of(it, Kind.PAUSE)
    assert (await resumed(it)).planned_for == pause.requested_at + timedelta(hours=1)


async def test_while_somebody_switches_it_the_plan_waits(it: World) -> None:
    one, two = await paused(it), it.starts("two")
    it.time.pass_(HOUR + 1)

    async def the_hour_comes() -> None:
        await one.looks()

    two.steps.at("switch", first(the_hour_comes))
    await two.sends(it.resume(BEN))
    await two.ends()
    assert it.adverity.switches == [False, True]
    assert len(await of(it, Kind.RESUME)) == 2


async def test_whose_window_was_opened_before_somebody_else_paused_it_is_second(it: World) -> None:
    one = await paused(it, "open")
    it.time.pass_(60)
    await one.sends(it.pause(BEN, opened=120))
    await one.ends()
    assert it.adverity.switches == [False]
    said = f"<@{ANA}> has already paused this schedule (10:43:02 UTC). No second request was sent."
    assert it.slack.whispers(BEN) == [said]


@pytest.mark.parametrize(("until", "initial"), [(None, "open"), (START + timedelta(hours=1), None)])
async def test_an_end_that_is_over_when_the_window_opens_is_chosen_anew(
    it: World, until: datetime | None, initial: str | None
) -> None:
    """The button of an ending has the end that was meant hours ago: nobody pauses without an end by it."""
    one = it.starts("one")
    it.time.pass_(HOUR * 2)
    await one.asks(wish=PauseSchedule(datastream=DatastreamId(42), until=until))
    (end,) = [block["element"] for block in it.slack.windows[-1].view["blocks"] if block.get("block_id") == UNTIL]
    assert end.get("initial_option", {}).get("value") == initial


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2022-10-31T10:00:00+00:00", "That is over by now"),
        ("", "Choose until when"),
        ("whenever", "Choose until when"),
        ("2022-11-01T10:00:00", "Choose until when"),
    ],
)
async def test_an_end_that_is_none_is_refused_at_the_field(it: World, until: str, words: str) -> None:
    answer = await it.starts("one").sends(it.pause(until=until))
    assert answer["response_action"] == "errors"
    assert words in answer["errors"]["until"]
    assert await it.rows(None) == []


async def test_the_row_keeps_how_the_pause_left_it(it: World) -> None:
    await paused(it)
    (pause,) = await of(it, Kind.PAUSE)
    kept = PauseDetails.model_validate_json(pause.details)
    assert kept.updated == ResumeDetails.model_validate_json((await resumed(it)).details).updated == it.adverity.updated


async def test_a_schedule_that_is_off_is_told_with_who_paused_it_unless_somebody_changed_it_since(it: World) -> None:
    one = await paused(it)

    async def told() -> object:
        return await read_next_fetch(one.instance, DatastreamId(42), it.time.now)

    assert await told() == Off(updated=it.adverity.updated, by=ANA, until=it.time.now + timedelta(hours=1))
    it.time.pass_(60)
    it.adverity.changes(enabled=False)
    assert await told() == Off(updated=it.adverity.updated)
    await one.sends(it.resume())
    await one.ends()
    assert not isinstance(await told(), Off)
    it.adverity.changes(enabled=False)
    assert await told() == Off(updated=it.adverity.updated), "switched off in Adverity"


async def are_paused(it: World, one: Process, reach: Reach | None = None) -> str:
    """The answer to ``/jobs paused``."""
    found = await PausedFlow(ActHistory(it.database)).run(one.instance.for_answer(), reach)
    return render_paused(found, now=it.time.now, asker=Asker(BEN), offers=frozenset(Need), offer_share=False).text


async def test_what_is_paused_is_told_until_it_is_resumed(it: World) -> None:
    one = it.starts("one")
    assert (await are_paused(it, one)).startswith("*No paused schedules*")
    await one.sends(it.pause(until="1"))
    await one.ends()
    told = await are_paused(it, one)
    assert told.startswith("*1 paused schedule*\nacme")
    assert "*Facebook Ads EU* · until 2022-10-31 11:43 UTC\n" in told
    assert f"<@{ANA}> 2022-10-31 10:43 UTC in <#C0INC> · datastream 42\n>runaway" in told
    it.adverity.enabled = True
    assert "*Facebook Ads EU* · on again: switched in Adverity" in await are_paused(it, one)
    it.adverity.enabled = False
    assert (await are_paused(it, one, Reach(frozenset({7}), ("emea",)))).startswith(
        "*No paused schedules*\nacme / emea"
    )
    it.time.pass_(HOUR + 1)
    await one.looks()
    assert (await are_paused(it, one)).startswith("*No paused schedules*")


async def test_a_pause_that_was_asked_for_before_a_resume_and_done_after_it_is_told(it: World) -> None:
    one, two = it.starts("one"), it.starts("two")
    it.adverity.enabled = False
    gate = Gate()
    one.steps.at("person", gate)  # Slack takes its time to say who Ben is
    await one.sends(it.pause(BEN))
    await gate.reached.wait()
    it.time.pass_(1)
    await two.sends(it.resume(ANA))
    await two.ends()
    it.time.pass_(1)
    gate.open.set()
    await one.ends()
    assert it.adverity.switches == [True, False]
    listed = await PausedFlow(ActHistory(it.database)).run(one.instance, None)
    assert [(schedule.datastream, schedule.paused.user_id) for schedule in listed.schedules] == [(42, BEN)]


async def test_what_was_not_resumed_at_its_hour_is_not_told_as_paused_until_then(it: World) -> None:
    one = await paused(it)
    it.time.pass_(60)
    it.adverity.changes(enabled=False)
    assert " · until 2022-10-31 11:43 UTC\n" in await are_paused(it, one)
    it.time.pass_(HOUR)
    await one.looks()
    assert (await resumed(it)).state is ActState.ENDED_OTHERWISE
    it.time.pass_(120)
    told = await are_paused(it, one)
    assert " · was not resumed 2022-10-31 11:43 UTC: see the message\n" in told
    assert "until" not in told


async def test_a_datastream_that_is_gone_is_not_resumed(it: World) -> None:
    one = it.starts("one")
    submission = it.resume()
    it.adverity.enabled = False
    one.steps.at("datastream", raises(NotFound("Not found.", status=404)))
    await one.sends(submission)
    await one.ends()
    row = await resumed(it)
    assert "No request was sent. Adverity does not know this." in it.slack.public[0].text
    assert (row.state, row.sent_at, it.adverity.switches) == (ActState.REFUSED, None, [])


@pytest.mark.parametrize("may", [True, False])
async def test_where_nothing_could_be_posted_at_its_pause_its_hour_is_told_as_far_as_that_may_be(
    it: World, *, may: bool
) -> None:
    one = it.starts("one")
    for step in ("post", "edit"):
        one.steps.always[step] = raises(SlackRefused("chat.postMessage", "not_in_channel"))
    await one.sends(it.pause(until="1"))
    await one.ends()
    assert (it.adverity.switches, it.slack.public) == ([False], [])
    one.steps.always.clear()
    if not may:
        it.rule = ChannelRule(may=frozenset())
    it.time.pass_(HOUR + 1)
    await one.looks()
    assert it.adverity.switches == [False, True]
    told = [said.text.splitlines()[0] for said in it.slack.public]
    assert told == (["*Resumed the schedule of Facebook Ads EU 2022-10-31 11:43 UTC, as planned*"] if may else [])

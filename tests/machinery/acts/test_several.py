"""A stop of several jobs: one message, and a row, one request and an ending for each, whoever goes on with it."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from jobbot.access import ChannelRule, Need
from jobbot.adverity.errors import Forbidden, NotStoppable, Unreachable
from jobbot.adverity.model import JobId, State
from jobbot.flows.acts.history import HistoryFlow
from jobbot.flows.acts.kinds.several import WORKSPACES_MOST, SeveralDetails
from jobbot.flows.acts.kinds.several_question import SeveralQuestions
from jobbot.flows.acts.several import EDIT_EVERY
from jobbot.flows.jobs.scope import EVERYTHING, Scope
from jobbot.intents.model import History, StopSeveral
from jobbot.render.acts.several_window import JOBS, decode, wrong_choice
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.model import ActState, Kind
from jobbot.telemetry import Outcome
from tests.machinery.acts.each_kind import THREE, begins, whole
from tests.machinery.acts.steps import Action, Do, Gate, answer_lost, away, first, raises
from tests.machinery.acts.world import ANA, BEN, BOUND, Process, World
from tests.unit.store.world import LEASE

KILLED_AT = [("submit", 1), ("hold", 1), ("hold", 2), ("posting", 1), ("post", 1), ("sending", 1),
             ("sending", 2), ("parts", 1), ("take_part", 1), ("take_part", 2), ("keep", 3), ("read", 1), ("stop", 1),
             ("stop", 2), ("answered", 2), ("close", 1), ("close", 4), ("told", 1), ("told", 4)]  # fmt: skip
"""Steps, and which of the same name: the first of most is the whole's, or the first part's."""


async def parts(it: World) -> dict[int, ActState]:
    rows = [row for row in await it.rows(None) if row.kind is Kind.STOP]
    assert all((row.closed_at is None) == (row.told_at is None) for row in rows)
    return {row.job or 0: row.state for row in rows}


async def test_the_right_way(it: World) -> None:
    one = it.starts("one")
    await begins(it, one)
    await one.ends()
    assert Counter(it.adverity.posts) == Counter(THREE)
    assert await parts(it) == dict.fromkeys(THREE, ActState.DONE)
    row = await whole(it)
    assert (row.state, row.outcome) == (ActState.DONE, "3 stopped")
    (said,) = it.slack.public
    assert said.texts[0].startswith(f"*<@{ANA}> is stopping 3 jobs*\n>they hang")
    assert said.text.startswith("*Stopped 3 jobs*\n>they hang\n*job 989")
    assert "stopped (cancelled)" in said.text


async def test_the_record_tells_of_the_whole_with_its_parts_and_of_one_job_its_own_row(it: World) -> None:
    one = it.starts("one")
    await begins(it, one)
    await one.ends()
    flow = HistoryFlow(ActHistory(it.database), it.time)
    page = await flow.run(History(), one.instance, None, EVERYTHING)
    assert [(past.kind, sorted(part.job or 0 for part in past.parts)) for past in page.acts] == [
        ("stop_several", list(THREE))
    ]
    assert page.total == 1
    narrowed = await flow.run(History(job=JobId(988)), one.instance, None, EVERYTHING)
    assert [(past.kind, past.job) for past in narrowed.acts] == [("stop", 988)]


async def test_of_jobs_that_are_named_each_is_told_of(it: World) -> None:
    one = it.starts("one")
    it.runs(987)
    it.adverity.states[988] = "Success"
    named = StopSeveral(jobs=(JobId(987), JobId(988), JobId(989)))
    said = str((await one.asks_several(named)).view)
    assert "not found in Adverity: 989" in said
    assert "cannot be stopped: 988 (Success)" in said
    assert "jobs 987, 988, 989" in str(it.slack.windows[0].view), "while they are read"
    none = str((await one.asks_several(StopSeveral(jobs=(JobId(988), JobId(989))))).view)
    assert "Not found in Adverity: 989. Cannot be stopped: 988 (Success). There is nothing to stop." in none


async def test_of_more_workspaces_than_a_row_keeps_what_begins_later_is_not_looked_for(it: World) -> None:
    one = it.starts("one")
    it.runs()
    scope = Scope(only=frozenset(range(WORKSPACES_MOST + 1)))
    asked = SeveralQuestions(None, it.time).read(StopSeveral(), one.instance, scope, reason_required=False)
    meant = (await asked).meant
    assert (meant.newest, meant.workspaces) == (None, None)
    with pytest.raises(ValidationError):
        SeveralDetails(workspaces=tuple(range(WORKSPACES_MOST + 1)))


async def test_what_is_not_ticked_goes_on(it: World) -> None:
    one = it.starts("one")
    for job in THREE:
        it.runs(job)
    modal = await one.asks_several()
    await one.sends(it.several(modal, leave=[988]))
    await one.ends()
    assert it.adverity.states[988] == "Running"
    assert sorted(await parts(it)) == [987, 989]
    assert "Not included" not in it.slack.public[0].text, "it was on the list"


@pytest.mark.parametrize(
    ("count", "field", "words"),
    [(5, "count", "6 are ticked, you typed 5."), (None, "count", "6 are ticked: type that number.")],
)
async def test_of_more_than_five_the_number_is_typed(it: World, count: int | None, field: str, words: str) -> None:
    one = it.starts("one")
    for job in range(1, 7):
        it.runs(job)
    modal = await one.asks_several()
    answer = await one.sends(it.several(modal, count=count))
    assert answer == {"response_action": "errors", "errors": {field: words}}
    answer = await one.sends(it.several(modal, count=1, leave=range(1, 7)))
    assert answer["errors"]["jobs"].startswith("No job is ticked.")
    assert await it.rows(None) == []
    await one.sends(it.several(modal, count=6))
    await one.ends()
    assert Counter(it.adverity.posts) == Counter(range(1, 7))


async def test_nothing_that_can_be_stopped_is_nothing_to_press(it: World) -> None:
    modal = await it.starts("one").asks_several(StopSeveral(jobs=(JobId(1),)))
    assert "submit" not in modal.view
    assert "There is nothing to stop." in modal.view["blocks"][0]["text"]["text"]


@pytest.mark.slow
async def test_a_list_of_more_than_thirty_says_how_many_are_beyond_it(it: World) -> None:
    one = it.starts("one")
    for job in range(1, 34):
        it.runs(job)
    modal = await one.asks_several()
    await one.sends(it.several(modal, count=30))
    await one.ends()
    assert len(it.adverity.posts) == 30
    assert "3 more jobs can be stopped" in str(modal.view["blocks"])


async def test_each_has_its_own_ending(it: World) -> None:
    one = it.starts("one")
    for job in range(1, 6):
        it.runs(job)
    modal = await one.asks_several()

    async def by_job(do: Do) -> object:
        # Asked for in the order of the list, the newest first.
        asked = one.steps.taken.count("stop")
        if asked == 1:
            raise NotStoppable("Only jobs in the fetch stage can be stopped.", status=400)
        if asked == 2:
            raise Forbidden("No permission.", status=403)
        if asked == 3:
            raise Unreachable("timed out")
        return await do()

    one.steps.always["stop"] = by_job
    it.adverity.states[1] = "Success"
    await one.sends(it.several(modal))
    await one.ends()
    assert Counter((await parts(it)).values()) == Counter(
        {ActState.REFUSED: 2, ActState.UNKNOWN: 1, ActState.DONE: 1, ActState.ENDED_OTHERWISE: 1}
    )
    row = await whole(it)
    assert row.outcome == "1 stopped, 1 finished by itself, 2 refused, 1 unknown"
    text = it.slack.public[0].text
    for words in ("Stopped 1 of 5 jobs", "had ended before the stop (success)", "Only jobs in the fetch stage"):
        assert words in text
    assert it.followed, "one of which nobody knows is followed to its end"


async def test_jobs_that_began_after_the_list_are_named_and_left_alone(it: World) -> None:
    one = it.starts("one")
    for job in THREE:
        it.runs(job)
    modal = await one.asks_several()
    it.runs(990)
    await one.sends(it.several(modal))
    await one.ends()
    assert it.adverity.states[990] == "Running"
    assert "Not included, as they began after the list was shown: job 990" in it.slack.public[0].text


async def test_of_running_ones_alone_one_that_waited_and_runs_by_now_is_named_too(it: World) -> None:
    one = it.starts("one")
    for job in THREE:
        it.runs(job)
        it.adverity.began[job] = it.time.now
    it.adverity.states |= {990: "Scheduled", 991: "Scheduled"}
    modal = await one.asks_several(StopSeveral(states=frozenset({State.RUNNING})))
    it.time.pass_(1)
    it.adverity.states[990], it.adverity.began[990] = "Running", it.time.now
    await one.sends(it.several(modal, leave=[988]))
    await one.ends()
    assert sorted(it.adverity.posts) == [987, 989]
    assert "began after the list was shown: job 990\n" in f"{it.slack.public[0].text}\n", "and nothing else"


async def test_the_message_counts_while_it_goes_on_and_is_edited_every_three_seconds_at_most(it: World) -> None:
    one, gate, edited = it.starts("one"), Gate(), asyncio.Event()

    async def tells(do: Do) -> object:
        answer = await do()
        edited.set()
        return answer

    async def three_seconds_later(_: Do) -> bool:
        await asyncio.sleep(0)
        return False

    one.steps.always |= {"wait": three_seconds_later, "edit": tells}
    one.steps.at("stop", _done, gate)
    await begins(it, one)
    await gate.reached.wait()
    (said,) = it.slack.public
    async with asyncio.timeout(BOUND):
        while "1 stopped" not in said.text:
            await edited.wait()
            edited.clear()
    assert said.text.startswith("*Stopping 3 jobs: 1 stopped, 2 to go*")
    assert said.pressed == ["Stop no more"]
    gate.open.set()
    await one.ends()
    assert said.text.startswith("*Stopped 3 jobs*")
    assert EDIT_EVERY >= 3
    steps = [step for step in one.steps.taken if step in ("wait", "edit")]
    assert "editedit" not in "".join(steps[:-1]), "but for the ending, which waits for nothing"


async def test_one_that_somebody_else_is_stopping_is_theirs(it: World) -> None:
    one, two = it.starts("one"), it.starts("two")
    for job in THREE:
        it.runs(job)
    modal = await one.asks_several()
    gate = Gate()
    two.steps.at("stop", gate)
    await two.submits(BEN, 988)
    await gate.reached.wait()
    await one.sends(it.several(modal))
    await one.ends()
    gate.open.set()
    await two.ends()
    assert it.adverity.posts.count(988) == 1
    states = {(row.user_id, row.job): row.state for row in await it.rows(None) if row.kind is Kind.STOP}
    assert states[ANA, 988] is ActState.SECOND
    assert f"stopped by <@{BEN}>" in it.slack.public[0].text + it.slack.public[1].text


async def test_no_more_are_begun_once_somebody_said_so(it: World) -> None:
    one = it.starts("one")

    async def enough() -> None:
        await one.halts(BEN, (await whole(it)).id)

    one.steps.at("stop", first(enough))
    await begins(it, one)
    await one.ends()
    assert it.adverity.posts == [989]
    assert Counter((await parts(it)).values()) == Counter({ActState.DONE: 1, ActState.DROPPED: 2})
    assert "Stopped 1 of 3 jobs" in it.slack.public[0].text
    assert f"<@{BEN}> said to stop no more" in it.slack.public[0].text
    assert it.slack.whispers(BEN)[-1].startswith("No more stops are begun.") or it.slack.whispers(BEN)
    await one.halts(BEN, (await whole(it)).id)
    assert "nothing left to hold back" in it.slack.whispers(BEN)[-1]


async def test_who_may_not_stop_here_holds_nothing_back(it: World) -> None:
    one = it.starts("one")

    async def enough() -> None:
        one.forbids(ChannelRule(may=frozenset(Need), stop_users=frozenset({ANA})))
        assert await one.halts(BEN, (await whole(it)).id) is Outcome.REFUSED

    one.steps.at("stop", first(enough))
    await begins(it, one)
    await one.ends()
    assert Counter(it.adverity.posts) == Counter(THREE)
    (whisper,) = it.slack.whispers(BEN)
    assert "stopping them is for" in whisper
    assert BEN not in it.slack.public[0].text


@pytest.mark.parametrize(("how", "posts"), [(away, 3), (answer_lost, 1)])
async def test_where_it_is_not_known_to_be_recorded_whoever_said_so_is_told_that(
    it: World, how: Action, posts: int
) -> None:
    one = it.starts("one")

    async def enough() -> None:
        one.steps.at("halt", how)
        with pytest.raises(AlreadyReported):
            await one.halts(BEN, (await whole(it)).id)

    one.steps.at("stop", first(enough))
    await begins(it, one)
    await one.ends()
    assert len(it.adverity.posts) == posts
    (whisper,) = it.slack.whispers(BEN)
    assert whisper.startswith("*jobbot cannot reach its database.* Perhaps it was not done")
    assert (f"<@{BEN}> said to stop no more" in it.slack.public[0].text) == (posts == 1)


async def test_while_the_database_is_away_the_message_stays_as_it_was_and_the_ending_is_told(it: World) -> None:
    one = it.starts("one")

    async def three_seconds_later(_: Do) -> bool:
        await asyncio.sleep(0)
        return False

    one.steps.always["wait"] = three_seconds_later
    one.steps.at("parts", _done, away, away)
    await begins(it, one)
    await one.ends()
    assert one.steps.taken.count("parts") >= 4
    assert it.slack.public[0].text.startswith("*Stopped 3 jobs*")


async def test_where_the_list_cannot_be_read_afterwards_that_is_said(it: World) -> None:
    one = it.starts("one")
    one.steps.at("list", _done, raises(Unreachable("timed out")))
    await begins(it, one)
    it.runs(990)
    await one.ends()
    (said,) = it.slack.public
    assert "Whether jobs began after the list was shown could not be read." in said.text
    assert "Not included" not in said.text


@pytest.mark.parametrize("lost", ["the rules", "a person", "Slack does not say"])
async def test_the_rest_is_not_sent_once_the_right_is_lost(it: World, lost: str) -> None:
    one = it.starts("one")

    async def loses(do: Do) -> object:
        if lost == "the rules":
            one.forbids(ChannelRule(may=frozenset({Need.VIEW})))
        elif lost == "a person":
            it.slack.people[ANA] = replace(it.slack.people[ANA], is_deactivated=True)
        else:
            del it.slack.people[ANA]
        return await do()

    one.steps.at("stop", loses)
    await begins(it, one)
    await one.ends()
    assert it.adverity.posts == [989]
    assert Counter((await parts(it)).values()) == Counter({ActState.DONE: 1, ActState.DROPPED: 2})
    (said,) = it.slack.public
    assert "Stopped 1 of 3 jobs" in said.text
    assert "2 jobs not begun: it is not permitted here any more" in said.text


async def test_what_wants_two_people_meanwhile_is_not_begun_by_one(it: World) -> None:
    one = it.starts("one")
    it.adverity.streams, it.adverity.datastream = {987: 43}, 42

    async def reloads() -> None:
        one.gate.set_policy(replace(one.gate.policy, two_people={"acme": frozenset({42})}))

    one.steps.at("stop", first(reloads))
    await begins(it, one)
    await one.ends()
    assert it.adverity.posts == [989, 987], "of another datastream"


async def test_the_ending_names_the_next_fetch_and_offers_to_prevent_it(it: World) -> None:
    one = it.starts("one")
    it.adverity.datastream = 42
    it.adverity.next_run = (it.time.now + timedelta(minutes=20)).isoformat()
    await begins(it, one)
    await one.ends()
    (said,) = it.slack.public
    assert "Next scheduled fetch, which the stops do not change: datastream 42" in said.text
    assert said.pressed == ["Pause schedule"]
    it.time.pass_(10)
    await one.sends(it.pause(BEN))
    await one.ends()
    await one.delivers()
    assert said.pressed == []
    assert f"<@{BEN}> paused the schedule" in said.text
    assert "Next scheduled fetch, before the schedule was paused: datastream 42" in said.text
    assert "which the stops do not change" not in str(said.blocks)


async def interrupted(it: World, one: Process) -> None:
    """The first of three is stopped; 989 and 988 are of datastream 42, 987 of 43."""
    it.adverity.streams = {987: 43}
    it.adverity.datastream = 42
    one.steps.at("take_part", _done, one.steps.dies)
    await begins_and_dies(it, one)
    assert it.adverity.posts == [989]
    it.time.pass_(LEASE.total_seconds() + 1)


async def test_what_wants_two_people_by_now_is_not_gone_on_with_alone(it: World) -> None:
    one = it.starts("one")
    await interrupted(it, one)
    it.two_people = {"acme": frozenset({42})}
    await it.starts("two").looks()
    assert it.adverity.posts == [989, 987], "of another datastream"
    assert await parts(it) == {989: ActState.DONE, 988: ActState.DROPPED, 987: ActState.DONE}


@pytest.mark.slow
@pytest.mark.parametrize(("step", "nth"), KILLED_AT)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_at_every_step_another_process_goes_on(it: World, step: str, when: str, nth: int) -> None:
    one, two = it.starts("one"), it.starts("two")
    dies = one.steps.dies if when == "before" else one.steps.dies_after
    one.steps.at(step, *[_done] * (nth - 1), dies)
    await begins_and_dies(it, one)
    assert one.steps.dead, "the step did not come"
    it.time.pass_(LEASE.total_seconds() + 1)
    await two.looks()
    assert all(count == 1 for count in Counter(it.adverity.posts).values()), "nothing is sent twice"
    rows = await it.rows(None)
    if not rows:
        assert (step, when) == ("submit", "before")
        return
    assert all(row.closed_at is not None and row.told_at is not None for row in rows), "none without an ending"
    row = await whole(it)
    states = await parts(it)
    for job, state in states.items():
        if state is ActState.DONE:
            assert job in it.adverity.posts
        if state in (ActState.DROPPED, ActState.REFUSED):
            assert job not in it.adverity.posts
    if row.state is ActState.DROPPED:
        assert set(states.values()) == {ActState.DROPPED}
        assert "No request was sent." in it.slack.whispers(ANA)[-1]
        return
    told = it.slack.public[-1].text
    done = sum(state is ActState.DONE for state in states.values())
    assert f"Stopped {done} of 3 jobs" in told or (done == 3 and "Stopped 3 jobs" in told)


async def begins_and_dies(it: World, one: Process) -> None:
    try:
        await begins(it, one)
    except BaseException:
        if not one.steps.dead:
            raise
    await one.ends()


async def _done(do: Do) -> object:
    return await do()


@pytest.mark.parametrize(
    "value",
    [
        *("", "[]", "5", "null", "{", '{"place": 1}', "[" * 9_000, '["1", 987, null, null, "x"]'),
        *("[0, 0, 42, null, 0]", '[0, 0, 42, null, "x"]', '[0, null, 42, null, "x"]', '[0, true, 42, null, "x"]'),
        *('[0, 9223372036854775808, 42, null, "x"]', '[0, 987, -42, null, "x"]', '[0, 987, 42, 1e400, "x"]'),
    ],
)
def test_a_box_of_anything_else_is_none_of_the_list(value: str) -> None:
    assert decode(value) is None


def test_a_box_carries_no_name_that_a_database_cannot_hold() -> None:
    chosen = decode('[0, 987, 42, null, "Face\\u0000book\\ud800"]')
    assert chosen is not None
    assert chosen.name == "Facebook?"


def test_no_more_boxes_count_than_a_window_has() -> None:
    assert list(wrong_choice(31, 31, counted=True)) == [JOBS]
    assert wrong_choice(30, 30, counted=True) == {}

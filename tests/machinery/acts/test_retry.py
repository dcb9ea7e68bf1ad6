"""A retry and an acknowledgement on the machinery of acts: sent once, to the link that was read right before."""

from typing import Any

import pytest

from jobbot.adverity.errors import Unreachable
from jobbot.adverity.model import Issue, JobId, Started
from jobbot.adverity.paging import Entries
from jobbot.adverity.read_cache import Answer
from jobbot.intents.model import Acknowledge, Retry
from jobbot.store.acts.model import ActState, Kind
from tests.machinery.acts.steps import Do, done, done_and_raises, first, raises
from tests.machinery.acts.world import ANA, BEN, World
from tests.unit.store.world import LEASE

SILENT = Unreachable("timed out")
RETRIED, ACKNOWLEDGED = "/api/errors/77/retry/", "/api/errors/77/ack/"
BOTH = pytest.mark.parametrize("kind", [Kind.RETRY, Kind.ACKNOWLEDGE])


async def test_the_right_way_of_a_retry(it: World) -> None:
    it.fails()
    one = it.starts("one")
    assert await one.sends(it.about_issue()) is None
    await one.ends()
    row = await it.row()
    assert (row.state, row.started, it.adverity.retries) == (ActState.DONE, "988", [RETRIED])
    (said,) = it.slack.public
    assert said.texts[0].startswith(f"*<@{ANA}> is retrying Facebook Ads EU (job 987)*\n>token renewed")
    assert said.text.startswith("*Retrying Facebook Ads EU (job 987)* · job 988\n>token renewed")
    assert it.followed == [988]


async def test_the_right_way_of_an_acknowledgement(it: World) -> None:
    it.fails()
    one = it.starts("one")
    await one.sends(it.about_issue(kind=Kind.ACKNOWLEDGE))
    await one.ends()
    row = await it.row()
    assert (row.state, row.started, it.adverity.retries) == (ActState.DONE, "", [ACKNOWLEDGED])
    assert it.slack.public[0].text.startswith(
        "*Acknowledged: the issue of Facebook Ads EU (job 987)*\nNothing was fetched."
    )
    assert it.followed == []


@BOTH
async def test_where_nothing_can_be_read_it_is_not_told_what_was_not_seen(it: World, kind: Kind) -> None:
    it.fails()
    one = it.starts("one")
    one.steps.at("issues", done)
    one.steps.always["issues"] = raises(SILENT)
    one.steps.at(kind.value, raises(SILENT))
    await one.sends(it.about_issue(kind=kind))
    await one.ends()
    assert (await it.row()).state is ActState.UNKNOWN
    assert "could not be read until" in it.slack.public[0].text
    assert "was not seen to be closed" not in it.slack.public[0].text


async def test_an_answer_that_names_no_job(it: World) -> None:
    it.fails()
    it.adverity.names_jobs = False
    one = it.starts("one")
    await one.sends(it.about_issue())
    await one.ends()
    assert ((row := await it.row()).state, row.started) == (ActState.DONE, "988")


async def test_an_accepted_retry_is_known_by_its_closed_issue_before_its_job_is_seen(it: World) -> None:
    it.fails()
    one = it.starts("one")

    async def without_a_job(_: Do) -> Started:
        it.adverity.takes_acknowledgement(RETRIED)
        return Started(jobs=())

    one.steps.at("retry", without_a_job)
    await one.sends(it.about_issue())
    await one.ends()
    assert ((row := await it.row()).state, row.started) == (ActState.DONE, "")
    assert "Adverity has closed its issue; a new job was not seen" in it.slack.public[0].text


@pytest.mark.parametrize("how", ["acknowledged", "a scheduled run", "started by hand"])
async def test_what_others_did_is_not_told_as_a_retry_that_got_no_answer(it: World, how: str) -> None:
    """Somebody acknowledges the issue, or a scheduled run succeeds, or somebody fetches while it is still open."""
    it.fails()
    one = it.starts("one")

    async def meanwhile(_: Do) -> None:
        if how != "started by hand":
            it.adverity.issues.clear()
        if how != "acknowledged":
            it.runs(988)
        if how == "started by hand":
            it.adverity.retried.add(988)
        raise SILENT

    one.steps.at("retry", meanwhile)
    await one.sends(it.about_issue())
    await one.ends()
    row = await it.row()
    assert (row.state, row.started, it.followed) == (ActState.UNKNOWN, "", [])
    (said,) = it.slack.public
    assert said.text.startswith("*Not known to have been retried")
    assert ("its issue is closed, but no new job was seen" in said.text) == (how != "started by hand")


async def test_a_scheduled_run_is_not_told_as_the_job_of_an_accepted_retry(it: World) -> None:
    it.fails()
    one = it.starts("one")

    async def beside(_: Do) -> Started:
        it.adverity.takes_acknowledgement(RETRIED)
        it.runs(988)
        return Started(jobs=())

    one.steps.at("retry", beside)
    await one.sends(it.about_issue())
    await one.ends()
    assert ((row := await it.row()).state, row.started) == (ActState.DONE, "")


async def test_a_job_of_before_is_not_taken_for_the_retry(it: World) -> None:
    it.fails()
    it.runs(990)
    one = it.starts("one")
    one.steps.at("retry", raises(SILENT))
    await one.sends(it.about_issue())
    await one.ends()
    assert (await it.row()).state is ActState.UNKNOWN


@BOTH
@pytest.mark.parametrize("how", ["acknowledged", "had by a later job", "no link"])
async def test_what_is_not_open_any_more_is_not_sent(it: World, kind: Kind, how: str) -> None:
    it.fails()
    one = it.starts("one")
    if how == "acknowledged":
        it.adverity.issues.clear()
    elif how == "no link":
        it.adverity.offers_links = False
    else:
        it.fails(988)
    await one.sends(it.about_issue(kind=kind))
    await one.ends()
    row = await it.row()
    assert (row.state, row.sent_at, it.adverity.retries) == (ActState.ENDED_OTHERWISE, None, [])
    assert "No request was sent." in it.slack.public[0].text


@BOTH
async def test_the_link_is_the_one_of_now(it: World, kind: Kind) -> None:
    """Whatever was read for the window: of an issue that is another one by now nothing is sent."""
    it.fails()
    one = it.starts("one")
    wish = it.about_issue(kind=kind)
    it.adverity.issues = {78: 987}
    await one.sends(wish)
    await one.ends()
    assert ((await it.row()).state, it.adverity.retries) == (ActState.ENDED_OTHERWISE, [])


KILLED_AT = [
    *((Kind.RETRY, step) for step in ("hold", "post", "read", "issues", "recent", "sending", "retry")),
    *((Kind.RETRY, step) for step in ("answered", "close", "edit", "follow", "told")),
    *((Kind.ACKNOWLEDGE, step) for step in ("issues", "sending", "acknowledge", "answered", "close", "told")),
]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "step"), KILLED_AT)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_at_every_step_it_is_sent_once_and_told_truly(it: World, kind: Kind, step: str, when: str) -> None:
    it.fails()
    one, two = it.starts("one"), it.starts("two")
    one.steps.at(step, one.steps.dies if when == "before" else one.steps.dies_after)
    await one.sends(it.about_issue(kind=kind))
    await one.ends()
    assert one.steps.dead, "the step did not come"
    it.time.pass_(LEASE.total_seconds() + 1)
    await two.looks()
    row = await it.row()
    assert len(it.adverity.retries) <= 1
    if row.state is ActState.DROPPED:
        assert it.adverity.retries == []
        assert "No request was sent." in it.slack.whispers(ANA)[-1]
        return
    was_sent = bool(it.adverity.retries)
    assert row.state is (ActState.DONE if was_sent else ActState.UNKNOWN if row.sent_at else ActState.REFUSED)
    assert row.told_at is not None
    assert ("confirmed" in it.slack.public[-1].text) == was_sent
    assert it.followed[:1] == ([988] if was_sent and kind is Kind.RETRY else [])


async def test_of_a_retry_and_an_acknowledgement_at_once_one_is_sent(it: World) -> None:
    it.fails()
    one, two = it.starts("one"), it.starts("two")
    await one.sends(it.about_issue(ANA))
    await two.sends(it.about_issue(BEN, kind=Kind.ACKNOWLEDGE))
    await one.ends()
    await two.ends()
    assert len(it.adverity.retries) == 1
    assert sorted(row.state for row in await it.rows()) == [ActState.DONE, ActState.SECOND]


async def test_who_is_second_is_told_what_the_first_has_done(it: World) -> None:
    it.fails()
    one = it.starts("one")
    await one.sends(it.about_issue(ANA, kind=Kind.ACKNOWLEDGE))
    await one.ends()
    it.time.pass_(60)
    await one.sends(it.about_issue(BEN, opened=120))
    await one.ends()
    assert it.adverity.retries == [ACKNOWLEDGED]
    (said,) = it.slack.whispers(BEN)
    assert said.startswith(f"<@{ANA}> has already acknowledged the issue of job 987")


@BOTH
async def test_the_window_asks_only_where_there_is_something_to_do(it: World, kind: Kind) -> None:
    wish = (Retry if kind is Kind.RETRY else Acknowledge)(job=JobId(987))
    one = it.starts("one")

    async def shows() -> str:
        await one.asks(wish=wish)
        return str(it.slack.windows[-1].view)

    it.runs()
    assert "has not failed" in await shows()
    it.fails()
    asked = await shows()
    assert "Token expired." in asked
    assert "'submit'" in asked
    it.adverity.offers_links = False
    assert "'submit'" not in await shows()
    it.adverity.issues.clear()
    assert "has no open issue" in await shows()


async def test_the_window_says_who_is_doing_it_already(it: World) -> None:
    it.fails()
    one, two = it.starts("one"), it.starts("two")

    async def meanwhile() -> None:
        await two.asks(wish=Retry(job=JobId(987)))

    one.steps.at("retry", first(meanwhile))
    await one.sends(it.about_issue())
    await one.ends()
    assert f"<@{ANA}> is already retrying job 987" in str(it.slack.windows[-1].view)


@BOTH
@pytest.mark.parametrize("missing", [{"complete": False}, {"unreadable": 1}])
@pytest.mark.parametrize("issue", [77, None])
async def test_of_issues_that_are_not_all_known_none_is_told_as_closed(
    it: World, kind: Kind, missing: dict[str, Any], issue: int | None
) -> None:
    it.fails()
    one = it.starts("one")

    async def some(_: Do) -> Answer[Entries[Issue]]:
        return Answer(Entries((), **missing), it.time())

    async def then(_: Do) -> None:
        one.steps.always["issues"] = some
        raise SILENT

    one.steps.at(kind.value, then)
    await one.sends(it.about_issue(kind=kind, issue=issue))
    await one.ends()
    assert (await it.row()).state is ActState.UNKNOWN
    assert "closed, but" not in it.slack.public[0].text


@BOTH
async def test_an_issue_without_a_number_is_known_by_its_job(it: World, kind: Kind) -> None:
    it.fails()
    one = it.starts("one")
    one.steps.at(kind.value, done_and_raises(SILENT))
    await one.sends(it.about_issue(kind=kind, issue=None))
    await one.ends()
    assert (await it.row()).state is ActState.DONE

"""Somebody asks others to do an act: what the card says, who may confirm it, and that nothing is done twice or late."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import select, update

from jobbot.access import Channel, ChannelRule, Need, Person, Policy
from jobbot.adverity.errors import Unreachable
from jobbot.adverity.model import DatastreamId, Days, JobId
from jobbot.intents.button import decode
from jobbot.intents.model import (
    Acknowledge,
    Act,
    FetchAgain,
    Freeze,
    OnReview,
    PauseSchedule,
    ResumeSchedule,
    Retry,
    Reviewing,
    StopJob,
    StopSeveral,
)
from jobbot.interaction import FieldValue
from jobbot.render.acts.fetch_window import LAST_DAY
from jobbot.render.acts.schedule_window import UNTIL
from jobbot.render.acts.several_window import JOBS
from jobbot.render.blockkit.blocks import Modal
from jobbot.render.blockkit.buttons import ActionId
from jobbot.slack.web.outbound import SlackRefused
from jobbot.store.acts.model import ActState, Kind
from jobbot.store.acts.review_request import ReviewState
from jobbot.store.database.tables import review_requests
from tests.machinery.acts.steps import Gate, Killed, answer_lost, away, first, raises
from tests.machinery.acts.world import ACT_TIMING, ANA, BEN, INC, OCTOBER, TEAM, Process, Said, World
from tests.unit.store.world import LEASE

CLEO, GUS = "U0CLEO", "U0GUS"
TEN_MINUTES = 600.0
NOTHING_ELSE: Mapping[str, FieldValue] = MappingProxyType({})
ALL = ChannelRule(may=frozenset(Need))
BY_LIST = replace(ALL, stop_users=frozenset({BEN, CLEO}))
"""Ana may not."""
TWO = replace(ALL, two_people=True)


def says(modal: Modal) -> str:
    """All that a window says."""
    return str(modal.view)


def asks_for_it(modal: Modal) -> bool:
    """Whether a window asks others, and does nothing itself."""
    return bool(modal.view.get("submit", {}).get("text") == "Ask")


@pytest.fixture
def it(it: World) -> World:
    """Job 987 is going on, Ana may look and not stop; Cleo and Ben may."""
    it.runs()
    it.adverity.datastream = 42
    it.rule = BY_LIST
    it.slack.people |= {CLEO: Person(team_id=TEAM), GUS: Person(team_id=TEAM, is_guest=True)}
    return it


ASK = "Ask somebody who can"


def buttons_of(said: Said) -> list[str]:
    """The words on the buttons of a message."""
    rows = [block["elements"] for block in said.blocks if block["type"] == "actions"]
    return [one["text"]["text"] for row in rows for one in row]


async def requests(it: World) -> list[Any]:
    """The rows, the oldest first."""
    async with it.database.reading() as connection:
        return list(
            await connection.execute(
                select(review_requests).order_by(review_requests.c.requested_at, review_requests.c.job)
            )
        )


async def request(it: World) -> Any:
    """The only one."""
    (row,) = await requests(it)
    return row


async def rewrite(it: World, of: Kind, /, **values: object) -> None:
    """As another version wrote them: the requests for a kind of act."""
    async with it.database.writing() as connection:
        await connection.execute(update(review_requests).where(review_requests.c.kind == of).values(**values))


async def asked(
    it: World,
    process: Process,
    who: str = ANA,
    wish: Act | None = None,
    *,
    values: Mapping[str, FieldValue] = NOTHING_ELSE,
) -> str:
    """Somebody asks for an act, and the card stands there: the request's id."""
    await process.asks(wish=wish, who=who)
    modal = it.slack.windows[-1]
    assert asks_for_it(modal), says(modal)
    await process.sends(it.filled(modal, who, {"reason": "runaway", **values}))
    await process.ends()
    assert "Asked." in says(it.slack.windows[-1]), says(it.slack.windows[-1])
    await process.delivers_all()
    return str((await requests(it))[-1].id)


async def reviewed(
    it: World, process: Process, id_: str, who: str = BEN, *, values: Mapping[str, FieldValue] = NOTHING_ELSE
) -> Any:
    """Somebody looks at it and confirms it: what Slack gets for an answer."""
    modal = await process.presses(who, Reviewing.REVIEW, id_)
    answer = await process.sends(it.filled(modal, who, values))
    await process.ends()
    await process.delivers_all()
    return answer


def card(it: World) -> Said:
    """The card of a request: the first message that everybody sees."""
    return it.slack.public[0]


class TestAsking:
    async def test_who_may_not_asks_and_somebody_who_can_confirms(self, it: World) -> None:
        one = it.starts("one")
        await one.asks()
        window = it.slack.windows[-1]
        assert asks_for_it(window)
        assert f"Asked of <@{BEN}> or <@{CLEO}>: you are not on the list." in says(window)
        id_ = await asked(it, one)
        assert it.adverity.posts == []
        assert card(it).text.startswith(f"*<@{ANA}> asks for a stop of job 987")
        called = f"Can you review it, <@{BEN}> or <@{CLEO}>?"
        for told in ("runaway", "Running", "(10 min)", "Nothing is sent to Adverity before", called):
            assert told in card(it).text

        window = await one.presses(BEN, Reviewing.REVIEW, id_)
        assert f"<@{ANA}> asks for this" in says(window)
        assert it.filled(window, BEN).did.reason == "runaway"  # type: ignore[union-attr]
        assert await reviewed(it, one, id_) is None, "the window closes"
        assert it.adverity.posts == [987]
        act = await it.row()
        assert (act.user_id, act.asked_by, act.review, act.state) == (BEN, ANA, id_, ActState.DONE)
        row = await request(it)
        assert (row.state, row.decided_by, row.act) == (ReviewState.CONFIRMED, BEN, act.id)
        assert f"*<@{BEN}> reviewed the stop of job 987" in card(it).text
        assert called not in card(it).text, "an edit calls nobody"
        said = it.slack.public[1]
        assert f"*<@{BEN}> is stopping job 987" in said.texts[0]
        for text in said.texts:
            assert f"asked for by <@{ANA}>" in text
        assert f"reviewed by <@{BEN}>" in said.text

    async def test_a_request_says_why(self, it: World) -> None:
        one = it.starts("one")
        await one.asks()
        answer = await one.sends(it.filled(it.slack.windows[-1], ANA))
        assert "Say why" in str(answer["errors"])
        assert await requests(it) == []

    async def test_a_mention_offers_the_button_that_asks(self, it: World) -> None:
        one = it.starts("one")
        mention = replace(it.submission(ANA, 987), channel_id=INC, trigger_id=None)
        await one.dialogue.asks(mention, StopJob(job=JobId(987)), one.instance)
        (whisper,) = it.slack.messages
        assert "stopping them is for" in whisper.text
        assert ASK in buttons_of(whisper)

    async def test_what_is_over_is_not_asked_for(self, it: World) -> None:
        one = it.starts("one")
        await one.asks()
        modal = it.slack.windows[-1]
        it.adverity.states[987] = "Success"
        await one.sends(it.filled(modal, ANA, {"reason": "x"}))
        await one.ends()
        assert "There is nothing to stop" in says(it.slack.windows[-1])
        assert await requests(it) == []

    async def test_the_same_is_asked_once_and_three_at_a_time(self, it: World) -> None:
        one = it.starts("one")
        await asked(it, one)
        await one.asks()
        await one.sends(it.filled(it.slack.windows[-1], ANA, {"reason": "again"}))
        await one.ends()
        assert f"<@{ANA}> asks for the same already" in says(it.slack.windows[-1])
        for job in (988, 989, 990):
            it.runs(job)
            await one.asks(job)
            await one.sends(it.filled(it.slack.windows[-1], ANA, {"reason": "x"}))
            await one.ends()
        assert "You have 3 open requests already" in says(it.slack.windows[-1])
        assert [row.job for row in await requests(it)] == [987, 988, 989]
        it.time.pass_(TEN_MINUTES)
        await one.asks(990)
        await one.sends(it.filled(it.slack.windows[-1], ANA, {"reason": "x"}))
        await one.ends()
        assert "Asked." in says(it.slack.windows[-1]), "those that are over count no more"

    @pytest.mark.parametrize(
        "changes",
        [
            {"people": {ANA: Person(team_id="T0ELSE")}},
            {"people": {ANA: Person(team_id=TEAM, is_bot=True)}},
            {"people": {ANA: Person(team_id=TEAM, is_guest=True)}},
            {"rule": replace(BY_LIST, may=frozenset({Need.VIEW}))},
            {"channel": Channel(is_shared_outside=True)},
            {"channel": Channel(is_member=False)},
        ],
        ids=["outsider", "bot", "guest", "not permitted here", "shared", "not a member"],
    )
    async def test_who_cannot_ask_anybody_here_is_refused(self, it: World, changes: dict[str, Any]) -> None:
        it.slack.people |= changes.get("people", {})
        it.slack.channel = changes.get("channel", it.slack.channel)
        it.rule = changes.get("rule", it.rule)
        one = it.starts("one")
        await one.asks()
        assert not [modal for modal in it.slack.windows if asks_for_it(modal)]
        assert not [said for said in it.slack.messages if ASK in buttons_of(said)]

    async def test_a_guest_asks_where_the_policy_trusts_guests(self, it: World) -> None:
        it.rule = replace(BY_LIST, guests_may_stop=True)
        await asked(it, it.starts("one"), GUS)

    async def test_who_lost_the_channel_meanwhile_asks_nothing(self, it: World) -> None:
        one = it.starts("one")
        await one.asks()
        modal = it.slack.windows[-1]
        it.slack.people[ANA] = Person(team_id=TEAM, is_deactivated=True)
        await one.sends(it.filled(modal, ANA, {"reason": "x"}))
        await one.ends()
        assert await requests(it) == []

    async def test_while_it_is_frozen_nobody_is_asked(self, it: World) -> None:
        one = it.starts("one")
        await one.asks()
        modal = it.slack.windows[-1]
        await one.freezes(Freeze(length=timedelta(hours=1), reason="deploy"), BEN)
        await one.sends(it.filled(modal, ANA, {"reason": "x"}))
        await one.ends()
        assert f"acme is frozen by <@{BEN}>" in says(it.slack.windows[-1])
        assert await requests(it) == []

    async def test_a_refused_submission_offers_to_ask(self, it: World) -> None:
        it.rule = ALL
        one = it.starts("one")
        await one.asks()
        modal = it.slack.windows[-1]
        one.forbids(BY_LIST)
        await one.sends(it.filled(modal, ANA, {"reason": "x"}))
        await one.ends()
        assert it.adverity.posts == []
        (whisper,) = it.slack.messages
        assert ASK in buttons_of(whisper)


class TestWhoConfirms:
    async def test_never_who_asked(self, it: World) -> None:
        it.rule = TWO
        one = it.starts("one")
        id_ = await asked(it, one)
        windows = len(it.slack.windows)
        await one.presses(ANA, Reviewing.REVIEW, id_)
        assert len(it.slack.windows) == windows
        assert "You asked for this" in it.slack.whispers(ANA)[-1]
        # Nor with the window of somebody else's review.
        modal = await one.presses(BEN, Reviewing.REVIEW, id_)
        metadata = modal.view["private_metadata"].replace(BEN, ANA)
        stolen = Modal({**modal.view, "private_metadata": metadata})
        assert "somebody else has to confirm it" in str(await one.sends(it.filled(stolen, ANA)))
        assert (it.adverity.posts, await it.rows()) == ([], [])
        assert (await request(it)).state == ReviewState.OPEN

    async def test_only_who_may_do_it(self, it: World) -> None:
        it.slack.people["U0DAN"] = Person(team_id=TEAM)
        one = it.starts("one")
        id_ = await asked(it, one)
        modal = await one.presses("U0DAN", Reviewing.REVIEW, id_)
        assert "stopping them is for" in says(modal)
        assert "submit" not in modal.view

    async def test_who_loses_the_right_meanwhile_does_nothing_and_the_card_says_so(self, it: World) -> None:
        one = it.starts("one")
        id_ = await asked(it, one)
        modal = await one.presses(BEN, Reviewing.REVIEW, id_)

        async def meanwhile() -> None:
            one.forbids(replace(BY_LIST, stop_users=frozenset({CLEO})))

        one.steps.at("submit", first(meanwhile))
        await one.sends(it.filled(modal, BEN))
        await one.looks()
        await one.delivers_all()
        assert it.adverity.posts == []
        assert (await it.row()).state is ActState.DENIED
        assert (await request(it)).state == ReviewState.NOT_BEGUN
        assert "Reviewed, and not begun: stop of job 987" in card(it).text
        assert "It was refused by then" in card(it).text

    async def test_who_may_not_any_more_leaves_it_to_others(self, it: World) -> None:
        one = it.starts("one")
        id_ = await asked(it, one)
        modal = await one.presses(BEN, Reviewing.REVIEW, id_)
        one.forbids(replace(BY_LIST, stop_users=frozenset({CLEO})))
        assert "stopping them is for" in str(await one.sends(it.filled(modal, BEN)))
        assert (it.adverity.posts, await it.rows(), len(card(it).texts)) == ([], [], 1)
        assert await reviewed(it, one, id_, CLEO) is None
        assert it.adverity.posts == [987]

    async def test_nor_with_a_window_that_was_never_theirs(self, it: World) -> None:
        it.slack.people["U0OLGA"] = Person(team_id="T0GLOBEX")
        one = it.starts("one")
        id_ = await asked(it, one)
        modal = await one.presses(BEN, Reviewing.REVIEW, id_)
        for wanted in (StopJob(job=JobId(987)), FetchAgain(datastream=DatastreamId(42), days=OCTOBER)):
            await one.asks(who=BEN, wish=wanted)
            for who in ("U0OLGA", GUS, "U0NOBODY", ANA):
                window = it.slack.windows[-1] if isinstance(wanted, FetchAgain) else modal
                metadata = window.view["private_metadata"].replace(BEN, who)
                if id_ not in metadata:
                    metadata = metadata[:-1] + f',"review":"{id_}"' + "}"
                stolen = Modal({**window.view, "private_metadata": metadata})
                answer = str(await one.sends(it.filled(stolen, who)))
                assert it.adverity.name not in answer, "what was asked for is told to nobody who may not do it"
                assert "asks for" not in answer
        await one.ends()
        await one.delivers_all()
        assert (sent(it), await it.rows(None), len(card(it).texts)) == (0, [], 1)
        assert (await request(it)).state == ReviewState.OPEN

    async def test_where_slack_does_not_say_in_time_who_it_is_it_can_be_pressed_again(self, it: World) -> None:
        one = it.starts("one", act_timing=replace(ACT_TIMING, decide=0.01))
        two = it.starts("two")
        id_ = await asked(it, one)
        modal = await one.presses(BEN, Reviewing.REVIEW, id_)
        one.steps.at("person", Gate())
        assert "press again" in str((await one.sends(it.filled(modal, BEN, view="V1")))["errors"])
        assert (await request(it)).state == ReviewState.OPEN
        assert await two.sends(it.filled(modal, BEN, view="V1")) is None
        await two.ends()
        assert it.adverity.posts == [987]

    async def test_of_two_reviewers_one_confirms(self, it: World) -> None:
        one, two = it.starts("one"), it.starts("two")
        id_ = await asked(it, one)
        bens = await one.presses(BEN, Reviewing.REVIEW, id_)
        cleos = await two.presses(CLEO, Reviewing.REVIEW, id_)
        assert await one.sends(it.filled(bens, BEN)) is None
        assert f"was reviewed by <@{BEN}>" in str(await two.sends(it.filled(cleos, CLEO)))
        await one.ends()
        await two.ends()
        assert it.adverity.posts == [987]
        assert len(await it.rows()) == 1

    async def test_at_the_same_moment_too(self, it: World) -> None:
        one, two = it.starts("one"), it.starts("two")
        id_ = await asked(it, one)
        bens = await one.presses(BEN, Reviewing.REVIEW, id_)
        cleos = await two.presses(CLEO, Reviewing.REVIEW, id_)
        said: list[Any] = []

        async def other() -> None:
            said.append(await two.sends(it.filled(cleos, CLEO)))
            await two.ends()

        one.steps.at("submit", first(other))
        answer = await one.sends(it.filled(bens, BEN))
        await one.ends()
        assert said == [None]
        assert f"was reviewed by <@{CLEO}>" in str(answer)
        assert it.adverity.posts == [987]

    async def test_a_submission_that_slack_repeats_is_one(self, it: World) -> None:
        one, two = it.starts("one"), it.starts("two")
        id_ = await asked(it, one)
        sent = it.filled(await one.presses(BEN, Reviewing.REVIEW, id_), BEN)
        assert [await one.sends(sent), await two.sends(sent)] == [None, None]
        await one.ends()
        await two.ends()
        assert it.adverity.posts == [987]

    async def test_two_windows_of_one_reviewer_confirm_once(self, it: World) -> None:
        one = it.starts("one")
        id_ = await asked(it, one)
        windows = [await one.presses(BEN, Reviewing.REVIEW, id_) for _ in range(2)]
        assert await one.sends(it.filled(windows[0], BEN)) is None
        assert f"was reviewed by <@{BEN}>" in str(await one.sends(it.filled(windows[1], BEN)))
        await one.ends()
        assert it.adverity.posts == [987]


class TestDoneAnotherWay:
    """What was asked for is done without its request: whoever confirms it afterwards does it no second time."""

    @pytest.mark.parametrize("trigger", ["1.2.3", None])
    async def test_a_window_that_did_not_open_offers_the_review_again(self, it: World, trigger: str | None) -> None:
        one = it.starts("one")
        id_ = await asked(it, one)
        if trigger is not None:
            one.steps.at("open_modal", raises(SlackRefused("views.open", "expired_trigger_id")))
        await one.presses(BEN, Reviewing.REVIEW, id_, trigger=trigger)
        whisper = it.slack.messages[-1]
        (button,) = [one for block in whisper.blocks if block["type"] == "actions" for one in block["elements"]]
        again = decode(button["value"])
        assert (button["action_id"], again) == (
            ActionId.REVIEW,
            OnReview(request=id_, does=Reviewing.REVIEW, instance="acme"),
        )
        assert await reviewed(it, one, id_) is None
        assert (await request(it)).state == ReviewState.CONFIRMED

    async def test_a_fetch_that_was_done_since_is_not_done_again(self, it: World) -> None:
        one = it.starts("one")
        wish = FetchAgain(datastream=DatastreamId(42), days=OCTOBER)
        id_ = await asked(it, one, wish=wish)
        it.time.pass_(5)
        await one.sends(it.fetch(BEN))
        await one.ends()
        assert it.adverity.fetches == [OCTOBER]
        it.time.pass_(60)
        assert await reviewed(it, one, id_, CLEO) is None
        assert it.adverity.fetches == [OCTOBER]
        assert [row.state for row in await it.rows(None)] == [ActState.SECOND, ActState.DONE]
        await one.looks()
        await one.delivers_all()
        assert "Somebody else had done the same" in card(it).text

    async def test_what_was_done_before_it_was_asked_for_may_be_done_again(self, it: World) -> None:
        one = it.starts("one")
        await one.sends(it.fetch(BEN))
        await one.ends()
        it.time.pass_(5)
        id_ = await asked(it, one, wish=FetchAgain(datastream=DatastreamId(42), days=OCTOBER))
        assert await reviewed(it, one, id_, CLEO) is None
        assert it.adverity.fetches == [OCTOBER, OCTOBER]


class TestWhatItIsGoodFor:
    """A request confirms the act that it names, and no other."""

    async def confirm_as(self, it: World, one: Process, id_: str, modal: Modal) -> str:
        """Another window, sent as if it was the review's."""
        metadata = modal.view["private_metadata"][:-1] + f',"review":"{id_}"' + "}"
        return str(await one.sends(it.filled(Modal({**modal.view, "private_metadata": metadata}), BEN)))

    async def test_not_another_job(self, it: World) -> None:
        one = it.starts("one")
        id_ = await asked(it, one)
        it.runs(988)
        await one.asks(988, who=BEN)
        assert "nothing else is confirmed by it" in await self.confirm_as(it, one, id_, it.slack.windows[-1])
        assert it.adverity.posts == []

    async def test_not_other_days(self, it: World) -> None:
        one = it.starts("one")
        wish = FetchAgain(datastream=DatastreamId(42), days=OCTOBER)
        id_ = await asked(it, one, wish=wish)
        later = OCTOBER.end - timedelta(days=1)
        assert "nothing else is confirmed by it" in str(await reviewed(it, one, id_, values={LAST_DAY: later}))
        assert it.adverity.fetches == []
        assert await reviewed(it, one, id_) is None
        assert it.adverity.fetches == [OCTOBER]

    async def test_not_another_end_of_a_pause(self, it: World) -> None:
        one = it.starts("one")
        id_ = await asked(it, one, wish=PauseSchedule(datastream=DatastreamId(42)), values={UNTIL: "2"})
        assert "nothing else is confirmed by it" in str(await reviewed(it, one, id_, values={UNTIL: "open"}))
        assert it.adverity.switches == []
        assert await reviewed(it, one, id_) is None
        assert it.adverity.switches == [False]

    async def test_of_several_not_more_than_were_named(self, it: World) -> None:
        one = it.starts("one")
        it.runs(988)
        it.runs(989)
        id_ = await asked(it, one, wish=StopSeveral(jobs=(JobId(987), JobId(988))))
        assert "job 987" in card(it).text
        await one.asks(who=BEN, wish=StopSeveral())
        assert "nothing else is confirmed by it" in await self.confirm_as(it, one, id_, it.slack.windows[-1])
        modal = await one.presses(BEN, Reviewing.REVIEW, id_)
        ticked = it.filled(modal, BEN).did.ticked(JOBS)  # type: ignore[union-attr]
        fewer = frozenset(value for value in ticked if "988" in value)
        assert await one.sends(it.filled(modal, BEN, {JOBS: fewer})) is None
        await one.ends()
        assert it.adverity.posts == [988]
        assert [row.asked_by for row in await it.rows(988)] == [ANA]

    async def test_not_in_another_channel_where_nothing_is_told_of_it(self, it: World) -> None:
        one = it.starts("one")
        wish = FetchAgain(datastream=DatastreamId(42), days=OCTOBER)
        id_ = await asked(it, one, wish=wish)
        modal = await one.presses(BEN, Reviewing.REVIEW, id_)
        await rewrite(it, Kind.FETCH, channel_id="C0ELSE")
        answer = str(await one.sends(it.filled(modal, BEN)))
        assert "not known any more" in answer
        assert it.adverity.name not in answer
        assert it.adverity.fetches == []

    async def test_not_what_is_not_known_any_more_when_it_is_recorded(self, it: World) -> None:
        one = it.starts("one")
        id_ = await asked(it, one)
        modal = await one.presses(BEN, Reviewing.REVIEW, id_)
        one.steps.at("submit", first(lambda: rewrite(it, Kind.STOP, kind="mow")))
        assert "not known any more" in str(await one.sends(it.filled(modal, BEN)))
        await one.ends()
        assert await it.rows() == []
        assert it.adverity.posts == []

    async def test_not_twice(self, it: World) -> None:
        one = it.starts("one")
        id_ = await asked(it, one)
        await reviewed(it, one, id_)
        it.runs(988)
        await one.asks(988, who=CLEO)
        metadata = it.slack.windows[-1].view["private_metadata"][:-1] + f',"review":"{id_}"' + "}"
        again = Modal({**it.slack.windows[-1].view, "private_metadata": metadata})
        assert "nothing else" in str(await one.sends(it.filled(again, CLEO)))
        assert it.adverity.posts == [987]


class TestItsEnd:
    async def test_it_expires_also_after_a_restart_once_over_all_processes(self, it: World) -> None:
        one = it.starts("one")
        id_ = await asked(it, one)
        modal = await one.presses(BEN, Reviewing.REVIEW, id_)
        await one.kill()
        it.time.pass_(TEN_MINUTES)
        two, three = it.starts("two"), it.starts("three")
        assert "has expired" in str(await two.sends(it.filled(modal, BEN))), "before anybody has looked after it"
        await two.looks()
        await three.looks()
        await three.delivers_all()
        await two.delivers_all()
        assert (await request(it)).state == ReviewState.EXPIRED
        (edit,) = card(it).texts[1:]
        assert edit.startswith("*Nobody reviewed it in time: stop of job 987")
        assert "has expired" in str(await two.sends(it.filled(modal, BEN)))
        assert (it.adverity.posts, await it.rows()) == ([], [])
        await two.presses(BEN, Reviewing.REVIEW, id_)
        assert "has expired" in it.slack.whispers(BEN)[-1]

    async def test_it_ends_where_somebody_does_the_act_without_it(self, it: World) -> None:
        one, two = it.starts("one"), it.starts("two")
        id_ = await asked(it, one)
        modal = await one.presses(BEN, Reviewing.REVIEW, id_)
        await two.looks()
        assert (await request(it)).state == ReviewState.OPEN
        await one.asks(who=CLEO)
        await one.sends(it.filled(it.slack.windows[-1], CLEO))
        await one.ends()
        assert (await it.row()).state is ActState.DONE
        await two.looks()
        await one.looks()
        await two.delivers_all()
        row = await request(it)
        assert (row.state, row.decided_by) == (ReviewState.DONE_ALREADY, CLEO)
        (edit,) = card(it).texts[1:]
        assert edit.startswith("*Done already: stop of job 987")
        assert f"<@{CLEO}> has done it" in edit
        assert "Nothing was done" not in edit
        assert buttons_of(card(it)) == []
        assert f"<@{CLEO}> has done it" in str(await one.sends(it.filled(modal, BEN)))
        assert it.adverity.posts == [987]

    async def test_another_act_on_the_same_ends_it_not(self, it: World) -> None:
        one = it.starts("one")
        await asked(it, one, wish=PauseSchedule(datastream=DatastreamId(42)), values={UNTIL: "open"})
        await one.asks(who=CLEO)
        await one.sends(it.filled(it.slack.windows[-1], CLEO))
        await one.ends()
        await one.looks()
        assert (await request(it)).state == ReviewState.OPEN

    async def test_a_pause_until_another_hour_ends_it_not(self, it: World) -> None:
        one = it.starts("one")
        await asked(it, one, wish=PauseSchedule(datastream=DatastreamId(42)), values={UNTIL: "open"})
        await one.sends(it.pause(CLEO, until="1"))
        await one.ends()
        assert it.adverity.switches == [False]
        await one.looks()
        await one.delivers_all()
        assert (await request(it)).state == ReviewState.OPEN
        assert len(card(it).texts) == 1

    async def test_what_jobbot_did_as_planned_is_not_told_as_a_persons(self, it: World) -> None:
        one = it.starts("one")
        await one.sends(it.pause(BEN, until="1"))
        await one.ends()
        it.time.pass_(3500.0)
        await asked(it, one, wish=ResumeSchedule(datastream=DatastreamId(42)))
        it.time.pass_(200.0)
        await one.looks()
        assert it.adverity.switches == [False, True]
        await one.looks()
        await one.delivers_all()
        row = await request(it)
        assert (row.state, row.decided_by) == (ReviewState.DONE_ALREADY, None)
        (said,) = [one for one in it.slack.public if "Done already" in one.text]
        assert "jobbot has done it, as planned, without this request" in said.text
        assert f"<@{BEN}>" not in said.text

    async def test_a_card_that_was_not_posted_in_time_calls_nobody_any_more(self, it: World) -> None:
        one = it.starts("one")
        await one.asks()
        await one.sends(it.filled(it.slack.windows[-1], ANA, {"reason": "runaway"}))
        await one.ends()
        await one.kill()
        it.time.pass_(TEN_MINUTES)
        two = it.starts("two")
        await two.looks()
        await two.delivers_all()
        (said,) = card(it).texts
        assert said.startswith("*Nobody reviewed it in time: stop of job 987")
        assert buttons_of(card(it)) == []

    async def test_one_that_cannot_be_read_ends_and_holds_up_no_other(self, it: World) -> None:
        one = it.starts("one")
        await asked(it, one, wish=PauseSchedule(datastream=DatastreamId(42)), values={UNTIL: "open"})
        it.runs(988)
        await asked(it, one, wish=StopJob(job=JobId(988)))
        await rewrite(it, Kind.PAUSE, details='{"later": 1}')
        it.time.pass_(TEN_MINUTES)
        await one.looks()
        await one.delivers_all()
        assert [row.state for row in await requests(it)] == [ReviewState.EXPIRED] * 2
        assert card(it).texts[-1].startswith("*Nobody reviewed it in time: pause of")

    async def test_one_of_a_kind_that_is_not_known_is_left_alone(self, it: World) -> None:
        one = it.starts("one")
        id_ = await asked(it, one, wish=PauseSchedule(datastream=DatastreamId(42)), values={UNTIL: "open"})
        it.runs(988)
        await asked(it, one, wish=StopJob(job=JobId(988)))
        await rewrite(it, Kind.PAUSE, kind="mow")
        await one.presses(BEN, Reviewing.DISCARD, id_)
        assert "not known any more" in it.slack.whispers(BEN)[-1]
        it.time.pass_(TEN_MINUTES)
        await one.looks()
        states = {row.kind: row.state for row in await requests(it)}
        assert states == {"mow": ReviewState.OPEN, Kind.STOP: ReviewState.EXPIRED}

    async def test_one_whose_card_cannot_be_posted_ends_and_who_asked_is_told(self, it: World) -> None:
        one, two = it.starts("one"), it.starts("two")
        await one.asks()
        await one.sends(it.filled(it.slack.windows[-1], ANA, {"reason": "runaway"}))
        await one.ends()
        it.slack.channel = Channel(is_archived=True)
        await one.delivers_all()
        await one.looks()
        await two.looks()
        await two.delivers_all()
        assert (await request(it)).state == ReviewState.UNTOLD
        assert it.slack.public == []
        (said,) = it.slack.whispers(ANA)
        assert said.startswith("*Nobody was asked*")
        assert "987" not in said, "the channel may not see what was asked for"

    async def test_until_the_last_second_it_can_be_confirmed(self, it: World) -> None:
        one = it.starts("one")
        id_ = await asked(it, one)
        modal = await one.presses(BEN, Reviewing.REVIEW, id_)
        it.time.now = (await request(it)).expires_at - timedelta(seconds=1)
        assert await one.sends(it.filled(modal, BEN)) is None
        await one.ends()
        assert it.adverity.posts == [987]

    async def test_only_who_asked_withdraws_it(self, it: World) -> None:
        one = it.starts("one")
        id_ = await asked(it, one)
        modal = await one.presses(BEN, Reviewing.REVIEW, id_)
        await one.presses(BEN, Reviewing.WITHDRAW, id_)
        assert f"Only <@{ANA}> can withdraw it" in it.slack.whispers(BEN)[-1]
        await one.presses(ANA, Reviewing.WITHDRAW, id_)
        await one.presses(ANA, Reviewing.WITHDRAW, id_)
        assert "This request was withdrawn" in it.slack.whispers(ANA)[-1]
        await one.delivers_all()
        assert (await request(it)).state == ReviewState.WITHDRAWN
        assert "*Withdrawn: stop of job 987" in card(it).text
        assert len(card(it).texts) == 2
        assert f"was withdrawn by <@{ANA}>" in str(await one.sends(it.filled(modal, BEN)))
        assert it.adverity.posts == []

    async def test_whoever_may_do_it_discards_it(self, it: World) -> None:
        it.slack.people["U0DAN"] = Person(team_id=TEAM)
        one = it.starts("one")
        id_ = await asked(it, one)
        await one.presses("U0DAN", Reviewing.DISCARD, id_)
        assert "stopping them is for" in it.slack.whispers("U0DAN")[-1]
        assert (await request(it)).state == ReviewState.OPEN
        await one.presses(CLEO, Reviewing.DISCARD, id_)
        await one.delivers_all()
        row = await request(it)
        assert (row.state, row.decided_by) == (ReviewState.DISCARDED, CLEO)
        assert f"discarded by <@{CLEO}>" in card(it).text

    async def test_what_nobody_knows_is_pressed_in_vain(self, it: World) -> None:
        one = it.starts("one")
        for does in Reviewing:
            await one.asks()
            await one.presses(BEN, does, "f" * 32)
            assert "not known any more" in it.slack.whispers(BEN)[-1]

    @pytest.mark.parametrize("does", Reviewing)
    @pytest.mark.parametrize("is_over", [False, True])
    async def test_who_may_not_look_hears_nothing_of_it(self, it: World, does: Reviewing, is_over: bool) -> None:
        it.slack.people["U0OLGA"] = Person(team_id="T0GLOBEX")
        one, two = it.starts("one"), it.starts("two", instances=["elsewhere"])
        id_ = await asked(it, one)
        if is_over:
            await one.presses(ANA, Reviewing.WITHDRAW, id_)
        # The payload says that she is one of ours, as it may in a shared channel.
        await two.presses("U0OLGA", does, id_)
        (said,) = it.slack.whispers("U0OLGA")
        assert said.startswith("*Only members of the workspace that runs jobbot can use it")
        assert (await request(it)).state == (ReviewState.WITHDRAWN if is_over else ReviewState.OPEN)


class TestInterrupted:
    """A process dies at any step, or the database keeps what it did not confirm."""

    async def steps_of(self, it: World, does: Callable[[Process], Any]) -> list[str]:
        """The steps of a process at its work."""
        process = it.starts("seen")
        before = len(process.steps.taken)
        await does(process)
        return process.steps.taken[before:]

    @pytest.mark.slow
    @pytest.mark.parametrize("after", [False, True])
    async def test_whoever_asks_is_asked_for_once_at_most(self, it: World, after: bool) -> None:
        async def ask(process: Process, job: int) -> None:
            with suppress(Killed):
                await process.asks(job)
                await process.sends(it.filled(it.slack.windows[-1], ANA, {"reason": "x"}))
            await process.ends()
            await process.delivers_all()

        steps = await self.steps_of(it, lambda process: ask(process, 987))
        assert "ask" in steps
        for number in range(len(steps)):
            job = 1000 + number
            it.runs(job)
            dying = it.starts(f"dying{number}")
            dies_at(dying, steps, number, after=after)
            await ask(dying, job)
            assert dying.steps.dead, steps[number]
            it.time.pass_(TEN_MINUTES + LEASE.total_seconds() * 3)
            next_one = it.starts(f"next{number}")
            await next_one.looks()
            await next_one.delivers_all()
            rows = [row for row in await requests(it) if row.job == job]
            assert [row.state for row in rows] in ([], [ReviewState.EXPIRED]), steps[number]
            cards = [said for said in it.slack.public if f"job {job}" in said.text]
            assert all("Nobody reviewed it in time" in said.text for said in cards[-1:]), steps[number]
            assert bool(cards) == bool(rows)
        assert it.adverity.posts == []

    @pytest.mark.slow
    @pytest.mark.parametrize("after", [False, True])
    async def test_whoever_confirms_confirms_once_at_most(self, it: World, after: bool) -> None:
        async def confirm(process: Process, modal: Modal) -> None:
            with suppress(Killed):
                await process.sends(it.filled(modal, BEN))
            await process.ends()
            await process.delivers_all()

        asks = it.starts("asks")

        async def window_of(job: int) -> Modal:
            it.runs(job)
            await asked(it, asks, wish=StopJob(job=JobId(job)))
            return await asks.presses(BEN, Reviewing.REVIEW, (await requests(it))[-1].id)

        window = await window_of(987)
        steps = await self.steps_of(it, lambda process: confirm(process, window))
        assert "submit" in steps
        for number in range(len(steps)):
            job = 2000 + number
            modal = await window_of(job)
            dying = it.starts(f"dying{number}")
            dies_at(dying, steps, number, after=after)
            await confirm(dying, modal)
            assert dying.steps.dead, steps[number]
            next_one = it.starts(f"next{number}")
            await it.heals(next_one)
            await next_one.delivers_all()
            acts = await it.rows(job)
            row = (await requests(it))[-1]
            assert len(acts) <= 1, steps[number]
            assert it.adverity.posts.count(job) <= 1, steps[number]
            if not acts:
                assert row.state == ReviewState.OPEN, steps[number]
            elif acts[0].state is ActState.DROPPED:
                assert row.state == ReviewState.NOT_BEGUN, steps[number]
                assert it.adverity.posts.count(job) == 0
            else:
                assert (row.state, row.act) == (ReviewState.CONFIRMED, acts[0].id), steps[number]
            it.time.pass_(TEN_MINUTES)
            await next_one.looks()
            await next_one.delivers_all()
            cards = [said for said in it.slack.public if f"job {job}" in said.text and "asks for" not in said.text]
            assert cards, steps[number]

    async def test_the_database_kept_what_it_did_not_confirm(self, it: World) -> None:
        one = it.starts("one")
        id_ = await asked(it, one)
        modal = await one.presses(BEN, Reviewing.REVIEW, id_)
        one.steps.at("submit", answer_lost)
        assert "will not send one" in str(await one.sends(it.filled(modal, BEN)))
        await one.looks()
        await one.looks()
        await one.delivers_all()
        assert it.adverity.posts == []
        assert (await request(it)).state == ReviewState.NOT_BEGUN
        assert "jobbot was interrupted before it could begin" in card(it).text

    async def test_a_database_that_is_away_asks_for_nothing(self, it: World) -> None:
        one = it.starts("one")
        await one.asks()
        modal = it.slack.windows[-1]
        one.steps.at("ask", away)
        await one.sends(it.filled(modal, ANA, {"reason": "x"}))
        await one.ends()
        assert "it is not known whether this was asked" in says(it.slack.windows[-1])


def dies_at(process: Process, steps: list[str], number: int, *, after: bool) -> None:
    """The process dies at the step of this number."""
    step = steps[number]
    before = steps[:number].count(step)

    async def lives(do: Any) -> Any:
        return await do()

    process.steps.at(step, *[lives] * before, process.steps.dies_after if after else process.steps.dies)


WISHES: dict[Kind, Act] = {
    Kind.STOP: StopJob(job=JobId(987)),
    Kind.FETCH: FetchAgain(datastream=DatastreamId(42), days=OCTOBER),
    Kind.RETRY: Retry(job=JobId(980)),
    Kind.ACKNOWLEDGE: Acknowledge(job=JobId(980)),
    Kind.PAUSE: PauseSchedule(datastream=DatastreamId(42), until=datetime(2022, 10, 31, 18, tzinfo=UTC)),
    Kind.RESUME: ResumeSchedule(datastream=DatastreamId(42)),
    Kind.STOP_SEVERAL: StopSeveral(jobs=(JobId(987), JobId(988))),
}


def sent(it: World) -> int:
    """How many requests arrived at Adverity."""
    known = it.adverity
    return len(known.posts) + len(known.fetches) + len(known.switches) + len(known.retries)


@pytest.fixture(params=WISHES, ids=lambda kind: kind.value)
def wish(request: pytest.FixtureRequest, it: World) -> Act:
    """An act of each kind that could be done."""
    it.runs(988)
    it.fails(980)
    it.adverity.enabled = request.param is not Kind.RESUME
    return WISHES[request.param]


class TestTwoPeople:
    """Where the policy wants two, nobody acts alone, whatever their rights."""

    async def test_each_kind_is_asked_for_by_one_and_confirmed_by_another(self, it: World, wish: Act) -> None:
        it.rule = TWO
        one = it.starts("one")
        await one.asks(wish=wish)
        assert "Here two people are needed" in says(it.slack.windows[-1])
        id_ = await asked(it, one, wish=wish)
        assert "Here two people are needed: somebody else confirms it" in card(it).text
        assert sent(it) == 0
        assert await reviewed(it, one, id_) is None
        assert sent(it) == (2 if isinstance(wish, StopSeveral) else 1)
        rows = [row for row in await it.rows(None) if row.part_of is None and row.planned_for is None]
        assert [(row.asked_by, row.user_id, row.two_people) for row in rows] == [(ANA, BEN, True)]

    async def test_a_window_that_was_opened_before_is_refused(self, it: World, wish: Act) -> None:
        it.rule = ALL
        one = it.starts("one")
        await one.asks(wish=wish)
        modal = it.slack.windows[-1]
        assert not asks_for_it(modal)
        one.forbids(TWO)
        assert "Here two people are needed" in str(await one.sends(it.filled(modal, ANA)))
        assert (sent(it), await it.rows(None)) == (0, [])

    async def test_of_one_datastream_alone(self, it: World, wish: Act) -> None:
        it.rule, it.two_people = ALL, {"acme": frozenset({42})}
        one = it.starts("one")
        await one.asks(wish=wish)
        assert asks_for_it(it.slack.windows[-1])

    async def test_not_of_the_others(self, it: World, wish: Act) -> None:
        it.rule, it.two_people = ALL, {"acme": frozenset({43}), "staging": frozenset({42})}
        one = it.starts("one")
        await one.asks(wish=wish)
        assert not asks_for_it(it.slack.windows[-1])

    @pytest.mark.parametrize("wish", [Kind.STOP, Kind.RETRY, Kind.ACKNOWLEDGE, Kind.STOP_SEVERAL], indirect=True)
    async def test_a_window_that_says_another_datastream_does_nothing_to_that_one(self, it: World, wish: Act) -> None:
        """What it says is what it was decided by; the other kinds are done to what it says."""
        it.rule, it.two_people = ALL, {"acme": frozenset({42})}
        one = it.starts("one")
        it.adverity.datastream = 43
        await one.asks(wish=wish)
        modal = it.slack.windows[-1]
        assert not asks_for_it(modal)
        it.adverity.datastream = 42
        assert await one.sends(it.filled(modal, ANA)) is None
        await one.ends()
        assert sent(it) == 0
        rows = [row for row in await it.rows(None) if row.job is not None]
        assert {row.outcome for row in rows} == {"not sent: the job is of another datastream"}
        if not isinstance(wish, StopSeveral):
            assert "Adverity says that this job is of another datastream" in it.slack.public[0].text

    async def test_a_job_of_which_nobody_knows_the_datastream_may_be_of_that_one(self, it: World) -> None:
        it.rule, it.two_people = ALL, {"acme": frozenset({43})}
        it.adverity.datastream = None
        one = it.starts("one")
        await one.asks()
        assert asks_for_it(it.slack.windows[-1])

    async def test_the_policy_may_want_it_between_the_record_and_the_stop(self, it: World) -> None:
        it.rule = ALL
        one = it.starts("one")

        async def meanwhile() -> None:
            one.forbids(TWO)

        one.steps.at("submit", first(meanwhile))
        await one.submits()
        await one.ends()
        assert it.adverity.posts == []
        assert "Here two people are needed" in it.slack.whispers(ANA)[-1]

    async def test_nor_is_an_interrupted_one_gone_on_with_alone(self, it: World) -> None:
        it.rule = ALL
        one = it.starts("one")
        one.steps.at("sending", one.steps.dies)
        with suppress(Killed):
            await one.submits()
        await one.ends()
        it.rule = TWO
        await it.heals(it.starts("two"))
        assert it.adverity.posts == []
        assert (await it.row()).state is ActState.REFUSED

    async def test_a_confirmed_one_is_gone_on_with(self, it: World) -> None:
        it.rule = TWO
        one = it.starts("one")
        id_ = await asked(it, one)
        modal = await one.presses(BEN, Reviewing.REVIEW, id_)
        one.steps.at("sending", one.steps.dies)
        with suppress(Killed):
            await one.sends(it.filled(modal, BEN))
        await one.ends()
        await it.heals(it.starts("two"))
        assert it.adverity.posts == [987]
        assert (await it.row()).asked_by == ANA

    async def test_so_is_each_part_of_a_confirmed_one(self, it: World) -> None:
        it.runs(988)
        it.rule, it.two_people = ALL, {"acme": frozenset({42})}
        one = it.starts("one")
        id_ = await asked(it, one, wish=StopSeveral(jobs=(JobId(987), JobId(988))))
        modal = await one.presses(BEN, Reviewing.REVIEW, id_)
        one.steps.at("take_part", one.steps.dies)
        with suppress(Killed):
            await one.sends(it.filled(modal, BEN))
        await one.ends()
        await it.heals(it.starts("two"))
        assert sorted(it.adverity.posts) == [987, 988]

    async def test_a_planned_resume_was_confirmed_with_its_pause(self, it: World) -> None:
        it.rule = TWO
        one = it.starts("one")
        id_ = await asked(it, one, wish=PauseSchedule(datastream=DatastreamId(42)), values={UNTIL: "1"})
        await reviewed(it, one, id_)
        assert it.adverity.switches == [False]
        it.time.pass_(3700.0)
        await one.looks()
        assert it.adverity.switches == [False, True]

    async def test_of_who_may_do_it_nobody_else_confirms_their_own(self, it: World) -> None:
        it.rule = replace(TWO, stop_users=frozenset({ANA, BEN}))
        one = it.starts("one")
        id_ = await asked(it, one, BEN)
        await one.presses(BEN, Reviewing.REVIEW, id_)
        assert "You asked for this" in it.slack.whispers(BEN)[-1]
        assert await reviewed(it, one, id_, ANA) is None
        assert it.adverity.posts == [987]


class TestWhatFails:
    """Whoever asks or presses is told, where they look, and nothing is done."""

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (Unreachable("timed out"), "Adverity did not answer (timed out) (what you ask for on acme)."),
            (KeyError("state"), "Something went wrong inside jobbot (what you ask for on acme)."),
        ],
    )
    async def test_what_cannot_be_read_is_not_asked_for(self, it: World, error: Exception, words: str) -> None:
        one = it.starts("one")
        await one.asks()
        modal = it.slack.windows[-1]
        one.steps.at("read", raises(error))
        await one.sends(it.filled(modal, ANA, {"reason": "x"}))
        await one.ends()
        assert words in says(it.slack.windows[-1])
        assert "Reference " in says(it.slack.windows[-1])
        assert await requests(it) == []
        assert it.slack.messages == []

    async def test_what_the_channel_does_not_see_by_now_is_not_asked_for(self, it: World) -> None:
        one = it.starts("one")
        await one.asks()
        modal = it.slack.windows[-1]
        one.forbids(replace(BY_LIST, workspaces=(14,)))
        await one.sends(it.filled(modal, ANA, {"reason": "x"}))
        await one.ends()
        assert "Job 987 is not shown in this channel" in says(it.slack.windows[-1])
        assert await requests(it) == []
        assert it.slack.messages == []

    async def test_a_window_that_was_closed_meanwhile_is_asked_for_all_the_same(self, it: World) -> None:
        one = it.starts("one")
        await one.asks()
        modal = it.slack.windows[-1]
        one.steps.at("update_modal", raises(SlackRefused("views.update", "not_found")))
        await one.sends(it.filled(modal, ANA, {"reason": "x"}))
        await one.ends()
        await one.delivers_all()
        assert card(it).text.startswith(f"*<@{ANA}> asks for a stop of job 987")

    @pytest.mark.parametrize("does", Reviewing)
    async def test_a_database_that_is_away_is_said_to_whoever_presses(self, it: World, does: Reviewing) -> None:
        one = it.starts("one")
        id_ = await asked(it, one)
        windows = len(it.slack.windows)
        one.steps.at("find", away)
        who = ANA if does is Reviewing.WITHDRAW else BEN
        await one.presses(who, does, id_)
        assert it.slack.whispers(who) == [
            "*jobbot cannot reach its database.* Perhaps it was not done: look, and try again in a moment."
        ]
        assert len(it.slack.windows) == windows
        assert (await request(it)).state == ReviewState.OPEN
        assert buttons_of(card(it)) == ["Review", "Discard", "Withdraw"]

    @pytest.mark.parametrize("does", Reviewing)
    async def test_of_a_request_in_another_channel_nothing_is_told(self, it: World, does: Reviewing) -> None:
        one = it.starts("one")
        id_ = await asked(it, one)
        one.gate.set_policy(Policy({INC: BY_LIST, "C0OPS": BY_LIST}))
        await one.presses(BEN, does, id_, channel="C0OPS")
        (told,) = it.slack.whispers(BEN)
        assert ANA not in told
        assert "987" not in told
        assert (await request(it)).state == ReviewState.OPEN
        assert len(it.slack.windows) == 3

    async def test_a_fetch_of_a_job_is_asked_for_with_its_job(self, it: World) -> None:
        it.adverity.days = ("2022-10-01", "2022-10-02")
        one = it.starts("one")
        id_ = await asked(it, one, wish=FetchAgain(job=JobId(987)))
        assert await reviewed(it, one, id_) is None
        assert it.adverity.fetches == [Days(date(2022, 10, 1), date(2022, 10, 2))]
        (row,) = await it.rows(None)
        assert (row.job, row.datastream, row.asked_by, row.user_id) == (987, 42, ANA, BEN)

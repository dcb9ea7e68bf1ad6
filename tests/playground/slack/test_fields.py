"""Fields of modals: filled by people, refused by Slack's client, sent as Slack does, read as jobbot does."""

from datetime import date
from typing import Any

import pytest

from jobbot.interaction import Submitted
from jobbot.playground.page.protocol import CannotBeDone
from jobbot.playground.page.slack_side import SlackWorkspace
from jobbot.playground.slack import Action, LocalSlack
from jobbot.playground.slack.errors import NotPossible
from jobbot.playground.slack.state.views import View
from jobbot.render.blockkit.blocks import Block, modal, option
from jobbot.render.blockkit.inputs import check_boxes, choice_field, date_field, number_field, text_field
from jobbot.slack.transport.payloads import read_payload
from tests.playground.slack.world import client_of

PRIORITIES = [option("As usual", "usual"), option("When nothing else is running", "backdata", "It may take longer.")]
JOBS = [option(f"Facebook Ads {number}", str(900 + number), f"Running {number} %") for number in range(1, 13)]


def window() -> list[Block]:
    return [
        date_field("from", "From", initial=date(2025, 11, 1)),
        date_field("to", "To"),
        choice_field("priority", "Priority", PRIORITIES, initial="usual"),
        *check_boxes("jobs", "Jobs to stop", JOBS),
        number_field("count", "How many", least=1, most=30, hint="Type the number of jobs."),
        text_field("reason", "Reason, shown in the channel", most=300, optional=True),
    ]


async def opened(slack: LocalSlack, *blocks: Block) -> View:
    action = await slack.ana.types("/jobs", in_=slack.channel("inc-data"))
    assert action.payload is not None
    view = modal("act_fetch", "Fetch again?", blocks, metadata="m", close="Close", submit="Fetch").view
    await client_of(slack).views_open(trigger_id=action.payload["trigger_id"], view=view)
    assert slack.ana.modal is not None
    return slack.ana.modal


def states(payload: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """What was sent of each block's field."""
    assert payload is not None
    values = payload["view"]["state"]["values"]
    return {block: state for block, actions in values.items() for state in actions.values()}


async def test_a_window_of_many_fields_is_sent_as_slack_does_and_read_as_it_was_filled(slack: LocalSlack) -> None:
    await opened(slack, *window())
    slack.ana.picks_date(date(2025, 11, 3))
    slack.ana.picks_date("2025-11-27", at="To")
    await slack.ana.chooses("When nothing else is running", at="Priority")
    slack.ana.unticks("Facebook Ads 2", "912")
    slack.ana.unticks("Facebook Ads 3", at="jobs")
    slack.ana.ticks("903")
    slack.ana.fills(count=10)
    sent = await slack.ana.submits(reason="numbers were wrong")
    held = states(sent.payload)
    assert held["from"] == {"type": "datepicker", "selected_date": "2025-11-03"}
    assert held["to"] == {"type": "datepicker", "selected_date": "2025-11-27"}
    assert held["count"] == {"type": "number_input", "value": "10"}
    assert held["priority"]["selected_option"]["value"] == "backdata"
    assert held["priority"]["selected_option"]["description"]["text"] == "It may take longer."
    assert [one["value"] for one in held["jobs"]["selected_options"]] == ["901", *(str(n) for n in range(903, 911))]
    assert [one["value"] for one in held["jobs.2"]["selected_options"]] == ["911"]
    came = read_payload(sent.payload or {}, slack.bot.id)
    assert came is not None
    assert isinstance(came.did, Submitted)
    did = came.did
    assert (did.day("from"), did.day("to")) == (date(2025, 11, 3), date(2025, 11, 27))
    assert (did.text("priority"), did.number("count"), did.reason) == ("backdata", 10, "numbers were wrong")
    assert did.ticked("jobs") == {"901", *(str(n) for n in range(903, 912))}


async def test_what_the_page_sends_is_what_slack_sends(slack: LocalSlack) -> None:
    view, sent = await opened(slack, *window()), list[Action]()
    slack.subscribe(lambda change: sent.append(change.subject) if isinstance(change.subject, Action) else None)
    ticked = {"type": "checkboxes", "selected_options": [JOBS[0]]}
    values = {
        "from": {"from": {"type": "datepicker", "selected_date": "2025-11-03"}},
        "to": {"to": {"type": "datepicker", "selected_date": "2025-11-27"}},
        "priority": {"priority": {"type": "static_select", "selected_option": PRIORITIES[1]}},
        "jobs": {"jobs": ticked},
        "jobs.2": {"jobs.2": {**ticked, "selected_options": []}},
        "count": {"count": {"type": "number_input", "value": "1"}},
        "reason": {"reason": {"type": "plain_text_input", "value": None}},
    }
    with pytest.raises(CannotBeDone, match="trouble connecting"):
        await SlackWorkspace(slack).submit("ana", view.id, values)
    [action] = sent
    assert action.payload is not None
    assert action.payload["view"]["state"]["values"].keys() == values.keys()
    for as_filled in (action.payload, {**action.payload, "view": {"state": {"values": values}}}):
        came = read_payload(as_filled, slack.bot.id)
        assert came is not None
        assert isinstance(came.did, Submitted)
        assert (came.did.day("from"), came.did.ticked("jobs")) == (date(2025, 11, 3), frozenset({"901"}))
        assert (came.did.text("priority"), came.did.number("count"), came.did.reason) == ("backdata", 1, "")


async def test_what_is_left_as_it_was_is_sent_as_it_began(slack: LocalSlack) -> None:
    first, _, priority, *rest = window()
    await opened(slack, first, priority, *rest[:2])
    held = states((await slack.ana.submits()).payload)
    assert held["from"]["selected_date"] == "2025-11-01"
    assert held["priority"]["selected_option"]["value"] == "usual"
    assert len(held["jobs"]["selected_options"]) + len(held["jobs.2"]["selected_options"]) == 12


REFUSED: list[tuple[Block, object, str]] = [
    (date_field("one", "From"), None, "Please complete this required field."),
    (choice_field("one", "Priority", PRIORITIES), None, "Please complete this required field."),
    (check_boxes("one", "Jobs", JOBS[:3])[0], [], "Please complete this required field."),
    (number_field("one", "How many"), "", "Please complete this required field."),
    (number_field("one", "How many"), "seven", "Please enter a number."),
    (number_field("one", "How many", optional=True), "7.5", "Please enter a whole number."),
    (number_field("one", "How many", least=1), "0", "Please enter a number that is 1 or more."),
    (number_field("one", "How many", most=30), 31, "Please enter a number that is 30 or less."),
]


async def test_slacks_client_says_at_the_field_what_is_wrong_and_sends_nothing(slack: LocalSlack) -> None:
    for block, given, words in REFUSED:
        view = await opened(slack, block)
        with pytest.raises(NotPossible, match=words):
            await slack.ana.submits(one=given)
        assert (view.errors, slack.ana.modal) == ({"one": words}, view)


async def test_an_optional_field_may_be_left_empty(slack: LocalSlack) -> None:
    groups = check_boxes("jobs", "Jobs", JOBS)
    await opened(slack, date_field("from", "From", optional=True), number_field("n", "N", optional=True), *groups)
    sent = await slack.ana.submits({"from": None, "n": "", "jobs": [], "jobs.2": []})
    held = states(sent.payload)
    assert [held["from"]["selected_date"], held["n"]["value"], held["jobs"]["selected_options"]] == [None, None, []]


async def test_nobody_can_enter_what_slacks_client_does_not_offer(slack: LocalSlack) -> None:
    await opened(slack, *window())
    for impossible in ("2025-02-30", "yesterday", 7):
        with pytest.raises(NotPossible, match="no day of the calendar"):
            slack.ana.fills({"From": impossible})
    with pytest.raises(NotPossible, match="not among the choices"):
        slack.ana.ticks("Facebook Ads 99")
    with pytest.raises(NotPossible, match="not among the choices"):
        slack.ana.ticks("911", at="jobs")
    with pytest.raises(NotPossible, match="there is no datepicker called 'Priority'"):
        slack.ana.picks_date("2025-11-01", at="Priority")

"""What a payload says, whatever it looks like: who, where, and what they did."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobbot.interaction import (
    Clicked,
    FieldValue,
    HomeOpened,
    Interaction,
    LinksShared,
    MessageShortcut,
    Shortcut,
    Submitted,
    Suggestion,
    Typed,
)
from jobbot.render.acts.window import REASON_BLOCK
from jobbot.slack.transport import payloads as transport
from tests.support.each import each
from tests.unit.slack import payloads
from tests.unit.slack.payloads import ANA, BOT, INC, MALLORY, OUR_TEAM, Where, Who

LINK = "https://acme.datatap.adverity.com/emea/facebook-ads-eu-42/"
THREAD = Where(thread_ts="1667210000.000100")


def read(payload: dict[str, Any]) -> Interaction | None:
    """By a jobbot that is BOT."""
    return transport.read_payload(payload, BOT)


def typed(payload: dict[str, Any]) -> str:
    """The words of a payload that somebody typed."""
    interaction = read(payload)
    assert interaction is not None
    assert isinstance(interaction.did, Typed)
    return interaction.did.text


def test_a_slash_command() -> None:
    done = read(payloads.slash_command(text="failed yesterday"))
    assert done is not None
    assert done.did == Typed("failed yesterday", command="/jobs")
    assert (done.user_id, done.user_team_id, done.channel_id) == ("U0ANA", OUR_TEAM, "C0INC")
    assert (done.trigger_id, done.response_url) == (payloads.TRIGGER, payloads.response_url())
    assert (done.thread_ts, done.message_ts, done.is_bot, done.is_ephemeral) == (None, None, False, False)


def test_a_slash_command_without_words() -> None:
    assert typed(payloads.slash_command(text="")) == ""


def test_the_command_is_called_what_this_deployment_calls_it() -> None:
    done = read(payloads.slash_command(command="/jobs-staging"))
    assert done is not None
    assert done.did == Typed("", command="/jobs-staging")


def test_a_mention_is_read_as_words_in_its_thread() -> None:
    done = read(payloads.app_mention(ANA, THREAD, f"<@{BOT}> running", ts="1667210582.000200"))
    assert done is not None
    assert done.did == Typed(" running", command=None)
    assert (done.user_id, done.channel_id) == ("U0ANA", "C0INC")
    assert (done.thread_ts, done.message_ts) == ("1667210000.000100", "1667210582.000200")
    assert (done.trigger_id, done.response_url) == (None, None)


@each(
    ("said", "words"),
    [
        (f"<@{BOT}> stop 987", "stop 987"),
        (f"stop 987 <@{BOT}>", "stop 987"),
        (f"hey <@{BOT}|jobbot>, 987", ", 987"),
        (f"987 <@{BOT}>!", "987"),
        (f"<@{BOT}>987", "987"),
        (f"<@U0BEN> <@{BOT}> stop 987", "stop 987"),
        (f"<@U0BEN|ben> and <@W0EVA> ask <@{BOT}> status 987", "status 987"),
        (f"<@{BOT}> stop 987 as <@U0BEN> said", "stop 987 as <@U0BEN> said"),
        (f"<@{BOT}> <@{BOT}> help", "help"),
        (f"<@{BOT}> thanks <@U0BEN>", "thanks <@U0BEN>"),
        (f"could <@{BOT}> show 987 to <@U0BEN>?", "show 987 to <@U0BEN>?"),
        (f"<@{BOT}>", ""),
        ("running", "running"),
    ],
)
def test_of_a_mention_the_words_that_are_said_to_the_bot_count(said: str, words: str) -> None:
    assert " ".join(typed(payloads.app_mention(text=said)).split()) == words


@pytest.mark.parametrize("said", [f"<@U0BEN> stop 987, cc <@{BOT}>", f"<@U0BEN> <@{BOT}>", "<@U0BEN> stop 987"])
def test_what_is_said_to_somebody_else_is_nothing_to_the_bot(said: str) -> None:
    assert read(payloads.app_mention(text=said)) is None


@pytest.mark.parametrize("authorizations", [None, [], [{"user_id": "U0BEN"}]])
def test_who_the_bot_is_does_not_depend_on_the_event(authorizations: object) -> None:
    """Slack leaves them out of some events, and names of several installations one."""
    payload = payloads.app_mention(text=f"<@U0BEN> <@{BOT}> stop 987") | {"authorizations": authorizations}
    assert typed(payload).split() == ["stop", "987"]


def test_words_that_are_nothing_but_openings_of_mentions_are_read_in_time() -> None:
    assert typed(payloads.app_mention(text="<@U1|" * 50_000)) == "<@U1|" * 50_000


def test_another_bots_mention_is_a_bots() -> None:
    done = read(payloads.app_mention(bot_id="B0OTHER"))
    assert done is not None
    assert done.is_bot


@each(
    "event",
    [
        {"edited": {"user": "U0BEN", "ts": "1667210590.000000"}},
        {"edited": {"ts": "1667210590.000000"}},
        {"edited": {"user": "U0ANA"}},
        {"edited": {"user": "U0ANA", "ts": "late"}},
        {"edited": {"user": "U0ANA", "ts": "1667214182.000201"}},
        {"edited": True},
        {"subtype": "bot_message"},
        {"subtype": "channel_topic"},
        {"subtype": "message_changed"},
        {"user": None},
        {"user": ""},
        {"type": "message"},
    ],
)
def test_an_event_that_is_nobodys_new_mention_is_not_served(event: dict[str, Any]) -> None:
    assert read(payloads.app_mention(**event)) is None


@each(
    "event",
    [
        {"subtype": "thread_broadcast", "thread_ts": "1667210000.000100", "root": {"ts": "1667210000.000100"}},
        {"subtype": "me_message"},
        {"subtype": "file_share", "files": [{"id": "F0ONE"}]},
        {"edited": {"user": "U0ANA", "ts": "1667210590.000000"}, "event_ts": "1667210590.000100"},
        {"edited": {"user": "U0ANA", "ts": "1667214182.000000"}},
        {"edited": {"user": "U0ANA", "ts": "1667210590.000000"}, "subtype": "thread_broadcast"},
    ],
)
def test_whatever_way_somebody_has_written_it_a_mention_is_one(event: dict[str, Any]) -> None:
    done = read(payloads.app_mention(text=f"<@{BOT}> failed", **event))
    assert done is not None
    assert done.did == Typed(" failed", command=None)
    assert (done.message_ts, done.thread_ts) == ("1667210582.000200", event.get("thread_ts"))


def test_in_a_shared_channel_a_mention_carries_the_persons_team() -> None:
    done = read(payloads.app_mention(MALLORY, Where(shared=True)))
    assert done is not None
    assert done.user_team_id == "T0GLOBEX"


def test_of_a_mention_the_team_around_the_event_proves_nothing() -> None:
    done = read(payloads.app_mention(MALLORY))
    assert done is not None
    assert done.user_team_id is None


def test_a_click_in_a_thread() -> None:
    done = read(payloads.block_actions(ANA, THREAD, "job.refresh", "v1", message_ts="1667210582.000300"))
    assert done is not None
    assert done.did == Clicked("job.refresh", "v1")
    assert (done.user_id, done.user_team_id, done.channel_id) == ("U0ANA", OUR_TEAM, "C0INC")
    assert (done.thread_ts, done.message_ts) == ("1667210000.000100", "1667210582.000300")
    assert (done.response_url, done.trigger_id) == (payloads.response_url("actions"), payloads.TRIGGER)
    assert not done.is_ephemeral


@pytest.mark.parametrize("kind", ["overflow", "static_select"])
def test_of_a_menu_or_a_select_the_chosen_option_counts(kind: str) -> None:
    option = {"text": {"type": "plain_text", "text": "Details"}, "value": "v1"}
    chosen = {"type": kind, "action_id": "job_menu.2", "selected_option": option, "action_ts": "1"}
    done = read({**payloads.block_actions(), "actions": [chosen]})
    assert done is not None
    assert done.did == Clicked("job_menu", "v1")


def test_a_select_in_which_nothing_is_chosen_says_nothing() -> None:
    done = read(
        {
            **payloads.block_actions(),
            "actions": [{"type": "static_select", "action_id": "job_open", "selected_option": None}],
        }
    )
    assert done is not None
    assert done.did == Clicked("job_open", "")


def test_a_click_on_a_message_that_only_one_person_sees() -> None:
    done = read(payloads.block_actions(ephemeral=True))
    assert done is not None
    assert done.is_ephemeral
    assert done.message_ts == "1667210582.000300"


def test_an_outsiders_click_is_theirs_although_the_payload_says_ours() -> None:
    payload = payloads.block_actions(MALLORY)
    assert payload["team"]["id"] == OUR_TEAM
    done = read(payload)
    assert done is not None
    assert (done.user_team_id, done.user_enterprise_id) == ("T0GLOBEX", "E0GLOBEX")


def test_a_click_without_the_persons_team_does_not_take_the_payloads() -> None:
    payload = payloads.block_actions(MALLORY)
    del payload["user"]["team_id"]
    done = read(payload)
    assert done is not None
    assert done.user_team_id is None


def test_a_click_in_a_modal_has_no_channel() -> None:
    payload = payloads.block_actions()
    del payload["channel"], payload["message"]
    payload["container"] = {"type": "view", "view_id": "V0MODAL"}
    done = read(payload)
    assert done is not None
    assert done.channel_id is None


def test_a_submitted_modal() -> None:
    fields = {(REASON_BLOCK, "any"): "  runaway fetch\n", ("other", "field"): "x"}
    done = read(payloads.view_submission(ANA, "stop_confirm", "meta", fields=fields))
    assert done is not None
    assert done.did == Submitted("stop_confirm", "V0MODAL", "meta", {REASON_BLOCK: "runaway fetch", "other": "x"})
    assert done.did.reason == "runaway fetch"
    assert (done.user_id, done.user_team_id, done.channel_id) == ("U0ANA", OUR_TEAM, None)


def test_what_no_database_can_hold_is_not_let_in() -> None:
    done = read(payloads.view_submission(fields={(REASON_BLOCK, "any"): "half \ud83d and\0 zero"}))
    assert done is not None
    assert isinstance(done.did, Submitted)
    assert done.did.reason == "half ? and zero"


def test_a_submitted_modal_with_its_field_left_empty() -> None:
    done = read(payloads.view_submission(fields={(REASON_BLOCK, "any"): None}))
    assert done is not None
    assert isinstance(done.did, Submitted)
    assert done.did.reason == ""


def submitted(values: object) -> Submitted:
    """What is read of a modal with this in its ``state.values``."""
    payload = payloads.view_submission()
    payload["view"]["state"]["values"] = values
    done = read(payload)
    assert done is not None
    assert isinstance(done.did, Submitted)
    return done.did


def option(value: str, words: str = "One") -> dict[str, Any]:
    text = {"type": "plain_text", "text": words, "emoji": False}
    return {"text": text, "value": value, "description": text}


STATES: list[tuple[str, dict[str, Any], FieldValue | None]] = [
    ("plain_text_input", {"value": " runaway fetch "}, "runaway fetch"),
    ("plain_text_input", {"value": "  "}, None),
    ("plain_text_input", {"value": None}, None),
    ("plain_text_input", {"value": ["words"]}, None),
    ("plain_text_input", {"value": "x" * 5_000}, "x" * 3_000),
    ("number_input", {"value": "7"}, 7),
    ("number_input", {"value": "-30"}, -30),
    ("number_input", {"value": "007"}, 7),
    ("number_input", {"value": None}, None),
    ("number_input", {"value": 7}, None),
    ("number_input", {"value": "7.5"}, None),
    ("number_input", {"value": "seven"}, None),
    ("number_input", {"value": "1_0"}, None),
    ("number_input", {"value": "\u0667"}, None),
    ("number_input", {"value": "9" * 19}, None),
    ("datepicker", {"selected_date": "2025-11-01"}, date(2025, 11, 1)),
    ("datepicker", {"selected_date": None}, None),
    ("datepicker", {"selected_date": "2025-02-30"}, None),
    ("datepicker", {"selected_date": "20251101"}, None),
    ("datepicker", {"selected_date": "2025-W44-1"}, None),
    ("datepicker", {"selected_date": "2025-11-01T10:00"}, None),
    ("datepicker", {"selected_date": "0001-01-01"}, None),
    ("datepicker", {"selected_date": "9999-12-31"}, None),
    ("datepicker", {"selected_date": 20251101}, None),
    ("static_select", {"selected_option": option("backdata")}, "backdata"),
    ("static_select", {"selected_option": None}, None),
    ("static_select", {"selected_option": "backdata"}, None),
    ("static_select", {"selected_option": {"value": "x" * 151}}, None),
    ("radio_buttons", {"selected_option": option("usual")}, "usual"),
    ("checkboxes", {"selected_options": [option("987"), option("988")]}, frozenset({"987", "988"})),
    ("checkboxes", {"selected_options": []}, frozenset()),
    ("checkboxes", {"selected_options": [None, "987", {"value": 1}, {}, option("988")]}, frozenset({"988"})),
    ("checkboxes", {"selected_options": {"0": option("987")}}, None),
    ("checkboxes", {}, None),
    ("multi_static_select", {"selected_options": [option("987")]}, frozenset({"987"})),
    ("users_select", {"selected_user": "U0ANA"}, None),
    ("external_select", {"selected_option": option("42 acme")}, "42 acme"),
    ("external_select", {"selected_option": None}, None),
    ("external_select", {"selected_options": [option("42 acme")]}, None),
    ("conversations_select", {"selected_conversation": "C0INC"}, "C0INC"),
    ("conversations_select", {"selected_conversation": None}, None),
    ("conversations_select", {"selected_conversation": ["C0INC"]}, None),
    ("conversations_select", {"selected_conversation": "C" * 151}, None),
    ("plain_text_input", {"selected_date": "2025-11-01"}, None),
    ("datepicker", {"value": "2025-11-01"}, None),
]  # fmt: skip


@each(("kind", "state", "value"), STATES)
def test_each_kind_of_field_is_read_strictly(kind: str, state: dict[str, Any], value: FieldValue | None) -> None:
    did = submitted({"one": {"any": {"type": kind, **state}}})
    assert did.values == ({} if value is None else {"one": value})
    assert not any(isinstance(one, bool) for one in did.values.values())


def test_fields_are_found_by_their_block_each_as_what_it_is() -> None:
    did = submitted(
        {
            "from": {"a": {"type": "datepicker", "selected_date": "2025-11-01"}},
            "priority": {"a": {"type": "static_select", "selected_option": option("backdata")}},
            "jobs": {"a": {"type": "checkboxes", "selected_options": [option("1"), option("2")]}},
            "jobs.2": {"a": {"type": "checkboxes", "selected_options": []}},
            "jobs.3": {"a": {"type": "checkboxes", "selected_options": [option("30")]}},
            "jobs.x": {"a": {"type": "checkboxes", "selected_options": [option("99")]}},
            "count": {"a": {"type": "number_input", "value": "3"}},
            "reason": {"a": {"type": "plain_text_input", "value": "numbers were wrong"}},
        }
    )
    assert (did.day("from"), did.text("priority"), did.number("count")) == (date(2025, 11, 1), "backdata", 3)
    assert (did.ticked("jobs"), did.reason) == (frozenset({"1", "2", "30"}), "numbers were wrong")
    nothing: tuple[object, ...] = (None, "", None, frozenset())
    assert (did.day("reason"), did.text("from"), did.number("from"), did.ticked("count")) == nothing
    assert (did.day("to"), did.text("to"), did.number("to"), did.ticked("to")) == nothing


@each("values", [None, [], "x", 5, {"one": None}, {"one": []}, {"one": {}}, {"one": {"a": 5}}])
def test_what_is_no_form_holds_nothing(values: object) -> None:
    assert submitted(values).values == {}


def test_no_more_is_read_than_a_view_of_slacks_can_hold() -> None:
    state = {"type": "checkboxes", "selected_options": [option(str(number)) for number in range(5_000)]}
    did = submitted({f"block{number}": {"a": state} for number in range(5_000)})
    assert len(did.values) == 100
    assert {len(value) for value in did.values.values() if isinstance(value, frozenset)} == {100}


@pytest.mark.parametrize("without", [(), ("user",), ("team",)])
def test_an_outsiders_submission_is_theirs_whichever_place_says_so(without: tuple[str, ...]) -> None:
    payload = payloads.view_submission(MALLORY)
    for part in without:
        payload[part] = {"id": payload[part]["id"]} if part == "user" else {}
    done = read(payload)
    assert done is not None
    assert (done.user_team_id, done.user_enterprise_id) == ("T0GLOBEX", "E0GLOBEX")


def test_the_enterprise_of_one_team_is_not_lent_to_a_person_of_another() -> None:
    payload = payloads.view_submission(Who(id="U0MALLORY", team="T0GLOBEX"))
    payload["team"] = {"id": OUR_TEAM, "enterprise_id": "E0ACME"}
    done = read(payload)
    assert done is not None
    assert (done.user_team_id, done.user_enterprise_id) == ("T0GLOBEX", None)


@each(
    "payload",
    [
        {},
        {"type": "event_callback"},
        {"type": "view_closed", "user": {"id": "U0ANA"}},
        {"type": "shortcut", "user": {"name": "ana"}},
        {"type": "message_action", "callback_id": "jobs_named_here"},
        {"type": "block_suggestion", "user": None},
        payloads.app_home_opened(tab="messages"),
        payloads.app_home_opened(tab=None),
        payloads.app_home_opened(user=""),
        payloads.link_shared(ANA, INC),
        payloads.link_shared(ANA, INC, LINK, source="composer"),
        payloads.link_shared(ANA, INC, LINK, source="composer", channel="COMPOSER"),
        payloads.link_shared(ANA, INC, LINK, source=None, channel="COMPOSER"),
        payloads.link_shared(ANA, INC, LINK, source=["conversations_history"]),
        payloads.link_shared(ANA, INC, LINK, user=None),
        payloads.link_shared(ANA, INC, LINK, message_ts=""),
        payloads.link_shared(ANA, INC, LINK, links={"url": LINK}),
        {"type": ["block_actions"]},
        {"command": "/jobs"},
        {"command": "/jobs", "user_id": 5},
        {"type": "block_actions", "actions": [{"action_id": "a"}]},
        {"type": "view_submission", "user": {"id": ["U0ANA"]}},
    ],
)
def test_what_is_nobodys_doing_is_not_served(payload: dict[str, Any]) -> None:
    assert read(payload) is None


def test_a_global_shortcut_has_a_trigger_and_no_channel() -> None:
    done = read(payloads.global_shortcut() | {"channel": {"id": "C0INC"}, "response_url": payloads.response_url()})
    assert done is not None
    assert done.did == Shortcut("find_jobs")
    assert (done.user_id, done.user_team_id, done.trigger_id) == ("U0ANA", OUR_TEAM, payloads.TRIGGER)
    assert (done.channel_id, done.response_url, done.thread_ts, done.message_ts) == (None, None, None, None)


def test_a_shortcut_of_a_message_has_its_words_its_channel_and_its_thread() -> None:
    done = read(payloads.message_shortcut(ANA, THREAD, "job 987 failed"))
    assert done is not None
    assert done.did == MessageShortcut("jobs_named_here", "job 987 failed")
    assert (done.channel_id, done.thread_ts, done.message_ts) == (
        "C0INC",
        "1667210000.000100",
        "1667210582.000300",
    )
    assert (done.user_id, done.response_url) == ("U0ANA", payloads.response_url("app"))


def test_what_another_apps_message_says_may_stand_in_its_attachments() -> None:
    attached = [{"title": "Failed", "title_link": LINK, "text": "987", "color": "#f00"}, "no attachment", {"text": 5}]
    done = read(payloads.message_shortcut(ANA, INC, "", attachments=attached))
    assert done is not None
    assert done.did == MessageShortcut("jobs_named_here", f"Failed\n{LINK}\n987")


def test_or_in_its_blocks_wherever_they_stand() -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "*Failed*"}, "fields": [{"text": "job 987"}, 5]}
    link = {"type": "link", "url": LINK, "text": "open"}
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link]}]}
    button = {"type": "actions", "elements": [{"type": "button", "text": {"text": "Details"}, "url": LINK + "?a"}]}
    attached = [{"fallback": "[no preview]", "blocks": [section]}, {"fields": [{"title": "Datastream", "value": "42"}]}]
    done = read(payloads.message_shortcut(ANA, INC, "Alert", attachments=attached, blocks=[rich, button, "no block"]))
    assert done is not None
    assert isinstance(done.did, MessageShortcut)
    assert done.did.text.split("\n") == [
        *("Alert", "[no preview]", "*Failed*", "job 987", "Datastream", "42"),
        *("open", LINK, f"{LINK}?a", "Details"),
    ]


def test_blocks_within_blocks_are_read_to_an_end() -> None:
    deep: dict[str, Any] = {"text": "at the bottom"}
    for _ in range(5_000):
        deep = {"elements": [deep], "text": {"text": "987"}}
    done = read(payloads.message_shortcut(ANA, INC, "", blocks=[deep] * 500))
    assert done is not None
    assert done.did == MessageShortcut("jobs_named_here", "987")


def test_of_a_message_no_more_is_read_than_slack_shows() -> None:
    done = read(payloads.message_shortcut(ANA, INC, "9" * 50_000, attachments=[{"text": "x" * 9_000}] * 500))
    assert done is not None
    assert isinstance(done.did, MessageShortcut)
    assert len(done.did.text) == 4_000


def test_a_select_asks_for_its_options_for_what_is_typed() -> None:
    done = read(payloads.block_suggestion(ANA, "face"))
    assert done is not None
    assert done.did == Suggestion("datastream", "find_jobs", "face")
    assert (done.user_id, done.user_team_id, done.channel_id, done.key) == ("U0ANA", OUR_TEAM, None, "")
    long = read(payloads.block_suggestion(ANA, "f" * 5_000))
    assert long is not None
    assert isinstance(long.did, Suggestion)
    assert len(long.did.typed) == 150


def test_links_of_a_posted_message_are_read_each_once() -> None:
    done = read(payloads.link_shared(ANA, THREAD, LINK, "https://x.example.com/" + "a" * 3_000, LINK))
    assert done is not None
    assert done.did == LinksShared((LINK,))
    assert (done.channel_id, done.message_ts, done.thread_ts) == (
        "C0INC",
        "1667210582.000300",
        "1667210000.000100",
    )
    assert done.user_team_id is None, "the team around an event proves nothing"
    assert done.key


def test_on_enterprise_grid_links_come_without_their_source() -> None:
    payload = payloads.link_shared(ANA, INC, LINK)
    del payload["event"]["source"], payload["event"]["unfurl_id"]
    done = read(payload)
    assert done is not None
    assert done.did == LinksShared((LINK,))


def test_an_opened_home_tab_has_no_channel_although_the_event_names_one() -> None:
    done = read(payloads.app_home_opened())
    assert done is not None
    assert (done.did, done.user_id, done.channel_id) == (HomeOpened(), "U0ANA", None)
    assert done.key


class TestTheKeyOfADelivery:
    """The same delivery twice has one key; two doings have two."""

    def keys(self, *payload: dict[str, Any]) -> list[str]:
        found = [read(one) for one in payload]
        return [one.key for one in found if one is not None]

    def test_an_event_delivered_again_keeps_its_key(self) -> None:
        once, again = self.keys(payloads.app_mention(), payloads.app_mention())
        assert once
        assert once == again

    def test_a_message_keeps_its_key_whatever_its_events_are_called(self) -> None:
        edited = {"user": "U0ANA", "ts": "1667210590.000000"}
        keys = self.keys(
            payloads.app_mention(event_id="Ev1"),
            payloads.app_mention(event_id="Ev2"),
            payloads.app_mention(event_id="Ev3", text=f"<@{BOT}> failed", edited=edited),
            payloads.app_mention(event_id="Ev4", subtype="thread_broadcast"),
        )
        assert len(keys) == 4
        assert len(set(keys)) == 1

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (payloads.app_mention(ts="1667210582.000200"), payloads.app_mention(ts="1667210582.000300")),
            (payloads.app_mention(where=INC), payloads.app_mention(where=Where(channel="C0OTHER"))),
            (payloads.app_mention(ts="1.0", channel=None), payloads.app_mention(ts="1.0", channel=None, event_id="E2")),
            (payloads.slash_command(trigger_id="1.2.3"), payloads.slash_command(trigger_id="1.2.4")),
            (payloads.block_actions(trigger_id="1.2.3"), payloads.block_actions(trigger_id="1.2.4")),
            (payloads.block_actions(action_ts="1.0"), payloads.block_actions(action_ts="2.0")),
            (payloads.view_submission(view_hash="1.a"), payloads.view_submission(view_hash="1.b")),
            (payloads.global_shortcut(trigger_id="1.2.3"), payloads.global_shortcut(trigger_id="1.2.4")),
            (payloads.message_shortcut(trigger_id="1.2.3"), payloads.message_shortcut(trigger_id="1.2.4")),
            (payloads.app_home_opened(event_id="Ev1"), payloads.app_home_opened(event_id="Ev2")),
            (
                payloads.link_shared(ANA, INC, LINK, event_id="Ev1"),
                payloads.link_shared(ANA, INC, LINK, event_id="Ev2"),
            ),
            (payloads.slash_command(), payloads.block_actions()),
            (payloads.block_actions(), payloads.view_submission(view_id=payloads.TRIGGER)),
        ],
    )
    def test_two_doings_have_two_keys(self, one: dict[str, Any], other: dict[str, Any]) -> None:
        first, second = self.keys(one, other)
        assert first
        assert second
        assert first != second

    def test_without_anything_to_know_it_by_there_is_no_key(self) -> None:
        payload = payloads.block_actions()
        del payload["trigger_id"]
        assert self.keys(payload) == [""]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([BOT, "U0ANA", OUR_TEAM]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from(
    [
        *("block_actions", "view_submission", "event_callback", "view_closed"),
        *("shortcut", "message_action", "block_suggestion"),
    ]
)
DOCUMENTED = st.sampled_from(
    [
        payloads.slash_command(text="running"),
        payloads.app_mention(MALLORY, THREAD),
        payloads.block_actions(ANA, THREAD, "list.refresh", "v1"),
        payloads.view_submission(fields={(REASON_BLOCK, "any"): "why"}),
        payloads.global_shortcut(MALLORY),
        payloads.message_shortcut(ANA, THREAD, "job 987", attachments=[{"title": "Failed", "text": "987"}]),
        payloads.block_suggestion(ANA, "face"),
        payloads.link_shared(ANA, THREAD, LINK, LINK + "?tab=jobs"),
        payloads.app_home_opened(),
        payloads.view_submission(
            fields={(f"{kind}{number}", "a"): {"type": kind, **state} for number, (kind, state, _) in enumerate(STATES)}
        ),
    ]
)


def texts(interaction: Interaction) -> list[object]:
    """Everything in it that is text when it is said at all."""
    return [
        interaction.user_team_id,
        interaction.user_enterprise_id,
        interaction.channel_id,
        interaction.thread_ts,
        interaction.message_ts,
        interaction.response_url,
        interaction.trigger_id,
    ]


def is_typed_as_promised(interaction: Interaction | None) -> bool:
    """Nothing of another type than the Interaction says came through."""
    if interaction is None:
        return True
    did = interaction.did
    held = list(did.values.items()) if isinstance(did, Submitted) else []
    return (
        all(isinstance(block, str) and isinstance(value, (str, int, date, frozenset)) for block, value in held)
        and isinstance(interaction.user_id, str)
        and interaction.user_id != ""
        and isinstance(interaction.key, str)
        and isinstance(interaction.is_bot, bool)
        and isinstance(interaction.is_ephemeral, bool)
        and all(one is None or (isinstance(one, str) and one) for one in texts(interaction))
    )


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5), st.none() | KINDS | JSON)
def test_arbitrary_json_never_raises(payload: dict[str, Any], kind: object) -> None:
    assert is_typed_as_promised(read({**payload, "type": kind}))


def paths_of(part: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The way to every field of a payload, the outermost first."""
    inner: list[tuple[str | int, Any]] = []
    if isinstance(part, dict):
        inner = list(part.items())
    elif isinstance(part, list):
        inner = list(enumerate(part))
    return [at, *(path for key, value in inner for path in paths_of(value, (*at, key)))]


def replaced(part: Any, path: tuple[str | int, ...], new: object) -> Any:
    """The payload with one field replaced."""
    if not path:
        return new
    copy = list(part) if isinstance(part, list) else dict(part)
    copy[path[0]] = replaced(part[path[0]], path[1:], new)  # type: ignore[index]
    return copy


@given(DOCUMENTED, st.data(), JSON)
def test_a_documented_payload_with_a_field_of_another_shape_never_raises(
    payload: dict[str, Any], data: st.DataObject, new: object
) -> None:
    path = data.draw(st.sampled_from(paths_of(payload)[1:]))
    assert is_typed_as_promised(read(replaced(payload, path, new)))


@given(st.dictionaries(st.text(max_size=8), st.dictionaries(st.text(max_size=8), JSON, max_size=3), max_size=5))
def test_arbitrary_values_of_fields_never_raise(values: dict[str, Any]) -> None:
    assert submitted(values).values.keys() <= values.keys()


@given(st.sampled_from([kind for kind, _, _ in STATES]), JSON, JSON)
def test_a_field_of_a_known_type_with_anything_in_it_never_raises(kind: str, one: object, other: object) -> None:
    keys = ("value", "selected_date", "selected_option", "selected_options", "selected_conversation")
    for held in (one, other, [one, other], {"value": one}, [{"value": one}, other]):
        did = submitted({"one": {"a": {"type": kind, **dict.fromkeys(keys, held)}}})
        assert all(isinstance(value, (str, int, date, frozenset)) for value in did.values.values())


THEIRS = [
    payloads.block_actions(MALLORY),
    payloads.view_submission(MALLORY),
    payloads.global_shortcut(MALLORY),
    payloads.message_shortcut(MALLORY, INC, "job 987"),
    payloads.block_suggestion(MALLORY, "face"),
]


@given(st.sampled_from(THEIRS), st.data(), JSON)
def test_no_single_odd_field_makes_an_outsider_one_of_us(
    payload: dict[str, Any], data: st.DataObject, new: object
) -> None:
    theirs = [path for path in paths_of(payload)[1:] if path not in (("user", "team_id"),)]
    done = read(replaced(payload, data.draw(st.sampled_from(theirs)), new if new != OUR_TEAM else None))
    assert done is None or done.user_team_id != OUR_TEAM


def test_the_channel_is_where_it_was_pressed() -> None:
    done = read(payloads.block_actions(ANA, INC))
    assert done is not None
    assert done.channel_id == INC.channel

"""Slack's limits on blocks and text, each as the bot meets it: one more than is allowed, and as much as is allowed."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.playground.slack import LocalSlack
from tests.playground.slack.world import actions, button, client_of, code_of, field, modal, plain, refusal_of, section

Block = dict[str, Any]

IMAGE = {"type": "image", "image_url": "https://acme.com/a.png", "alt_text": "a"}


def option(words: str = "One", value: str = "1", **fields: Any) -> Block:
    return {"text": plain(words), "value": value, **fields}


def confirm(**fields: Block) -> Block:
    words = {"title": plain("t"), "text": plain("t"), "confirm": plain("c"), "deny": plain("d")}
    return {**words, **fields}


def select(kind: str = "static_select", **fields: Any) -> Block:
    return {"type": kind, "options": [option()], **fields}


def number(**fields: Any) -> Block:
    return {**field(), "element": {"type": "number_input", "is_decimal_allowed": False, **fields}}


def beside(element: Block) -> Block:
    return {**section(), "accessory": element}


def table(rows: int, cells: int) -> Block:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * cells] * rows}


def rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


SIZES: list[tuple[str, Callable[[int], Block], int]] = [
    ("section text", lambda n: section("x" * n), 3_000),
    ("section fields", lambda n: {"type": "section", "fields": [plain("x")] * n}, 10),
    ("section field text", lambda n: {"type": "section", "fields": [plain("x" * n)]}, 2_000),
    ("header text", lambda n: {"type": "header", "text": plain("x" * n)}, 150),
    ("context elements", lambda n: {"type": "context", "elements": [plain("x")] * n}, 10),
    ("actions elements", lambda n: actions(*[button()] * n), 25),
    ("block_id", lambda n: {"type": "divider", "block_id": "x" * n}, 255),
    ("action_id", lambda n: actions(button(action_id="x" * n)), 255),
    ("button text", lambda n: actions(button("x" * n)), 75),
    ("button value", lambda n: actions(button(value="x" * n)), 2_000),
    ("button url", lambda n: actions(button(url="https://" + "x" * (n - 8))), 3_000),
    ("button label", lambda n: actions(button(accessibility_label="x" * n)), 75),
    ("confirm title", lambda n: actions(button(confirm=confirm(title=plain("x" * n)))), 100),
    ("confirm text", lambda n: actions(button(confirm=confirm(text=plain("x" * n)))), 300),
    ("confirm button", lambda n: actions(button(confirm=confirm(confirm=plain("x" * n)))), 30),
    ("deny button", lambda n: actions(button(confirm=confirm(deny=plain("x" * n)))), 30),
    ("option text", lambda n: actions(select(options=[option("x" * n)])), 75),
    ("option value", lambda n: actions(select(options=[option(value="x" * n)])), 150),
    ("option description", lambda n: actions(select(options=[option(description=plain("x" * n))])), 75),
    ("options", lambda n: actions(select(options=[option()] * n)), 100),
    ("placeholder", lambda n: actions(select(placeholder=plain("x" * n))), 150),
    ("overflow options", lambda n: actions(select("overflow", options=[option()] * n)), 5),
    ("checkboxes", lambda n: actions(select("checkboxes", options=[option()] * n)), 10),
    ("radio buttons", lambda n: actions(select("radio_buttons", options=[option()] * n)), 10),
    ("image alt text", lambda n: {**IMAGE, "alt_text": "x" * n}, 2_000),
    ("image url", lambda n: {**IMAGE, "image_url": "https://" + "x" * (n - 8)}, 3_000),
    ("image title", lambda n: {**IMAGE, "title": plain("x" * n)}, 2_000),
    ("input label", lambda n: field("x" * n), 2_000),
    ("input hint", lambda n: {**field(), "hint": plain("x" * n)}, 2_000),
    ("input max_length", lambda n: field(max_length=n), 3_000),
    ("input initial_value", lambda n: field(initial_value="x" * n), 3_000),
    ("table rows", lambda n: table(n, 1), 100),
    ("table cells", lambda n: table(1, n), 20),
]


@pytest.fixture
async def posted(bot: AsyncWebClient) -> Callable[..., Any]:
    async def post(*blocks: Block, text: str = "x") -> Any:
        return await bot.chat_postMessage(channel="C0INCDATA1", text=text, blocks=list(blocks))

    return post


@pytest.mark.parametrize(("make", "most"), [size[1:] for size in SIZES], ids=[size[0] for size in SIZES])
async def test_sizes(posted: Callable[..., Any], make: Callable[[int], Block], most: int) -> None:
    assert await code_of(posted(make(most))) == "ok"
    refused = await refusal_of(posted(make(most + 1)))
    assert refused["error"] == "invalid_blocks"


async def test_what_is_wrong_is_said_twice_with_its_place(posted: Callable[..., Any]) -> None:
    refused = await refusal_of(posted(section(), section("x" * 3_001), actions(button("y" * 76))))
    assert refused["errors"] == [
        "must be less than 3001 characters [json-pointer:/blocks/1/text/text]",
        "must be less than 76 characters [json-pointer:/blocks/2/elements/0/text/text]",
    ]
    assert refused["response_metadata"]["messages"] == [f"[ERROR] {problem}" for problem in refused["errors"]]


WRONG: list[tuple[Block, str]] = [
    ({"text": plain("x")}, "missing required field: type [json-pointer:/blocks/0]"),
    ({"type": "sektion"}, "unsupported type: sektion [json-pointer:/blocks/0/type]"),
    ({"type": "section"}, "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    ({"type": "header"}, "missing required field: text [json-pointer:/blocks/0]"),
    ({"type": "header", "text": section()["text"]}, "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"),
    ({**section(), "colour": "red"}, "invalid additional property: colour [json-pointer:/blocks/0]"),
    (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ({"type": "section", "text": "x"}, "must provide an object [json-pointer:/blocks/0/text]"),
    ({"type": "section", "text": {"type": "plain_text", "text": 1}}, "must provide a string"),
    (beside(field()["element"]), "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]"),
    (actions(), "no less than 1 items allowed [json-pointer:/blocks/0/elements]"),
    (actions(IMAGE), "unsupported type: image"),
    (actions(select("multi_static_select")), "unsupported type: multi_static_select"),
    (actions({"type": "button"}), "missing required field: text [json-pointer:/blocks/0/elements/0]"),
    (actions(button(style="green")), "must be a valid enum value"),
    (actions(button(url="acme")), "invalid url [json-pointer:/blocks/0/elements/0/url]"),
    (actions(button(confirm={"title": plain("t")})), "missing required field: text"),
    (actions(select(options=[])), "no less than 1 items allowed"),
    (actions(select(option_groups=[{"label": plain("g"), "options": [option()]}])), "but not both"),
    (actions({"type": "static_select"}), "must define either `options` or `option_groups`"),
    (actions(select(initial_option=option("Two"))), "must exactly match one of the options"),
    (actions({"type": "datepicker", "initial_date": "4.3.2026"}), "must be a date in the format YYYY-MM-DD"),
    (actions({"type": "datepicker", "initial_date": "2026-02-30"}), "must be a date in the format YYYY-MM-DD"),
    (actions({"type": "datepicker", "initial_date": 20260304}), "must be a date in the format YYYY-MM-DD"),
    (number(initial_value="seven"), "must be a number [json-pointer:/blocks/0/element/initial_value]"),
    (number(min_value=1), "must provide a string [json-pointer:/blocks/0/element/min_value]"),
    (number(initial_value="1.5"), "`initial_value` must be a whole number"),
    (number(min_value="9", max_value="3"), "`min_value` must be no greater than `max_value`"),
    (number(min_value="1", initial_value="0"), "`min_value` must be no greater than `initial_value`"),
    (number(initial_value="4", max_value="3"), "`initial_value` must be no greater than `max_value`"),
    ({**field(), "element": {"type": "number_input"}}, "missing required field: is_decimal_allowed"),
    (actions(select("checkboxes", initial_options=[])), "no less than 1 items allowed"),
    (actions(select("checkboxes", initial_options=[option("Two")])), "must exactly match one of the options"),
    (actions({"type": "timepicker", "initial_time": "25:00"}), "must be a time in the format HH:mm"),
    (actions({"type": "datetimepicker", "initial_date_time": 1}), "must be between 1000000000 and 9999999999"),
    (actions({"type": "datetimepicker", "initial_date_time": True}), "must provide an integer"),
    ({"type": "image", "alt_text": "x"}, "must define either `image_url` or `slack_file`"),
    ({**field(), "optional": "yes"}, "must provide a boolean"),
    (field(min_length=9, max_length=3), "`min_length` must be less than `max_length`"),
    (field(initial_value="long", max_length=3), "`initial_value` must be no longer"),
    ({"type": "table", "rows": [[section()]]}, "unsupported type: section [json-pointer:/blocks/0/rows/0/0/type]"),
    (rich({"type": "link"}), "missing required field: url"),
    (rich({"type": "broadcast", "range": "all"}), "must be a valid enum value"),
    ({"type": "markdown", "text": "x" * 12_001}, "must be less than 12001 characters"),
    ({"type": "context", "elements": [button()]}, "unsupported type: button"),
    (actions(button(action_id="a"), button(action_id="a")), "`action_id` a already exists"),
]


@pytest.mark.parametrize(("block", "words"), WRONG, ids=[words for _, words in WRONG])
async def test_what_is_not_taken(posted: Callable[..., Any], block: Block, words: str) -> None:
    refused = await refusal_of(posted(block))
    assert refused["error"] == "invalid_blocks"
    assert words in refused["errors"][0]


async def test_one_of_everything_is_taken(posted: Callable[..., Any]) -> None:
    group = {"label": plain("g"), "options": [option()]}
    await posted(
        {"type": "header", "text": plain("Jobs")},
        {"type": "section", "fields": [plain("a"), section()["text"]], "accessory": IMAGE},
        beside(button(style="danger", confirm=confirm(), url="https://acme.com", value="v")),
        beside(select("overflow", options=[option(url="https://acme.com")])),
        beside(select("multi_static_select", max_selected_items=2)),
        {"type": "divider"},
        {"type": "context", "elements": [IMAGE, plain("x"), section()["text"]]},
        actions(
            button(),
            select(initial_option=option()),
            {"type": "static_select", "option_groups": [group]},
            {"type": "datepicker", "initial_date": "2026-03-04", "placeholder": plain("day")},
            {"type": "timepicker", "initial_time": "10:42", "timezone": "Europe/Vienna"},
            {"type": "datetimepicker", "initial_date_time": 1772620925},
            select("checkboxes", initial_options=[option()]),
            select("radio_buttons"),
            *({"type": f"{kind}_select"} for kind in ("users", "channels", "conversations", "external")),
        ),
        field(multiline=True, placeholder=plain("why"), min_length=1, max_length=500),
        {**field(), "block_id": "when", "element": {"type": "number_input", "is_decimal_allowed": False}},
        IMAGE,
        table(2, 2),
        {"type": "markdown", "text": "**3 jobs**"},
        rich(
            {"type": "text", "text": "hi", "style": {"bold": True}},
            {"type": "user", "user_id": "U0ANA00001"},
            {"type": "link", "url": "https://acme.com", "text": "there"},
            {"type": "date", "timestamp": 1772620925, "format": "{time}", "fallback": "10:42"},
        ),
    )


async def test_how_many_blocks(posted: Callable[..., Any]) -> None:
    assert await code_of(posted(*[section()] * 50)) == "ok"
    refused = await refusal_of(posted(*[section()] * 51))
    assert refused["errors"] == ["no more than 50 items allowed [json-pointer:/blocks]"]


async def test_block_ids_are_one_of_a_kind(posted: Callable[..., Any]) -> None:
    refused = await refusal_of(posted({**section(), "block_id": "a"}, {"type": "divider", "block_id": "a"}))
    assert refused["errors"] == ["`block_id` a already exists [json-pointer:/blocks/1/block_id]"]
    assert await code_of(posted(actions(button(action_id="a")), actions(button(action_id="a")))) == "ok"


async def test_one_table_a_message(posted: Callable[..., Any]) -> None:
    refused = await refusal_of(posted(table(1, 1), table(1, 1)))
    assert refused["errors"] == ["only_one_table_allowed [json-pointer:/blocks/1]"]


async def test_text_in_all_blocks(posted: Callable[..., Any]) -> None:
    assert await code_of(posted(*[section("x" * 3_000)] * 4)) == "ok"
    assert await code_of(posted(*[section("x" * 3_000)] * 4, section())) == "msg_blocks_too_long"


async def test_text_of_a_message(posted: Callable[..., Any], bot: AsyncWebClient) -> None:
    ts = (await posted(text="x" * 40_000))["ts"]
    assert await code_of(posted(text="x" * 40_001)) == "msg_too_long"
    for words, code in (("x" * 4_000, "ok"), ("x" * 4_001, "msg_too_long"), ("ä" * 2_001, "msg_too_long")):
        assert await code_of(bot.chat_update(channel="C0INCDATA1", ts=ts, text=words)) == code


async def test_a_message_says_something(bot: AsyncWebClient) -> None:
    for args in ({}, {"text": ""}, {"text": "  "}, {"blocks": "[]"}):
        assert await code_of(bot.api_call("chat.postMessage", params={"channel": "C0INCDATA1", **args})) == "no_text"
    blocks_alone = {"channel": "C0INCDATA1", "blocks": '[{"type": "divider"}]'}
    assert await code_of(bot.api_call("chat.postMessage", params=blocks_alone)) == "ok"


async def test_blocks_that_are_none(bot: AsyncWebClient) -> None:
    for blocks, code in (("{", "invalid_blocks_format"), ('"x"', "invalid_blocks"), ("{}", "invalid_blocks")):
        args = {"channel": "C0INCDATA1", "text": "x", "blocks": blocks}
        assert await code_of(bot.api_call("chat.postMessage", params=args)) == code


VIEWS: list[tuple[str, Callable[[int], Block], int]] = [
    ("title", lambda n: modal(title=plain("x" * n)), 24),
    ("submit", lambda n: modal(submit=plain("x" * n)), 24),
    ("close", lambda n: modal(close=plain("x" * n)), 24),
    ("private_metadata", lambda n: modal(private_metadata="x" * n), 3_000),
    ("callback_id", lambda n: modal(callback_id="x" * n), 255),
    ("external_id", lambda n: modal(external_id="x" * n), 255),
    ("blocks", lambda n: modal(*[section()] * n), 100),
]


async def open_modal(slack: LocalSlack, view: Block) -> Any:
    action = await slack.ana.types("/jobs", in_=slack.channel("inc-data"))
    assert action.payload is not None
    return await client_of(slack).views_open(trigger_id=action.payload["trigger_id"], view=view)


@pytest.mark.parametrize(("make", "most"), [size[1:] for size in VIEWS], ids=[size[0] for size in VIEWS])
async def test_sizes_of_modals(slack: LocalSlack, make: Callable[[int], Block], most: int) -> None:
    assert await code_of(open_modal(slack, make(most))) == "ok"
    refused = await refusal_of(open_modal(slack, make(most + 1)))
    assert refused["error"] == "invalid_arguments"
    assert f"no more than {most}" in str(refused) or f"less than {most + 1}" in str(refused)


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (modal(field(), submit=plain("")), "must be more than 0 characters [json-pointer:/view/submit/text]"),
        ({name: part for name, part in modal(field()).items() if name != "submit"}, "missing required field: submit"),
        ({name: part for name, part in modal().items() if name != "title"}, "missing required field: title"),
        (modal(table(1, 1)), "unsupported type: table [json-pointer:/view/blocks/0/type]"),
        (modal({"type": "markdown", "text": "x"}), "unsupported type: markdown"),
        (modal(type="dialog"), "must be a valid enum value"),
        (modal(type="home", blocks=[]), "invalid additional property: title"),
        ({"type": "home", "blocks": [section()]}, "must be modal [json-pointer:/view/type]"),
        (modal(blocks=[]), "no less than 1 items allowed [json-pointer:/view/blocks]"),
        (modal(field(focus_on_load=True), {**field(focus_on_load=True), "block_id": "b"}), "only one element"),
    ],
)
async def test_what_is_no_modal(slack: LocalSlack, view: Block, words: str) -> None:
    refused = await refusal_of(open_modal(slack, view))
    assert refused["error"] == "invalid_arguments"
    assert words in str(refused["response_metadata"]["messages"])
    assert slack.ana.modal is None


async def test_a_view_of_more_than_250_kilobytes(slack: LocalSlack) -> None:
    huge = modal(*[section("x" * 2_900)] * 90)
    assert await code_of(open_modal(slack, huge)) == "view_too_large"

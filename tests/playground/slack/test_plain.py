"""Blocks and mrkdwn drawn as plain text."""

import re
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import jobbot.playground.page
from jobbot.playground.slack import LocalSlack, mrkdwn_to_plain, render_plain
from jobbot.playground.slack.client.emoji import EMOJI
from tests.playground.slack.world import actions, button, field, plain, section
from tests.support.each import each

VIENNA = ZoneInfo("Europe/Vienna")
OPTIONS = [{"text": plain("A"), "value": "a"}, {"text": plain("B"), "value": "b", "description": plain("of b")}]


@pytest.mark.parametrize(
    ("mrkdwn", "words"),
    [
        ("*Running* 62 %", "Running 62 %"),
        ("*bold _and italic_* ~struck~", "bold and italic struck"),
        ("snake_case_name 2*3*4 ~ a * b", "snake_case_name 2*3*4 ~ a * b"),
        ("`*not bold* _x_` *<https://acme.com|a*b>*", "*not bold* _x_ a*b"),
        ("*a <@U0ANA00001> b*", "a @ana b"),
        ("*not bold", "*not bold"),
        ("***", "***"),
        (":warning: *The Trade Desk*", "⚠️ The Trade Desk"),
        ("10:42:05 :no_such: :tada:", "10:42:05 :no_such: 🎉"),
        ("&gt; the *reset*\n>by peer\nafter", "│ the reset\n│ by peer\nafter"),
        ("a\n```*x*\n&lt;y&gt;```", "a\n*x*\n<y>"),
        ("<!date^1772620925^{time}|a_b_c>, *x*", "11:42, x"),
        ("<https://acme.com/jobs/987|987> of <https://acme.com>", "987 of https://acme.com"),
        ("<mailto:ana@acme.com|Ana>", "Ana"),
        ("asked by <@U0ANA00001>", "asked by @ana"),
        ("asked by <@U0ANA00001|ana.novak>", "asked by @ana"),
        ("<@U0NOBODY01>", "@U0NOBODY01"),
        ("in <#C0INCDATA1>", "in #inc-data"),
        ("for <!subteam^S0ONCALL01>", "for @data-oncall"),
        ("for <!subteam^S0OTHER001|@others>", "for @others"),
        ("<!channel> <!here|here>", "@channel here"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<!date^1772620925^{time_secs}|10:42:05 UTC>", "11:42:05"),
        ("<!date^1772620925^{date_short_pretty} {time}|then>", "Mar 4, 2026 11:42"),
        ("<!date^1772620925^{date_num} {moon}|then>", "then"),
        ("<!date^soon^{time}|soon>", "soon"),
        ("<!date^1772620925>", ""),
    ],
)
async def test_mrkdwn(slack: LocalSlack, mrkdwn: str, words: str) -> None:
    assert mrkdwn_to_plain(mrkdwn, VIENNA, slack.world) == words


def test_names_stay_ids_without_a_world() -> None:
    assert mrkdwn_to_plain("<@U0ANA00001> <#C0INCDATA1|inc-data>", VIENNA) == "@U0ANA00001 #inc-data"


@each(
    ("block", "words"),
    [
        ({"type": "header", "text": plain("Jobs")}, "Jobs"),
        ({**section("*Running*\n62 %"), "accessory": button("Details")}, "Running\n62 %  [Details]"),
        ({"type": "section", "fields": [plain("a"), plain("b")]}, f"{'a':<44}  b"),
        (
            {
                "type": "section",
                "fields": [{"type": "mrkdwn", "text": f"*{name}*\n{n}"} for n, name in enumerate("abc")],
            },
            f"{'a: 0':<44}  b: 1\nc: 2",
        ),
        ({"type": "header", "text": plain(":warning: The Trade Desk: Running")}, "⚠️ The Trade Desk: Running"),
        ({"type": "context", "elements": [plain("1-15"), plain("of 37")]}, "1-15  of 37"),
        ({"type": "divider"}, "-" * 40),
        (actions(button("Stop job"), button("Details")), "[Stop job]  [Details]"),
        (actions({"type": "overflow", "options": [{"text": plain("A")}, {"text": plain("B")}]}), "[... A / B]"),
        (actions({"type": "users_select", "placeholder": plain("Who?")}), "[Who? v]"),
        (field("Reason"), "Reason: [________]"),
        (actions({"type": "datepicker", "initial_date": "2026-03-04"}), "[2026-03-04 v]"),
        (actions({"type": "static_select", "options": OPTIONS, "initial_option": OPTIONS[0]}), "[A v]"),
        (actions({"type": "checkboxes", "options": OPTIONS, "initial_options": OPTIONS[1:]}), "☐ A  ☑ B (of b)"),
        (actions({"type": "radio_buttons", "options": OPTIONS, "initial_option": OPTIONS[0]}), "☑ A  ☐ B (of b)"),
        (field("Reason", initial_value="runaway"), "Reason: [runaway]"),
        ({"type": "image", "alt_text": "a chart"}, "(a chart)"),
        ({"type": "markdown", "text": "**a**\nb"}, "**a**\nb"),
        ({"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]]}, "a | b"),
        ({"type": "video"}, "(video)"),
    ],
)
def test_blocks(block: dict[str, Any], words: str) -> None:
    assert render_plain([block], zone=VIENNA) == words


async def test_rich_text(slack: LocalSlack) -> None:
    inline = [
        {"type": "user", "user_id": slack.ana.id},
        {"type": "text", "text": " says "},
        {"type": "link", "url": "https://acme.com", "text": "look"},
        {"type": "text", "text": " at "},
        {"type": "date", "timestamp": 1772620925, "format": "{time}", "fallback": "then"},
        {"type": "emoji", "name": "eyes"},
        {"type": "broadcast", "range": "here"},
        {"type": "channel", "channel_id": "C0INCDATA1"},
    ]
    section_ = {"type": "rich_text_section", "elements": inline}
    block = {"type": "rich_text", "elements": [section_, {"type": "rich_text_list", "elements": [section_]}]}
    words = "@ana says look at 11:42👀@here#inc-data"
    assert render_plain([block], slack.world, VIENNA) == f"{words}- {words}\n"


def test_a_quote_of_rich_text() -> None:
    quote = {"type": "rich_text_quote", "elements": [{"type": "text", "text": "reset by peer\nafter *3* attempts"}]}
    assert render_plain([{"type": "rich_text", "elements": [quote]}]) == "│ reset by peer\n│ after *3* attempts\n"


def test_emoji_are_those_of_the_page() -> None:
    page = Path(jobbot.playground.page.__file__).with_name("static") / "emoji.js"
    on_page = dict(re.findall(r'"?([\w+-]+)"?: "([^"]+)"', page.read_text()))
    assert {name: on_page.get(name) for name in EMOJI} == EMOJI


@each(("day", "said"), [(3, "tomorrow"), (4, "today"), (5, "yesterday"), (6, "Mar 4, 2026")])
def test_days_near_today(day: int, said: str) -> None:
    words = "<!date^1772620925^{date_short_pretty} {time}, {date_num}|then>"
    assert mrkdwn_to_plain(words, VIENNA, today=date(2026, 3, day)) == f"{said} 11:42, 2026-03-04"

"""Blocks and mrkdwn drawn as plain text."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobbot.playground.slack import LocalSlack, mrkdwn_to_plain, render_plain
from tests.playground.slack.world import actions, button, field, plain, section

VIENNA = ZoneInfo("Europe/Vienna")


@pytest.mark.parametrize(
    ("mrkdwn", "words"),
    [
        ("*Running* 62 %", "*Running* 62 %"),
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
        ("<!date^1772620925^{date_num} {moon}|then>", "2026-03-04 {moon}"),
        ("<!date^soon^{time}|soon>", "soon"),
        ("<!date^1772620925>", ""),
    ],
)
async def test_mrkdwn(slack: LocalSlack, mrkdwn: str, words: str) -> None:
    assert mrkdwn_to_plain(mrkdwn, VIENNA, slack.world) == words


def test_names_stay_ids_without_a_world() -> None:
    assert mrkdwn_to_plain("<@U0ANA00001> <#C0INCDATA1|inc-data>", VIENNA) == "@U0ANA00001 #inc-data"


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"type": "header", "text": plain("Jobs")}, "*Jobs*"),
        ({**section("*Running*\n62 %"), "accessory": button("Details")}, "*Running*\n62 %  [Details]"),
        ({"type": "section", "fields": [plain("a"), plain("b")]}, "a\nb"),
        ({"type": "context", "elements": [plain("1-15"), plain("of 37")]}, "1-15  of 37"),
        ({"type": "divider"}, "-" * 40),
        (actions(button("Stop job"), button("Details")), "[Stop job]  [Details]"),
        (actions({"type": "overflow", "options": [{"text": plain("A")}, {"text": plain("B")}]}), "[... A / B]"),
        (actions({"type": "users_select", "placeholder": plain("Who?")}), "[Who? v]"),
        (field("Reason"), "Reason: [________]"),
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
    words = "@ana says look at 11:42:eyes:@here#inc-data"
    assert render_plain([block], slack.world, VIENNA) == f"{words}- {words}\n"

"""What Slack draws of messages, drawn here: every block and element that a bot may send, and nothing as HTML."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from jobbot.playground.page.page import PageOf
from tests.browser.conftest import OpenTab
from tests.browser.scripted import BEN, ScriptedWorkspace

pytestmark = pytest.mark.slow

Blocks = list[dict[str, Any]]


def section(mrkdwn: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn}, **more}


def plain(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words}


def option(words: str) -> dict[str, Any]:
    return {"text": plain(words), "value": words.lower()}


@pytest.mark.parametrize(
    ("mrkdwn", "shown"),
    [
        ("*bold* _italic_ ~strike~ `code`", "<strong>bold</strong> <em>italic</em> <s>strike</s> <code>code</code>"),
        ("*bold _and italic_*", "<strong>bold <em>and italic</em></strong>"),
        ("snake_case_name 2*3*4 ~ a * b", "snake_case_name 2*3*4 ~ a * b"),
        ("`*not bold* &lt;b&gt;`", "<code>*not bold* &lt;b&gt;</code>"),
        ("&lt;b&gt; &amp;amp; &amp;lt;", "&lt;b&gt; &amp;amp; &amp;lt;"),
        ("<b>bold?</b>", "&lt;b&gt;bold?&lt;/b&gt;"),
        ("<javascript:alert(1)|click>", "&lt;javascript:alert(1)|click&gt;"),
        (":tada: :no_such_emoji: 10:42:05", '<span class="emoji" role="img" aria-label="tada">🎉</span> '
         ":no_such_emoji: 10:42:05"),
        ("<@U0BEN> in <#C0RND>", '<span class="mention">@ben</span> in <span class="mention">#random</span>'),
        ("<@U0ANA>", '<span class="mention mine">@ana</span>'),
        ("<!subteam^S1> <!here>", '<span class="mention">@data-oncall</span> <span class="mention mine">@here</span>'),
        ("&lt;!channel&gt;", "&lt;!channel&gt;"),
    ],
)  # fmt: skip
async def test_mrkdwn_is_drawn_as_slack_does(tab: Page, workspace: ScriptedWorkspace, mrkdwn: str, shown: str) -> None:
    workspace.posts(mrkdwn)
    line = tab.locator(".message .line")
    await expect(line).to_be_visible()
    assert await line.evaluate("node => node.getHTML()") == shown


async def test_links_leave_the_page_and_say_nothing_of_it(tab: Page, workspace: ScriptedWorkspace) -> None:
    workspace.posts("<https://acme.example/a?b=1&amp;c=2|the job> and https://acme.example/d.")
    links = tab.locator(".message a")
    await expect(links).to_have_text(["the job", "https://acme.example/d"])
    assert await links.first.get_attribute("href") == "https://acme.example/a?b=1&c=2"
    assert await links.first.get_attribute("rel") == "noopener noreferrer"


async def test_lines_quotes_lists_and_fences(tab: Page, workspace: ScriptedWorkspace) -> None:
    workspace.posts("first\n&gt; quoted *bold*\n&gt; more\n• one\n• two\n```\na <b>\n  b\n```\nlast")
    content = tab.locator(".message .content")
    await expect(content.locator("blockquote .line")).to_have_text(["quoted bold", "more"])
    await expect(content.locator(".item")).to_have_text(["• one", "• two"])
    await expect(content.locator("pre")).to_have_text("a <b>\n  b")
    await expect(content.locator(".line").last).to_have_text("last")


@pytest.mark.parametrize(
    ("pattern", "ana", "ben"),
    [
        ("{date_short_pretty} {time}", "today 11:30", "today 05:30"),
        ("{time_secs}", "11:30:00", "05:30:00"),
        ("{date_num}", "2026-03-04", "2026-03-04"),
        ("{date_long} at {time}", "Wednesday, March 4th, 2026 at 11:30", "Wednesday, March 4th, 2026 at 05:30"),
    ],
)
async def test_dates_are_told_in_each_readers_zone(
    tab: Page, workspace: ScriptedWorkspace, pattern: str, ana: str, ben: str
) -> None:
    workspace.posts(f"<!date^1772620200^{pattern}|10:30 UTC>")
    await expect(tab.locator(".message time[title='10:30 UTC']")).to_have_text(ana)
    await tab.get_by_role("radio", name="Ben").check(force=True)
    await expect(tab.locator(".message time[title='10:30 UTC']")).to_have_text(ben)


GALLERY: Blocks = [
    {"type": "header", "text": plain("Last night :zap:")},
    section("*5 jobs* failed", accessory={"type": "overflow", "action_id": "more", "options": [option("One")]}),
    section("with fields", fields=[plain("State *as typed*"), {"type": "mrkdwn", "text": "*Progress* 62 %"}]),
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "small _print_"},
                                     {"type": "image", "alt_text": "graph"}]},
    {"type": "divider"},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "text": plain("Go"), "action_id": "go", "style": "primary"},
            {"type": "button", "text": plain("Stop"), "action_id": "stop", "style": "danger"},
            {"type": "static_select", "action_id": "state", "placeholder": plain("State"),
             "options": [option("Failed")]},
            {"type": "multi_static_select", "action_id": "states", "placeholder": plain("States"),
             "options": [option("Failed"), option("Running")]},
            {"type": "users_select", "action_id": "who", "placeholder": plain("Who")},
            {"type": "conversations_select", "action_id": "where", "placeholder": plain("Where")},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-03-04"},
            {"type": "timepicker", "action_id": "at", "initial_time": "10:42"},
            {"type": "datetimepicker", "action_id": "when", "initial_date_time": 1772620200},
            {"type": "radio_buttons", "action_id": "one", "options": [option("Yes"), option("No")]},
            {"type": "checkboxes", "action_id": "some", "options": [option("A"), option("B")]},
        ],
    },
    {
        "type": "table",
        "column_settings": [{"align": "right"}],
        "rows": [
            [{"type": "raw_text", "text": "Job"}, {"type": "raw_text", "text": "State"}],
            [
                {"type": "raw_text", "text": "987"},
                {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
                    {"type": "text", "text": "Running", "style": {"bold": True}}]}]},
            ],
        ],
    },
    {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": [
        {"type": "rich_text_section", "elements": [{"type": "user", "user_id": BEN}]}]}]},
]  # fmt: skip


async def test_every_block_and_element_is_drawn(tab: Page, workspace: ScriptedWorkspace, picture: Any) -> None:
    workspace.posts("gallery", blocks=GALLERY)
    content = tab.locator(".message .content")
    await expect(content.get_by_role("heading", name="Last night ⚡")).to_be_visible()
    await expect(content.locator(".field").first).to_have_text("State *as typed*")
    await expect(content.get_by_role("button", name="Go")).to_have_class("button primary")
    await expect(content.get_by_role("button", name="Stop")).to_have_class("button danger")
    for menu, offered in (
        ("State", ["Failed"]),
        ("Who", ["Ana", "Ben", "jobbot"]),
        ("Where", ["#inc-data", "#random"]),
    ):
        await content.get_by_role("combobox", name=menu, exact=True).click()
        await expect(tab.locator(".option")).to_have_text(offered)
        await tab.keyboard.press("Escape")
    await expect(content.locator("input[type=datetime-local]")).to_have_value("2026-03-04T11:30")
    await expect(content.get_by_role("columnheader")).to_have_text(["Job", "State"])
    await expect(content.get_by_role("cell", name="Running").locator("strong")).to_be_visible()
    await expect(content.locator("li .mention")).to_have_text("@ben")
    await expect(content.locator(".unknown")).to_have_count(0)
    await picture(tab)


async def test_fields_stand_in_two_columns_where_there_is_room(
    tab: Page, open_tab: OpenTab, demo: PageOf, workspace: ScriptedWorkspace, picture: Any
) -> None:
    fields = [{"type": "mrkdwn", "text": f"*{name}*\n{name.lower()}"} for name in ("Job", "Datastream", "Since", "By")]
    workspace.posts("card", blocks=[{"type": "section", "fields": fields}])
    narrow = await open_tab(demo.url, viewport={"width": 380, "height": 760})
    for page, columns in ((tab, 2), (narrow, 1)):
        await expect(page.locator(".field")).to_have_count(4)
        lefts = await page.locator(".field").evaluate_all("all => all.map((one) => one.getBoundingClientRect().left)")
        assert len(set(lefts)) == columns
        await picture(page)


async def test_a_long_section_is_folded_unless_it_says_not_to(tab: Page, workspace: ScriptedWorkspace) -> None:
    words = "what was said " * 80
    workspace.posts("long", blocks=[section(words), section(words, expand=True), section("short")])
    texts = tab.locator(".message .section .text")
    heights = await texts.evaluate_all("all => all.map((one) => one.clientHeight)")
    assert heights[0] < heights[1]
    await tab.get_by_role("button", name="See more").click()
    await expect(tab.get_by_role("button", name="See more")).to_have_count(0)
    heights = await texts.evaluate_all("all => all.map((one) => one.clientHeight)")
    assert heights[0] == heights[1]


@pytest.mark.parametrize("block", [{"type": "hologram", "of": "<b>x</b>"}, {"type": "section", "fields": 7}, {}])
async def test_a_block_that_is_not_known_is_a_warning_with_its_json(
    tab: Page, workspace: ScriptedWorkspace, block: dict[str, Any]
) -> None:
    workspace.posts("odd", blocks=[block, section("the next one")])
    warning = tab.locator(".unknown")
    await expect(warning.locator("summary")).to_contain_text(f"“{block.get('type', 'without a type')}”")
    await warning.locator("summary").click()
    await expect(warning.locator("pre")).to_be_visible()
    for value in block.values():
        await expect(warning.locator("pre")).to_contain_text(str(value))
    await expect(tab.get_by_text("the next one")).to_be_visible()


HOSTILE = "<img src=x onerror=document.title='owned'>"


async def test_what_looks_like_html_is_text_wherever_it_stands(
    tab: Page, workspace: ScriptedWorkspace, picture: Any
) -> None:
    escaped = HOSTILE.replace("<", "&lt;").replace(">", "&gt;") + " &lt;!channel&gt;"
    button = {"type": "button", "text": plain(HOSTILE), "action_id": HOSTILE, "accessibility_label": HOSTILE}
    workspace.posts(
        HOSTILE,
        blocks=[
            {"type": "header", "text": plain(HOSTILE)},
            section(escaped, accessory=button),
            section(HOSTILE, block_id=HOSTILE),
            {"type": "context", "elements": [{"type": "mrkdwn", "text": f"`{HOSTILE}` <https://x.example|{HOSTILE}>"}]},
            {"type": HOSTILE},
        ],
    )
    workspace.posts(HOSTILE)
    await expect(tab.locator(".message")).to_have_count(2)
    assert await tab.locator(".message :is(img, script, iframe):not(.avatar)").count() == 0
    assert await tab.title() == "#inc-data – jobbot demo"
    await expect(tab.locator(".message .section .text").first).to_have_text(f"{HOSTILE} <!channel>")
    await expect(tab.locator(".message .mention")).to_have_count(0)
    await expect(tab.locator("#live")).to_contain_text(HOSTILE)
    await picture(tab)


async def test_edited_ephemeral_and_who_wrote_it(tab: Page, workspace: ScriptedWorkspace) -> None:
    first = workspace.posts("Stopping ...")
    workspace.posts("for Ana", only="U0ANA")
    workspace.posts("for Ben", only=BEN)
    workspace.edits(first, text="Stopped.")
    message = tab.locator(".message").first
    await expect(message.locator(".content")).to_have_text("Stopped.")
    await expect(message.locator(".edited")).to_have_text("(edited)")
    await expect(message.locator(".head")).to_contain_text("jobbotAPP")
    await expect(tab.locator(".message.ephemeral")).to_have_count(1)
    await expect(tab.locator(".message.ephemeral")).to_contain_text("Only visible to you")
    workspace.deletes(first)
    await expect(tab.locator(".message")).to_have_count(1)

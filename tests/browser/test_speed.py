"""The page keeps up: what comes in a burst is drawn whole, in its order, and no more of it than is bounded.

The times are printed (``pytest -rP``), not asserted: the aim is 50 ms for a list of 15 jobs.
"""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from jobbot.playground.page.page import PageOf
from tests.browser.conftest import OpenTab
from tests.browser.scripted import ScriptedWorkspace

pytestmark = pytest.mark.slow

NOTES_TIME = """
    window.arrived = {};
    const Plain = WebSocket;
    window.WebSocket = class extends Plain {
        constructor(address) {
            super(address);
            this.addEventListener("message", ({ data }) => {
                const words = /mark-\\d+/.exec(data)?.[0];
                if (words) window.arrived[words] = performance.now();
            });
        }
    };
    window.drawnAfter = (words) => new Promise((resolve) => {
        const look = () => {
            const there = [...document.querySelectorAll(".message")].some((one) => one.textContent.includes(words));
            if (there) requestAnimationFrame(() => resolve(performance.now() - window.arrived[words]));
            else requestAnimationFrame(look);
        };
        look();
    });
"""


def listing(mark: str) -> list[dict[str, Any]]:
    """As jobbot sends one: 15 rows, two buttons each."""
    blocks: list[dict[str, Any]] = [_section(f"*15 jobs* {mark} – as of <!date^1772620925^{{time_secs}}|10:42:05 UTC>")]
    for number in range(15):
        row = (
            f"*Running* {number} % – job {48211 + number} Facebook Ads EU (datastream 42) – since "
            "<!date^1772620200^{date_short_pretty} {time}|10:30 UTC>, 12 min – on schedule\n"
            "API limit: (#17) User request limit reached"
        )
        blocks += [
            _section(row),
            {"type": "actions", "elements": [_button("Stop job", number), _button("Details", number)]},
        ]
    return blocks


def _section(words: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


def _button(words: str, number: int) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": words}, "action_id": words, "value": str(number)}


async def drawn_after(tab: Page, workspace: ScriptedWorkspace, mark: str) -> float:
    workspace.posts("15 jobs", blocks=listing(mark))
    took: float = await tab.evaluate("(mark) => window.drawnAfter(mark)", mark)
    return took


async def drawn(tab: Page) -> list[int]:
    """The numbers of the messages that are drawn, from the top."""
    texts = await tab.locator(".message").all_text_contents()
    return [int(number) for words in texts for number in re.findall(r"message (\d+) of", words)]


async def opened(demo: PageOf, open_tab: OpenTab) -> Page:
    tab = await open_tab("about:blank", waits=False)
    await tab.add_init_script(NOTES_TIME)
    await tab.goto(demo.url)
    await tab.locator(".person").first.wait_for()
    return tab


async def test_lists_of_15_jobs_are_drawn_whole_and_in_their_order(
    demo: PageOf, open_tab: OpenTab, workspace: ScriptedWorkspace
) -> None:
    tab = await opened(demo, open_tab)
    took = [await drawn_after(tab, workspace, f"mark-{number}") for number in range(5)]
    print(f"15 jobs drawn after {min(took):.0f} ms at best, {max(took):.0f} ms at worst")
    lists = await tab.locator(".message").all_text_contents()
    assert [re.findall(r"mark-\d+", words) for words in lists] == [[f"mark-{number}"] for number in range(5)]
    for words in lists:
        assert re.findall(r"job (\d{5}) Facebook", words) == [str(48211 + number) for number in range(15)]
    await expect(tab.locator(".message").get_by_role("button", name="Stop job")).to_have_count(5 * 15)
    await expect(tab.locator(".message").get_by_role("button", name="Details")).to_have_count(5 * 15)


async def test_of_2000_messages_the_newest_are_drawn_and_older_ones_when_one_scrolls_to_them(
    demo: PageOf, open_tab: OpenTab, workspace: ScriptedWorkspace
) -> None:
    for number in range(1_000):
        workspace.posts(f"*message* {number} of `many`")
    tab = await opened(demo, open_tab)
    await expect(tab.locator(".message").last).to_contain_text("message 999")
    assert await drawn(tab) == list(range(880, 1_000)), "of what was there before, the newest"
    for number in range(1_000, 2_000):
        workspace.posts(f"*message* {number} of `many`")
    await expect(tab.locator(".message").last).to_contain_text("message 1999")
    assert await drawn(tab) == list(range(1_400, 2_000)), "nothing is left out of a burst, and what is drawn is bounded"
    took = min([await drawn_after(tab, workspace, f"mark-{number}") for number in range(3)])
    print(f"15 jobs after 2,000 messages drawn after {took:.0f} ms")
    assert await drawn(tab) == list(range(1_403, 2_000))
    await tab.get_by_role("region", name="Messages in #inc-data").evaluate("node => { node.scrollTop = 0; }")
    await expect(tab.locator(".message").filter(has_text="message 1402 of")).to_be_attached()
    older = await drawn(tab)
    assert older == list(range(older[0], 2_000))
    assert older[0] <= 1_403 - 120
    box = tab.get_by_role("combobox", name="Message #inc-data")
    await box.fill("still here")
    await expect(box).to_have_value("still here")

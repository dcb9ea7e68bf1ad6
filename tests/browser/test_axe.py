"""axe-core finds nothing serious. It is an npm package: ``npm install --prefix tests/output axe-core`` brings it."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from jobbot.playground.page.page import PageOf
from tests.browser.conftest import OUTPUT, OpenTab
from tests.browser.scripted import BEN, ScriptedWorkspace
from tests.browser.test_drawing import GALLERY
from tests.browser.test_entry_points import FINDING, PREVIEW, menu_of, option
from tests.browser.test_modal import ASKING, FIELDS

AXE = Path(os.environ.get("JOBBOT_TEST_AXE", OUTPUT / "node_modules" / "axe-core" / "axe.min.js"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not AXE.exists(),
        reason="needs axe-core: npm install --prefix tests/output axe-core (or its path in JOBBOT_TEST_AXE)",
    ),
]


async def violations(tab: Page) -> list[str]:
    await tab.add_script_tag(path=AXE)
    found: list[dict[str, Any]] = await tab.evaluate("axe.run().then(({violations}) => violations)")
    return [
        f"{one['impact']} {one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_serious(demo: PageOf, open_tab: OpenTab, workspace: ScriptedWorkspace, scheme: str) -> None:
    tab = await open_tab(demo.url, color_scheme=scheme, bypass_csp=True, viewport={"width": 1440, "height": 1600})
    root = workspace.posts("The *store sales* are missing, <@U0ANA> <!here> `x` <https://x.example|see>", by=BEN)
    workspace.posts("In a thread", thread=root["ts"])
    workspace.posts("gallery", blocks=[*GALLERY, {"type": "hologram"}])
    workspace.posts("Only for you", only="U0ANA", warning="This app did not respond.")
    await tab.get_by_role("button", name="Reply in thread to Ben").click()
    await tab.get_by_role("combobox", name="Reply …").fill("/")
    await expect(tab.locator(".thread-pane .message")).to_have_count(2)
    assert await violations(tab) == []
    await tab.get_by_role("combobox", name="State", exact=True).click()
    await expect(tab.get_by_role("listbox", name="State", exact=True)).to_be_visible()
    assert await violations(tab) == []
    await tab.keyboard.press("Escape")
    await tab.get_by_role("button", name="More actions").click()
    await expect(tab.get_by_role("menu")).to_be_visible()
    assert await violations(tab) == []
    await tab.keyboard.press("Escape")
    await tab.get_by_role("combobox", name="Message #inc-data").fill("/")
    workspace.opens(ASKING)
    await tab.get_by_role("button", name="Stop job 987").click()
    await expect(tab.get_by_text("Please complete this required field.")).to_be_visible()
    assert await violations(tab) == []
    workspace.opens(FINDING)
    await tab.get_by_role("dialog").get_by_role("combobox", name="Datastream").click()
    workspace.options = [option("Facebook Ads EU", "42")]
    await tab.get_by_role("combobox", name="Search: ").press_sequentially("f")
    await expect(tab.get_by_role("dialog").get_by_role("option", name="Facebook Ads EU")).to_be_visible()
    assert await violations(tab) == []
    await tab.keyboard.press("Escape")
    workspace.opens(FIELDS)
    await tab.get_by_role("button", name="Fetch", exact=True).click()
    await expect(tab.get_by_text("Please complete this required field.").first).to_be_visible()
    assert await violations(tab) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_serious_beside_the_command(
    demo: PageOf, open_tab: OpenTab, workspace: ScriptedWorkspace, scheme: str
) -> None:
    workspace.has_home = True
    tab = await open_tab(demo.url, color_scheme=scheme, bypass_csp=True, viewport={"width": 1440, "height": 900})
    workspace.posts("mine: <https://acme.example/datastreams/42>", by="U0ANA", previews=[PREVIEW])
    await tab.get_by_role("button", name="Shortcuts", exact=True).click()
    await expect(tab.get_by_role("menu")).to_be_visible()
    assert await violations(tab) == []
    await tab.keyboard.press("Escape")
    await (await menu_of(tab, "mine")).get_by_role("menuitem", name="Edit message").click()
    await expect(tab.get_by_role("textbox", name="Edit message")).to_be_visible()
    assert await violations(tab) == []
    workspace.publishes({"type": "section", "text": {"type": "mrkdwn", "text": "*Hello*"}})
    await tab.get_by_role("navigation").get_by_role("button", name="jobbot").click()
    await expect(tab.get_by_role("tabpanel")).to_contain_text("Hello")
    assert await violations(tab) == []

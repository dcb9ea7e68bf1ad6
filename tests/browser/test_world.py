"""The panel beside the channel: Adverity's jobs, the troubles, and what went over the wire."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect

from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.page.page import PageOf
from jobbot.playground.page.wire import WireLog
from tests.browser.conftest import OpenTab
from tests.browser.scripted import ScriptedSlackPanel
from tests.browser.test_wire import call
from tests.support.loopback import loopback_client

pytestmark = pytest.mark.slow


async def test_jobs_are_shown_as_they_are_and_can_fail(tab: Page, adverity: LocalAdverity, picture: Any) -> None:
    job = tab.locator(".job").filter(has_text="Facebook Ads EU")
    await expect(job.locator(".state")).to_have_text("Running")
    await expect(job).to_contain_text("987 · 62 %, fetch, 12 min")
    await tab.get_by_role("button", name="Start a job").click()
    await expect(tab.locator(".job")).to_have_count(2)
    await picture(tab)
    await tab.get_by_role("button", name="Let it fail: job 987").click()
    await expect(job.filter(has_text="987 ·").locator(".state")).to_have_text("Failed")
    assert adverity.job(987).state == "Failed"


async def answer_of(adverity: LocalAdverity) -> httpx.Response:
    headers = {"Authorization": f"Token {adverity.api_key}"}
    async with loopback_client(base_url=adverity.url, headers=headers) as caller:
        return await caller.get("/api/jobs/")


async def until_answered(adverity: LocalAdverity, condition: Callable[[httpx.Response], bool]) -> None:
    """Call the API until it answers so. Raises TimeoutError after 30 seconds."""
    async with asyncio.timeout(30):
        while not condition(await answer_of(adverity)):
            pass


@pytest.mark.parametrize(
    ("trouble", "status", "content"),
    [("500, server error", 500, "text/html"), ("429, too many calls", 429, "json"), ("401, key revoked", 401, "json"),
     ("a login page (HTML)", 200, "text/html")],
)  # fmt: skip
async def test_adverity_answers_as_it_is_told(
    tab: Page, adverity: LocalAdverity, trouble: str, status: int, content: str
) -> None:
    answers = tab.get_by_label("It answers")
    await answers.select_option(label=trouble)
    await until_answered(
        adverity, lambda answer: answer.status_code == status and content in answer.headers["content-type"]
    )
    await answers.select_option(label="as usual")
    await until_answered(adverity, lambda answer: answer.is_success and answer.json()["count"] == 1)


async def test_adverity_is_slow_and_quick_again(tab: Page, adverity: LocalAdverity) -> None:
    slow = tab.get_by_label("Every answer takes 5 s longer")
    await slow.check(force=True)
    waiting = asyncio.create_task(answer_of(adverity))
    await adverity.called("GET", "/api/jobs/")
    await slow.uncheck(force=True)
    assert (await waiting).status_code == 200
    assert adverity.calls[0].status == 200


async def test_connections_are_cut(tab: Page, adverity: LocalAdverity) -> None:
    await tab.get_by_label("It answers").select_option(label="connection cut")
    with pytest.raises(httpx.RemoteProtocolError):
        await until_answered(adverity, lambda _: False)


async def test_slacks_troubles_are_passed_on(tab: Page, slack_panel: ScriptedSlackPanel) -> None:
    twice = tab.get_by_label("Deliver every click twice")
    await twice.check(force=True)
    await expect(twice).to_be_checked()
    await tab.get_by_role("button", name="Drop the socket").click()
    limited = tab.get_by_label("Rate limit")
    await limited.check(force=True)
    await expect(limited).to_be_checked()
    await limited.uncheck(force=True)
    await slack_panel.did(4)
    assert slack_panel.done == [("twice", True), ("drop", None), ("ratelimit", True), ("ratelimit", False)]


async def test_the_panel_folds(tab: Page) -> None:
    fold = tab.get_by_role("button", name="Demo controls")
    await expect(fold).to_have_attribute("aria-expanded", "true")
    await fold.press("Enter")
    await expect(tab.locator(".world")).to_be_hidden()
    await expect(fold).to_have_attribute("aria-expanded", "false")
    await fold.press("Enter")
    await expect(tab.locator(".world")).to_be_visible()


async def test_on_a_narrow_page_the_panel_lies_over_the_channel(open_tab: OpenTab, demo: PageOf, picture: Any) -> None:
    tab = await open_tab(demo.url, viewport={"width": 380, "height": 760})
    await expect(tab.locator(".world")).to_be_hidden()
    fold = tab.get_by_role("button", name="Demo controls")
    await fold.click()
    await picture(tab)
    await tab.get_by_role("button", name="Start a job").focus()
    await tab.keyboard.press("Escape")
    await expect(tab.locator(".world")).to_be_hidden()
    await expect(fold).to_be_focused()


async def test_the_wire_shows_the_newest_first_and_a_body_on_demand(tab: Page, wire: WireLog, picture: Any) -> None:
    wire.record(call(1, status=200, ms=12.4))
    wire.record(call(2, path="/api/jobs/987/"))
    secret = '{"token": "xoxb-1-2-abc", "results": [{"id": 987}], "note": "s3cret-key <b>"}'
    wire.record(
        call(
            3,
            side="slack",
            method="POST",
            path="chat.postMessage",
            status="ratelimited",
            ms=3,
            parts=[("Request", secret)],
        )
    )
    rows = tab.locator(".call summary")
    await expect(rows).to_have_text(
        ["SlackPOSTchat.postMessageratelimited3 ms", "AdverityGET/api/jobs/987/…", "AdverityGET/api/jobs/20012 ms"]
    )
    wire.record(call(2, path="/api/jobs/987/", status=500, ms=5000))
    await expect(rows.nth(1)).to_have_text("AdverityGET/api/jobs/987/5005000 ms")
    await rows.first.click()
    body = tab.locator(".call pre").first
    await expect(body).to_contain_text('"id": 987')
    await expect(body).to_contain_text('"token": "***"')
    await expect(body).to_contain_text('"note": "*** <b>"')
    await picture(tab)
    wire.record(call(4, path="/api/datastreams/7/?fields=id%2Cname%3A&q=a%20b", status=404, ms=2))
    await expect(tab.locator(".call").filter(has_text="fields=id,name:&q=a b").locator(".wire-status")).to_have_class(
        "wire-status none"
    )
    wire.record(call(5, method="POST", path="/api/jobs/987/stop/", status=404, ms=2))
    await expect(tab.locator(".call").filter(has_text="POST/api").locator(".wire-status")).to_have_class(
        "wire-status bad"
    )
    await tab.get_by_label("Which calls").select_option(label="Adverity")
    await expect(rows).to_have_count(4)

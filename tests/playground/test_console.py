"""The demo in a terminal: what is drawn and numbered, how it wraps, and what a number, a name and a fault do."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator

import pytest
from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.console import Console, draw_welcome
from jobbot.playground.demo import Demo
from jobbot.playground.slack import Action, LocalSlack
from tests.playground.slack.test_entry_points import menu
from tests.playground.slack.test_entry_points import opened as opened_in_channel
from tests.playground.slack.test_fields import opened, window
from tests.playground.slack.test_people import keeps
from tests.playground.slack.world import actions, bolt_app, button, client_of, connected, plain, section

NAME = "Facebook Ads *EU* with a very long name that goes on"


def option(words: str, value: str) -> dict[str, object]:
    return {"text": plain(words), "value": value}


MENU = {"type": "overflow", "action_id": "row", "options": [option("Details", "d"), option("Stop job…", "s")]}
OPEN = {
    "type": "static_select",
    "action_id": "open",
    "placeholder": plain("Open a job"),
    "options": [option("The Trade Desk", "48319"), option(f":warning: {NAME}", "48352")],
}
BLOCKS = [
    {"type": "header", "text": plain(":warning: 2 jobs")},
    {**section("*The Trade Desk* · Running 10 %\n48319 · since yesterday"), "accessory": MENU},
    {**section(f"*{NAME.replace('*', '＊')}* · `*as it is*`"), "accessory": MENU},
    actions(button("Refresh", action_id="refresh"), OPEN),
]


class Typed:
    """A console and all that it wrote."""

    def __init__(self, demo: Demo) -> None:
        self.written: list[str] = []
        self.console = Console(demo, self.written.append)

    async def types(self, *lines: str) -> str:
        """What is written from these lines on."""
        before = len(self.written)
        for line in lines:
            assert await self.console.take(line)
        return "".join(self.written[before:])


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    async with LocalAdverity() as adverity, LocalSlack(messages_tab=False, unfurl_domains=["acme.example"]) as slack:
        yield Demo(slack, adverity, 48319)


@pytest.fixture
async def typed(demo: Demo) -> AsyncIterator[Typed]:
    typed = Typed(demo)
    async with typed.console.watching():
        yield typed


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")


async def test_all_that_can_be_pressed_or_chosen_is_numbered_and_no_sign_of_emphasis_is_left(
    demo: Demo, typed: Typed
) -> None:
    await demo.slack.says_as_bot(demo.slack.channel("inc-data"), "2 jobs", BLOCKS)
    [drawn] = typed.written
    assert drawn.split("\n", 1)[1] == (
        "  ⚠️ 2 jobs\n"
        "  The Trade Desk · Running 10 %\n"
        "  48319 · since yesterday\n"
        "      [1] Details   [2] Stop job…\n"
        "  Facebook Ads ＊EU＊ with a very long name that goes on ·\n"
        "  *as it is*\n"
        "      [3] Details   [4] Stop job…\n"
        "      [5] Refresh   [6] Open a job ▾\n"
    )


async def test_what_has_a_number_is_chosen_by_it(demo: Demo, typed: Typed) -> None:
    """There is no bot here: each time the message is drawn again with a warning, its numbers new."""
    await demo.slack.says_as_bot(demo.slack.channel("inc-data"), "2 jobs", BLOCKS)
    delivered: list[Action] = []
    demo.slack.subscribe(
        lambda change: delivered.append(change.subject) if isinstance(change.subject, Action) else None
    )

    async def chooses(words: str, nth: int = 0) -> None:
        numbers = (re.findall(rf"\[(\d+)\] {re.escape(words)}", drawn) for drawn in reversed(typed.written))
        await typed.types(next(filter(None, numbers))[nth])

    await chooses("Stop job…")
    await chooses("Stop job…", 1)
    await chooses("Refresh")
    await chooses("Open a job")
    await chooses("⚠️ Facebook")
    acted = [(action.payload or {})["actions"][0] for action in delivered]
    assert [(one["type"], one["action_id"], one.get("selected_option", {}).get("value")) for one in acted] == [
        ("overflow", "row", "s"),
        ("overflow", "row", "s"),
        ("button", "refresh", None),
        ("static_select", "open", "48352"),
    ]
    assert acted[0]["block_id"] != acted[1]["block_id"]


async def test_a_window_of_many_fields_is_filled_by_words_and_numbers(demo: Demo, typed: Typed) -> None:
    modal = await opened(demo.slack, *window())
    assert (
        "  From: 2025-11-01\n"
        "  To: (type to: 2026-03-04)\n"
        "  Priority: As usual   [1] Choose ▾\n"
        "  Jobs to stop, 1-10 (optional):\n"
        "      ☑ [2] Facebook Ads 1 · Running 1 %\n"
    ) in typed.written[-1]
    assert "  How many: (type how many: …)\n      Type the number of jobs.\n" in typed.written[-1]
    assert "(optional): (type it and\n  press Enter)\n  [14] Fetch   [15] Close\n" in typed.written[-1]

    async def presses(words: str) -> str:
        numbers = (re.findall(rf"\[(\d+)\] {re.escape(words)}", drawn) for drawn in reversed(typed.written))
        return await typed.types(next(filter(None, numbers))[0])

    await typed.types("to: 2025-11-27", "how many: seven", "as: they were wrong", "jobs to stop, 11: 911")
    await presses("Choose")
    assert "Priority: When nothing else is running" in await presses("When nothing")
    assert re.search(r"☐ \[\d+\] Facebook Ads 2 ", await presses("Facebook Ads 2 "))
    assert re.search(r"☑ \[\d+\] Facebook Ads 2 ", await presses("Facebook Ads 2 "))
    await presses("Facebook Ads 3 ")
    assert "How many: seven\n      Type the number of jobs.\n  ! Please enter a number.\n" in await presses("Fetch")
    assert "no day of the calendar" in await typed.types("from: 2025-02-30")
    assert "several fields begin with 'jobs'" in await typed.types("jobs: 901")
    held = {block: state for block, actions in modal.values.items() for state in actions.values()}
    assert [held["to"]["selected_date"], held["reason"]["value"]] == ["2025-11-27", "as: they were wrong"]
    assert [one["value"] for one in held["jobs.2"]["selected_options"]] == ["911"]
    assert "903" not in [one["value"] for one in held["jobs"]["selected_options"]]


async def test_a_direct_message_is_closed(typed: Typed) -> None:
    assert "Sending messages to this app has been turned off" in await typed.types("dm", "/jobs")


@pytest.mark.parametrize(("fault", "status"), [("500", 500), ("401", 401), ("429", 429), ("html", 200)])
async def test_faults_are_switched_on_and_off(demo: Demo, typed: Typed, fault: str, status: int) -> None:
    said = await typed.types(f"fault {fault}")
    assert "fault off" in said
    _, reply = demo.adverity.faults.take("GET", "/api/jobs/")
    assert getattr(reply, "status", None) == status
    assert "as usual" in await typed.types("fault off")
    assert demo.adverity.faults.take("GET", "/api/jobs/") == ((), None)


async def test_a_fault_that_is_none_is_told_those_that_are(typed: Typed) -> None:
    assert "500, 401, 429, html, cut, slow, twice, ratelimit, drop, off" in (
        await typed.types("fault nonsense")
    ).replace("\n  ", " ")


@pytest.mark.parametrize("columns", [40, 60, 80, 110, 200])
def test_the_welcome_wraps_by_words_and_names_the_storys_job(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    welcome = draw_welcome(48319)
    assert max(map(len, welcome.splitlines())) < min(columns, 110)
    assert "/jobs stop 48319" in " ".join(welcome.split())
    words = " ".join(draw_welcome(48319).split())
    monkeypatch.setenv("COLUMNS", "110")
    assert " ".join(draw_welcome(48319).split()) == words, "no word is broken"


@pytest.mark.slow
async def test_nothing_unformatted_is_printed_while_faults_are_on() -> None:
    """A process of its own: what libraries print where nobody has set up logging goes round every stream of a test."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "jobbot", "demo", "--console"),
        stdin=PIPE, stdout=PIPE, stderr=PIPE, env={**os.environ, "COLUMNS": "80"},
    )  # fmt: skip
    async with asyncio.timeout(60):
        out, err = await process.communicate(b"fault 500\n/jobs\nfault cut\n/jobs failed\nquit\n")
    said = out.decode()
    assert said.count("Reference") == 2, said
    assert "stamina" not in said
    assert err.decode() == ""
    assert process.returncode == 0


async def test_what_the_app_has_beside_its_command_is_typed_and_numbered(demo: Demo, typed: Typed) -> None:
    inc, sent = demo.slack.channel("inc-data"), list[Action]()
    demo.slack.subscribe(lambda change: sent.append(change.subject) if isinstance(change.subject, Action) else None)
    assert "there is no message here" in await typed.types("link")
    await typed.types("first", "as ben", "second", "as ana", "edit third")
    assert [message.text for message in inc.public] == ["third", "second"]
    second = inc.public[1]
    await demo.slack.posts(demo.slack.ben, "a reply", in_=inc, thread=inc.public[0])
    assert await typed.types("link") == f"  https://acme.slack.com/archives/C0INCDATA1/p{second.ts.replace('.', '')}\n"
    offered = await typed.types("shortcut")
    numbers = re.findall(r"\[(\d+)\] (Find Adverity jobs|Adverity jobs named here)", offered)
    for (number, name), kind in zip(numbers, ("shortcut", "message_action"), strict=True):
        assert f"{name} failed with the error" in await typed.types(number)
        assert sent[-1].kind == kind
    assert (sent[-1].payload or {})["message_ts"] == second.ts
    assert "published nothing new (dispatch_failed)" in await typed.types("home")
    await client_of(demo.slack).views_publish(
        user_id=demo.slack.ana.id, view={"type": "home", "blocks": [section("*Hello*"), actions(button("Help"))]}
    )
    drawn = typed.written[-1].replace("\N{NO-BREAK SPACE}", " ")
    assert "── jobbot: Home" in drawn
    assert re.search(r"\n  Hello\n      \[\d+\] Help\n", drawn)
    await typed.types(re.findall(r"\[(\d+)\] Help", drawn)[0])
    assert (sent[-1].payload or {})["view"]["type"] == "home"


async def test_a_menu_is_searched_by_words_a_channel_named_and_a_preview_drawn(demo: Demo, typed: Typed) -> None:
    app, inc = bolt_app(demo.slack), demo.slack.channel("inc-data")

    async def options(ack: AsyncAck) -> None:
        await ack(options=[option("Facebook Ads EU", "42"), option("Facebook Ads US", "43")])

    async def link(event: dict[str, str], client: AsyncWebClient) -> None:
        unfurls = {"https://acme.example/42": {"blocks": [section("*Facebook Ads EU*"), actions(button("Details"))]}}
        await client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=unfurls)

    app.global_shortcut("find_jobs")(keeps([]))
    app.options("menu")(options)
    app.event("link_shared")(link)
    fields = [menu(min_query_length=0), menu("conversations_select", "Channel", default_to_current_conversation=True)]
    async with connected(demo.slack, app, "socket"):
        await typed.types("see https://acme.example/42")
        await demo.slack.until(lambda: inc.last_message is not None and inc.last_message.unfurls)
        drawn = typed.written[-1].replace("\N{NO-BREAK SPACE}", " ")
        assert re.search(r"  see https://acme.example/42\n  │ Facebook Ads EU\n  │ \[\d+\] Details\n", drawn)
        view = await opened_in_channel(demo.slack, *fields)
        assert "Channel: #inc-data" in typed.written[-1]
        found = (await typed.types("datastream: face")).replace("\N{NO-BREAK SPACE}", " ")
        await typed.types(re.findall(r"\[(\d+)\] Facebook Ads US", found)[0])
    assert "Datastream: Facebook Ads US" in typed.written[-1]
    assert "Channel: #random" in await typed.types("channel: #random")
    assert view.values["channel"]["menu"]["selected_conversation"] == demo.slack.channel("random").id

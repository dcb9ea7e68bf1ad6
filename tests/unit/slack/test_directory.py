"""What the directory makes of Slack's answers, over a real socket: facts, or nothing at all."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.access import Channel, Person
from jobbot.logs.lines import FIELDS
from jobbot.slack.web.directory import CACHE_SECONDS, CONVERSATIONS_PAGES, SlackDirectory

Answer = Callable[[], Awaitable[web.StreamResponse]]

USER = {
    "id": "U0ANA",
    "team_id": "T0ACME",
    "deleted": False,
    "tz": "Europe/Vienna",
    "is_bot": False,
    "is_restricted": False,
    "is_ultra_restricted": False,
}
CHANNEL = {
    "id": "C0INC",
    "is_channel": True,
    "is_archived": False,
    "is_shared": False,
    "is_org_shared": False,
    "is_ext_shared": False,
}


class Slack:
    """Answers each method with what it is told to, and counts."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.says("users.info", user=USER)
        self.says("conversations.info", channel=CHANNEL)
        self.says("usergroups.users.list", users=["U0ANA", "U0BEN"])

    def says(self, method: str, **fields: Any) -> None:
        async def answer() -> web.StreamResponse:
            return web.json_response({"ok": True, **fields})

        self.answers[method] = answer

    def fails(self, method: str, answer: Answer) -> None:
        self.answers[method] = answer

    async def serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.asked.append((method, dict(request.query)))
        return await self.answers[method]()


@pytest.fixture
def slack() -> Slack:
    return Slack()


@pytest.fixture
async def directory(slack: Slack) -> AsyncIterator[SlackDirectory]:
    app = web.Application()
    app.router.add_route("*", "/api/{method}", slack.serve)
    async with (
        TestServer(app) as server,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session,
    ):
        base = str(server.make_url("/api/"))
        yield SlackDirectory(AsyncWebClient("xoxb-1", base_url=base, session=session, retry_handlers=[]))


@pytest.mark.parametrize(
    ("changes", "person"),
    [
        ({}, Person(team_id="T0ACME", zone="Europe/Vienna")),
        ({"is_restricted": True}, Person(team_id="T0ACME", is_guest=True, zone="Europe/Vienna")),
        ({"is_ultra_restricted": True}, Person(team_id="T0ACME", is_guest=True, zone="Europe/Vienna")),
        (
            {"team_id": "T0GLOBEX", "is_stranger": True, "tz": None},
            Person(team_id="T0GLOBEX", is_stranger=True),
        ),
        (
            {"enterprise_user": {"id": "W0ANA", "enterprise_id": "E0ACME"}},
            Person(team_id="T0ACME", enterprise_id="E0ACME", zone="Europe/Vienna"),
        ),
        (
            {"is_bot": True, "deleted": True},
            Person(team_id="T0ACME", is_bot=True, is_deactivated=True, zone="Europe/Vienna"),
        ),
        ({"team_id": None, "tz": 5}, Person(team_id=None)),
        ({"team_id": ["T0ACME"], "tz": ""}, Person(team_id=None)),
    ],
)
async def test_a_person(slack: Slack, directory: SlackDirectory, changes: dict[str, Any], person: Person) -> None:
    slack.says("users.info", user={**USER, **changes})
    assert await directory.person("U0ANA") == person
    assert slack.asked == [("users.info", {"user": "U0ANA"})]


@pytest.mark.parametrize(
    ("changes", "channel"),
    [
        ({}, Channel()),
        ({"is_archived": True}, Channel(is_archived=True)),
        ({"is_ext_shared": True, "is_shared": True}, Channel(is_shared_outside=True)),
        ({"is_shared": True}, Channel(is_shared_outside=True)),
        ({"is_shared": True, "is_org_shared": True}, Channel()),
        ({"is_shared": True, "is_org_shared": True, "is_ext_shared": True}, Channel(is_shared_outside=True)),
        ({"is_ext_shared": None}, Channel()),
        ({"is_ext_shared": None, "is_shared": True}, None),
        ({"is_ext_shared": None, "is_shared": None}, None),
        ({"is_ext_shared": "yes"}, None),
    ],
)
async def test_a_channel(
    slack: Slack, directory: SlackDirectory, changes: dict[str, Any], channel: Channel | None
) -> None:
    slack.says("conversations.info", channel={**CHANNEL, **changes})
    assert await directory.channel("C0INC") == channel


async def test_a_channel_of_which_slack_says_nothing_is_not_known_to_be_ours(
    slack: Slack, directory: SlackDirectory, caplog: pytest.LogCaptureFixture
) -> None:
    slack.says("conversations.info", channel={"id": "C0INC", "name": "inc-data"})
    assert await directory.channel("C0INC") is None
    [record] = caplog.records
    assert getattr(record, FIELDS) == {
        "method": "conversations.info", "missing": "is_ext_shared", "channel": "C0INC"
    }  # fmt: skip


async def test_an_answer_without_what_was_asked_is_said_with_ids_alone(
    slack: Slack, directory: SlackDirectory, caplog: pytest.LogCaptureFixture
) -> None:
    for method in ("users.info", "conversations.info", "usergroups.users.list"):
        slack.says(method)
    assert await directory.person("U0ANA") is None
    assert await directory.channel("C0INC") is None
    assert await directory.is_in_usergroups("U0ANA", ["S0ONE"]) is None
    assert [getattr(record, FIELDS) for record in caplog.records] == [
        {"method": "users.info", "missing": "user", "user": "U0ANA"},
        {"method": "conversations.info", "missing": "channel", "channel": "C0INC"},
        {"method": "usergroups.users.list", "missing": "users", "usergroup": "S0ONE"},
    ]


async def test_membership_in_user_groups(slack: Slack, directory: SlackDirectory) -> None:
    assert await directory.is_in_usergroups("U0ANA", ["S0ONE"]) is True
    assert await directory.is_in_usergroups("U0EVA", ["S0ONE"]) is False
    assert slack.asked == [("usergroups.users.list", {"usergroup": "S0ONE"})]


async def test_which_user_groups_there_are(slack: Slack, directory: SlackDirectory) -> None:
    gone = {"id": "S0GONE", "handle": "gone", "date_delete": 1_700_000_000}
    slack.says("usergroups.list", usergroups=[{"id": "S0ONE", "handle": "data-oncall", "date_delete": 0}, gone])
    assert [await directory.usergroup(group) for group in ("S0ONE", "S0GONE", "S0NONE")] == ["data-oncall", None, None]
    known = await directory.known({"S0ONE": "as it was called", "S0GONE": "gone"})
    assert known == {"S0ONE": "data-oncall"}
    assert [method for method, _ in slack.asked] == ["usergroups.list"]


async def test_where_slack_does_not_tell_every_user_group_is_believed(slack: Slack, directory: SlackDirectory) -> None:
    slack.fails("usergroups.list", _error)
    assert await directory.usergroup("S0ONE") == ""
    assert await directory.known({"S0ONE": "data-oncall"}) == {"S0ONE": "data-oncall"}


async def _error() -> web.StreamResponse:
    return web.json_response({"ok": False, "error": "missing_scope"})


async def _ratelimited() -> web.StreamResponse:
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "30"})


async def _html() -> web.StreamResponse:
    return web.Response(text="<html>down</html>", content_type="text/html", status=502)


async def _html_as_200() -> web.StreamResponse:
    return web.Response(text="<html>log in</html>", content_type="text/html")


async def _plain() -> web.StreamResponse:
    return web.Response(text="ok")


async def _not_utf_8() -> web.StreamResponse:
    return web.Response(body="Gäste".encode("latin-1"), content_type="text/plain", status=403)


async def _a_list() -> web.StreamResponse:
    return web.json_response([1])


async def _cut() -> web.StreamResponse:
    return web.Response(body=b'{"ok": tr', content_type="application/json")


async def _empty() -> web.StreamResponse:
    return web.Response(status=200)


FAILURES = [_error, _ratelimited, _html, _html_as_200, _plain, _not_utf_8, _a_list, _cut, _empty]


@pytest.mark.parametrize("answer", FAILURES, ids=lambda one: one.__name__.strip("_"))
async def test_whatever_goes_wrong_is_nothing_known(
    slack: Slack, directory: SlackDirectory, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    for method in slack.answers:
        slack.fails(method, answer)
    assert await directory.person("U0ANA") is None
    assert await directory.channel("C0INC") is None
    assert await directory.is_in_usergroups("U0ANA", ["S0ONE"]) is None
    assert all(record.getMessage().count("\n") == 0 for record in caplog.records)
    assert caplog.records
    assert "xoxb" not in caplog.text + str([getattr(record, FIELDS) for record in caplog.records])


async def test_a_short_rate_limit_is_waited_for_once(slack: Slack, directory: SlackDirectory) -> None:
    async def once() -> web.StreamResponse:
        slack.says("users.info", user=USER)
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "0"})

    slack.fails("users.info", once)
    assert await directory.person("U0ANA") is not None

    async def always() -> web.StreamResponse:
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "0"})

    slack.fails("users.info", always)
    assert await directory.person("U0BEN") is None
    assert [asked["user"] for _, asked in slack.asked] == ["U0ANA", "U0ANA", "U0BEN", "U0BEN"]


@pytest.mark.parametrize("nothing", [None, [], "U0ANA", 5])
async def test_an_answer_without_what_was_asked_for_is_nothing_known(
    slack: Slack, directory: SlackDirectory, nothing: object
) -> None:
    slack.says("users.info", user=nothing)
    slack.says("conversations.info", channel=nothing)
    slack.says("usergroups.users.list", users=None)
    assert await directory.person("U0ANA") is None
    assert await directory.channel("C0INC") is None
    assert await directory.is_in_usergroups("U0ANA", ["S0ONE"]) is None


async def test_a_yes_outweighs_the_failure_of_another_group(slack: Slack, directory: SlackDirectory) -> None:
    async def by_group() -> web.StreamResponse:
        if slack.asked[-1][1]["usergroup"] == "S0BROKEN":
            return await _error()
        return web.json_response({"ok": True, "users": ["U0ANA"]})

    slack.fails("usergroups.users.list", by_group)
    assert await directory.is_in_usergroups("U0ANA", ["S0BROKEN", "S0ONE"]) is True
    assert await directory.is_in_usergroups("U0EVA", ["S0BROKEN", "S0ONE"]) is None


async def test_an_answer_is_remembered_and_a_failure_is_not(slack: Slack, directory: SlackDirectory) -> None:
    slack.fails("users.info", _error)
    assert await directory.person("U0ANA") is None
    slack.says("users.info", user=USER)
    known = await directory.person("U0ANA")
    slack.fails("users.info", _error)
    assert await directory.person("U0ANA") == known
    assert [method for method, _ in slack.asked] == ["users.info"] * 2


async def test_a_fresh_question_is_never_answered_from_memory(slack: Slack, directory: SlackDirectory) -> None:
    assert await directory.person("U0ANA") is not None
    slack.says("users.info", user={**USER, "deleted": True})
    gone = await directory.person("U0ANA", fresh=True)
    assert gone is not None
    assert gone.is_deactivated
    slack.fails("users.info", _error)
    assert await directory.person("U0ANA", fresh=True) is None


async def test_a_socket_that_nobody_listens_to_is_nothing_known() -> None:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient("xoxb-1", base_url="http://127.0.0.1:1/api/", session=session, retry_handlers=[])
        assert await SlackDirectory(client).person("U0ANA") is None


class Clock:
    """Moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_what_slack_says_of_people_and_channels_is_used_again_for_seconds(
    slack: Slack, directory: SlackDirectory
) -> None:
    clock = Clock()
    one = SlackDirectory(directory.client, monotonic=clock)
    assert await one.channel("C0INC") == Channel()
    assert await one.person("U0ANA") is not None
    slack.says("conversations.info", channel={**CHANNEL, "is_ext_shared": True})
    slack.says("users.info", user={**USER, "deleted": True})
    clock.now = CACHE_SECONDS - 0.1
    assert await one.channel("C0INC") == Channel()
    clock.now = CACHE_SECONDS + 0.1
    assert await one.channel("C0INC") == Channel(is_shared_outside=True)
    person = await one.person("U0ANA")
    assert person is not None
    assert person.is_deactivated
    assert CACHE_SECONDS <= 5


async def test_news_of_a_channel_make_what_is_known_of_it_nothing(slack: Slack, directory: SlackDirectory) -> None:
    assert await directory.channel("C0INC") == Channel()
    slack.says("conversations.info", channel={**CHANNEL, "is_ext_shared": True})
    directory.forget_channel("C0ELSE")
    assert await directory.channel("C0INC") == Channel()
    directory.forget_channel("C0INC")
    assert await directory.channel("C0INC") == Channel(is_shared_outside=True)


async def test_news_while_a_channel_is_looked_up_outdate_the_answer(slack: Slack, directory: SlackDirectory) -> None:
    asked, held = asyncio.Event(), asyncio.Event()

    async def before() -> web.StreamResponse:
        asked.set()
        await held.wait()
        return web.json_response({"ok": True, "channel": CHANNEL})

    slack.fails("conversations.info", before)
    first = asyncio.create_task(directory.channel("C0INC"))
    await asked.wait()
    slack.says("conversations.info", channel={**CHANNEL, "is_ext_shared": True})
    directory.forget_channel("C0INC")
    assert await directory.channel("C0INC") == Channel(is_shared_outside=True)
    held.set()
    await first
    assert await directory.channel("C0INC") == Channel(is_shared_outside=True)


MEMBERS: list[tuple[dict[str, Any], dict[str, Channel] | None]] = [
    ({"channels": [CHANNEL]}, {"C0INC": Channel()}),
    ({"channels": [{**CHANNEL, "is_ext_shared": True}]}, {"C0INC": Channel(is_shared_outside=True)}),
    ({"channels": [{"id": "C0INC"}]}, {}),
    ({"channels": [None, "C0INC", {**CHANNEL, "id": 5}]}, {}),
    ({"channels": [CHANNEL], "response_metadata": {"next_cursor": 5}}, {"C0INC": Channel()}),
    ({"channels": [CHANNEL], "response_metadata": None}, {"C0INC": Channel()}),
    ({"channels": {"C0INC": CHANNEL}}, None),
    ({}, None),
]


@pytest.mark.parametrize(("answer", "channels"), MEMBERS)
async def test_the_channels_that_somebody_is_in(
    slack: Slack, directory: SlackDirectory, answer: dict[str, Any], channels: dict[str, Channel] | None
) -> None:
    slack.says("users.conversations", **answer)
    assert await directory.channels_of("U0ANA") == channels
    ((_, given),) = slack.asked
    assert (given["user"], given["types"]) == ("U0ANA", "public_channel,private_channel")
    assert "cursor" not in given


async def test_who_is_in_more_channels_than_are_read_is_in_none(slack: Slack, directory: SlackDirectory) -> None:
    async def page() -> web.StreamResponse:
        after = {"next_cursor": f"after {len(slack.asked)}"}
        return web.json_response({"ok": True, "channels": [CHANNEL], "response_metadata": after})

    slack.fails("users.conversations", page)
    assert await directory.channels_of("U0ANA") is None
    cursors = [None, *(f"after {pages}" for pages in range(1, CONVERSATIONS_PAGES))]
    assert [given.get("cursor") for _, given in slack.asked] == cursors


@pytest.mark.parametrize("cycle", [1, 2])
async def test_a_cursor_that_comes_again_is_followed_once(slack: Slack, directory: SlackDirectory, cycle: int) -> None:
    async def page() -> web.StreamResponse:
        after = {"next_cursor": f"cursor {len(slack.asked) % cycle}"}
        return web.json_response({"ok": True, "channels": [CHANNEL], "response_metadata": after})

    slack.fails("users.conversations", page)
    assert await directory.channels_of("U0ANA") is None, "there is more that Slack does not tell"
    assert len(slack.asked) == cycle + 1


async def test_pages_that_do_not_come_in_time_are_nothing_known(
    slack: Slack, directory: SlackDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each may make whoever asks wait for a rate limit, so they have one bound together."""

    async def never(_: float) -> None:
        await asyncio.Event().wait()

    async def page() -> web.StreamResponse:
        after = {"next_cursor": "dXNlcg=="}
        if len(slack.asked) > 1:
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "3"})
        return web.json_response({"ok": True, "channels": [CHANNEL], "response_metadata": after})

    one = SlackDirectory(directory.client, sleep=never)
    slack.fails("users.conversations", page)
    with monkeypatch.context() as patched:
        patched.setattr("jobbot.slack.web.directory.CONVERSATIONS_SECONDS", 0.05, raising=False)
        async with asyncio.timeout(30):
            assert await one.channels_of("U0ANA") is None
    slack.says("users.conversations", channels=[CHANNEL])
    assert await one.channels_of("U0ANA") == {"C0INC": Channel()}, "that was not remembered"


async def test_pages_may_be_shorter_than_was_asked_for(slack: Slack, directory: SlackDirectory) -> None:
    pages = [[], [{**CHANNEL, "id": "C0ONE"}], [], [{**CHANNEL, "id": "C0TWO"}], [{**CHANNEL, "id": "C0INC"}]]

    async def page() -> web.StreamResponse:
        after = "" if len(slack.asked) == len(pages) else f"after {len(slack.asked)}"
        channels = pages[len(slack.asked) - 1]
        return web.json_response({"ok": True, "channels": channels, "response_metadata": {"next_cursor": after}})

    slack.fails("users.conversations", page)
    assert await directory.channels_of("U0ANA") == {one: Channel() for one in ("C0ONE", "C0TWO", "C0INC")}


async def test_where_somebody_is_is_asked_once_for_a_while(slack: Slack, directory: SlackDirectory) -> None:
    slack.says("users.conversations", channels=[CHANNEL])
    for _ in range(3):
        assert await directory.channels_of("U0ANA") == {"C0INC": Channel()}
    assert len(slack.asked) == 1

"""Who may call the Web API, and what every answer has."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.playground.slack import LocalSlack
from tests.playground.slack.world import Clock, client_of, code_of, refusal_of
from tests.support.loopback import loopback_client


async def test_who_the_bot_is(slack: LocalSlack, bot: AsyncWebClient) -> None:
    answer = await bot.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T0ACME0001", slack.bot.id, slack.bot.bot_id)
    assert "enterprise_id" not in answer.data
    async with LocalSlack(grid=True) as grid:
        assert (await client_of(grid).auth_test())["enterprise_id"] == "E0ACME0001"


async def test_every_answer_has_slacks_headers(slack: LocalSlack, bot: AsyncWebClient) -> None:
    headers = (await bot.auth_test()).headers
    assert headers["x-oauth-scopes"].split(",") == sorted(slack.scopes)
    assert headers["date"] == "Wed, 04 Mar 2026 10:42:05 GMT"
    assert headers["x-slack-req-id"] != (await bot.auth_test()).headers["x-slack-req-id"]


async def test_a_token_is_needed_and_must_be_the_right_one(slack: LocalSlack) -> None:
    async with loopback_client(base_url=slack.api_url) as nobody:
        assert (await nobody.post("auth.test")).json() == {"ok": False, "error": "not_authed"}
        assert (await nobody.post("auth.test", data={"token": slack.bot_token})).json()["ok"]
    assert await code_of(client_of(slack, "xoxb-none").auth_test()) == "invalid_auth"
    assert await code_of(client_of(slack, slack.app_token).auth_test()) == "not_allowed_token_type"


async def test_socket_mode_is_opened_with_the_apps_token_only(slack: LocalSlack, bot: AsyncWebClient) -> None:
    url = (await bot.apps_connections_open(app_token=slack.app_token))["url"]
    assert url.startswith(slack.url.replace("http", "ws"))
    assert await code_of(bot.apps_connections_open(app_token=slack.bot_token)) == "invalid_auth"
    assert await code_of(bot.apps_connections_open(app_token="xapp-none")) == "invalid_auth"
    async with loopback_client(base_url=slack.api_url) as nobody:
        answer = await nobody.post("apps.connections.open", data={"token": slack.app_token})
    assert answer.json()["error"] == "not_authed"


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "token_expired"])
async def test_a_token_can_be_taken_back(slack: LocalSlack, bot: AsyncWebClient, code: str) -> None:
    slack.revoke(slack.bot_token, code)
    assert await code_of(bot.auth_test()) == code
    slack.revoke(slack.app_token, code)
    assert await code_of(bot.apps_connections_open(app_token=slack.app_token)) == code


@pytest.mark.parametrize(
    ("scope", "method", "args"),
    [
        ("chat:write", "chat.postMessage", {"channel": "C0INCDATA1", "text": "x"}),
        ("chat:write", "chat.postEphemeral", {"channel": "C0INCDATA1", "user": "U0ANA00001", "text": "x"}),
        ("users:read", "users.info", {"user": "U0ANA00001"}),
        ("channels:read", "conversations.info", {"channel": "C0INCDATA1"}),
        ("groups:read", "conversations.info", {"channel": "C0LEADS001"}),
        ("channels:read", "users.conversations", {"user": "U0ANA00001"}),
        ("groups:read", "users.conversations", {"user": "U0ANA00001", "types": "public_channel,private_channel"}),
        ("usergroups:read", "usergroups.list", {}),
        ("usergroups:read", "usergroups.users.list", {"usergroup": "S0ONCALL01"}),
    ],
)
async def test_a_scope_that_is_not_granted_is_named(
    slack: LocalSlack, bot: AsyncWebClient, scope: str, method: str, args: dict[str, str]
) -> None:
    assert await code_of(bot.api_call(method, params=args)) == "ok"
    slack.scopes.remove(scope)
    refused = await refusal_of(bot.api_call(method, params=args))
    assert (refused["error"], refused["needed"]) == ("missing_scope", scope)
    assert refused["provided"].split(",") == sorted(slack.scopes)


async def test_what_slack_has_no_method_for(bot: AsyncWebClient) -> None:
    assert await refusal_of(bot.api_call("jobs.stop")) == {
        "ok": False, "error": "unknown_method", "req_method": "jobs.stop"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("application/json", b"{", "invalid_json"),
        ("application/json", b"[]", "json_not_object"),
        ("text/plain", b"hello", "invalid_post_type"),
        ("", b"hello", "missing_post_type"),
        ("application/x-www-form-urlencoded", b"\xff=1", "invalid_form_data"),
    ],
)
async def test_bodies_that_cannot_be_read(slack: LocalSlack, content_type: str, body: bytes, code: str) -> None:
    headers = {"authorization": f"Bearer {slack.bot_token}", "content-type": content_type}
    async with loopback_client(base_url=slack.api_url, headers=headers) as caller:
        assert (await caller.post("api.test", content=body)).json()["error"] == code


async def test_forms_and_json_are_the_same(slack: LocalSlack) -> None:
    headers = {"authorization": f"Bearer {slack.bot_token}"}
    wanted = {"ok": True, "args": {"foo": "bar"}}
    async with loopback_client(base_url=slack.api_url, headers=headers) as caller:
        assert (await caller.post("api.test", data={"foo": "bar"})).json() == wanted
        assert (await caller.post("api.test", json={"foo": "bar"})).json() == wanted
        assert (await caller.get("api.test", params={"foo": "bar"})).json() == wanted
        assert (await caller.post("api.test", json={"error": "my_error"})).json()["error"] == "my_error"


async def test_the_record_of_calls_has_no_secret(slack: LocalSlack, bot: AsyncWebClient, clock: Clock) -> None:
    await bot.chat_postMessage(channel="C0INCDATA1", text="hi", token=slack.bot_token)
    clock.advance(seconds=1)
    await code_of(bot.api_call("chat.postMessage", params={"channel": "C0", "token": slack.bot_token}))
    first, second = slack.calls
    assert (first.method, first.args["text"], first.status, first.ok, first.error) == (
        "chat.postMessage", "hi", 200, True, None
    )  # fmt: skip
    assert (second.error, (second.at - first.at).total_seconds()) == ("channel_not_found", 1)
    assert slack.refused_calls == [second]
    assert slack.bot_token not in repr(slack.calls)
    slack.forgive()
    assert slack.refused_calls == []
    assert slack.calls_of("chat.postMessage") == [first, second]

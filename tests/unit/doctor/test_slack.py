"""Slack: each check once right, and in each of the ways in which it is wrong."""

from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.config import ChannelSettings
from jobbot.doctor import access
from jobbot.doctor.channels import channel_findings
from jobbot.doctor.workspace import auth_test, scopes
from tests.unit.doctor.world import Practice

INC, SHARED, ARCHIVED, RANDOM, LEADS = "C0INCDATA1", "C0SHARED01", "C0INC2021X", "C0RANDOM01", "C0LEADS001"
EVERYTHING = ChannelSettings()


async def test_everything_that_is_right_is_said_to_be(it: Practice) -> None:
    it.has(channels={INC: ChannelSettings(stop_usergroups=frozenset({"S0ONCALL01"}))})
    examined = await it.looks()
    assert examined.is_well
    assert {one.outcome for one in examined.findings} == {"ok", "skipped"}
    skipped = [one.check for one in examined.findings if one.outcome == "skipped"]
    assert skipped == ["signing secret", "adverity permissions"], "whether a Token key may write nobody tells"
    assert [one.check for one in examined.findings] == [
        *("settings", "bot token", "app token", "signing secret", "scopes", "clock", "channel", "user group"),
        *("adverity", "adverity key", "adverity clock", *["adverity permissions"] * 6),
        *("adverity workspaces", "database", "port"),
    ]


class TestTheBotsToken:
    async def test_it_says_who_jobbot_is(self, it: Practice) -> None:
        found = await it.finds("bot token")
        assert (found.outcome, found.says) == ("ok", "@jobbot (U0JOBBOT01) in acme (T0ACME0001)")

    async def test_one_that_is_revoked(self, it: Practice) -> None:
        it.slack.revoke(it.slack.bot_token)
        found = await it.finds("bot token")
        assert (found.outcome, found.says) == ("wrong", "Slack refused it (token_revoked)")
        assert "OAuth & Permissions" in found.next

    async def test_without_one_that_works_the_rest_is_looked_at_all_the_same(self, it: Practice) -> None:
        it.slack.revoke(it.slack.bot_token)
        found = (await it.looks()).findings
        assert {one.outcome for one in found if one.check == "channel"} == {"skipped"}
        assert {one.check for one in found if one.outcome == "ok"} >= {"app token", "adverity key", "database", "port"}

    async def test_one_that_is_missing(self, it: Practice) -> None:
        it.has(bot_token=None)
        assert (await it.finds("bot token")).outcome == "skipped"

    @pytest.mark.parametrize(
        ("how", "says"),
        [("broken", "127.0.0.1 has an error of its own (status 500)"), ("cut", "127.0.0.1: the connection was cut")],
    )
    async def test_slack_that_cannot_be_asked(self, it: Practice, how: str, says: str) -> None:
        it.slack.faults.broken("auth.test") if how == "broken" else it.slack.faults.cut("auth.test")
        found = await it.finds("bot token")
        assert (found.outcome, found.says) == ("wrong", says)

    async def test_trouble_of_slacks_own_blames_no_token(self, it: Practice) -> None:
        it.slack.faults.error("auth.test", "internal_error")
        it.slack.faults.error("apps.connections.open", "internal_error")
        for check in ("bot token", "app token"):
            found = await it.finds(check)
            assert (found.outcome, found.says) == ("wrong", "Slack has an error of its own (internal_error)")
            assert found.next.startswith("try again later")

    @pytest.mark.parametrize("status", [200, 404])
    async def test_somebody_else_in_slacks_place(self, it: Practice, status: int) -> None:
        it.slack.faults.broken("auth.test", status)
        it.slack.faults.broken("apps.connections.open", status)
        for check in ("bot token", "app token"):
            found = await it.finds(check)
            assert found.says == (
                f"127.0.0.1: what answers is not Slack's API (status {status}), "
                "but a login page, a proxy, or another host"
            )
            assert "DNS" not in found.next
        assert (await it.finds("clock")).outcome == "skipped", "nobody knows whose that is"

    async def test_an_answer_that_is_none_of_slacks_at_all(self) -> None:
        async def page(_: web.Request) -> web.Response:
            return web.Response(body="Gäste".encode("latin-1"), content_type="text/plain")

        app = web.Application()
        app.router.add_post("/api/auth.test", page)
        async with TestServer(app) as server:
            client = AsyncWebClient("xoxb-1", base_url=str(server.make_url("/api/")))
            found = (await auth_test(client, lambda: datetime.now(UTC))).findings[0]
        assert "what answers is not Slack's API (unreadable_answer), but a login page" in found.says
        assert "DNS" not in found.next

    async def test_slack_that_is_not_there(self, it: Practice) -> None:
        """Told like an Adverity that is not there."""
        it.has(slack_api_url="http://127.0.0.1:1/api/")
        for check in ("bot token", "app token"):
            found = await it.finds(check)
            assert (found.outcome, found.says) == ("wrong", "127.0.0.1: the connection was refused")
            assert "DNS, proxy, firewall" in found.next

    async def test_a_name_that_nobody_has(self, it: Practice) -> None:
        it.has(slack_api_url="https://slack.invalid/api/")
        assert (await it.finds("bot token")).says == "slack.invalid: the host's name is not known"

    async def test_slack_that_asks_to_wait(self, it: Practice) -> None:
        it.slack.faults.ratelimit("auth.test", times=None)
        it.slack.faults.ratelimit("apps.connections.open", times=None)
        for check in ("bot token", "app token"):
            found = await it.finds(check)
            assert (found.outcome, found.says) == ("warn", "Slack asks to wait")


class TestTheAppsToken:
    async def test_it_opens_a_connection_and_none_is_opened(self, it: Practice) -> None:
        assert (await it.finds("app token")).outcome == "ok"
        assert it.slack.connections == 0

    @pytest.mark.parametrize(
        ("code", "words"), [("invalid_auth", "invalid_auth"), ("missing_scope", "connections:write")]
    )
    async def test_one_that_is_not_taken(self, it: Practice, code: str, words: str) -> None:
        it.slack.faults.error("apps.connections.open", code)
        found = await it.finds("app token")
        assert found.outcome == "wrong"
        assert words in found.says
        assert "App-Level Tokens" in found.next

    async def test_over_http_it_is_not_used(self, it: Practice) -> None:
        it.has(mode="http")
        assert (await it.finds("app token")).outcome == "skipped"
        assert not it.slack.calls_of("apps.connections.open")


class TestTheSigningSecret:
    async def test_it_has_the_right_shape(self, it: Practice) -> None:
        it.has(mode="http")
        assert (await it.finds("signing secret")).outcome == "ok"

    async def test_another_shape_is_worth_a_word(self, it: Practice) -> None:
        it.has(mode="http", signing_secret=SecretStr("xoxb-another"))
        found = await it.finds("signing secret")
        assert found.outcome == "warn"
        assert "Basic Information" in found.next


class TestScopes:
    async def test_those_of_the_manifest(self, it: Practice) -> None:
        assert (await it.finds("scopes")).outcome == "ok"

    async def test_one_that_is_missing_is_named_with_what_it_is_for(self, it: Practice) -> None:
        it.slack.scopes.discard("users:read")
        found = await it.finds("scopes")
        assert found.outcome == "wrong"
        assert found.says.startswith("missing: users:read (whether somebody is a guest")
        assert "Reinstall" in found.next

    async def test_one_that_is_too_much(self, it: Practice) -> None:
        it.slack.scopes.add("channels:history")
        found = await it.finds("scopes")
        assert (found.outcome, found.says) == ("warn", "more than jobbot uses: channels:history")

    def test_an_answer_that_does_not_say_which(self) -> None:
        found = scopes({})
        assert (found.outcome, found.says) == ("warn", "Slack does not say which scopes were granted")

    async def test_both(self, it: Practice) -> None:
        it.slack.scopes.symmetric_difference_update({"files:read", "commands"})
        missing = "commands (the slash command, and the shortcuts)"
        assert (await it.finds("scopes")).says == f"missing: {missing}; not needed: files:read"


class TestTheClock:
    async def test_it_agrees(self, it: Practice) -> None:
        assert (await it.finds("clock")).outcome == "ok"

    @pytest.mark.parametrize(
        ("minutes", "outcome", "words"),
        [(10, "wrong", "s ahead of Slack's: signatures"), (-10, "wrong", "s behind Slack's"), (2, "warn", "ahead of")],
    )
    async def test_it_does_not(self, it: Practice, minutes: int, outcome: str, words: str) -> None:
        it.clock.advance(minutes=minutes)
        found = await it.finds("clock")
        assert found.outcome == outcome
        assert words in found.says
        assert "chrony" in found.next

    async def test_it_is_known_too_when_the_token_is_refused(self, it: Practice) -> None:
        it.slack.revoke(it.slack.bot_token)
        it.clock.advance(minutes=10)
        assert (await it.finds("clock")).outcome == "wrong"


class TestChannels:
    @pytest.mark.parametrize(
        ("channel", "outcome", "words"),
        [
            (INC, "ok", "#inc-data (C0INCDATA1): public, jobbot is in it"),
            (LEADS, "ok", "#data-leads (C0LEADS001): private, jobbot is in it"),
            (RANDOM, "wrong", "#random (C0RANDOM01): public, and jobbot is not in it"),
            (ARCHIVED, "wrong", "#inc-2021 (C0INC2021X): public, archived"),
            (SHARED, "warn", "shared with another organisation: answers are private"),
            ("C0NOWHERE1", "wrong", "C0NOWHERE1: does not exist, or is private and jobbot is not in it"),
        ],
    )
    async def test_what_it_is(self, it: Practice, channel: str, outcome: str, words: str) -> None:
        it.has(channels={channel: EVERYTHING})
        found = await it.finds("channel", words)
        assert found.outcome == outcome

    def test_one_of_which_slack_does_not_say_whether_it_is_shared(self) -> None:
        [found] = channel_findings(INC, {"name": "inc-data", "is_member": True}, EVERYTHING)
        assert found.outcome == "wrong"
        assert "does not say whether another organisation shares it" in found.says

    @pytest.mark.parametrize(
        ("rule", "outcome", "words"),
        [
            (EVERYTHING, "warn", "answers will then be private, everything else will then be refused"),
            (
                ChannelSettings(may=frozenset({"view", "retry"}), external=True),
                "warn",
                "retry there will then be refused, whatever the settings say",
            ),
            (ChannelSettings(external=True), "ok", "which will then see the jobs: external = true"),
        ],
    )
    def test_one_to_which_another_organisation_is_invited(
        self, rule: ChannelSettings, outcome: str, words: str
    ) -> None:
        seen = {"name": "inc-data", "is_member": True, "is_ext_shared": False, "is_pending_ext_shared": True}
        [found] = channel_findings(INC, seen, rule)
        assert (found.outcome, bool(found.next)) == (outcome, outcome == "warn")
        assert found.says.startswith("public, about to be shared with another organisation")
        assert words in found.says

    async def test_one_that_is_meant_to_be_shared(self, it: Practice) -> None:
        it.has(channels={SHARED: ChannelSettings(external=True)})
        assert (await it.finds("channel", "which sees the jobs")).outcome == "ok"

    async def test_one_that_is_shared_and_may_act_is_warned_of(self, it: Practice) -> None:
        it.has(channels={SHARED: ChannelSettings(may=frozenset({"view", "fetch", "pause"}), external=True)})
        found = await it.finds("channel", "fetch, pause there is refused, whatever the settings say")
        assert found.outcome == "warn"

    async def test_a_scope_that_is_missing_spoils_that_kind_of_channel_alone(self, it: Practice) -> None:
        it.has(channels={INC: EVERYTHING, LEADS: EVERYTHING})
        it.slack.scopes.discard("groups:read")
        assert (await it.finds("channel", LEADS)).says == "cannot be checked without its scope"
        assert (await it.finds("channel", INC)).outcome == "ok"

    async def test_an_answer_that_says_nothing_of_it(self, it: Practice) -> None:
        it.has(channels={INC: EVERYTHING})
        it.slack.faults.bare("conversations.info")
        found = await it.finds("channel", INC)
        assert (found.outcome, found.says) == ("wrong", "Slack gave no answer about it (an answer without channel)")

    async def test_one_that_is_not_answered_hides_no_other(self, it: Practice) -> None:
        it.has(channels={INC: EVERYTHING, SHARED: EVERYTHING, LEADS: EVERYTHING})
        it.slack.faults.broken("conversations.info", times=1)
        outcomes = sorted(one.outcome for one in (await it.looks()).findings if one.check == "channel")
        assert len(outcomes) == 3
        assert outcomes.count("wrong") == 1

    async def test_slack_that_asks_to_wait(self, it: Practice) -> None:
        it.has(channels={INC: EVERYTHING})
        it.slack.faults.ratelimit("conversations.info")
        assert (await it.finds("channel", "asks to wait")).outcome == "warn"


class TestWhoMayStop:
    @pytest.mark.parametrize(
        ("user", "outcome", "words"),
        [
            ("U0ANA00001", "ok", "@ana"),
            ("U0GUS00001", "warn", "is a guest"),
            ("U0OLGA0001", "wrong", "another organisation"),
            ("U0ROBO0001", "wrong", "is a bot"),
            ("U0LEFT0001", "wrong", "is deactivated"),
            ("U0NOBODY01", "wrong", "does not exist here"),
        ],
    )
    async def test_a_person(self, it: Practice, user: str, outcome: str, words: str) -> None:
        it.has(channels={INC: ChannelSettings(stop_users=frozenset({user}))})
        assert (await it.finds("user", words)).outcome == outcome

    async def test_a_guest_who_is_meant(self, it: Practice) -> None:
        it.has(channels={INC: ChannelSettings(stop_users=frozenset({"U0GUS00001"}), guests_may_stop=True)})
        assert (await it.finds("user")).outcome == "ok"

    async def test_who_may_act_is_looked_at_as_well(self, it: Practice) -> None:
        who = ChannelSettings(act_users=frozenset({"U0LEFT0001"}), act_usergroups=frozenset({"S0NOWHERE1"}))
        it.has(channels={INC: who})
        assert (await it.finds("user", "is deactivated")).outcome == "wrong"
        assert (await it.finds("user group", "permits nobody to stop or act")).outcome == "wrong"

    async def test_a_group(self, it: Practice) -> None:
        found = await it.finds("user group")
        assert (found.outcome, found.subject, found.says) == ("ok", "@data-oncall (S0ONCALL01)", "2 people")

    @pytest.mark.parametrize(
        ("how", "outcome", "words"), [("disabled", "wrong", "is disabled"), ("empty", "warn", "has no members")]
    )
    async def test_a_group_that_lets_nobody_stop(self, it: Practice, how: str, outcome: str, words: str) -> None:
        group = it.slack.usergroup("data-oncall")
        group.is_disabled = how == "disabled"
        group.users[:] = [] if how == "empty" else group.users
        found = await it.finds("user group")
        assert found.outcome == outcome
        assert words in found.says

    async def test_a_group_without_a_handle_goes_by_its_id(self, it: Practice) -> None:
        it.slack.usergroup("data-oncall").handle = ""
        assert (await it.finds("user group")).subject == "S0ONCALL01"
        examined = await it.looks()
        assert access.rows(it.settings, examined.known)[0][8] == "S0ONCALL01"

    async def test_a_group_that_is_none(self, it: Practice) -> None:
        it.has(channels={INC: ChannelSettings(stop_usergroups=frozenset({"S0NOWHERE1"}))})
        assert (await it.finds("user group", "does not exist")).outcome == "wrong"

    async def test_groups_without_their_scope(self, it: Practice) -> None:
        it.slack.scopes.discard("usergroups:read")
        assert (await it.finds("user group")).says == "cannot be checked without its scope"

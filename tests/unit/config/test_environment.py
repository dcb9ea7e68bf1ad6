"""The variables: what is needed, what is wrong, and which mode comes of it."""

from typing import ClassVar

import pytest

from tests.unit.config.world import SOUND, Machine


class TestTheEnvironment:
    """One instance, its channels, and everything that has a default."""

    def test_the_least_that_is_needed(self, machine: Machine) -> None:
        found = machine.has().starts()
        assert found.bot_token.get_secret_value() == "xoxb-1-abc"
        assert (found.mode, found.host, found.port) == ("socket", "0.0.0.0", 3000)
        assert (found.log_format, found.log_level) == ("text", "INFO")
        assert found.slack_api_url == "https://slack.com/api/"
        assert found.database_url.get_secret_value() == "sqlite:///jobbot.db"
        assert list(found.channels) == ["C0AAA", "C0BBB"]
        assert all(rule.may == {"view", "stop", "watch", "alerts"} for rule in found.channels.values())
        (name,) = found.instances
        assert name == "acme"
        assert found.instances[name].url == "https://acme.datatap.adverity.com"
        assert (found.instances[name].scheme, found.instances[name].concurrency) == ("Token", 1)

    def test_nothing_at_all_names_everything_at_once(self, machine: Machine) -> None:
        assert machine.names() == [
            "SLACK_BOT_TOKEN",
            "SLACK_APP_TOKEN",
            "ADVERITY_INSTANCE",
            "ADVERITY_API_KEY",
            "JOBBOT_CHANNELS",
        ]

    def test_every_variable_that_is_wrong_has_its_line_and_no_other_has(self, machine: Machine) -> None:
        wrong = {
            "SLACK_BOT_TOKEN": "xoxp-1",
            "SLACK_APP_TOKEN": "xapp-1 2",
            "SLACK_SIGNING_SECRET": "with blank",
            "SLACK_API_URL": "http://slack.com/api/",
            "ADVERITY_INSTANCE": "http://acme.datatap.adverity.com",
            "ADVERITY_API_KEY": "sch\u00f6n",
            "ADVERITY_AUTH_SCHEME": "Basic",
            "JOBBOT_CHANNELS": "#inc-data",
            "JOBBOT_STOP_CHANNELS": "inc",
            "JOBBOT_STOP_USERS": "@ana",
            "JOBBOT_STOP_USERGROUPS": "oncall",
            "JOBBOT_DATABASE_URL": "mysql://db",
            "PORT": "http",
            "JOBBOT_LOG_FORMAT": "xml",
            "JOBBOT_LOG_LEVEL": "loud",
        }
        names = machine.has(wrong).names()
        assert [name.partition(" ")[0] for name in names] == list(wrong)

    @pytest.mark.parametrize("empty", ["", None])
    def test_empty_counts_as_not_set(self, machine: Machine, empty: str | None) -> None:
        names = ["SLACK_SIGNING_SECRET", "JOBBOT_STOP_CHANNELS", "JOBBOT_STOP_USERS", "JOBBOT_STOP_USERGROUPS"]
        names += ["PORT", "JOBBOT_LOG_LEVEL", "JOBBOT_CONFIG", "JOBBOT_DATABASE_URL", "ADVERITY_AUTH_SCHEME"]
        assert machine.has().starts() == machine.has(**dict.fromkeys(names, empty)).starts()
        assert machine.has(JOBBOT_CHANNELS=empty).names() == ["JOBBOT_CHANNELS"]

    def test_a_name_in_other_letters_is_another_name(self, machine: Machine) -> None:
        assert machine.has(port="99", jobbot_host="::").starts().port == 3000

    def test_a_variable_of_somebody_else_is_no_problem(self, machine: Machine) -> None:
        assert machine.has(SLACK_CLIENT_ID="1.2", JOBBOT_UNKNOWN="x").starts().mode == "socket"

    @pytest.mark.parametrize(("given", "port"), [("0", 0), ("65535", 65535), ("8080", 8080)])
    def test_a_port(self, machine: Machine, given: str, port: int) -> None:
        assert machine.has(PORT=given).starts().port == port

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ("65536", "must be at most 65535"),
            ("-1", "must be at least 0"),
            ("http", "is not a whole number"),
            ("80 81", "is not a whole number"),
            ("80.5", "is not a whole number"),
            ("9" * 5000, "is not"),
        ],
    )
    def test_what_is_no_port(self, machine: Machine, given: str, sentence: str) -> None:
        (line,) = machine.has(PORT=given).problems()
        assert line.startswith(f"PORT: {sentence}")

    def test_words_of_a_few_are_named(self, machine: Machine) -> None:
        (line,) = machine.has(ADVERITY_AUTH_SCHEME="token").problems()
        assert line == "ADVERITY_AUTH_SCHEME: must be one of 'Token' or 'Bearer'; did you mean Token?"


class TestTheMode:
    """Socket Mode where its token is, else HTTP; the command line decides."""

    HTTP: ClassVar = {**SOUND, "SLACK_SIGNING_SECRET": "0123456789abcdef"}

    def test_socket_where_its_token_is(self, machine: Machine) -> None:
        assert machine.has(self.HTTP).starts().mode == "socket"

    def test_http_without_it(self, machine: Machine) -> None:
        assert machine.has(self.HTTP, SLACK_APP_TOKEN=None).starts().mode == "http"

    def test_the_command_line_decides(self, machine: Machine) -> None:
        assert machine.has(self.HTTP).starts(mode="http").mode == "http"
        assert machine.has(self.HTTP, SLACK_APP_TOKEN=None).names(mode="socket") == ["SLACK_APP_TOKEN"]

    def test_each_needs_its_own_secret(self, machine: Machine) -> None:
        assert machine.has().names(mode="http") == ["SLACK_SIGNING_SECRET"]
        assert machine.has(SLACK_APP_TOKEN="").names(mode="socket") == ["SLACK_APP_TOKEN"]

    def test_without_either_both_ways_are_named_and_one_recommended(self, machine: Machine) -> None:
        (line,) = machine.has(SLACK_APP_TOKEN="").problems()
        assert line == (
            "SLACK_APP_TOKEN: is missing: set it for Socket Mode (recommended; it begins with xapp-), "
            "or set SLACK_SIGNING_SECRET for HTTP"
        )

    def test_a_malformed_secret_is_malformed_and_not_missing(self, machine: Machine) -> None:
        it = machine.has(SLACK_BOT_TOKEN="xoxp-1", SLACK_APP_TOKEN=None, SLACK_SIGNING_SECRET="a b")
        lines = it.problems()
        assert [line.split(": ")[:2] for line in lines] == [
            ["SLACK_BOT_TOKEN", "is malformed"],
            ["SLACK_SIGNING_SECRET", "is malformed"],
        ]

    def test_a_wrong_app_token_is_not_a_wish_for_http(self, machine: Machine) -> None:
        assert machine.has(SLACK_APP_TOKEN="xoxb-9").names() == ["SLACK_APP_TOKEN"]

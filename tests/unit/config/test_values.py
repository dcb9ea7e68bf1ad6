"""Single settings: channels, hosts, the database. What would only fail, or harm, later stops the start."""

import re

import pytest

from tests.unit.config.world import SOUND, Machine


class TestChannels:
    """Ids, never names; and a limit that is not understood never reads as none."""

    @pytest.mark.parametrize(
        "given", ["C0AAA, C0BBB", " C0AAA C0BBB\n", "C0AAA,,C0BBB,", "C0AAA;C0BBB".replace(";", "\t")]
    )
    def test_ids_with_commas_or_blanks_between(self, machine: Machine, given: str) -> None:
        assert list(machine.has(JOBBOT_CHANNELS=given).starts().channels) == ["C0AAA", "C0BBB"]

    @pytest.mark.parametrize(
        ("name", "given"),
        [
            ("JOBBOT_CHANNELS", "#inc-data"),
            ("JOBBOT_CHANNELS", "inc-data"),
            ("JOBBOT_CHANNELS", "c0aaa"),
            ("JOBBOT_CHANNELS", "U0ANA"),
            ("JOBBOT_CHANNELS", "D0ANA"),
            ("JOBBOT_CHANNELS", "C"),
            ("JOBBOT_CHANNELS", "C0\u0410\u0410"),
            ("JOBBOT_CHANNELS", "<#C0AAA|inc>"),
            ("JOBBOT_STOP_CHANNELS", "NONE"),
            ("JOBBOT_STOP_CHANNELS", "C0AAA,none"),
            ("JOBBOT_STOP_USERS", "@ana"),
            ("JOBBOT_STOP_USERS", "C0AAA"),
            ("JOBBOT_STOP_USERGROUPS", "U0ANA"),
            ("JOBBOT_STOP_USERGROUPS", "@oncall"),
        ],
    )
    def test_what_is_no_id_has_one_line_with_its_place(self, machine: Machine, name: str, given: str) -> None:
        (line,) = machine.has(**{name: given}).problems()
        entry = given.count(",") + 1
        assert line.startswith(f"{name} (entry {entry}): ")
        assert re.search(r"is not a (channel|person|user group)'s id: the id, like [CUS]0123ABCD, is .* in Slack", line)

    @pytest.mark.parametrize(
        ("name", "word"),
        [
            ("JOBBOT_CHANNELS", "general"),
            ("JOBBOT_CHANNELS", "#inc-data"),
            ("JOBBOT_CHANNELS", "inc-2026-11-01"),
            ("JOBBOT_STOP_CHANNELS", "team2_alerts"),
            ("JOBBOT_STOP_USERS", "@ana.smith"),
            ("JOBBOT_STOP_USERGROUPS", "oncall"),
        ],
    )
    def test_a_name_in_the_place_of_an_id_is_quoted(self, machine: Machine, name: str, word: str) -> None:
        (line,) = machine.has(**{name: word}).problems()
        assert line.startswith(f'{name} (entry 1): "{word}" is not a ')

    @pytest.mark.parametrize(
        "secret",
        ["xoxb-12345678-abc", "9f86d081884c7d659a2feaa0c55ad015", "deadbeef12345678", "Abc", "a" * 41],
    )
    def test_what_might_be_a_secret_is_not(self, machine: Machine, secret: str) -> None:
        for line in machine.has(JOBBOT_CHANNELS=secret).problems():
            assert '"' not in line
            assert secret not in line

    @pytest.mark.parametrize("name", ["JOBBOT_STOP_CHANNELS", "JOBBOT_STOP_USERS", "JOBBOT_STOP_USERGROUPS"])
    @pytest.mark.parametrize("given", [",", " ", " , ,", "\t"])
    def test_a_list_of_nobody_is_not_a_list_of_everybody(self, machine: Machine, name: str, given: str) -> None:
        (line,) = machine.has(**{name: given}).problems()
        assert line.startswith(f"{name}: is set, but names nothing")

    def test_stopping_in_one_of_them(self, machine: Machine) -> None:
        found = machine.has(JOBBOT_STOP_CHANNELS="C0BBB").starts().channels
        assert {id_: "stop" in rule.may for id_, rule in found.items()} == {"C0AAA": False, "C0BBB": True}

    def test_stopping_nowhere(self, machine: Machine) -> None:
        found = machine.has(JOBBOT_STOP_CHANNELS="none").starts().channels
        assert all(rule.may == {"view", "watch", "alerts"} for rule in found.values())

    def test_the_variables_permit_no_acts(self, machine: Machine) -> None:
        found = machine.has(JOBBOT_STOP_USERS="U0ANA").starts().channels
        assert all(rule.may == {"view", "stop", "watch", "alerts"} for rule in found.values())

    def test_stopping_where_nothing_is_shown(self, machine: Machine) -> None:
        lines = machine.has(JOBBOT_STOP_CHANNELS="C0AAA,C0CCC,C0DDD").problems()
        assert lines == [f"JOBBOT_STOP_CHANNELS (entry {at}): is not one of JOBBOT_CHANNELS" for at in (2, 3)]

    def test_stopping_where_nothing_is_shown_is_not_said_of_channels_that_are_wrong(self, machine: Machine) -> None:
        found = machine.has(JOBBOT_CHANNELS="#inc", JOBBOT_STOP_CHANNELS="C0AAA").names()
        assert found == ["JOBBOT_CHANNELS (entry 1)"]

    def test_who_may_stop(self, machine: Machine) -> None:
        found = machine.has(JOBBOT_STOP_USERS="U0ANA,W0EVA", JOBBOT_STOP_USERGROUPS="S0ONCALL").starts()
        assert {rule.stop_users for rule in found.channels.values()} == {frozenset({"U0ANA", "W0EVA"})}
        assert {rule.stop_usergroups for rule in found.channels.values()} == {frozenset({"S0ONCALL"})}


class TestHosts:
    """https, one plain host; http on loopback alone, because the key would travel in the open."""

    @pytest.mark.parametrize(
        ("given", "url"),
        [
            ("acme.datatap.adverity.com", "https://acme.datatap.adverity.com"),
            ("https://acme.datatap.adverity.com/", "https://acme.datatap.adverity.com"),
            ("HTTPS://Acme.Datatap.Adverity.com", "https://acme.datatap.adverity.com"),
            ("acme.datatap.adverity.com:8443", "https://acme.datatap.adverity.com:8443"),
            ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
            ("http://localhost:8081/", "http://localhost:8081"),
            ("http://[::1]:8081", "http://[::1]:8081"),
            ("https://10.0.0.1", "https://10.0.0.1"),
        ],
    )
    def test_a_host(self, machine: Machine, given: str, url: str) -> None:
        (instance,) = machine.has(ADVERITY_INSTANCE=given).starts().instances.values()
        assert instance.url == url

    @pytest.mark.parametrize(
        "given",
        [
            "http://acme.datatap.adverity.com",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "http://127.1",
            "http://0.0.0.0:8081",
            "http://evil.example#@127.0.0.1",
            "http://evil.example\\@127.0.0.1",
            "http://user@127.0.0.1",
            "http://127.0.0.1@evil.example",
            "https://user:pass@acme.example",
            "https://@acme.example",
            "https://evil.example\\.adverity.com",
            "https://acme.example/api/",
            "https://acme.example?x=1",
            "https://acme.example#x",
            "https://acme.example:0",
            "https://acme.example:99999",
            "https://acme.example:port",
            "https://acme .example",
            "acme.example\nevil.example",
            "acme_example.com",
            "-acme.example",
            "acme..example",
            "acme%2eexample",
            "\u0430cme.example",
            "a" * 64 + ".example",
            "a." * 130 + "example",
            "ftp://acme.example",
            "file:///etc/passwd",
            "//acme.example",
            "https://",
            "https://[",
            "https://[::1",
            ".",
            "your Adverity",
        ],
    )
    def test_what_is_none(self, machine: Machine, given: str) -> None:
        (line,) = machine.has(ADVERITY_INSTANCE=given).problems()
        assert line.startswith("ADVERITY_INSTANCE: ")
        assert "evil" not in line

    @pytest.mark.parametrize(
        ("given", "name"),
        [
            ("acme.datatap.adverity.com", "acme"),
            ("http://127.0.0.1:8081", "127.0.0.1:8081"),
            ("http://localhost:8081", "localhost:8081"),
            ("https://10.0.0.1", "10.0.0.1"),
        ],
    )
    def test_what_people_call_it(self, machine: Machine, given: str, name: str) -> None:
        assert list(machine.has(ADVERITY_INSTANCE=given).starts().instances) == [name]

    @pytest.mark.parametrize("given", ["https://slack.com/api", "https://slack.com/api/", "http://127.0.0.1:9/api/"])
    def test_slacks_address_ends_in_a_slash(self, machine: Machine, given: str) -> None:
        assert machine.has(SLACK_API_URL=given).starts().slack_api_url == given.rstrip("/") + "/"

    @pytest.mark.parametrize(
        "given",
        [
            "http://slack.com/api/",
            "https:slack.com",
            "https://",
            "https://[",
            "slack.com/api/",
            "https://user:pass@slack.com/api/",
            "https://slack.com/api/?x=1",
            "https://slack.com/a b/",
            "ws://127.0.0.1/",
        ],
    )
    def test_what_is_no_address_of_slacks(self, machine: Machine, given: str) -> None:
        assert machine.has(SLACK_API_URL=given).names() == ["SLACK_API_URL"]


class TestTheDatabase:
    """A file or a server, and a password that can be found again to be hidden."""

    @pytest.mark.parametrize(
        ("url", "passwords"),
        [
            ("sqlite:///jobbot.db", set()),
            ("sqlite:////var/lib/a:b@c.db", set()),
            ("postgresql:///jobbot?host=/run/postgresql", set()),
            ("postgresql://jobbot:s3cr3t@db:5432/jobbot", {"s3cr3t"}),
            ("postgresql://jobbot:s%2Fc%40t@db/jobbot", {"s%2Fc%40t", "s/c@t"}),
            ("postgresql://db/jobbot?user=a&password=s3cr3t", {"s3cr3t"}),
        ],
    )
    def test_its_address(self, machine: Machine, url: str, passwords: set[str]) -> None:
        found = machine.has(JOBBOT_DATABASE_URL=url).starts()
        assert found.database_url.get_secret_value() == url
        assert passwords == set(found.secrets()) - set(SOUND.values())

    def test_the_short_scheme_of_several_platforms(self, machine: Machine) -> None:
        found = machine.has(JOBBOT_DATABASE_URL="postgres://jobbot:s3cr3t@db/jobbot").starts()
        assert found.database_url.get_secret_value() == "postgresql://jobbot:s3cr3t@db/jobbot"
        assert "s3cr3t" in found.secrets()

    @pytest.mark.parametrize(
        "url",
        [
            "mysql://db",
            "jobbot.db",
            "sqlite://jobbot.db",
            "postgre://db/jobbot",
            "postgres://u:s3#cr3t@db/jobbot",
            "postgresql://u:s3[cr3t@db/jobbot",
            "postgresql://u:s3/cr3t@db/jobbot",
            "postgresql://u:s3#cr3t@db/jobbot",
            "postgresql://u:s3?cr3t@db/jobbot",
            "postgresql://u:s3@cr3t@db/jobbot",
            "postgresql://u:s3cr3t@db:port/jobbot",
        ],
    )
    def test_what_is_none(self, machine: Machine, url: str) -> None:
        (line,) = machine.has(JOBBOT_DATABASE_URL=url).problems()
        assert line.startswith("JOBBOT_DATABASE_URL: ")
        assert "cr3t" not in line


def test_metrics_have_another_port_than_slack(machine: Machine) -> None:
    assert machine.has().starts().metrics_port is None
    assert machine.has(JOBBOT_METRICS_PORT="9000").starts().metrics_port == 9000
    assert machine.has(JOBBOT_METRICS_PORT="3000", PORT="3000").problems() == [
        "JOBBOT_METRICS_PORT: is the same as PORT: choose another port, or leave it out"
    ]
    assert machine.has(JOBBOT_METRICS_PORT="70000").names() == ["JOBBOT_METRICS_PORT"]

"""manifest.yml: what Slack accepts, with the scopes and commands that the code uses, and no more."""

import ast
import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from jobbot.config import instance_hosts
from jobbot.manifest import EVENTS, SCOPES
from jobbot.manifest import manifest as manifest_text
from jobbot.playground.demo import MESSAGES_TAB
from jobbot.playground.slack import LocalSlack
from jobbot.playground.slack.client.acme import SHORTCUTS
from jobbot.render.finding import FIND_JOBS, JOBS_NAMED_HERE
from jobbot.render.help import COMMANDS
from tests.support.command import Ran, ran
from tests.support.each import each
from tests.unit.config.world import bare_machine

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "tests" / "unit" / "samples" / "manifest.schema.2.0.0.json"

SCOPE_OF_METHOD = {
    "auth_test": None,
    "apps_connections_open": None,
    "chat_postMessage": "chat:write",
    "chat_update": "chat:write",
    "chat_delete": "chat:write",
    "chat_postEphemeral": "chat:write",
    "chat_getPermalink": None,
    "chat_unfurl": "links:write",
    "views_open": None,
    "views_publish": None,
    "views_update": None,
    "users_info": "users:read",
    "users_conversations": "channels:read",
    "conversations_info": "channels:read",
    "usergroups_list": "usergroups:read",
    "usergroups_users_list": "usergroups:read",
}
"""The scope that each method of Slack's asks for (https://docs.slack.dev/reference/methods)."""

SCOPES_OF_EVENT = {
    "app_mention": ["app_mentions:read"],
    "app_home_opened": [],
    "link_shared": ["links:read"],
    "channel_shared": ["channels:read", "groups:read"],
    "channel_unshared": ["channels:read", "groups:read"],
    "channel_id_changed": ["channels:read", "groups:read"],
    "channel_archive": ["channels:read"],
    "channel_unarchive": ["channels:read"],
    "channel_left": ["channels:read"],
    "group_archive": ["groups:read"],
    "group_unarchive": ["groups:read"],
    "group_left": ["groups:read"],
}
"""The scopes that each event asks for (https://docs.slack.dev/reference/events)."""

WITHOUT_A_METHOD = {
    "commands": "the slash command itself, and the shortcuts",
    "app_mentions:read": "the event app_mention",
    "links:read": "the event link_shared",
    "groups:read": "conversations.info of a private channel, and users.conversations",
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def methods_called() -> set[str]:
    """Every method of the Web API that the code calls: the SDK names them noun_verb."""
    nouns = ("auth_", "apps_", "chat_", "views_", "users_", "conversations_", "usergroups_", "reactions_", "files_")
    called = set()
    for source in (ROOT / "jobbot").rglob("*.py"):
        if "playground" in source.parts:
            continue
        text = source.read_text(encoding="utf-8")
        if not any(f".{noun}" in text for noun in nouns):
            continue  # parsing all there is takes a second
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.startswith(nouns):
                called.add(node.func.attr)
    return called


def complaints(loaded: object) -> list[str]:
    """What Slack's schema has against it."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return [error.message for error in Draft7Validator(schema).iter_errors(loaded)]


def test_slacks_schema_accepts_it(manifest: dict[str, Any]) -> None:
    assert complaints(manifest) == []


def test_the_file_is_what_the_command_prints() -> None:
    assert (ROOT / "manifest.yml").read_text(encoding="utf-8") == printed()


OPTIONS: list[dict[str, str]] = [
    {"url": "https://bot.example.com"},
    {"url": "https://bot.example.com/", "mode": "http"},
    {"url": "https://example.com:8443/jobbot/slack/events", "command": "/jobs-staging", "name": "jobbot staging"},
    {"command": "/" + "j" * 31, "name": "n" * 35},
    {"name": 'Größe: "quoted" # {x} \\ @!&*'},
    {"name": "true"},
]


@each("options", OPTIONS)
def test_whatever_it_is_told_slacks_schema_accepts_it(options: dict[str, str]) -> None:
    loaded = yaml.safe_load(printed(**options))
    assert complaints(loaded) == []
    assert loaded["display_information"]["name"] == options.get("name", "jobbot")
    assert re.fullmatch(r"[a-z0-9._-]{1,80}", loaded["features"]["bot_user"]["display_name"])
    (command,) = loaded["features"]["slash_commands"]
    assert command["command"] == options.get("command", "/jobs")
    assert loaded["settings"]["socket_mode_enabled"] is ("url" not in options)
    urls = [
        command.get("url"),
        *(loaded["settings"][at].get("request_url") for at in ("event_subscriptions", "interactivity")),
        loaded["settings"]["interactivity"].get("message_menu_options_url"),
    ]
    expected = options["url"].removesuffix("/slack/events").rstrip("/") + "/slack/events" if "url" in options else None
    assert urls == [expected] * 4


@each(
    ("options", "line"),
    [
        ({"mode": "http"}, "--url: is missing"),
        ({"mode": "socket", "url": "https://bot.example.com"}, "--url: is not used in Socket Mode"),
        ({"url": "http://bot.example.com"}, "--url: must begin with https://"),
        ({"url": "bot.example.com"}, "--url: must begin with https://"),
        ({"url": "https://"}, "--url: is not a URL"),
        ({"url": "https://[::1"}, "--url: is not a URL"),
        ({"url": "https://bot.example.com:http"}, "--url: is not a URL"),
        ({"url": "https://bot.example.com/a b"}, "--url: is not a URL"),
        ({"url": 'https://bot.example.com/"\n'}, "--url: is not a URL"),
        ({"url": "https://u:p@bot.example.com"}, "--url: must be a host, with a path"),
        ({"url": "https://bot.example.com/?a=1"}, "--url: must be a host, with a path"),
        ({"url": "https://bot.example.com/" + "a" * 3_000}, "--url: is longer than"),
        ({"command": "jobs"}, "--command: must begin with /"),
        ({"command": "/"}, "--command: may contain"),
        ({"command": "/Jobs"}, "--command: may contain"),
        ({"command": "/jobs staging"}, "--command: may contain"),
        ({"command": "/" + "j" * 32}, "--command: is longer than 32"),
        ({"name": ""}, "--name: must have 1 to 35"),
        ({"name": "n" * 36}, "--name: must have 1 to 35"),
        ({"name": "a\nb"}, "--name: must be one line"),
        ({"name": " a"}, "--name: must be one line"),
    ],
)
def test_what_slack_would_not_take_is_one_line(options: dict[str, str], line: str) -> None:
    done = jobbot("manifest", *(f"--{name}={value}" for name, value in options.items()))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(line)
    assert len(done.err.splitlines()) == 1


def test_every_scope_says_what_it_is_for() -> None:
    lines = [line for line in printed().splitlines() if re.match(r"      - \w+:?\w* ", line)]
    assert len(lines) == len(SCOPES) + len(EVENTS)
    assert all(f"# {why}" in line for line, why in zip(lines, [*SCOPES.values(), *EVENTS.values()], strict=True))


def printed(**options: str) -> str:
    done = jobbot("manifest", *(f"--{name}={value}" for name, value in options.items()))
    assert (done.code, done.err) == (0, "")
    return done.out


def jobbot(*arguments: str) -> Ran:
    return ran(arguments, {}, ROOT)


def test_every_method_that_is_called_has_its_scope_and_no_scope_is_for_nothing(manifest: dict[str, Any]) -> None:
    called = methods_called()
    assert called <= SCOPE_OF_METHOD.keys(), "a method whose scope this test does not know"
    assert {"chat_postMessage", "users_info", "views_open"} <= called
    needed = {scope for method in called if (scope := SCOPE_OF_METHOD[method])} | WITHOUT_A_METHOD.keys()
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed


def test_no_history_is_read(manifest: dict[str, Any]) -> None:
    assert not [scope for scope in manifest["oauth_config"]["scopes"]["bot"] if "history" in scope]


def test_no_event_needs_a_scope_that_is_not_asked_for_anyway(manifest: dict[str, Any]) -> None:
    assert {scope for scopes in SCOPES_OF_EVENT.values() for scope in scopes} <= SCOPES.keys()
    assert SCOPES_OF_EVENT.keys() == EVENTS.keys()


def test_it_has_the_one_command_and_its_events(manifest: dict[str, Any]) -> None:
    assert [command["command"] for command in manifest["features"]["slash_commands"]] == ["/jobs"]
    assert manifest["settings"]["event_subscriptions"]["bot_events"] == list(SCOPES_OF_EVENT)
    assert manifest["settings"]["interactivity"]["is_enabled"] is True


def test_the_demo_closes_direct_messages_as_the_manifest_does(manifest: dict[str, Any]) -> None:
    assert manifest["features"]["app_home"]["messages_tab_enabled"] is MESSAGES_TAB


def test_the_usage_hint_is_of_words_that_help_knows(manifest: dict[str, Any]) -> None:
    hint = manifest["features"]["slash_commands"][0]["usage_hint"]
    known = " ".join(words for words, _ in COMMANDS)
    for example in hint.split(" | "):
        assert example.split()[0] in known, example


def test_the_procfile_has_both_ways_to_run() -> None:
    assert (ROOT / "Procfile").read_text(encoding="utf-8").splitlines() == [
        "worker: jobbot run --mode socket",
        "web: jobbot run --mode http",
    ]


def test_acts_need_no_scope_of_their_own() -> None:
    """Everybody who installed jobbot would have to approve it anew."""
    reads = {"app_mentions:read", "channels:read", "groups:read", "links:read", "users:read", "usergroups:read"}
    assert set(SCOPES) == {"commands", "chat:write", "links:write", *reads}


def test_the_shortcuts_are_those_that_are_served(manifest: dict[str, Any]) -> None:
    given = {one["callback_id"]: (one["type"], one["name"]) for one in manifest["features"]["shortcuts"]}
    assert given == {
        FIND_JOBS: ("global", "Find Adverity jobs"),
        JOBS_NAMED_HERE: ("message", "Adverity jobs named here"),
    }


def test_the_demo_has_the_shortcuts_and_the_home_tab_of_the_manifest(manifest: dict[str, Any]) -> None:
    assert [asdict(shortcut) for shortcut in SHORTCUTS] == manifest["features"]["shortcuts"]
    assert LocalSlack().has_home_tab is manifest["features"]["app_home"]["home_tab_enabled"]
    assert LocalSlack().scopes == set(manifest["oauth_config"]["scopes"]["bot"])


def test_the_home_tab_is_there_and_the_messages_tab_is_not(manifest: dict[str, Any]) -> None:
    home = manifest["features"]["app_home"]
    assert (home["home_tab_enabled"], home["messages_tab_enabled"]) == (True, False)


HOSTS: list[tuple[list[str], list[str] | None]] = [
    ([], None),
    (["acme.datatap.adverity.com"], ["acme.datatap.adverity.com"]),
    (["acme.datatap.adverity.com"] * 2, ["acme.datatap.adverity.com"]),
    ([f"i{number}.example.com" for number in range(9)], [f"i{number}.example.com" for number in range(5)]),
    (
        ["localhost", "", "-a.example.com", "a b.example.com", "A.example.com", 'x".example.com', "e" * 256 + ".com"],
        None,
    ),
]


@each(("hosts", "domains"), HOSTS)
def test_previews_are_for_the_hosts_of_the_instances(hosts: list[str], domains: list[str] | None) -> None:
    loaded = yaml.safe_load(manifest_text(hosts=hosts))
    assert complaints(loaded) == []
    assert loaded["features"].get("unfurl_domains") == domains


CONFIGURED: list[tuple[dict[str, str], list[str] | None]] = [
    ({"ADVERITY_INSTANCE": "acme.datatap.adverity.com"}, ["acme.datatap.adverity.com"]),
    ({"ADVERITY_INSTANCE": "acme.datatap.adverity.com", "ADVERITY_API_KEY": "k" * 40}, ["acme.datatap.adverity.com"]),
    ({"ADVERITY_INSTANCE": "http://127.0.0.1:8081"}, None),
    ({"ADVERITY_INSTANCE": "not a host"}, None),
    ({"JOBBOT_CONFIG": "policy.toml"}, ["acme.datatap.adverity.com", "emea.example.com"]),
    ({"JOBBOT_CONFIG": "missing.toml"}, None),
]


@pytest.mark.parametrize(("environment", "domains"), CONFIGURED)
def test_the_hosts_come_from_the_settings(
    environment: dict[str, str], domains: list[str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare_machine(tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.toml").write_text(POLICY, encoding="utf-8")
    for name, value in {**environment, "ONE_KEY": "k" * 40, "TWO_KEY": "k" * 40}.items():
        monkeypatch.setenv(name, value)
    assert (instance_hosts() or None) == domains


def test_settings_that_cannot_be_read_name_no_hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare_machine(tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ADVERITY_INSTANCE", "acme.datatap.adverity.com")
    assert instance_hosts() == ["acme.datatap.adverity.com"]
    (tmp_path / ".env").write_bytes(b"\xff")
    assert instance_hosts() == []


POLICY = """
[instances.acme]
host = "acme.datatap.adverity.com"
key = "ONE_KEY"
[instances.emea]
host = "emea.example.com"
key = "TWO_KEY"
[channels.C0123ABCD]
instance = "acme"
"""

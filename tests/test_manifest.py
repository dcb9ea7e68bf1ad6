"""manifest.yml: what Slack accepts, with the scopes and commands that the code uses, and no more."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from jobbot.render.help import COMMANDS

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "tests" / "samples" / "manifest.schema.2.0.0.json"

SCOPE_OF_METHOD = {
    "auth_test": None,
    "apps_connections_open": None,
    "chat_postMessage": "chat:write",
    "chat_update": "chat:write",
    "chat_postEphemeral": "chat:write",
    "views_open": None,
    "views_update": None,
    "users_info": "users:read",
    "conversations_info": "channels:read",
    "usergroups_list": "usergroups:read",
    "usergroups_users_list": "usergroups:read",
}
"""The scope that each method of Slack's asks for (https://docs.slack.dev/reference/methods)."""

WITHOUT_A_METHOD = {
    "commands": "the slash command itself",
    "app_mentions:read": "the event app_mention",
    "groups:read": "conversations.info of a private channel",
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
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.startswith(nouns):
                called.add(node.func.attr)
    return called


def test_slacks_schema_accepts_it(manifest: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert [error.message for error in Draft7Validator(schema).iter_errors(manifest)] == []


def test_every_method_that_is_called_has_its_scope_and_no_scope_is_for_nothing(manifest: dict[str, Any]) -> None:
    called = methods_called()
    assert called <= SCOPE_OF_METHOD.keys(), "a method whose scope this test does not know"
    assert {"chat_postMessage", "users_info", "views_open"} <= called
    needed = {scope for method in called if (scope := SCOPE_OF_METHOD[method])} | WITHOUT_A_METHOD.keys()
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed


def test_no_history_is_read(manifest: dict[str, Any]) -> None:
    assert not [scope for scope in manifest["oauth_config"]["scopes"]["bot"] if "history" in scope]


def test_it_has_the_one_command_and_the_one_event(manifest: dict[str, Any]) -> None:
    assert [command["command"] for command in manifest["features"]["slash_commands"]] == ["/jobs"]
    assert manifest["settings"]["event_subscriptions"]["bot_events"] == ["app_mention"]
    assert manifest["settings"]["interactivity"]["is_enabled"] is True


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

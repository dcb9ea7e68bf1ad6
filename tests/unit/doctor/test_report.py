"""The report: as it was agreed on, redacted, and of a stable shape for machines.

``JOBBOT_UPDATE_SNAPSHOTS=1 pytest tests/doctor`` writes the snapshot anew; the change is then read in the diff.
"""

import asyncio
import json
import os
from pathlib import Path

from pydantic import SecretStr

from jobbot.access import ChannelRule, Need
from jobbot.config import ChannelSettings, DatastreamSettings, Draft, InstanceSettings
from jobbot.doctor import Examined, Finding, access
from jobbot.doctor.channels import SlackFacts
from jobbot.doctor.examine import settings
from jobbot.doctor.finding import in_time
from jobbot.doctor.report import report_as_json, report_as_text
from jobbot.logs import Redaction
from tests.unit.doctor.world import Practice

SNAPSHOT = Path(__file__).with_name("report.txt")

CHANNELS = {
    "C0INCDATA1": ChannelSettings(stop_usergroups=frozenset({"S0ONCALL01"}), reason_required=True),
    "C0READONLY": ChannelSettings(may=frozenset({"view"}), answers="ephemeral"),
    "C0SHARED01": ChannelSettings(),
    "C0LEADS001": ChannelSettings(
        may=frozenset(access.POWERS),
        stop_users=frozenset({"U0ANA00001", "U0BEN00001"}),
        act_users=frozenset({"U0ANA00001"}),
        guests_may_stop=True,
    ),
    "C0INC2021X": ChannelSettings(may=frozenset({"view", "stop", "pause"})),
    "C0NOWHERE1": ChannelSettings(external=True, instance="acme"),
}


async def test_the_report_is_what_was_agreed_on(it: Practice, tmp_path: Path) -> None:
    it.has(channels=CHANNELS)
    it.slack.scopes.discard("app_mentions:read")
    examined = await it.looks("policy.toml line 14: channels.C0AAA.instnce: is not a setting jobbot knows")
    table = [access.columns(), *access.rows(it.settings, examined.known)]
    now = report_as_text(examined.findings, table, str, title="jobbot, Socket Mode")
    now = now.replace(it.adverity.url, "http://acme").replace(str(tmp_path), "/srv/jobbot")
    if os.environ.get("JOBBOT_UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(now + "\n", encoding="utf-8")
    assert now + "\n" == SNAPSHOT.read_text(encoding="utf-8")


async def test_variables_of_others_that_cannot_be_used_are_warned_of(it: Practice) -> None:
    it.has(notes=("NO_PROXY (entry 2): is no host", "OTEL_TRACES_EXPORTER: is none that jobbot has"))
    found = [one for one in (await it.looks()).findings if one.outcome == "warn" and one.check == "settings"]
    assert [(one.subject, one.next) for one in found] == [
        ("NO_PROXY (entry 2)", "see `jobbot help network`"),
        ("OTEL_TRACES_EXPORTER", "see `jobbot help settings`"),
    ]


def test_for_machines_it_is_a_list_of_five_fields() -> None:
    findings = [Finding("bot token", "SLACK_BOT_TOKEN", "ok", "fine"), Finding("a", "b", "wrong", "c", "d")]
    assert json.loads(report_as_json(findings, str)) == [
        {"check": "bot token", "subject": "SLACK_BOT_TOKEN", "outcome": "ok", "says": "fine", "next": ""},
        {"check": "a", "subject": "b", "outcome": "wrong", "says": "c", "next": "d"},
    ]


def test_for_machines_the_table_is_findings() -> None:
    draft = settings_with(CHANNELS)
    found = access.findings(draft, SlackFacts({"C0INCDATA1": "#inc-data", "S0ONCALL01": "@data-oncall"}, set()))
    assert [one.check for one in found] == ["access"] * len(CHANNELS)
    assert found[0].subject == "#inc-data C0INCDATA1"
    assert found[0].says.startswith(
        "view: yes; stop: yes; watch: yes; alerts: yes; fetch: no; retry: no; pause: no; "
        "who may stop: @data-oncall S0ONCALL01; who may act: nobody;"
    )


def test_the_table_says_who_may_act_as_it_is_decided() -> None:
    may = frozenset(access.POWERS)
    rules = {
        "C0STOPLIST": ChannelSettings(may=may, stop_usergroups=frozenset({"S0ONCALL01"})),
        "C0ACTLIST1": ChannelSettings(
            may=may, stop_users=frozenset({"U0ANA00001"}), act_usergroups=frozenset({"S0ONCALL01"})
        ),
        "C0ANYBODY1": ChannelSettings(may=frozenset({"view", "retry"})),
        "C0SHARED01": ChannelSettings(may=may, external=True),
        "C0SHARED02": ChannelSettings(may=may),
    }
    rows = access.rows(settings_with(rules), SlackFacts({}, {"C0SHARED01", "C0SHARED02"}))
    table = [dict(zip(access.columns(), row, strict=True)) for row in rows]
    assert [(row["who may stop"], row["who may act"]) for row in table] == [
        ("S0ONCALL01", "S0ONCALL01"),
        ("U0ANA00001", "S0ONCALL01"),
        ("nobody", "everybody in it"),
        ("everybody in it", "nobody"),
        ("nobody", "nobody"),
    ]
    assert [row["fetch"] for row in table] == ["yes", "yes", "no", "no, shared", "no, shared"]
    assert [row["stop"] for row in table] == ["yes", "yes", "no", "yes", "no, shared"]
    assert [row["watch"] for row in table] == ["yes", "yes", "no", "yes", "no, shared"]


def test_the_table_says_what_wants_two_people_of_the_instances_that_a_channel_serves() -> None:
    rules = {
        "C0TWO00001": ChannelSettings(two_people=True),
        "C0BOTH0001": ChannelSettings(),
        "C0ACME0001": ChannelSettings(instances=("acme",)),
        "C0STAGING1": ChannelSettings(instances=("staging",), instance="staging"),
        "C0LOOKS001": ChannelSettings(may=frozenset({"view"}), two_people=True),
    }
    guarded, other = DatastreamSettings(two_people=True), DatastreamSettings()
    one = InstanceSettings(url="https://acme.example", key=SecretStr("k" * 20))
    draft = settings_with(rules).model_copy(
        update={
            "instances": {"acme": one, "staging": one},
            "datastreams": {"acme": {42: guarded, 43: other, 44: guarded}, "staging": {43: other}},
        }
    )
    at = access.columns().index("two people")
    cells = [row[at] for row in access.rows(draft, SlackFacts({}, set()))]
    assert cells == ["yes", "for acme 42, acme 44", "for 42, 44", "no", "-"]


def test_the_verbs_and_their_defaults_are_those_that_access_decides_by() -> None:
    assert set(access.POWERS) == {need.value for need in Need}
    assert ChannelSettings().may == {need.value for need in ChannelRule().may}


def settings_with(channels: dict[str, ChannelSettings]) -> Draft:
    return Draft(
        bot_token=None,
        app_token=None,
        signing_secret=None,
        slack_api_url="",
        instances={},
        channels=channels,
        database_url=SecretStr("sqlite://"),
        mode="socket",
        host="",
        port=0,
        log_format="text",
        log_level="INFO",
    )


def test_no_secret_comes_through_and_nothing_that_a_terminal_obeys() -> None:
    hostile = Finding("channel", "#\x1b[2Jname", "warn", "said pl4nted-secret and xoxb-1-2-abc", "\u202epl4nted-secret")
    redact = Redaction(["pl4nted-secret"])
    for report in (
        report_as_text([hostile], [["pl4nted-secret\n"]], redact, title=""),
        report_as_json([hostile], redact),
    ):
        assert "pl4nted" not in report
        assert "xoxb-1" not in report
        assert "\x1b" not in report
        assert "\u202e" not in report


def test_what_is_wrong_makes_it_unwell_and_nothing_else_does() -> None:
    def well(*outcomes: str) -> bool:
        return Examined([Finding("a", "b", outcome, "") for outcome in outcomes]).is_well  # type: ignore[arg-type]

    assert well("ok", "warn", "skipped")
    assert not well("ok", "wrong", "ok")


def test_settings_that_are_wrong_say_where_help_is() -> None:
    lines = [
        "PORT: is not a number",
        "policy.toml line 3: channels.x: is not",
        "JOBBOT_CONFIG: the file cannot be read",
    ]
    found = settings(lines)
    assert [one.subject for one in found] == ["PORT", "policy.toml line 3", "JOBBOT_CONFIG"]
    assert ["policy" in one.next for one in found] == [False, True, True]


class TestACheckThatDoesNotEnd:
    async def test_it_is_a_finding(self) -> None:
        async def never() -> list[Finding]:
            await asyncio.Event().wait()
            return []

        (found,) = await in_time("a", "b", never(), seconds=0.01)
        assert (found.outcome, found.says) == ("wrong", "no answer within 0.01 s")

    async def test_and_one_that_breaks_shows_no_words_of_the_error(self) -> None:
        async def breaks() -> list[Finding]:
            raise KeyError("pl4nted")

        (found,) = await in_time("a", "b", breaks())
        assert (found.outcome, found.says) == ("wrong", "the check itself failed (KeyError)")

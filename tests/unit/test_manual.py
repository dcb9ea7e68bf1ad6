"""``jobbot help``: its pages are there, short, and true as far as a machine can tell."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from jobbot.config import ChannelSettings
from jobbot.config.environment import Environment
from jobbot.config.policy import Policy, PolicyInstance
from jobbot.manual import NoSuchTopic, contents, page, topics
from jobbot.timing import DRAIN_SECONDS
from tests.support.command import Ran, ran
from tests.support.each import each
from tests.unit.config.world import SLACK, Machine, bare_machine


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return bare_machine(tmp_path, monkeypatch)


def jobbot(*arguments: str) -> Ran:
    return ran(arguments, {}, Path.cwd())


def test_the_topics_that_people_look_for_are_there() -> None:
    assert {
        *("access", "database", "deploy", "http", "kubernetes", "policy", "settings", "socket", "stopping", "systemd"),
        *("glossary", "troubleshooting"),
    } <= set(topics())


@each("topic", topics())
def test_a_page_is_short_and_begins_with_what_it_is_about(topic: str) -> None:
    lines = page(topic).splitlines()
    assert re.fullmatch(rf"(# )?{topic} - \S.+", lines[0])
    assert len(lines) <= 120
    assert all(len(line) <= 120 and line == line.rstrip() and line.isascii() for line in lines)


def test_the_contents_name_every_topic() -> None:
    done = jobbot("help")
    assert (done.code, done.err, done.out) == (0, "", contents())
    assert [line.split()[0] for line in done.out.splitlines()[2:]] == topics()


def test_a_page_by_the_command() -> None:
    assert jobbot("help", "policy").out == page("policy")


@pytest.mark.parametrize(("given", "meant"), [("polcy", "did you mean policy?"), ("k8s", "the pages are access, ")])
def test_a_topic_that_is_none(given: str, meant: str) -> None:
    done = jobbot("help", given)
    assert (done.code, done.out) == (2, "")
    assert meant in done.err
    with pytest.raises(NoSuchTopic):
        page("../__init__")


def test_what_a_page_refers_to_is_there() -> None:
    named = {match for topic in topics() for match in re.findall(r"jobbot help ([a-z]+)", page(topic))}
    assert named
    assert named <= set(topics())


def test_every_variable_has_its_line() -> None:
    named = set(re.findall(r"\b[A-Z][A-Z_]{3,}\b", page("settings")))
    assert set(Environment.model_fields) <= named


def indented(text: str) -> str:
    return "\n".join(line[4:] for line in text.splitlines() if line.startswith("    "))


def test_the_policys_example_is_a_policy_of_all_there_is(machine: Machine) -> None:
    example = indented(page("policy"))
    found = machine.has(SLACK, ACME_KEY="acme-key-0001").policy(example).starts()
    table = tomllib.loads(example)
    fields = {field.alias or name for name, field in PolicyInstance.model_fields.items()}
    assert set(table["instances"]["acme"]) == fields
    (channel,) = table["channels"]
    assert set(table["channels"][channel]) == set(ChannelSettings.model_fields)
    assert set(table) == set(Policy.model_fields)
    lists = {"stop_users", "stop_usergroups", "act_users", "act_usergroups", "workspaces"}
    default = ChannelSettings(instance="acme", instances=("acme",)).model_dump(exclude=lists)
    assert found.channels[channel].model_dump(exclude=lists) == default
    assert found.channels[channel].workspaces == (14, "insights-prd")
    assert found.aliases == {"acme": {"meta": 674}}
    assert (found.instances["acme"].cache_seconds, found.instances["acme"].concurrency) == (3, 1)


class TestKubernetes:
    """The page is the manifest."""

    @pytest.fixture
    def documents(self) -> dict[str, dict[str, Any]]:
        return {document["kind"]: document for document in yaml.safe_load_all(page("kubernetes"))}

    def test_it_has_what_is_needed(self, documents: dict[str, dict[str, Any]]) -> None:
        assert set(documents) == {"ConfigMap", "Deployment", "PodDisruptionBudget", "Service"}
        assert all({"apiVersion", "kind", "metadata"} <= document.keys() for document in documents.values())

    def test_two_replicas_that_are_ended_gently(self, documents: dict[str, dict[str, Any]]) -> None:
        spec = documents["Deployment"]["spec"]
        pod = spec["template"]["spec"]
        (container,) = pod["containers"]
        before = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
        assert spec["replicas"] == 2
        assert pod["terminationGracePeriodSeconds"] > before + DRAIN_SECONDS + 10

    def test_probes_lead_to_the_port(self, documents: dict[str, dict[str, Any]]) -> None:
        (container,) = documents["Deployment"]["spec"]["template"]["spec"]["containers"]
        (port,) = container["ports"]
        variables = {one["name"]: one["value"] for one in container["env"]}
        assert int(variables["PORT"]) == port["containerPort"]
        assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": port["name"]}
        assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": port["name"]}
        assert documents["Service"]["spec"]["ports"][0]["targetPort"] == port["name"]

    def test_nobody_is_root_and_nothing_is_written(self, documents: dict[str, dict[str, Any]]) -> None:
        pod = documents["Deployment"]["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] > 0
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}

    def test_labels_and_volumes_agree(self, documents: dict[str, dict[str, Any]]) -> None:
        deployment = documents["Deployment"]
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert deployment["spec"]["selector"]["matchLabels"] == labels
        assert documents["Service"]["spec"]["selector"] == labels
        assert documents["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
        pod = deployment["spec"]["template"]["spec"]
        mounted = {mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}

    def test_its_policy_and_its_variables_start_jobbot(
        self, documents: dict[str, dict[str, Any]], machine: Machine
    ) -> None:
        (container,) = documents["Deployment"]["spec"]["template"]["spec"]["containers"]
        given = {one["name"]: one["value"] for one in container["env"]}
        given |= {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s3cr3t", "ACME_KEY": "k3y"}
        given["JOBBOT_DATABASE_URL"] = "postgresql://u:p@db/jobbot"
        found = machine.has(given).policy(documents["ConfigMap"]["data"]["policy.toml"]).starts(mode="http")
        assert given["JOBBOT_CONFIG"] == "/etc/jobbot/policy.toml"
        assert found.channels["C0123ABCD"].reason_required


class TestSystemd:
    """The page is the unit."""

    def lines(self) -> dict[str, str]:
        pairs = [
            line.partition("=") for line in page("systemd").splitlines() if not line.startswith("#") and "=" in line
        ]
        return {name: value for name, _, value in pairs}

    def test_it_is_ended_gently_and_started_again_where_that_helps(self) -> None:
        unit = self.lines()
        assert int(unit["TimeoutStopSec"]) > DRAIN_SECONDS + 10
        assert unit["Restart"] == "on-failure"
        assert unit["RestartPreventExitStatus"] == "2"
        assert unit["ExecReload"].endswith("kill -HUP $MAINPID")

    def test_nobody_is_root_and_nothing_is_written_but_the_database(self) -> None:
        unit = self.lines()
        assert unit["DynamicUser"] == unit["NoNewPrivileges"] == "yes"
        assert unit["ProtectSystem"] == "strict"
        assert unit["Environment"] == f"JOBBOT_DATABASE_URL=sqlite:///{unit['WorkingDirectory']}/jobbot.db"
        assert unit["WorkingDirectory"] == f"/var/lib/{unit['StateDirectory']}"

    @pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
    def test_systemd_takes_it(self, tmp_path: Path) -> None:
        unit = tmp_path / "jobbot.service"
        unit.write_text(page("systemd").replace("/opt/jobbot/bin/jobbot", "/bin/true"), encoding="utf-8")
        done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
        assert (done.returncode, [line for line in done.stderr.splitlines() if "jobbot.service" in line]) == (0, [])

"""The policy file: several instances, rules for each channel, and what is wrong with it."""

import re

import pytest

from jobbot.access.configured import policy_of
from tests.unit.config.world import KEYS, POLICY, SLACK, Machine


class TestThePolicy:
    """Several instances, and rules for each channel."""

    def test_it_stands_in_the_place_of_the_environments(self, machine: Machine) -> None:
        found = machine.has(SLACK, **KEYS).policy(POLICY).starts()
        assert list(found.instances) == ["acme", "staging"]
        assert found.instances["acme"].key.get_secret_value() == "acme-key-0001"
        staging = found.instances["staging"]
        assert (staging.url, staging.scheme) == ("https://acme-staging.datatap.adverity.com", "Bearer")
        assert (staging.cache_seconds, staging.concurrency) == (0, 2)
        assert found.channels["C0123ABCD"].may == {"view", "stop", "watch", "alerts"}
        assert found.channels["C0123ABCD"].reason_required
        other = found.channels["C0456EFGH"]
        assert (other.instance, other.answers) == ("staging", "ephemeral")
        assert other.may == {"view"}
        assert other.stop_users == {"U0ANA"}
        assert other.stop_usergroups == {"S0ONCALL"}
        assert other.external
        assert other.guests_may_stop
        assert {"acme-key-0001", "staging-key-0002"} < set(found.secrets())

    def test_acts_are_permitted_by_name_alone(self, machine: Machine) -> None:
        acts = '[channels.C0CCC]\nmay = ["view", "fetch", "retry", "pause"]\nact_users = ["U0ANA"]\n'
        found = machine.has().policy(f'{acts}act_usergroups = ["S0ONCALL"]\n[channels.C0DDD]\n').starts().channels
        assert found["C0CCC"].may == {"view", "fetch", "retry", "pause"}
        assert found["C0CCC"].act_users == {"U0ANA"}
        assert found["C0CCC"].act_usergroups == {"S0ONCALL"}
        assert found["C0DDD"].may == {"view", "stop", "watch", "alerts"}

    def test_channels_alone_keep_the_environments_instance(self, machine: Machine) -> None:
        found = machine.has(JOBBOT_CHANNELS=None).policy('[channels.C0CCC]\ninstance = "acme"\n').starts()
        assert (list(found.instances), list(found.channels)) == (["acme"], ["C0CCC"])

    def test_instances_alone_keep_the_environments_channels(self, machine: Machine) -> None:
        only = '[instances.eu]\nhost = "eu.example"\nkey = "ACME_KEY"\n'
        found = machine.has({**SLACK, "JOBBOT_CHANNELS": "C0AAA"}, **KEYS).policy(only).starts()
        assert (list(found.instances), list(found.channels)) == (["eu"], ["C0AAA"])

    def test_an_empty_file_leaves_everything_to_the_environment(self, machine: Machine) -> None:
        assert machine.has().policy("").starts().channels
        machine.has(ADVERITY_INSTANCE=None, ADVERITY_API_KEY=None, JOBBOT_CHANNELS=None, PORT="x")
        assert machine.names() == ["PORT", "ADVERITY_INSTANCE", "ADVERITY_API_KEY", "JOBBOT_CHANNELS"]

    def test_a_channels_own_instance_is_one_of_its_instances(self, machine: Machine) -> None:
        rule = '[channels.C0AAA]\ninstance = "acme"\ninstances = ["staging"]\n'
        instances = "".join(
            f'[instances.{name}]\nhost = "{name}.example"\nkey = "KEY"\n' for name in ("acme", "staging")
        )
        assert machine.has(KEY="0123456789").policy(rule + instances).problems() == [
            "policy.toml line 1: channels.C0AAA: instance is not among its instances"
        ]
        both = rule.replace('["staging"]', '["staging", "acme"]')
        assert machine.policy(both + instances).starts().channels["C0AAA"].instances == ("staging", "acme")

    def test_a_channels_workspaces_by_number_slug_or_name(self, machine: Machine) -> None:
        found = (
            machine.has().policy('[channels.C0AAA]\nworkspaces = [14, "insights-prd", " North America "]\n').starts()
        )
        assert found.channels["C0AAA"].workspaces == (14, "insights-prd", "North America")

    def test_workspaces_are_those_of_one_instance(self, machine: Machine) -> None:
        bound = "[channels.C0CCC]\nworkspaces = [14]\n"
        (line,) = machine.has(SLACK, **KEYS).policy(POLICY + bound).problems()
        assert line.endswith("workspaces belong to one instance: name that instance, and no other, in the same channel")
        (line,) = machine.policy(POLICY + bound + 'instances = ["acme", "staging"]\n').problems()
        assert "workspaces belong to one instance" in line
        assert machine.policy(POLICY + bound + 'instance = "acme"\n').starts().channels["C0CCC"].workspaces == (14,)

    def test_aliases_are_the_first_instances_or_stand_under_the_name_of_theirs(self, machine: Machine) -> None:
        text = POLICY + '[aliases]\nmeta = 674\n"trade desk" = 58\n[aliases.staging]\nmeta = 12\n'
        assert machine.has(SLACK, **KEYS).policy(text).starts().aliases == {
            "acme": {"meta": 674, "trade desk": 58},
            "staging": {"meta": 12},
        }
        assert machine.has().policy("[aliases]\nmeta = 674\n").starts().aliases == {"acme": {"meta": 674}}
        both = POLICY + "[aliases]\nmeta = 674\n[aliases.staging]\nmeta = 'x'\n"
        assert machine.has(SLACK, **KEYS).policy(both).problems() == [
            f"policy.toml line {both.count(chr(10))}: aliases.staging.meta: is not a datastream's number"
        ]
        (line,) = machine.has(SLACK, **KEYS).policy(POLICY + "[aliases.stagin]\nmeta = 12\n").problems()
        assert "stagin is not one of the instances; did you mean staging?" in line

    def test_datastreams_that_want_two_people_stand_as_aliases_do(self, machine: Machine) -> None:
        text = POLICY + "[datastreams.42]\ntwo_people = true\n[datastreams.staging.43]\ntwo_people = true\n"
        found = machine.has(SLACK, **KEYS).policy(text).starts()
        assert {name: [*given] for name, given in found.datastreams.items()} == {"acme": [42], "staging": [43]}
        assert found.datastreams["acme"][42].two_people
        made = policy_of(found.channels, {}, found.datastreams)
        assert made.two_people == {"acme": {42}, "staging": {43}}

    @pytest.mark.parametrize(
        ("text", "ending"),
        [
            ("[datastreams.42]\ntwo_peple = true\n", "is not a setting jobbot knows; did you mean two_people?"),
            ("[datastreams.0]\ntwo_people = true\n", "is not a datastream's number"),
            ("[datastreams.42]\ntwo_people = true\n[datastreams.042]\n", "042: is not a datastream's number"),
            (
                "[datastreams.42]\ntwo_people = true\n[datastreams.acme.42]\ntwo_people = false\n",
                "datastreams: 42 is given twice for the instance acme",
            ),
            ("[datastreams.stagin.42]\ntwo_people = true\n", "is not one of the instances; did you mean staging?"),
            ("[datastreams]\nstaging = true\n", "is for datastreams by their numbers, like [datastreams.42]"),
            ("[datastreams.42]\ntwo_people = 'x'\n", "must be true or false"),
        ],
    )
    def test_a_mistake_about_a_datastream_is_named(self, machine: Machine, text: str, ending: str) -> None:
        (line,) = machine.has(SLACK, **KEYS).policy(POLICY + text).problems()
        assert line.endswith(ending)
        assert line.startswith("policy.toml line ")

    def test_keys_may_lie_in_the_file_beneath(self, machine: Machine) -> None:
        machine.dotenv.write_bytes(b"\xef\xbb\xbfACME_KEY=from-the-file\nSTAGING_KEY=staging-file\n")
        found = machine.has(SLACK, ACME_KEY="", STAGING_KEY="from-the-environment").policy(POLICY).starts()
        assert found.instances["acme"].key.get_secret_value() == "from-the-file"
        assert found.instances["staging"].key.get_secret_value() == "from-the-environment"

    @pytest.mark.parametrize(
        ("text", "lines"),
        [
            ("channel = 1", ["policy.toml line 1: channel: is not a setting jobbot knows; did you mean channels?"]),
            ("channels = 3", ["policy.toml line 1: channels: must be a table"]),
            ("[channels]\nC0AAA = 3", ["policy.toml line 2: channels.C0AAA: must be a table"]),
            (
                "[channels.C0AAA]\n\nmays = []",
                ["policy.toml line 3: channels.C0AAA.mays: is not a setting jobbot knows; did you mean may?"],
            ),
            (
                '# rules\n\n\n[channels.C0AAA]\ninstnce = "acme"',
                ["policy.toml line 5: channels.C0AAA.instnce: is not a setting jobbot knows; did you mean instance?"],
            ),
            (
                "[channels.C0AAA]\nmay = [\n  'view',\n  'fly',\n]",
                [
                    "policy.toml line 4: channels.C0AAA.may (entry 2): "
                    "must be one of 'view', 'stop', 'watch', 'alerts', 'fetch', 'retry' or 'pause'"
                ],
            ),
            ("[channels.C0AAA]\nzzz = 1", ["policy.toml line 2: channels.C0AAA.zzz: is not a setting jobbot knows"]),
            ('[channels.C0AAA]\nmay = "view"', ["policy.toml line 2: channels.C0AAA.may: must be a list"]),
            (
                '[channels.C0AAA]\nmay = ["view", "fly"]',
                [
                    "policy.toml line 2: channels.C0AAA.may (entry 2): "
                    "must be one of 'view', 'stop', 'watch', 'alerts', 'fetch', 'retry' or 'pause'"
                ],
            ),
            (
                '[channels.C0AAA]\nmay = ["view", "fetcj"]\nanswers = "chanel"',
                [
                    "policy.toml line 2: channels.C0AAA.may (entry 2): must be one of 'view', 'stop', 'watch', "
                    "'alerts', 'fetch', 'retry' or 'pause'; did you mean fetch?",
                    "policy.toml line 3: channels.C0AAA.answers: must be one of 'channel' or 'ephemeral'; "
                    "did you mean channel?",
                ],
            ),
            (
                '[channels.C0AAA]\nact_users = []\nact_usergroups = ["U0ANA"]\nact_user = ["U0ANA"]',
                [
                    "policy.toml line 2: channels.C0AAA.act_users: is empty: leave it out if it means nothing",
                    "policy.toml line 3: channels.C0AAA.act_usergroups (entry 1): is not a user group's id: the id, "
                    "like S0123ABCD, is at the user group in Slack (People, User groups, three dots, Copy group ID)",
                    "policy.toml line 4: channels.C0AAA.act_user: is not a setting jobbot knows; "
                    "did you mean act_users?",
                ],
            ),
            ("[channels.C0AAA]\nexternal = 5", ["policy.toml line 2: channels.C0AAA.external: must be true or false"]),
            (
                '[channels.C0AAA]\nanswers = "all"',
                ["policy.toml line 2: channels.C0AAA.answers: must be one of 'channel' or 'ephemeral'"],
            ),
            (
                "[channels.C0AAA]\nstop_users = []\nstop_usergroups = []",
                [
                    "policy.toml line 2: channels.C0AAA.stop_users: is empty: leave it out if it means nothing",
                    "policy.toml line 3: channels.C0AAA.stop_usergroups: is empty: leave it out if it means nothing",
                ],
            ),
            (
                '[channels.C0AAA]\ninstance = "elsewhere"',
                ["policy.toml line 2: channels.C0AAA.instance: is not one of the instances"],
            ),
            (
                '[channels.C0AAA]\ninstance = "amce"',
                ["policy.toml line 2: channels.C0AAA.instance: is not one of the instances; did you mean acme?"],
            ),
            (
                '[channels.C0AAA]\ninstances = ["acme", "amce"]',
                [
                    "policy.toml line 2: channels.C0AAA.instances (entry 2): "
                    "is not one of the instances; did you mean acme?"
                ],
            ),
            (
                "[channels.C0AAA]\ninstances = []",
                ["policy.toml line 2: channels.C0AAA.instances: is empty: leave it out if it means nothing"],
            ),
            (
                '[channels.C0AAA]\nworkspaces = [14, true, "14", "", 0]',
                [
                    f"policy.toml line 2: channels.C0AAA.workspaces (entry {entry}): "
                    "is not a workspace: give its number, or its slug or name in quotes"
                    for entry in (2, 3, 4, 5)
                ],
            ),
            (
                "[channels.C0AAA]\nworkspaces = []",
                ["policy.toml line 2: channels.C0AAA.workspaces: is empty: leave it out if it means nothing"],
            ),
            (
                "[channels.C0AAA]\n[aliases]\nacme = true",
                ["policy.toml line 3: aliases.acme: is not a datastream's number"],
            ),
            (
                "[channels.C0AAA]\n[aliases]\nmeta = 'x'\n[aliases.acme]\ntiktok = 'y'",
                [
                    "policy.toml line 3: aliases.meta: is not a datastream's number",
                    "policy.toml line 5: aliases.acme.tiktok: is not a datastream's number",
                ],
            ),
            (
                "[aliases]\nmeta = 674\n[aliases.acme]\nmeta = 58",
                ["policy.toml line 1: aliases: meta is given twice for the instance acme"],
            ),
            (
                "[aliases]\nMeta = 674\nmeta = 58",
                ["policy.toml line 1: aliases: meta is given twice for the instance acme"],
            ),
            (
                "datastreams = [42]\naliases = 'meta'",
                [
                    "policy.toml line 2: aliases: must be a table",
                    "policy.toml line 1: datastreams: must be a table",
                ],
            ),
            ("[datastreams]\n7 = {}\n42 = true", ["policy.toml line 3: datastreams.42: must be a table"]),
            (
                '[channels."#inc"]\n',
                [
                    'policy.toml line 1: channels.#inc: "#inc" is not a channel\'s id: the id, like C0123ABCD, '
                    "is at the end of the channel's details in Slack (click the channel's name, About)"
                ],
            ),
            (
                '[channels.C0AAA]\nstop_users = ["U0ANA", "ana"]',
                [
                    "policy.toml line 2: channels.C0AAA.stop_users (entry 2): "
                    "\"ana\" is not a person's id: the id, like U0123ABCD, is in the person's profile in Slack "
                    "(three dots, Copy member ID)"
                ],
            ),
            ('"a\\nb" = 1', ["policy.toml line 1: a?b: is not a setting jobbot knows"]),
        ],
    )
    def test_what_is_wrong_in_it_is_named_by_its_place(self, machine: Machine, text: str, lines: list[str]) -> None:
        assert machine.has().policy(text).problems() == lines

    def test_what_is_wrong_with_an_instance(self, machine: Machine) -> None:
        text = """
        [instances.Acme]
        host = "http://acme.example"
        key = "key with blanks"
        scheme = "Basic"
        cache_seconds = 61
        concurrency = 0
        hots = 1
        [instances.b]
        """
        lines = machine.has(SLACK, JOBBOT_CHANNELS="C0AAA").policy(text).problems()
        assert {line.partition(": ")[2].partition(":")[0] for line in lines} == {
            *(f"instances.Acme{part}" for part in ("", ".host", ".key", ".scheme", ".cache_seconds", ".concurrency")),
            *("instances.Acme.hots", "instances.b.host", "instances.b.key"),
        }

    @pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-1"])
    def test_a_number_of_seconds_that_is_none(self, machine: Machine, value: str) -> None:
        text = f'[instances.a]\nhost = "a.example"\nkey = "ACME_KEY"\ncache_seconds = {value}\n'
        (line,) = machine.has(**KEYS).policy(text).problems()
        assert line.startswith("policy.toml line 4: instances.a.cache_seconds: must be at ")

    def test_a_variable_that_is_not_set_and_a_channel_that_is_wrong_in_one_start(self, machine: Machine) -> None:
        lines = machine.has(SLACK, PORT="x").policy(POLICY + "\n[channels.inc]\n").problems()
        assert [re.split(r": (?=[a-z\"]+ )", line)[0] for line in lines] == [
            "PORT",
            "policy.toml line 4: instances.acme.key",
            "policy.toml line 8: instances.staging.key",
            "policy.toml line 25: channels.inc",
        ]

    @pytest.mark.parametrize(
        ("name", "value"),
        [("JOBBOT_STOP_CHANNELS", "none"), ("JOBBOT_STOP_USERS", "U0ANA"), ("JOBBOT_STOP_USERGROUPS", "S0ONCALL")],
    )
    def test_a_limit_of_the_environment_is_not_dropped_silently(self, machine: Machine, name: str, value: str) -> None:
        (line,) = machine.has(**{name: value}).policy("[channels.C0AAA]").problems()
        assert line.startswith(f"{name}: has no effect")

    @pytest.mark.parametrize(
        "raw",
        [
            b"[channels",
            b"[channels.C0AAA]\n[channels.C0AAA]\n",
            b'key = "pl4nted',
            b"x = " + b"1" * 5000,
            b"x = " + b"[" * 5000,
            b"x = 1979-13-45",
            b"\x00",
        ],
    )
    def test_what_is_no_toml(self, machine: Machine, raw: bytes) -> None:
        (line,) = machine.has().policy(raw).problems()
        assert line.startswith("JOBBOT_CONFIG: the file is not TOML")
        assert "C0AAA" not in line

    def test_the_place_in_the_file_is_named(self, machine: Machine) -> None:
        (line,) = machine.has().policy("a = 1\nb = ?\n").problems()
        assert line == "JOBBOT_CONFIG: the file is not TOML (at line 2, column 5)"

    def test_a_mark_in_front_is_no_problem(self, machine: Machine) -> None:
        assert machine.has().policy(b"\xef\xbb\xbf[channels.C0CCC]\n").starts().channels.keys() == {"C0CCC"}

    @pytest.mark.parametrize("raw", [b"\xff\xfe[\x00", b"# sch\xf6n\n"])
    def test_an_encoding_that_is_none_of_ours(self, machine: Machine, raw: bytes) -> None:
        assert machine.has().policy(raw).problems() == ["JOBBOT_CONFIG: the file is not UTF-8 text"]

    @pytest.mark.parametrize("path", ["nowhere.toml", "/nowhere/at/all.toml", "\udcff", "."])
    def test_a_file_that_is_not_there(self, machine: Machine, path: str) -> None:
        (line,) = machine.has(JOBBOT_CONFIG=path).problems()
        assert line.startswith("JOBBOT_CONFIG: the file cannot be read (")
        assert "nowhere" not in line

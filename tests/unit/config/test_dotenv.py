"""The file beneath the environment, however it was written."""

from pathlib import Path

import pytest

from jobbot.config import load_settings
from tests.unit.config.world import SOUND, Machine


class TestTheFile:
    """.env lies beneath the environment."""

    def test_it_fills_what_the_environment_leaves_open(self, machine: Machine) -> None:
        machine.dotenv.write_text("PORT=1\nJOBBOT_LOG_LEVEL=ERROR\nJOBBOT_HOST='::1' # loopback\nexport UNKNOWN=x\n")
        found = machine.has(PORT="2").starts()
        assert (found.port, found.log_level, found.host) == (2, "ERROR", "::1")

    def test_an_empty_variable_does_not_hide_it(self, machine: Machine) -> None:
        machine.dotenv.write_text("PORT=1\nJOBBOT_STOP_USERS=U0ANA\n")
        found = machine.has(PORT="", JOBBOT_STOP_USERS="").starts()
        assert found.port == 1
        assert found.channels["C0AAA"].stop_users == {"U0ANA"}

    def test_the_example_with_everything_left_unfilled_names_what_is_missing(self, machine: Machine) -> None:
        example = Path(__file__).parents[3] / ".env.example"
        machine.dotenv.write_bytes(example.read_bytes())
        assert "SLACK_BOT_TOKEN" in machine.names()
        machine.has()
        assert machine.starts().instances["acme"].scheme == "Token"

    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
    @pytest.mark.parametrize("line_end", ["\n", "\r\n"])
    def test_marks_and_line_ends_of_other_editors(self, machine: Machine, mark: bytes, line_end: str) -> None:
        lines = [f"{name}={value}" for name, value in SOUND.items()] + ["PORT", ""]
        machine.dotenv.write_bytes(mark + line_end.join(lines).encode())
        assert machine.starts().bot_token.get_secret_value() == "xoxb-1-abc"

    @pytest.mark.parametrize(
        "raw", ["SLACK_BOT_TOKEN=xoxb-1".encode("utf-16"), b"# sch\xf6n\nSLACK_BOT_TOKEN=xoxb-1\n"]
    )
    def test_an_encoding_that_is_none_of_ours(self, machine: Machine, raw: bytes) -> None:
        machine.dotenv.write_bytes(raw)
        (line,) = machine.has().problems()
        assert line.endswith(".env: is not UTF-8 text")

    def test_a_file_that_may_not_be_read(self, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        machine.dotenv.write_text("PORT=1\n")
        opened = Path.open

        def refuse(path: Path, *args: object, **kwargs: object) -> object:
            if path.name == ".env":
                raise PermissionError(13, "Permission denied", str(path))
            return opened(path, *args, **kwargs)  # type: ignore[call-overload]

        def refuse_by_name(path: object, *args: object, **kwargs: object) -> object:
            return refuse(Path(str(path)), *args, **kwargs)

        monkeypatch.setattr(Path, "open", refuse)
        monkeypatch.setattr("builtins.open", refuse_by_name)
        (line,) = machine.has().problems()
        assert line.endswith(".env: cannot be read (Permission denied)")

    def test_a_folder_of_that_name_is_no_file(self, machine: Machine) -> None:
        machine.dotenv.mkdir()
        assert machine.has().starts().port == 3000

    def test_no_file_at_all_may_be_asked_for(self, machine: Machine) -> None:
        machine.dotenv.write_text("PORT=1\n")
        machine.has()
        assert load_settings(env_file=None).port == 3000

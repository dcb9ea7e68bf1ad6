"""What reaches the log: a line a record, with its reference, and no secret in it."""

import json
import logging
import re
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from io import StringIO
from typing import Literal
from urllib.parse import quote, urlencode

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from jobbot.logs import Redaction, get_logger, new_reference, set_up_logging
from tests.support.bounded import ends
from tests.support.command import log_as_before

Style = Literal["text", "json"]
KEY = 'pl4nted"key\\with/odd+notifications='
BEGINS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR) +(-|[0-9a-f]{6}) [\w.]+: ")


class Log:
    """jobbot's log, and what is written to it."""

    def __init__(self, style: Style, *, level: str = "INFO") -> None:
        self.written = StringIO()
        set_up_logging(style, level, known_secrets=[KEY])
        handler = logging.getLogger().handlers[0]
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(self.written)
        self.log = logging.getLogger("jobbot.test")
        self.events = get_logger("jobbot.test")

    @property
    def text(self) -> str:
        return self.written.getvalue()


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    with log_as_before():
        yield


@pytest.fixture(params=["text", "json"])
def log(request: pytest.FixtureRequest) -> Log:
    return Log(request.param)


def test_a_line_for_people() -> None:
    log = Log("text")
    reference = new_reference()
    log.log.info("typed by %s in %s: %s", "U0ANA", "C0INC", "ListJobs")
    assert BEGINS.match(log.text)
    assert log.text.endswith(f" {reference} jobbot.test: typed by U0ANA in C0INC: ListJobs\n")


def test_a_line_for_machines() -> None:
    log = Log("json")
    reference = new_reference()
    log.log.warning("für %s", "Zoë")
    fields = json.loads(log.text)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", fields.pop("at"))
    assert fields == {"level": "warning", "logger": "jobbot.test", "reference": reference, "message": "für Zoë"}


def test_an_event_and_its_fields_for_people() -> None:
    log = Log("text")
    reference = new_reference()
    log.events.info("stop ended", job=987, user="U0ANA", seconds=1.25, channel=None, thread=True, said='a "b" = c')
    assert BEGINS.match(log.text)
    assert log.text.endswith(
        f" {reference} jobbot.test: stop ended job=987 user=U0ANA seconds=1.250 channel=none thread=true"
        ' said="a \\"b\\" = c"\n'
    )


def test_an_event_and_its_fields_for_machines() -> None:
    log = Log("json")
    reference = new_reference()
    log.events.warning(
        "stop ended", job=987, seconds=1.25, channel=None, level="forged", at="never", reference="000000"
    )
    fields = json.loads(log.text)
    assert fields.pop("at") != "never"
    assert fields == {
        **{"level": "warning", "logger": "jobbot.test", "reference": reference, "message": "stop ended"},
        **{"job": 987, "seconds": 1.25, "channel": None},
    }


def test_a_percent_sign_in_an_event_is_a_percent_sign(log: Log) -> None:
    log.events.info("at 62 %s", done="50%d")
    assert "at 62 %s" in log.text
    assert "50%d" in log.text


def test_a_field_that_cannot_be_shown_takes_nothing_else_with_it(log: Log) -> None:
    class Shy:
        def __str__(self) -> str:
            raise ValueError("pl4nted")

    log.events.info("seen", job=987, shy=Shy())
    assert "987" in log.text
    assert "a Shy that cannot be shown (ValueError)" in log.text


def test_what_a_library_says_through_structlog_is_a_record_too(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("stamina").warning("retry scheduled", caused_by=f"ValueError({KEY!r})")
    assert "retry scheduled" in log.text
    assert "stamina" in log.text
    assert not HIDDEN.search(log.text)
    assert capsys.readouterr() == ("", "")


def test_what_is_below_the_level_is_not_even_a_record(log: Log) -> None:
    log.events.debug("looked")
    assert log.text == ""


def test_a_warning_of_pythons_is_a_record_like_any_other(log: Log) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn(f"asked with {KEY}", RuntimeWarning, stacklevel=1)
    assert "py.warnings" in log.text
    assert "[secret]" in log.text
    assert not HIDDEN.search(log.text)


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize("where", ["raise Odd(KEY)", "t = threading.Thread(target=fails); t.start(); t.join()"])
def test_what_nobody_caught_is_a_record_like_any_other(style: Style, where: str) -> None:
    script = f"""
import threading
from jobbot.logs import set_up_logging
KEY = {KEY!r}
class Odd(Exception): pass
def fails(): raise Odd(KEY)
set_up_logging({style!r}, "INFO", known_secrets=[KEY])
{where}
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "ended by an error that nobody caught" in done.stderr
    assert "Odd: [secret]" in done.stderr
    assert not HIDDEN.search(done.stderr)
    assert done.stdout == ""


def test_an_interrupt_is_a_record_too_and_shows_no_secret(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    """Who presses Ctrl-C twice may interrupt whatever handles an error just then."""
    interrupt = KeyboardInterrupt()
    interrupt.__context__ = ValueError(KEY)
    sys.excepthook(KeyboardInterrupt, interrupt, None)
    assert "ended by an interrupt" in log.text
    assert "ValueError: [secret]" in log.text
    assert not HIDDEN.search(log.text)
    assert capsys.readouterr() == ("", "")


def test_a_thread_that_ends_itself_is_no_error(log: Log) -> None:
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()
    assert log.text == ""


def test_references_are_six_hexadecimal_digits_and_differ() -> None:
    seen = {new_reference() for _ in range(50)}
    assert all(re.fullmatch(r"[0-9a-f]{6}", one) for one in seen)
    assert len(seen) > 40


def test_libraries_speak_from_warning_on_whatever_jobbot_does(log: Log) -> None:
    set_level = Log("text", level="DEBUG")
    logging.getLogger("slack_bolt").info("a payload")
    logging.getLogger("slack_sdk.web").debug("a payload")
    logging.getLogger("jobbot.slack").debug("ours")
    assert "a payload" not in set_level.text
    assert "ours" in set_level.text
    assert log.text == ""


SECRETS = {
    "a known key": KEY,
    "a bot token": "xoxb-123-456-abcDEF",
    "an app token": "xapp-1-A0-123-abcdef",
    "a rotated token": "xoxe.xoxb-1-abcdef",
    "a refresh token": "xoxe-1-abcdef",
    "a key behind its word": "Token 0123456789abcdef",
    "a key behind the other word": "Bearer abc.def~ghi+jk/l=",
    "a response URL": "https://hooks.slack.com/commands/T0ACME/123/s3cr3t",
    "a response URL in a form": "https%3A%2F%2Fhooks.slack.com%2Factions%2FT0ACME%2F123%2Fs3cr3t",
    "a local response URL": "http://127.0.0.1:8080/response/s3cr3t",
    "a socket's ticket": "wss://wss-primary.slack.com/link/?ticket=s3cr3t&app_id=1",
    "a database's password": "postgresql://jobbot:s3cr3t@db/jobbot",
    "a database's odd password": "postgresql://:s3c@r3t@db/jobbot",
}
HIDDEN = re.compile(r"pl4nted|123-456|A0-123|abcdef|abc\.def|s3cr3t|s3c@|r3t")


def each(style: Style) -> Iterator[tuple[Log, str]]:
    """Every secret with a log of its own, which must not have it when the next one is asked for."""
    for name, secret in SECRETS.items():
        log = Log(style)
        yield log, secret
        assert "[secret]" in log.text, name
        assert not HIDDEN.search(log.text), name


@pytest.mark.parametrize("style", ["text", "json"])
class TestSecrets:
    """They do not reach a line, however they come."""

    def test_in_a_message(self, style: Style) -> None:
        for log, secret in each(style):
            log.log.info("asked with " + secret + " and more")
            assert "asked with " in log.text
            assert "and more" in log.text

    def test_in_an_argument(self, style: Style) -> None:
        for log, secret in each(style):
            log.log.info("asked with %s, %r and %s", secret, secret, {"Authorization": secret})

    def test_in_a_field(self, style: Style) -> None:
        for log, secret in each(style):
            log.events.info("asked", how="with " + secret, headers={"Authorization": secret}, error=ValueError(secret))
            assert "asked" in log.text
            assert "with " in log.text

    def test_in_the_exception_of_an_event(self, style: Style) -> None:
        for log, secret in each(style):
            try:
                raise ValueError(secret)
            except ValueError as error:
                log.events.exception("failed")
                log.events.error("failed", exc_info=error)
            assert log.text.count("Traceback") == 2

    def test_inside_json_inside_json(self, style: Style) -> None:
        for log, secret in each(style):
            log.events.info("sent", body=json.dumps({"body": json.dumps({"url": secret})}), shown=repr(repr(secret)))

    def test_in_a_url(self, style: Style) -> None:
        for log, secret in each(style):
            log.events.info("sent", body=urlencode({"text": secret, "more": "words"}), path=quote(secret, safe=""))
            assert "words" in log.text

    def test_inside_other_json(self, style: Style) -> None:
        for log, secret in each(style):
            log.log.info("sent %s", json.dumps({"url": secret, "text": "words"}))
            assert "words" in log.text

    def test_in_an_exception_and_in_those_behind_it(self, style: Style) -> None:
        def fails(secret: str) -> None:
            try:
                raise KeyError(secret)
            except KeyError:
                raise ValueError(f"no {secret}") from OSError(2, secret)

        for log, secret in each(style):
            with pytest.raises(ValueError, match="no ") as caught:
                fails(secret)
            log.log.error("work failed", exc_info=caught.value)
            assert "ValueError" in log.text
            assert "OSError" in log.text

    def test_in_a_group_of_exceptions(self, style: Style) -> None:
        for log, secret in each(style):
            log.log.error("work failed", exc_info=ExceptionGroup("both", [ValueError(secret), OSError(secret)]))

    def test_in_a_record_whose_arguments_do_not_fit(self, style: Style, capsys: pytest.CaptureFixture[str]) -> None:
        for name, secret in SECRETS.items():
            log = Log(style)
            for message, arguments in (("%s and %d", (secret, secret)), ("two of them: %s, %s", (secret,))):
                log.log.info(message, *arguments)
            log.log.info(secret + " and %d", secret)
            assert not HIDDEN.search(log.text + capsys.readouterr().err), name
            assert log.text.count("does not go with its arguments") == 3, name


def test_a_url_in_quotes_leaves_json_that_can_be_read() -> None:
    log = Log("json")
    log.log.info('connecting to "wss://x/?ticket=1", then "http://u:p@h"\nand on')
    assert json.loads(log.text)["message"] == 'connecting to "[secret]", then "http://[secret]@h"\nand on'


def test_what_is_no_secret_stays() -> None:
    ordinary = "GET https://acme.datatap.adverity.com/api/jobs/?start=2022-10-31 for U0ANA in C0INC: 12:30, a@b.example"
    assert Redaction(["", "abc"])(ordinary) == ordinary


HOSTILE = [
    *("http://" * 5_000, "://a:" * 20_000, "https://x" + "y" * 200_000, "xoxb-" * 20_000),
    *("https%3A" * 20_000, "%3A%2F%2F%3A" * 20_000, "%3A%2F%2F" + "a%3A" * 20_000, "Token+" * 20_000),
]


@pytest.mark.slow
def test_no_text_makes_redaction_hang() -> None:
    for hostile in HOSTILE:
        with ends(hostile[:12]):
            Redaction([KEY])(hostile)


FORGED = "2022-10-31T10:00:00.000Z ERROR   - jobbot.store: forged"
BREAKS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("style", ["text", "json"])
class TestForgedLines:
    """What was logged cannot look like a line of its own."""

    def test_in_a_message(self, style: Style) -> None:
        for line_end in BREAKS:
            log = Log(style)
            log.log.info("reason: %s", f"fine{line_end}{FORGED}")
            assert len(log.text.splitlines()) == 1, ascii(line_end)

    def test_in_a_field(self, style: Style) -> None:
        for line_end in BREAKS:
            log = Log(style)
            log.events.info("seen", reason=f"fine{line_end}{FORGED}", other=FORGED)
            assert len(log.text.splitlines()) == 1, ascii(line_end)

    def test_in_an_exception(self, style: Style) -> None:
        for line_end in BREAKS:
            log = Log(style)
            log.log.error("failed", exc_info=ValueError(f"fine{line_end}{FORGED}"))
            lines = log.text.splitlines()
            own = sum(line.startswith(("2022-10-31T10:00:00", "{")) for line in lines)
            assert own == (0 if log.text.startswith("20") else 1), ascii(line_end)
            assert all(line.startswith("    ") for line in lines[1:]), ascii(line_end)


def test_a_terminal_is_not_told_what_to_do() -> None:
    log = Log("text")
    log.log.info("\x1b[2J\x1b]0;title\x07 \u202eback \u200b \ud800")
    assert log.text.rstrip("\n").isprintable()


def test_an_ordinary_traceback_can_be_read() -> None:
    log = Log("text")
    try:
        raise ValueError("näh, ungültig")
    except ValueError:
        log.log.exception("work failed")
    assert "\n    Traceback (most recent call last):\n" in log.text
    assert log.text.endswith("    ValueError: näh, ungültig\n")


@given(st.text(), st.sampled_from(["text", "json"]), st.booleans())
def test_whatever_is_said_it_is_one_record(said: str, style: Style, failed: bool) -> None:
    log = Log(style)
    log.log.info("%s", said, exc_info=ValueError(said) if failed else None)
    lines = log.text.splitlines()
    if style == "json":
        (line,) = lines
        assert "exception" in json.loads(line) or not failed
    else:
        assert BEGINS.match(lines[0])
        assert all(line.startswith("    ") for line in lines[1:])
        assert failed or len(lines) == 1


@given(st.text(min_size=6).filter(str.strip), st.text(max_size=5), st.sampled_from(["text", "json"]))
def test_a_known_secret_is_cut_whatever_letters_it_has(secret: str, around: str, style: Style) -> None:
    cut = Redaction([secret])(f"{around}{secret}{around} {secret!r} {json.dumps(secret)}")
    assert secret not in cut.replace("[secret]", "") or secret in (around + around)

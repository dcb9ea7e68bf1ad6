"""What Slack, phones and the clipboard make of a command."""

from jobbot.intents import Misread, StopJob, canonical
from jobbot.intents.language.slack_text import escape, readable
from tests.support.each import each
from tests.unit.intents.world import JOB, typed


@each(
    "text",
    [
        "`failed` yesterday",
        "`/jobs failed yesterday`",
        "“failed yesterday”",
        '"failed" "yesterday"',
        "‘failed’ yesterday",
        "'failed yesterday'",
        "*failed* _yesterday_",
        "*failed yesterday*",
        "~failed~ yesterday!",
        "«failed yesterday»",
        "```\nfailed yesterday\n```",
        "/jobs failed yesterday",
        "/JOBS failed yesterday",
        "/adverity failed yesterday",
        "jobs failed yesterday",
        "<@U1|jobbot> /jobs failed yesterday",
        "<@U1> <@U2|jobbot> failed yesterday",
        "@jobbot failed yesterday",
        "failed\u00a0yesterday",
        "failed\u3000yesterday",
        "fai\u200bled yesterday\u200b",
        "\u200ffailed yesterday",
        "\ufefffailed yesterday",
        "ｆａｉｌｅｄ ｙｅｓｔｅｒｄａｙ",
        "failed — yesterday",
        "• failed yesterday",
        "- failed yesterday",
        "failed, yesterday.",
        "failed; yesterday",
        "failed\nyesterday",
        "(failed) [yesterday]",
        "&lt;failed&gt; yesterday",
        "<failed> yesterday",
        "FAILED YESTERDAY",
    ],
)
def test_the_same_is_understood(text: str) -> None:
    assert typed(text) == typed("failed yesterday")


@each(
    "text",
    [
        "<",
        ">",
        "<>",
        "<|>",
        "<|x>",
        "<@>",
        "<@|>",
        "<#|>",
        "<!>",
        "<!date^>",
        "<!date^9999999999^x>",
        "<a|b|c>",
        "&lt;",
        "<<>>",
    ],
)
def test_broken_wrappings_break_nothing(text: str) -> None:
    typed(text)
    typed(f"failed {text} yesterday")
    assert isinstance(typed(f"stop 987 {text}"), StopJob)


def test_a_word_that_is_cut_is_no_other_word() -> None:
    assert isinstance(typed('"' * 298 + "987"), Misread)


def test_readable_takes_back_what_escape_did() -> None:
    for words in ("a < b", "&lt;", "<@U1|ana>", "a & b &amp; c"):
        assert readable(escape(words)) == words


def test_a_reason_is_said_again_as_slack_would_send_it() -> None:
    intent = typed("stop 987 a &lt;b&gt; &amp;lt; c")

    assert intent == StopJob(job=JOB, reason="a <b> &lt; c")
    assert canonical(intent) == "stop 987 a &lt;b&gt; &amp;lt; c"
    assert typed(canonical(intent)) == intent

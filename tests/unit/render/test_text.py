"""Strings that people read: tables and properties of the smallest pieces."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobbot.adverity.model import JobId
from jobbot.intents.button import encode
from jobbot.intents.language.numbers import LARGEST_NUMBER
from jobbot.intents.model import Help, StopJob
from jobbot.render.blockkit.blocks import action_of, actions, option, plain
from jobbot.render.blockkit.buttons import go_on
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.parts import row_in_words
from jobbot.render.blockkit.text import (
    code,
    cut,
    duration,
    duration_seconds,
    escape,
    fit_bytes,
    foreign,
    link,
    moment,
    plural,
    to_plain,
)
from tests.support.each import each

AT = datetime(2026, 3, 14, 9, 42, 5, tzinfo=UTC)


@given(st.text())
def test_escaping_loses_nothing_and_leaves_no_bracket(words: str) -> None:
    escaped = escape(words)
    assert "<" not in escaped
    assert ">" not in escaped
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == words


@given(st.text(), st.integers(min_value=1, max_value=100))
def test_what_is_cut_is_short_flat_and_says_so(words: str, most: int) -> None:
    short = cut(words, most)
    assert len(short) <= most
    assert not any(mark in short for mark in "\n\r\u2028\u202e\u200b")
    assert short == cut(short, most)


@given(st.text())
def test_code_cannot_be_left_from_inside(words: str) -> None:
    shown = code(words)
    assert shown[0] == shown[-1] == "`"
    assert "`" not in shown[1:-1]


@each(
    ("span", "words"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=59.9), "59 s"),
        (timedelta(minutes=12, seconds=59), "12 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(hours=3, minutes=5), "3 h 5 min"),
        (timedelta(days=2), "2 d"),
        (timedelta(days=2, hours=4, minutes=59), "2 d 4 h"),
    ],
)
def test_durations_have_two_units_at_most(span: timedelta, words: str) -> None:
    assert duration(span) == words
    assert duration_seconds(span.total_seconds()) == words


@each(
    "url",
    ["javascript:alert(1)", "https://x|y", "https://x>y", "https://x y", "ftp://x", "", "https://x\n", "<https://x>"],
)
def test_an_address_that_would_break_out_of_a_link_is_left_away(url: str) -> None:
    assert link(url, "words") == "words"


def test_a_link_keeps_its_ampersands() -> None:
    assert link("https://x/?a=1&b=2", "words") == "<https://x/?a=1&amp;b=2|words>"


def test_times_have_a_fallback_in_utc() -> None:
    assert moment(AT) == "<!date^1773481325^{date_short_pretty} {time}|2026-03-14 09:42 UTC>"


def test_plain_text_has_the_words_of_dates_and_links() -> None:
    mrkdwn = f"{moment(AT)} <https://x/|Open it> <@U1> &lt;b&gt;"
    assert to_plain(mrkdwn) == "2026-03-14 09:42 UTC Open it <@U1> &lt;b&gt;"


def test_counts_agree_with_their_nouns() -> None:
    assert [plural(0, "job"), plural(1, "job"), plural(2500, "job"), plural(2, "entry", "entries")] == [
        "0 jobs",
        "1 job",
        "2,500 jobs",
        "2 entries",
    ]


@given(st.lists(st.text(alphabet="aé💥", max_size=400), max_size=60))
def test_what_does_not_fit_is_counted(lines: list[str]) -> None:
    fitted = fit_bytes(lines)
    assert len(fitted.encode()) <= 3_800
    if fitted != "\n".join(lines):
        assert "more line" in fitted.splitlines()[-1]


def test_a_string_from_outside_is_flat_cut_and_escaped() -> None:
    assert foreign("  a\n<b>  " + "x" * 100, 10) == "a &lt;b&gt; xxx…"


LITERAL = re.compile(r"<!date\^0\^\{_\}\|([^<>|&]+)>")


def drawn(mrkdwn: str) -> str:
    """What somebody reads, and copies: the fallbacks of dates that are none, the three entities decoded."""
    return LITERAL.sub(r"\1", mrkdwn).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def left_to_slack(mrkdwn: str) -> str:
    """What Slack may format: what is literal keeps what stands before and behind it apart."""
    return LITERAL.sub(" ", mrkdwn)


@each(
    "name",
    [
        "*Facebook* Ads",
        "_private_ __init__ a_ _b",
        "~old~ `code` ```fence```",
        ":fire: Ads :warning:",
        "EU > US & <b>",
        "Ads ＊wide＊",
    ],
)
def test_what_formats_in_slack_stands_literally_and_is_copied_as_it_is(name: str) -> None:
    shown = foreign(name)
    assert drawn(shown) == name
    assert not re.search(r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])|[*~`＊]|:[^\s:]+:", left_to_slack(shown))
    assert to_plain(shown) == escape(name)


@each("name", ["fb_ads_eu", "Facebook Ads EU", "10:42", "a: b"])
def test_what_formats_nothing_is_left_alone(name: str) -> None:
    assert foreign(name) == name


@given(st.text(alphabet="*_~`:>＞ ab1\n", max_size=80))
def test_nothing_of_a_name_is_left_to_format(name: str) -> None:
    shown = foreign(name)
    assert not re.search(r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])|[*~`]|:[^\s:]+:", left_to_slack(shown))
    assert not shown.startswith(("&gt;", "＞")), "a quote"
    assert len(shown) <= 5 * 80 + 8 * 20, "of what Slack takes a message"


def test_a_name_from_right_to_left_keeps_its_direction_to_itself() -> None:
    assert foreign("قناة 12") == "\u2068قناة 12\u2069"
    assert foreign("\u202eevil\u200f") == "evil"
    assert len(plain("ق" * 100, 75)["text"]) <= 75


def test_marks_stand_in_blocks_only() -> None:
    row = row_in_words("Ads", ["Running 62 %"], ["987", "", "by hand"], mark=Mark.RUNNING, said=["no data"])
    assert row == ":large_blue_circle: *Ads* · Running 62 %\n987 · by hand\n>no data"
    assert to_plain(row) == "*Ads* · Running 62 %\n987 · by hand\n>no data"
    assert to_plain(foreign(":red_circle: Ads")) == ":red_circle: Ads", "a name, and no mark"


def test_elements_of_one_action_are_told_apart_in_their_block_and_are_one_to_who_listens() -> None:
    row = actions([go_on(words, Help()) for words in ("One", "Two", "Three")])
    ids = [element["action_id"] for element in row["elements"]]
    assert ids == ["run", "run.2", "run.3"]
    assert {action_of(one) for one in ids} == {"run"}


def test_the_value_of_an_option_is_never_cut() -> None:
    longest = encode(StopJob(job=JobId(LARGEST_NUMBER), instance="a" * 63))
    assert option("Stop job", longest)["value"] == longest
    with pytest.raises(ValueError, match="151"):
        option("Stop job", "x" * 151)

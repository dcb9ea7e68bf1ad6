"""What a name means that somebody typed."""

import unicodedata

import pytest

from jobbot.flows.jobs import by_name
from jobbot.flows.jobs.by_name import Forms, match, mentioned

NAMES = {
    42: "Facebook Ads EU",
    43: "facebook ads eu",
    44: "Facebook Ads US",
    58: "The Trade Desk",
    60: "TikTok Ads DACH",
    64: "Brand <b>Lift</b> & Survey",
    70: "東京 広告",
    71: "Failed",
    72: "🔥",
    73: "H&M Web",
    74: "x" * 300,
    75: "",
}
KNOWN = {id_: (name,) for id_, name in NAMES.items()}


def found(name: str, *, beginnings: bool = True) -> list[int]:
    return list(match(name, KNOWN, beginnings=beginnings).found)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("Facebook Ads EU", [42]),
        ("facebook ads eu", [43]),
        ("FACEBOOK  ADS EU", [42, 43]),
        ("ads eu", [42, 43]),
        ("ads", [42, 43, 44, 60]),
        ("facebook", [42, 43, 44]),
        ("gone", []),
        ("trade desk", [58]),
        ("desk trade", [58]),
        ("tik", [60]),
        ("ti", []),
        ("tiktok", [60]),
        ("brand lift", [64]),
        ("survey & brand", [64]),
        ("東京", [70]),
        ("広告 東京", [70]),
        ("failed", [71]),
        ("🔥", [72]),
        ("h m", [73]),
        ("H&M", [73]),
        ("x" * 300, [74]),
        ("", []),
        ("   ", []),
        ("!!!", []),
    ],
)
def test_what_a_name_means(name: str, ids: list[int]) -> None:
    assert found(name) == ids


def test_what_is_nearly_a_word_must_be_a_whole_one() -> None:
    assert found("tik", beginnings=False) == []
    assert found("tiktok", beginnings=False) == [60]


def test_the_nearest_where_there_is_none() -> None:
    assert match("tiktak", KNOWN).nearest[:1] == (60,)
    assert match("the trade dsk", KNOWN).nearest[:1] == (58,)
    assert match("qqqqqq", KNOWN).nearest == ()
    assert len(match("facebok", KNOWN).nearest) <= 3
    assert match("tiktak", KNOWN, nearly=False).nearest == ()


def test_each_of_several_forms_is_a_name() -> None:
    workspaces = {4: ("Insights PRD", "insights-prd"), 14: ("EMEA", "emea-north"), 16: ("North America", "us")}
    assert match("insights", workspaces).found == (4,)
    assert match("insights-prd", workspaces).found == (4,)
    assert match("north", workspaces).found == (14, 16)
    assert match("us", workspaces).found == (16,)
    assert match("nort amerca", workspaces).nearest[:1] == (16,)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Facebook Ads EU has no data", [42, 43]),
        ("where is the trade desk, and tiktok ads (DACH)?", [58, 60]),
        ("*Facebook  Ads US* and Facebook Ads EU", [44, 42, 43]),
        ("facebook ads", []),
        ("東京 広告 is late", [70]),
        ("the fetch failed", [71]),
        ("h&m web", [73]),
        ("", []),
        ("a" * 5_000, []),
    ],
)
def test_a_name_is_meant_in_a_text_where_the_whole_of_it_stands(text: str, ids: list[int]) -> None:
    assert list(mentioned(text, KNOWN)) == ids


def test_a_name_within_a_longer_one_is_not_meant_by_it() -> None:
    known = {1: ("Facebook Ads",), 2: ("Facebook Ads EU",)}
    assert mentioned("Facebook Ads EU is late", known) == (2,)
    assert mentioned("Facebook Ads EU is late, Facebook Ads is not", known) == (2, 1)


def test_what_tells_nothing_is_not_looked_for() -> None:
    assert mentioned("the EU and 2022", {1: ("EU",), 2: ("2022",), 3: ("",)}) == ()


def test_a_name_is_spelled_out_once_whatever_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    spelled, words = list[str](), by_name._words

    def counted(name: str) -> tuple[str, ...]:
        spelled.append(name)
        return words(name)

    monkeypatch.setattr(by_name, "_words", counted)
    forms = Forms()
    known = {number: (f"Facebook Ads {number}",) for number in range(50)}
    for _ in range(2):
        assert mentioned("Facebook Ads 7 is late", known, forms=forms) == (7,)
        assert match("facebook ads 8", known, forms=forms).found == (8,)
    assert len(spelled) == len(known) + 4, "and each question"
    for page in range(100):
        mentioned("x", {number: (f"page {page}, {number}",) for number in range(50)}, forms=forms)
    assert len(forms._of) <= 2 * len(known) + 1_000 + 50, "what is gone is not kept for ever"


@pytest.mark.parametrize("name", ["Facebook Ads – EU", "h&m web", "東京 広告", "a.b_c", "***", "ﬁne", "naïve ①"])
def test_ascii_is_spelled_as_all_else_is(name: str) -> None:
    plain = unicodedata.normalize("NFKC", name).casefold()
    kept = "".join(letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in plain)
    assert by_name._words(name) == (tuple(kept.split()) or tuple(plain.split()))

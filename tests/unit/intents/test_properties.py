"""What holds for every text: an answer, in a bounded time, that can be said again, and no stop that was not typed."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobbot.adverity.model import JobId
from jobbot.intents import Help, ListJobs, Misread, StopJob, canonical
from jobbot.intents.button import decode, encode
from jobbot.intents.language.slack_text import escape
from jobbot.intents.language.vocabulary import ACTS, FILLERS, KNOWN, SCHEDULING, VERBS, Verb
from jobbot.intents.model import Act
from tests.support.bounded import ends
from tests.unit.intents.test_phrases import UNDERSTOOD as PHRASES
from tests.unit.intents.world import typed

TYPED = """
987 #42 0 -1 1,234 6h 30 min last since between and to .. - – … today yesterday tomorrow monday 10:30 23:00 2022-10-31
2022-10-31T08:00Z 2022-02-30 2022-10-31..2022-11-02 utc ago this week now in staging acme stagin progress faild stpo
bananas <@U1|ana> <https://acme.datatap.adverity.com/jobs/5> &lt;b&gt; ? ` “x” stop stop watching why help ds:42 in:acme
ok fine done wrong take extend change what long
facebook workspace emea H&amp;M "trade «last ‟ „x” "failed" "stop datastream" insights-prd 東京 é "&lt;
alerts on off snooze 2h history by <@U024BE7LH> @ana
fetch again retry ack pause resume paused schedule until fixed for @data-oncall <!subteam^S0123AB|@oncall> because all
everything 1-27 nov between 8 10 1 oct..5 oct week month pasue retyr did who should can 48319 48320 -
🔥 /jobs ( i̇ night tonight morning weekend june 1st 01.06. 10/11/2022 &gt;1h than usual notify if hour two 48319,48320
"""
WORDS = [*sorted(KNOWN | FILLERS), *TYPED.split(), "\u200b", "\x00"]
SENTENCES = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
TEXTS = SENTENCES | st.text(max_size=60) | st.text(alphabet="<>@#!|&;:/.-… 0129azTZ+", max_size=60)
NAMES = st.text(min_size=1, max_size=310) | st.sampled_from([*sorted(KNOWN), "Facebook", "facebook", "id", "42"])
PLACES = st.sampled_from(["Europe/Vienna", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]).map(ZoneInfo)
TIMES = st.floats(1e9, 2e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(text=TEXTS, now=TIMES, zone=PLACES)
def test_whatever_is_understood_can_be_said_again(text: str, now: datetime, zone: ZoneInfo) -> None:
    intent = typed(text, now=now, zone=zone)

    if not isinstance(intent, Misread):
        assert typed(canonical(intent), now=now, zone=zone) == intent
        assert typed(canonical(intent), now=now, zone=ZoneInfo("UTC")) == intent


@given(text=TEXTS, now=TIMES, zone=PLACES)
def test_a_suggestion_is_understood_and_never_a_stop(text: str, now: datetime, zone: ZoneInfo) -> None:
    intent = typed(text, now=now, zone=zone)

    if isinstance(intent, Misread):
        assert 0 < len(intent.problems) <= 5
        meant = typed(canonical(intent), now=now, zone=zone)
        assert not isinstance(meant, Misread | Act)
        assert intent.suggestion is not None or meant == Help()
        assert 1 <= len(intent.offers) <= 3
        for offer in intent.offers:
            assert decode(encode(offer)) == offer
            assert typed(canonical(offer), now=now, zone=zone) == offer


@given(name=NAMES, before=SENTENCES, behind=SENTENCES)
def test_a_name_between_quotes_stops_nothing_and_can_be_said_again(name: str, before: str, behind: str) -> None:
    for wanting in ("datastream", "workspace"):
        intent = typed(f'{before} {wanting} "{escape(name)}" {behind}')
        if not isinstance(intent, Misread):
            assert typed(canonical(intent)) == intent
        elif intent.named is not None:
            assert typed(canonical(intent.named)) == intent.named
    assert not isinstance(typed(f'datastream "{escape(name)}"'), Act) or '"' in name


@given(text=TEXTS, now=TIMES, zone=PLACES)
def test_what_may_be_meant_by_a_name_can_be_said_again(text: str, now: datetime, zone: ZoneInfo) -> None:
    intent = typed(text, now=now, zone=zone)

    if isinstance(intent, Misread) and intent.named is not None:
        assert typed(canonical(intent.named), now=now, zone=zone) == intent.named
        assert decode(encode(intent.named)) == intent.named


@given(words=st.lists(st.sampled_from([word for word in WORDS if VERBS.get(word) is not Verb.STOP]), max_size=9))
def test_without_a_word_that_stops_nothing_is_a_stop(words: list[str]) -> None:
    assert not isinstance(typed(" ".join(words)), StopJob)


ACTING = {*(word for word, verb in VERBS.items() if verb in ACTS), *SCHEDULING}


@given(words=st.lists(st.sampled_from([word for word in WORDS if word not in ACTING]), max_size=9))
def test_without_the_word_of_an_act_nothing_is_one(words: list[str]) -> None:
    assert not isinstance(typed(" ".join(words)), Act)


@given(
    asking=st.sampled_from(["should we", "did anybody", "how do i", "is it wise to", "why did you", "what if i"]),
    act=st.sampled_from(
        [
            "stop 987",
            "retry 987",
            "ack 987",
            "pause datastream 42",
            "resume datastream 42",
            "stop all",
            "fetch datastream 42",
        ]
    ),
    behind=SENTENCES,
)
def test_no_question_is_an_act(asking: str, act: str, behind: str) -> None:
    assert not isinstance(typed(f"{asking} {act} {behind}"), Act)


@given(reason=st.text(max_size=80))
def test_no_reason_breaks_an_act(reason: str) -> None:
    for act in ("retry 987", "pause datastream 42 until 13:00", "fetch datastream 42 yesterday", "fetch again 987"):
        intent = typed(f"{act} because {reason}")

        assert isinstance(intent, Act), intent
        assert intent.reason.startswith("because")
        assert typed(canonical(intent)) == intent


WHOLE = re.compile(
    r"stop|freeze .*deploy|runaway|\b(last|show) \d+ \w+|last night|the last|who did what|did anyone"
    r"|until 8|till 8|bis \d|fine|good"
)
"""A reason, in which every word counts, or words that mean something beside each other alone, as in ``last 3 runs``."""


@given(
    words=st.sampled_from([row for row, said in PHRASES.items() if said != "thanks" and not WHOLE.search(row)]).map(
        str.split
    ),
    fillers=st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from(["please", "the", "can you", "jobs", "some", "just"]))
    ),
)
def test_words_that_say_nothing_say_nothing_in_any_place(words: list[str], fillers: list[tuple[int, str]]) -> None:
    filled = list(words)
    for at, filler in fillers:
        filled.insert(min(at, len(filled)), filler)

    assert typed(" ".join(filled)) == typed(" ".join(words))


@given(reason=st.text(max_size=80))
def test_no_reason_breaks_a_stop(reason: str) -> None:
    intent = typed(f"stop 987 because {reason}")

    assert isinstance(intent, StopJob)
    assert intent.job == JobId(987)
    assert intent.reason.startswith("because")
    assert typed(canonical(intent)) == intent


NOISE = [
    *("x", "x ", "<", "<a ", "<a|", "|", ",", "1", "1,", "1.", "-", "- ", ". ", "..", "…", "–", "a.", "a-", "a/", "a:"),
    *("stop ", "in ", "the ", "last ", "since ", "10:30 ", "6h", "6h ", "1h1", "2022-10-31..", "2022-10-31-", "``"),
    *("&amp;", "&", "“", "\u200b", "\u202e", "﷽", "﷽ ", "/jobs ", "<@U1> ", "faild ", "datastream ", "987 ", "#"),
    *('"', "'", "between ", "job ", "ds:", "stop:", "yesterdayy ", "<https://x/jobs/1> ", "https://a.a.a"),
]


@pytest.mark.parametrize(
    "before",
    ["", "stop 987 ", "stop 987 in ", "pause datastream 42 ", pytest.param("fetch facebook ", marks=pytest.mark.slow)],
)
def test_forty_thousand_characters_of_noise_are_answered(before: str) -> None:
    for noise in NOISE:
        with ends(f"{before}{noise}"):
            intent = typed(before + (noise * 40_000)[:40_000] + "!x")

        if isinstance(intent, Misread):
            assert len(intent.problems) <= 5, noise
            assert all(len(part) <= 200 for part in intent.understood), noise


def test_the_page_cannot_be_said_and_a_mistake_says_what_was_meant() -> None:
    assert canonical(ListJobs(page=3, instance="acme")) == "in acme"
    assert canonical(Misread((), (), suggestion="failed")) == "failed"
    assert canonical(Misread((), ())) == "help"

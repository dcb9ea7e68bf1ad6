"""Mistakes: what was understood, what was not, the nearest word there is, and what can be run instead."""

from jobbot.intents import (
    BadNumber,
    BadRange,
    DoesNotFit,
    Misread,
    MissingName,
    MissingNumber,
    SaidTwice,
    UnknownInstance,
    UnknownWord,
)
from jobbot.intents.language.spelling import nearest
from jobbot.intents.language.vocabulary import VOCABULARY
from tests.support.each import each
from tests.unit.intents.world import INSTANCES, misread, typed


def test_the_design_s_example() -> None:
    assert misread("faild yesterday") == Misread(
        understood=("yesterday",), problems=(UnknownWord("faild", "failed"),), suggestion="failed yesterday"
    )


@each(
    ("text", "problem", "suggestion"),
    [
        ("Faild", UnknownWord("Faild", "failed"), "failed"),
        ("runing", UnknownWord("runing", "running"), "running"),
        ("sheduled", UnknownWord("sheduled", "scheduled"), "scheduled"),
        ("sched", UnknownWord("sched", "scheduled"), "scheduled"),
        ("yestreday", UnknownWord("yestreday", "yesterday"), "yesterday"),
        ("datastrem 42", UnknownWord("datastrem", "datastream"), "datastream 42"),
        ("wacth 987", UnknownWord("wacth", "watch"), "watch 987"),
        ("hlep", UnknownWord("hlep", "help"), "help"),
        ("failed stpo yesterday", UnknownWord("stpo", "stop"), "failed yesterday"),
        ("failed bananas", UnknownWord("bananas", None), "failed"),
        ("failed -stale", UnknownWord("-stale", "stale"), None),
        ("not failed", UnknownWord("not", None), None),
        ("all but stale", UnknownWord("but", None), None),
        ("failed staging", UnknownWord("staging", "in staging"), "failed in staging"),
        ("failed in stagin", UnknownInstance("stagin", "staging", INSTANCES), "failed in staging"),
        ("failed in mars", UnknownInstance("mars", None, INSTANCES), "failed"),
        ("failed in", UnknownWord("in", None), "failed"),
        ("datastream", MissingNumber("datastream"), None),
        ("ds failed", MissingNumber("ds"), "failed"),
        ("workspace", MissingName("workspace"), None),
        ("workspace failed", MissingName("workspace"), "failed"),
        ("workspace 0", BadNumber("workspace", "0"), None),
        (
            "workspace emea workspace apac",
            SaidTwice("workspace", "workspace emea", "workspace apac"),
            'workspace "emea"',
        ),
        ("failed ds 0", BadNumber("ds", "0"), "failed"),
        ("why", MissingNumber("why"), None),
        ("watch", MissingNumber("watch"), None),
        ("job", MissingNumber("job"), None),
        ("watch failed", MissingNumber("watch"), None),
        ("watch it", BadNumber("watch", "it"), None),
        ("job x", BadNumber("job", "x"), None),
        ("0", BadNumber("job", "0"), None),
        ("#abc", BadNumber("job", "#abc"), None),
        ("987,988", BadNumber("job", "987,988"), None),
        ("failed 987", DoesNotFit("failed", "987"), "987"),
        ("987 yesterday", DoesNotFit("yesterday", "987"), "987"),
        ("watch 987 yesterday", DoesNotFit("yesterday", "watch"), "watch 987"),
        ("unwatch 987 ds 42", DoesNotFit("ds 42", "unwatch"), "unwatch 987"),
        ("history job 987 job 988", SaidTwice("job", "987", "988"), "history job 987"),
        ("yesterday last 6h", SaidTwice("range", "yesterday", "last 6h"), "yesterday"),
        ("failed longer than usual", DoesNotFit("longer than usual", "failed"), "failed"),
        ("stuck longer than 2h", SaidTwice("longer", "stuck", "longer than 2h"), "running longer than usual"),
        ("running longer than 0h", BadRange("0h", "no length"), "running"),
        ("fetch yesterday monday ds 42", SaidTwice("days", "yesterday", "monday"), "datastream 42"),
        ("pause until 13:00 until 14:00", SaidTwice("until", "until 13:00", "until 14:00"), None),
        (
            "history by <@U024BE7LH|ana> by <@U9|ben>",
            SaidTwice("person", "by @ana", "by @ben"),
            "history by <@U024BE7LH>",
        ),
        (
            "alerts on for <!subteam^S1|@a> for <!subteam^S2|@b>",
            SaidTwice("group", "@a", "@b"),
            "alerts on failed for <!subteam^S1>",
        ),
        ("alerts @oncall", UnknownWord("@oncall", None), "alerts"),
        ("snooze till 18:00 till 19:00", SaidTwice("range", "till 18:00", "till 19:00"), "alerts snooze till 18:00"),
        (
            "snooze until 18:00 until fixed",
            SaidTwice("range", "until 18:00", "until fixed"),
            "alerts snooze until 18:00",
        ),
        ("snooze 2h until 18:00", SaidTwice("range", "2h", "until 18:00"), "alerts snooze until 18:00"),
        (
            "snooze until fixed 2h ds 42",
            SaidTwice("range", "until fixed", "2h"),
            "alerts snooze datastream 42 until fixed",
        ),
        ("snooze 2h for an hour", SaidTwice("range", "2h", "hour"), "alerts snooze 1h"),
        ("snooze until 31 dec 2030", BadRange("until 31 dec 2030", "too long"), None),
        ("snooze until 0001-01-01", BadRange("until 0001-01-01", "no such date"), None),
        ("freeze instance stagin 30m x", UnknownInstance("stagin", "staging", INSTANCES), None),
        ("workspace emea failed in mars", UnknownInstance("mars", None, INSTANCES), 'failed workspace "emea"'),
        ("is ok facebook", UnknownWord("facebook", None), None),
        ("this quarter", UnknownWord("this", None), None),
        ("who may bananas", UnknownWord("may", None), None),
        ("13/13", UnknownWord("13/13", None), None),
        ("yesterday between 8:30 and monday", None, "yesterday"),
        ("ds facebook faild", UnknownWord("faild", "failed"), 'failed datastream "facebook"'),
        ("ds 42 ds 43", SaidTwice("datastream", "ds 42", "ds 43"), "datastream 42"),
        ("in acme in staging", SaidTwice("instance", "in acme", "in staging"), "in acme"),
        ("watch unwatch 987", SaidTwice("verb", "watch", "unwatch"), "watch 987"),
        ("2022-11-01..2022-10-31", None, "2022-10-31..2022-11-01"),
        ("2022-11-01 - 2022-10-31", None, "2022-10-31..2022-11-01"),
        ("failed yesterday to bananas", None, "failed"),
        ("failed <@U123|ana>", UnknownWord("@ana", None), "failed"),
        ("<@U123|ana>", UnknownWord("@ana", None), None),
        ("🔥", UnknownWord("🔥", None), None),
        ("qwertz", UnknownWord("qwertz", None), None),
    ],
)
def test_a_mistake_and_what_was_probably_meant(text: str, problem: object, suggestion: str | None) -> None:
    found = misread(text)

    if problem is not None:
        assert problem in found.problems
    assert found.suggestion == suggestion


def test_what_was_understood_is_repeated_as_it_was_put() -> None:
    found = misread("Failed  faild in Staging last 6 Hours DS #42")

    assert found.understood == ("Failed", "in staging", "last 6 Hours", "DS #42")


def test_what_does_not_fit_is_not_repeated_as_understood() -> None:
    assert misread("watch 987 yesterday").understood == ("watch", "987")


def test_a_whole_sentence_to_a_colleague_is_understood_or_helps() -> None:
    assert typed("<@U1|jobbot> can you show me the failed jobs from yesterday please?") == typed(
        "failed since yesterday"
    )
    found = misread("<@U1|jobbot> ask ben about the failed jobs from yesterday please?")

    assert found.suggestion == "failed since yesterday"
    assert found.problems == (UnknownWord("ask", None), UnknownWord("ben", None))


def test_long_words_are_cut_and_few_problems_are_told() -> None:
    found = misread("x" * 1_000 + " bananas" * 50)

    assert len(found.problems) == 5
    assert found.problems[0] == UnknownWord("x" * 39 + "…", None)


def test_more_words_than_anybody_means_are_not_read() -> None:
    found = misread("failed " * 101)

    assert found.understood == ("failed",)
    assert found.problems == (UnknownWord("failed", None),)
    assert found.suggestion == "failed"


def test_short_and_endless_words_are_near_nothing() -> None:
    assert nearest("ds", ("ds",)) is None
    assert nearest("failed" * 10, VOCABULARY) is None
    assert nearest("can", VOCABULARY) is None


@each(
    ("text", "problem"),
    [
        ("fetch facebook 10 nov..1 nov", BadRange("10 nov..1 nov", "ends before it starts")),
        ("fetch facebook ads 30 feb", BadRange("30 feb", "no such date")),
        ("failed facebook last 0 hours", BadRange("last 0 hours", "no length")),
        ("pause facebook until yesterday", BadRange("until yesterday", "in the past")),
        ("stop all facebook yesterday", DoesNotFit("yesterday", "stop")),
    ],
)
def test_a_word_that_may_be_a_name_is_not_called_unknown_beside_another_mistake(text: str, problem: object) -> None:
    assert misread(text).problems == (problem,)


def test_a_word_that_is_no_name_is_told_beside_another_mistake() -> None:
    assert UnknownWord("faild", "failed") in misread("faild facebook 30 feb").problems

"""The help in Slack: nothing that can be typed is missing in it."""

import pytest

from jobbot.intents.language.vocabulary import BY, SIGNS, SWITCHES, Verb
from jobbot.intents.model import Topic
from jobbot.render.help import render_help
from tests.support.each import each

HELP = render_help(("acme", "staging"), command="/jobs").text
ALL = " ".join([HELP, *(render_help(("acme",), command="/jobs", topic=topic).text for topic in Topic)])
UNDERSTOOD_ONLY = {
    Verb.SHOW: "`/jobs 987",  # a number alone shows the job
}


@each("verb", Verb)
def test_every_command_has_its_row(verb: Verb) -> None:
    assert UNDERSTOOD_ONLY.get(verb, f" {verb.value}") in HELP


@each("word", [*SIGNS, *sorted({does.value for does in SWITCHES.values()}), BY, "snooze", "help", "in staging"])
def test_every_part_of_a_command_is_named(word: str) -> None:
    assert f" {word}" in HELP


@pytest.mark.parametrize(
    "word",
    [
        *("datastream 42", "workspace emea", "issues [facebook", "long running", "last night", "who stopped 987"),
        *("running", "scheduled", "success", "failed", "cancelled", "discarded", "stale", "stopped", "ended"),
    ],
)
def test_what_people_look_for_is_named_somewhere_in_it(word: str) -> None:
    assert word in ALL

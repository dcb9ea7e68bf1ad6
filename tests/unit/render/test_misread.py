"""What a person reads whose words were not understood."""

from jobbot.adverity.model import State
from jobbot.intents.model import ListJobs, Misread, UnknownWord
from jobbot.render.misread import render_misread
from tests.support.each import each
from tests.unit.intents.world import misread


def test_words_that_nobody_knows_share_one_sentence() -> None:
    unknown = (UnknownWord("trade", None), UnknownWord("faild", "failed"), UnknownWord("desk", None))
    told = render_misread(Misread(("running",), unknown), command="/jobs").text

    assert told.startswith(
        "I read *running*. I do not know `trade` or `desk`. I do not know `faild`. Did you mean `failed`?"
    )


def test_a_word_that_stands_there_often_is_told_once() -> None:
    told = render_misread(Misread((), (UnknownWord("x", None),) * 5), command="/jobs").text

    assert told.startswith("I do not know `x`.\n")


def test_what_a_button_says_is_not_said_twice_but_read_aloud() -> None:
    failed = ListJobs(states=frozenset({State.FAILED}))
    told = render_misread(
        Misread((), (UnknownWord("faild", "failed"),), suggestion="failed", offers=(failed,)), command="/jobs"
    )
    alone = render_misread(Misread((), (UnknownWord("faild", "failed"),), suggestion="failed"), command="/jobs")

    assert "Perhaps `/jobs failed`" in told.text
    assert "Perhaps" not in str(told.blocks)
    assert "Perhaps `/jobs failed`" in str(alone.blocks)


@each("text", ["is it done", "did it fail", "is this done?", "is that one done yet"])
def test_a_pronoun_is_asked_about(text: str) -> None:
    said = render_misread(misread(text), command="/jobs").text

    assert "Type the job's number, as in `987`." in said
    assert "I do not know" not in said

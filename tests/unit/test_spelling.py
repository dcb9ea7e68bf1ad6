"""What is meant by a word that is nearly a known one."""

from jobbot.spelling import nearest
from tests.support.each import each

KNOWN = ("cancelled", "canceled", "cancel", "failed", "status", "stale", "stop")


@each(
    ("word", "meant"),
    [
        ("cancle", "cancel"),
        ("canelled", "cancelled"),
        ("faild", "failed"),
        ("stpo", "stop"),
        ("sta", "stale"),
        ("xyz", None),
    ],
)
def test_the_word_that_was_meant(word: str, meant: str | None) -> None:
    assert nearest(word, KNOWN) == meant


def test_the_earlier_of_two_that_are_equally_like_it() -> None:
    assert nearest("bat", ("cat", "hat"), cutoff=0.6) == "cat"
    assert nearest("bat", ("hat", "cat"), cutoff=0.6) == "hat"
    assert nearest("bat", ()) is None

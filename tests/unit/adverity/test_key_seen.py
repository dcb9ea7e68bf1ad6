"""What is learned of a key from the answers that came anyway."""

from jobbot.adverity.errors import AdverityError, Busy, Forbidden, NotFound, Unauthorised, Unreachable
from jobbot.adverity.key_seen import KeySeen, key_after
from tests.support.each import each

OK, NO, READS = KeySeen.ACCEPTED, KeySeen.REFUSED, KeySeen.READS_ONLY


@each(
    ("answers", "seen"),
    [
        ([], None),
        ([("GET", Unreachable()), ("POST", Busy()), ("GET", NotFound())], None),
        ([("GET", None)], OK),
        ([("GET", None), ("GET", Unauthorised())], NO),
        ([("GET", Unauthorised()), ("GET", None)], OK),
        ([("GET", Forbidden())], None),
        ([("GET", None), ("POST", Forbidden())], READS),
        ([("POST", Forbidden()), ("GET", None)], READS),
        ([("POST", Forbidden()), ("POST", None)], OK),
        ([("PATCH", Forbidden()), ("GET", Unauthorised()), ("GET", None)], OK),
    ],
)
def test_the_last_answer_that_says_anything(
    answers: list[tuple[str, AdverityError | None]], seen: KeySeen | None
) -> None:
    known: KeySeen | None = None
    for method, error in answers:
        known = key_after(known, method, error)
    assert known is seen

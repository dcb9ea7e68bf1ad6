"""What an answer to a stop means, and that the record of it still says so to whoever reads it later."""

from datetime import UTC, datetime

import pytest

from jobbot.adverity.errors import (
    AdverityError,
    Busy,
    Forbidden,
    InvalidRequest,
    NotFound,
    NotStoppable,
    Unauthorised,
    Unexpected,
    Unreachable,
)
from jobbot.flows.acts.attempts import (
    Accepted,
    RefusedUpstream,
    Sent,
    Unanswered,
    decide_without_instance,
    dump_answer,
    load_answer,
    read_answer,
)
from jobbot.flows.acts.kinds.stop import StopCourse
from jobbot.store.acts.model import ActRecord, ActState, Kind

AT = datetime(2022, 10, 31, 10, 43, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "means"),
    [
        (NotStoppable("Not in fetch.", status=409), RefusedUpstream("Not in fetch.")),
        (NotStoppable(status=400), RefusedUpstream("it gave no reason")),
        (InvalidRequest("Invalid.", status=400, errors={"end": ("Too far.",)}), RefusedUpstream("Invalid. Too far.")),
        (InvalidRequest(status=409), RefusedUpstream("it gave no reason")),
        (Unauthorised("Invalid token.", status=401), RefusedUpstream("Invalid token.", 401)),
        (Forbidden("Not yours.", status=403), RefusedUpstream("Not yours.", 403)),
        (NotFound("Not found.", status=404), RefusedUpstream("Not found.", 404)),
        (Busy(status=429), RefusedUpstream("it answered 429", 429)),
        (Busy(status=503), Unanswered("status 503", unclear=True)),
        (Unexpected("status 500", status=500), Unanswered("status 500", unclear=True)),
        (Unexpected("a redirect (status 307)", status=307), Unanswered("a redirect (status 307)", unclear=True)),
        (Unreachable("timed out"), Unanswered("timed out")),
    ],
)
def test_an_error_in_answer_to_a_write(error: AdverityError, means: Sent) -> None:
    assert read_answer(error) == means


@pytest.mark.parametrize(
    "sent",
    [
        Accepted(AT),
        Accepted(AT, "991,992"),
        RefusedUpstream("Not in fetch."),
        RefusedUpstream("two\nlines: (403): refused: "),
        RefusedUpstream("two\nlines", 403),
        RefusedUpstream("", 429),
        Unanswered("timed out"),
        Unanswered("status 502", unclear=True),
    ],
)
def test_what_is_written_down_is_read_again(sent: Sent) -> None:
    assert load_answer(left_behind(answered_at=AT, answer=dump_answer(sent))) == sent


@pytest.mark.parametrize(
    ("state", "answer", "ends", "words"),
    [
        (ActState.REQUESTED, "", ActState.REFUSED, "jobbot is no longer set up for acme. Nothing was sent."),
        (ActState.SENT, "", ActState.UNKNOWN, "Whether the stop took effect is not known here"),
        (ActState.SENT, "accepted", ActState.UNKNOWN, "Whether the stop took effect is not known here"),
        (ActState.SENT, "refused: Not in fetch.", ActState.REFUSED, "Adverity: Not in fetch"),
    ],
)
def test_without_its_instance_a_stop_ends_as_its_row_knows(
    state: ActState, answer: str, ends: ActState, words: str
) -> None:
    record = left_behind(state=state, answer=answer)
    ending = decide_without_instance(record, StopCourse.act_of(record))
    assert ending.state is ends
    assert words in ending.message.text


def left_behind(state: ActState = ActState.SENT, answered_at: datetime | None = None, answer: str = "") -> ActRecord:
    """A row as the next process finds it."""
    return ActRecord(
        id="1",
        request_key="V1",
        kind=Kind.STOP,
        instance="acme",
        subject="job 987",
        job=987,
        name="",
        user_id="U0ANA",
        team_id="T0ACME",
        channel_id="C0INC",
        thread_ts=None,
        reason="",
        opened_at=AT,
        requested_at=AT,
        state=state,
        answered_at=answered_at,
        answer=answer,
    )

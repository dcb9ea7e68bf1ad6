"""The rows of the history, in words that are true of each kind."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jobbot.intents.model import History
from jobbot.render.asked import Asker
from jobbot.render.history import HistoryPage, PastAct, render_history
from jobbot.store.acts.model import Kind

NOW = datetime(2026, 3, 14, 9, 42, 5, tzinfo=UTC)
ACT = PastAct(
    kind="pause",
    job=None,
    datastream=42,
    name="Facebook Ads EU",
    user_id="U0ANA",
    channel_id="C0INC",
    reason="runaway fetch",
    state="ended_otherwise",
    outcome="",
    asked_at=NOW - timedelta(hours=1),
    closed_at=NOW - timedelta(minutes=59),
)


def told(act: PastAct) -> str:
    page = HistoryPage(
        asked=History(), instance="acme", acts=(act,), page=1, total=1, as_of=NOW, start=None, end=None, zone=None
    )
    return render_history(page, asker=Asker("U0BEN"), offer_share=False, command="/jobs").text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("stop", "Too late"),
        ("stop_several", "Too late"),
        ("fetch", "Not needed"),
        ("pause", "Off already"),
        ("resume", "Left as it was"),
        ("retry", "Nothing to retry any more"),
        ("acknowledge", "Nothing to acknowledge any more"),
    ],
)
def test_what_was_not_needed_is_called_by_its_kind(kind: str, words: str) -> None:
    assert f"*Facebook Ads EU* · {words} · " in told(replace(ACT, kind=kind))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("state", ["done", "refused", "ended_otherwise", "unknown", "planned", "denied"])
def test_every_kind_has_words_for_every_state(kind: Kind, state: str) -> None:
    assert "*Facebook Ads EU* · " in told(replace(ACT, kind=kind.value, state=state))


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("not needed: resumed by U0BEN before", "not needed: resumed by <@U0BEN> before (1 min later)"),
        ("not needed: paused anew by U0BEN", "not needed: paused anew by <@U0BEN> (1 min later)"),
        ("not sent, done by U0BEN", "not sent, done by <@U0BEN> (1 min later)"),
        ("not sent, being done by U0BEN", "not sent, being done by <@U0BEN> (1 min later)"),
        ("refused by U0BEN", "refused by U0BEN (1 min later)"),
    ],
)
def test_a_person_in_an_outcome_of_jobbots_is_mentioned_and_nobody_in_one_of_adveritys(
    outcome: str, words: str
) -> None:
    assert words in told(replace(ACT, outcome=outcome))


def test_of_what_two_people_did_both_are_named() -> None:
    assert "asked for by <@U0BEN>, reviewed by <@U0ANA> in <#C0INC>" in told(replace(ACT, asked_by="U0BEN"))


def test_what_was_closed_before_its_time_says_nothing_of_later() -> None:
    assert "later" not in told(replace(ACT, closed_at=ACT.asked_at - timedelta(hours=1), outcome="not needed"))

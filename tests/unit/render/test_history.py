"""The rows of the history, in words that are true of each kind."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jobbot.intents.model import History
from jobbot.render.asked import Asker
from jobbot.render.blockkit.blocks import Message
from jobbot.render.history import HistoryPage, PastAct, render_history
from jobbot.store.acts.model import Kind
from tests.support.each import each

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
    return drawn(act).text


def drawn(act: PastAct) -> Message:
    page = HistoryPage(
        asked=History(), instance="acme", acts=(act,), page=1, total=1, as_of=NOW, start=None, end=None, zone=None
    )
    return render_history(page, asker=Asker("U0BEN"), offer_share=False, command="/jobs")


@each(
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


@pytest.mark.parametrize(
    ("kind", "state", "words"),
    [
        ("stop", "sent", "Stop: sent, not confirmed yet"),
        ("fetch", "unknown", "Another fetch: outcome unknown"),
        ("pause", "denied", "Pause of the schedule: not permitted"),
    ],
)
def test_what_has_no_ending_of_its_kind_says_what_it_is(kind: str, state: str, words: str) -> None:
    assert f"*Facebook Ads EU* · {words} · " in told(replace(ACT, kind=kind, state=state))


def test_what_jobbot_did_at_its_hour_is_said_to_be_planned() -> None:
    resumed = replace(ACT, kind="resume", state="done", outcome="on")
    assert "<@U0ANA> in <#C0INC> · as planned · on (1 min later)" in told(replace(resumed, planned=True))
    assert "as planned" not in told(resumed)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("state", ["done", "refused", "ended_otherwise", "unknown", "planned", "denied"])
def test_every_kind_has_words_for_every_state(kind: Kind, state: str) -> None:
    assert "*Facebook Ads EU* · " in told(replace(ACT, kind=kind.value, state=state))


@each(
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


def test_an_act_has_the_mark_that_its_message_had() -> None:
    def mark(act: PastAct) -> str:
        return "".join(re.findall(r":\w+: (?=\*)", str(drawn(act).blocks)))

    done = replace(ACT, state="done")
    assert mark(done) == ":white_circle: "
    assert mark(replace(done, kind="resume")) == ":large_green_circle: "
    assert mark(replace(done, kind="retry")) == ""
    stopped = replace(done, kind="stop")
    several = replace(done, kind="stop_several", parts=(stopped, stopped))
    assert mark(several) == ":octagonal_sign: "
    assert mark(replace(several, parts=(stopped, replace(stopped, state="refused")))) == ":octagonal_sign: "
    assert mark(replace(several, parts=(replace(stopped, state="refused"),))) == ":white_circle: "


def test_a_pause_says_until_when() -> None:
    pause = replace(ACT, state="done", outcome="its end was changed", until=NOW + timedelta(hours=2))
    assert "until 2026-03-14 11:42 UTC · its end was changed" in told(pause)
    assert "until" not in told(replace(pause, state="refused"))

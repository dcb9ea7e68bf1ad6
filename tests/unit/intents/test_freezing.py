"""Freezing and handing over, as it is typed: the end and the instance stand behind the verb, then the reason."""

from datetime import timedelta

import pytest

from jobbot.intents import Freeze, Handover, Help, Intent, Misread, Topic, Unfreeze, WhereOrWhy, canonical
from jobbot.intents.button import decode, encode
from jobbot.intents.model import rests_on_zone
from tests.support.each import each
from tests.unit.intents.world import NOW, misread, typed, utc

HALF = NOW.replace(microsecond=0) + timedelta(minutes=30)
THREE = utc("2022-11-02 14:00")
"""15:00 in Vienna."""

UNDERSTOOD: dict[str, Intent] = {
    "freeze 30m deploy of the schema": Freeze(until=HALF, reason="deploy of the schema"),
    "freeze for 30 min deploy": Freeze(until=HALF, reason="deploy"),
    "freeze until 15:00 the deploy": Freeze(until=THREE, reason="the deploy"),
    "please freeze 30m": Freeze(until=HALF),
    "freeze everything for 30m - we deploy": Freeze(until=HALF, reason="we deploy"),
    "freeze in staging until 15:00 deploy": Freeze(until=THREE, instance="staging", reason="deploy"),
    "freeze instance staging 30m deploy": Freeze(until=HALF, instance="staging", reason="deploy"),
    "freeze staging 30m deploy": Freeze(until=HALF, instance="staging", reason="deploy"),
    "in staging freeze 30m deploy": Freeze(until=HALF, instance="staging", reason="deploy"),
    "freeze 30m in staging deploy": Freeze(until=HALF, instance="staging", reason="deploy"),
    "freeze 30m 987 hangs, stop nothing": Freeze(until=HALF, reason="987 hangs, stop nothing"),
    "freeze 30m - 2h are too long": Freeze(until=HALF, reason="2h are too long"),
    "freeze für 30 minuten deploy": Freeze(until=HALF, reason="deploy"),
    "freeze for the next 30 min deploy": Freeze(until=HALF, reason="deploy"),
    "freeze 30m - in staging deploy": Freeze(until=HALF, instance="staging", reason="deploy"),
    "freeze for the rest of the day": Freeze(until=utc("2022-11-02 23:00")),
    "freeze for today deploy": Freeze(until=utc("2022-11-02 23:00"), reason="deploy"),
    "freeze for today until 18:00": Freeze(reason="for today until 18:00"),
    "freeze for the weekend sale": Freeze(reason="for the weekend sale"),
    "freeze deploy": Freeze(reason="deploy"),
    "freeze - 30m are not enough": Freeze(reason="30m are not enough"),
    "freeze": Freeze(),
    "unfreeze": Unfreeze(),
    "unfreeze the deploy is done": Unfreeze(reason="the deploy is done"),
    "thaw in staging": Unfreeze(instance="staging"),
    "should we freeze 30m": Help(Topic.FREEZE),
    "how do i unfreeze": Help(Topic.FREEZE),
    "do not freeze 30m": Help(Topic.FREEZE),
    "freeze 30m?": Help(Topic.FREEZE),
    "freeze?": Help(Topic.FREEZE),
    "freeze off": Help(Topic.FREEZE),
    "freeze is over": Help(Topic.FREEZE),
    "freeze over, deploy is done": Help(Topic.FREEZE),
    "freeze end": Help(Topic.FREEZE),
    "help unfreeze": Help(Topic.FREEZE),
    "handover": Handover(),
    "show me the hand-over in staging": Handover(instance="staging"),
    "handoff please": Handover(),
    "help handover": Help(Topic.HANDOVER),
}


@each("text", UNDERSTOOD)
def test_understood(text: str) -> None:
    assert typed(text) == UNDERSTOOD[text]
    assert typed(canonical(UNDERSTOOD[text])) == UNDERSTOOD[text]
    assert rests_on_zone(UNDERSTOOD[text]) is (getattr(UNDERSTOOD[text], "until", None) is not None)


@each(
    "text",
    [
        "987 freeze 30m",
        "freez 30m deploy",
        "freeze until fixed",
        "freeze 30m in stagin x",
        "freeze 0m x",
        "freeze 30m nicht",
    ],
)
def test_a_mistake_is_told_and_never_frozen_by_a_guess(text: str) -> None:
    found = misread(text)
    assert not isinstance(typed(canonical(found)), Freeze | Unfreeze | Misread)
    assert not any(isinstance(one, Freeze | Unfreeze) for one in found.offers)


@each(
    ("text", "where", "here", "there"),
    [
        (
            "freeze 30m deploy in staging",
            "in staging",
            "freeze 30m - deploy in staging",
            "freeze 30m in staging - deploy",
        ),
        ("freeze 30m deploy On Staging please", "On Staging", None, "freeze 30m in staging - deploy please"),
        ("freeze deploy in staging until three", "in staging", None, "freeze in staging - deploy until three"),
        ("freeze 30m because of a deploy on staging", "on staging", None, None),
        ("freeze 30m deploy staging", "staging", "freeze 30m - deploy staging", "freeze 30m in staging - deploy"),
        ("freeze 30m staging deploy", "staging", None, "freeze 30m in staging - deploy"),
        ("please freeze 30m deploy (in staging).", "(in staging).", None, "freeze 30m in staging - deploy"),
        ("freeze 30m deploy for 127.0.0.1:8081?", "for 127.0.0.1:8081?", None, "freeze 30m in 127.0.0.1:8081 - deploy"),
        ("unfreeze done in staging", "in staging", "unfreeze - done in staging", "unfreeze in staging - done"),
        ("unfreeze it is done, staging", "staging", None, "unfreeze in staging - it is done,"),
    ],
)
def test_an_instance_in_the_reason_may_be_where_and_is_asked_about(
    text: str, where: str, here: str | None, there: str | None
) -> None:
    (asked,) = misread(text).problems
    assert isinstance(asked, WhereOrWhy)
    assert asked.word == where
    assert here is None or asked.here == here
    assert there is None or asked.there == there
    assert misread(text).offers == (Help(Topic.FREEZE),)
    chosen, own = typed(asked.there), typed(asked.here)
    assert isinstance(chosen, Freeze | Unfreeze)
    assert isinstance(own, Freeze | Unfreeze)
    assert (chosen.instance, own.instance) == (asked.instance, None)


@pytest.mark.parametrize(
    "text",
    [
        "freeze 30m - deploy in staging",
        "freeze in acme 30m deploy as in staging",
        "unfreeze done: the staging area is clean",
    ],
)
def test_a_reason_that_is_certainly_one_is_kept(text: str) -> None:
    assert "staging" in getattr(typed(text), "reason", "")


def test_where_there_is_one_instance_it_is_no_question() -> None:
    assert getattr(typed("freeze 30m deploy in acme", instances=["acme"]), "reason", "") == "deploy in acme"


@each(
    "text",
    ["alerts off", "alerts on", "snooze 2h", "alerts on late", "watch 987", "unwatch 987", "unfreeze", "freeze 30m"],
)
def test_what_is_done_at_once_is_done_in_the_instance_at_the_end(text: str) -> None:
    assert getattr(typed(f"{text} in staging please"), "instance", None) == "staging"
    assert getattr(typed(f"{text} staging"), "instance", "staging") == "staging", "or it is asked about"


@each(
    "wish",
    [
        Freeze(length=timedelta(minutes=30), reason="why", instance="acme"),
        Freeze(until=THREE),
        Unfreeze(instance="acme", freeze="0123456789abcdef" * 2),
        Unfreeze(reason="done"),
    ],
)
def test_a_button_carries_it(wish: Freeze | Unfreeze) -> None:
    assert decode(encode(wish)) == wish


def test_the_longest_reason_fits() -> None:
    back = decode(encode(Freeze(length=timedelta(hours=1), reason="🔥" * 40_000, instance="i" * 300)))
    assert isinstance(back, Freeze)
    assert len(back.reason) >= 100

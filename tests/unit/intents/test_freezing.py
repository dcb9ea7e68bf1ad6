"""Freezing and handing over, as it is typed: the end and the instance stand behind the verb, then the reason."""

from datetime import timedelta

import pytest

from jobbot.intents import Freeze, Handover, Help, Intent, Misread, Topic, Unfreeze, canonical
from jobbot.intents.button import decode, encode
from jobbot.intents.model import rests_on_zone
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
    "help unfreeze": Help(Topic.FREEZE),
    "handover": Handover(),
    "show me the hand-over in staging": Handover(instance="staging"),
    "handoff please": Handover(),
    "help handover": Help(Topic.HANDOVER),
}


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_understood(text: str) -> None:
    assert typed(text) == UNDERSTOOD[text]
    assert typed(canonical(UNDERSTOOD[text])) == UNDERSTOOD[text]
    assert rests_on_zone(UNDERSTOOD[text]) is (getattr(UNDERSTOOD[text], "until", None) is not None)


@pytest.mark.parametrize(
    "text", ["987 freeze 30m", "freez 30m deploy", "freeze until fixed", "freeze 30m in stagin x", "freeze 0m x"]
)
def test_a_mistake_is_told_and_never_frozen_by_a_guess(text: str) -> None:
    found = misread(text)
    assert not isinstance(typed(canonical(found)), Freeze | Unfreeze | Misread)
    assert not any(isinstance(one, Freeze | Unfreeze) for one in found.offers)


@pytest.mark.parametrize(
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

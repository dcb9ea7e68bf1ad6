"""A channel's alerts are listed with the names of their datastreams."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from jobbot.access import Reach
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import State
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.flows.jobs.narrowing import Narrowing
from jobbot.interaction import Interaction, Typed
from jobbot.render.alert_settings import AlertSettings, Quiet, listed
from jobbot.slack.handlers.gate import Gate
from jobbot.slack.handlers.naming import Naming
from jobbot.store.datastreams import BELIEVED, KnownDatastream

NOW = datetime(2026, 3, 14, 9, 42, tzinfo=UTC)
ASKED = Interaction(did=Typed("alerts", "/jobs"), key="1", user_id="U0ANA", channel_id="C0INC")
SETTINGS = AlertSettings(
    instance="acme", datastream=42, states=frozenset({State.FAILED}), user_id="U0ANA", since=NOW,
    snoozes=(Quiet(datastream=43, until=None, user_id="U0BEN"),),
)  # fmt: skip


class Remembered(Catalogue):
    def __init__(self, placed_at: datetime) -> None:
        self._at = placed_at

    async def known(self, instance: Instance, ids: Sequence[int]) -> list[KnownDatastream]:
        names = {42: ("Facebook Ads EU", 4), 43: ("TikTok Ads DACH", 5)}
        given = ((id_, *names[id_]) for id_ in ids)
        return [
            KnownDatastream(id=id_, name=name, workspace=place, placed_at=self._at, seen_at=NOW)
            for id_, name, place in given
        ]


def naming(reach: Reach | None, placed_at: datetime = NOW) -> Naming:
    return Naming(Bound(reach), Narrowing(Remembered(placed_at), lambda: NOW))


class Bound(Gate):
    def __init__(self, reach: Reach | None) -> None:
        self._seen = reach

    async def reach(self, channel_id: str | None, instance: Instance) -> Reach | None:
        return self._seen


@pytest.mark.parametrize(
    ("reach", "alert", "snooze"),
    [
        (None, "datastream 42 Facebook Ads EU", "datastream 43 TikTok Ads DACH"),
        (Reach(frozenset({4}), ("EMEA",)), "datastream 42 Facebook Ads EU", "datastream 43"),
    ],
    ids=["every workspace", "one workspace"],
)
async def test_the_names_that_a_channel_sees_stand_beside_the_numbers(
    reach: Reach | None, alert: str, snooze: str
) -> None:
    instances = Instances([Instance("acme", "https://acme.test", cast("Gateway", None))])
    named = await naming(reach).name_alerts(ASKED, [SETTINGS], instances)
    lines = listed(named, now=NOW).text.splitlines()
    assert f"*Jobs that fail of {alert}*" in lines
    assert f"Snoozed by <@U0BEN> until it succeeds again: {snooze}, on acme" in lines


async def test_what_was_placed_too_long_ago_is_not_named_where_not_all_is_seen() -> None:
    instances = Instances([Instance("acme", "https://acme.test", cast("Gateway", None))])
    long_ago = NOW - BELIEVED - timedelta(seconds=1)
    (bound,) = await naming(Reach(frozenset({4, 5}), ("EMEA",)), long_ago).name_alerts(ASKED, [SETTINGS], instances)
    (free,) = await naming(None, long_ago).name_alerts(ASKED, [SETTINGS], instances)
    assert (bound.stream, free.stream) == ("", "Facebook Ads EU")


async def test_alerts_of_an_instance_that_is_gone_stay_as_they_are() -> None:
    instances = Instances([Instance("staging", "https://staging.test", cast("Gateway", None))])
    assert await naming(None).name_alerts(ASKED, [SETTINGS], instances) == [SETTINGS]

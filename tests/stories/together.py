"""An incident of many people and two instances: who is where, who may what, and what would be seen if it crossed.

Ana and Mia, who are on call, stop what is on acme, in #inc-data; Ben, who is in both channels, stops what is on
staging, in #inc-staging, where Ana is too. Gus, a guest, is in #inc-data alone; Olga, of another organisation, in
#acme-shared alone, which shows acme. #random is not permitted. Both instances have a datastream 42 and a job 987: what
crosses from one to the other has the other's name.
"""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from jobbot.access import ChannelRule, Need, Policy
from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.delivery.action import Ack, Action
from jobbot.playground.slack.state.messages import Channel
from tests.stories.scraped import scraped
from tests.stories.world import Transport, World, world

ACME, STAGING = "Facebook Ads EU", "Snapchat Sandbox"
SOON = timedelta(seconds=0.01)
T = TypeVar("T")
_IDLE = '\njobbot_queue_depth{queue="work"} 0.0\n'


@asynccontextmanager
async def together(transport: Transport, folder: Path) -> AsyncIterator[World]:
    """The world, with both jobs running."""
    async with world(transport, folder, also=("staging",), unfurl_domains=("127.0.0.1",)) as it:
        it.slack.add_channel("inc-staging", members=[it.slack.bot, it.ana, it.ben], id="C0STAGING1")
        it.also["staging"].has_datastream(42, STAGING, stack="sandbox", stack_id=7)
        for instance in (it.adverity, it.also["staging"]):
            instance.has_job(987).stop_takes(SOON)
        it.bot.set_policy(Policy(rules(it), default="acme"))
        yield it


def second(it: World) -> tuple[LocalAdverity, Channel]:
    """The second instance and its channel."""
    return it.also["staging"], it.slack.channel("inc-staging")


def rules(it: World, **acme: Any) -> dict[str, ChannelRule]:
    """The channels' rules; ``acme`` changes those of acme's."""
    oncall = frozenset({it.slack.usergroup("data-oncall").id})
    all_ = ChannelRule(may=frozenset(Need))
    of_acme = replace(all_, instance="acme", instances=("acme",), stop_usergroups=oncall, **acme)
    of_staging = replace(all_, instance="staging", instances=("staging",), stop_users=frozenset({it.ben.id}))
    return {it.inc.id: of_acme, second(it)[1].id: of_staging, it.shared.id: of_acme}


def shown(channel: Channel) -> str:
    """Everything that stands in a channel, for everybody or for somebody alone, with what stood there before."""
    said = []
    for one in channel.messages:
        said += [one.text, one.blocks, [unfurl.blocks for unfurl in one.unfurls.values()]]
        said += [(before.text, before.blocks) for before in one.history]
    return str(said)


def assert_nothing_crossed(it: World) -> None:
    """Neither channel has anything of the other's instance, and nobody else's anything of either."""
    assert STAGING not in shown(it.inc) + shown(it.shared)
    assert ACME not in shown(second(it)[1])
    assert not [name for name in (ACME, STAGING) if name in shown(it.random)]


async def forged(it: World, action: Action, *, by: Actor | None = None, in_: Channel | None = None) -> Ack:
    """Deliver what somebody did as if somebody else had done it, or elsewhere, and wait until it was served.

    No client of Slack's can: it signs what is done where it was done. The ids by which Slack tells what it repeats are
    others, so that it is served as something new.
    """
    payload, other = deepcopy(action.payload or {}), uuid4().hex
    if "event" in payload:
        payload["event_id"] += other
        payload["event"] |= {"user": by.id} if by is not None else {}
    elif by is not None:
        payload["user"] = {"id": by.id, "username": by.name, "name": by.name, "team_id": by.team.id}
    if in_ is not None:
        payload["channel"] = {"id": in_.id, "name": in_.name}
        payload["container"]["channel_id"] = in_.id
    for part in (payload, *payload.get("actions", ())):
        if "action_ts" in part:
            part["action_ts"] += other
    return await is_served(it, it.slack.raw_deliver(payload, envelope=action.envelope))


async def is_served(it: World, doing: Awaitable[T]) -> T:
    """Wait for what somebody does, and until jobbot has nothing to do: what comes to nothing is not told otherwise.

    What it acknowledges is counted among its work by then.
    """
    done = await doing
    await scraped(it, lambda seen: _IDLE in seen.text)
    return done

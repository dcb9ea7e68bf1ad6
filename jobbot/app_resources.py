"""Builds what all use cases share: the stores on the database, a gateway an instance, the gate."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.access import Home
from jobbot.access.configured import policy_of
from jobbot.adverity.client import AdverityClient
from jobbot.adverity.gateway import Gateway
from jobbot.config import Settings
from jobbot.flows.acts.paused import Pauses
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.flows.jobs.earlier_stops import EarlierStops
from jobbot.flows.jobs.narrowing import Narrowing
from jobbot.slack.handlers.gate import Gate
from jobbot.slack.handlers.naming import Naming
from jobbot.slack.web.directory import SlackDirectory
from jobbot.slack.web.outbound import Outbound
from jobbot.slack.web.session import ConnectionSettings
from jobbot.store.acts.encryption import UrlCipher
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.database.engine import Database
from jobbot.store.datastreams import Datastreams
from jobbot.store.events import EventHistory
from jobbot.store.presence import Presence
from jobbot.store.slack_retries import SlackRetries
from jobbot.telemetry import Telemetry
from jobbot.timing import Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackConnection:
    """How Slack is called, and as whom: ``home`` is what its first answer said."""

    home: Home
    client: AsyncWebClient
    session: ClientSession
    connection: ConnectionSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What the use cases share. ``clock``: aware time; ``keep``: how long the record is kept, None for ever."""

    database: Database
    presence: Presence
    ledger: SqlLedger
    history: ActHistory
    events: EventHistory
    slack_retries: SlackRetries
    instances: Instances
    catalogue: Catalogue
    stops: EarlierStops
    directory: SlackDirectory
    outbound: Outbound
    gate: Gate
    naming: Naming
    telemetry: Telemetry
    timing: Timing
    clock: Callable[[], datetime]
    keep: timedelta | None


def build_resources(
    settings: Settings,
    slack: SlackConnection,
    database: Database,
    *,
    clock: Callable[[], datetime],
    timing: Timing,
    telemetry: Telemetry,
    stack: AsyncExitStack,
) -> Resources:
    """All of them; what has to be closed is closed with ``stack``."""
    history = ActHistory(database)
    pauses = Pauses(history, extra=timing.extra)
    instances = _instances(settings, pauses, clock=clock, timing=timing, telemetry=telemetry, stack=stack)
    directory = SlackDirectory(slack.client, telemetry=telemetry, sleep=timing.timer.sleep)
    catalogue = Catalogue(Datastreams(database, clock), clock, extra=timing.extra)
    stack.push_async_callback(catalogue.aclose)
    default = next(iter(settings.instances))
    policy = policy_of(settings.channels, settings.aliases, settings.datastreams, default=default)
    gate = Gate(slack.home, policy, directory, telemetry, catalogue=catalogue)
    presence = Presence(database, clock=clock, lease=timing.lease)
    stack.push_async_callback(presence.aclose)
    cipher = UrlCipher(settings.bot_token.get_secret_value())
    return Resources(
        database=database,
        presence=presence,
        ledger=SqlLedger(database, owner=presence.owner, clock=clock, lease=timing.lease, cipher=cipher),
        history=history,
        events=EventHistory(database),
        slack_retries=SlackRetries(database, clock, extra=timing.extra),
        instances=instances,
        catalogue=catalogue,
        stops=EarlierStops(history, extra=timing.extra),
        directory=directory,
        outbound=Outbound(slack.client, slack.session, telemetry, sleep=timing.timer.sleep),
        gate=gate,
        naming=Naming(gate, Narrowing(catalogue, clock)),
        telemetry=telemetry,
        timing=timing,
        clock=clock,
        keep=timedelta(days=settings.keep_days) if settings.keep_days is not None else None,
    )


def _instances(
    settings: Settings,
    pauses: Pauses,
    *,
    clock: Callable[[], datetime],
    timing: Timing,
    telemetry: Telemetry,
    stack: AsyncExitStack,
) -> Instances:
    """One client and one gateway an instance, for the life of the process."""
    instances, network = [], settings.network
    for name, one in settings.instances.items():
        key, proxy = one.key.get_secret_value(), network.proxy_for(one.url)
        client = AdverityClient(one.url, key, scheme=one.scheme, proxy=proxy, tls=network.tls, clock=clock)
        gateway = Gateway(
            client,
            clock=clock,
            monotonic=timing.timer.monotonic,
            retries=timing.retries(),
            optional_seconds=timing.optional,
            max_age=one.cache_seconds,
            concurrency=one.concurrency,
            telemetry=telemetry,
        )
        stack.push_async_callback(gateway.aclose)
        waits = timing.patience, timing.needed
        instances.append(Instance(name, one.url, gateway, *waits, who_paused=pauses.of))
    return Instances(instances)

"""One jobbot from a payload to what reaches Slack, with Slack and Adverity in a script: everything said is looked at.

There are five channels: #inc (all of acme), #emea (one workspace of acme), #staging (the other instance), #shared (with
another organisation, where answers are for who asks), #quiet (answers are for who asks). #random is not permitted.
"""

import asyncio
import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, cast

from slack_sdk.web.async_client import AsyncWebClient

from jobbot.access import Channel, ChannelRule, Home, Need, Person, Policy, Refused
from jobbot.adverity.errors import AdverityError, NotFound
from jobbot.adverity.gateway import Answer, Gateway
from jobbot.adverity.model import Datastream, DatastreamId, Job, JobId, JobList, Workspace
from jobbot.adverity.paging import Entries
from jobbot.adverity.query import JobQuery
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.flows.jobs.listing import ListingFlow
from jobbot.flows.jobs.narrowing import Narrowing
from jobbot.intents.model import Act, Intent
from jobbot.interaction import Interaction, Submitted
from jobbot.render.blockkit.blocks import Message, Modal
from jobbot.render.card import Card
from jobbot.slack.handlers.acts.dialogue import ActDialogue
from jobbot.slack.handlers.answers import Answers
from jobbot.slack.handlers.anywhere import Anywhere
from jobbot.slack.handlers.gate import Gate
from jobbot.slack.handlers.listeners import Listeners
from jobbot.slack.handlers.modal_ack import Submission
from jobbot.slack.handlers.naming import Naming
from jobbot.slack.handlers.reports.handler import Reports
from jobbot.slack.handlers.reports.job_cards import Drawn
from jobbot.slack.transport.background import BackgroundTasks
from jobbot.slack.transport.bolt import build_bolt, dispatch
from jobbot.slack.web.outbound import Outbound, SlackRefused
from jobbot.store.datastreams import KnownDatastream
from jobbot.telemetry import Outcome, Telemetry
from tests.unit.slack.payloads import BOT, OUR_TEAM
from tests.unit.slack.world import drawing, until
from tests.unit.store.world import START, Clock

INC, EMEA, STAGING, SHARED, QUIET, RANDOM = "C0INC", "C0EMEA", "C0STAGING", "C0SHARED", "C0QUIET", "C0RANDOM"
ANA, GUS, OLGA, ROBOT = "U0ANA", "U0GUS", "U0OLGA", "U0ROBOT"
URL = "https://acme.datatap.adverity.com"
PAGE = f"{URL}/emea/facebook-ads-eu-42/"

BOUND = 30.0
"""Seconds that anything may take: it tells what never happens from what does, not a speed."""

FACEBOOK, GOOGLE, SECRET = "Facebook Ads EU", "Google Ads US", "Staging Secret"
"""The datastreams: 42 in EMEA and 43 in US of acme, 44 of staging."""


def job(number: int, state: str = "Running", stream: int = 42, name: str = FACEBOOK, ago: float = 0.5) -> Job:
    """A job that began so many hours ago."""
    began = START - timedelta(hours=ago)
    end = None if state in ("Running", "Scheduled") else began + timedelta(minutes=5)
    given = {"id": number, "state_label": state, "datastream": {"id": stream, "name": name}}
    return Job.model_validate({**given, "job_start": began, "job_end": end})


@dataclass
class ScriptedGateway:
    """One instance; ``calls`` counts what it was asked."""

    jobs_of: list[Job] = field(default_factory=list)
    streams: Mapping[int, tuple[str, int, str]] = field(default_factory=dict)
    """By number name, workspace and page."""
    calls: int = 0
    error: AdverityError | None = None
    clock_ahead: timedelta | None = None

    def _called(self) -> None:
        self.calls += 1
        if self.error is not None:
            raise self.error

    async def jobs(self, query: JobQuery) -> Answer[JobList]:
        """See Gateway."""
        self._called()
        of_stream = (one for one in self.jobs_of if query.datastream in (None, one.datastream and one.datastream.id))
        return Answer(
            JobList(jobs=tuple(one for one in of_stream if one.is_going_on == (query.between is None))), START
        )

    async def job(self, number: JobId) -> Answer[Job]:
        """See Gateway."""
        self._called()
        found = next((one for one in self.jobs_of if one.id == number), None)
        if found is None:
            raise NotFound(status=404)
        return Answer(found, START)

    async def datastream(self, number: DatastreamId, **_: object) -> Answer[Datastream]:
        """See Gateway."""
        self._called()
        if number not in self.streams:
            raise NotFound(status=404)
        name, workspace, page = self.streams[number]
        stack = {"id": workspace, "name": str(workspace)}
        return Answer(Datastream.model_validate({"id": number, "name": name, "page": page, "stack": stack}), START)

    async def runs(self, number: DatastreamId, **_: object) -> Answer[JobList]:
        """See Gateway."""
        self._called()
        past = (one for one in self.jobs_of if one.datastream and one.datastream.id == number and one.is_over)
        return Answer(JobList(jobs=tuple(past)), START)

    async def workspaces(self) -> Answer[Entries[Workspace]]:
        """See Gateway."""
        self._called()
        known = [{"id": 14, "name": "EMEA"}, {"id": 15, "name": "US"}]
        return Answer(Entries(tuple(Workspace.model_validate(one) for one in known)), START)

    def known_datastream(self, number: DatastreamId) -> Datastream | None:
        """See Gateway."""
        return None

    def known_runs(self, number: DatastreamId) -> JobList | None:
        """See Gateway."""
        return JobList(jobs=())


class Table:
    """In the place of the database's table; ``reads`` counts."""

    def __init__(self) -> None:
        self.known: dict[str, list[KnownDatastream]] = {"acme": [], "staging": []}
        self.reads = 0

    def has(self, instance: str, number: int, name: str, workspace: int | None = None) -> None:
        """A datastream is known."""
        at = None if workspace is None else START
        self.known[instance].append(
            KnownDatastream(id=number, name=name, workspace=workspace, placed_at=at, seen_at=START)
        )

    async def of(self, instance: str, ids: Collection[int] | None = None) -> list[KnownDatastream]:
        """See Datastreams."""
        self.reads += 1
        found = (one for one in self.known[instance] if ids is None or one.id in ids)
        return sorted(found, key=lambda one: (one.name, one.id))

    async def is_whole(self, instance: str) -> bool:
        """See Datastreams."""
        self.reads += 1
        return True

    async def may_list(self, instance: str) -> bool:
        """See Datastreams."""
        self.reads += 1
        return False

    async def learn(self, instance: str, seen: Iterable[KnownDatastream]) -> None:
        """See Datastreams."""


@dataclass(frozen=True)
class Said:
    """What reached Slack: ``how`` is post, edit, whisper, respond, window, home or preview; ``what`` is its JSON."""

    how: str
    where: str
    to: str | None
    thread: str | None
    what: str


class Slack(Outbound):
    """Remembers all that was said; ``broken`` are methods that fail."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.broken: set[str] = set()

    def _say(self, how: str, what: object, where: str = "", to: str | None = None, thread: str | None = None) -> None:
        if how in self.broken:
            raise SlackRefused(how, "internal_error")
        shown = {"text": what.text, "blocks": list(what.blocks)} if isinstance(what, Message) else what
        self.said.append(Said(how, where, to, thread, json.dumps(shown, ensure_ascii=False)))

    async def post(self, channel: str, message: Message, *, thread_ts: str | None = None, **_: Any) -> str:
        """See Outbound."""
        self._say("post", message, channel, thread=thread_ts)
        return f"1667213000.{len(self.said):06}"

    async def edit(self, channel: str, ts: str, message: Message, **_: Any) -> None:
        """See Outbound."""
        self._say("edit", message, channel)

    async def post_ephemeral(self, channel: str, user: str, message: Message, *, thread_ts: str | None = None) -> None:
        """See Outbound."""
        self._say("whisper", message, channel, user, thread_ts)

    async def respond(self, url: str, message: Message, *, in_channel: bool = False, **_: Any) -> None:
        """See Outbound."""
        self._say("post" if in_channel else "whisper", message, "response_url", None if in_channel else "asker")

    async def open_modal(self, trigger_id: str, modal: Modal) -> str:
        """See Outbound."""
        self._say("window", modal.view)
        return "V0MODAL"

    async def update_modal(self, view_id: str, modal: Modal) -> None:
        """See Outbound."""
        self._say("window", modal.view)

    async def publish_home(self, user: str, view: Modal) -> None:
        """See Outbound."""
        self._say("home", view.view, to=user)

    async def unfurl(self, channel: str, ts: str, unfurls: Mapping[str, Mapping[str, Any]]) -> None:
        """See Outbound."""
        self._say("preview", unfurls, channel, thread=ts)


class People:
    """What Slack says of people and channels; ``calls`` counts, ``silent`` is what it does not answer."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {
            ANA: Person(team_id=OUR_TEAM, zone="Europe/Vienna"),
            GUS: Person(team_id=OUR_TEAM, is_guest=True),
            OLGA: Person(team_id="T0GLOBEX", is_stranger=True),
            ROBOT: Person(team_id=OUR_TEAM, is_bot=True),
        }
        self.channels = {id_: Channel() for id_ in (INC, EMEA, STAGING, QUIET, RANDOM)}
        self.channels[SHARED] = Channel(is_shared_outside=True)
        self.members: dict[str, set[str]] = {ANA: {INC, RANDOM}, GUS: {INC}, OLGA: {SHARED}, ROBOT: {INC}}
        self.silent: set[str] = set()
        self.calls = 0
        self.hold: asyncio.Event | None = None

    async def _asked(self, what: str) -> bool:
        self.calls += 1
        if self.hold is not None:
            await self.hold.wait()
        return what not in self.silent

    async def person(self, user_id: str, *, fresh: bool = False) -> Person | None:
        """See Directory."""
        return self.people.get(user_id) if await self._asked("person") else None

    async def channel(self, channel_id: str, *, fresh: bool = False) -> Channel | None:
        """See Directory."""
        return self.channels.get(channel_id) if await self._asked("channel") else None

    async def is_in_usergroups(self, user_id: str, groups: Collection[str], *, fresh: bool = False) -> bool | None:
        """See Directory."""
        return user_id == ANA if await self._asked("usergroups") else None

    async def channels_of(self, user_id: str, *, fresh: bool = False) -> Mapping[str, Channel] | None:
        """See PeopleAndPlaces."""
        if not await self._asked("channels"):
            return None
        return {id_: self.channels[id_] for id_ in self.members.get(user_id, ()) if id_ in self.channels}


class NothingFrozen:
    """In the place of FreezeLine."""

    async def of(self, instance: Instance, channel_id: str | None) -> None:
        """See FreezeLine."""


class Cards:
    """In the place of JobCards: a card that says the job's number and its datastream's name."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def card(self, interaction: Any, number: JobId, instance: Instance, *_: Any, **__: Any) -> Any:
        """See JobCards."""
        found = (await instance.gateway.job(number)).value
        await self._gate.place(interaction, instance, found)
        stream = found.datastream
        words = f"card of job {found.id}, {stream.name if stream else ''}"
        drawn = Message(text=words, blocks=[])
        return Drawn(message=drawn, since=datetime.now(UTC), card=cast("Card", _CardOfAnOver()))

    async def post(self, *_: Any, **__: Any) -> bool:
        """Nothing is edited later."""
        return False


class _CardOfAnOver:
    """A card that is not followed."""

    class job:
        """What is asked of it."""

        is_going_on = False


RULES = {
    INC: ChannelRule(
        may=frozenset(Need), instance="acme", instances=("acme",), stop_usergroups=frozenset({"S0ONCALL"})
    ),
    EMEA: ChannelRule(may=frozenset({Need.VIEW, Need.WATCH}), instance="acme", instances=("acme",), workspaces=(14,)),
    STAGING: ChannelRule(may=frozenset({Need.VIEW}), instance="staging", instances=("staging",)),
    SHARED: ChannelRule(may=frozenset(Need), instance="acme", instances=("acme",)),
    QUIET: ChannelRule(may=frozenset(Need), instance="acme", instances=("acme",), quiet=True),
}


class World:
    """Everything, and how to give it a payload."""

    def __init__(self, home: Home | None = None) -> None:
        self.clock, self.people, self.slack, self.table = Clock(), People(), Slack(), Table()
        streams = {42: (FACEBOOK, 14, "/emea/facebook-ads-eu-42/"), 43: (GOOGLE, 15, "/us/google-ads-us-43/")}
        self.acme = ScriptedGateway(
            [job(48470), job(48469, "Failed", ago=3), job(48468, "Success", ago=5), job(48555, stream=43, name=GOOGLE)],
            streams,
        )
        self.staging = ScriptedGateway([job(48777, stream=44, name=SECRET)], {44: (SECRET, 14, "/x/secret-44/")})
        self.table.has("acme", 42, FACEBOOK, 14)
        self.table.has("acme", 43, GOOGLE, 15)
        self.table.has("staging", 44, SECRET)
        gateways = {"acme": (URL, self.acme), "staging": ("https://staging.example.com", self.staging)}
        self.instances = Instances(
            Instance(name, url, cast("Gateway", gateway), patience=BOUND, needed=BOUND)
            for name, (url, gateway) in gateways.items()
        )
        self.catalogue = Catalogue(cast("Any", self.table), self.clock, extra=BOUND)
        self.telemetry = Telemetry()
        home = home or Home(OUR_TEAM, bot_user_id=BOT)
        self.gate = Gate(home, Policy(RULES), self.people, self.telemetry, catalogue=self.catalogue)
        self.acts: list[str] = []
        nothing: Any = None
        naming, cards = Naming(self.gate, Narrowing(self.catalogue, self.clock)), cast("Any", Cards(self.gate))
        drawn = drawing(
            gate=self.gate,
            naming=naming,
            instances=self.instances,
            listing=ListingFlow(self.clock, self.catalogue),
            frozen=NothingFrozen(),
            cards=cards,
            clock=self.clock,
        )
        answers = Answers(
            gate=self.gate,
            naming=naming,
            instances=self.instances,
            reports=Reports(drawing=drawn, naming=naming, cards=cards, names=nothing, patience=30.0),
            rights=nothing,
            freezing=nothing,
            following=nothing,
            dialogue=cast("ActDialogue", self),
            outbound=self.slack,
            clock=self.clock,
            command="/jobs",
        )
        self.anywhere = Anywhere.of(
            gate=self.gate,
            directory=self.people,
            catalogue=self.catalogue,
            instances=self.instances,
            answers=answers,
            outbound=self.slack,
            clock=self.clock,
        )
        self.work = BackgroundTasks()
        listeners = Listeners(
            gate=self.gate,
            answers=answers,
            dialogue=cast("ActDialogue", self),
            anywhere=self.anywhere,
            is_first=self._is_first,
            telemetry=self.telemetry,
        )
        self.app = build_bolt(AsyncWebClient(base_url="http://127.0.0.1:1/api/"), home, listeners, self.work)

    async def _is_first(self, key: str) -> bool:
        return True

    def need_of(self, act: Act) -> Need:
        """In the place of the dialogue of acts."""
        return Need.STOP

    def label_of(self, submitted: Submitted) -> str:
        """Likewise."""
        return "submit"

    def submits(self, interaction: Interaction) -> Submission:
        """Likewise: a window that is none of an act's."""
        return Submission()

    async def asks(self, interaction: Interaction, wish: Intent, instance: Instance) -> Outcome:
        """Likewise: whoever may is asked, and that is counted."""
        passed = await self.gate.decide(interaction, Need.STOP, instance.name)
        if isinstance(passed, Refused):
            return Outcome.REFUSED
        self.acts.append(type(wish).__name__)
        return Outcome.ASKED

    def in_channels(self, *channels: str, who: str = ANA) -> None:
        """This person is in these channels, and in no others."""
        self.people.members[who] = set(channels)

    async def gets(self, payload: dict[str, Any]) -> Any:
        """What Slack gets for an answer (None for an empty ack), while the work goes on behind it."""
        response = await dispatch(self.app, payload)
        assert response.status == 200
        return json.loads(response.body) if response.body else None

    async def does(self, payload: dict[str, Any]) -> Any:
        """The same, and all work has come to its end."""
        answer = await self.gets(payload)
        await self.ends()
        return answer

    async def ends(self) -> None:
        """Whatever is under way comes to its end."""
        await until(lambda: len(self.work) == 0)
        await self.catalogue.aclose()

    @property
    def calls(self) -> int:
        """How often anything was asked of Adverity, of Slack and of the database."""
        return self.acme.calls + self.staging.calls + self.people.calls + self.table.reads

    @contextmanager
    def memory_alone(self) -> Any:
        """Around what may ask nobody."""
        before = self.calls
        yield
        assert self.calls == before

    def said(self, how: str) -> list[Said]:
        """What was said in one way."""
        return [one for one in self.slack.said if one.how == how]

    @property
    def shown(self) -> str:
        """All that reached Slack."""
        return "\n".join(one.what for one in self.slack.said)


JOB_DATA = (FACEBOOK, GOOGLE, SECRET, "48470", "48469", "48468", "48555", "48777")
"""What only those may see who may see jobs."""


def leaks(world: World, answer: object = None) -> list[str]:
    """What of any job reached Slack."""
    shown = f"{world.shown} {json.dumps(answer)}"
    return [words for words in JOB_DATA if words in shown]


_triggers = count(1)


def trigger() -> str:
    """A trigger id: Slack gives each interaction one of its own."""
    return f"{next(_triggers)}.738474920.8088930838d88f008e0"


def names_in(answer: Any) -> list[str]:
    """The options' words."""
    return [option["text"]["text"] for option in answer["options"]]


def permitting(world: World, **changes: ChannelRule | None) -> None:
    """The policy with changes, by channel id."""
    rules = {id_: rule for id_, rule in {**RULES, **changes}.items() if rule is not None}
    world.gate.set_policy(replace(world.gate.policy, channels=rules))

"""``mute 987``: the alerts of the datastream that the job belongs to, and the answer says so."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from jobbot.adverity.gateway import Answer
from jobbot.adverity.model import DatastreamId, Job, JobId
from jobbot.flows.following.keeping import Subscriber
from jobbot.flows.jobs.narrowing import Meant
from jobbot.flows.jobs.scope import EVERYTHING
from jobbot.intents.model import Alerts, AlertsDo, Narrowed
from jobbot.interaction import Interaction
from jobbot.render.blockkit.blocks import Message
from jobbot.slack.handlers.following.alerting import Alerting
from jobbot.slack.handlers.gate import Gate, Passed
from tests.unit.access.world import ANA, HOME, INC, policy, who

NOW = datetime(2026, 3, 14, 9, 42, 5, tzinfo=UTC)
MUTE = Alerts(does=AlertsDo.SNOOZE, job=JobId(987), length=timedelta(hours=2))


@dataclass
class Place:
    """In the place of all that is asked: an instance, names, the alerts, and what is said."""

    stream: int | None = 42
    count: int = 1
    name: str = "acme"
    wishes: list[Alerts] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def gateway(self) -> "Place":
        return self

    @property
    def alerts(self) -> "Place":
        return self

    async def job(self, number: JobId) -> Answer[Job]:
        return Answer(Job.model_validate({"id": number, "datastream_id": self.stream}), NOW)

    async def meant(self, interaction: Interaction, intent: Narrowed, instance: object) -> Meant:
        return Meant(intent, EVERYTHING)

    async def snooze(self, wish: Alerts, subscriber: Subscriber, place: int | None) -> tuple[int, datetime]:
        self.wishes.append(wish)
        return self.count, NOW + timedelta(hours=2)

    def note_when_slow(self, message: Message, *, visible: bool) -> "Place":
        return self

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def answer(self, message: Message, *, visible: bool) -> None:
        self.said.append(message.text)

    async def post_ephemeral(self, message: Message) -> None:
        self.said.append(message.text)


async def muted(place: Place) -> str:
    any_: Any = cast("Any", place)
    gate = Gate(HOME, policy(), any_)
    asked = dict.fromkeys(("naming", "instances", "watching", "marks", "directory", "outbound"), any_)
    served = Alerting(gate=gate, clock=lambda: NOW, **asked)
    passed = Passed(visible=True, may_share=False, offers=frozenset(), is_member=True, zone=None)
    await served.serve(MUTE, any_, passed, who(), Subscriber(INC, None, ANA), reply=any_)
    return place.said[-1]


async def test_the_datastream_of_a_job_is_snoozed_and_named() -> None:
    place = Place()
    said = await muted(place)
    assert said.startswith(f"<@{ANA}> snoozed the alerts of datastream 42, the datastream of job 987, in this channel")
    stream = DatastreamId(42)
    assert place.wishes == [Alerts(does=AlertsDo.SNOOZE, datastream=stream, length=timedelta(hours=2), instance="acme")]


async def test_where_it_has_none_nothing_is_snoozed() -> None:
    place = Place(stream=None)
    assert "does not say which datastream job 987 belongs to" in await muted(place)
    assert place.wishes == []
    nobody = await muted(Place(count=0))
    assert nobody == "There are no alerts of datastream 42 in this channel to snooze. Nothing was changed."

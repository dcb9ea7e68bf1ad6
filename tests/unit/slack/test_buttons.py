"""Each button serves the wishes that it was made for, whatever its value says."""

import pytest

from jobbot.access import Need
from jobbot.adverity.model import DatastreamId, JobId
from jobbot.intents.button import Carried, encode
from jobbot.intents.model import (
    Acknowledge,
    Alerts,
    AlertsDo,
    FetchAgain,
    Freeze,
    Handover,
    Help,
    History,
    ListJobs,
    MarkAlert,
    Marking,
    OnReview,
    Paused,
    PauseSchedule,
    ResumeSchedule,
    Retry,
    Reviewing,
    ShowJob,
    StopJob,
    StopNoMore,
    StopSeveral,
    Timeline,
    Unfreeze,
    UnwatchJob,
    Watches,
    WatchJob,
    WhoAmI,
)
from jobbot.interaction import Clicked, Interaction
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.buttons import ActionId
from jobbot.slack.handlers.listeners import Listeners
from jobbot.telemetry import Outcome, Telemetry

JOB = JobId(987)
READS = (ListJobs(), History(), ShowJob(job=JOB))
WISHES: tuple[Carried, ...] = (
    *READS,
    StopJob(job=JOB),
    StopSeveral(),
    FetchAgain(job=JOB),
    Retry(job=JOB),
    Acknowledge(job=JOB),
    PauseSchedule(datastream=DatastreamId(42)),
    ResumeSchedule(datastream=DatastreamId(42)),
    Paused(),
    Timeline(),
    Handover(),
    Freeze(),
    Unfreeze(),
    WatchJob(job=JOB),
    UnwatchJob(job=JOB),
    Watches(),
    Alerts(does=AlertsDo.ON),
    WhoAmI(need=Need.STOP),
    Help(),
    MarkAlert(alert="a" * 32, does=Marking.ON_IT),
    StopNoMore(act="a" * 32),
    OnReview(request="a" * 32, does=Reviewing.REVIEW),
)
MADE_FOR: dict[ActionId, tuple[type, ...]] = {
    ActionId.LIST_REFRESH: (ListJobs, History, Timeline, Handover),
    ActionId.LIST_NEWER: (ListJobs, History, Timeline),
    ActionId.LIST_OLDER: (ListJobs, History, Timeline),
    ActionId.JOB_REFRESH: (ShowJob,),
    ActionId.JOB_SHOW: (ShowJob,),
    ActionId.JOB_STOP: (StopJob,),
    ActionId.JOB_WATCH: (WatchJob,),
    ActionId.JOB_UNWATCH: (UnwatchJob,),
    ActionId.ALERT_ON_IT: (MarkAlert,),
    ActionId.ALERT_NOT_ON_IT: (MarkAlert,),
    ActionId.ALERT_SNOOZE: (MarkAlert,),
    ActionId.ALERT_WAKE: (MarkAlert,),
    ActionId.LIST_WATCH: (WatchJob,),
    ActionId.ACT: (FetchAgain, Retry, Acknowledge, PauseSchedule, ResumeSchedule, StopSeveral),
    ActionId.STOP_NO_MORE: (StopNoMore,),
    ActionId.ASK_FOR: (StopJob, FetchAgain, Retry, Acknowledge, PauseSchedule, ResumeSchedule, StopSeveral),
    ActionId.REVIEW: (OnReview,),
    ActionId.REVIEW_WITHDRAW: (OnReview,),
    ActionId.REVIEW_DISCARD: (OnReview,),
    ActionId.JOB_MENU: (ShowJob, StopJob, WatchJob, UnwatchJob),
    ActionId.JOB_OPEN: (ShowJob, WatchJob),
    ActionId.TIMELINE_COPY: (Timeline,),
    ActionId.SHARE: (ListJobs, History, Timeline, ShowJob, Paused, Handover),
    ActionId.WHY: (WhoAmI,),
    ActionId.RUN: tuple(type(wish) for wish in WISHES[:-3]),
}


class Heard:
    """In the place of the answers and the stop's dialogue: what reaches them."""

    def __init__(self) -> None:
        self.served: list[Carried] = []
        self.said: list[str] = []

    async def serve(self, interaction: Interaction, intent: Carried, way: object) -> Outcome:
        self.served.append(intent)
        return Outcome.ANSWERED

    async def reviews(self, interaction: Interaction, pressed: OnReview) -> Outcome:
        self.served.append(pressed)
        return Outcome.ANSWERED

    def need_of(self, intent: Carried) -> Need | None:
        return Need.STOP if isinstance(intent, StopJob) else None

    async def asks(self, interaction: Interaction, wish: StopJob, text: str = "") -> Outcome:
        self.served.append(wish)
        return Outcome.ASKED

    def command(self, interaction: Interaction) -> str:
        return "/jobs"

    def reply(self, interaction: Interaction) -> "Heard":
        return self

    async def post_ephemeral(self, message: Message) -> None:
        self.said.append(message.text)


class Open:
    """A gate that nobody is stopped at."""

    async def refuse_at_once(self, who: Interaction, need: Need, instance: str | None = None) -> None:
        return None


async def first(key: str) -> bool:
    return True


@pytest.mark.parametrize("act", list(ActionId))
async def test_an_action_serves_its_own_wishes_alone(act: ActionId) -> None:
    for wish in WISHES:
        heard = Heard()
        listeners = Listeners(
            gate=Open(),  # type: ignore[arg-type]
            answers=heard,  # type: ignore[arg-type]
            dialogue=heard,  # type: ignore[arg-type]
            anywhere=None,  # type: ignore[arg-type]
            is_first=first,
            telemetry=Telemetry(),
        )
        pressed = Interaction(did=Clicked(act, encode(wish)), key="", user_id="U0ANA", channel_id="C0INC")
        ack = listeners.acknowledge(pressed)
        assert ack.then is not None
        await ack.then

        is_served = isinstance(wish, MADE_FOR[act])
        assert (heard.served, len(heard.said)) == (([wish], 0) if is_served else ([], 1)), wish

"""The local Adverity as the page's panel shows it, and what the page may do to it."""

from datetime import datetime, timedelta
from typing import Literal, Protocol, get_args

from jobbot.playground.adverity import Issue, LocalAdverity, Sight, Stage
from jobbot.playground.page.protocol import CannotBeDone, Json, number_of, text_of

Answers = Literal["usual", "key", "429", "500", "html", "cut"]

SLOW_SECONDS = 5.0
ENDED_SHOWN, SCHEDULED_SHOWN = 5, 5
ENDED_WITHIN = timedelta(minutes=30)


class Panel(Protocol):
    """A part of the world: what it shows, and what can be done to it."""

    acts: frozenset[str]
    """The words of its deeds."""

    def shown(self) -> Json:
        """Its part of ``world`` of the page's protocol."""

    async def act(self, act: str, fields: Json) -> None:
        """Do something to it. Raises CannotBeDone."""


class World:
    """All panels together."""

    def __init__(self, *panels: Panel) -> None:
        self._panels = panels

    def shown(self) -> Json:
        """``world`` of the page's protocol."""
        return {name: value for panel in self._panels for name, value in panel.shown().items()}

    async def act(self, act: str, fields: Json) -> None:
        """Do something to the panel that knows the word. Raises CannotBeDone."""
        for panel in self._panels:
            if act in panel.acts:
                return await panel.act(act, fields)
        raise CannotBeDone(f"Nothing is known to do that is called {act}.")


class AdverityPanel:
    """The jobs of the local Adverity, which is called ``name``, and the troubles that hold there now."""

    acts = frozenset({"start", "fail", "answers", "slow"})

    def __init__(self, adverity: LocalAdverity, name: str = "acme") -> None:
        self._adverity = adverity
        self._name = name
        self._answers: Answers = "usual"
        self._is_slow = False

    def shown(self) -> Json:
        """The panel's half of ``world``."""
        return {
            "instance": self._name,
            "clock": f"{self._adverity.now():%H:%M:%S} UTC",
            "jobs": [self._job(sight) for sight in self._chosen()],
            "datastreams": [{"id": one.id, "name": one.name} for one in self._adverity.datastreams.values()],
            "answers": self._answers,
            "slow": self._is_slow,
        }

    async def act(self, act: str, fields: Json) -> None:
        """Start a job, let one fail, or set how the API answers. Raises CannotBeDone."""
        match act:
            case "start":
                self._start(number_of(fields, "datastream"))
            case "fail":
                self._fail(number_of(fields, "job"))
            case "answers":
                self._set_answers(text_of(fields, "as"))
            case "slow":
                self._is_slow = fields.get("on") is True
                self._set_faults()

    def _start(self, datastream: int) -> None:
        try:
            self._adverity.fetch(datastream, by="ana@acme.example")
        except KeyError:
            raise CannotBeDone(f"There is no datastream {datastream}.") from None

    def _fail(self, job: int) -> None:
        issue = Issue("The connection to the source was reset by peer after 3 attempts.", "Connection")
        try:
            self._adverity.job(job).ends("Failed", issues=[issue])
        except (KeyError, ValueError):
            raise CannotBeDone(f"Job {job} is over.") from None

    def _set_answers(self, answers: str) -> None:
        if answers not in get_args(Answers):
            raise CannotBeDone(f"No answer is called {answers}.")
        self._answers = answers  # type: ignore[assignment]  # one of them, as of the line above
        self._set_faults()

    def _set_faults(self) -> None:
        """Faults are taken back all at once only, so those that hold are said again."""
        faults = self._adverity.faults
        faults.clear()
        if self._is_slow:
            faults.slow(SLOW_SECONDS)
        match self._answers:
            case "usual":
                pass
            case "key":
                faults.unauthorised()
            case "429":
                faults.throttled(2)
            case "500":
                faults.broken()
            case "html":
                faults.html()
            case "cut":
                faults.cut()

    def _chosen(self) -> list[Sight]:
        """What runs, longest first; what comes next; what ended lately."""
        now = self._adverity.now()
        sights = self._adverity.sights()
        running = sorted((one for one in sights if one.look.started and not one.is_over), key=_started)
        waiting = sorted((one for one in sights if one.look.stage is Stage.WAITING), key=_due)
        ended = sorted((one for one in sights if one.is_over and _ended(one) > now - ENDED_WITHIN), key=_ended)
        return [*running, *waiting[:SCHEDULED_SHOWN], *reversed(ended[-ENDED_SHOWN:])]

    def _job(self, sight: Sight) -> Json:
        stream = self._adverity.datastreams.get(sight.job.datastream or 0)
        return {
            "id": sight.job.id,
            "name": stream.name if stream else "no datastream",
            "state": sight.look.state,
            "progress": sight.look.progress,
            "going": not sight.is_over,
            "words": self._words(sight),
        }

    def _words(self, sight: Sight) -> str:
        look = sight.look
        if look.ended is not None:
            return f"ended {look.ended:%H:%M:%S}"
        if look.started is not None:
            ran = int((self._adverity.now() - look.started).total_seconds())
            return f"{look.progress} %, {look.stage}, {_duration(ran)}"
        if sight.job.follows is not None:
            return f"waits for job {sight.job.follows}"
        return f"due {sight.job.plan.starts:%H:%M:%S}" if sight.job.plan.starts else "waits"


def _started(sight: Sight) -> datetime:
    return sight.look.started or sight.job.plan.created


def _ended(sight: Sight) -> datetime:
    return sight.look.ended or sight.job.plan.created


def _due(sight: Sight) -> datetime:
    return sight.job.plan.starts or sight.job.plan.created


def _duration(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h {seconds % 3600 // 60} min"

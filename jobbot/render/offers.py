"""Renders the likely next thing as a button; an act's opens the window that asks."""

from typing import assert_never

from jobbot.adverity.model import State
from jobbot.intents.model import (
    Acknowledge,
    Act,
    FetchAgain,
    Help,
    ListJobs,
    Offered,
    PauseSchedule,
    ResumeSchedule,
    Retry,
    ShowJob,
    StopJob,
    StopSeveral,
    Stream,
)
from jobbot.intents.wording import as_said
from jobbot.render.acts.several_window import which
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import BUTTON_TEXT, Block
from jobbot.render.blockkit.text import cut


def offer(intent: Offered, command: str) -> Block:
    """A button for something that was probably meant; a stop opens the window that asks."""
    match intent:
        case StopJob() | StopSeveral() | FetchAgain() | Retry() | Acknowledge() | PauseSchedule() | ResumeSchedule():
            words = _act(intent)
            return buttons.go_on(f"{cut(words, BUTTON_TEXT - 2)} …", intent, label=f"{words}: asks first")
        case ShowJob(job=job):
            return buttons.go_on(f"Show job {job}", intent)
        case Help(topic=None):
            return buttons.go_on("Help", intent, label="What can be typed")
        case Help(topic=topic):
            return buttons.go_on(f"Help: {topic}", intent, label=f"What can be typed about {topic}")
        case ListJobs() if intent == ListJobs(instance=intent.instance):
            return buttons.go_on("Running and scheduled", intent)
        case _:
            words = as_said(intent)
            shown = f"Run {words}".replace("Run running", "Running")
            return buttons.go_on(cut(shown, BUTTON_TEXT), intent, label=f"Run {command} {words}")


def _act(act: Act) -> str:
    """What a button does that opens the window for an act."""
    match act:
        case StopJob(job=job):
            return f"Stop job {job}"
        case StopSeveral(jobs=jobs) if jobs:
            return f"Stop {which(jobs)}"
        case StopSeveral(states=states, datastream=stream):
            told = " and ".join(state.value.lower() for state in State if state in states) or "all"
            return f"Stop {told} jobs{f' of {_stream(stream)}' if stream is not None else ''}"
        case FetchAgain(job=job, days=days) if job is not None and days is not None:
            return f"Fetch job {job}'s datastream"
        case FetchAgain(job=job) if job is not None:
            return f"Fetch again what job {job} fetched"
        case FetchAgain(datastream=stream):
            return f"Fetch {_stream(stream)} again"
        case Retry(job=job):
            return f"Retry job {job}"
        case Acknowledge(job=job):
            return f"Acknowledge issues of job {job}"
        case PauseSchedule(datastream=stream, said=said):
            return f"Pause {_stream(stream)} {said}".rstrip()
        case ResumeSchedule(datastream=stream):
            return f"Resume {_stream(stream)}"
        case _:
            assert_never(act)


def _stream(which: Stream | None) -> str:
    """A datastream, as plain text for a button."""
    return which if isinstance(which, str) else f"datastream {which}"

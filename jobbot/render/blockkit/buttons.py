"""The buttons: their ``action_id`` and the intents that their values carry.

The names are the contract between what is rendered and the table of listeners in ``slack/``; a test compares them.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import get_args

from jobbot.access import Need
from jobbot.adverity.model import JobId
from jobbot.intents.button import Carried, encode
from jobbot.intents.model import (
    Acknowledge,
    Act,
    FetchAgain,
    Handover,
    History,
    Issues,
    ListJobs,
    MarkAlert,
    Marking,
    OfAMessage,
    OnDatastream,
    OnReview,
    Paused,
    PauseSchedule,
    Recorded,
    ResumeSchedule,
    Retry,
    Reviewing,
    ShowJob,
    StopJob,
    StopNoMore,
    StopSeveral,
    Timeline,
    UnwatchJob,
    WatchJob,
    WhoAmI,
)
from jobbot.render.blockkit.blocks import BUTTON_TEXT, Block, button, option, overflow, select
from jobbot.render.blockkit.text import cut


class ActionId(StrEnum):
    """``action_id`` of every button, menu and select that jobbot sends."""

    LIST_REFRESH = "list_refresh"
    LIST_NEWER = "list_newer"
    LIST_OLDER = "list_older"
    JOB_SHOW = "job_show"
    JOB_REFRESH = "job_refresh"
    JOB_STOP = "job_stop"
    JOB_WATCH = "job_watch"
    JOB_UNWATCH = "job_unwatch"
    ALERT_ON_IT = "alert_on_it"
    ALERT_NOT_ON_IT = "alert_not_on_it"
    ALERT_SNOOZE = "alert_snooze"
    ALERT_WAKE = "alert_wake"
    LIST_WATCH = "list_watch"
    ACT = "act"
    STOP_NO_MORE = "stop_no_more"
    ASK_FOR = "ask_for"
    REVIEW = "review"
    REVIEW_WITHDRAW = "review_withdraw"
    REVIEW_DISCARD = "review_discard"
    JOB_MENU = "job_menu"
    JOB_OPEN = "job_open"
    TIMELINE_COPY = "timeline_copy"
    RUN = "run"
    SHARE = "share"
    WHY = "why"


CARRIES: Mapping[str, tuple[type[Carried], ...]] = MappingProxyType(
    {
        ActionId.LIST_REFRESH: (ListJobs, History, Timeline, Issues, Handover),
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
        ActionId.ASK_FOR: get_args(Act),
        ActionId.REVIEW: (OnReview,),
        ActionId.REVIEW_WITHDRAW: (OnReview,),
        ActionId.REVIEW_DISCARD: (OnReview,),
        ActionId.JOB_MENU: (ShowJob, StopJob, WatchJob, UnwatchJob),
        ActionId.JOB_OPEN: (ShowJob, WatchJob),
        ActionId.TIMELINE_COPY: (Timeline,),
        ActionId.SHARE: (ListJobs, History, Timeline, Issues, ShowJob, Paused, Handover),
        ActionId.WHY: (WhoAmI,),
        ActionId.RUN: tuple(intent for intent in get_args(Carried) if intent not in get_args(OfAMessage)),
    }
)
"""The intents that each may carry; a value of another kind is refused as stale."""

Choice = tuple[str, Carried]
"""An entry of a menu or a select: its words, and what it carries."""


def refresh_list(question: ListJobs | Recorded | Issues | Handover) -> Block:
    """The same question again, the same page."""
    return button("Refresh", ActionId.LIST_REFRESH, encode(question), label="Refresh this list")


def newer(question: ListJobs | Recorded) -> Block:
    """Newer: the page before."""
    return button("Newer", ActionId.LIST_NEWER, encode(question), label="Show newer ones")


def older(question: ListJobs | Recorded) -> Block:
    """Older: the next page."""
    return button("Older", ActionId.LIST_OLDER, encode(question), label="Show older ones")


def show(job: JobId, instance: str) -> Block:
    """Details: shows the job's card."""
    return button(
        "Details", ActionId.JOB_SHOW, encode(ShowJob(job=job, instance=instance)), label=f"Details of job {job}"
    )


def refresh_job(job: JobId, instance: str) -> Block:
    """Refresh: the same job's card."""
    value = encode(ShowJob(job=job, instance=instance))
    return button("Refresh", ActionId.JOB_REFRESH, value, label=f"Refresh job {job}")


def watch(job: JobId, instance: str, *, watching: int = 0) -> Block:
    """Watch: the job's end is posted in the thread of the card. ``watching``: how many people wait for it already."""
    value = encode(WatchJob(job=job, instance=instance))
    words, label = "Watch", f"Watch job {job}: be told when it ends"
    if watching:
        words, label = f"Watch ({watching})", f"Be told when job {job} ends"
    return button(words, ActionId.JOB_WATCH, value, label=label)


def watch_from_list(job: JobId, instance: str) -> Block:
    """Watch, in a message of many jobs: the job's end is posted in the channel, and the message stays as it is."""
    value = encode(WatchJob(job=job, instance=instance))
    return button("Watch", ActionId.LIST_WATCH, value, label=f"Watch job {job}: be told when it ends")


def unwatch(job: JobId, instance: str) -> Block:
    """Stop watching: ends the watches of the person who clicks it."""
    value = encode(UnwatchJob(job=job, instance=instance))
    return button(
        "Stop watching", ActionId.JOB_UNWATCH, value, label=f"Stop watching job {job}: take your own watch back"
    )


def mark_alert(does: Marking, alert: str, instance: str, *, too: bool = False) -> Block:
    """A button of an alert's message. ``too``: somebody else is on it already."""
    act, words, label = {
        Marking.ON_IT: (ActionId.ALERT_ON_IT, "I'm on it too" if too else "I'm on it", "Say here that you are on it"),
        Marking.NOT_ON_IT: (ActionId.ALERT_NOT_ON_IT, "Not on it", "Take back that you are on it"),
        Marking.SNOOZE: (ActionId.ALERT_SNOOZE, "Snooze 2 h", "No alerts of this for 2 hours in this channel"),
        Marking.WAKE: (ActionId.ALERT_WAKE, "End snooze", "Alerts of this again in this channel"),
    }[does]
    return button(words, act, encode(MarkAlert(alert=alert, does=does, instance=instance)), label=label)


def look(job: int, instance: str) -> Block:
    """Look at the job: posts the card as a new answer, below a stop's message."""
    value = encode(ShowJob(job=JobId(job), instance=instance))
    return button("Look at the job", ActionId.JOB_SHOW, value, label=f"Show job {job} as it is now")


def stop(job: JobId, instance: str, *, meant: bool = False) -> Block:
    """Stop job: opens the confirmation modal. ``meant``: in red, as on a card or at a job that stands out."""
    return stop_with_reason(StopJob(job=job, instance=instance), meant=meant)


def stop_with_reason(wish: StopJob, *, meant: bool = True) -> Block:
    """Stop job, with the reason that was typed already."""
    label = f"Stop job {wish.job}, asks first"
    return button("Stop job", ActionId.JOB_STOP, encode(wish), label=label, style="danger" if meant else None)


_ACTS: Mapping[type[Carried], tuple[str, str]] = {
    FetchAgain: ("Fetch again", "Fetch these days again, asks first"),
    Retry: ("Retry", "Have Adverity repeat what failed, asks first"),
    Acknowledge: ("Acknowledge", "Acknowledge the issue in Adverity, asks first"),
    PauseSchedule: ("Pause schedule", "Pause the schedule of this datastream, asks first"),
    ResumeSchedule: ("Resume", "Resume the schedule of this datastream, asks first"),
    StopSeveral: ("Stop several", "Choose which of several jobs to stop, asks first"),
}


def act(wish: Retry | Acknowledge | OnDatastream, *, meant: bool = False) -> Block:
    """Opens the window of an act that is no stop. ``meant``: in red, where it is what the message is about."""
    words, label = _ACTS[type(wish)]
    return button(words, ActionId.ACT, encode(wish), label=label, style="danger" if meant else None)


def pause_of(wish: PauseSchedule, name: str) -> Block:
    """Pause, of one datastream among several."""
    label = f"Pause {cut(name, 40)}: its schedule, asks first"
    return button(f"Pause {name}", ActionId.ACT, encode(wish), label=label)


def stop_no_more(act: str, instance: str) -> Block:
    """Stop no more: of several stops that are under way no more are begun."""
    value = encode(StopNoMore(act=act, instance=instance))
    return button("Stop no more", ActionId.STOP_NO_MORE, value, label="Begin no more of these stops")


def ask_for(wish: Act) -> Block:
    """Ask somebody who can: opens the window of an act as a request, where the person may not do it themselves."""
    value = encode(wish)
    return button("Ask somebody who can", ActionId.ASK_FOR, value, label="Ask those who may do it to review it")


def on_review(request: str, instance: str) -> list[Block]:
    """The buttons of a request's card."""
    how = {
        Reviewing.REVIEW: (ActionId.REVIEW, "Review", "Look at what is asked for; asks before anything is done"),
        Reviewing.DISCARD: (ActionId.REVIEW_DISCARD, "Discard", "Put this request aside: nothing is done"),
        Reviewing.WITHDRAW: (ActionId.REVIEW_WITHDRAW, "Withdraw", "Take back what you asked for yourself"),
    }
    return [
        button(
            words,
            action,
            encode(OnReview(request=request, does=does, instance=instance)),
            label=label,
            style="primary" if does is Reviewing.REVIEW else None,
        )
        for does, (action, words, label) in how.items()
    ]


def review_again(request: str, instance: str) -> Block:
    """The first of them alone."""
    return on_review(request, instance)[0]


def menu(choices: Sequence[Choice]) -> Block:
    """A menu behind three dots, of at most five things to do with jobs."""
    return overflow(ActionId.JOB_MENU, _options(choices))


def open_a_job(choices: Sequence[Choice], watched: Sequence[Choice] = ()) -> Block:
    """A select of jobs: shows the card of the one that is chosen, or watches it, where ``watched`` are offered too."""
    if not watched:
        return select(ActionId.JOB_OPEN, "Open a job", _options(choices))
    groups = {"Details": _options(choices), "Be told when it ends": _options(watched)}
    return select(ActionId.JOB_OPEN, "Open or watch a job", groups)


def _options(choices: Sequence[Choice]) -> list[Block]:
    return [option(words, encode(intent)) for words, intent in choices]


def run(command: str, value: str) -> Block:
    """Run: the suggested command. ``value`` is the encoded intent."""
    words = f"Run {command}"
    return button(words if len(words) <= BUTTON_TEXT else "Run this", ActionId.RUN, value, label=words, style="primary")


def go_on(words: str, intent: Carried, *, label: str = "") -> Block:
    """The likely next thing: ``words`` say what pressing it does, as in ``Failed last 24 h``."""
    return button(words, ActionId.RUN, encode(intent), label=label or words)


def again(intent: Carried) -> Block:
    """Try again: the same question, where an error may pass."""
    return button("Try again", ActionId.RUN, encode(intent), label="Try again: ask the same once more")


def choose(name: str, value: str) -> Block:
    """One of several that may be meant. ``value`` is the encoded question."""
    return button("This one", ActionId.RUN, value, label=f"{name[:60]}: this one is meant")


def copy_markdown(question: Timeline) -> Block:
    """Copy as Markdown: posts what the timeline says for the person alone, ready for a post-mortem."""
    label = "This timeline as Markdown, for you alone"
    return button("Copy as Markdown", ActionId.TIMELINE_COPY, encode(question), label=label)


def share(value: str) -> Block:
    """Share here: posts an answer that one person saw for the channel. ``value`` is the encoded intent."""
    return button("Share here", ActionId.SHARE, value, label="Show this answer to everybody in the channel")


def why(need: Need, instance: str | None) -> Block:
    """Why?: decides anew for whoever presses it, and shows them how that came about."""
    return button("Why?", ActionId.WHY, encode(WhoAmI(need=need, instance=instance)), label="Each rule, and yours")
